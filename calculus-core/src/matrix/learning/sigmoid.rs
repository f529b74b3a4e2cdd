//! The logistic function of every entry, $\sigma(x) = 1/(1 + e^{-x})$.
//!
//! $$\dot y = \sigma(x)\sigma(-x) \circ \dot x, \qquad \bar x = \sigma(x)\sigma(-x) \circ \bar y$$
//!
//! Value and derivative are exact in both tails; entries that are infinite or NaN go through. It is
//! [`map`](crate::matrix::map) with the row [`Unary::Sigmoid`].
//!
//! # Examples
//! ```
//! use calculus_core::matrix::sigmoid;
//! use faer::mat;
//!
//! let x = mat![[0.0, 800.0]];
//! let y = sigmoid::value(&x)?;
//! assert_eq!(y, mat![[0.5, 1.0]]);
//! assert_eq!(sigmoid::pullback(&x, &mat![[1.0, 1.0]])?, mat![[0.25, 0.0]]);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use crate::Error;
use crate::elementary::Unary;
use crate::matrix::Matrix;
use crate::matrix::check::same_shape;

const OP: &str = "sigmoid";

/// The value, of the shape of $x$.
///
/// # Errors
/// None; the result is one for the sake of uniformity.
pub fn value<A: Matrix>(x: &A) -> Result<A::Owned, Error> {
    Ok(x.map(Unary::Sigmoid))
}

/// The derivative at every entry times the tangent.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(x: &A, tangent: &A) -> Result<A::Owned, Error> {
    same_shape(OP, tangent, x)?;
    Ok(x.map_derivative(Unary::Sigmoid).hadamard(tangent))
}

/// The derivative at every entry times the cotangent.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(x: &A, cotangent: &A) -> Result<A::Owned, Error> {
    pushforward(x, cotangent)
}
