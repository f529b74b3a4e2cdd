//! The sum of each row, $y = A\mathbf 1$, a column.
//!
//! $$\dot y = \dot A \mathbf 1, \qquad \bar A = \bar y \mathbf 1^\top$$
//!
//! Linear, so there are no degenerate points; entries that are infinite or NaN go through as IEEE
//! arithmetic has it.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::row_sums;
//! use faer::mat;
//!
//! let a = mat![[1.0, 2.0], [3.0, 4.0]];
//! assert_eq!(row_sums::value(&a)?, mat![[3.0], [7.0]]);
//! assert_eq!(row_sums::pullback(&a, &mat![[5.0], [6.0]])?, mat![[5.0, 5.0], [6.0, 6.0]]);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use crate::Error;
use crate::matrix::Matrix;
use crate::matrix::check::{has_shape, same_shape};

const OP: &str = "row_sums";

/// $A\mathbf 1$, a column of length $m$ for $A$ of $m \times n$.
///
/// Cost: $mn$ additions.
///
/// # Errors
/// None; the result is one for the sake of uniformity.
pub fn value<A: Matrix>(a: &A) -> Result<A::Owned, Error> {
    Ok(a.row_sums())
}

/// $\dot y = \dot A \mathbf 1$.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(a: &A, tangent: &A) -> Result<A::Owned, Error> {
    same_shape(OP, tangent, a)?;
    value(tangent)
}

/// $\bar A = \bar y \mathbf 1^\top$.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(a: &A, cotangent: &A) -> Result<A::Owned, Error> {
    has_shape(OP, cotangent, (a.rows(), 1))?;
    Ok(cotangent.broadcast(a.rows(), a.columns()))
}
