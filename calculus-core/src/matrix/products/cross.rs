//! The cross product $c = a \times b$ of vectors in three dimensions, column by column.
//!
//! $$\dot c = \dot a \times b + a \times \dot b, \qquad
//! \bar a = b \times \bar c, \quad \bar b = \bar c \times a$$
//!
//! No degenerate points: entries that are infinite or NaN go through as IEEE arithmetic has it.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::cross;
//! use faer::mat;
//!
//! let (a, b) = (mat![[1.0], [0.0], [0.0]], mat![[0.0], [1.0], [0.0]]);
//! assert_eq!(cross::value(&a, &b)?, mat![[0.0], [0.0], [1.0]]);
//! let (a_bar, b_bar) = cross::pullback(&a, &b, &mat![[0.0], [0.0], [1.0]])?;
//! assert_eq!(a_bar, a);
//! assert_eq!(b_bar, b);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use crate::Error;
use crate::matrix::Matrix;
use crate::matrix::check::{has_shape, same_shape};

const OP: &str = "cross";

/// $a \times b$ for matrices of $3 \times n$: of each pair of columns.
///
/// Cost: $6n$ multiplications.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn value<A: Matrix>(a: &A, b: &A) -> Result<A::Owned, Error> {
    has_shape(OP, a, (3, a.columns()))?;
    same_shape(OP, b, a)?;
    // c_i = a_(i+1) b_(i+2) - a_(i+2) b_(i+1), counted modulo 3.
    let (next, last) = ([1, 2, 0], [2, 0, 1]);
    let positive = a.permuted_rows(&next).hadamard(&b.permuted_rows(&last));
    let negative = a.permuted_rows(&last).hadamard(&b.permuted_rows(&next));
    Ok(positive.minus(&negative))
}

/// $\dot c = \dot a \times b + a \times \dot b$.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(
    a: &A,
    b: &A,
    a_tangent: &A,
    b_tangent: &A,
) -> Result<A::Owned, Error> {
    Ok(value(a_tangent, b)?.plus(&value(a, b_tangent)?))
}

/// $\bar a = b \times \bar c$ and $\bar b = \bar c \times a$.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(a: &A, b: &A, cotangent: &A) -> Result<(A::Owned, A::Owned), Error> {
    Ok((value(b, cotangent)?, value(cotangent, a)?))
}
