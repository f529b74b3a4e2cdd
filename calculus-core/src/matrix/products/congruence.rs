//! The congruence $C = BSB^\top$ of a square matrix $S$, which need not be symmetric.
//!
//! $$\dot C = \dot B S B^\top + B \dot S B^\top + B S \dot B^\top, \qquad
//! \bar B = \bar C B S^\top + \bar C^\top B S, \quad \bar S = B^\top \bar C B$$
//!
//! No degenerate points: entries that are infinite or NaN go through as IEEE arithmetic has it.
//!
//! Source: the product rule applied twice; M. Giles, "An extended collection of matrix derivative
//! results for forward and reverse mode algorithmic differentiation", 2008, section 2.2.1.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::congruence;
//! use faer::mat;
//!
//! let (b, s) = (mat![[1.0, 2.0]], mat![[3.0, 1.0], [0.0, 5.0]]);
//! assert_eq!(congruence::value(&b, &s)?, mat![[25.0]]);
//! let (b_bar, s_bar) = congruence::pullback(&b, &s, &mat![[1.0]])?;
//! assert_eq!(b_bar, mat![[8.0, 21.0]]);
//! assert_eq!(s_bar, mat![[1.0, 2.0], [2.0, 4.0]]);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use crate::Error;
use crate::matrix::Matrix;
use crate::matrix::check::{has_shape, same_shape};

const OP: &str = "congruence";

fn check<A: Matrix>(b: &A, s: &A) -> Result<(), Error> {
    has_shape(OP, s, (b.columns(), b.columns()))
}

/// $BSB^\top$, $m \times m$ for $B$ of $m \times n$ and $S$ of $n \times n$.
///
/// Cost: $mn^2 + m^2n$ multiply-adds.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn value<A: Matrix>(b: &A, s: &A) -> Result<A::Owned, Error> {
    check(b, s)?;
    Ok(b.matmul(s).matmul_transpose(b))
}

/// $\dot C = \dot B S B^\top + B (\dot S B^\top + S \dot B^\top)$.
///
/// Cost: five products.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(
    b: &A,
    s: &A,
    b_tangent: &A,
    s_tangent: &A,
) -> Result<A::Owned, Error> {
    check(b, s)?;
    same_shape(OP, b_tangent, b)?;
    same_shape(OP, s_tangent, s)?;
    let right = s_tangent.matmul_transpose(b).plus(&s.matmul_transpose(b_tangent));
    Ok(b_tangent.matmul(&s.matmul_transpose(b)).plus(&b.matmul(&right)))
}

/// $\bar B = (\bar C B) S^\top + (\bar C^\top B) S$ and $\bar S = B^\top (\bar C B)$.
///
/// Cost: five products.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(b: &A, s: &A, cotangent: &A) -> Result<(A::Owned, A::Owned), Error> {
    check(b, s)?;
    has_shape(OP, cotangent, (b.rows(), b.rows()))?;
    let product = cotangent.matmul(b);
    let b_bar = product.matmul_transpose(s).plus(&cotangent.transpose_matmul(b).matmul(s));
    Ok((b_bar, b.transpose_matmul(&product)))
}
