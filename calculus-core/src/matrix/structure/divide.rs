//! The quotient $C = A \oslash B$, entry by entry.
//!
//! $$\dot C = (\dot A - C \circ \dot B) \oslash B, \qquad
//! \bar A = \bar C \oslash B, \quad \bar B = -C \circ \bar A$$
//!
//! A divisor that is 0 is an error, with either sign and whatever it divides. Entries that are
//! infinite or NaN go through as IEEE arithmetic has it.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::divide;
//! use faer::mat;
//!
//! let (a, b) = (mat![[1.0, 6.0]], mat![[2.0, 3.0]]);
//! let c = divide::value(&a, &b)?;
//! assert_eq!(c, mat![[0.5, 2.0]]);
//! let (a_bar, b_bar) = divide::pullback(&b, &c, &mat![[1.0, 3.0]])?;
//! assert_eq!(a_bar, mat![[0.5, 1.0]]);
//! assert_eq!(b_bar, mat![[-0.25, -2.0]]);
//!
//! let error = divide::value(&a, &mat![[2.0, 0.0]]).unwrap_err();
//! assert_eq!(error.to_string(), "divide: a divisor must be other than 0, got 0");
//! # Ok::<(), calculus_core::Error>(())
//! ```

use super::slope::first_entry;
use crate::Error;
use crate::matrix::check::same_shape;
use crate::matrix::{Matrix, Operations};

const OP: &str = "divide";

/// $A \oslash B$ for two matrices of $m \times n$.
///
/// Cost: $mn$ divisions.
///
/// # Errors
/// [`Error::ShapeMismatch`], [`Error::OutsideDomain`] for a divisor that is 0.
pub fn value<A: Matrix>(a: &A, b: &A) -> Result<A::Owned, Error> {
    same_shape(OP, a, b)?;
    let c = a.divided(b);
    // No quotient by 0 is finite, so most calls need no second look at the divisors.
    if !<A::Owned as Operations>::all_finite(c.view())
        && let Some((row, column)) = first_entry(b, |i, j| b.primal(i, j) == 0.0)
    {
        let (argument, domain) = ("a divisor", "other than 0");
        return Err(Error::OutsideDomain {
            op: OP,
            argument,
            domain,
            value: b.primal(row, column),
        });
    }
    Ok(c)
}

/// $\dot C = (\dot A - C \circ \dot B) \oslash B$ for the quotient `c` of [`value`].
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(
    b: &A,
    c: &A::Owned,
    a_tangent: &A,
    b_tangent: &A,
) -> Result<A::Owned, Error> {
    same_shape(OP, c, b)?;
    same_shape(OP, a_tangent, b)?;
    same_shape(OP, b_tangent, b)?;
    Ok(a_tangent.minus(&c.hadamard(b_tangent)).divided(b))
}

/// $\bar A = \bar C \oslash B$ and $\bar B = -C \circ \bar A$ for the quotient `c` of [`value`].
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(
    b: &A,
    c: &A::Owned,
    cotangent: &A,
) -> Result<(A::Owned, A::Owned), Error> {
    same_shape(OP, c, b)?;
    same_shape(OP, cotangent, b)?;
    let a_bar = cotangent.divided(b);
    let b_bar = c.hadamard(&a_bar).negated();
    Ok((a_bar, b_bar))
}
