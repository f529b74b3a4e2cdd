//! The spectral norm $y = \|A\|_2 = s_0$, the largest singular value.
//!
//! $$\dot y = u_0^\top \dot A v_0, \qquad \bar A = \bar y\,u_0 v_0^\top$$
//!
//! Where the largest singular value is repeated the norm has a kink: its subgradient of least norm is
//! the average $\frac1r\sum_{i<r} u_i v_i^\top$ over the $r$ equal ones, which does not depend on
//! the basis. 0 at $A = 0$.
//!
//! Source: G. A. Watson, "Characterization of the subdifferential of some matrix norms", 1992.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::spectral;
//! use faer::Mat;
//!
//! let (y, svd) = spectral::value(&Mat::<f64>::identity(3, 3))?;
//! assert_eq!(y, 1.0);
//! let gradient = spectral::pullback(&svd, 1.0)?;
//! assert!((gradient - Mat::<f64>::identity(3, 3) * (1.0 / 3.0)).norm_max() < 1e-15);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use super::of_values::{self, ScalarOf, WithFactors};
use crate::Error;
use crate::matrix::factorizations::svd::Svd;
use crate::matrix::{Matrix, Operations};

const OP: &str = "spectral";

/// $y$ and the factors, which the derivatives take. The norm of a matrix without entries is 0.
///
/// Cost: a thin singular value decomposition.
///
/// # Errors
/// [`Error::NonFiniteEntry`], [`Error::NoConvergence`].
pub fn value<A: Matrix>(a: &A) -> Result<WithFactors<A::Owned>, Error> {
    of_values::value(OP, a, |svd| Ok(largest(svd)))
}

/// $s_0$.
pub(crate) fn largest<M: Operations>(svd: &Svd<M>) -> M::Scalar {
    svd.s.block(0..svd.s.rows().min(1), 0..1).total()
}

/// $\nabla_s y$.
pub(crate) fn gradient<M: Operations>(svd: &Svd<M>) -> M {
    M::from_fn(svd.s.rows(), 1, |i, _| f64::from(i == 0))
}

/// $\dot y$ for the factors of [`value`].
///
/// Cost: a product.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(
    svd: &Svd<A::Owned>,
    tangent: &A,
) -> Result<ScalarOf<A::Owned>, Error> {
    of_values::pushforward(OP, svd, &gradient(svd), tangent)
}

/// $\bar A$ for the factors of [`value`].
///
/// Cost: a product.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<M: Operations>(svd: &Svd<M>, cotangent: M::Scalar) -> Result<M, Error> {
    of_values::pullback(OP, svd, &gradient(svd), &cotangent)
}
