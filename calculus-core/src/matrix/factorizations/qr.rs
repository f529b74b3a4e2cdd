//! The thin factorisation $A = QR$ of an $m \times n$ matrix: $Q$ with $k = \min(m, n)$ orthonormal
//! columns, $R$ upper triangular (trapezoidal where $m < n$) with a diagonal that is not negative.
//!
//! For $m \ge n$, with $M = Q^\top \dot A R^{-1}$ and $W$ the skew matrix with the strictly lower
//! triangle of $M$,
//!
//! $$\dot Q = \dot A R^{-1} - Q(M - W), \qquad \dot R = (M - W) R$$
//!
//! and with $N = R\bar R^\top - \bar Q^\top Q$, of which the lower triangle is copied to the upper
//! one,
//!
//! $$\bar A = (\bar Q + Q\,\mathrm{copyltu}(N)) R^{-\top}.$$
//!
//! For $m < n$ the first $m$ columns are factored and $R = (R_1, Q^\top A_2)$: the second part adds
//! $A_2 \bar R_2^\top$ to $\bar Q$ and has the gradient $Q\bar R_2$. Of $\bar R$ only the upper
//! triangle matters, because the rest of $R$ is constant.
//!
//! A zero on the diagonal of $R$ means that the column depends on those before it: the direction of
//! its column of $Q$ has no derivative, [`Error::Singular`] with the index. An entry counts as zero
//! up to $4\max(m, n)\,\varepsilon$ of the largest one of $R$.
//!
//! Source: S. F. Walter and L. Lehmann, "Algorithmic differentiation of linear algebra functions with
//! application in optimum experimental design", 2010; M. Seeger et al., "Auto-differentiating linear
//! algebra", 2017, section 4.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::qr;
//! use faer::{Mat, mat};
//!
//! let (q, r) = qr::value(&mat![[3.0], [4.0]])?;
//! assert!((&q - mat![[0.6], [0.8]]).norm_max() < 1e-15);
//! assert!((&r - mat![[5.0]]).norm_max() < 1e-15);
//! // r is the length of the column, so its gradient is the direction.
//! let gradient = qr::pullback(&q, &r, &Mat::zeros(2, 1), &mat![[1.0]])?;
//! assert!((gradient - q).norm_max() < 1e-15);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use super::ties::{largest, tolerance};
use crate::Error;
use crate::matrix::check::{finite, has_shape, representable};
use crate::matrix::{Matrix, Operations, Part, Transpose, Triangle};

const OP: &str = "qr";

/// $Q$ ($m \times k$) and $R$ ($k \times n$).
///
/// Cost: $2mn^2$ multiply-adds for $m \ge n$.
///
/// # Errors
/// [`Error::NonFiniteEntry`].
pub fn value<A: Matrix>(a: &A) -> Result<(A::Owned, A::Owned), Error> {
    finite(OP, a)?;
    Ok(A::Owned::qr(a.view()))
}

/// Factors that fit together and have a derivative: rows, columns and $k$.
fn check<M: Operations>(q: &M, r: &M) -> Result<(usize, usize, usize), Error> {
    let (m, n) = (q.rows(), r.columns());
    let k = m.min(n);
    has_shape(OP, q, (m, k))?;
    has_shape(OP, r, (k, n))?;
    let tolerance = tolerance::<M>(m.max(n), largest(r));
    match (0..k).find(|&i| r.primal(i, i) <= tolerance) {
        Some(index) => Err(Error::Singular { op: OP, index, pivot: r.primal(index, index) }),
        None => Ok((m, n, k)),
    }
}

/// $\dot Q$ and $\dot R$ for the factors of [`value`].
///
/// Cost: a triangular solve and three products.
///
/// # Errors
/// [`Error::ShapeMismatch`], [`Error::Singular`] with the index of a zero on the diagonal of $R$.
pub fn pushforward<A: Matrix>(
    q: &A::Owned,
    r: &A::Owned,
    tangent: &A,
) -> Result<(A::Owned, A::Owned), Error> {
    let (m, n, k) = check(q, r)?;
    has_shape(OP, tangent, (m, n))?;
    if m >= n {
        return Ok(leading_pushforward(q, r, tangent));
    }
    let (first, second) = (r.block(0..k, 0..k), r.block(0..k, k..n));
    let (tangent, rest) = (tangent.block(0..m, 0..k), tangent.block(0..m, k..n));
    let (q_tangent, first_tangent) = leading_pushforward(q, &first, &tangent);
    // A_2 = Q R_2.
    let rotated = q_tangent.transpose_matmul(q).matmul(&second);
    let second_tangent = rotated.plus(&q.transpose_matmul(&rest));
    let r_tangent = first_tangent.embedded(k, n, 0, 0).plus(&second_tangent.embedded(k, n, 0, k));
    representable(OP, (q_tangent, r_tangent))
}

/// The case $m \ge n$.
fn leading_pushforward<A: Matrix>(q: &A::Owned, r: &A::Owned, tangent: &A) -> (A::Owned, A::Owned) {
    let scaled = tangent.solve_triangular_right(r, Triangle::Upper, Transpose::No);
    let m = q.transpose_matmul(&scaled);
    let lower = m.part(Part::StrictlyLower);
    let w = lower.minus(&lower.transposed());
    let upper = m.minus(&w);
    (scaled.minus(&q.matmul(&upper)), upper.matmul(r))
}

/// $\bar A$ for the factors of [`value`].
///
/// Cost: a triangular solve and two and a half products.
///
/// # Errors
/// As [`pushforward`].
pub fn pullback<A: Matrix>(
    q: &A::Owned,
    r: &A::Owned,
    q_cotangent: &A,
    r_cotangent: &A,
) -> Result<A::Owned, Error> {
    let (m, n, k) = check(q, r)?;
    has_shape(OP, q_cotangent, (m, k))?;
    has_shape(OP, r_cotangent, (k, n))?;
    if m >= n {
        return Ok(leading_pullback(q, r, q_cotangent, r_cotangent));
    }
    let (first, second) = (r.block(0..k, 0..k), r.block(0..k, k..n));
    let (of_first, of_second) = (r_cotangent.block(0..k, 0..k), r_cotangent.block(0..k, k..n));
    // A_2 = Q R_2.
    let rotation = q.matmul(&second.matmul_transpose(&of_second));
    let left = leading_pullback(q, &first, &q_cotangent.plus(&rotation), &of_first);
    let right = q.matmul(&of_second);
    representable(OP, left.embedded(m, n, 0, 0).plus(&right.embedded(m, n, 0, k)))
}

/// The case $m \ge n$.
fn leading_pullback<A: Matrix>(
    q: &A::Owned,
    r: &A::Owned,
    q_cotangent: &A,
    r_cotangent: &A,
) -> A::Owned {
    let (no, yes) = (Transpose::No, Transpose::Yes);
    let upper = r_cotangent.part(Part::Upper);
    // copyltu is linear.
    let copied_product = <A::Owned as Operations>::matmul_symmetric;
    let of_r = copied_product(r.view(), no, upper.view(), yes);
    let copied = of_r.minus(&copied_product(q_cotangent.view(), yes, q.view(), no));
    let sum = q_cotangent.copied().add_matmul(1.0, q.view(), no, copied.view(), no);
    sum.solve_triangular_right(r, Triangle::Upper, yes)
}
