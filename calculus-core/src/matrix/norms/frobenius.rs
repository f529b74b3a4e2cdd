//! The Frobenius norm $y = \|A\|_F = \sqrt{\sum_{ij} a_{ij}^2}$; of a column the Euclidean norm.
//!
//! $$\dot y = \langle A, \dot A\rangle / y, \qquad \bar A = \bar y A / y$$
//!
//! At $A = 0$ the subgradient of least norm, 0. Squares do not overflow or underflow: entries are
//! scaled first where they would.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::frobenius;
//! use faer::{Mat, mat};
//!
//! let a = mat![[3.0, 0.0], [0.0, 4.0]];
//! let y = frobenius::value(&a)?;
//! assert_eq!(y, 5.0);
//! assert_eq!(frobenius::pullback(&a, y, 1.0)?, mat![[0.6, 0.0], [0.0, 0.8]]);
//!
//! let zero = Mat::<f64>::zeros(2, 2);
//! assert_eq!(frobenius::pullback(&zero, 0.0, 1.0)?, zero);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use super::of_values::ScalarOf;
use crate::Error;
use crate::elementary::Unary;
use crate::matrix::check::{finite, same_shape};
use crate::matrix::factorizations::ties::largest;
use crate::matrix::{Matrix, Operations, Scalar};

const OP: &str = "frobenius";

/// Sums of squares in this range have lost nothing to underflow and are far from overflow, in
/// single precision too.
const SAFE: core::ops::Range<f64> = 1e-25..1e35;

/// $y$.
///
/// Cost: $mn$ multiply-adds.
///
/// # Errors
/// [`Error::NonFiniteEntry`].
pub fn value<A: Matrix>(a: &A) -> Result<ScalarOf<A::Owned>, Error> {
    finite(OP, a)?;
    Ok(norm(a))
}

/// The norm, scaled where it is needed.
pub(crate) fn norm<A: Matrix>(a: &A) -> ScalarOf<A::Owned> {
    let squares = a.inner(a);
    if SAFE.contains(&squares.primal()) {
        return squares.apply(Unary::Sqrt);
    }
    let largest = largest(a);
    if largest == 0.0 {
        return squares;
    }
    let scaled = over(a, &Scalar::constant(largest));
    ScalarOf::<A::Owned>::constant(largest) * scaled.inner(&scaled).apply(Unary::Sqrt)
}

/// $A / s$, entry by entry: $1/s$ may be infinite.
pub(crate) fn over<A: Matrix>(a: &A, s: &ScalarOf<A::Owned>) -> A::Owned {
    let (rows, columns) = a.shape();
    let s = A::Owned::from_scalars(1, 1, core::slice::from_ref(s));
    a.divided(&s.broadcast(rows, columns))
}

/// $A / y$, or 0.
fn direction<A: Matrix>(a: &A, y: &ScalarOf<A::Owned>) -> A::Owned {
    if y.primal() == 0.0 { a.scaled(0.0) } else { over(a, y) }
}

/// $\dot y$ for the `y` of [`value`].
///
/// Cost: $mn$ multiply-adds.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(
    a: &A,
    y: ScalarOf<A::Owned>,
    tangent: &A,
) -> Result<ScalarOf<A::Owned>, Error> {
    same_shape(OP, tangent, a)?;
    Ok(direction(a, &y).inner(tangent))
}

/// $\bar A$ for the `y` of [`value`].
///
/// Cost: $mn$ divisions.
///
/// # Errors
/// None.
pub fn pullback<A: Matrix>(
    a: &A,
    y: ScalarOf<A::Owned>,
    cotangent: ScalarOf<A::Owned>,
) -> Result<A::Owned, Error> {
    Ok(direction(a, &y).times_scalar(&cotangent))
}
