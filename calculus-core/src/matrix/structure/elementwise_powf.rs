//! The power $c_{ij} = a_{ij}^p$ of every entry with a constant exponent.
//!
//! $$\dot C = p\,A^{\circ(p-1)} \circ \dot A, \qquad \bar A = p\,A^{\circ(p-1)} \circ \bar C$$
//!
//! With $p = 0$ the derivative is 0 everywhere. At $a = 0$ with $0 < p < 1$ the slope is infinite,
//! and a tangent or cotangent that is 0 stays 0 through it. A negative base with an exponent that
//! is no integer, and 0 with a negative one, are errors; entries that are infinite or NaN go through
//! as IEEE arithmetic has it.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::elementwise_powf;
//! use faer::mat;
//!
//! let a = mat![[3.0, 0.0]];
//! assert_eq!(elementwise_powf::value(&a, 2.0)?, mat![[9.0, 0.0]]);
//! assert_eq!(elementwise_powf::pullback(&a, 2.0, &mat![[1.0, 1.0]])?, mat![[6.0, 0.0]]);
//!
//! let error = elementwise_powf::value(&mat![[-1.0]], 0.5).unwrap_err();
//! assert_eq!(
//!     error.to_string(),
//!     "elementwise_powf: a base must be in the domain of its power, got -1"
//! );
//! # Ok::<(), calculus_core::Error>(())
//! ```

use super::slope::{along, first_entry};
use crate::Error;
use crate::matrix::check::same_shape;
use crate::matrix::{Matrix, Operations, zeros};

const OP: &str = "elementwise_powf";

/// Whether $a^b$ has no value: 0 to a negative power, a negative number to one that is no integer.
pub(super) fn outside_domain(a: f64, b: f64) -> bool {
    (a == 0.0 && b < 0.0) || (a.is_finite() && a < 0.0 && b.is_finite() && b.fract() != 0.0)
}

/// $a_{ij}^p$ for $A$ of $m \times n$.
///
/// Cost: $mn$ powers.
///
/// # Errors
/// [`Error::OutsideDomain`].
pub fn value<A: Matrix>(a: &A, p: f64) -> Result<A::Owned, Error> {
    let c = a.powered(p);
    if !<A::Owned as Operations>::all_finite(c.view())
        && let Some((row, column)) = first_entry(a, |i, j| outside_domain(a.primal(i, j), p))
    {
        let (argument, domain) = ("a base", "in the domain of its power");
        return Err(Error::OutsideDomain {
            op: OP,
            argument,
            domain,
            value: a.primal(row, column),
        });
    }
    Ok(c)
}

/// $\dot C = p\,A^{\circ(p-1)} \circ \dot A$.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(a: &A, p: f64, tangent: &A) -> Result<A::Owned, Error> {
    same_shape(OP, tangent, a)?;
    if p == 0.0 {
        return Ok(zeros(a.rows(), a.columns()));
    }
    Ok(along(&a.powered(p - 1.0).scaled(p), tangent))
}

/// $\bar A = p\,A^{\circ(p-1)} \circ \bar C$.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(a: &A, p: f64, cotangent: &A) -> Result<A::Owned, Error> {
    pushforward(a, p, cotangent)
}
