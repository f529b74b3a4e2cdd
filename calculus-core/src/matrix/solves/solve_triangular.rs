//! The solution of triangular equations, $\mathrm{op}(T) X = B$, where $\mathrm{op}$ transposes or
//! not.
//!
//! $$\dot X = \mathrm{op}(T)^{-1}(\dot B - \mathrm{op}(\Pi\dot T) X), \qquad
//! \bar B = \mathrm{op}(T)^{-\top} \bar X, \quad \bar T = -\Pi(\bar B X^\top)$$
//!
//! and $\bar T = -\Pi(X \bar B^\top)$ where $T$ is transposed. $\Pi$ takes the entries of $T$ that
//! are read: those of its triangle, without the diagonal where that is taken to be 1. What is outside
//! is never looked at, so it may be anything, and its gradient is 0. A zero on the diagonal, or a
//! solution that overflows, is an error with the entry of the diagonal.
//!
//! Source: M. Giles, "An extended collection of matrix derivative results for forward and reverse
//! mode algorithmic differentiation", 2008, section 2.3.1, projected on the triangle.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::{Transpose, Triangle, solve_triangular};
//! use faer::mat;
//!
//! let (t, b) = (mat![[2.0, f64::NAN], [1.0, 4.0]], mat![[2.0], [5.0]]);
//! let (lower, no) = (Triangle::Lower, Transpose::No);
//! let x = solve_triangular::value(&t, lower, no, &b)?;
//! assert_eq!(x, mat![[1.0], [1.0]]);
//! let (t_bar, b_bar) = solve_triangular::pullback(&t, lower, no, &x, &mat![[0.0], [4.0]])?;
//! assert_eq!(b_bar, mat![[-0.5], [1.0]]);
//! assert_eq!(t_bar, mat![[0.5, 0.0], [-1.0, -1.0]]);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use crate::Error;
use crate::matrix::check::{finite, has_shape, representable, square};
use crate::matrix::{Matrix, Operations, Transpose, Triangle};

const OP: &str = "solve_triangular";

/// $X$, of the shape of $B$ ($n \times k$), for $T$ of $n \times n$.
///
/// Cost: $n^2 k/2$ multiply-adds.
///
/// # Errors
/// [`Error::Singular`], [`Error::NotSquare`], [`Error::ShapeMismatch`], [`Error::NonFiniteEntry`]
/// for an entry that is read.
pub fn value<A: Matrix>(
    t: &A,
    triangle: Triangle,
    transpose: Transpose,
    b: &A,
) -> Result<A::Owned, Error> {
    let n = square(OP, t)?;
    has_shape(OP, b, (n, b.columns()))?;
    finite(OP, &t.part(triangle.part()))?;
    finite(OP, b)?;
    regular(OP, t, triangle)?;
    bounded(OP, t, triangle, t.solve_triangular(triangle, transpose, b))
}

/// No entry of the diagonal is 0.
pub(super) fn regular<A: Matrix>(op: &'static str, t: &A, triangle: Triangle) -> Result<(), Error> {
    if matches!(triangle, Triangle::UnitLower | Triangle::UnitUpper) {
        return Ok(());
    }
    match (0..t.rows()).map(|i| (i, t.primal(i, i))).find(|&(_, pivot)| pivot == 0.0) {
        Some((index, pivot)) => Err(Error::Singular { op, index, pivot }),
        None => Ok(()),
    }
}

/// What was divided by the diagonal did not overflow; its smallest entry is to blame if it did.
pub(super) fn bounded<A: Matrix>(
    op: &'static str,
    t: &A,
    triangle: Triangle,
    quotient: A::Owned,
) -> Result<A::Owned, Error> {
    if <A::Owned as Operations>::all_finite(quotient.view()) {
        return Ok(quotient);
    }
    let unit = matches!(triangle, Triangle::UnitLower | Triangle::UnitUpper);
    let pivot = |i: usize| if unit { 1.0 } else { t.primal(i, i) };
    let smallest = |&i: &usize, &j: &usize| pivot(i).abs().total_cmp(&pivot(j).abs());
    let index = (0..t.rows()).min_by(smallest).unwrap_or(0);
    Err(Error::Singular { op, index, pivot: pivot(index) })
}

/// $\dot X$ for the solution `x` of [`value`].
///
/// Cost: a product and a triangular solve.
///
/// # Errors
/// [`Error::Singular`], [`Error::NotSquare`], [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(
    t: &A,
    triangle: Triangle,
    transpose: Transpose,
    x: &A::Owned,
    t_tangent: &A,
    b_tangent: &A,
) -> Result<A::Owned, Error> {
    let n = square(OP, t)?;
    has_shape(OP, x, (n, x.columns()))?;
    has_shape(OP, t_tangent, (n, n))?;
    has_shape(OP, b_tangent, x.shape())?;
    regular(OP, t, triangle)?;
    let projected = t_tangent.part(triangle.part());
    let product = <A::Owned as Operations>::matmul;
    let moved = product(projected.view(), transpose, x.view(), Transpose::No);
    representable(OP, t.solve_triangular(triangle, transpose, &b_tangent.minus(&moved)))
}

/// $\bar T$ and $\bar B$ for the solution `x` of [`value`].
///
/// Cost: a triangular solve and half a product.
///
/// # Errors
/// [`Error::Singular`], [`Error::NotSquare`], [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(
    t: &A,
    triangle: Triangle,
    transpose: Transpose,
    x: &A::Owned,
    cotangent: &A,
) -> Result<(A::Owned, A::Owned), Error> {
    let n = square(OP, t)?;
    has_shape(OP, x, (n, x.columns()))?;
    has_shape(OP, cotangent, x.shape())?;
    regular(OP, t, triangle)?;
    let b_bar = t.solve_triangular(triangle, transpose.flipped(), cotangent);
    let negative = b_bar.negated();
    let (left, right) = match transpose {
        Transpose::No => (negative.view(), x.view()),
        Transpose::Yes => (x.view(), negative.view()),
    };
    let (no, yes) = (Transpose::No, Transpose::Yes);
    let t_bar = <A::Owned as Operations>::matmul_part(left, no, right, yes, triangle.part());
    representable(OP, (t_bar, b_bar))
}
