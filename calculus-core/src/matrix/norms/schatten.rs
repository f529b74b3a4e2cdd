//! The Schatten norm $y = \left(\sum_i s_i^p\right)^{1/p}$ for $1 \le p \le \infty$: nuclear for
//! $p = 1$, Frobenius for $p = 2$, spectral for $p = \infty$.
//!
//! $$\dot y = \sum_i \left(\frac{s_i}{y}\right)^{p-1} u_i^\top \dot A v_i, \qquad
//! \bar A = \bar y\,U\,\mathrm{diag}\left(\frac{s_i}{y}\right)^{p-1} V^\top$$
//!
//! Subgradients of least norm at the kinks: as [`nuclear`](crate::matrix::nuclear) for $p = 1$ and
//! as [`spectral`](crate::matrix::spectral) for $p = \infty$, and 0 at $A = 0$. Powers do not overflow
//! or underflow: the values are divided by the largest one first.
//!
//! Source: A. S. Lewis, "The convex analysis of unitarily invariant matrix functions", 1995.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::schatten;
//! use faer::mat;
//!
//! let a = mat![[3.0, 0.0], [0.0, 4.0]];
//! let (y, svd) = schatten::value(&a, 2.0)?;
//! assert!((y - 5.0_f64).abs() < 1e-14);
//! let gradient = schatten::pullback(&svd, 2.0, 1.0)?;
//! assert!((gradient - a * 0.2).norm_max() < 1e-15);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use super::frobenius::over;
use super::of_values::{self, ScalarOf, WithFactors};
use super::p_norm::{exponent, of_entries};
use super::spectral;
use crate::Error;
use crate::matrix::factorizations::svd::Svd;
use crate::matrix::{Matrix, Operations, Scalar};

const OP: &str = "schatten";

/// $y$ and the factors, which the derivatives take.
///
/// Cost: a thin singular value decomposition.
///
/// # Errors
/// [`Error::OutsideDomain`] for $p < 1$, [`Error::NonFiniteEntry`], [`Error::NoConvergence`].
pub fn value<A: Matrix>(a: &A, p: f64) -> Result<WithFactors<A::Owned>, Error> {
    exponent(OP, p)?;
    of_values::value(OP, a, |svd| Ok(of_entries(&svd.s, p)))
}

/// $\nabla_s y$.
fn gradient<M: Operations>(svd: &Svd<M>, p: f64) -> Result<M, Error> {
    exponent(OP, p)?;
    if p == f64::INFINITY {
        return Ok(spectral::gradient(svd));
    }
    let y = of_entries(&svd.s, p);
    if y.primal() == 0.0 {
        return Ok(svd.s.scaled(0.0));
    }
    Ok(over(&svd.s, &y).powered(p - 1.0))
}

/// $\dot y$ for the factors of [`value`].
///
/// Cost: a product.
///
/// # Errors
/// [`Error::ShapeMismatch`], [`Error::OutsideDomain`].
pub fn pushforward<A: Matrix>(
    svd: &Svd<A::Owned>,
    p: f64,
    tangent: &A,
) -> Result<ScalarOf<A::Owned>, Error> {
    of_values::pushforward(OP, svd, &gradient(svd, p)?, tangent)
}

/// $\bar A$ for the factors of [`value`].
///
/// Cost: a product.
///
/// # Errors
/// [`Error::ShapeMismatch`], [`Error::OutsideDomain`].
pub fn pullback<M: Operations>(svd: &Svd<M>, p: f64, cotangent: M::Scalar) -> Result<M, Error> {
    of_values::pullback(OP, svd, &gradient(svd, p)?, &cotangent)
}
