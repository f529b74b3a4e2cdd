//! The quadratic form $y = x^\top A x$ of a square matrix, which need not be symmetric.
//!
//! $$\dot y = \dot x^\top (A + A^\top) x + x^\top \dot A x, \qquad
//! \bar x = \bar y (A + A^\top) x, \quad \bar A = \bar y\, x x^\top$$
//!
//! No degenerate points: entries that are infinite or NaN go through as IEEE arithmetic has it. A
//! form of no variables is 0.
//!
//! Source: K. B. Petersen and M. S. Pedersen, "The Matrix Cookbook", 2012, equation 81.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::quadratic_form;
//! use faer::mat;
//!
//! let (x, a) = (mat![[1.0], [2.0]], mat![[3.0, 1.0], [0.0, 5.0]]);
//! assert_eq!(quadratic_form::value(&x, &a)?, 25.0);
//! let (x_bar, a_bar) = quadratic_form::pullback(&x, &a, &1.0)?;
//! assert_eq!(x_bar, mat![[8.0], [21.0]]);
//! assert_eq!(a_bar, mat![[1.0, 2.0], [2.0, 4.0]]);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use crate::Error;
use crate::matrix::check::{column, has_shape, same_shape};
use crate::matrix::{Matrix, Operations};

const OP: &str = "quadratic_form";

fn check<A: Matrix>(x: &A, a: &A) -> Result<(), Error> {
    let n = column(OP, x)?;
    has_shape(OP, a, (n, n))
}

/// $x^\top A x$ for a column $x$ of length $n$ and $A$ of $n \times n$.
///
/// Cost: $n^2$ multiply-adds.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn value<A: Matrix>(x: &A, a: &A) -> Result<<A::Owned as Operations>::Scalar, Error> {
    check(x, a)?;
    Ok(x.inner(&a.matmul(x)))
}

/// $(A + A^\top) x$.
fn slope<A: Matrix>(x: &A, a: &A) -> A::Owned {
    a.matmul(x).plus(&a.transpose_matmul(x))
}

/// $\dot y = \dot x^\top (A + A^\top) x + x^\top \dot A x$.
///
/// Cost: three products with a vector.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(
    x: &A,
    a: &A,
    x_tangent: &A,
    a_tangent: &A,
) -> Result<<A::Owned as Operations>::Scalar, Error> {
    check(x, a)?;
    same_shape(OP, x_tangent, x)?;
    same_shape(OP, a_tangent, a)?;
    Ok(x_tangent.inner(&slope(x, a)) + x.inner(&a_tangent.matmul(x)))
}

/// $\bar x = \bar y (A + A^\top) x$ and $\bar A = \bar y\, x x^\top$.
///
/// Cost: two products with a vector and an outer product.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(
    x: &A,
    a: &A,
    cotangent: &<A::Owned as Operations>::Scalar,
) -> Result<(A::Owned, A::Owned), Error> {
    check(x, a)?;
    let a_bar = x.times_scalar(cotangent).matmul_transpose(x);
    Ok((slope(x, a).times_scalar(cotangent), a_bar))
}
