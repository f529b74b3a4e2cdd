//! The Moore-Penrose inverse $P = A^+$ of a matrix of any shape and rank.
//!
//! $$\dot P = -P\dot A P + P P^\top \dot A^\top (I - AP) + (I - PA) \dot A^\top P^\top P$$
//! $$\bar A = -P^\top \bar P P^\top + (I - AP) \bar P^\top P P^\top + P^\top P \bar P^\top (I - PA)$$
//!
//! Singular values that are at most a tolerance times the largest one count as 0. The derivative is
//! that along matrices of constant rank: where the rank is full these are all matrices nearby, where
//! it is not, $P$ is unbounded in every direction that raises the rank. The matrix of zeros has the
//! inverse 0, with the derivative 0.
//!
//! Source: G. H. Golub, V. Pereyra, "The differentiation of pseudo-inverses and nonlinear least
//! squares problems whose variables separate", 1973, equation 4.12.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::pseudoinverse;
//! use faer::mat;
//!
//! let a = mat![[2.0_f64, 0.0], [0.0, 0.0], [0.0, 0.0]];
//! let (p, rank) = pseudoinverse::value(&a, None)?;
//! assert_eq!(rank, 1);
//! assert!((p[(0, 0)] - 0.5).abs() < 1e-15);
//! let gradient = pseudoinverse::pullback(&a, &p, &mat![[1.0, 0.0, 0.0], [0.0, 0.0, 0.0]])?;
//! assert!((gradient[(0, 0)] + 0.25).abs() < 1e-15);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use crate::Error;
use crate::matrix::check::{finite, has_shape, representable, same_shape};
use crate::matrix::{Matrix, Operations};

const OP: &str = "pseudoinverse";

/// $A^+$, $n \times m$ for $A$ of $m \times n$, and the rank.
///
/// A singular value $\sigma$ counts as 0 where $\sigma \le t \sigma_1$ for the `tolerance` $t$ in
/// $[0, 1)$; `None` is $\max(m, n)$ times the unit round-off.
///
/// Cost: a singular value decomposition.
///
/// # Errors
/// [`Error::OutsideDomain`] for the tolerance, [`Error::NonFiniteEntry`],
/// [`Error::NoConvergence`]; [`Error::Singular`] with the smallest singular value that is not 0
/// where its reciprocal overflows.
pub fn value<A: Matrix>(a: &A, tolerance: Option<f64>) -> Result<(A::Owned, usize), Error> {
    finite(OP, a)?;
    let (m, n) = a.shape();
    let default = m.max(n) as f64 * <A::Owned as Operations>::EPSILON;
    let tolerance = tolerance.unwrap_or(default);
    if !(0.0..1.0).contains(&tolerance) {
        let (argument, domain) = ("the tolerance", "in [0, 1)");
        return Err(Error::OutsideDomain { op: OP, argument, domain, value: tolerance });
    }
    let (u, s, v) = <A::Owned as Operations>::svd(OP, a.view())?;
    let k = m.min(n);
    let sigma = |i: usize| s.primal(i, 0);
    let rank = (0..k).take_while(|&i| sigma(i) > tolerance * sigma(0)).count();
    let reciprocals = s.block(0..rank, 0..1).powered(-1.0);
    let scaled = v.block(0..n, 0..rank).scaled_columns(&reciprocals);
    let p = scaled.matmul_transpose(&u.block(0..m, 0..rank));
    if !<A::Owned as Operations>::all_finite(p.view()) {
        let index = rank.saturating_sub(1);
        return Err(Error::Singular { op: OP, index, pivot: sigma(index) });
    }
    Ok((p, rank))
}

/// $\dot P$ for the inverse `p` of [`value`].
///
/// Cost: ten products.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(a: &A, p: &A::Owned, tangent: &A) -> Result<A::Owned, Error> {
    let (m, n) = a.shape();
    has_shape(OP, p, (n, m))?;
    same_shape(OP, tangent, a)?;
    let within = p.matmul(tangent).matmul(p);
    // Projected before the products with two inverses, which a third one would take out of range.
    let transposed = tangent.transposed();
    let rows = transposed.minus(&transposed.matmul(a).matmul(p));
    let rows = p.matmul(&p.transpose_matmul(&rows));
    let columns = transposed.minus(&p.matmul(&a.matmul(&transposed)));
    let columns = columns.matmul(&p.transpose_matmul(p));
    representable(OP, rows.plus(&columns).minus(&within))
}

/// $\bar A$ for the inverse `p` of [`value`].
///
/// Cost: ten products.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(a: &A, p: &A::Owned, cotangent: &A) -> Result<A::Owned, Error> {
    let (m, n) = a.shape();
    has_shape(OP, p, (n, m))?;
    has_shape(OP, cotangent, (n, m))?;
    let within = p.transpose_matmul(cotangent).matmul_transpose(p);
    let transposed = cotangent.transposed();
    let rows = transposed.minus(&a.matmul(&p.matmul(&transposed)));
    let rows = rows.matmul(&p.matmul_transpose(p));
    let columns = transposed.minus(&transposed.matmul(p).matmul(a));
    let columns = p.transpose_matmul(&p.matmul(&columns));
    representable(OP, rows.plus(&columns).minus(&within))
}
