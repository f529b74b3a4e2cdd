//! Scaled dot-product attention, $O = P W$ with $P = \mathrm{softmax}(QK^\top/\sqrt d)$ of each row:
//! queries $Q$ ($m \times d$), keys $K$ ($n \times d$), values $W$ ($n \times e$).
//!
//! $$\dot S = (\dot Q K^\top + Q \dot K^\top)/\sqrt d, \quad
//! \dot P = P \circ (\dot S - \langle P, \dot S\rangle), \quad \dot O = \dot P W + P \dot W$$
//! $$\bar W = P^\top \bar O, \quad \bar P = \bar O W^\top, \quad
//! \bar S = P \circ (\bar P - \langle P, \bar P\rangle)/\sqrt d, \quad
//! \bar Q = \bar S K, \quad \bar K = \bar S^\top Q$$
//!
//! with the inner products of each row. All inputs are finite.
//!
//! Source: A. Vaswani et al., "Attention is all you need", 2017, equation 1.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::attention;
//! use faer::mat;
//!
//! let (q, k, w) = (mat![[0.0]], mat![[1.0], [2.0]], mat![[3.0], [5.0]]);
//! let (o, p) = attention::value(&q, &k, &w)?;
//! assert_eq!((&o, &p), (&mat![[4.0]], &mat![[0.5, 0.5]]));
//! let (q_bar, _, w_bar) = attention::pullback(&q, &k, &w, &p, &mat![[1.0]])?;
//! assert_eq!((q_bar, w_bar), (mat![[0.5]], mat![[0.5], [0.5]]));
//! # Ok::<(), calculus_core::Error>(())
//! ```

use super::softmax;
use crate::Error;
use crate::matrix::Matrix;
use crate::matrix::check::{finite, has_shape, same_shape};

const OP: &str = "attention";

/// $1/\sqrt d$.
fn scale<A: Matrix>(q: &A) -> f64 {
    1.0 / (q.columns().max(1) as f64).sqrt()
}

fn check_shapes<A: Matrix>(q: &A, k: &A, w: &A) -> Result<(), Error> {
    has_shape(OP, k, (k.rows(), q.columns()))?;
    has_shape(OP, w, (k.rows(), w.columns()))?;
    // No keys: the softmax of nothing.
    if k.rows() == 0 { has_shape(OP, q, (0, q.columns())) } else { Ok(()) }
}

/// $O$ ($m \times e$) and $P$ ($m \times n$), which the derivatives take.
///
/// Cost: $mn(d + e)$ multiply-adds.
///
/// # Errors
/// [`Error::ShapeMismatch`], also for queries without any key; [`Error::NonFiniteEntry`].
pub fn value<A: Matrix>(q: &A, k: &A, w: &A) -> Result<(A::Owned, A::Owned), Error> {
    check_shapes(q, k, w)?;
    finite(OP, q)?;
    finite(OP, k)?;
    finite(OP, w)?;
    // The softmax works on columns.
    let scores = k.matmul_transpose(q).scaled(scale(q));
    let p = softmax::value(&scores)?.transposed();
    Ok((p.matmul(w), p))
}

/// The derivative of the softmax of each row, $P \circ (X - \langle P, X\rangle)$.
fn through_softmax<M: Matrix>(p: &M::Owned, x: &M) -> M::Owned {
    let along = p.hadamard(x).row_sums().broadcast(p.rows(), p.columns());
    p.hadamard(&x.minus(&along))
}

/// $\dot O = \dot P W + P \dot W$ for the `p` of [`value`]; the tangents are those of $Q$, $K$, $W$.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(
    q: &A,
    k: &A,
    w: &A,
    p: &A::Owned,
    tangents: (&A, &A, &A),
) -> Result<A::Owned, Error> {
    check_shapes(q, k, w)?;
    has_shape(OP, p, (q.rows(), k.rows()))?;
    let (q_tangent, k_tangent, w_tangent) = tangents;
    same_shape(OP, q_tangent, q)?;
    same_shape(OP, k_tangent, k)?;
    same_shape(OP, w_tangent, w)?;
    let scores = q_tangent.matmul_transpose(k).plus(&q.matmul_transpose(k_tangent));
    let p_tangent = through_softmax(p, &scores.scaled(scale(q)));
    Ok(p_tangent.matmul(w).plus(&p.matmul(w_tangent)))
}

/// $\bar Q$, $\bar K$ and $\bar W$ for the `p` of [`value`].
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(
    q: &A,
    k: &A,
    w: &A,
    p: &A::Owned,
    cotangent: &A,
) -> Result<(A::Owned, A::Owned, A::Owned), Error> {
    check_shapes(q, k, w)?;
    has_shape(OP, p, (q.rows(), k.rows()))?;
    has_shape(OP, cotangent, (q.rows(), w.columns()))?;
    let w_bar = p.transpose_matmul(cotangent);
    let s_bar = through_softmax(p, &cotangent.matmul_transpose(w)).scaled(scale(q));
    Ok((s_bar.matmul(k), s_bar.transpose_matmul(q), w_bar))
}
