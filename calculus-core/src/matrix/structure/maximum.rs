//! The largest entry of a matrix, $y = \max_{ij} a_{ij}$.
//!
//! $$\dot y = \langle W, \dot A\rangle, \qquad \bar A = \bar y W, \qquad
//! w_{ij} = 1/k \text{ at the } k \text{ entries that equal } y, \text{ else } 0$$
//!
//! At a tie the derivative does not exist; this is the average over the entries that tie, the
//! subgradient of least norm. The largest of no entries is an error, and so are entries that are
//! infinite or NaN.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::maximum;
//! use faer::mat;
//!
//! let a = mat![[1.0, 3.0], [2.0, 3.0]];
//! assert_eq!(maximum::value(&a)?, 3.0);
//! assert_eq!(maximum::pullback(&a, &1.0)?, mat![[0.0, 0.5], [0.0, 0.5]]);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use super::extremum::{place, weights};
use crate::Error;
use crate::matrix::check::same_shape;
use crate::matrix::{Matrix, Operations};

const OP: &str = "maximum";

/// The largest entry.
///
/// Cost: $mn$ comparisons.
///
/// # Errors
/// [`Error::OutsideDomain`] where there are no entries, [`Error::NonFiniteEntry`].
pub fn value<A: Matrix>(a: &A) -> Result<<A::Owned as Operations>::Scalar, Error> {
    let (row, column) = place(OP, a, f64::gt)?;
    Ok(a.entry(row, column))
}

/// $\dot y = \langle W, \dot A\rangle$.
///
/// # Errors
/// [`Error::ShapeMismatch`], and as [`value`].
pub fn pushforward<A: Matrix>(
    a: &A,
    tangent: &A,
) -> Result<<A::Owned as Operations>::Scalar, Error> {
    same_shape(OP, tangent, a)?;
    Ok(weights(OP, a, f64::gt)?.inner(tangent))
}

/// $\bar A = \bar y W$.
///
/// # Errors
/// As [`value`].
pub fn pullback<A: Matrix>(
    a: &A,
    cotangent: &<A::Owned as Operations>::Scalar,
) -> Result<A::Owned, Error> {
    Ok(weights(OP, a, f64::gt)?.times_scalar(cotangent))
}
