//! The outer product $C = xy^\top$ of two vectors.
//!
//! $$\dot C = \dot x y^\top + x \dot y^\top, \qquad \bar x = \bar C y, \quad \bar y = \bar C^\top x$$
//!
//! No degenerate points: entries that are infinite or NaN go through as IEEE arithmetic has it.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::outer;
//! use faer::mat;
//!
//! let (x, y) = (mat![[1.0], [2.0]], mat![[3.0], [4.0]]);
//! assert_eq!(outer::value(&x, &y)?, mat![[3.0, 4.0], [6.0, 8.0]]);
//! let (x_bar, y_bar) = outer::pullback(&x, &y, &mat![[1.0, 0.0], [0.0, 1.0]])?;
//! assert_eq!(x_bar, y);
//! assert_eq!(y_bar, x);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use crate::Error;
use crate::matrix::Matrix;
use crate::matrix::check::{column, has_shape, same_shape};

const OP: &str = "outer";

/// $xy^\top$, $m \times n$, for columns of lengths $m$ and $n$.
///
/// Cost: $mn$ multiplications.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn value<A: Matrix>(x: &A, y: &A) -> Result<A::Owned, Error> {
    column(OP, x)?;
    column(OP, y)?;
    Ok(x.matmul_transpose(y))
}

/// $\dot C = \dot x y^\top + x \dot y^\top$.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(
    x: &A,
    y: &A,
    x_tangent: &A,
    y_tangent: &A,
) -> Result<A::Owned, Error> {
    same_shape(OP, x_tangent, x)?;
    same_shape(OP, y_tangent, y)?;
    Ok(value(x_tangent, y)?.plus(&value(x, y_tangent)?))
}

/// $\bar x = \bar C y$ and $\bar y = \bar C^\top x$.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(x: &A, y: &A, cotangent: &A) -> Result<(A::Owned, A::Owned), Error> {
    let shape = (column(OP, x)?, column(OP, y)?);
    has_shape(OP, cotangent, shape)?;
    Ok((cotangent.matmul(y), cotangent.transpose_matmul(x)))
}
