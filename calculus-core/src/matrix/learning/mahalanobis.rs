//! The Mahalanobis distance $y = \sqrt{(x - \mu)^\top S^{-1} (x - \mu)}$ of a column $x$ from a
//! distribution with the mean $\mu$ and the covariance $S$, symmetric and positive definite.
//!
//! $$z = S^{-1}(x - \mu): \qquad
//! \dot y = \frac{z^\top(\dot x - \dot\mu) - \frac12 z^\top \dot S z}{y}, \qquad
//! \bar x = \frac{\bar y}{y} z, \quad \bar\mu = -\bar x, \quad
//! \bar S = -\frac{\bar y}{2y} z z^\top$$
//!
//! $S$ is given by its Cholesky factor ([`cholesky`](crate::matrix::cholesky)), so it is factored
//! once for many points; the gradient is that with respect to the symmetric $S$. At $x = \mu$ the
//! subgradient of least norm is 0.
//!
//! Source: P. C. Mahalanobis, "On the generalised distance in statistics", 1936.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::{cholesky, mahalanobis};
//! use faer::mat;
//!
//! let l = cholesky::value(&mat![[4.0, 0.0], [0.0, 1.0]])?;
//! let (x, mean) = (mat![[2.0], [0.0]], mat![[0.0], [0.0]]);
//! let (y, z) = mahalanobis::value(&x, &mean, &l)?;
//! assert_eq!((y, &z), (1.0, &mat![[0.5], [0.0]]));
//! let (x_bar, _, s_bar) = mahalanobis::pullback(y, &z, 1.0)?;
//! assert_eq!(x_bar, mat![[0.5], [0.0]]);
//! assert_eq!(s_bar[(0, 0)], -0.125);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use crate::Error;
use crate::elementary::Unary;
use crate::matrix::check::{column, finite, has_shape, representable, same_shape, square};
use crate::matrix::{Matrix, Operations, Scalar, Transpose, Triangle};

const OP: &str = "mahalanobis";

/// $L^{-1}(x - \mu)$ and $z = L^{-\top} L^{-1} (x - \mu)$.
pub(super) fn whitened<A: Matrix>(
    op: &'static str,
    x: &A,
    mean: &A,
    l: &A::Owned,
) -> Result<(A::Owned, A::Owned), Error> {
    let n = square(op, l)?;
    column(op, x)?;
    has_shape(op, x, (n, 1))?;
    same_shape(op, mean, x)?;
    finite(op, x)?;
    finite(op, mean)?;
    let white = l.solve_triangular(Triangle::Lower, Transpose::No, &x.minus(mean));
    let z = l.solve_triangular(Triangle::Lower, Transpose::Yes, &white);
    Ok((white, z))
}

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
    Ok((white.inner(&white).apply(Unary::Sqrt), z))
}

/// $1/y$, and 0 at the mean.
fn reciprocal_or_zero<S: Scalar>(y: &S) -> S {
    if y.primal() == 0.0 { S::constant(0.0) } else { S::constant(1.0) / y.clone() }
}

/// $\dot y$ for the `y` and `z` of [`value`].
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(
    y: <A::Owned as Operations>::Scalar,
    z: &A::Owned,
    x_tangent: &A,
    mean_tangent: &A,
    s_tangent: &A,
) -> Result<<A::Owned as Operations>::Scalar, Error> {
    has_shape(OP, x_tangent, z.shape())?;
    has_shape(OP, mean_tangent, z.shape())?;
    has_shape(OP, s_tangent, (z.rows(), z.rows()))?;
    let half = <A::Owned as Operations>::Scalar::constant(0.5);
    let change = z.inner(&x_tangent.minus(mean_tangent)) - half * s_tangent.matmul(z).inner(z);
    Ok(change * reciprocal_or_zero(&y))
}

/// $\bar x$, $\bar\mu$ and $\bar S$ for the `y` and `z` of [`value`].
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<M: Operations>(
    y: M::Scalar,
    z: &M,
    cotangent: M::Scalar,
) -> Result<(M, M, M), Error> {
    column(OP, z)?;
    let weight = cotangent * reciprocal_or_zero(&y);
    let x_bar = z.times_scalar(&weight);
    let s_bar = x_bar.matmul_transpose(z).scaled(-0.5);
    representable(OP, (x_bar.clone(), x_bar.negated(), s_bar))
}
