//! The diagonal $y_i = a_{ii}$ of a matrix as a column; $\min(m, n)$ entries of one that is not
//! square.
//!
//! $$\dot y = \mathrm{diag}(\dot A), \qquad \bar a_{ij} = \bar y_i \text{ for } i = j, \text{ else } 0$$
//!
//! Linear, so there are no degenerate points; entries that are infinite or NaN go through as IEEE
//! arithmetic has it.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::diagonal;
//! use faer::mat;
//!
//! let a = mat![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]];
//! assert_eq!(diagonal::value(&a)?, mat![[1.0], [5.0]]);
//! let gradient = diagonal::pullback(&a, &mat![[7.0], [8.0]])?;
//! assert_eq!(gradient, mat![[7.0, 0.0, 0.0], [0.0, 8.0, 0.0]]);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use crate::Error;
use crate::matrix::check::{has_shape, same_shape};
use crate::matrix::{Matrix, Operations};

const OP: &str = "diagonal";

/// The diagonal, a column of length $\min(m, n)$ for $A$ of $m \times n$.
///
/// Cost: $\min(m, n)$ copies.
///
/// # Errors
/// None; the result is one for the sake of uniformity.
pub fn value<A: Matrix>(a: &A) -> Result<A::Owned, Error> {
    Ok(a.diagonal())
}

/// $\dot y = \mathrm{diag}(\dot A)$.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(a: &A, tangent: &A) -> Result<A::Owned, Error> {
    same_shape(OP, tangent, a)?;
    value(tangent)
}

/// $\bar a_{ii} = \bar y_i$, and 0 off the diagonal.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(a: &A, cotangent: &A) -> Result<A::Owned, Error> {
    let (m, n) = a.shape();
    has_shape(OP, cotangent, (m.min(n), 1))?;
    Ok(<A::Owned as Operations>::scatter(cotangent.view(), m, n, |i, _| Some((i, i))))
}
