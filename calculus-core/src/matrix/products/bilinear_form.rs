//! The bilinear form $z = x^\top A y$.
//!
//! $$\dot z = \dot x^\top A y + x^\top \dot A y + x^\top A \dot y, \qquad
//! \bar x = \bar z\, A y, \quad \bar A = \bar z\, x y^\top, \quad \bar y = \bar z\, A^\top x$$
//!
//! No degenerate points: entries that are infinite or NaN go through as IEEE arithmetic has it. A
//! form of no variables is 0.
//!
//! Source: K. B. Petersen and M. S. Pedersen, "The Matrix Cookbook", 2012, equations 69 and 70.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::bilinear_form;
//! use faer::mat;
//!
//! let (x, a, y) = (mat![[2.0]], mat![[1.0, 3.0]], mat![[5.0], [7.0]]);
//! assert_eq!(bilinear_form::value(&x, &a, &y)?, 52.0);
//! let (x_bar, a_bar, y_bar) = bilinear_form::pullback(&x, &a, &y, &1.0)?;
//! assert_eq!(x_bar, mat![[26.0]]);
//! assert_eq!(a_bar, mat![[10.0, 14.0]]);
//! assert_eq!(y_bar, mat![[2.0], [6.0]]);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use crate::Error;
use crate::matrix::check::{column, has_shape, same_shape};
use crate::matrix::{Matrix, Operations};

const OP: &str = "bilinear_form";

/// The gradients with respect to $x$, $A$ and $y$.
pub type Gradients<M> = (M, M, M);

fn check<A: Matrix>(x: &A, a: &A, y: &A) -> Result<(), Error> {
    let shape = (column(OP, x)?, column(OP, y)?);
    has_shape(OP, a, shape)
}

/// $x^\top A y$ for columns $x$ of length $m$ and $y$ of length $n$, and $A$ of $m \times n$.
///
/// Cost: $mn$ multiply-adds.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn value<A: Matrix>(x: &A, a: &A, y: &A) -> Result<<A::Owned as Operations>::Scalar, Error> {
    check(x, a, y)?;
    Ok(x.inner(&a.matmul(y)))
}

/// $\dot z = \dot x^\top A y + x^\top (\dot A y + A \dot y)$.
///
/// Cost: three products with a vector.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(
    x: &A,
    a: &A,
    y: &A,
    x_tangent: &A,
    a_tangent: &A,
    y_tangent: &A,
) -> Result<<A::Owned as Operations>::Scalar, Error> {
    check(x, a, y)?;
    same_shape(OP, x_tangent, x)?;
    same_shape(OP, a_tangent, a)?;
    same_shape(OP, y_tangent, y)?;
    let product = a_tangent.matmul(y).plus(&a.matmul(y_tangent));
    Ok(x_tangent.inner(&a.matmul(y)) + x.inner(&product))
}

/// $\bar x = \bar z\, A y$, $\bar A = \bar z\, x y^\top$ and $\bar y = \bar z\, A^\top x$.
///
/// Cost: two products with a vector and an outer product.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(
    x: &A,
    a: &A,
    y: &A,
    cotangent: &<A::Owned as Operations>::Scalar,
) -> Result<Gradients<A::Owned>, Error> {
    check(x, a, y)?;
    let (x_scaled, y_scaled) = (x.times_scalar(cotangent), y.times_scalar(cotangent));
    Ok((a.matmul(&y_scaled), x_scaled.matmul_transpose(y), a.transpose_matmul(&x_scaled)))
}
