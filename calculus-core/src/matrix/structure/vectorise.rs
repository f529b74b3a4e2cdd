//! The columns of a matrix one below the other, $v = \mathrm{vec}(A)$.
//!
//! $$\dot v = \mathrm{vec}(\dot A), \qquad \bar A = \mathrm{vec}^{-1}(\bar v)$$
//!
//! The inverse is [`reshape`](crate::matrix::reshape).
//!
//! Linear, so there are no degenerate points; entries that are infinite or NaN go through as IEEE
//! arithmetic has it.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::vectorise;
//! use faer::mat;
//!
//! let a = mat![[1.0, 2.0], [3.0, 4.0]];
//! let v = vectorise::value(&a)?;
//! assert_eq!(v, mat![[1.0], [3.0], [2.0], [4.0]]);
//! assert_eq!(vectorise::pullback(&a, &v)?, a);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use super::reshape;
use crate::Error;
use crate::matrix::Matrix;
use crate::matrix::check::{has_shape, same_shape};

const OP: &str = "vectorise";

/// $\mathrm{vec}(A)$, a column of length $mn$ for $A$ of $m \times n$.
///
/// Cost: a copy.
///
/// # Errors
/// None; the result is one for the sake of uniformity.
pub fn value<A: Matrix>(a: &A) -> Result<A::Owned, Error> {
    reshape::value(a, a.rows() * a.columns(), 1)
}

/// $\dot v = \mathrm{vec}(\dot A)$.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(a: &A, tangent: &A) -> Result<A::Owned, Error> {
    same_shape(OP, tangent, a)?;
    value(tangent)
}

/// $\bar A = \mathrm{vec}^{-1}(\bar v)$.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(a: &A, cotangent: &A) -> Result<A::Owned, Error> {
    has_shape(OP, cotangent, (a.rows() * a.columns(), 1))?;
    reshape::value(cotangent, a.rows(), a.columns())
}
