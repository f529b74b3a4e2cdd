//! Rows of a matrix by their indices, in any number and repeated at will: row $i$ of $C = SA$ is
//! row `rows[i]` of $A$.
//!
//! $$\dot C = S \dot A, \qquad \bar A = S^\top \bar C$$
//!
//! A row that is taken several times collects the sum of its cotangents. With the rows of $A$ as the
//! vectors of a vocabulary this is the look-up of an embedding.
//!
//! Linear, so there are no degenerate points; entries that are infinite or NaN go through as IEEE
//! arithmetic has it.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::select_rows;
//! use faer::mat;
//!
//! let a = mat![[1.0], [2.0], [3.0]];
//! assert_eq!(select_rows::value(&a, &[2, 2, 0])?, mat![[3.0], [3.0], [1.0]]);
//! let gradient = select_rows::pullback(&a, &[2, 2, 0], &mat![[1.0], [10.0], [100.0]])?;
//! assert_eq!(gradient, mat![[100.0], [0.0], [11.0]]);
//!
//! let error = select_rows::value(&a, &[3]).unwrap_err();
//! assert_eq!(error.to_string(), "select_rows: an index must be below the number of rows, got 3");
//! # Ok::<(), calculus_core::Error>(())
//! ```

use crate::Error;
use crate::matrix::check::{has_shape, same_shape};
use crate::matrix::{Matrix, Operations};

const OP: &str = "select_rows";

fn check<A: Matrix>(a: &A, rows: &[usize]) -> Result<(), Error> {
    match rows.iter().find(|&&row| row >= a.rows()) {
        Some(&row) => {
            let (argument, domain) = ("an index", "below the number of rows");
            Err(Error::OutsideDomain { op: OP, argument, domain, value: row as f64 })
        }
        None => Ok(()),
    }
}

/// $SA$, $k \times n$ for $A$ of $m \times n$ and $k$ indices below $m$.
///
/// Cost: a copy.
///
/// # Errors
/// [`Error::OutsideDomain`] with an index that is no row.
pub fn value<A: Matrix>(a: &A, rows: &[usize]) -> Result<A::Owned, Error> {
    check(a, rows)?;
    Ok(a.permuted_rows(rows))
}

/// $\dot C = S \dot A$.
///
/// # Errors
/// [`Error::ShapeMismatch`], [`Error::OutsideDomain`].
pub fn pushforward<A: Matrix>(a: &A, rows: &[usize], tangent: &A) -> Result<A::Owned, Error> {
    same_shape(OP, tangent, a)?;
    value(tangent, rows)
}

/// $\bar A = S^\top \bar C$.
///
/// # Errors
/// [`Error::ShapeMismatch`], [`Error::OutsideDomain`].
pub fn pullback<A: Matrix>(a: &A, rows: &[usize], cotangent: &A) -> Result<A::Owned, Error> {
    check(a, rows)?;
    let (m, n) = a.shape();
    has_shape(OP, cotangent, (rows.len(), n))?;
    let place = |i: usize, j| Some((rows[i], j));
    Ok(<A::Owned as Operations>::scatter(cotangent.view(), m, n, place))
}
