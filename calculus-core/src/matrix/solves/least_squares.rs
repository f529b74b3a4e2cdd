//! The least-squares solution of an overdetermined system: $X$ minimises $\|AX - B\|_F$ for $A$ with
//! at least as many rows as columns, which are linearly independent.
//!
//! With the residual $E = B - AX$ and $A = QR$
//!
//! $$\dot X = R^{-1}(R^{-\top} \dot A^\top E + Q^\top(\dot B - \dot A X))$$
//! $$W = R^{-\top} \bar X, \quad Y = R^{-1} W, \qquad
//! \bar A = E Y^\top - \bar B X^\top, \quad \bar B = QW$$
//!
//! The condition of $A$ is not squared, as it is by $A^\top A$: only the part of the derivative that
//! is multiplied by the residual has that condition. Columns that are dependent to rounding are an
//! error with the entry of the diagonal of $R$ that is at most $m$ units of round-off times the
//! largest one.
//!
//! Source: G. H. Golub, V. Pereyra, "The differentiation of pseudo-inverses and nonlinear least
//! squares problems whose variables separate", 1973, for the pseudoinverse.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::least_squares;
//! use faer::mat;
//!
//! // The mean of 1 and 3.
//! let fit = least_squares::value(&mat![[1.0_f64], [1.0]], &mat![[1.0], [3.0]])?;
//! assert!((fit.x[(0, 0)] - 2.0).abs() < 1e-14);
//! assert!((fit.residual[(1, 0)] - 1.0).abs() < 1e-14);
//! let (_, b_bar) = least_squares::pullback(&fit, &mat![[1.0]])?;
//! assert!((b_bar[(0, 0)] - 0.5).abs() < 1e-14);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use crate::Error;
use crate::matrix::check::{finite, has_shape, representable};
use crate::matrix::{Matrix, Operations, Transpose, Triangle};

const OP: &str = "least_squares";

/// The solution, and what derivatives take.
#[derive(Clone, Debug)]
pub struct LeastSquares<M> {
    /// The solution $X$, $n \times k$.
    pub x: M,
    /// The residual $B - AX$, $m \times k$.
    pub residual: M,
    /// The orthonormal factor of $A$, $m \times n$.
    pub q: M,
    /// The upper triangular factor of $A$, $n \times n$.
    pub r: M,
}

/// The solution for $A$ of $m \times n$ with $m \ge n$ and $B$ of $m \times k$.
///
/// Cost: $2n^2(m - n/3)$ multiply-adds with forming $Q$, and $2mnk$.
///
/// # Errors
/// [`Error::Singular`], [`Error::ShapeMismatch`], [`Error::NonFiniteEntry`].
pub fn value<A: Matrix>(a: &A, b: &A) -> Result<LeastSquares<A::Owned>, Error> {
    let (m, n) = a.shape();
    if m < n {
        return Err(Error::ShapeMismatch { op: OP, lhs: (m, n), rhs: b.shape() });
    }
    has_shape(OP, b, (m, b.columns()))?;
    finite(OP, a)?;
    finite(OP, b)?;
    let (q, r) = <A::Owned as Operations>::qr(a.view());
    full_rank(OP, &r, m)?;
    let x = r.solve_triangular(Triangle::Upper, Transpose::No, &q.transpose_matmul(b));
    let residual = b.minus(&a.matmul(&x));
    Ok(LeastSquares { x, residual, q, r })
}

/// No entry of the diagonal of $R$ is rounding.
pub(super) fn full_rank<M: Operations>(
    op: &'static str,
    r: &M,
    longer: usize,
) -> Result<(), Error> {
    let diagonal = (0..r.rows()).map(|i| r.primal(i, i).abs());
    let rounding = diagonal.fold(0.0, f64::max) * longer as f64 * M::EPSILON;
    match (0..r.rows()).map(|i| (i, r.primal(i, i))).find(|&(_, pivot)| pivot.abs() <= rounding) {
        Some((index, pivot)) => Err(Error::Singular { op, index, pivot }),
        None => Ok(()),
    }
}

/// $\dot X$ for the solution of [`value`].
///
/// Cost: three products and three triangular solves, $3mnk$ multiply-adds for small $n$.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(
    fit: &LeastSquares<A::Owned>,
    a_tangent: &A,
    b_tangent: &A,
) -> Result<A::Owned, Error> {
    has_shape(OP, a_tangent, fit.q.shape())?;
    has_shape(OP, b_tangent, fit.residual.shape())?;
    let (upper, no, yes) = (Triangle::Upper, Transpose::No, Transpose::Yes);
    let of_residual = a_tangent.transpose_matmul(&fit.residual);
    let moved = b_tangent.minus(&a_tangent.matmul(&fit.x));
    let sum =
        fit.r.solve_triangular(upper, yes, &of_residual).plus(&fit.q.transpose_matmul(&moved));
    representable(OP, fit.r.solve_triangular(upper, no, &sum))
}

/// $\bar A$ and $\bar B$ for the solution of [`value`] and a cotangent of $X$.
///
/// Cost: three products and two triangular solves, $3mnk$ multiply-adds for small $n$.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(
    fit: &LeastSquares<A::Owned>,
    cotangent: &A,
) -> Result<(A::Owned, A::Owned), Error> {
    has_shape(OP, cotangent, fit.x.shape())?;
    let w = fit.r.solve_triangular(Triangle::Upper, Transpose::Yes, cotangent);
    let y = fit.r.solve_triangular(Triangle::Upper, Transpose::No, &w);
    let b_bar = fit.q.matmul(&w);
    let a_bar = fit.residual.matmul_transpose(&y).minus(&b_bar.matmul_transpose(&fit.x));
    representable(OP, (a_bar, b_bar))
}
