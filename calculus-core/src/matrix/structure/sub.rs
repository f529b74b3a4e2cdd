//! The difference $C = A - B$ of two matrices of one shape.
//!
//! $$\dot C = \dot A - \dot B, \qquad \bar A = \bar C, \quad \bar B = -\bar C$$
//!
//! Linear, so there are no degenerate points; entries that are infinite or NaN go through as IEEE
//! arithmetic has it.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::sub;
//! use faer::mat;
//!
//! let (a, b) = (mat![[1.0, 2.0]], mat![[3.0, 5.0]]);
//! assert_eq!(sub::value(&a, &b)?, mat![[-2.0, -3.0]]);
//! let (a_bar, b_bar) = sub::pullback(&a, &b, &mat![[5.0, 6.0]])?;
//! assert_eq!(a_bar, mat![[5.0, 6.0]]);
//! assert_eq!(b_bar, mat![[-5.0, -6.0]]);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use crate::Error;
use crate::matrix::Matrix;
use crate::matrix::check::same_shape;

const OP: &str = "sub";

/// $A - B$ for two matrices of $m \times n$.
///
/// Cost: $mn$ subtractions.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn value<A: Matrix>(a: &A, b: &A) -> Result<A::Owned, Error> {
    same_shape(OP, a, b)?;
    Ok(a.minus(b))
}

/// $\dot C = \dot A - \dot B$.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(
    a: &A,
    b: &A,
    a_tangent: &A,
    b_tangent: &A,
) -> Result<A::Owned, Error> {
    same_shape(OP, a, b)?;
    same_shape(OP, a_tangent, a)?;
    same_shape(OP, b_tangent, b)?;
    Ok(a_tangent.minus(b_tangent))
}

/// $\bar A = \bar C$ and $\bar B = -\bar C$.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(a: &A, b: &A, cotangent: &A) -> Result<(A::Owned, A::Owned), Error> {
    same_shape(OP, a, b)?;
    same_shape(OP, cotangent, a)?;
    Ok((cotangent.copied(), cotangent.negated()))
}
