//! The square matrix $D = \mathrm{diag}(x)$ with a vector on its diagonal.
//!
//! $$\dot D = \mathrm{diag}(\dot x), \qquad \bar x_i = \bar d_{ii}$$
//!
//! Linear, so there are no degenerate points; entries that are infinite or NaN go through as IEEE
//! arithmetic has it.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::diagonal_matrix;
//! use faer::mat;
//!
//! let x = mat![[1.0], [2.0]];
//! assert_eq!(diagonal_matrix::value(&x)?, mat![[1.0, 0.0], [0.0, 2.0]]);
//! let gradient = diagonal_matrix::pullback(&x, &mat![[3.0, 4.0], [5.0, 6.0]])?;
//! assert_eq!(gradient, mat![[3.0], [6.0]]);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use crate::Error;
use crate::matrix::Matrix;
use crate::matrix::check::{column, has_shape, same_shape};

const OP: &str = "diagonal_matrix";

/// $\mathrm{diag}(x)$, $n \times n$ for a column $x$ of length $n$.
///
/// Cost: $n^2$ zeros.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn value<A: Matrix>(x: &A) -> Result<A::Owned, Error> {
    column(OP, x)?;
    Ok(x.to_diagonal())
}

/// $\dot D = \mathrm{diag}(\dot x)$.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(x: &A, tangent: &A) -> Result<A::Owned, Error> {
    same_shape(OP, tangent, x)?;
    value(tangent)
}

/// $\bar x_i = \bar d_{ii}$.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(x: &A, cotangent: &A) -> Result<A::Owned, Error> {
    let n = column(OP, x)?;
    has_shape(OP, cotangent, (n, n))?;
    Ok(cotangent.diagonal())
}
