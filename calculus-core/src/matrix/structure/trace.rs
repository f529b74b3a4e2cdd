//! The trace $y = \sum_i a_{ii}$ of a square matrix.
//!
//! $$\dot y = \mathrm{tr}\,\dot A, \qquad \bar A = \bar y I$$
//!
//! Linear, so there are no degenerate points; entries that are infinite or NaN go through as IEEE
//! arithmetic has it.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::trace;
//! use faer::mat;
//!
//! let a = mat![[1.0, 2.0], [3.0, 4.0]];
//! assert_eq!(trace::value(&a)?, 5.0);
//! assert_eq!(trace::pullback(&a, &2.0)?, mat![[2.0, 0.0], [0.0, 2.0]]);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use crate::Error;
use crate::matrix::check::{same_shape, square};
use crate::matrix::{Matrix, Operations, identity};

const OP: &str = "trace";

/// $\mathrm{tr}\,A$ for $A$ of $n \times n$; 0 for $n = 0$.
///
/// Cost: $n$ additions.
///
/// # Errors
/// [`Error::NotSquare`].
pub fn value<A: Matrix>(a: &A) -> Result<<A::Owned as Operations>::Scalar, Error> {
    square(OP, a)?;
    Ok(a.sum_of_diagonal())
}

/// $\dot y = \mathrm{tr}\,\dot A$.
///
/// # Errors
/// [`Error::ShapeMismatch`], [`Error::NotSquare`].
pub fn pushforward<A: Matrix>(
    a: &A,
    tangent: &A,
) -> Result<<A::Owned as Operations>::Scalar, Error> {
    same_shape(OP, tangent, a)?;
    value(tangent)
}

/// $\bar A = \bar y I$.
///
/// # Errors
/// [`Error::NotSquare`].
pub fn pullback<A: Matrix>(
    a: &A,
    cotangent: &<A::Owned as Operations>::Scalar,
) -> Result<A::Owned, Error> {
    let n = square(OP, a)?;
    Ok(identity::<A::Owned>(n).times_scalar(cotangent))
}
