//! The inverse $C = A^{-1}$ of a square matrix.
//!
//! $$\dot C = -C \dot A C, \qquad \bar A = -C^\top \bar C C^\top$$
//!
//! Near a singular matrix the inverse is large and finite. Where a pivot of the LU factorisation is
//! exactly 0, and where the inverse has entries that overflow, there is none: that is an error with
//! the pivot. An empty matrix is its own inverse.
//!
//! To solve equations, [`solve`](super::solve) is faster and more accurate.
//!
//! Source: M. Giles, "An extended collection of matrix derivative results for forward and reverse
//! mode algorithmic differentiation", 2008, section 2.2.3.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::inverse;
//! use faer::mat;
//!
//! let c = inverse::value(&mat![[2.0, 0.0], [0.0, 4.0]])?;
//! assert_eq!(c, mat![[0.5, 0.0], [0.0, 0.25]]);
//! let gradient = inverse::pullback(&c, &mat![[1.0, 0.0], [0.0, 1.0]])?;
//! assert_eq!(gradient, mat![[-0.25, 0.0], [0.0, -0.0625]]);
//!
//! let error = inverse::value(&mat![[1.0, 1.0], [1.0, 1.0]]).unwrap_err();
//! assert_eq!(error.to_string(), "inverse: the matrix is singular, pivot 1 is 0");
//! # Ok::<(), calculus_core::Error>(())
//! ```

use crate::Error;
use crate::matrix::check::{finite, has_shape, representable, square};
use crate::matrix::{Matrix, Operations, Scalar};

const OP: &str = "inverse";

/// $A^{-1}$.
///
/// Cost: $n^3$ multiply-adds.
///
/// # Errors
/// [`Error::Singular`], [`Error::NotSquare`], [`Error::NonFiniteEntry`].
pub fn value<A: Matrix>(a: &A) -> Result<A::Owned, Error> {
    square(OP, a)?;
    finite(OP, a)?;
    let lu = <A::Owned as Operations>::lu(a.view());
    lu.regular(OP)?;
    lu.bounded(OP, <A::Owned as Operations>::lu_inverse(&lu))
}

/// $\dot C = -C \dot A C$ for the inverse `c` of [`value`].
///
/// Cost: two products.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(c: &A::Owned, tangent: &A) -> Result<A::Owned, Error> {
    has_shape(OP, tangent, c.shape())?;
    representable(OP, c.matmul(tangent).matmul(c).negated())
}

/// $\bar A = -C^\top \bar C C^\top$ for the inverse `c` of [`value`].
///
/// Cost: two products.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(c: &A::Owned, cotangent: &A) -> Result<A::Owned, Error> {
    has_shape(OP, cotangent, c.shape())?;
    let product = c.transpose_matmul(cotangent).matmul_transpose(c);
    representable(OP, product.into_scaled(&Scalar::constant(-1.0)))
}
