//! The power $c_{ij} = a_{ij}^{b_{ij}}$, entry by entry, with both differentiated.
//!
//! $$\dot C = B \circ A^{\circ(B-1)} \circ \dot A + C \circ \ln A \circ \dot B, \qquad
//! \bar A = B \circ A^{\circ(B-1)} \circ \bar C, \quad \bar B = C \circ \ln A \circ \bar C$$
//!
//! with $0 \cdot \infty = 0$ in both: $\partial_b\,0^b = 0$ for $b \ge 0$, and
//! $\partial_a\,a^0 = 0$. At $a = 0$ with $0 < b < 1$ the slope in $a$ is infinite, and a tangent or
//! cotangent that is 0 stays 0 through it. A negative base with an exponent that is no integer, and
//! 0 with a negative one, are errors; for a negative base with an integer exponent there is no
//! derivative in $b$, and a pullback, or a tangent of $b$ that is not 0, is an error. Use
//! [`elementwise_powf`](crate::matrix::elementwise_powf) where the exponent is constant.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::elementwise_pow;
//! use faer::mat;
//!
//! let (a, b) = (mat![[2.0, 0.0]], mat![[3.0, 2.0]]);
//! let c = elementwise_pow::value(&a, &b)?;
//! assert_eq!(c, mat![[8.0, 0.0]]);
//! let (a_bar, b_bar) = elementwise_pow::pullback(&a, &b, &c, &mat![[1.0, 1.0]])?;
//! assert_eq!(a_bar, mat![[12.0, 0.0]]);
//! assert_eq!(b_bar, mat![[8.0 * 2.0_f64.ln(), 0.0]]);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use super::elementwise_powf::outside_domain;
use super::slope::{along, first_entry};
use crate::Error;
use crate::elementary::Unary;
use crate::matrix::check::same_shape;
use crate::matrix::{Matrix, Operations};

const OP: &str = "elementwise_pow";

fn outside<A: Matrix>(a: &A, (row, column): (usize, usize)) -> Error {
    let (argument, domain) = ("a base", "in the domain of its power");
    Error::OutsideDomain { op: OP, argument, domain, value: a.primal(row, column) }
}

/// $a_{ij}^{b_{ij}}$ for two matrices of $m \times n$.
///
/// Cost: $mn$ powers.
///
/// # Errors
/// [`Error::ShapeMismatch`], [`Error::OutsideDomain`].
pub fn value<A: Matrix>(a: &A, b: &A) -> Result<A::Owned, Error> {
    same_shape(OP, a, b)?;
    let c = <A::Owned as Operations>::pow(a.view(), b.view());
    if !<A::Owned as Operations>::all_finite(c.view()) {
        let undefined = |i, j| outside_domain(a.primal(i, j), b.primal(i, j));
        if let Some(place) = first_entry(a, undefined) {
            return Err(outside(a, place));
        }
    }
    Ok(c)
}

/// A constant matrix that is 1 where the entry is 0, and 0 elsewhere.
fn at_zero<A: Matrix>(a: &A) -> A::Owned {
    let (rows, columns) = a.shape();
    A::Owned::from_fn(rows, columns, |i, j| f64::from(a.primal(i, j) == 0.0))
}

/// $B \circ A^{\circ(B-1)}$, 0 where the exponent is 0.
fn base_slope<A: Matrix>(a: &A, b: &A) -> A::Owned {
    let (rows, columns) = b.shape();
    // 0 times the power a^0 instead of a^-1.
    let ones = A::Owned::from_fn(rows, columns, |i, j| f64::from(b.primal(i, j) != 0.0));
    let power = <A::Owned as Operations>::pow(a.view(), b.minus(&ones).view());
    power.hadamard(b)
}

/// $C \circ \ln A$, 0 where the base is 0.
fn exponent_slope<A: Matrix>(a: &A, c: &A::Owned) -> A::Owned {
    // ln 1 instead of ln 0.
    c.hadamard(&a.plus(&at_zero(a)).map(Unary::Ln))
}

/// $\dot C$ for the power `c` of [`value`].
///
/// Cost: $mn$ powers and logarithms.
///
/// # Errors
/// [`Error::ShapeMismatch`], [`Error::OutsideDomain`] for a negative base where the tangent of the
/// exponent is not 0.
pub fn pushforward<A: Matrix>(
    a: &A,
    b: &A,
    c: &A::Owned,
    a_tangent: &A,
    b_tangent: &A,
) -> Result<A::Owned, Error> {
    same_shape(OP, a, b)?;
    same_shape(OP, c, a)?;
    same_shape(OP, a_tangent, a)?;
    same_shape(OP, b_tangent, b)?;
    reject_negative(a, b_tangent)?;
    Ok(along(&base_slope(a, b), a_tangent).plus(&along(&exponent_slope(a, c), b_tangent)))
}

/// $\bar A$ and $\bar B$ for the power `c` of [`value`].
///
/// Cost: $mn$ powers and logarithms.
///
/// # Errors
/// [`Error::ShapeMismatch`], [`Error::OutsideDomain`] for a negative base where the cotangent is not
/// 0.
pub fn pullback<A: Matrix>(
    a: &A,
    b: &A,
    c: &A::Owned,
    cotangent: &A,
) -> Result<(A::Owned, A::Owned), Error> {
    same_shape(OP, a, b)?;
    same_shape(OP, c, a)?;
    same_shape(OP, cotangent, a)?;
    reject_negative(a, cotangent)?;
    Ok((along(&base_slope(a, b), cotangent), along(&exponent_slope(a, c), cotangent)))
}

/// There is no derivative in the exponent of a negative base.
fn reject_negative<A: Matrix>(a: &A, direction: &A) -> Result<(), Error> {
    match first_entry(a, |i, j| a.primal(i, j) < 0.0 && direction.primal(i, j) != 0.0) {
        Some(place) => Err(outside(a, place)),
        None => Ok(()),
    }
}
