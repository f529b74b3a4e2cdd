//! The Cholesky factor: $A = LL^\top$ with $L$ lower triangular and a positive diagonal, for $A$
//! symmetric and positive definite.
//!
//! $$\dot L = L\,\Phi(L^{-1} \mathrm{sym}(\dot A) L^{-\top}), \qquad
//! \bar A = \mathrm{sym}(L^{-\top} \Phi(L^\top \bar L) L^{-1})$$
//!
//! where $\Phi$ takes the lower triangle and halves its diagonal. $A$ is taken to be symmetric: only
//! its lower triangle is read, a tangent is symmetrised, and the pullback is the symmetric gradient,
//! which shares the derivative of a pair of entries equally between the two. Of a cotangent only the
//! lower triangle matters, because the rest of $L$ is constant. Where $A$ is not definite there is
//! no factor: that is an error with the index and the pivot, never NaN.
//!
//! Source: I. Murray, "Differentiation of the Cholesky decomposition", 2016, equations 8 and 9;
//! plain matrices use its blocked algorithm of section 4.2.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::cholesky;
//! use faer::mat;
//!
//! let a = mat![[4.0, 2.0], [2.0, 10.0]];
//! let l = cholesky::value(&a)?;
//! assert_eq!(l, mat![[2.0, 0.0], [1.0, 3.0]]);
//! // The entry l_11 = sqrt(a_11 - a_01 a_10 / a_00).
//! let gradient = cholesky::pullback(&l, &mat![[0.0, 0.0], [0.0, 6.0]])?;
//! assert_eq!(gradient, mat![[0.25, -0.5], [-0.5, 1.0]]);
//!
//! let error = cholesky::value(&mat![[1.0, 2.0], [2.0, 1.0]]).unwrap_err();
//! assert_eq!(error.to_string(), "cholesky: the matrix is not positive definite, pivot 1 is -3");
//! # Ok::<(), calculus_core::Error>(())
//! ```

use crate::Error;
use crate::matrix::check::{finite, has_shape, representable, square};
use crate::matrix::{Matrix, Operations, Transpose, Triangle};

const OP: &str = "cholesky";

/// The factor $L$, an $n \times n$ lower triangular matrix.
///
/// Cost: $n^3/6$ multiply-adds.
///
/// # Errors
/// [`Error::NotPositiveDefinite`], [`Error::NotSquare`], [`Error::NonFiniteEntry`].
pub fn value<A: Matrix>(a: &A) -> Result<A::Owned, Error> {
    square(OP, a)?;
    finite(OP, a)?;
    <A::Owned as Operations>::cholesky(OP, a.view())
}

/// $\dot L = L\,\Phi(L^{-1} \mathrm{sym}(\dot A) L^{-\top})$ for the factor `l` of
/// [`value`].
///
/// Cost: two triangular solves and a product.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(l: &A::Owned, tangent: &A) -> Result<A::Owned, Error> {
    has_shape(OP, tangent, l.shape())?;
    let left = l.solve_triangular(Triangle::Lower, Transpose::No, &tangent.symmetric());
    let inner = left.solve_triangular_right(l, Triangle::Lower, Transpose::Yes);
    representable(OP, l.matmul(&inner.halved_lower()))
}

/// $\bar A = \mathrm{sym}(L^{-\top} \Phi(L^\top \bar L) L^{-1})$ for the factor `l` of
/// [`value`].
///
/// Cost: twice the factorisation.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(l: &A::Owned, cotangent: &A) -> Result<A::Owned, Error> {
    has_shape(OP, cotangent, l.shape())?;
    representable(OP, <A::Owned as Operations>::cholesky_pullback(l.view(), cotangent.view()))
}
