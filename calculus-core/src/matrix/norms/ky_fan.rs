//! The Ky Fan norm $y = s_0 + \dots + s_{k-1}$, the sum of the $k$ largest singular values.
//!
//! $$\dot y = \sum_{i<k} u_i^\top \dot A v_i, \qquad \bar A = \bar y \sum_{i<k} u_i v_i^\top$$
//!
//! Where singular values that are counted equal some that are not, the norm has a kink: its
//! subgradient of least norm shares the count equally among the equal ones. Zero singular values
//! contribute 0.
//!
//! Source: M. L. Overton and R. S. Womersley, "Optimality conditions and duality theory for minimizing
//! sums of the largest eigenvalues of symmetric matrices", 1993.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::ky_fan;
//! use faer::{Mat, mat};
//!
//! let (y, svd) = ky_fan::value(&Mat::<f64>::identity(4, 4), 2)?;
//! assert_eq!(y, 2.0);
//! let gradient = ky_fan::pullback(&svd, 2, 1.0)?;
//! assert!((gradient - Mat::<f64>::identity(4, 4) * 0.5).norm_max() < 1e-15);
//!
//! let error = ky_fan::value(&mat![[1.0, 2.0]], 2).unwrap_err();
//! assert_eq!(error.to_string(), "ky_fan: k must be at most the number of singular values, got 2");
//! # Ok::<(), calculus_core::Error>(())
//! ```

use super::of_values::{self, ScalarOf, WithFactors};
use crate::Error;
use crate::matrix::factorizations::svd::Svd;
use crate::matrix::{Matrix, Operations};

const OP: &str = "ky_fan";

/// $y$ and the factors, which the derivatives take.
///
/// Cost: a thin singular value decomposition.
///
/// # Errors
/// [`Error::OutsideDomain`] for $k > \min(m, n)$, [`Error::NonFiniteEntry`],
/// [`Error::NoConvergence`].
pub fn value<A: Matrix>(a: &A, k: usize) -> Result<WithFactors<A::Owned>, Error> {
    count(k, a.rows().min(a.columns()))?;
    of_values::value(OP, a, |svd| Ok(svd.s.block(0..k, 0..1).total()))
}

fn count(k: usize, values: usize) -> Result<(), Error> {
    if k <= values {
        return Ok(());
    }
    let domain = "at most the number of singular values";
    Err(Error::OutsideDomain { op: OP, argument: "k", domain, value: k as f64 })
}

/// $\nabla_s y$.
fn gradient<M: Operations>(svd: &Svd<M>, k: usize) -> Result<M, Error> {
    count(k, svd.s.rows())?;
    Ok(M::from_fn(svd.s.rows(), 1, |i, _| f64::from(i < k)))
}

/// $\dot y$ for the factors of [`value`].
///
/// Cost: a product.
///
/// # Errors
/// [`Error::ShapeMismatch`], [`Error::OutsideDomain`].
pub fn pushforward<A: Matrix>(
    svd: &Svd<A::Owned>,
    k: usize,
    tangent: &A,
) -> Result<ScalarOf<A::Owned>, Error> {
    of_values::pushforward(OP, svd, &gradient(svd, k)?, tangent)
}

/// $\bar A$ for the factors of [`value`].
///
/// Cost: a product.
///
/// # Errors
/// [`Error::ShapeMismatch`], [`Error::OutsideDomain`].
pub fn pullback<M: Operations>(svd: &Svd<M>, k: usize, cotangent: M::Scalar) -> Result<M, Error> {
    of_values::pullback(OP, svd, &gradient(svd, k)?, &cotangent)
}
