//! The nuclear norm $y = \|A\|_* = \sum_i s_i$, the sum of the singular values.
//!
//! $$\dot y = \langle U V^\top, \dot A\rangle, \qquad \bar A = \bar y\,U_r V_r^\top$$
//!
//! over the $r$ singular values that are positive. Where the rank is less than $\min(m, n)$ the norm
//! has a kink, and that is its subgradient of least norm: 0 at $A = 0$.
//!
//! Source: G. A. Watson, "Characterization of the subdifferential of some matrix norms", 1992.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::nuclear;
//! use faer::Mat;
//!
//! let ones = Mat::from_fn(3, 3, |_, _| 1.0);
//! let (y, svd) = nuclear::value(&ones)?;
//! assert!((y - 3.0_f64).abs() < 1e-14);
//! let gradient = nuclear::pullback(&svd, 1.0)?;
//! assert!((gradient - ones * (1.0 / 3.0)).norm_max() < 1e-15);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use super::of_values::{self, ScalarOf, WithFactors};
use crate::Error;
use crate::matrix::factorizations::svd::Svd;
use crate::matrix::{Matrix, Operations};

const OP: &str = "nuclear";

/// $y$ and the factors, which the derivatives take.
///
/// Cost: a thin singular value decomposition.
///
/// # Errors
/// [`Error::NonFiniteEntry`], [`Error::NoConvergence`].
pub fn value<A: Matrix>(a: &A) -> Result<WithFactors<A::Owned>, Error> {
    of_values::value(OP, a, |svd| Ok(svd.s.total()))
}

/// $\nabla_s y$.
fn gradient<M: Operations>(svd: &Svd<M>) -> M {
    M::from_fn(svd.s.rows(), 1, |_, _| 1.0)
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
