//! The transpose $C = A^\top$, as a matrix of its own; a view `a.transpose()` is as good an
//! argument to every function here, and costs nothing.
//!
//! $$\dot C = \dot A^\top, \qquad \bar A = \bar C^\top$$
//!
//! Linear, so there are no degenerate points; entries that are infinite or NaN go through as IEEE
//! arithmetic has it.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::transpose;
//! use faer::mat;
//!
//! let a = mat![[1.0, 2.0]];
//! assert_eq!(transpose::value(&a)?, mat![[1.0], [2.0]]);
//! assert_eq!(transpose::pullback(&a, &mat![[3.0], [4.0]])?, mat![[3.0, 4.0]]);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use crate::Error;
use crate::matrix::Matrix;
use crate::matrix::check::{has_shape, same_shape};

const OP: &str = "transpose";

/// $A^\top$, $n \times m$ for $A$ of $m \times n$.
///
/// Cost: a copy.
///
/// # Errors
/// None; the result is one for the sake of uniformity.
pub fn value<A: Matrix>(a: &A) -> Result<A::Owned, Error> {
    Ok(a.transposed())
}

/// $\dot C = \dot A^\top$.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(a: &A, tangent: &A) -> Result<A::Owned, Error> {
    same_shape(OP, tangent, a)?;
    value(tangent)
}

/// $\bar A = \bar C^\top$.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(a: &A, cotangent: &A) -> Result<A::Owned, Error> {
    has_shape(OP, cotangent, (a.columns(), a.rows()))?;
    value(cotangent)
}
