//! Checks of what is passed to a rule.

use super::{Matrix, Operations};
use crate::Error;

/// The two matrices have the same shape.
pub(crate) fn same_shape<A: Matrix, B: Matrix<Owned = A::Owned>>(
    op: &'static str,
    a: &A,
    b: &B,
) -> Result<(), Error> {
    has_shape(op, a, b.shape())
}

/// The matrix has the shape that was expected.
pub(crate) fn has_shape<A: Matrix>(
    op: &'static str,
    a: &A,
    expected: (usize, usize),
) -> Result<(), Error> {
    if a.shape() == expected {
        Ok(())
    } else {
        Err(Error::ShapeMismatch { op, lhs: a.shape(), rhs: expected })
    }
}

/// The matrix is square.
pub(crate) fn square<A: Matrix>(op: &'static str, a: &A) -> Result<usize, Error> {
    match a.shape() {
        (rows, columns) if rows == columns => Ok(rows),
        (rows, columns) => Err(Error::NotSquare { op, rows, columns }),
    }
}

/// A vector is a matrix with one column.
pub(crate) fn column<A: Matrix>(op: &'static str, a: &A) -> Result<usize, Error> {
    has_shape(op, a, (a.rows(), 1)).map(|()| a.rows())
}

/// No entry is infinite or NaN.
pub(crate) fn finite<A: Matrix>(op: &'static str, a: &A) -> Result<(), Error> {
    if <A::Owned as Operations>::all_finite(a.view()) {
        return Ok(());
    }
    let (rows, columns) = a.shape();
    for column in 0..columns {
        for row in 0..rows {
            let value = a.primal(row, column);
            if !value.is_finite() {
                return Err(Error::NonFiniteEntry { op, row, column, value });
            }
        }
    }
    Ok(())
}
