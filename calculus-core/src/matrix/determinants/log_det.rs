//! The logarithm of the determinant of a symmetric, positive definite matrix, $y = \ln\det S$.
//!
//! $$\dot y = \langle S^{-1}, \dot S\rangle, \qquad \bar S = \bar y S^{-1}$$
//!
//! by the Cholesky factor $L$: $y = 2\sum_i \ln l_{ii}$, which neither overflows nor underflows.
//! $S$ is taken to be symmetric: only its lower triangle is read, a tangent is symmetrised, and the
//! pullback is the symmetric gradient. Where $S$ is not definite, that is an error with the index and
//! the pivot. The logarithm of an empty matrix is 0.
//!
//! Source: K. B. Petersen, M. S. Pedersen, *The Matrix Cookbook*, 2012, equation 57.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::log_det;
//! use faer::mat;
//!
//! let (y, l) = log_det::value(&mat![[4.0_f64, 0.0], [0.0, 0.25]])?;
//! assert!(y.abs() < 1e-15);
//! assert_eq!(log_det::pullback(&l, &1.0)?, mat![[0.25, 0.0], [0.0, 4.0]]);
//!
//! let error = log_det::value(&mat![[-1.0]]).unwrap_err();
//! assert_eq!(error.to_string(), "log_det: the matrix is not positive definite, pivot 0 is -1");
//! # Ok::<(), calculus_core::Error>(())
//! ```

use crate::Error;
use crate::elementary::Unary;
use crate::matrix::check::{finite, has_shape, representable, square};
use crate::matrix::{Matrix, Operations};

const OP: &str = "log_det";

/// The numbers that go with a matrix.
type Number<A> = <<A as Matrix>::Owned as Operations>::Scalar;

/// $\ln\det S$ and the Cholesky factor of $S$.
///
/// Cost: $n^3/6$ multiply-adds.
///
/// # Errors
/// [`Error::NotPositiveDefinite`], [`Error::NotSquare`], [`Error::NonFiniteEntry`].
pub fn value<A: Matrix>(s: &A) -> Result<(Number<A>, A::Owned), Error> {
    square(OP, s)?;
    finite(OP, s)?;
    let l = <A::Owned as Operations>::cholesky(OP, s.view())?;
    let y = l.diagonal().map(Unary::Ln).scaled(2.0).total();
    Ok((y, l))
}

/// $\dot y = \langle S^{-1}, \dot S\rangle$ for the factor `l` of [`value`].
///
/// Cost: $n^3/3$ multiply-adds.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(l: &A::Owned, tangent: &A) -> Result<Number<A>, Error> {
    has_shape(OP, tangent, l.shape())?;
    Ok(<A::Owned as Operations>::cholesky_inverse(l.view()).inner(tangent))
}

/// $\bar S = \bar y S^{-1}$ for the factor `l` of [`value`].
///
/// Cost: $n^3/3$ multiply-adds.
///
/// # Errors
/// [`Error::NotSquare`].
pub fn pullback<M: Operations>(l: &M, cotangent: &M::Scalar) -> Result<M, Error> {
    square(OP, l)?;
    representable(OP, M::cholesky_inverse(l.view()).into_scaled(cotangent))
}
