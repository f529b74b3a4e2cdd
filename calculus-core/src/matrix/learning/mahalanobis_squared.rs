//! The squared Mahalanobis distance $y = (x - \mu)^\top S^{-1} (x - \mu)$ of a column $x$ from a
//! distribution with the mean $\mu$ and the covariance $S$, symmetric and positive definite.
//!
//! $$z = S^{-1}(x - \mu): \qquad \dot y = 2 z^\top(\dot x - \dot\mu) - z^\top \dot S z, \qquad
//! \bar x = 2\bar y z, \quad \bar\mu = -2\bar y z, \quad \bar S = -\bar y z z^\top$$
//!
//! $S$ is given by its Cholesky factor ([`cholesky`](crate::matrix::cholesky)), so it is factored
//! once for many points; the gradient is that with respect to the symmetric $S$. There is no
//! degenerate point. [`mahalanobis`](crate::matrix::mahalanobis) is the root of it.
//!
//! Source: P. C. Mahalanobis, "On the generalised distance in statistics", 1936.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::{cholesky, mahalanobis_squared};
//! use faer::mat;
//!
//! let l = cholesky::value(&mat![[4.0, 0.0], [0.0, 1.0]])?;
//! let (x, mean) = (mat![[2.0], [0.0]], mat![[0.0], [0.0]]);
//! let (y, z) = mahalanobis_squared::value(&x, &mean, &l)?;
//! assert_eq!((y, &z), (1.0, &mat![[0.5], [0.0]]));
//! let (x_bar, _, s_bar) = mahalanobis_squared::pullback(&z, 1.0)?;
//! assert_eq!(x_bar, mat![[1.0], [0.0]]);
//! assert_eq!(s_bar[(0, 0)], -0.25);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use super::mahalanobis::whitened;
use crate::Error;
use crate::matrix::check::{column, has_shape, representable};
use crate::matrix::{Matrix, Operations, Scalar};

const OP: &str = "mahalanobis_squared";

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
    Ok((white.inner(&white), z))
}

/// $\dot y = 2 z^\top(\dot x - \dot\mu) - z^\top \dot S z$ for the `z` of [`value`].
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(
    z: &A::Owned,
    x_tangent: &A,
    mean_tangent: &A,
    s_tangent: &A,
) -> Result<<A::Owned as Operations>::Scalar, Error> {
    has_shape(OP, x_tangent, z.shape())?;
    has_shape(OP, mean_tangent, z.shape())?;
    has_shape(OP, s_tangent, (z.rows(), z.rows()))?;
    let two = <A::Owned as Operations>::Scalar::constant(2.0);
    let of_point = two * z.inner(&x_tangent.minus(mean_tangent));
    Ok(of_point - s_tangent.matmul(z).inner(z))
}

/// $\bar x = 2\bar y z$, $\bar\mu = -2\bar y z$ and $\bar S = -\bar y z z^\top$ for the `z` of
/// [`value`].
///
/// # Errors
/// [`Error::ShapeMismatch`], [`Error::OutsideDomain`] where a gradient overflows.
pub fn pullback<M: Operations>(z: &M, cotangent: M::Scalar) -> Result<(M, M, M), Error> {
    column(OP, z)?;
    let weighted = z.times_scalar(&cotangent);
    let s_bar = weighted.matmul_transpose(z).negated();
    representable(OP, (weighted.scaled(2.0), weighted.scaled(-2.0), s_bar))
}
