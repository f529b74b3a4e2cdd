//! The norm $y = \|A\|_p = \left(\sum_{ij} |a_{ij}|^p\right)^{1/p}$ of the entries, for
//! $1 \le p \le \infty$; $\|A\|_\infty = \max_{ij} |a_{ij}|$.
//!
//! $$\nabla y = \mathrm{sgn}(a_{ij}) \left(\frac{|a_{ij}|}{y}\right)^{p-1}, \qquad
//! \dot y = \langle\nabla y, \dot A\rangle, \qquad \bar A = \bar y\,\nabla y$$
//!
//! Subgradients of least norm where there is a kink: $\mathrm{sgn}\,0 = 0$, the average over the
//! entries of the largest modulus for $p = \infty$ (those that are exactly equal), and 0 at
//! $A = 0$. Powers do not overflow or underflow: entries are divided by the largest one first.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::p_norm;
//! use faer::mat;
//!
//! let x = mat![[2.0], [-2.0], [1.0]];
//! assert_eq!(p_norm::value(&x, 1.0)?, 5.0);
//! let y = p_norm::value(&x, f64::INFINITY)?;
//! assert_eq!(p_norm::pullback(&x, f64::INFINITY, y, 1.0)?, mat![[0.5], [-0.5], [0.0]]);
//!
//! let error = p_norm::value(&x, 0.5).unwrap_err();
//! assert_eq!(error.to_string(), "p_norm: p must be at least 1, got 0.5");
//! # Ok::<(), calculus_core::Error>(())
//! ```

use super::frobenius::{norm, over};
use super::of_values::ScalarOf;
use crate::Error;
use crate::elementary::Unary;
use crate::matrix::check::{finite, same_shape};
use crate::matrix::factorizations::ties::largest;
use crate::matrix::{Matrix, Operations, Scalar};

const OP: &str = "p_norm";

/// The exponent of a norm.
pub(crate) fn exponent(op: &'static str, p: f64) -> Result<(), Error> {
    if p >= 1.0 {
        return Ok(());
    }
    Err(Error::OutsideDomain { op, argument: "p", domain: "at least 1", value: p })
}

/// $y$.
///
/// Cost: $mn$ powers, except for $p = 1, 2, \infty$.
///
/// # Errors
/// [`Error::OutsideDomain`] for $p < 1$, [`Error::NonFiniteEntry`].
pub fn value<A: Matrix>(a: &A, p: f64) -> Result<ScalarOf<A::Owned>, Error> {
    exponent(OP, p)?;
    finite(OP, a)?;
    Ok(of_entries(a, p))
}

/// The norm, for a valid exponent and finite entries.
pub(crate) fn of_entries<A: Matrix>(a: &A, p: f64) -> ScalarOf<A::Owned> {
    if p == 2.0 {
        return norm(a);
    }
    let absolute = a.map(Unary::Abs);
    if p == 1.0 {
        return absolute.total();
    }
    let largest = largest(a);
    if p == f64::INFINITY {
        let places = (0..a.columns()).flat_map(|j| (0..a.rows()).map(move |i| (i, j)));
        let place = places.into_iter().find(|&(i, j)| absolute.primal(i, j) == largest);
        return place.map_or(Scalar::constant(0.0), |(i, j)| absolute.entry(i, j));
    }
    if largest == 0.0 {
        return absolute.total();
    }
    let largest = ScalarOf::<A::Owned>::constant(largest);
    let sum = over(&absolute, &largest).powered(p).total();
    largest * sum.powf(1.0 / p)
}

/// $\nabla y$.
fn gradient<A: Matrix>(a: &A, p: f64, y: &ScalarOf<A::Owned>) -> A::Owned {
    let signs = a.map(Unary::Sign);
    if p == 1.0 || y.primal() == 0.0 {
        return signs;
    }
    if p == f64::INFINITY {
        let (rows, columns) = a.shape();
        let largest = largest(a);
        let ties =
            A::Owned::from_fn(rows, columns, |i, j| f64::from(a.primal(i, j).abs() == largest));
        return signs.hadamard(&ties).scaled(1.0 / ties.total().primal());
    }
    if p == 2.0 {
        return over(a, y);
    }
    signs.hadamard(&over(&a.map(Unary::Abs), y).powered(p - 1.0))
}

/// $\dot y$ for the `y` of [`value`].
///
/// Cost: as [`value`].
///
/// # Errors
/// [`Error::OutsideDomain`], [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(
    a: &A,
    p: f64,
    y: ScalarOf<A::Owned>,
    tangent: &A,
) -> Result<ScalarOf<A::Owned>, Error> {
    exponent(OP, p)?;
    same_shape(OP, tangent, a)?;
    Ok(gradient(a, p, &y).inner(tangent))
}

/// $\bar A$ for the `y` of [`value`].
///
/// Cost: as [`value`].
///
/// # Errors
/// [`Error::OutsideDomain`].
pub fn pullback<A: Matrix>(
    a: &A,
    p: f64,
    y: ScalarOf<A::Owned>,
    cotangent: ScalarOf<A::Owned>,
) -> Result<A::Owned, Error> {
    exponent(OP, p)?;
    Ok(gradient(a, p, &y).times_scalar(&cotangent))
}
