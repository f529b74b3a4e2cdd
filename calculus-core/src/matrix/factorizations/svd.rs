//! The thin singular value decomposition $A = U\,\mathrm{diag}(s)\,V^\top$ of an $m \times n$ matrix:
//! $k = \min(m, n)$ columns in $U$ and in $V$, $s$ in descending order.
//!
//! With $P = U^\top \dot A V$, $E = \mathrm{sym}\,P$, $O = \mathrm{skew}\,P$ and division entry by
//! entry,
//!
//! $$\dot s = \mathrm{diag}\,P$$
//! $$\dot U = U\left(\frac{E_{ij}}{s_j - s_i} + \frac{O_{ij}}{s_j + s_i}\right) +
//! (I - UU^\top)\dot A V S^{-1}$$
//! $$\dot V = V\left(\frac{E_{ij}}{s_j - s_i} - \frac{O_{ij}}{s_j + s_i}\right) +
//! (I - VV^\top)\dot A^\top U S^{-1}$$
//!
//! and with $X = \mathrm{skew}(U^\top\bar U)$, $Y = \mathrm{skew}(V^\top\bar V)$,
//!
//! $$\bar A = U\left(\mathrm{diag}\,\bar s + \frac{(X + Y)_{ij}}{s_j - s_i} +
//! \frac{(X - Y)_{ij}}{s_j + s_i}\right)V^\top +
//! (I - UU^\top)\bar U S^{-1} V^\top + U S^{-1} \bar V^\top (I - VV^\top).$$
//!
//! The usual form divides by $s_j^2 - s_i^2$; split like this, only the part over $s_j - s_i$ has to
//! vanish at equal singular values, and the part over $s_j + s_i$ only where both are zero. The signs
//! of the columns of $U$ are those of the kernel.
//!
//! # Equal and zero singular values
//!
//! Singular values are tied where they are at most $4\max(m, n)\,\varepsilon\,s_0$ apart, and zero
//! up to that size. Each term with a numerator that vanishes there contributes nothing; the others
//! have no derivative, which is [`Error::Degenerate`]. Inside a group of tied values the cotangents
//! are read as for [`symmetric_eigen`](crate::matrix::symmetric_eigen): averaged where the loss does
//! not see the vectors of the group; as those of a loss in $U f(S) V^\top$ where it does, so that
//! $U S V^\top$ has its exact gradient at $I$; an error where they fit no such loss.
//!
//! A singular value that is zero has the kink of $|\sigma|$: a loss in $s$ alone gets the subgradient
//! 0 for it. A loss that sees vectors too and has $\bar s_i \ne 0$ there is an error.
//!
//! Source: J. Townsend, "Differentiating the singular value decomposition", 2016; the split is
//! partial fractions.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::svd;
//! use faer::{Mat, mat};
//!
//! // The sum of the entries of U S V' at the identity, where all singular values are equal.
//! let svd = svd::value(&Mat::<f64>::identity(3, 3))?;
//! let ones = Mat::from_fn(3, 3, |_, _| 1.0);
//! let s = svd.s.col(0).as_diagonal();
//! let u_bar = &ones * &svd.v * s;
//! let v_bar = ones.transpose() * &svd.u * s;
//! let p = svd.u.transpose() * &ones * &svd.v;
//! let s_bar = Mat::from_fn(3, 1, |i, _| p[(i, i)]);
//! let gradient = svd::pullback(&svd, &u_bar, &s_bar, &v_bar)?;
//! assert!((gradient - ones).norm_max() < 1e-14);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use super::scale::{largest_within_range, unscaled};
use super::ties::{Ties, largest, rounding, tolerance};
use crate::Error;
use crate::matrix::check::{finite, has_shape, representable};
use crate::matrix::{Matrix, Operations};

const OP: &str = "svd";

/// The factors of $A = U\,\mathrm{diag}(s)\,V^\top$.
#[derive(Clone, Debug)]
pub struct Svd<M> {
    /// The left singular vectors in its columns.
    pub u: M,
    /// The singular values in descending order, a column.
    pub s: M,
    /// The right singular vectors in its columns.
    pub v: M,
}

impl<M: Operations> Svd<M> {
    /// The smallest singular value that counts as positive is above this.
    pub(crate) fn tolerance(&self) -> f64 {
        tolerance::<M>(self.u.rows().max(self.v.rows()), largest(&self.s))
    }
    /// The singular values that count as zero.
    pub(crate) fn zero(&self) -> impl Fn(usize) -> bool {
        let (tolerance, s) = (self.tolerance(), &self.s);
        move |i| s.primal(i, 0) <= tolerance
    }
    /// The groups of equal singular values.
    pub(crate) fn ties(&self, op: &'static str) -> Ties {
        Ties::of(op, &self.s, self.tolerance())
    }
    /// Thin factors that fit together: rows, columns and $k$.
    pub(crate) fn check(&self, op: &'static str) -> Result<(usize, usize, usize), Error> {
        let (m, n) = (self.u.rows(), self.v.rows());
        let k = m.min(n);
        has_shape(op, &self.u, (m, k))?;
        has_shape(op, &self.s, (k, 1))?;
        has_shape(op, &self.v, (n, k))?;
        Ok((m, n, k))
    }
}

/// $U$, $s$ and $V$.
///
/// Cost: about $10 mn\min(m, n)$ multiply-adds.
///
/// # Errors
/// [`Error::NonFiniteEntry`], [`Error::NoConvergence`].
pub fn value<A: Matrix>(a: &A) -> Result<Svd<A::Owned>, Error> {
    factors(OP, a)
}

/// The factors, for all rules that need them.
pub(crate) fn factors<A: Matrix>(op: &'static str, a: &A) -> Result<Svd<A::Owned>, Error> {
    finite(op, a)?;
    let (a, exponent) = largest_within_range(a);
    let (u, s, v) = A::Owned::svd(op, a.view())?;
    Ok(Svd { u, s: unscaled(s, exponent), v })
}

/// $x_{ij} / (s_j + s_i)$, and 0 where both values are zero.
pub(crate) fn over_sums<M: Operations>(
    op: &'static str,
    numerator: &M,
    s: &M,
    zero: impl Fn(usize) -> bool,
    terms: &[&M],
) -> Result<M, Error> {
    let n = s.rows();
    let first = (0..n).find(|&i| zero(i)).unwrap_or(n);
    if first < n {
        let allowed = rounding(terms);
        for (i, j) in (first..n).flat_map(|i| (first..n).map(move |j| (i, j))) {
            if numerator.primal(i, j).abs() > allowed {
                let gap = s.primal(i, 0) + s.primal(j, 0);
                return Err(Error::Degenerate { op, first: i, second: j, gap });
            }
        }
    }
    let both_zero = |i, j| i >= first && j >= first;
    Ok(M::divide_by_pairs(numerator.view(), s.view(), 1.0, both_zero))
}

/// $X S^{-1}$, and 0 in the columns whose singular value is zero.
fn over_values<M: Operations>(
    numerator: &M,
    s: &M,
    zero: impl Fn(usize) -> bool,
    terms: &[&M],
) -> Result<M, Error> {
    let (rows, k) = numerator.shape();
    let first = (0..k).find(|&i| zero(i)).unwrap_or(k);
    if first < k {
        let allowed = rounding(terms);
        for j in first..k {
            if largest(&numerator.block(0..rows, j..j + 1)) > allowed {
                let gap = s.primal(j, 0);
                return Err(Error::Degenerate { op: OP, first: j, second: j, gap });
            }
        }
    }
    let nonzero = M::from_fn(k, 1, |j, _| f64::from(j < first));
    let filler = M::from_fn(k, 1, |j, _| f64::from(j >= first));
    let values = s.hadamard(&nonzero).plus(&filler).transposed().broadcast(rows, k);
    Ok(numerator.scaled_columns(&nonzero).divided(&values))
}

/// $(I - QQ^\top) X$, given $Q^\top X$.
fn outside<M: Operations>(q: &M, x: &impl Matrix<Owned = M>, inside: &M) -> M {
    x.minus(&q.matmul(inside))
}

/// $\dot U$, $\dot s$ and $\dot V$ for the factors of [`value`].
///
/// Cost: about six products of the size of $A$ times a $k \times k$ matrix.
///
/// # Errors
/// [`Error::ShapeMismatch`], and [`Error::Degenerate`] for a tangent that splits equal singular
/// values or moves a zero one.
#[allow(clippy::type_complexity)]
pub fn pushforward<A: Matrix>(
    svd: &Svd<A::Owned>,
    tangent: &A,
) -> Result<(A::Owned, A::Owned, A::Owned), Error> {
    let (m, n, k) = svd.check(OP)?;
    has_shape(OP, tangent, (m, n))?;
    let Svd { u, s, v } = svd;
    let zero = svd.zero();
    let right = tangent.matmul(v);
    let p = u.transpose_matmul(&right);
    let s_tangent = p.diagonal();
    if k > 0 && zero(k - 1) {
        let allowed = rounding(&[&p]);
        if let Some(i) = (0..k).find(|&i| zero(i) && s_tangent.primal(i, 0).abs() > allowed) {
            return Err(Error::Degenerate { op: OP, first: i, second: i, gap: s.primal(i, 0) });
        }
    }
    let over_gaps = svd.ties(OP).over_gaps(&p.symmetric(), s, &[&p])?;
    let over_sums = over_sums(OP, &p.skew(), s, &zero, &[&p])?;
    let mut u_tangent = u.matmul(&over_gaps.plus(&over_sums));
    let mut v_tangent = v.matmul(&over_gaps.minus(&over_sums));
    if m > k {
        let new = over_values(&outside(u, &right, &p), s, &zero, &[&right])?;
        u_tangent = u_tangent.plus(&new);
    }
    if n > k {
        let left = tangent.transpose_matmul(u);
        let new = over_values(&outside(v, &left, &p.transposed()), s, &zero, &[&left])?;
        v_tangent = v_tangent.plus(&new);
    }
    representable(OP, (u_tangent, s_tangent, v_tangent))
}

/// $\bar A$ for the factors of [`value`].
///
/// Cost: about five products of the size of $A$ times a $k \times k$ matrix.
///
/// # Errors
/// [`Error::ShapeMismatch`], and [`Error::Degenerate`] where the loss tells the vectors of equal
/// singular values apart or sees those of a zero one.
pub fn pullback<A: Matrix>(
    svd: &Svd<A::Owned>,
    u_cotangent: &A,
    s_cotangent: &A,
    v_cotangent: &A,
) -> Result<A::Owned, Error> {
    let (m, n, k) = svd.check(OP)?;
    has_shape(OP, u_cotangent, (m, k))?;
    has_shape(OP, s_cotangent, (k, 1))?;
    has_shape(OP, v_cotangent, (n, k))?;
    let Svd { u, s, v } = svd;
    let (zero, ties) = (svd.zero(), svd.ties(OP));
    let (of_u, of_v) = (u.transpose_matmul(u_cotangent), v.transpose_matmul(v_cotangent));
    let (sum, difference) = (of_u.plus(&of_v), of_u.minus(&of_v));
    let over_gaps = ties.over_gaps(&sum.skew(), s, &[&of_u, &of_v])?;
    let over_sums = over_sums(OP, &difference.skew(), s, &zero, &[&of_u, &of_v])?;
    let s_cotangent = without_zeros(svd, s_cotangent, u_cotangent, v_cotangent)?;
    let values = ties.within(|| sum.symmetric(), s, &s_cotangent, &[&of_u, &of_v])?;
    let terms = [(1.0, values.view()), (1.0, over_gaps.view()), (1.0, over_sums.view())];
    let inner = A::Owned::combination(&terms);
    if m >= n {
        let mut left = u.matmul(&inner);
        if m > k {
            let (new, all) = (outside(u, u_cotangent, &of_u), u_cotangent.copied());
            left = left.plus(&over_values(&new, s, &zero, &[&all])?);
        }
        representable(OP, left.matmul_transpose(v))
    } else {
        let (new, all) = (outside(v, v_cotangent, &of_v), v_cotangent.copied());
        let right = v.matmul(&inner.transposed()).plus(&over_values(&new, s, &zero, &[&all])?);
        representable(OP, u.matmul_transpose(&right))
    }
}

/// $\bar s$ with zeros where the singular values are zero.
fn without_zeros<A: Matrix>(
    svd: &Svd<A::Owned>,
    s_cotangent: &A,
    u_cotangent: &A,
    v_cotangent: &A,
) -> Result<A::Owned, Error> {
    let zero = svd.zero();
    let k = svd.s.rows();
    let sees_vectors = || largest(u_cotangent) != 0.0 || largest(v_cotangent) != 0.0;
    let weighted = |i: &usize| zero(*i) && s_cotangent.primal(*i, 0) != 0.0;
    match (0..k).find(weighted) {
        Some(i) if sees_vectors() => {
            return Err(Error::Degenerate { op: OP, first: i, second: i, gap: svd.s.primal(i, 0) });
        }
        _ => {}
    }
    let positive = A::Owned::from_fn(k, 1, |i, _| f64::from(!zero(i)));
    Ok(s_cotangent.hadamard(&positive))
}
