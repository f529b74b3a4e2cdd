//! The operations in which the rules of this module are written.

use core::fmt::Debug;

use super::spectral_function::{SpectralFunction, SymmetricSpectrum};
use super::{Matrix, Scalar, entrywise_power};
use crate::Error;
use crate::elementary::Unary;

/// A part of a matrix; the other entries are zero.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// On and below the diagonal.
    Lower,
    /// Below the diagonal.
    StrictlyLower,
    /// On and above the diagonal.
    Upper,
    /// Above the diagonal.
    StrictlyUpper,
    /// On the diagonal.
    Diagonal,
}

impl Part {
    /// Whether the entry belongs to the part.
    pub fn contains(self, row: usize, column: usize) -> bool {
        match self {
            Self::Lower => row >= column,
            Self::StrictlyLower => row > column,
            Self::Upper => row <= column,
            Self::StrictlyUpper => row < column,
            Self::Diagonal => row == column,
        }
    }
}

/// Which triangle of a matrix a triangular solve reads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Triangle {
    /// On and below the diagonal.
    Lower,
    /// Below the diagonal, which is taken to be 1.
    UnitLower,
    /// On and above the diagonal.
    Upper,
    /// Above the diagonal, which is taken to be 1.
    UnitUpper,
}

impl Triangle {
    /// The entries that are read.
    pub fn part(self) -> Part {
        match self {
            Self::Lower => Part::Lower,
            Self::UnitLower => Part::StrictlyLower,
            Self::Upper => Part::Upper,
            Self::UnitUpper => Part::StrictlyUpper,
        }
    }
}

/// A matrix to be multiplied as it is or transposed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Transpose {
    /// $A$.
    No,
    /// $A^\top$.
    Yes,
}

impl Transpose {
    /// The other one.
    pub fn flipped(self) -> Self {
        match self {
            Self::No => Self::Yes,
            Self::Yes => Self::No,
        }
    }
}

/// A factorisation $PA = LU$ as a kernel returns it: $L$ below the diagonal (its own diagonal is 1),
/// $U$ on and above it; row $i$ of $PA$ is row `rows[i]` of $A$.
#[derive(Clone, Debug)]
pub struct Lu<M> {
    /// $L$ and $U$ in one matrix.
    pub packed: M,
    /// The permutation.
    pub rows: Vec<usize>,
    /// Whether the permutation is odd, so that its determinant is $-1$.
    pub odd: bool,
}

/// Eigenvalues and eigenvectors of a real matrix as a kernel returns them: in ascending order of the
/// real part, the two of a conjugate pair next to each other, the positive imaginary part first.
#[derive(Clone, Debug)]
pub struct Spectrum<M> {
    /// $n \times 2$: the real parts and the imaginary parts.
    pub values: M,
    /// The eigenvector of a real eigenvalue in its column; for a pair the real and the imaginary part
    /// of the first vector in the two columns. Vectors have Euclidean length 1.
    pub basis: M,
    /// For each eigenvector the row of its first entry that is at least half as large as the largest
    /// one: that entry is real and positive.
    pub pivots: Vec<usize>,
}

/// What can be done with a kind of matrix: the alphabet of the rules.
///
/// A rule is written once, in these operations, and serves every kind of matrix that has them:
/// `faer::Mat<f64>` and `faer::Mat<f32>` compute numbers; a recorded matrix, whose operations are
/// recorded (the tensors of the crate `autodiff`), makes the rules themselves differentiable, which
/// gives higher derivatives. Rules call the methods of [`Matrix`], which forward to these functions
/// and take owned matrices and views alike.
///
/// Kernels check no shapes beyond what memory safety asks for; the rules do, and return
/// [`Error::ShapeMismatch`].
pub trait Operations: Matrix<Owned = Self> + Clone + Debug + 'static {
    /// The numbers that go with it.
    type Scalar: Scalar;
    /// A borrowed matrix.
    type View<'a>: Copy + Debug;
    /// The Schur form of a square matrix as the kernels keep it, which Sylvester equations take.
    type Schur: Clone + Debug;

    /// The unit round-off of the entries, which tolerances are multiples of.
    const EPSILON: f64;

    /// Rows and columns.
    fn shape(a: Self::View<'_>) -> (usize, usize);
    /// A copy of a view.
    fn to_owned(a: Self::View<'_>) -> Self;
    /// A matrix of constants.
    fn from_fn(rows: usize, columns: usize, entry: impl FnMut(usize, usize) -> f64) -> Self;
    /// One entry as a number that can be differentiated.
    fn entry(a: Self::View<'_>, row: usize, column: usize) -> Self::Scalar;
    /// The value of one entry, for decisions.
    fn primal(a: Self::View<'_>, row: usize, column: usize) -> f64;
    /// Whether no entry is infinite or NaN.
    fn all_finite(a: Self::View<'_>) -> bool;
    /// $\max_{ij} |a_{ij}|$, for decisions; 0 for an empty matrix.
    fn largest_modulus(a: Self::View<'_>) -> f64 {
        let (rows, columns) = <Self as Operations>::shape(a);
        let entries = (0..columns).flat_map(|j| (0..rows).map(move |i| (i, j)));
        entries.fold(0.0, |largest: f64, (i, j)| {
            largest.max(<Self as Operations>::primal(a, i, j).abs())
        })
    }
    /// A matrix from numbers, column by column.
    fn from_scalars(rows: usize, columns: usize, entries: &[Self::Scalar]) -> Self;

    /// $A + B$.
    fn add(a: Self::View<'_>, b: Self::View<'_>) -> Self;
    /// $A - B$.
    fn sub(a: Self::View<'_>, b: Self::View<'_>) -> Self;
    /// $A \circ B$, entry by entry.
    fn hadamard(a: Self::View<'_>, b: Self::View<'_>) -> Self;
    /// $A \oslash B$, entry by entry.
    fn divide(a: Self::View<'_>, b: Self::View<'_>) -> Self;
    /// $a_{ij} / (w_j + s w_i)$ for a square matrix, a column $w$ and a constant $s$, and 0 where the
    /// quotient is `excluded`.
    fn divide_by_pairs(
        a: Self::View<'_>,
        w: Self::View<'_>,
        s: f64,
        excluded: impl Fn(usize, usize) -> bool,
    ) -> Self {
        let (n, _) = <Self as Operations>::shape(a);
        let row = <Self as Operations>::transpose(w).broadcast(n, n);
        let sums = row.plus(&<Self as Operations>::broadcast(w, n, n).scaled(s));
        // An excluded denominator may be zero: it is replaced by one.
        let kept = Self::from_fn(n, n, |i, j| f64::from(!excluded(i, j)));
        let ones = Self::from_fn(n, n, |i, j| f64::from(excluded(i, j)));
        <Self as Operations>::hadamard(a, kept.view()).divided(&sums.hadamard(&kept).plus(&ones))
    }
    /// $sA$.
    fn scale(a: Self::View<'_>, s: &Self::Scalar) -> Self;
    /// $sA$; kernels may use the memory of $A$.
    fn into_scaled(self, s: &Self::Scalar) -> Self {
        <Self as Operations>::scale(self.view(), s)
    }
    /// $\sum_k s_k A_k$ with constants, of one matrix at least.
    fn combination(terms: &[(f64, Self::View<'_>)]) -> Self {
        let scaled = |&(s, a): &(f64, Self::View<'_>)| {
            <Self as Operations>::scale(a, &Self::Scalar::constant(s))
        };
        let (first, rest) = terms.split_first().expect("a matrix");
        rest.iter().fold(scaled(first), |sum, term| {
            <Self as Operations>::add(sum.view(), scaled(term).view())
        })
    }
    /// A row of the table of elementary functions of every entry.
    fn map(a: Self::View<'_>, row: Unary) -> Self;
    /// The derivative of that row at every entry.
    fn map_derivative(a: Self::View<'_>, row: Unary) -> Self;
    /// $a_{ij}^p$ with a constant exponent.
    fn powf(a: Self::View<'_>, p: f64) -> Self;
    /// $a_{ij}^{b_{ij}}$, with both differentiated.
    fn pow(a: Self::View<'_>, b: Self::View<'_>) -> Self {
        entrywise_power::by_logarithm(a, b)
    }

    /// $\mathrm{op}(A)\,\mathrm{op}(B)$.
    fn matmul(a: Self::View<'_>, ta: Transpose, b: Self::View<'_>, tb: Transpose) -> Self;
    /// $C + s\,\mathrm{op}(A)\,\mathrm{op}(B)$ with a constant $s$; kernels may use the memory of
    /// $C$.
    fn add_matmul(
        self,
        s: f64,
        a: Self::View<'_>,
        ta: Transpose,
        b: Self::View<'_>,
        tb: Transpose,
    ) -> Self {
        let product = <Self as Operations>::matmul(a, ta, b, tb);
        Self::combination(&[(1.0, self.view()), (s, product.view())])
    }
    /// A part of $\mathrm{op}(A)\,\mathrm{op}(B)$, for kernels that save the other one; `part` is
    /// any but [`Part::Diagonal`].
    fn matmul_part(
        a: Self::View<'_>,
        ta: Transpose,
        b: Self::View<'_>,
        tb: Transpose,
        part: Part,
    ) -> Self {
        <Self as Operations>::part(<Self as Operations>::matmul(a, ta, b, tb).view(), part)
    }
    /// $\mathrm{op}(A)\,\mathrm{op}(B)$ where it is known to be symmetric: the lower triangle is
    /// computed and mirrored.
    fn matmul_symmetric(
        a: Self::View<'_>,
        ta: Transpose,
        b: Self::View<'_>,
        tb: Transpose,
    ) -> Self {
        let lower = <Self as Operations>::matmul_part(a, ta, b, tb, Part::Lower);
        let (n, _) = lower.shape();
        let index = |i: usize, j: usize| Some((i.max(j), i.min(j)));
        <Self as Operations>::gather(lower.view(), n, n, index)
    }
    /// $A^\top$.
    fn transpose(a: Self::View<'_>) -> Self;
    /// $(A + A^\top)/2$ for a square matrix.
    fn symmetric(a: Self::View<'_>) -> Self {
        let transpose = <Self as Operations>::transpose(a);
        <Self as Operations>::add(a, transpose.view()).scaled(0.5)
    }
    /// $(A - A^\top)/2$ for a square matrix.
    fn skew(a: Self::View<'_>) -> Self {
        let transpose = <Self as Operations>::transpose(a);
        <Self as Operations>::sub(a, transpose.view()).scaled(0.5)
    }
    /// $A \otimes B$: a rearrangement of $\mathrm{vec}(A)\,\mathrm{vec}(B)^\top$.
    fn kron(a: Self::View<'_>, b: Self::View<'_>) -> Self {
        let ((m, n), (p, q)) = (<Self as Operations>::shape(a), <Self as Operations>::shape(b));
        let (a, b) = (<Self as Operations>::to_owned(a), <Self as Operations>::to_owned(b));
        let column = |a: &Self, m: usize, n: usize| {
            <Self as Operations>::gather(a.view(), m * n, 1, |k, _| Some((k % m, k / m)))
        };
        let blocks = column(&a, m, n).matmul_transpose(&column(&b, p, q));
        let place = |i, j| Some((i / p + m * (j / q), i % p + p * (j % q)));
        <Self as Operations>::gather(blocks.view(), m * p, n * q, place)
    }
    /// A part of $A$, zero elsewhere.
    fn part(a: Self::View<'_>, part: Part) -> Self;
    /// Picks entries: entry $(i, j)$ of the result is the entry of $A$ at `index(i, j)`, or 0.
    fn gather(
        a: Self::View<'_>,
        rows: usize,
        columns: usize,
        index: impl Fn(usize, usize) -> Option<(usize, usize)>,
    ) -> Self;
    /// The block of `rows` by `columns` entries that starts at (`row`, `column`).
    fn block(a: Self::View<'_>, row: usize, column: usize, rows: usize, columns: usize) -> Self {
        let index = |i, j| Some((row + i, column + j));
        <Self as Operations>::gather(a, rows, columns, index)
    }
    /// The adjoint of [`gather`](Self::gather): entry $(i, j)$ of $A$ is added to the entry of the
    /// result at `index(i, j)`.
    fn scatter(
        a: Self::View<'_>,
        rows: usize,
        columns: usize,
        index: impl Fn(usize, usize) -> Option<(usize, usize)>,
    ) -> Self;
    /// Puts blocks that do not overlap into a matrix of zeros: each with the row and the column of
    /// its first entry.
    fn assemble(rows: usize, columns: usize, blocks: &[(Self::View<'_>, usize, usize)]) -> Self {
        let zeros = <Self as Operations>::from_fn(rows, columns, |_, _| 0.0);
        blocks.iter().fold(zeros, |sum, &(block, row, column)| {
            let index = |i, j| Some((row + i, column + j));
            sum.plus(&<Self as Operations>::scatter(block, rows, columns, index))
        })
    }
    /// Copies a number, a row or a column to `rows` by `columns`.
    fn broadcast(a: Self::View<'_>, rows: usize, columns: usize) -> Self {
        let (m, n) = <Self as Operations>::shape(a);
        let index = |i, j| Some((if m == 1 { 0 } else { i }, if n == 1 { 0 } else { j }));
        <Self as Operations>::gather(a, rows, columns, index)
    }

    /// $\sum_{ij} a_{ij}$.
    fn sum(a: Self::View<'_>) -> Self::Scalar;
    /// $\langle A, B\rangle = \sum_{ij} a_{ij} b_{ij}$.
    fn inner(a: Self::View<'_>, b: Self::View<'_>) -> Self::Scalar;
    /// The sum of each row, a column.
    fn row_sums(a: Self::View<'_>) -> Self;
    /// The sum of each column, a row.
    fn column_sums(a: Self::View<'_>) -> Self;
    /// Running sums down each column, or up it.
    fn cumulative_sum(a: Self::View<'_>, upwards: bool) -> Self;

    /// Solves $\mathrm{op}(T) X = B$; only the named triangle of $T$ is read, and $T$ has no zero on
    /// its diagonal.
    fn solve_triangular(
        t: Self::View<'_>,
        triangle: Triangle,
        transpose: Transpose,
        b: Self::View<'_>,
    ) -> Self;
    /// Solves $X \mathrm{op}(T) = B$.
    fn solve_triangular_right(
        b: Self::View<'_>,
        t: Self::View<'_>,
        triangle: Triangle,
        transpose: Transpose,
    ) -> Self {
        let flipped = transpose.flipped();
        let b = <Self as Operations>::transpose(b);
        <Self as Operations>::transpose(
            <Self as Operations>::solve_triangular(t, triangle, flipped, b.view()).view(),
        )
    }

    /// The lower triangular $L$ with $A = LL^\top$; only the lower triangle of $A$ is read.
    ///
    /// # Errors
    /// [`Error::NotPositiveDefinite`].
    fn cholesky(op: &'static str, a: Self::View<'_>) -> Result<Self, Error>;
    /// The pullback $\mathrm{sym}(L^{-\top}\Phi(L^\top\bar L)L^{-1})$ of the Cholesky factor, a
    /// symmetric matrix; kernels may compute it in blocks.
    fn cholesky_pullback(l: Self::View<'_>, cotangent: Self::View<'_>) -> Self {
        let lower = <Self as Operations>::part(cotangent, Part::Lower);
        let product = <Self as Operations>::matmul(l, Transpose::Yes, lower.view(), Transpose::No);
        let phi = product.halved_lower();
        let left =
            <Self as Operations>::solve_triangular(l, Triangle::Lower, Transpose::Yes, phi.view());
        let (triangle, no) = (Triangle::Lower, Transpose::No);
        <Self as Operations>::solve_triangular_right(left.view(), l, triangle, no).symmetric()
    }
    /// The inverse $(LL^\top)^{-1}$ from a Cholesky factor.
    fn cholesky_inverse(l: Self::View<'_>) -> Self {
        let (n, _) = <Self as Operations>::shape(l);
        let inverse = <Self as Operations>::solve_triangular(
            l,
            Triangle::Lower,
            Transpose::No,
            <Self as Operations>::from_fn(n, n, |i, j| f64::from(i == j)).view(),
        );
        <Self as Operations>::matmul(inverse.view(), Transpose::Yes, inverse.view(), Transpose::No)
    }
    /// $PA = LU$ with partial pivoting; $A$ is square. A zero pivot is no error.
    fn lu(a: Self::View<'_>) -> Lu<Self>;
    /// The inverse from the factors.
    fn lu_inverse(lu: &Lu<Self>) -> Self;
    /// The thin factorisation $A = QR$ with $k = \min(m, n)$ columns in $Q$ and $r_{ii} \ge 0$.
    fn qr(a: Self::View<'_>) -> (Self, Self);
    /// Eigenvalues in ascending order as a column, and the eigenvectors in the columns of $V$; only
    /// the lower triangle of $A$ is read.
    ///
    /// # Errors
    /// [`Error::NoConvergence`].
    fn symmetric_eigen(op: &'static str, a: Self::View<'_>) -> Result<(Self, Self), Error>;
    /// The eigenvalues alone.
    ///
    /// # Errors
    /// [`Error::NoConvergence`].
    fn symmetric_eigenvalues(op: &'static str, a: Self::View<'_>) -> Result<Self, Error> {
        Ok(Self::symmetric_eigen(op, a)?.0)
    }
    /// The Schur form of a square matrix.
    ///
    /// # Errors
    /// [`Error::NoConvergence`].
    fn schur(op: &'static str, a: Self::View<'_>) -> Result<Self::Schur, Error>;
    /// Solves $\mathrm{op}(A) X + X\,\mathrm{op}(B) = C$ by the Schur forms of $A$ and $B$, each
    /// with whether to transpose it.
    ///
    /// # Errors
    /// [`Error::Singular`] where an eigenvalue of $A$ is the negative of one of $B$: the index is
    /// that of the pair $(i, j)$ in column-major order, the pivot the modulus of their sum.
    fn sylvester(
        op: &'static str,
        a: (&Self::Schur, Transpose),
        b: (&Self::Schur, Transpose),
        c: Self::View<'_>,
    ) -> Result<Self, Error>;
    /// Eigenvalues and eigenvectors of a general square matrix.
    ///
    /// # Errors
    /// [`Error::NoConvergence`].
    fn eigen(op: &'static str, a: Self::View<'_>) -> Result<Spectrum<Self>, Error>;
    /// A spectral function $f(A)$, or its derivative in one or two directions, symmetric matrices.
    ///
    /// It is one operation, and not a product of eigenvectors that are differentiated in turn, because
    /// those have no derivative where eigenvalues coincide and the function has. The derivative of any
    /// of these with respect to $A$ is the one with a direction more, which is symmetric in all
    /// directions and in the cotangent.
    ///
    /// # Errors
    /// [`Error::Degenerate`] where a divided difference is infinite.
    fn spectral_function<F: SpectralFunction>(
        op: &'static str,
        f: &F,
        spectrum: &SymmetricSpectrum<Self>,
        directions: &[&Self],
    ) -> Result<Self, Error>;
    /// $\mathrm{tr} f(A) = \sum_i f(w_i)$ from the eigenvalues, a column; the derivative is $f'(A)$.
    ///
    /// # Errors
    /// [`Error::OutsideDomain`] where it overflows.
    fn spectral_trace<F: SpectralFunction>(
        op: &'static str,
        f: &F,
        a: Self::View<'_>,
        values: &Self,
    ) -> Result<Self::Scalar, Error>;
    /// The matrix of a Schur form.
    fn schur_matrix(schur: &Self::Schur) -> Self;
    /// The real and imaginary parts of the eigenvalues, for decisions.
    fn schur_eigenvalues(schur: &Self::Schur) -> Vec<(f64, f64)>;
    /// The Schur form of the principal square root $R$, from that of a matrix without eigenvalues on
    /// the negative axis. Its derivative solves $R\dot R + \dot R R = \dot A$.
    ///
    /// # Errors
    /// [`Error::Singular`] where there is no root because of an eigenvalue 0.
    fn schur_sqrt(op: &'static str, schur: &Self::Schur) -> Result<Self::Schur, Error>;
    /// $U$, the singular values in descending order as a column, and $V$, with $A = U S V^\top$:
    /// thin ($k = \min(m, n)$ columns in $U$ and $V$).
    ///
    /// # Errors
    /// [`Error::NoConvergence`].
    fn svd(op: &'static str, a: Self::View<'_>) -> Result<(Self, Self, Self), Error>;
}
