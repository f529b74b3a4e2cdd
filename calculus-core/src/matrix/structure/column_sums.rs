//! The sum of each column, $y = \mathbf 1^\top A$, a row.
//!
//! $$\dot y = \mathbf 1^\top \dot A, \qquad \bar A = \mathbf 1 \bar y$$
//!
//! Linear, so there are no degenerate points; entries that are infinite or NaN go through as IEEE
//! arithmetic has it.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::column_sums;
//! use faer::mat;
//!
//! let a = mat![[1.0, 2.0], [3.0, 4.0]];
//! assert_eq!(column_sums::value(&a)?, mat![[4.0, 6.0]]);
//! assert_eq!(column_sums::pullback(&a, &mat![[5.0, 6.0]])?, mat![[5.0, 6.0], [5.0, 6.0]]);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use crate::Error;
use crate::matrix::Matrix;
use crate::matrix::check::{has_shape, same_shape};

const OP: &str = "column_sums";

/// $\mathbf 1^\top A$, a row of length $n$ for $A$ of $m \times n$.
///
/// Cost: $mn$ additions.
///
/// # Errors
/// None; the result is one for the sake of uniformity.
pub fn value<A: Matrix>(a: &A) -> Result<A::Owned, Error> {
    Ok(a.column_sums())
}

/// $\dot y = \mathbf 1^\top \dot A$.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(a: &A, tangent: &A) -> Result<A::Owned, Error> {
    same_shape(OP, tangent, a)?;
    value(tangent)
}

/// $\bar A = \mathbf 1 \bar y$.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(a: &A, cotangent: &A) -> Result<A::Owned, Error> {
    has_shape(OP, cotangent, (1, a.columns()))?;
    Ok(cotangent.broadcast(a.rows(), a.columns()))
}
