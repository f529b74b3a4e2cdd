//! A [`Part`] of a matrix with zeros elsewhere: a triangle, with or without the diagonal, or the
//! diagonal.
//!
//! $$\dot C = \mathrm{part}(\dot A), \qquad \bar A = \mathrm{part}(\bar C)$$
//!
//! Linear, so there are no degenerate points; entries that are infinite or NaN go through inside the
//! part and have no effect outside.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::triangular_part;
//! use faer::mat;
//!
//! use calculus_core::matrix::Part;
//!
//! let a = mat![[1.0, 2.0], [3.0, 4.0]];
//! assert_eq!(triangular_part::value(&a, Part::Lower)?, mat![[1.0, 0.0], [3.0, 4.0]]);
//! assert_eq!(triangular_part::value(&a, Part::StrictlyUpper)?, mat![[0.0, 2.0], [0.0, 0.0]]);
//! let gradient = triangular_part::pullback(&a, Part::Lower, &mat![[5.0, 6.0], [7.0, 8.0]])?;
//! assert_eq!(gradient, mat![[5.0, 0.0], [7.0, 8.0]]);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use crate::Error;
use crate::matrix::check::same_shape;
use crate::matrix::{Matrix, Part};

const OP: &str = "triangular_part";

/// The part, $m \times n$ as $A$, which need not be square.
///
/// Cost: a copy.
///
/// # Errors
/// None; the result is one for the sake of uniformity.
pub fn value<A: Matrix>(a: &A, part: Part) -> Result<A::Owned, Error> {
    Ok(a.part(part))
}

/// $\dot C = \mathrm{part}(\dot A)$.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(a: &A, part: Part, tangent: &A) -> Result<A::Owned, Error> {
    same_shape(OP, tangent, a)?;
    value(tangent, part)
}

/// $\bar A = \mathrm{part}(\bar C)$.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(a: &A, part: Part, cotangent: &A) -> Result<A::Owned, Error> {
    pushforward(a, part, cotangent)
}
