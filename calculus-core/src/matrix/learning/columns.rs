//! What the functions share that treat each column of a matrix as one sample.

use crate::Error;
use crate::elementary::Unary;
use crate::matrix::{Matrix, Operations};

/// Rejects NaN and positive infinity. Negative infinity stands for a probability of zero.
pub(super) fn below_infinity<A: Matrix>(op: &'static str, x: &A) -> Result<(), Error> {
    for column in 0..x.columns() {
        for row in 0..x.rows() {
            let value = x.primal(row, column);
            if value.is_nan() || value == f64::INFINITY {
                return Err(Error::NonFiniteEntry { op, row, column, value });
            }
        }
    }
    Ok(())
}

/// The largest entry of each column as a row of constants, 0 where there is no finite one.
pub(super) fn largest<A: Matrix>(x: &A) -> A::Owned {
    let largest = |j| (0..x.rows()).map(|i| x.primal(i, j)).fold(f64::NEG_INFINITY, f64::max);
    A::Owned::from_fn(1, x.columns(), |_, j| {
        let largest = largest(j);
        if largest.is_finite() { largest } else { 0.0 }
    })
}

/// The matrix with a row taken from each of its rows.
pub(super) fn minus_row<A: Matrix>(x: &A, row: &A::Owned) -> A::Owned {
    x.minus(&row.broadcast(x.rows(), x.columns()))
}

/// $\ln \sum_i e^{x_{ij}}$ of each column $j$, a row.
///
/// The largest entry of a column is taken out first. It enters as a constant, and rightly: the
/// result does not depend on it.
pub(super) fn log_sum_exp<A: Matrix>(x: &A) -> A::Owned {
    let shift = largest(x);
    shift.plus(&minus_row(x, &shift).map(Unary::Exp).column_sums().map(Unary::Ln))
}

/// The first column whose entries are all $-\infty$, which have no direction in which they grow.
pub(super) fn reject_empty_columns<A: Matrix>(
    op: &'static str,
    log_sum: &A,
    rows: usize,
) -> Result<(), Error> {
    for column in 0..log_sum.columns() {
        let gap = log_sum.primal(0, column);
        if rows > 0 && gap == f64::NEG_INFINITY {
            return Err(Error::Degenerate { op, first: column, second: column, gap });
        }
    }
    Ok(())
}
