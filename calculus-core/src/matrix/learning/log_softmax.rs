//! The logarithm of the softmax of each column, $y_{ij} = x_{ij} - \ln\sum_k e^{x_{kj}}$.
//!
//! $$\dot y = \dot x - \langle p, \dot x\rangle, \qquad
//! \bar x = \bar y - p \textstyle\sum \bar y, \qquad p = e^y$$
//!
//! for each column. It stays accurate where the softmax underflows. An entry of $-\infty$ stays
//! $-\infty$; a column of nothing else is an error.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::log_softmax;
//! use faer::mat;
//!
//! let y = log_softmax::value(&mat![[0.0], [1000.0]])?;
//! assert_eq!(y, mat![[-1000.0], [0.0]]);
//! assert_eq!(log_softmax::pullback(&y, &mat![[1.0], [0.0]])?, mat![[1.0], [-1.0]]);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use super::columns::{below_infinity, log_sum_exp, minus_row, reject_empty_columns};
use crate::Error;
use crate::elementary::Unary;
use crate::matrix::Matrix;
use crate::matrix::check::has_shape;

const OP: &str = "log_softmax";

/// $y$, of the shape of $x$.
///
/// # Errors
/// [`Error::NonFiniteEntry`] for NaN and $+\infty$, [`Error::Degenerate`] with the column whose
/// entries are all $-\infty$.
pub fn value<A: Matrix>(x: &A) -> Result<A::Owned, Error> {
    below_infinity(OP, x)?;
    let log_sum = log_sum_exp(x);
    reject_empty_columns(OP, &log_sum, x.rows())?;
    Ok(minus_row(x, &log_sum))
}

/// $\dot y = \dot x - \langle e^y, \dot x\rangle$ for the `y` of [`value`].
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(y: &A::Owned, tangent: &A) -> Result<A::Owned, Error> {
    has_shape(OP, tangent, y.shape())?;
    Ok(minus_row(tangent, &y.map(Unary::Exp).hadamard(tangent).column_sums()))
}

/// $\bar x = \bar y - e^y \sum \bar y$ for the `y` of [`value`].
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(y: &A::Owned, cotangent: &A) -> Result<A::Owned, Error> {
    has_shape(OP, cotangent, y.shape())?;
    let sums = cotangent.column_sums().broadcast(y.rows(), y.columns());
    Ok(cotangent.minus(&y.map(Unary::Exp).hadamard(&sums)))
}
