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

/// What a derivative returns: a matrix, or one for each input or output.
pub(crate) trait Derivative {
    /// An entry that is infinite or NaN.
    fn non_finite(&self) -> Option<f64>;
}

impl<M: Operations> Derivative for M {
    fn non_finite(&self) -> Option<f64> {
        match finite("", self) {
            Err(Error::NonFiniteEntry { value, .. }) => Some(value),
            _ => None,
        }
    }
}

impl<M: Operations, N: Operations> Derivative for (M, N) {
    fn non_finite(&self) -> Option<f64> {
        self.0.non_finite().or_else(|| self.1.non_finite())
    }
}

impl<M: Operations, N: Operations, P: Operations> Derivative for (M, N, P) {
    fn non_finite(&self) -> Option<f64> {
        self.0.non_finite().or_else(|| self.1.non_finite()).or_else(|| self.2.non_finite())
    }
}

/// The derivative, unless it overflows: then a difference of infinities could be NaN.
pub(crate) fn representable<D: Derivative>(op: &'static str, derivative: D) -> Result<D, Error> {
    match derivative.non_finite() {
        None => Ok(derivative),
        Some(value) => {
            let domain = "in the range of floating-point numbers";
            Err(Error::OutsideDomain { op, argument: "the derivative", domain, value })
        }
    }
}
