//! The square of the Frobenius norm, $y = \|A\|_F^2 = \sum_{ij} a_{ij}^2$.
//!
//! $$\dot y = 2\langle A, \dot A\rangle, \qquad \bar A = 2\bar y A$$
//!
//! No degenerate points: entries that are infinite or NaN go through as IEEE arithmetic has it.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::frobenius_squared;
//! use faer::mat;
//!
//! let a = mat![[1.0, -2.0]];
//! assert_eq!(frobenius_squared::value(&a)?, 5.0);
//! assert_eq!(frobenius_squared::pullback(&a, 1.0)?, mat![[2.0, -4.0]]);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use super::of_values::ScalarOf;
use crate::Error;
use crate::matrix::check::same_shape;
use crate::matrix::{Matrix, Scalar};

const OP: &str = "frobenius_squared";

/// $y$.
///
/// Cost: $mn$ multiply-adds.
///
/// # Errors
/// None.
pub fn value<A: Matrix>(a: &A) -> Result<ScalarOf<A::Owned>, Error> {
    Ok(a.inner(a))
}

/// $\dot y = 2\langle A, \dot A\rangle$.
///
/// Cost: $mn$ multiply-adds.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(a: &A, tangent: &A) -> Result<ScalarOf<A::Owned>, Error> {
    same_shape(OP, tangent, a)?;
    Ok(ScalarOf::<A::Owned>::constant(2.0) * a.inner(tangent))
}

/// $\bar A = 2\bar y A$.
///
/// Cost: $mn$ multiplications.
///
/// # Errors
/// None.
pub fn pullback<A: Matrix>(a: &A, cotangent: ScalarOf<A::Owned>) -> Result<A::Owned, Error> {
    Ok(a.times_scalar(&(ScalarOf::<A::Owned>::constant(2.0) * cotangent)))
}
