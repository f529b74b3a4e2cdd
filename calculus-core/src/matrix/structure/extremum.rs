//! What the largest and the smallest entry share.

use crate::Error;
use crate::matrix::check::finite;
use crate::matrix::{Matrix, Operations};

/// The place of the first of the entries to which no other one is `better`.
pub(super) fn place<A: Matrix>(
    op: &'static str,
    a: &A,
    better: fn(&f64, &f64) -> bool,
) -> Result<(usize, usize), Error> {
    finite(op, a)?;
    let (rows, columns) = a.shape();
    let entries = (0..columns).flat_map(|j| (0..rows).map(move |i| (i, j)));
    let at = |(row, column): (usize, usize)| a.primal(row, column);
    let (argument, domain) = ("the number of entries", "positive");
    let none = Error::OutsideDomain { op, argument, domain, value: 0.0 };
    entries.reduce(|x, y| if better(&at(y), &at(x)) { y } else { x }).ok_or(none)
}

/// $W$: equal weights that sum to 1 for the entries at a tie, 0 for the others. It is constant almost
/// everywhere.
pub(super) fn weights<A: Matrix>(
    op: &'static str,
    a: &A,
    better: fn(&f64, &f64) -> bool,
) -> Result<A::Owned, Error> {
    let (row, column) = place(op, a, better)?;
    let (rows, columns) = a.shape();
    let extremum = a.primal(row, column);
    let mut ties = 0.0;
    let ones: A::Owned = Operations::from_fn(rows, columns, |i, j| {
        let tie = f64::from(a.primal(i, j) == extremum);
        ties += tie;
        tie
    });
    Ok(ones.scaled(1.0 / ties))
}
