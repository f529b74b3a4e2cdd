//! The solution of linear equations from the right, $XA = B$, which is $X = B A^{-1}$.
//!
//! $$\dot X = (\dot B - X \dot A) A^{-1}, \qquad \bar B = \bar X A^{-\top}, \quad
//! \bar A = -X^\top \bar B$$
//!
//! by the LU factors that [`value`] returns. Near a singular matrix the solution is large and finite.
//! Where a pivot is exactly 0, and where the solution overflows, there is none: that is an error with
//! the pivot.
//!
//! Source: M. Giles, "An extended collection of matrix derivative results for forward and reverse
//! mode algorithmic differentiation", 2008, section 2.3.1, for the transposed equation.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::solve_right;
//! use faer::mat;
//!
//! let (b, a) = (mat![[2.0, 2.0]], mat![[2.0, 0.0], [0.0, 4.0]]);
//! let (x, lu) = solve_right::value(&b, &a)?;
//! assert_eq!(x, mat![[1.0, 0.5]]);
//! let (b_bar, a_bar) = solve_right::pullback(&lu, &x, &mat![[1.0, 0.0]])?;
//! assert_eq!(b_bar, mat![[0.5, 0.0]]);
//! assert_eq!(a_bar, mat![[-0.5, 0.0], [-0.25, 0.0]]);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use crate::Error;
use crate::matrix::check::{finite, has_shape, representable, square};
use crate::matrix::{Lu, Matrix, Operations};

const OP: &str = "solve_right";

/// $X$, of the shape of $B$ ($k \times n$), and the factors of $A$ ($n \times n$).
///
/// Cost: $n^3/3 + n^2 k$ multiply-adds.
///
/// # Errors
/// [`Error::Singular`], [`Error::NotSquare`], [`Error::ShapeMismatch`], [`Error::NonFiniteEntry`].
pub fn value<A: Matrix>(b: &A, a: &A) -> Result<(A::Owned, Lu<A::Owned>), Error> {
    let n = square(OP, a)?;
    has_shape(OP, b, (b.rows(), n))?;
    finite(OP, a)?;
    finite(OP, b)?;
    let lu = <A::Owned as Operations>::lu(a.view());
    lu.regular(OP)?;
    let x = lu.bounded(OP, lu.solve_right(b))?;
    Ok((x, lu))
}

/// $\dot X = (\dot B - X \dot A) A^{-1}$ for the solution and the factors of [`value`].
///
/// Cost: a product and two triangular solves, $2n^2 k$ multiply-adds.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(
    lu: &Lu<A::Owned>,
    x: &A::Owned,
    b_tangent: &A,
    a_tangent: &A,
) -> Result<A::Owned, Error> {
    let n = lu.size();
    has_shape(OP, x, (x.rows(), n))?;
    has_shape(OP, b_tangent, x.shape())?;
    has_shape(OP, a_tangent, (n, n))?;
    representable(OP, lu.solve_right(&b_tangent.minus(&x.matmul(a_tangent))))
}

/// $\bar B = \bar X A^{-\top}$ and $\bar A = -X^\top \bar B$ for the solution and the factors of
/// [`value`].
///
/// Cost: two triangular solves and a product, $2n^2 k$ multiply-adds.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(
    lu: &Lu<A::Owned>,
    x: &A::Owned,
    cotangent: &A,
) -> Result<(A::Owned, A::Owned), Error> {
    has_shape(OP, x, (x.rows(), lu.size()))?;
    has_shape(OP, cotangent, x.shape())?;
    let b_bar = lu.solve_transposed_right(cotangent);
    let a_bar = x.transpose_matmul(&b_bar.negated());
    representable(OP, (b_bar, a_bar))
}
