//! The sign and the logarithm of the modulus of a determinant, $y = \ln|\det A|$.
//!
//! $$\dot y = \langle A^{-\top}, \dot A\rangle, \qquad \bar A = \bar y A^{-\top}$$
//!
//! The logarithms of the pivots are added, so nothing overflows or underflows at any size. Where a
//! pivot is exactly 0 the logarithm is $-\infty$ and has no derivative: that is an error with the
//! pivot. The logarithm of an empty matrix is 0, with the sign 1.
//!
//! Source: M. Giles, "An extended collection of matrix derivative results for forward and reverse
//! mode algorithmic differentiation", 2008, section 2.2.4.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::log_abs_det;
//! use faer::mat;
//!
//! let (sign, y, lu) = log_abs_det::value(&mat![[0.0, 2.0], [2.0, 0.0]])?;
//! assert_eq!(sign, -1.0);
//! assert!((y - 4.0_f64.ln()).abs() < 1e-15);
//! assert_eq!(log_abs_det::pullback(&lu, &1.0)?, mat![[0.0, 0.5], [0.5, 0.0]]);
//!
//! let error = log_abs_det::value(&mat![[0.0]]).unwrap_err();
//! assert_eq!(error.to_string(), "log_abs_det: the matrix is singular, pivot 0 is 0");
//! # Ok::<(), calculus_core::Error>(())
//! ```

use crate::Error;
use crate::elementary::Unary;
use crate::matrix::check::{finite, has_shape, square};
use crate::matrix::{Lu, Matrix, Operations};

const OP: &str = "log_abs_det";

/// The numbers that go with a matrix.
type Number<A> = <<A as Matrix>::Owned as Operations>::Scalar;

/// The sign, the logarithm and the factors.
type SignedLogarithm<A> = (f64, Number<A>, Lu<<A as Matrix>::Owned>);

/// The sign of $\det A$, $\ln|\det A|$, and the LU factors of $A$.
///
/// Cost: $n^3/3$ multiply-adds.
///
/// # Errors
/// [`Error::Singular`], [`Error::NotSquare`], [`Error::NonFiniteEntry`].
pub fn value<A: Matrix>(a: &A) -> Result<SignedLogarithm<A>, Error> {
    let n = square(OP, a)?;
    finite(OP, a)?;
    let lu = <A::Owned as Operations>::lu(a.view());
    lu.regular(OP)?;
    let negative = (0..n).filter(|&i| lu.packed.primal(i, i) < 0.0).count() + usize::from(lu.odd);
    let sign = if negative % 2 == 0 { 1.0 } else { -1.0 };
    let y = lu.packed.diagonal().map(Unary::Abs).map(Unary::Ln).total();
    Ok((sign, y, lu))
}

/// $A^{-1}$.
fn inverse<M: Operations>(lu: &Lu<M>) -> Result<M, Error> {
    lu.regular(OP)?;
    lu.bounded(OP, M::lu_inverse(lu))
}

/// $\dot y = \langle A^{-\top}, \dot A\rangle$ for the factors of [`value`].
///
/// Cost: $2n^3/3$ multiply-adds.
///
/// # Errors
/// [`Error::ShapeMismatch`]; [`Error::Singular`] where the inverse overflows.
pub fn pushforward<A: Matrix>(lu: &Lu<A::Owned>, tangent: &A) -> Result<Number<A>, Error> {
    has_shape(OP, tangent, lu.packed.shape())?;
    Ok(inverse(lu)?.inner(&tangent.transposed()))
}

/// $\bar A = \bar y A^{-\top}$ for the factors of [`value`].
///
/// Cost: $2n^3/3$ multiply-adds.
///
/// # Errors
/// [`Error::Singular`] where the inverse overflows.
pub fn pullback<M: Operations>(lu: &Lu<M>, cotangent: &M::Scalar) -> Result<M, Error> {
    Ok(inverse(lu)?.transposed().times_scalar(cotangent))
}
