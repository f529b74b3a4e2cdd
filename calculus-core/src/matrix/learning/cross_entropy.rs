//! The cross-entropy of targets $t$ and the softmax of $x$,
//! $y = -\sum_{ij} t_{ij} \ln p_{ij}$ with $p = \mathrm{softmax}(x)$, summed over columns.
//!
//! $$\dot y = -\langle t, \dot x - \langle p, \dot x\rangle\rangle - \langle \dot t, \ln p\rangle,
//! \qquad \bar x = \bar y\,(p \textstyle\sum t - t), \quad \bar t = -\bar y \ln p$$
//!
//! with the inner sums over each column. The targets need not add up to 1. Both inputs are finite.
//!
//! Source: I. Goodfellow, Y. Bengio, A. Courville, "Deep Learning", 2016, section 6.2.2.3.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::cross_entropy;
//! use faer::mat;
//!
//! let (x, t) = (mat![[0.0], [0.0]], mat![[1.0], [0.0]]);
//! let (y, log_p) = cross_entropy::value(&x, &t)?;
//! assert!((y - 2.0_f64.ln()).abs() < 1e-15);
//! let (x_bar, _) = cross_entropy::pullback(&t, &log_p, 1.0)?;
//! assert!((x_bar[(0, 0)] + 0.5).abs() < 1e-15 && (x_bar[(1, 0)] - 0.5).abs() < 1e-15);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use super::log_softmax;
use crate::Error;
use crate::elementary::Unary;
use crate::matrix::check::{finite, has_shape, same_shape};
use crate::matrix::{Matrix, Operations};

const OP: &str = "cross_entropy";

/// $y$ and $\ln p$, which the derivatives take.
///
/// # Errors
/// [`Error::ShapeMismatch`], [`Error::NonFiniteEntry`].
pub fn value<A: Matrix>(
    x: &A,
    t: &A,
) -> Result<(<A::Owned as Operations>::Scalar, A::Owned), Error> {
    same_shape(OP, t, x)?;
    finite(OP, x)?;
    finite(OP, t)?;
    let log_p = log_softmax::value(x)?;
    Ok((-log_p.inner(t), log_p))
}

/// $\dot y$ for the `log_p` of [`value`].
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(
    t: &A,
    log_p: &A::Owned,
    x_tangent: &A,
    t_tangent: &A,
) -> Result<<A::Owned as Operations>::Scalar, Error> {
    has_shape(OP, t, log_p.shape())?;
    same_shape(OP, t_tangent, t)?;
    let log_p_tangent = log_softmax::pushforward(log_p, x_tangent)?;
    Ok(-log_p_tangent.inner(t) - log_p.inner(t_tangent))
}

/// $\bar x = \bar y\,(p \sum t - t)$ and $\bar t = -\bar y \ln p$ for the `log_p` of [`value`].
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(
    t: &A,
    log_p: &A::Owned,
    cotangent: <A::Owned as Operations>::Scalar,
) -> Result<(A::Owned, A::Owned), Error> {
    has_shape(OP, t, log_p.shape())?;
    let sums = t.column_sums().broadcast(t.rows(), t.columns());
    let x_bar = log_p.map(Unary::Exp).hadamard(&sums).minus(t).times_scalar(&cotangent);
    Ok((x_bar, log_p.times_scalar(&-cotangent)))
}
