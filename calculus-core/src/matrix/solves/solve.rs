//! The solution of linear equations, $\mathrm{op}(A) X = B$, where $\mathrm{op}$ transposes or not.
//!
//! $$\dot X = A^{-1}(\dot B - \dot A X), \qquad \bar B = A^{-\top} \bar X, \quad
//! \bar A = -\bar B X^\top$$
//!
//! and for $A^\top X = B$
//!
//! $$\dot X = A^{-\top}(\dot B - \dot A^\top X), \qquad \bar B = A^{-1} \bar X, \quad
//! \bar A = -X \bar B^\top$$
//!
//! by the LU factors that [`value`] returns. Near a singular matrix the solution is large and finite.
//! Where a pivot is exactly 0, and where the solution overflows, there is none: that is an error with
//! the pivot.
//!
//! Source: M. Giles, "An extended collection of matrix derivative results for forward and reverse
//! mode algorithmic differentiation", 2008, section 2.3.1.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::{Transpose, solve};
//! use faer::mat;
//!
//! let (a, b) = (mat![[2.0, 0.0], [0.0, 4.0]], mat![[2.0], [2.0]]);
//! let (x, lu) = solve::value(&a, Transpose::No, &b)?;
//! assert_eq!(x, mat![[1.0], [0.5]]);
//! let (a_bar, b_bar) = solve::pullback(&lu, Transpose::No, &x, &mat![[1.0], [0.0]])?;
//! assert_eq!(b_bar, mat![[0.5], [0.0]]);
//! assert_eq!(a_bar, mat![[-0.5, -0.25], [0.0, 0.0]]);
//!
//! let error = solve::value(&mat![[0.0]], Transpose::No, &mat![[1.0]]).unwrap_err();
//! assert_eq!(error.to_string(), "solve: the matrix is singular, pivot 0 is 0");
//! # Ok::<(), calculus_core::Error>(())
//! ```

use crate::Error;
use crate::matrix::check::{finite, has_shape, representable, square};
use crate::matrix::{Lu, Matrix, Operations, Transpose};

const OP: &str = "solve";

/// $X$, of the shape of $B$ ($n \times k$), and the factors of $A$ ($n \times n$).
///
/// Cost: $n^3/3 + n^2 k$ multiply-adds.
///
/// # Errors
/// [`Error::Singular`], [`Error::NotSquare`], [`Error::ShapeMismatch`], [`Error::NonFiniteEntry`].
pub fn value<A: Matrix>(
    a: &A,
    transpose: Transpose,
    b: &A,
) -> Result<(A::Owned, Lu<A::Owned>), Error> {
    let n = square(OP, a)?;
    has_shape(OP, b, (n, b.columns()))?;
    finite(OP, a)?;
    let lu = <A::Owned as Operations>::lu(a.view());
    let x = from_factors(&lu, transpose, b)?;
    Ok((x, lu))
}

/// $X$ by factors that are known already.
///
/// Cost: $n^2 k$ multiply-adds.
///
/// # Errors
/// [`Error::Singular`], [`Error::ShapeMismatch`], [`Error::NonFiniteEntry`].
pub fn from_factors<A: Matrix>(
    lu: &Lu<A::Owned>,
    transpose: Transpose,
    b: &A,
) -> Result<A::Owned, Error> {
    has_shape(OP, b, (lu.size(), b.columns()))?;
    finite(OP, b)?;
    lu.regular(OP)?;
    lu.bounded(OP, lu.solve(transpose, b))
}

/// $\dot X$ for the solution and the factors of [`value`].
///
/// Cost: a product and two triangular solves, $2n^2 k$ multiply-adds.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(
    lu: &Lu<A::Owned>,
    transpose: Transpose,
    x: &A::Owned,
    a_tangent: &A,
    b_tangent: &A,
) -> Result<A::Owned, Error> {
    let n = lu.size();
    has_shape(OP, x, (n, x.columns()))?;
    has_shape(OP, a_tangent, (n, n))?;
    has_shape(OP, b_tangent, x.shape())?;
    let product = <A::Owned as Operations>::matmul;
    let moved = product(a_tangent.view(), transpose, x.view(), Transpose::No);
    representable(OP, lu.solve(transpose, &b_tangent.minus(&moved)))
}

/// $\bar A$ and $\bar B$ for the solution and the factors of [`value`].
///
/// Cost: two triangular solves and a product, $2n^2 k$ multiply-adds.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(
    lu: &Lu<A::Owned>,
    transpose: Transpose,
    x: &A::Owned,
    cotangent: &A,
) -> Result<(A::Owned, A::Owned), Error> {
    has_shape(OP, x, (lu.size(), x.columns()))?;
    has_shape(OP, cotangent, x.shape())?;
    let adjoint = lu.solve(transpose.flipped(), cotangent);
    // The sign goes into the matrix of the shape of B, which is the smaller one.
    let negative = adjoint.negated();
    let a_bar = match transpose {
        Transpose::No => negative.matmul_transpose(x),
        Transpose::Yes => x.matmul_transpose(&negative),
    };
    representable(OP, (a_bar, adjoint))
}
