//! The entries of a matrix in another shape, read and written column by column.
//!
//! $$\mathrm{vec}(C) = \mathrm{vec}(A), \qquad \mathrm{vec}(\dot C) = \mathrm{vec}(\dot A), \quad
//! \mathrm{vec}(\bar A) = \mathrm{vec}(\bar C)$$
//!
//! It is the inverse of [`vectorise`](crate::matrix::vectorise) for a column.
//!
//! Linear, so there are no degenerate points; entries that are infinite or NaN go through as IEEE
//! arithmetic has it.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::reshape;
//! use faer::mat;
//!
//! let a = mat![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]];
//! let c = reshape::value(&a, 3, 2)?;
//! assert_eq!(c, mat![[1.0, 5.0], [4.0, 3.0], [2.0, 6.0]]);
//! assert_eq!(reshape::pullback(&a, 3, 2, &c)?, a);
//!
//! assert!(reshape::value(&a, 2, 2).is_err());
//! # Ok::<(), calculus_core::Error>(())
//! ```

use crate::Error;
use crate::matrix::check::{has_shape, same_shape};
use crate::matrix::{Matrix, Operations};

const OP: &str = "reshape";

/// The matrix of `rows` by `columns`, which are as many entries as $A$ has.
///
/// Cost: a copy.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn value<A: Matrix>(a: &A, rows: usize, columns: usize) -> Result<A::Owned, Error> {
    let (m, n) = a.shape();
    if rows.checked_mul(columns) != Some(m * n) {
        return Err(Error::ShapeMismatch { op: OP, lhs: (m, n), rhs: (rows, columns) });
    }
    let place = |i, j| {
        let k = i + j * rows;
        Some((k % m, k / m))
    };
    Ok(<A::Owned as Operations>::gather(a.view(), rows, columns, place))
}

/// The tangent in the other shape.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(
    a: &A,
    rows: usize,
    columns: usize,
    tangent: &A,
) -> Result<A::Owned, Error> {
    same_shape(OP, tangent, a)?;
    value(tangent, rows, columns)
}

/// The cotangent in the shape of $A$.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(
    a: &A,
    rows: usize,
    columns: usize,
    cotangent: &A,
) -> Result<A::Owned, Error> {
    has_shape(OP, cotangent, (rows, columns))?;
    value(cotangent, a.rows(), a.columns())
}
