//! LU with partial pivoting: $PA = LU$ with $L$ unit lower triangular, $U$ upper triangular and $P$ a
//! permutation; the factors that determinants, inverses and solves take.
//!
//! $$\dot L = L\,\mathrm{tril}_{-1}(M), \quad \dot U = \mathrm{triu}(M)\,U, \qquad
//! M = L^{-1} P \dot A\,U^{-1}$$
//! $$\bar A = P^\top L^{-\top} (\mathrm{tril}_{-1}(L^\top \bar L) + \mathrm{triu}(\bar U U^\top))\,
//! U^{-\top}$$
//!
//! where $\mathrm{tril}_{-1}$ takes what is below the diagonal. Of cotangents only the triangles that
//! belong to the factors matter. The factors are differentiable as long as the rows keep their order;
//! where two candidates for a pivot have the same modulus, the derivative is that of the order that
//! was chosen.
//!
//! The last pivot is divided by in neither derivative ($M U$ and $U^{-1}$ are combined so that it
//! drops out), so both are finite at rank $n - 1$ if the zero pivot is the last. Any other zero pivot
//! leaves no derivative, which is an error.
//!
//! Source: F. de Hoog, R. Anderssen, M. Lukas, "Differentiation of matrix functionals using
//! triangular factorization", 2011.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::lu;
//! use faer::mat;
//!
//! let factors = lu::value(&mat![[4.0, 2.0], [2.0, 4.0]])?;
//! assert_eq!(factors.rows, [0, 1]);
//! assert_eq!(factors.lower(), mat![[1.0, 0.0], [0.5, 1.0]]);
//! assert_eq!(factors.upper(), mat![[4.0, 2.0], [0.0, 3.0]]);
//!
//! // u_11 = a_11 - a_10 a_01 / a_00
//! let zero = mat![[0.0, 0.0], [0.0, 0.0]];
//! let gradient = lu::pullback(&factors, &zero, &mat![[0.0, 0.0], [0.0, 1.0]])?;
//! assert_eq!(gradient, mat![[0.25, -0.5], [-0.5, 1.0]]);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use crate::Error;
use crate::matrix::check::{finite, has_shape, representable, square};
use crate::matrix::{Lu, Matrix, Operations, Part, Transpose, Triangle, identity};

const OP: &str = "lu";

/// The factors. A zero pivot is no error here: a determinant is defined there.
///
/// Cost: $n^3/3$ multiply-adds.
///
/// # Errors
/// [`Error::NotSquare`], [`Error::NonFiniteEntry`].
pub fn value<A: Matrix>(a: &A) -> Result<Lu<A::Owned>, Error> {
    square(OP, a)?;
    finite(OP, a)?;
    Ok(<A::Owned as Operations>::lu(a.view()))
}

/// $\dot L$ and $\dot U$ for the factors of [`value`].
///
/// Cost: two triangular solves and two products.
///
/// # Errors
/// [`Error::ShapeMismatch`], [`Error::Singular`] with a pivot other than the last one that is 0.
pub fn pushforward<A: Matrix>(
    lu: &Lu<A::Owned>,
    tangent: &A,
) -> Result<(A::Owned, A::Owned), Error> {
    let n = lu.size();
    has_shape(OP, tangent, (n, n))?;
    lu.regular_but_last(OP)?;
    let (unit, no) = (Triangle::UnitLower, Transpose::No);
    let moved = tangent.permuted_rows(&lu.rows);
    // L^-1 P A' = W U + U' with W = L^-1 L' strictly lower, whose last column is 0.
    let left = lu.packed.solve_triangular(unit, no, &moved);
    let w = over_leading_upper(lu, no, &left).part(Part::StrictlyLower);
    let upper = left.minus(&w.matmul(&lu.upper())).part(Part::Upper);
    representable(OP, (lu.lower().matmul(&w), upper))
}

/// $\bar A$ from cotangents of $L$ and $U$, for the factors of [`value`].
///
/// Cost: two triangular solves and two products.
///
/// # Errors
/// [`Error::ShapeMismatch`], [`Error::Singular`] with a pivot other than the last one that is 0.
pub fn pullback<A: Matrix>(
    lu: &Lu<A::Owned>,
    lower_cotangent: &A,
    upper_cotangent: &A,
) -> Result<A::Owned, Error> {
    let n = lu.size();
    has_shape(OP, lower_cotangent, (n, n))?;
    has_shape(OP, upper_cotangent, (n, n))?;
    lu.regular_but_last(OP)?;
    let lower_bar = lower_cotangent.part(Part::StrictlyLower);
    let upper_bar = upper_cotangent.part(Part::Upper);
    let of_lower = lu.lower().transpose_matmul(&lower_bar);
    let w_bar = of_lower.minus(&upper_bar.matmul_transpose(&lu.upper())).part(Part::StrictlyLower);
    let left_bar = upper_bar.plus(&over_leading_upper(lu, Transpose::Yes, &w_bar));
    let moved = lu.packed.solve_triangular(Triangle::UnitLower, Transpose::Yes, &left_bar);
    representable(OP, moved.unpermuted_rows(&lu.rows))
}

/// $B_1 \mathrm{op}(U_{11}^{-1})$ for all columns but the last, which is 0.
fn over_leading_upper<M: Operations>(lu: &Lu<M>, transpose: Transpose, b: &M) -> M {
    let n = lu.size();
    let leading = n.saturating_sub(1);
    let u = lu.packed.block(0..leading, 0..leading);
    let quotient = b.block(0..n, 0..leading).solve_triangular_right(&u, Triangle::Upper, transpose);
    quotient.embedded(n, n, 0, 0)
}

impl<M: Operations> Lu<M> {
    /// $L$, with its unit diagonal.
    pub fn lower(&self) -> M {
        self.packed.part(Part::StrictlyLower).plus(&identity::<M>(self.size()))
    }

    /// $U$.
    pub fn upper(&self) -> M {
        self.packed.part(Part::Upper)
    }

    /// The number of rows, and of columns.
    pub(crate) fn size(&self) -> usize {
        self.packed.rows()
    }

    /// No pivot is 0.
    pub(crate) fn regular(&self, op: &'static str) -> Result<(), Error> {
        self.nonzero_pivots(op, self.size())
    }

    /// No pivot is 0 but perhaps the last one.
    fn regular_but_last(&self, op: &'static str) -> Result<(), Error> {
        self.nonzero_pivots(op, self.size().saturating_sub(1))
    }

    fn nonzero_pivots(&self, op: &'static str, count: usize) -> Result<(), Error> {
        match (0..count).map(|i| (i, self.packed.primal(i, i))).find(|&(_, pivot)| pivot == 0.0) {
            Some((index, pivot)) => Err(Error::Singular { op, index, pivot }),
            None => Ok(()),
        }
    }

    /// What was divided by the pivots did not overflow; the smallest pivot is to blame if it did.
    pub(crate) fn bounded(&self, op: &'static str, quotient: M) -> Result<M, Error> {
        if M::all_finite(quotient.view()) {
            return Ok(quotient);
        }
        let size = |i: usize| self.packed.primal(i, i).abs();
        let index = (0..self.size()).min_by(|&i, &j| size(i).total_cmp(&size(j))).unwrap_or(0);
        Err(Error::Singular { op, index, pivot: self.packed.primal(index, index) })
    }

    /// $\mathrm{op}(A)^{-1} B$ for pivots that are not 0.
    pub(crate) fn solve(&self, transpose: Transpose, b: &impl Matrix<Owned = M>) -> M {
        let (lower, upper) = (Triangle::UnitLower, Triangle::Upper);
        match transpose {
            Transpose::No => {
                let y =
                    self.packed.solve_triangular(lower, transpose, &b.permuted_rows(&self.rows));
                self.packed.solve_triangular(upper, transpose, &y)
            }
            Transpose::Yes => {
                let y = self.packed.solve_triangular(upper, transpose, b);
                let y = self.packed.solve_triangular(lower, transpose, &y);
                y.unpermuted_rows(&self.rows)
            }
        }
    }

    /// $B A^{-1}$ for pivots that are not 0.
    pub(crate) fn solve_right(&self, b: &impl Matrix<Owned = M>) -> M {
        let no = Transpose::No;
        let y = b.solve_triangular_right(&self.packed, Triangle::Upper, no);
        let y = y.solve_triangular_right(&self.packed, Triangle::UnitLower, no);
        let (rows, columns) = y.shape();
        M::scatter(y.view(), rows, columns, |i, j| Some((i, self.rows[j])))
    }

    /// $B A^{-\top}$ for pivots that are not 0.
    pub(crate) fn solve_transposed_right(&self, b: &impl Matrix<Owned = M>) -> M {
        let (rows, columns) = b.shape();
        let moved = M::gather(b.view(), rows, columns, |i, j| Some((i, self.rows[j])));
        let yes = Transpose::Yes;
        let y = moved.solve_triangular_right(&self.packed, Triangle::UnitLower, yes);
        y.solve_triangular_right(&self.packed, Triangle::Upper, yes)
    }
}
