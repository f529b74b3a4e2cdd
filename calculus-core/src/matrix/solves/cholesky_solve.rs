//! The solution of $LL^\top X = B$ as a function of the Cholesky factor $L$.
//!
//! $$\dot X = S^{-1}(\dot B - (\dot L L^\top + L \dot L^\top) X), \qquad S = LL^\top$$
//! $$\bar B = S^{-1} \bar X, \qquad
//! \bar L = -\mathrm{tril}((M + M^\top) L), \quad M = \bar B X^\top$$
//!
//! Only the lower triangle of $L$ is read, only that of its tangent counts, and $\bar L$ is lower
//! triangular. The diagonal may have either sign; a zero on it is an error.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::cholesky_solve;
//! use faer::mat;
//!
//! let (l, b) = (mat![[2.0]], mat![[4.0]]);
//! let x = cholesky_solve::value(&l, &b)?; // b / l^2
//! assert_eq!(x, mat![[1.0]]);
//! let (l_bar, b_bar) = cholesky_solve::pullback(&l, &x, &mat![[1.0]])?;
//! assert_eq!((l_bar, b_bar), (mat![[-1.0]], mat![[0.25]]));
//! # Ok::<(), calculus_core::Error>(())
//! ```

use super::solve_triangular::{bounded, regular};
use crate::Error;
use crate::matrix::check::{finite, has_shape, representable, square};
use crate::matrix::{Matrix, Part, Transpose, Triangle};

const OP: &str = "cholesky_solve";

/// $L^{-\top} L^{-1} B$ for a diagonal without a zero.
pub(super) fn solve_by<L: Matrix, B: Matrix<Owned = L::Owned>>(l: &L, b: &B) -> L::Owned {
    let y = l.solve_triangular(Triangle::Lower, Transpose::No, b);
    l.solve_triangular(Triangle::Lower, Transpose::Yes, &y)
}

/// $X$, of the shape of $B$ ($n \times k$), for $L$ of $n \times n$.
///
/// Cost: $n^2 k$ multiply-adds.
///
/// # Errors
/// [`Error::Singular`], [`Error::NotSquare`], [`Error::ShapeMismatch`], [`Error::NonFiniteEntry`].
pub fn value<A: Matrix>(l: &A, b: &A) -> Result<A::Owned, Error> {
    let n = square(OP, l)?;
    has_shape(OP, b, (n, b.columns()))?;
    finite(OP, &l.part(Part::Lower))?;
    finite(OP, b)?;
    regular(OP, l, Triangle::Lower)?;
    bounded(OP, l, Triangle::Lower, solve_by(l, b))
}

/// $\dot X$ for the solution `x` of [`value`].
///
/// Cost: three products and two triangular solves, $4n^2 k$ multiply-adds.
///
/// # Errors
/// [`Error::Singular`], [`Error::NotSquare`], [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(
    l: &A,
    x: &A::Owned,
    l_tangent: &A,
    b_tangent: &A,
) -> Result<A::Owned, Error> {
    let n = square(OP, l)?;
    has_shape(OP, x, (n, x.columns()))?;
    has_shape(OP, l_tangent, (n, n))?;
    has_shape(OP, b_tangent, x.shape())?;
    regular(OP, l, Triangle::Lower)?;
    let (l_lower, tangent) = (l.part(Part::Lower), l_tangent.part(Part::Lower));
    let left = tangent.matmul(&l_lower.transpose_matmul(x));
    let right = l_lower.matmul(&tangent.transpose_matmul(x));
    representable(OP, solve_by(l, &b_tangent.minus(&left).minus(&right)))
}

/// $\bar L$ and $\bar B$ for the solution `x` of [`value`].
///
/// Cost: two triangular solves and four products, $5n^2 k$ multiply-adds.
///
/// # Errors
/// [`Error::Singular`], [`Error::NotSquare`], [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(
    l: &A,
    x: &A::Owned,
    cotangent: &A,
) -> Result<(A::Owned, A::Owned), Error> {
    let n = square(OP, l)?;
    has_shape(OP, x, (n, x.columns()))?;
    has_shape(OP, cotangent, x.shape())?;
    regular(OP, l, Triangle::Lower)?;
    let b_bar = solve_by(l, cotangent);
    let lower = l.part(Part::Lower);
    let (b_l, x_l) = (b_bar.transpose_matmul(&lower), x.transpose_matmul(&lower));
    let sum = b_bar.matmul(&x_l).plus(&x.matmul(&b_l));
    representable(OP, (sum.part(Part::Lower).negated(), b_bar))
}
