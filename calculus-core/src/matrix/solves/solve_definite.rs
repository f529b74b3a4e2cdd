//! The solution of $SX = B$ for $S$ symmetric and positive definite.
//!
//! $$\dot X = S^{-1}(\dot B - \mathrm{sym}(\dot S) X), \qquad \bar B = S^{-1} \bar X, \quad
//! \bar S = -\mathrm{sym}(\bar B X^\top)$$
//!
//! by the Cholesky factor that [`value`] returns. $S$ is taken to be symmetric: only its lower
//! triangle is read, a tangent is symmetrised, and the pullback is the symmetric gradient. Where $S$
//! is not definite, that is an error with the index and the pivot.
//!
//! Source: M. Giles, "An extended collection of matrix derivative results for forward and reverse
//! mode algorithmic differentiation", 2008, section 2.3.1, projected on symmetric matrices.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::solve_definite;
//! use faer::mat;
//!
//! let (s, b) = (mat![[4.0, 0.0], [0.0, 1.0]], mat![[4.0], [2.0]]);
//! let (x, l) = solve_definite::value(&s, &b)?;
//! assert_eq!(x, mat![[1.0], [2.0]]);
//! let (s_bar, b_bar) = solve_definite::pullback(&l, &x, &mat![[4.0], [0.0]])?;
//! assert_eq!(b_bar, mat![[1.0], [0.0]]);
//! assert_eq!(s_bar, mat![[-1.0, -1.0], [-1.0, 0.0]]);
//!
//! let error = solve_definite::value(&mat![[0.0]], &mat![[1.0]]).unwrap_err();
//! assert_eq!(
//!     error.to_string(),
//!     "solve_definite: the matrix is not positive definite, pivot 0 is 0"
//! );
//! # Ok::<(), calculus_core::Error>(())
//! ```

use super::cholesky_solve::solve_by;
use super::solve_triangular::bounded;
use crate::Error;
use crate::matrix::check::{finite, has_shape, representable, square};
use crate::matrix::{Matrix, Operations, Triangle};

const OP: &str = "solve_definite";

/// $X$, of the shape of $B$ ($n \times k$), and the Cholesky factor of $S$ ($n \times n$).
///
/// Cost: $n^3/6 + n^2 k$ multiply-adds.
///
/// # Errors
/// [`Error::NotPositiveDefinite`], [`Error::NotSquare`], [`Error::ShapeMismatch`],
/// [`Error::NonFiniteEntry`]; [`Error::Singular`] where the solution overflows.
pub fn value<A: Matrix>(s: &A, b: &A) -> Result<(A::Owned, A::Owned), Error> {
    let n = square(OP, s)?;
    has_shape(OP, b, (n, b.columns()))?;
    finite(OP, s)?;
    finite(OP, b)?;
    let l = <A::Owned as Operations>::cholesky(OP, s.view())?;
    let x = bounded(OP, &l, Triangle::Lower, solve_by(&l, b))?;
    Ok((x, l))
}

/// $\dot X = S^{-1}(\dot B - \mathrm{sym}(\dot S) X)$ for the solution and the factor of [`value`].
///
/// Cost: a product and two triangular solves, $2n^2 k$ multiply-adds.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(
    l: &A::Owned,
    x: &A::Owned,
    s_tangent: &A,
    b_tangent: &A,
) -> Result<A::Owned, Error> {
    has_shape(OP, x, (l.rows(), x.columns()))?;
    has_shape(OP, s_tangent, l.shape())?;
    has_shape(OP, b_tangent, x.shape())?;
    representable(OP, solve_by(l, &b_tangent.minus(&s_tangent.symmetric().matmul(x))))
}

/// $\bar S = -\mathrm{sym}(\bar B X^\top)$ and $\bar B = S^{-1} \bar X$ for the solution and the
/// factor of [`value`].
///
/// Cost: two triangular solves and a product, $2n^2 k$ multiply-adds.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(
    l: &A::Owned,
    x: &A::Owned,
    cotangent: &A,
) -> Result<(A::Owned, A::Owned), Error> {
    has_shape(OP, x, (l.rows(), x.columns()))?;
    has_shape(OP, cotangent, x.shape())?;
    let b_bar = solve_by(l, cotangent);
    representable(OP, (b_bar.negated().matmul_transpose(x).symmetric(), b_bar))
}
