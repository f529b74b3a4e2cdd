//! The logarithm of a sum of exponentials of each column, $y_j = \ln\sum_i e^{x_{ij}}$, a row.
//!
//! $$\dot y = \langle p, \dot x\rangle, \qquad \bar x = \bar y\,p, \qquad p = e^{x - y}$$
//!
//! for each column. No overflow: the largest entry is taken out first. A column whose entries are
//! all $-\infty$, and one without entries, has the value $-\infty$; where there are entries it has
//! no derivative, which is an error.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::log_sum_exp;
//! use faer::mat;
//!
//! let x = mat![[1000.0], [1000.0]];
//! let y = log_sum_exp::value(&x)?;
//! assert_eq!(y[(0, 0)], 1000.0 + 2.0_f64.ln());
//! let gradient = log_sum_exp::pullback(&x, &y, &mat![[1.0]])?;
//! assert!((gradient[(0, 0)] - 0.5).abs() < 1e-12);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use super::columns::{self, below_infinity, minus_row, reject_empty_columns};
use crate::Error;
use crate::elementary::Unary;
use crate::matrix::Matrix;
use crate::matrix::check::{has_shape, same_shape};

const OP: &str = "log_sum_exp";

/// $y$, one entry for each column of $x$.
///
/// # Errors
/// [`Error::NonFiniteEntry`] for NaN and $+\infty$.
pub fn value<A: Matrix>(x: &A) -> Result<A::Owned, Error> {
    below_infinity(OP, x)?;
    Ok(columns::log_sum_exp(x))
}

/// The softmax, $e^{x - y}$.
fn probabilities<A: Matrix>(x: &A, y: &A::Owned) -> Result<A::Owned, Error> {
    has_shape(OP, y, (1, x.columns()))?;
    reject_empty_columns(OP, y, x.rows())?;
    let p = minus_row(x, y).map(Unary::Exp);
    // y is rounded in proportion to its size; dividing by the sum takes that error out of p.
    Ok(p.divided(&p.column_sums().broadcast(x.rows(), x.columns())))
}

/// $\dot y = \langle p, \dot x\rangle$ for the `y` of [`value`].
///
/// # Errors
/// [`Error::ShapeMismatch`], [`Error::Degenerate`] with the column whose entries are all
/// $-\infty$.
pub fn pushforward<A: Matrix>(x: &A, y: &A::Owned, tangent: &A) -> Result<A::Owned, Error> {
    same_shape(OP, tangent, x)?;
    Ok(probabilities(x, y)?.hadamard(tangent).column_sums())
}

/// $\bar x = \bar y\,p$ for the `y` of [`value`].
///
/// # Errors
/// As [`pushforward`].
pub fn pullback<A: Matrix>(x: &A, y: &A::Owned, cotangent: &A) -> Result<A::Owned, Error> {
    has_shape(OP, cotangent, (1, x.columns()))?;
    Ok(probabilities(x, y)?.hadamard(&cotangent.broadcast(x.rows(), x.columns())))
}
