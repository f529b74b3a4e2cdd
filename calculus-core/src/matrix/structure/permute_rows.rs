//! The rows of a matrix in another order: row $i$ of $C = PA$ is row `order[i]` of $A$.
//!
//! $$\dot C = P \dot A, \qquad \bar A = P^\top \bar C$$
//!
//! Linear, so there are no degenerate points; entries that are infinite or NaN go through as IEEE
//! arithmetic has it.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::permute_rows;
//! use faer::mat;
//!
//! let a = mat![[1.0], [2.0], [3.0]];
//! let order = [2, 0, 1];
//! assert_eq!(permute_rows::value(&a, &order)?, mat![[3.0], [1.0], [2.0]]);
//! let gradient = permute_rows::pullback(&a, &order, &mat![[3.0], [1.0], [2.0]])?;
//! assert_eq!(gradient, a);
//!
//! let error = permute_rows::value(&a, &[0, 0, 1]).unwrap_err();
//! assert_eq!(
//!     error.to_string(),
//!     "permute_rows: an index must be a row that is named once, got 0"
//! );
//! # Ok::<(), calculus_core::Error>(())
//! ```

use crate::Error;
use crate::matrix::Matrix;
use crate::matrix::check::same_shape;

const OP: &str = "permute_rows";

fn check<A: Matrix>(a: &A, order: &[usize]) -> Result<(), Error> {
    let m = a.rows();
    if order.len() != m {
        return Err(Error::ShapeMismatch { op: OP, lhs: (order.len(), m), rhs: (m, m) });
    }
    let mut seen = vec![false; m];
    for &row in order {
        if row >= m || core::mem::replace(&mut seen[row], true) {
            let (argument, domain) = ("an index", "a row that is named once");
            return Err(Error::OutsideDomain { op: OP, argument, domain, value: row as f64 });
        }
    }
    Ok(())
}

/// $PA$ for $A$ of $m \times n$ and a permutation of $0, \dots, m - 1$.
///
/// Cost: a copy.
///
/// # Errors
/// [`Error::ShapeMismatch`] for an order that is not of length $m$, [`Error::OutsideDomain`] with an
/// index that is no row or named twice.
pub fn value<A: Matrix>(a: &A, order: &[usize]) -> Result<A::Owned, Error> {
    check(a, order)?;
    Ok(a.permuted_rows(order))
}

/// $\dot C = P \dot A$.
///
/// # Errors
/// As [`value`].
pub fn pushforward<A: Matrix>(a: &A, order: &[usize], tangent: &A) -> Result<A::Owned, Error> {
    same_shape(OP, tangent, a)?;
    value(tangent, order)
}

/// $\bar A = P^\top \bar C$.
///
/// # Errors
/// As [`value`].
pub fn pullback<A: Matrix>(a: &A, order: &[usize], cotangent: &A) -> Result<A::Owned, Error> {
    check(a, order)?;
    same_shape(OP, cotangent, a)?;
    Ok(cotangent.unpermuted_rows(order))
}
