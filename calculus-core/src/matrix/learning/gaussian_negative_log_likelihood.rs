//! The negative logarithm of the density of a normal distribution,
//! $y = \frac12\left((x-\mu)^\top S^{-1} (x-\mu) + \ln\det S + n \ln 2\pi\right)$, for a column $x$, the
//! mean $\mu$ and the covariance $S$, symmetric and positive definite.
//!
//! $$z = S^{-1}(x - \mu): \qquad
//! \dot y = z^\top(\dot x - \dot\mu) + \tfrac12\langle S^{-1} - zz^\top, \dot S\rangle, \qquad
//! \bar x = \bar y z, \quad \bar\mu = -\bar y z, \quad
//! \bar S = \tfrac12 \bar y\,(S^{-1} - zz^\top)$$
//!
//! $S$ is given by its Cholesky factor ([`cholesky`](crate::matrix::cholesky)), so it is factored
//! once for many points; the gradient is that with respect to the symmetric $S$.
//!
//! Source: C. M. Bishop, "Pattern Recognition and Machine Learning", 2006, equations 2.43 and C.28.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::{cholesky, gaussian_negative_log_likelihood as gaussian};
//! use faer::mat;
//!
//! let l = cholesky::value(&mat![[4.0]])?;
//! let (y, z) = gaussian::value(&mat![[3.0]], &mat![[1.0]], &l)?;
//! assert!((y - 0.5 * (1.0 + (8.0 * std::f64::consts::PI).ln())).abs() < 1e-15);
//! let (x_bar, mean_bar, s_bar) = gaussian::pullback(&l, &z, 1.0)?;
//! assert_eq!((x_bar, mean_bar, s_bar), (mat![[0.5]], mat![[-0.5]], mat![[0.0]]));
//! # Ok::<(), calculus_core::Error>(())
//! ```

use core::f64::consts::TAU;

use super::mahalanobis::whitened;
use crate::Error;
use crate::elementary::Unary;
use crate::matrix::check::{has_shape, representable, square};
use crate::matrix::{Matrix, Operations, Scalar};

const OP: &str = "gaussian_negative_log_likelihood";

/// $y$ and $z = S^{-1}(x - \mu)$, which the derivatives take, for the Cholesky factor `l` of $S$.
///
/// Cost: $n^2$ multiply-adds.
///
/// # Errors
/// [`Error::ShapeMismatch`], [`Error::NotSquare`], [`Error::NonFiniteEntry`].
pub fn value<A: Matrix>(
    x: &A,
    mean: &A,
    l: &A::Owned,
) -> Result<(<A::Owned as Operations>::Scalar, A::Owned), Error> {
    let (white, z) = whitened(OP, x, mean, l)?;
    let constant = |x| <A::Owned as Operations>::Scalar::constant(x);
    let half_log_det = l.diagonal().map(Unary::Ln).total();
    let rest = constant(0.5 * x.rows() as f64 * TAU.ln());
    Ok((constant(0.5) * white.inner(&white) + half_log_det + rest, z))
}

/// $S^{-1} - zz^\top$.
fn weight<M: Operations>(l: &M, z: &M) -> Result<M, Error> {
    let n = square(OP, l)?;
    has_shape(OP, z, (n, 1))?;
    Ok(M::cholesky_inverse(l.view()).minus(&z.matmul_transpose(z)))
}

/// $\dot y$ for the Cholesky factor `l` of $S$ and the `z` of [`value`].
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(
    l: &A::Owned,
    z: &A::Owned,
    x_tangent: &A,
    mean_tangent: &A,
    s_tangent: &A,
) -> Result<<A::Owned as Operations>::Scalar, Error> {
    has_shape(OP, x_tangent, z.shape())?;
    has_shape(OP, mean_tangent, z.shape())?;
    has_shape(OP, s_tangent, l.shape())?;
    let half = <A::Owned as Operations>::Scalar::constant(0.5);
    let of_point = z.inner(&x_tangent.minus(mean_tangent));
    Ok(of_point + half * weight(l, z)?.inner(s_tangent))
}

/// $\bar x$, $\bar\mu$ and $\bar S$ for the Cholesky factor `l` of $S$ and the `z` of [`value`].
///
/// Cost: an inverse from the factor, $n^3/3$ multiply-adds.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<M: Operations>(l: &M, z: &M, cotangent: M::Scalar) -> Result<(M, M, M), Error> {
    let s_bar = weight(l, z)?.times_scalar(&cotangent).scaled(0.5);
    let x_bar = z.times_scalar(&cotangent);
    representable(OP, (x_bar.clone(), x_bar.negated(), s_bar))
}
