//! The condition number $y = \kappa_2(A) = s_0 / s_{k-1}$ of an $m \times n$ matrix with
//! $k = \min(m, n)$ singular values.
//!
//! $$\dot y = \frac{\dot s_0 - y \dot s_{k-1}}{s_{k-1}}, \qquad
//! \bar A = \frac{\bar y}{s_{k-1}}\left(u_0 v_0^\top - y\,u_{k-1} v_{k-1}^\top\right)$$
//!
//! Where the largest or the smallest singular value is repeated, the terms are averaged over the
//! equal ones; where all are equal, $y$ has its minimum 1 and the gradient is 0. A matrix whose
//! smallest singular value is zero to rounding ($4\max(m, n)\,\varepsilon s_0$) is
//! [`Error::Singular`].
//!
//! # Examples
//! ```
//! use calculus_core::matrix::condition_number;
//! use faer::mat;
//!
//! let (y, svd) = condition_number::value(&mat![[4.0, 0.0], [0.0, 2.0]])?;
//! assert!((y - 2.0_f64).abs() < 1e-15);
//! let gradient = condition_number::pullback(&svd, 1.0)?;
//! assert!((gradient - mat![[0.5, 0.0], [0.0, -1.0]]).norm_max() < 1e-15);
//! assert!(condition_number::value(&mat![[1.0, 1.0], [1.0, 1.0]]).is_err());
//! # Ok::<(), calculus_core::Error>(())
//! ```

use super::frobenius::over;
use super::of_values::{self, ScalarOf, WithFactors};
use crate::Error;
use crate::matrix::factorizations::svd::Svd;
use crate::matrix::{Matrix, Operations};

const OP: &str = "condition_number";

/// $y$ and the factors, which the derivatives take.
///
/// Cost: a thin singular value decomposition.
///
/// # Errors
/// [`Error::Singular`] with the index of the smallest singular value, also for a matrix without
/// entries; [`Error::NonFiniteEntry`], [`Error::NoConvergence`].
pub fn value<A: Matrix>(a: &A) -> Result<WithFactors<A::Owned>, Error> {
    of_values::value(OP, a, |svd| {
        let (first, last) = extremes(svd)?;
        Ok(first / last)
    })
}

/// $s_0$ and $s_{k-1}$, which is not zero.
fn extremes<M: Operations>(svd: &Svd<M>) -> Result<(M::Scalar, M::Scalar), Error> {
    let Some(index) = svd.s.rows().checked_sub(1) else {
        return Err(Error::Singular { op: OP, index: 0, pivot: 0.0 });
    };
    let pivot = svd.s.primal(index, 0);
    if pivot <= svd.tolerance() {
        return Err(Error::Singular { op: OP, index, pivot });
    }
    Ok((svd.s.entry(0, 0), svd.s.entry(index, 0)))
}

/// $\nabla_s y = (1, 0, \dots, 0, -y) / s_{k-1}$.
fn gradient<M: Operations>(svd: &Svd<M>) -> Result<M, Error> {
    let (first, last) = extremes(svd)?;
    let k = svd.s.rows();
    let unit = |place| M::from_fn(k, 1, |i, _| f64::from(i == place));
    let weights = unit(0).minus(&unit(k - 1).times_scalar(&(first / last.clone())));
    Ok(over(&weights, &last))
}

/// $\dot y$ for the factors of [`value`].
///
/// Cost: a product.
///
/// # Errors
/// [`Error::ShapeMismatch`], [`Error::Singular`].
pub fn pushforward<A: Matrix>(
    svd: &Svd<A::Owned>,
    tangent: &A,
) -> Result<ScalarOf<A::Owned>, Error> {
    of_values::pushforward(OP, svd, &gradient(svd)?, tangent)
}

/// $\bar A$ for the factors of [`value`].
///
/// Cost: a product.
///
/// # Errors
/// [`Error::ShapeMismatch`], [`Error::Singular`].
pub fn pullback<M: Operations>(svd: &Svd<M>, cotangent: M::Scalar) -> Result<M, Error> {
    of_values::pullback(OP, svd, &gradient(svd)?, &cotangent)
}
