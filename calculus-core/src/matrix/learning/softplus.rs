//! The softplus of every entry, $\ln(1 + e^x)$.
//!
//! $$\dot y = \sigma(x) \circ \dot x, \qquad \bar x = \sigma(x) \circ \bar y$$
//!
//! Value and derivative are exact in both tails; entries that are infinite or NaN go through. It is
//! [`map`](crate::matrix::map) with the row [`Unary::Softplus`].
//!
//! # Examples
//! ```
//! use calculus_core::matrix::softplus;
//! use faer::mat;
//!
//! let x = mat![[0.0, 800.0]];
//! let y = softplus::value(&x)?;
//! assert_eq!(y, mat![[2.0_f64.ln(), 800.0]]);
//! assert_eq!(softplus::pullback(&x, &mat![[1.0, 1.0]])?, mat![[0.5, 1.0]]);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use crate::Error;
use crate::elementary::Unary;
use crate::matrix::Matrix;
use crate::matrix::check::same_shape;

const OP: &str = "softplus";

/// The value, of the shape of $x$.
///
/// # Errors
/// None; the result is one for the sake of uniformity.
pub fn value<A: Matrix>(x: &A) -> Result<A::Owned, Error> {
    Ok(x.map(Unary::Softplus))
}

/// The derivative at every entry times the tangent.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(x: &A, tangent: &A) -> Result<A::Owned, Error> {
    same_shape(OP, tangent, x)?;
    Ok(x.map_derivative(Unary::Softplus).hadamard(tangent))
}

/// The derivative at every entry times the cotangent.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(x: &A, cotangent: &A) -> Result<A::Owned, Error> {
    pushforward(x, cotangent)
}
