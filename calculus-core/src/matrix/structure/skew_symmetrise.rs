//! The skew-symmetric part $\mathrm{skew}(A) = (A - A^\top)/2$ of a square matrix.
//!
//! $$\dot C = \mathrm{skew}(\dot A), \qquad \bar A = \mathrm{skew}(\bar C)$$
//!
//! Linear, so there are no degenerate points; entries that are infinite or NaN go through as IEEE
//! arithmetic has it.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::skew_symmetrise;
//! use faer::mat;
//!
//! let a = mat![[1.0, 2.0], [3.0, 4.0]];
//! assert_eq!(skew_symmetrise::value(&a)?, mat![[0.0, -0.5], [0.5, 0.0]]);
//! let gradient = skew_symmetrise::pullback(&a, &mat![[0.0, 0.0], [1.0, 0.0]])?;
//! assert_eq!(gradient, mat![[0.0, -0.5], [0.5, 0.0]]);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use crate::Error;
use crate::matrix::Matrix;
use crate::matrix::check::{same_shape, square};

const OP: &str = "skew_symmetrise";

/// $(A - A^\top)/2$ for $A$ of $n \times n$.
///
/// Cost: $n^2$ additions.
///
/// # Errors
/// [`Error::NotSquare`].
pub fn value<A: Matrix>(a: &A) -> Result<A::Owned, Error> {
    square(OP, a)?;
    Ok(a.skew())
}

/// $\dot C = \mathrm{skew}(\dot A)$.
///
/// # Errors
/// [`Error::ShapeMismatch`], [`Error::NotSquare`].
pub fn pushforward<A: Matrix>(a: &A, tangent: &A) -> Result<A::Owned, Error> {
    same_shape(OP, tangent, a)?;
    value(tangent)
}

/// $\bar A = \mathrm{skew}(\bar C)$.
///
/// # Errors
/// [`Error::ShapeMismatch`], [`Error::NotSquare`].
pub fn pullback<A: Matrix>(a: &A, cotangent: &A) -> Result<A::Owned, Error> {
    pushforward(a, cotangent)
}
