//! The trace of a product, $y = \mathrm{tr}(AB) = \langle A^\top, B\rangle$, without the product.
//!
//! $$\dot y = \mathrm{tr}(\dot A B) + \mathrm{tr}(A \dot B), \qquad
//! \bar A = \bar y B^\top, \quad \bar B = \bar y A^\top$$
//!
//! No degenerate points: entries that are infinite or NaN go through as IEEE arithmetic has it.
//!
//! Source: K. B. Petersen and M. S. Pedersen, "The Matrix Cookbook", 2012, equation 100.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::trace_product;
//! use faer::mat;
//!
//! let (a, b) = (mat![[1.0, 2.0]], mat![[3.0], [4.0]]);
//! assert_eq!(trace_product::value(&a, &b)?, 11.0);
//! let (a_bar, b_bar) = trace_product::pullback(&a, &b, &2.0)?;
//! assert_eq!(a_bar, mat![[6.0, 8.0]]);
//! assert_eq!(b_bar, mat![[2.0], [4.0]]);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use crate::Error;
use crate::matrix::check::{has_shape, same_shape};
use crate::matrix::{Matrix, Operations};

const OP: &str = "trace_product";

/// $\mathrm{tr}(AB)$ for $A$ of $m \times n$ and $B$ of $n \times m$.
///
/// Cost: $mn$ multiply-adds.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn value<A: Matrix>(a: &A, b: &A) -> Result<<A::Owned as Operations>::Scalar, Error> {
    has_shape(OP, b, (a.columns(), a.rows()))?;
    Ok(a.transposed().inner(b))
}

/// $\dot y = \mathrm{tr}(\dot A B) + \mathrm{tr}(A \dot B)$.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(
    a: &A,
    b: &A,
    a_tangent: &A,
    b_tangent: &A,
) -> Result<<A::Owned as Operations>::Scalar, Error> {
    same_shape(OP, a_tangent, a)?;
    same_shape(OP, b_tangent, b)?;
    Ok(value(a_tangent, b)? + value(a, b_tangent)?)
}

/// $\bar A = \bar y B^\top$ and $\bar B = \bar y A^\top$.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(
    a: &A,
    b: &A,
    cotangent: &<A::Owned as Operations>::Scalar,
) -> Result<(A::Owned, A::Owned), Error> {
    has_shape(OP, b, (a.columns(), a.rows()))?;
    let scaled = |a: &A| a.transposed().times_scalar(cotangent);
    Ok((scaled(b), scaled(a)))
}
