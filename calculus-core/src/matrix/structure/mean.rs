//! The mean of all entries, $y = \frac{1}{mn}\sum_{ij} a_{ij}$.
//!
//! $$\dot y = \frac{1}{mn}\sum_{ij} \dot a_{ij}, \qquad \bar a_{ij} = \frac{\bar y}{mn}$$
//!
//! The mean of no entries is an error; entries that are infinite or NaN go through as IEEE
//! arithmetic has it.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::mean;
//! use faer::mat;
//!
//! let a = mat![[1.0, 2.0], [3.0, 4.0]];
//! assert_eq!(mean::value(&a)?, 2.5);
//! assert_eq!(mean::pullback(&a, &1.0)?, mat![[0.25, 0.25], [0.25, 0.25]]);
//!
//! let error = mean::value(&faer::Mat::<f64>::zeros(0, 3)).unwrap_err();
//! assert_eq!(error.to_string(), "mean: the number of entries must be positive, got 0");
//! # Ok::<(), calculus_core::Error>(())
//! ```

use super::sum;
use crate::Error;
use crate::matrix::check::same_shape;
use crate::matrix::{Matrix, Operations, Scalar};

const OP: &str = "mean";

fn count<A: Matrix>(a: &A) -> Result<<A::Owned as Operations>::Scalar, Error> {
    match a.rows() * a.columns() {
        0 => {
            let (argument, domain) = ("the number of entries", "positive");
            Err(Error::OutsideDomain { op: OP, argument, domain, value: 0.0 })
        }
        count => Ok(Scalar::constant(count as f64)),
    }
}

/// $\frac{1}{mn}\sum_{ij} a_{ij}$ for $A$ of $m \times n$.
///
/// Cost: $mn$ additions.
///
/// # Errors
/// [`Error::OutsideDomain`] where there are no entries.
pub fn value<A: Matrix>(a: &A) -> Result<<A::Owned as Operations>::Scalar, Error> {
    Ok(a.total() / count(a)?)
}

/// $\dot y = \frac{1}{mn}\sum_{ij} \dot a_{ij}$.
///
/// # Errors
/// [`Error::ShapeMismatch`], [`Error::OutsideDomain`].
pub fn pushforward<A: Matrix>(
    a: &A,
    tangent: &A,
) -> Result<<A::Owned as Operations>::Scalar, Error> {
    same_shape(OP, tangent, a)?;
    value(tangent)
}

/// $\bar a_{ij} = \bar y/(mn)$.
///
/// # Errors
/// [`Error::OutsideDomain`].
pub fn pullback<A: Matrix>(
    a: &A,
    cotangent: &<A::Owned as Operations>::Scalar,
) -> Result<A::Owned, Error> {
    sum::pullback(a, &(cotangent.clone() / count(a)?))
}
