//! The inner product $z = \langle X, Y\rangle = \sum_{ij} x_{ij} y_{ij}$: of two vectors
//! $x^\top y$, of two matrices $\mathrm{tr}(X^\top Y)$.
//!
//! $$\dot z = \langle \dot X, Y\rangle + \langle X, \dot Y\rangle, \qquad
//! \bar X = \bar z Y, \quad \bar Y = \bar z X$$
//!
//! No degenerate points: entries that are infinite or NaN go through as IEEE arithmetic has it. The
//! product of matrices without entries is 0.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::dot;
//! use faer::mat;
//!
//! let (x, y) = (mat![[1.0], [2.0]], mat![[3.0], [4.0]]);
//! assert_eq!(dot::value(&x, &y)?, 11.0);
//! let (x_bar, y_bar) = dot::pullback(&x, &y, &2.0)?;
//! assert_eq!(x_bar, mat![[6.0], [8.0]]);
//! assert_eq!(y_bar, mat![[2.0], [4.0]]);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use crate::Error;
use crate::matrix::check::same_shape;
use crate::matrix::{Matrix, Operations};

const OP: &str = "dot";

/// $\sum_{ij} x_{ij} y_{ij}$ for two matrices of one shape.
///
/// Cost: $mn$ multiply-adds.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn value<A: Matrix>(x: &A, y: &A) -> Result<<A::Owned as Operations>::Scalar, Error> {
    same_shape(OP, x, y)?;
    Ok(x.inner(y))
}

/// $\dot z = \langle \dot X, Y\rangle + \langle X, \dot Y\rangle$.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(
    x: &A,
    y: &A,
    x_tangent: &A,
    y_tangent: &A,
) -> Result<<A::Owned as Operations>::Scalar, Error> {
    same_shape(OP, x, y)?;
    same_shape(OP, x_tangent, x)?;
    same_shape(OP, y_tangent, y)?;
    Ok(x_tangent.inner(y) + x.inner(y_tangent))
}

/// $\bar X = \bar z Y$ and $\bar Y = \bar z X$.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(
    x: &A,
    y: &A,
    cotangent: &<A::Owned as Operations>::Scalar,
) -> Result<(A::Owned, A::Owned), Error> {
    same_shape(OP, x, y)?;
    Ok((y.times_scalar(cotangent), x.times_scalar(cotangent)))
}
