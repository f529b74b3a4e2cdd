//! The operations on matrices of numbers, computed by faer.

mod cholesky;
mod eigen;
mod entrywise;
mod lu;
mod product;
mod qr;
mod schur;
mod schur_sqrt;
mod spectral;
mod svd;

pub use schur::Schur;

use faer::traits::RealField;
use faer::{Mat, MatRef, Par};

use super::operations::{Lu, Operations, Part, Spectrum, Transpose, Triangle};
use super::spectral_function::{SpectralFunction, SymmetricSpectrum};
use super::{Matrix, Scalar};
use crate::elementary::Unary;
use crate::{Error, F32, Float};

/// The entries of a matrix of numbers, `f64` or `f32`.
pub trait Element: Float + RealField + Scalar {
    /// The distance from 1 to the next larger number.
    const UNIT: f64;
    /// A row of the table of elementary functions.
    fn elementary(self, row: Unary) -> Self {
        Scalar::apply(&self, row)
    }
    /// The derivative of that row.
    fn elementary_derivative(self, row: Unary) -> Self;
}

impl Element for f64 {
    const UNIT: f64 = f64::EPSILON;
    fn elementary_derivative(self, row: Unary) -> Self {
        row.derivative(self, Scalar::apply(&self, row))
    }
}

impl Element for f32 {
    const UNIT: f64 = f32::EPSILON as f64;
    fn elementary_derivative(self, row: Unary) -> Self {
        row.derivative(F32(self), F32(Scalar::apply(&self, row))).0
    }
}

/// The number of multiply-adds from which a second thread pays.
const PARALLEL_WORK: usize = 1 << 21;

/// The size from which a second thread pays in a factorisation: its threads wait for one another at
/// every panel.
const PARALLEL_FACTORISATION: usize = 1024;

/// The threads of a factorisation of this size.
fn factor_parallelism(n: usize) -> Par {
    if n < PARALLEL_FACTORISATION { Par::Seq } else { faer::get_global_parallelism() }
}

/// The threads that faer is set to use, or one where the work is too small to share.
fn parallelism(work: usize) -> Par {
    if work < PARALLEL_WORK { Par::Seq } else { faer::get_global_parallelism() }
}

impl<T: Element> Matrix for Mat<T> {
    type Owned = Self;
    fn view(&self) -> MatRef<'_, T> {
        self.as_ref()
    }
}

impl<T: Element> Matrix for MatRef<'_, T> {
    type Owned = Mat<T>;
    fn view(&self) -> MatRef<'_, T> {
        *self
    }
}

/// A matrix from its entries.
fn build<T: Element>(rows: usize, columns: usize, entry: impl FnMut(usize, usize) -> T) -> Mat<T> {
    Mat::from_fn(rows, columns, entry)
}

impl<T: Element> Operations for Mat<T> {
    type Scalar = T;
    type View<'a> = MatRef<'a, T>;
    type Schur = Schur;

    const EPSILON: f64 = T::UNIT;

    fn shape(a: MatRef<'_, T>) -> (usize, usize) {
        (a.nrows(), a.ncols())
    }
    fn to_owned(a: MatRef<'_, T>) -> Self {
        entrywise::copy(a)
    }
    fn from_fn(rows: usize, columns: usize, mut entry: impl FnMut(usize, usize) -> f64) -> Self {
        build(rows, columns, |i, j| T::from_f64(entry(i, j)))
    }
    fn entry(a: MatRef<'_, T>, row: usize, column: usize) -> T {
        a[(row, column)]
    }
    fn primal(a: MatRef<'_, T>, row: usize, column: usize) -> f64 {
        a[(row, column)].to_f64()
    }
    fn all_finite(a: MatRef<'_, T>) -> bool {
        entrywise::all_finite(a)
    }
    fn largest_modulus(a: MatRef<'_, T>) -> f64 {
        entrywise::largest_modulus(a).to_f64()
    }
    fn from_scalars(rows: usize, columns: usize, entries: &[T]) -> Self {
        build(rows, columns, |i, j| entries[j * rows + i])
    }

    fn add(a: MatRef<'_, T>, b: MatRef<'_, T>) -> Self {
        entrywise::zip(a, b, |a, b| a + b)
    }
    fn sub(a: MatRef<'_, T>, b: MatRef<'_, T>) -> Self {
        entrywise::zip(a, b, |a, b| a - b)
    }
    fn hadamard(a: MatRef<'_, T>, b: MatRef<'_, T>) -> Self {
        entrywise::zip(a, b, |a, b| a * b)
    }
    fn divide(a: MatRef<'_, T>, b: MatRef<'_, T>) -> Self {
        entrywise::zip(a, b, |a, b| a / b)
    }
    fn divide_by_pairs(
        a: MatRef<'_, T>,
        w: MatRef<'_, T>,
        s: f64,
        excluded: impl Fn(usize, usize) -> bool,
    ) -> Self {
        entrywise::divide_by_pairs(a, w, T::from_f64(s), excluded)
    }
    fn scale(a: MatRef<'_, T>, s: &T) -> Self {
        entrywise::each(a, |a| a * *s)
    }
    fn into_scaled(mut self, s: &T) -> Self {
        entrywise::scale_in_place(&mut self, *s);
        self
    }
    fn combination(terms: &[(f64, MatRef<'_, T>)]) -> Self {
        entrywise::combination(terms)
    }
    fn map(a: MatRef<'_, T>, row: Unary) -> Self {
        entrywise::each(a, |a| a.elementary(row))
    }
    fn map_derivative(a: MatRef<'_, T>, row: Unary) -> Self {
        entrywise::each(a, |a| a.elementary_derivative(row))
    }
    fn powf(a: MatRef<'_, T>, p: f64) -> Self {
        entrywise::each(a, |a| Scalar::powf(&a, p))
    }
    fn pow(a: MatRef<'_, T>, b: MatRef<'_, T>) -> Self {
        entrywise::zip(a, b, Float::powf)
    }

    fn matmul(a: MatRef<'_, T>, ta: Transpose, b: MatRef<'_, T>, tb: Transpose) -> Self {
        product::matmul(oriented(a, ta), oriented(b, tb))
    }
    fn add_matmul(
        mut self,
        s: f64,
        a: MatRef<'_, T>,
        ta: Transpose,
        b: MatRef<'_, T>,
        tb: Transpose,
    ) -> Self {
        product::add_matmul(self.as_mut(), T::from_f64(s), oriented(a, ta), oriented(b, tb));
        self
    }
    fn matmul_part(
        a: MatRef<'_, T>,
        ta: Transpose,
        b: MatRef<'_, T>,
        tb: Transpose,
        part: Part,
    ) -> Self {
        product::matmul_part(oriented(a, ta), oriented(b, tb), part)
    }
    fn matmul_symmetric(a: MatRef<'_, T>, ta: Transpose, b: MatRef<'_, T>, tb: Transpose) -> Self {
        let mut product = product::matmul_part(oriented(a, ta), oriented(b, tb), Part::Lower);
        entrywise::mirror_lower(&mut product);
        product
    }
    fn transpose(a: MatRef<'_, T>) -> Self {
        entrywise::copy(a.transpose())
    }
    fn symmetric(a: MatRef<'_, T>) -> Self {
        let half = T::from_f64(0.5);
        entrywise::with_transpose(a, |a, b| (a + b) * half)
    }
    fn skew(a: MatRef<'_, T>) -> Self {
        let half = T::from_f64(0.5);
        entrywise::with_transpose(a, |a, b| (a - b) * half)
    }
    fn kron(a: MatRef<'_, T>, b: MatRef<'_, T>) -> Self {
        product::kron(a, b)
    }
    fn part(a: MatRef<'_, T>, part: Part) -> Self {
        entrywise::part(a, part)
    }
    fn gather(
        a: MatRef<'_, T>,
        rows: usize,
        columns: usize,
        index: impl Fn(usize, usize) -> Option<(usize, usize)>,
    ) -> Self {
        build(rows, columns, |i, j| index(i, j).map_or(T::ZERO, |place| a[place]))
    }
    fn block(a: MatRef<'_, T>, row: usize, column: usize, rows: usize, columns: usize) -> Self {
        entrywise::copy(a.submatrix(row, column, rows, columns))
    }
    fn scatter(
        a: MatRef<'_, T>,
        rows: usize,
        columns: usize,
        index: impl Fn(usize, usize) -> Option<(usize, usize)>,
    ) -> Self {
        let mut sum = Self::zeros(rows, columns);
        for j in 0..a.ncols() {
            for i in 0..a.nrows() {
                if let Some(place) = index(i, j) {
                    sum[place] += a[(i, j)];
                }
            }
        }
        sum
    }

    fn broadcast(a: MatRef<'_, T>, rows: usize, columns: usize) -> Self {
        entrywise::broadcast(a, rows, columns)
    }
    fn assemble(rows: usize, columns: usize, blocks: &[(MatRef<'_, T>, usize, usize)]) -> Self {
        let mut all = Self::zeros(rows, columns);
        for &(block, row, column) in blocks {
            let (m, n) = block.shape();
            all.as_mut().submatrix_mut(row, column, m, n).copy_from(block);
        }
        all
    }

    fn sum(a: MatRef<'_, T>) -> T {
        entrywise::sum(a)
    }
    fn inner(a: MatRef<'_, T>, b: MatRef<'_, T>) -> T {
        entrywise::inner(a, b)
    }
    fn row_sums(a: MatRef<'_, T>) -> Self {
        entrywise::row_sums(a)
    }
    fn column_sums(a: MatRef<'_, T>) -> Self {
        build(1, a.ncols(), |_, j| entrywise::column_sum(a.col(j)))
    }
    fn cumulative_sum(a: MatRef<'_, T>, upwards: bool) -> Self {
        entrywise::cumulative_sum(a, upwards)
    }

    fn solve_triangular(
        t: MatRef<'_, T>,
        triangle: Triangle,
        transpose: Transpose,
        b: MatRef<'_, T>,
    ) -> Self {
        let mut x = entrywise::copy(b);
        product::solve_triangular_in_place(t, triangle, transpose, x.as_mut());
        x
    }
    fn solve_triangular_right(
        b: MatRef<'_, T>,
        t: MatRef<'_, T>,
        triangle: Triangle,
        transpose: Transpose,
    ) -> Self {
        let mut x = entrywise::copy(b);
        let (flipped, x_transposed) = (transpose.flipped(), x.as_mut().transpose_mut());
        product::solve_triangular_in_place(t, triangle, flipped, x_transposed);
        x
    }

    fn cholesky(op: &'static str, a: MatRef<'_, T>) -> Result<Self, Error> {
        cholesky::factor(op, a)
    }
    fn cholesky_pullback(l: MatRef<'_, T>, cotangent: MatRef<'_, T>) -> Self {
        cholesky::pullback(l, cotangent)
    }
    fn cholesky_inverse(l: MatRef<'_, T>) -> Self {
        cholesky::inverse(l)
    }
    fn lu(a: MatRef<'_, T>) -> Lu<Self> {
        lu::factor(a)
    }
    fn lu_inverse(lu: &Lu<Self>) -> Self {
        lu::inverse(lu)
    }
    fn qr(a: MatRef<'_, T>) -> (Self, Self) {
        qr::factor(a)
    }
    fn symmetric_eigen(op: &'static str, a: MatRef<'_, T>) -> Result<(Self, Self), Error> {
        eigen::symmetric(op, a)
    }
    fn symmetric_eigenvalues(op: &'static str, a: MatRef<'_, T>) -> Result<Self, Error> {
        eigen::symmetric_values(op, a)
    }
    fn schur(op: &'static str, a: MatRef<'_, T>) -> Result<Schur, Error> {
        schur::factor(op, a)
    }
    fn sylvester(
        op: &'static str,
        a: (&Schur, Transpose),
        b: (&Schur, Transpose),
        c: MatRef<'_, T>,
    ) -> Result<Self, Error> {
        schur::sylvester(op, a, b, c)
    }
    fn eigen(op: &'static str, a: MatRef<'_, T>) -> Result<Spectrum<Self>, Error> {
        eigen::general(op, a)
    }
    fn spectral_function<F: SpectralFunction>(
        op: &'static str,
        f: &F,
        spectrum: &SymmetricSpectrum<Self>,
        directions: &[&Self],
    ) -> Result<Self, Error> {
        spectral::derivative(op, f, spectrum, directions)
    }
    fn spectral_trace<F: SpectralFunction>(
        op: &'static str,
        f: &F,
        _: MatRef<'_, T>,
        values: &Self,
    ) -> Result<T, Error> {
        spectral::trace(op, f, values)
    }
    fn schur_matrix(schur: &Schur) -> Self {
        schur_sqrt::matrix(schur)
    }
    fn schur_eigenvalues(schur: &Schur) -> Vec<(f64, f64)> {
        schur_sqrt::eigenvalues(schur)
    }
    fn schur_sqrt(op: &'static str, schur: &Schur) -> Result<Schur, Error> {
        schur_sqrt::root(op, schur)
    }
    fn svd(op: &'static str, a: MatRef<'_, T>) -> Result<(Self, Self, Self), Error> {
        svd::thin(op, a)
    }
}

/// A view of the matrix or of its transpose.
fn oriented<T>(a: MatRef<'_, T>, transpose: Transpose) -> MatRef<'_, T> {
    match transpose {
        Transpose::No => a,
        Transpose::Yes => a.transpose(),
    }
}
