//! The determinant $y = \det A$.
//!
//! $$\dot y = \langle\mathrm{cof}(A), \dot A\rangle, \qquad \bar A = \bar y\,\mathrm{cof}(A)$$
//!
//! The matrix of cofactors is $\det(A) A^{-\top}$ where $A$ is regular. It is not 0 at rank $n - 1$,
//! where the determinant is; so where a pivot is 0 or rounding, the cofactors are computed without
//! dividing by it, by the $2 \times 2$ Schur complement that complete pivoting leaves. At rank
//! $n - 2$ and below they are 0. There are no degenerate points. The determinant of an empty matrix
//! is 1.
//!
//! No intermediate product overflows or underflows. A determinant (or a gradient) that overflows
//! itself is an error: [`log_abs_det`](super::log_abs_det) has no such bound. One that underflows
//! is 0.
//!
//! Source: M. Giles, "An extended collection of matrix derivative results for forward and reverse
//! mode algorithmic differentiation", 2008, section 2.2.4, for regular matrices.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::det;
//! use faer::mat;
//!
//! let a = mat![[1.0, 2.0], [3.0, 4.0]];
//! let (y, lu) = det::value(&a)?;
//! assert!((y + 2.0_f64).abs() < 1e-14);
//! let gradient = det::pullback(&a, &lu, &1.0)?;
//! assert!((gradient[(0, 1)] + 3.0).abs() < 1e-14);
//!
//! // Rank 1: the determinant is 0, its gradient is not.
//! let a = mat![[1.0, 2.0], [2.0, 4.0]];
//! let (y, lu) = det::value(&a)?;
//! assert_eq!(y, 0.0);
//! assert_eq!(det::pullback(&a, &lu, &1.0)?, mat![[4.0, -2.0], [-2.0, 1.0]]);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use super::cofactors::{Cofactors, balanced_product, pivots, representable};
use crate::Error;
use crate::matrix::check::{finite, has_shape, same_shape, square};
use crate::matrix::{Lu, Matrix, Operations, Scalar};

const OP: &str = "det";

/// The numbers that go with a matrix.
type Number<A> = <<A as Matrix>::Owned as Operations>::Scalar;

/// $\det A$ and the LU factors of $A$.
///
/// Cost: $n^3/3$ multiply-adds.
///
/// # Errors
/// [`Error::NotSquare`], [`Error::NonFiniteEntry`]; [`Error::OutsideDomain`] where the determinant
/// overflows.
pub fn value<A: Matrix>(a: &A) -> Result<(Number<A>, Lu<A::Owned>), Error> {
    square(OP, a)?;
    finite(OP, a)?;
    let lu = <A::Owned as Operations>::lu(a.view());
    let y = balanced_product(pivots(&lu));
    let (argument, domain) = ("the determinant", "in the range of floating-point numbers");
    match y.primal() {
        value if value.is_finite() => Ok((y, lu)),
        value => Err(Error::OutsideDomain { op: OP, argument, domain, value }),
    }
}

/// $\mathrm{cof}(A)$.
fn cofactors<A: Matrix>(a: &A, lu: &Lu<A::Owned>) -> Result<A::Owned, Error> {
    has_shape(OP, &lu.packed, (square(OP, a)?, a.columns()))?;
    let y = balanced_product(pivots(lu));
    let matrix = if is_regular(lu) && is_normal::<A::Owned>(y.primal()) {
        <A::Owned as Operations>::lu_inverse(lu).transposed().times_scalar(&y)
    } else {
        Cofactors::new(a).matrix()
    };
    representable(OP, matrix)
}

/// No pivot is 0 or rounding.
fn is_regular<M: Operations>(lu: &Lu<M>) -> bool {
    let n = lu.size();
    let sizes = || (0..n).map(|i| lu.packed.primal(i, i).abs());
    let largest = sizes().fold(0.0, f64::max);
    sizes().all(|size| size > n as f64 * M::EPSILON * largest)
}

/// The number has all of its digits, which one that underflows has not.
fn is_normal<M: Operations>(y: f64) -> bool {
    let smallest =
        if M::EPSILON > f64::EPSILON { f64::from(f32::MIN_POSITIVE) } else { f64::MIN_POSITIVE };
    y.abs() >= smallest
}

/// $\dot y = \langle\mathrm{cof}(A), \dot A\rangle$ for the factors of [`value`].
///
/// Cost: $2n^3/3$ multiply-adds for a regular matrix; complete pivoting, which is some ten times as
/// slow, for a singular one.
///
/// # Errors
/// [`Error::ShapeMismatch`], [`Error::NotSquare`]; [`Error::OutsideDomain`] where a cofactor
/// overflows.
pub fn pushforward<A: Matrix>(a: &A, lu: &Lu<A::Owned>, tangent: &A) -> Result<Number<A>, Error> {
    same_shape(OP, tangent, a)?;
    Ok(cofactors(a, lu)?.inner(tangent))
}

/// $\bar A = \bar y\,\mathrm{cof}(A)$ for the factors of [`value`].
///
/// Cost: as [`pushforward`].
///
/// # Errors
/// [`Error::ShapeMismatch`], [`Error::NotSquare`]; [`Error::OutsideDomain`] where a cofactor
/// overflows.
pub fn pullback<A: Matrix>(
    a: &A,
    lu: &Lu<A::Owned>,
    cotangent: &Number<A>,
) -> Result<A::Owned, Error> {
    Ok(cofactors(a, lu)?.times_scalar(cotangent))
}
