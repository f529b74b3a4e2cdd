//! The softmax of each column, $p_{ij} = e^{x_{ij}} / \sum_k e^{x_{kj}}$.
//!
//! $$\dot p = p \circ (\dot x - \langle p, \dot x\rangle), \qquad
//! \bar x = p \circ (\bar p - \langle p, \bar p\rangle)$$
//!
//! for each column. An entry of $-\infty$ has the probability 0 and the derivative 0; a column of
//! nothing else has no softmax and is an error. The entries neither overflow nor cancel: the largest
//! of each column is taken out first.
//!
//! Source: I. Goodfellow, Y. Bengio, A. Courville, "Deep Learning", 2016, equation 4.1 and section
//! 6.2.2.3.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::softmax;
//! use faer::mat;
//!
//! let p = softmax::value(&mat![[1000.0], [1000.0]])?;
//! assert_eq!(p, mat![[0.5], [0.5]]);
//! assert_eq!(softmax::pullback(&p, &mat![[1.0], [0.0]])?, mat![[0.25], [-0.25]]);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use super::columns::{below_infinity, log_sum_exp, minus_row, reject_empty_columns};
use crate::Error;
use crate::elementary::Unary;
use crate::matrix::Matrix;
use crate::matrix::check::has_shape;

const OP: &str = "softmax";

/// $p$, of the shape of $x$.
///
/// # Errors
/// [`Error::NonFiniteEntry`] for NaN and $+\infty$, [`Error::Degenerate`] with the column whose
/// entries are all $-\infty$.
pub fn value<A: Matrix>(x: &A) -> Result<A::Owned, Error> {
    below_infinity(OP, x)?;
    let log_sum = log_sum_exp(x);
    reject_empty_columns(OP, &log_sum, x.rows())?;
    // Normalised by the sum itself: the columns add up to 1 to rounding.
    let p = minus_row(x, &log_sum).map(Unary::Exp);
    Ok(p.divided(&p.column_sums().broadcast(x.rows(), x.columns())))
}

/// $\dot p = p \circ (\dot x - \langle p, \dot x\rangle)$ for the `p` of [`value`].
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(p: &A::Owned, tangent: &A) -> Result<A::Owned, Error> {
    has_shape(OP, tangent, p.shape())?;
    Ok(p.hadamard(&minus_row(tangent, &p.hadamard(tangent).column_sums())))
}

/// $\bar x = p \circ (\bar p - \langle p, \bar p\rangle)$ for the `p` of [`value`]: the Jacobian
/// is symmetric.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(p: &A::Owned, cotangent: &A) -> Result<A::Owned, Error> {
    pushforward(p, cotangent)
}
