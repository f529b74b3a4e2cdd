//! Copies of a number, a row or a column that fill a larger matrix.
//!
//! $$\dot C = \mathrm{broadcast}(\dot A), \qquad \bar A = \textstyle\sum \bar C$$
//!
//! summed over the copies.
//!
//! Linear, so there are no degenerate points; entries that are infinite or NaN go through as IEEE
//! arithmetic has it.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::broadcast;
//! use faer::mat;
//!
//! let a = mat![[1.0, 2.0]];
//! assert_eq!(broadcast::value(&a, 2, 2)?, mat![[1.0, 2.0], [1.0, 2.0]]);
//! let gradient = broadcast::pullback(&a, 2, 2, &mat![[1.0, 2.0], [3.0, 4.0]])?;
//! assert_eq!(gradient, mat![[4.0, 6.0]]);
//!
//! assert!(broadcast::value(&a, 2, 3).is_err());
//! # Ok::<(), calculus_core::Error>(())
//! ```

use crate::Error;
use crate::matrix::Matrix;
use crate::matrix::check::{has_shape, same_shape};

const OP: &str = "broadcast";

fn check<A: Matrix>(a: &A, rows: usize, columns: usize) -> Result<(), Error> {
    let (m, n) = a.shape();
    has_shape(OP, a, (if m == 1 { 1 } else { rows }, if n == 1 { 1 } else { columns }))
}

/// The matrix of `rows` by `columns`: where $A$ has one row, it is repeated, and where it has one
/// column.
///
/// Cost: a copy.
///
/// # Errors
/// [`Error::ShapeMismatch`] where $A$ has neither one row nor `rows`, or neither one column nor
/// `columns`.
pub fn value<A: Matrix>(a: &A, rows: usize, columns: usize) -> Result<A::Owned, Error> {
    check(a, rows, columns)?;
    Ok(a.broadcast(rows, columns))
}

/// The copies of the tangent.
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

/// The sum of the cotangent over the copies.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(
    a: &A,
    rows: usize,
    columns: usize,
    cotangent: &A,
) -> Result<A::Owned, Error> {
    check(a, rows, columns)?;
    has_shape(OP, cotangent, (rows, columns))?;
    Ok(match a.shape() {
        (1, 1) => cotangent.column_sums().row_sums(),
        (1, _) => cotangent.column_sums(),
        (_, 1) => cotangent.row_sums(),
        _ => cotangent.copied(),
    })
}
