//! The sum of all entries, $y = \sum_{ij} a_{ij}$.
//!
//! $$\dot y = \sum_{ij} \dot a_{ij}, \qquad \bar a_{ij} = \bar y$$
//!
//! Linear, so there are no degenerate points; entries that are infinite or NaN go through as IEEE
//! arithmetic has it.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::sum;
//! use faer::mat;
//!
//! let a = mat![[1.0, 2.0], [3.0, 4.0]];
//! assert_eq!(sum::value(&a)?, 10.0);
//! assert_eq!(sum::pullback(&a, &5.0)?, mat![[5.0, 5.0], [5.0, 5.0]]);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use crate::Error;
use crate::matrix::check::same_shape;
use crate::matrix::{Matrix, Operations};

const OP: &str = "sum";

/// $\sum_{ij} a_{ij}$; 0 where there are no entries.
///
/// Cost: $mn$ additions.
///
/// # Errors
/// None; the result is one for the sake of uniformity.
pub fn value<A: Matrix>(a: &A) -> Result<<A::Owned as Operations>::Scalar, Error> {
    Ok(a.total())
}

/// $\dot y = \sum_{ij} \dot a_{ij}$.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(
    a: &A,
    tangent: &A,
) -> Result<<A::Owned as Operations>::Scalar, Error> {
    same_shape(OP, tangent, a)?;
    value(tangent)
}

/// $\bar a_{ij} = \bar y$.
///
/// # Errors
/// None; the result is one for the sake of uniformity.
pub fn pullback<A: Matrix>(
    a: &A,
    cotangent: &<A::Owned as Operations>::Scalar,
) -> Result<A::Owned, Error> {
    let number = A::Owned::from_scalars(1, 1, core::slice::from_ref(cotangent));
    Ok(number.broadcast(a.rows(), a.columns()))
}
