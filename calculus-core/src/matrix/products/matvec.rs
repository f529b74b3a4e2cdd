//! The product $y = Ax$ of a matrix and a vector.
//!
//! $$\dot y = \dot A x + A \dot x, \qquad \bar A = \bar y x^\top, \quad \bar x = A^\top \bar y$$
//!
//! It is [`matmul`](crate::matrix::matmul) with one column, which it insists on. No degenerate
//! points: entries that are infinite or NaN go through as IEEE arithmetic has it.
//!
//! Source: M. Giles, "An extended collection of matrix derivative results for forward and reverse
//! mode algorithmic differentiation", 2008, section 2.2.1.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::matvec;
//! use faer::mat;
//!
//! let (a, x) = (mat![[1.0, 2.0], [3.0, 4.0]], mat![[5.0], [6.0]]);
//! assert_eq!(matvec::value(&a, &x)?, mat![[17.0], [39.0]]);
//! let (a_bar, x_bar) = matvec::pullback(&a, &x, &mat![[1.0], [0.0]])?;
//! assert_eq!(a_bar, mat![[5.0, 6.0], [0.0, 0.0]]);
//! assert_eq!(x_bar, mat![[1.0], [2.0]]);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use crate::Error;
use crate::matrix::Matrix;
use crate::matrix::check::{has_shape, same_shape};

const OP: &str = "matvec";

/// $Ax$, a column of length $m$, for $A$ of $m \times n$ and a column $x$ of length $n$.
///
/// Cost: $mn$ multiply-adds.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn value<A: Matrix>(a: &A, x: &A) -> Result<A::Owned, Error> {
    has_shape(OP, x, (a.columns(), 1))?;
    Ok(a.matmul(x))
}

/// $\dot y = \dot A x + A \dot x$.
///
/// Cost: two products with a vector.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(
    a: &A,
    x: &A,
    a_tangent: &A,
    x_tangent: &A,
) -> Result<A::Owned, Error> {
    has_shape(OP, x, (a.columns(), 1))?;
    same_shape(OP, a_tangent, a)?;
    same_shape(OP, x_tangent, x)?;
    Ok(a_tangent.matmul(x).plus(&a.matmul(x_tangent)))
}

/// $\bar A = \bar y x^\top$ and $\bar x = A^\top \bar y$.
///
/// Cost: an outer product and a product with a vector.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(a: &A, x: &A, cotangent: &A) -> Result<(A::Owned, A::Owned), Error> {
    has_shape(OP, x, (a.columns(), 1))?;
    has_shape(OP, cotangent, (a.rows(), 1))?;
    Ok((cotangent.matmul_transpose(x), a.transpose_matmul(cotangent)))
}
