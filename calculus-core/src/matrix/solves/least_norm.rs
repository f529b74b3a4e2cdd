//! The least-norm solution of an underdetermined system: of all $X$ with $AX = B$ that of smallest
//! $\|X\|_F$, for $A$ with at least as many columns as rows, which are linearly independent.
//!
//! With $A^\top = QR$, $X = Q R^{-\top} B$ and the multipliers $Z = R^{-1} R^{-\top} B$, so that
//! $X = A^\top Z$,
//!
//! $$\dot X = (I - QQ^\top) \dot A^\top Z + Q R^{-\top}(\dot B - \dot A X)$$
//! $$\bar B = R^{-1} Q^\top \bar X, \qquad \bar A = Z (\bar X - QQ^\top \bar X)^\top - \bar B X^\top$$
//!
//! Rows that are dependent to rounding are an error with the entry of the diagonal of $R$ that is at
//! most $n$ units of round-off times the largest one.
//!
//! Source: G. H. Golub, V. Pereyra, "The differentiation of pseudo-inverses and nonlinear least
//! squares problems whose variables separate", 1973, for the pseudoinverse.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::least_norm;
//! use faer::mat;
//!
//! // The point of the line x + y = 2 that is closest to the origin.
//! let solution = least_norm::value(&mat![[1.0_f64, 1.0]], &mat![[2.0]])?;
//! assert!((solution.x[(0, 0)] - 1.0).abs() < 1e-14);
//! let (_, b_bar) = least_norm::pullback(&solution, &mat![[1.0], [0.0]])?;
//! assert!((b_bar[(0, 0)] - 0.5).abs() < 1e-14);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use super::least_squares::full_rank;
use crate::Error;
use crate::matrix::check::{finite, has_shape, representable};
use crate::matrix::{Matrix, Operations, Transpose, Triangle};

const OP: &str = "least_norm";

/// The solution, and what derivatives take.
#[derive(Clone, Debug)]
pub struct LeastNorm<M> {
    /// The solution $X$, $n \times k$.
    pub x: M,
    /// The multipliers $Z = (AA^\top)^{-1} B$, $m \times k$.
    pub multipliers: M,
    /// The orthonormal factor of $A^\top$, $n \times m$.
    pub q: M,
    /// The upper triangular factor of $A^\top$, $m \times m$.
    pub r: M,
}

/// The solution for $A$ of $m \times n$ with $m \le n$ and $B$ of $m \times k$.
///
/// Cost: $2m^2(n - m/3)$ multiply-adds with forming $Q$, and $(m + n)mk$.
///
/// # Errors
/// [`Error::Singular`], [`Error::ShapeMismatch`], [`Error::NonFiniteEntry`].
pub fn value<A: Matrix>(a: &A, b: &A) -> Result<LeastNorm<A::Owned>, Error> {
    let (m, n) = a.shape();
    if m > n {
        return Err(Error::ShapeMismatch { op: OP, lhs: (m, n), rhs: b.shape() });
    }
    has_shape(OP, b, (m, b.columns()))?;
    finite(OP, a)?;
    finite(OP, b)?;
    let (q, r) = <A::Owned as Operations>::qr(a.transposed().view());
    full_rank(OP, &r, n)?;
    let y = r.solve_triangular(Triangle::Upper, Transpose::Yes, b);
    let multipliers = r.solve_triangular(Triangle::Upper, Transpose::No, &y);
    Ok(LeastNorm { x: q.matmul(&y), multipliers, q, r })
}

/// $B - QQ^\top B$, the part in the null space of $A$.
fn outside<M: Operations>(q: &M, b: &impl Matrix<Owned = M>) -> M {
    b.minus(&q.matmul(&q.transpose_matmul(b)))
}

/// $\dot X$ for the solution of [`value`].
///
/// Cost: five products and a triangular solve, $5mnk$ multiply-adds for small $m$.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(
    solution: &LeastNorm<A::Owned>,
    a_tangent: &A,
    b_tangent: &A,
) -> Result<A::Owned, Error> {
    let LeastNorm { x, multipliers, q, r } = solution;
    has_shape(OP, a_tangent, (q.columns(), q.rows()))?;
    has_shape(OP, b_tangent, multipliers.shape())?;
    let moved = b_tangent.minus(&a_tangent.matmul(x));
    let within = q.matmul(&r.solve_triangular(Triangle::Upper, Transpose::Yes, &moved));
    representable(OP, outside(q, &a_tangent.transpose_matmul(multipliers)).plus(&within))
}

/// $\bar A$ and $\bar B$ for the solution of [`value`] and a cotangent of $X$.
///
/// Cost: four products and a triangular solve, $4mnk$ multiply-adds for small $m$.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(
    solution: &LeastNorm<A::Owned>,
    cotangent: &A,
) -> Result<(A::Owned, A::Owned), Error> {
    let LeastNorm { x, multipliers, q, r } = solution;
    has_shape(OP, cotangent, x.shape())?;
    let inside = q.transpose_matmul(cotangent);
    let b_bar = r.solve_triangular(Triangle::Upper, Transpose::No, &inside);
    let rest = cotangent.minus(&q.matmul(&inside));
    let a_bar = multipliers.matmul_transpose(&rest).minus(&b_bar.matmul_transpose(x));
    representable(OP, (a_bar, b_bar))
}
