//! A block of consecutive rows and columns.
//!
//! $$\dot C = \dot A_{r, s}, \qquad \bar A_{r, s} = \bar C, \quad 0 \text{ elsewhere}$$
//!
//! Linear, so there are no degenerate points; entries that are infinite or NaN go through as IEEE
//! arithmetic has it.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::block;
//! use faer::mat;
//!
//! let a = mat![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]];
//! assert_eq!(block::value(&a, 0..1, 1..3)?, mat![[2.0, 3.0]]);
//! let gradient = block::pullback(&a, 0..1, 1..3, &mat![[7.0, 8.0]])?;
//! assert_eq!(gradient, mat![[0.0, 7.0, 8.0], [0.0, 0.0, 0.0]]);
//!
//! assert!(block::value(&a, 0..3, 0..1).is_err());
//! # Ok::<(), calculus_core::Error>(())
//! ```

use core::ops::Range;

use crate::Error;
use crate::matrix::Matrix;
use crate::matrix::check::{has_shape, same_shape};

const OP: &str = "block";

fn check<A: Matrix>(a: &A, rows: &Range<usize>, columns: &Range<usize>) -> Result<(), Error> {
    let inside = |range: &Range<usize>, n| range.start <= range.end && range.end <= n;
    if inside(rows, a.rows()) && inside(columns, a.columns()) {
        return Ok(());
    }
    let needed = (rows.start.max(rows.end), columns.start.max(columns.end));
    Err(Error::ShapeMismatch { op: OP, lhs: a.shape(), rhs: needed })
}

/// The block of those rows and columns of $A$, in a matrix of its own.
///
/// Cost: a copy.
///
/// # Errors
/// [`Error::ShapeMismatch`] with the shape that $A$ would need at least, where a range reaches
/// beyond the matrix or ends before it starts.
pub fn value<A: Matrix>(
    a: &A,
    rows: Range<usize>,
    columns: Range<usize>,
) -> Result<A::Owned, Error> {
    check(a, &rows, &columns)?;
    Ok(a.block(rows, columns))
}

/// The block of the tangent.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(
    a: &A,
    rows: Range<usize>,
    columns: Range<usize>,
    tangent: &A,
) -> Result<A::Owned, Error> {
    same_shape(OP, tangent, a)?;
    value(tangent, rows, columns)
}

/// The cotangent at the place of the block, 0 elsewhere.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(
    a: &A,
    rows: Range<usize>,
    columns: Range<usize>,
    cotangent: &A,
) -> Result<A::Owned, Error> {
    check(a, &rows, &columns)?;
    has_shape(OP, cotangent, (rows.len(), columns.len()))?;
    Ok(cotangent.embedded(a.rows(), a.columns(), rows.start, columns.start))
}
