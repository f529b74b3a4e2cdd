//! The largest entry of a matrix, $y = \max_{ij} a_{ij}$.
//!
//! $$\dot y = \langle W, \dot A\rangle, \qquad \bar A = \bar y W, \qquad
//! w_{ij} = 1/k \text{ at the } k \text{ entries that equal } y, \text{ else } 0$$
//!
//! At a tie the derivative does not exist; this is the average over the entries that tie, the
//! subgradient of least norm. The largest of no entries is an error, and so are entries that are
//! infinite or NaN.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::maximum;
//! use faer::mat;
//!
//! let a = mat![[1.0, 3.0], [2.0, 3.0]];
//! assert_eq!(maximum::value(&a)?, 3.0);
//! assert_eq!(maximum::pullback(&a, &1.0)?, mat![[0.0, 0.5], [0.0, 0.5]]);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use crate::Error;
use crate::matrix::check::{finite, same_shape};
use crate::matrix::{Matrix, Operations};

const OP: &str = "maximum";

/// The place of the first of the entries that are the largest.
fn place<A: Matrix>(a: &A) -> Result<(usize, usize), Error> {
    finite(OP, a)?;
    let (rows, columns) = a.shape();
    let entries = (0..columns).flat_map(|j| (0..rows).map(move |i| (i, j)));
    let at = |(row, column): (usize, usize)| a.primal(row, column);
    let better = |x, y| if at(x) < at(y) { y } else { x };
    let (argument, domain) = ("the number of entries", "positive");
    let none = Error::OutsideDomain { op: OP, argument, domain, value: 0.0 };
    entries.reduce(better).ok_or(none)
}

/// $W$, which is constant almost everywhere.
fn weights<A: Matrix>(a: &A) -> Result<A::Owned, Error> {
    let (row, column) = place(a)?;
    let (rows, columns) = a.shape();
    let largest = a.primal(row, column);
    let mut ties = 0.0;
    let ones: A::Owned = Operations::from_fn(rows, columns, |i, j| {
        let tie = f64::from(a.primal(i, j) == largest);
        ties += tie;
        tie
    });
    Ok(ones.scaled(1.0 / ties))
}

/// The largest entry.
///
/// Cost: $mn$ comparisons.
///
/// # Errors
/// [`Error::OutsideDomain`] where there are no entries, [`Error::NonFiniteEntry`].
pub fn value<A: Matrix>(a: &A) -> Result<<A::Owned as Operations>::Scalar, Error> {
    let (row, column) = place(a)?;
    Ok(a.entry(row, column))
}

/// $\dot y = \langle W, \dot A\rangle$.
///
/// # Errors
/// [`Error::ShapeMismatch`], and as [`value`].
pub fn pushforward<A: Matrix>(
    a: &A,
    tangent: &A,
) -> Result<<A::Owned as Operations>::Scalar, Error> {
    same_shape(OP, tangent, a)?;
    Ok(weights(a)?.inner(tangent))
}

/// $\bar A = \bar y W$.
///
/// # Errors
/// As [`value`].
pub fn pullback<A: Matrix>(
    a: &A,
    cotangent: &<A::Owned as Operations>::Scalar,
) -> Result<A::Owned, Error> {
    Ok(weights(a)?.times_scalar(cotangent))
}
