//! The full singular value decomposition: $A = U \Sigma V^\top$ of an $m \times n$ matrix with $U$
//! of $m$ and $V$ of $n$ orthonormal columns, and $k = \min(m, n)$ singular values.
//!
//! The thin factors $U_1$, $V_1$ are those of [`svd`](crate::matrix::svd), the other columns $U_0$
//! span the null space of $A^\top$ (or $V_0$ that of $A$). $A$ determines the space, not its basis:
//! a tangent rotates $U_0$ only as much as the thin part makes it,
//!
//! $$\dot U_0 = -U_1 \dot U_1^\top U_0,$$
//!
//! and a loss has a gradient where it does not change under a rotation of $U_0$ by itself, which is
//! where $\mathrm{skew}(U_0^\top \bar U_0) = 0$: a loss in $s$ and the thin parts, a projector
//! $U_0 U_0^\top$. It is that of the thin decomposition with
//!
//! $$\bar U_1 - U_0 \bar U_0^\top U_1$$
//!
//! for $\bar U_1$, and alike for $V$. Any other loss is [`Error::Degenerate`], with the indices of
//! two columns.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::svd_full;
//! use faer::{Mat, mat};
//!
//! let a = mat![[2.0], [0.0], [0.0]];
//! let svd = svd_full::value(&a)?;
//! assert_eq!((svd.u.ncols(), svd.s[(0, 0)], svd.v.ncols()), (3, 2.0, 1));
//! // The projector onto the null space, of which one entry is the loss.
//! let null = svd.u.get(.., 1..);
//! let mut u_bar = Mat::zeros(3, 3);
//! for j in 1..3 {
//!     u_bar[(0, j)] = svd.u[(1, j)];
//!     u_bar[(1, j)] = svd.u[(0, j)];
//! }
//! let (s_bar, v_bar) = (Mat::zeros(1, 1), Mat::zeros(1, 1));
//! let gradient = svd_full::pullback(&svd, &u_bar, &s_bar, &v_bar)?;
//! // (U0 U0')_01 = -a_0 a_1 / |a|^2.
//! assert!((gradient - mat![[0.0], [-0.5], [0.0]]).norm_max() < 1e-15);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use super::svd::{self, Svd, factors};
use super::ties::rounding;
use crate::Error;
use crate::matrix::check::{has_shape, representable};
use crate::matrix::{Matrix, Operations};

const OP: &str = "svd_full";

/// $U$ ($m \times m$), $s$ ($k \times 1$) and $V$ ($n \times n$).
///
/// Cost: that of the thin decomposition and a factorisation $QR$ of the larger of $U$ and $V$.
///
/// # Errors
/// [`Error::NonFiniteEntry`], [`Error::NoConvergence`].
pub fn value<A: Matrix>(a: &A) -> Result<Svd<A::Owned>, Error> {
    let thin = factors(OP, a)?;
    Ok(Svd { u: completed(&thin.u), s: thin.s, v: completed(&thin.v) })
}

/// Orthonormal columns completed to a basis.
fn completed<M: Operations>(q: &M) -> M {
    let (n, k) = q.shape();
    if n == k {
        return q.clone();
    }
    // The reflections that map the columns of Q to those of I, applied to I.
    let (basis, _) = M::qr(q.embedded(n, n, 0, 0).view());
    let new = basis.block(0..n, k..n);
    q.embedded(n, n, 0, 0).plus(&new.embedded(n, n, 0, k))
}

/// The thin part of full factors, and whether they fit together.
fn thin<M: Operations>(full: &Svd<M>) -> Result<Svd<M>, Error> {
    let (m, n) = (full.u.rows(), full.v.rows());
    let k = m.min(n);
    has_shape(OP, &full.u, (m, m))?;
    has_shape(OP, &full.s, (k, 1))?;
    has_shape(OP, &full.v, (n, n))?;
    let (u, v) = (full.u.block(0..m, 0..k), full.v.block(0..n, 0..k));
    Ok(Svd { u, s: full.s.clone(), v })
}

/// $(Q_1, Q_0)$ from the columns of $Q$.
fn split<A: Matrix>(q: &A, k: usize) -> (A::Owned, A::Owned) {
    let n = q.rows();
    (q.block(0..n, 0..k), q.block(0..n, k..n))
}

/// $\dot U$, $\dot s$ and $\dot V$ for the factors of [`value`].
///
/// Cost: that of the thin one and two products.
///
/// # Errors
/// As for [`svd::pushforward`].
#[allow(clippy::type_complexity)]
pub fn pushforward<A: Matrix>(
    full: &Svd<A::Owned>,
    tangent: &A,
) -> Result<(A::Owned, A::Owned, A::Owned), Error> {
    let (u, s, v) = svd::pushforward(&thin(full)?, tangent)?;
    representable(OP, (completed_tangent(&full.u, &u), s, completed_tangent(&full.v, &v)))
}

/// $(\dot Q_1, -Q_1 \dot Q_1^\top Q_0)$.
fn completed_tangent<M: Operations>(q: &M, tangent: &M) -> M {
    let (n, k) = tangent.shape();
    let (first, null) = split(q, k);
    let new = first.matmul(&tangent.transpose_matmul(&null)).negated();
    tangent.embedded(n, n, 0, 0).plus(&new.embedded(n, n, 0, k))
}

/// $\bar A$ for the factors of [`value`].
///
/// Cost: that of the thin one and two products.
///
/// # Errors
/// As for [`svd::pullback`], and [`Error::Degenerate`] where the loss depends on the basis of the
/// null space.
pub fn pullback<A: Matrix>(
    full: &Svd<A::Owned>,
    u_cotangent: &A,
    s_cotangent: &A,
    v_cotangent: &A,
) -> Result<A::Owned, Error> {
    let factors = thin(full)?;
    has_shape(OP, u_cotangent, full.u.shape())?;
    has_shape(OP, v_cotangent, full.v.shape())?;
    let k = factors.s.rows();
    let u = thin_cotangent(&full.u, u_cotangent, k)?;
    let v = thin_cotangent(&full.v, v_cotangent, k)?;
    representable(OP, svd::pullback(&factors, &u, &s_cotangent.copied(), &v)?)
}

/// $\bar Q_1 - Q_0 \bar Q_0^\top Q_1$.
fn thin_cotangent<A: Matrix>(q: &A::Owned, cotangent: &A, k: usize) -> Result<A::Owned, Error> {
    let (first, null) = split(q, k);
    let (of_first, of_null) = split(cotangent, k);
    if null.columns() == 0 {
        return Ok(of_first);
    }
    let rotation = null.transpose_matmul(&of_null).skew();
    let allowed = rounding(&[&of_null]);
    for (i, j) in (0..null.columns()).flat_map(|i| (0..i).map(move |j| (i, j))) {
        if rotation.primal(i, j).abs() > allowed {
            return Err(Error::Degenerate { op: OP, first: k + j, second: k + i, gap: 0.0 });
        }
    }
    Ok(of_first.minus(&null.matmul(&of_null.transpose_matmul(&first))))
}
