//! The polar decomposition $A = QH$ of an $m \times n$ matrix with $m \ge n$: $Q$ with orthonormal
//! columns, $H = (A^\top A)^{1/2}$ symmetric and positive definite.
//!
//! With $M = Q^\top \dot A$ and the solution $W$ of $HW + WH = M - M^\top$,
//!
//! $$\dot Q = QW + (I - QQ^\top)\dot A H^{-1}, \qquad \dot H = M - WH$$
//!
//! and with $K = Q^\top\bar Q - \mathrm{sym}(\bar H)H$ and the solution $Z$ of
//! $HZ + ZH = K - K^\top$,
//!
//! $$\bar A = Q(Z + \mathrm{sym}\,\bar H) + (I - QQ^\top)\bar Q H^{-1}.$$
//!
//! In the basis of the eigenvectors of $H$ the two Sylvester equations divide by $s_i + s_j$, sums of
//! singular values and never their differences: equal singular values do no harm, as at $I$. Where
//! the rank is less than $n$, $Q$ is not unique and nothing is differentiable: [`Error::Singular`].
//!
//! Source: N. J. Higham, "Functions of Matrices", 2008, section 8.1; the derivative from
//! $\dot A = \dot Q H + Q \dot H$ with $Q^\top\dot Q$ skew.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::polar;
//! use faer::{Mat, mat};
//!
//! let polar = polar::value(&Mat::<f64>::identity(2, 2))?;
//! // The entry q_01: the skew part of A.
//! let (q_bar, h_bar) = (mat![[0.0, 1.0], [0.0, 0.0]], Mat::zeros(2, 2));
//! let gradient = polar::pullback(&polar, &q_bar, &h_bar)?;
//! assert!((gradient - mat![[0.0, 0.5], [-0.5, 0.0]]).norm_max() < 1e-15);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use super::svd::{factors, over_sums};
use super::symmetric_eigen::symmetric_product;
use super::ties::{largest, tolerance};
use crate::Error;
use crate::matrix::check::{has_shape, representable};
use crate::matrix::{Matrix, Operations};

const OP: &str = "polar";

/// The factors of $A = QH$, and $H = V\,\mathrm{diag}(s)\,V^\top$.
#[derive(Clone, Debug)]
pub struct Polar<M> {
    /// $Q$, with the shape of $A$.
    pub q: M,
    /// $H$, symmetric, $n \times n$.
    pub h: M,
    /// The singular values of $A$ in descending order, a column.
    pub s: M,
    /// The eigenvectors of $H$.
    pub v: M,
}

impl<M: Operations> Polar<M> {
    /// Factors that fit together and have a derivative: rows and columns.
    fn check(&self) -> Result<(usize, usize), Error> {
        let (m, n) = self.q.shape();
        has_shape(OP, &self.h, (n, n))?;
        has_shape(OP, &self.s, (n, 1))?;
        has_shape(OP, &self.v, (n, n))?;
        let tolerance = tolerance::<M>(m, largest(&self.s));
        match (0..n).find(|&i| self.s.primal(i, 0) <= tolerance) {
            Some(index) => Err(Error::Singular { op: OP, index, pivot: self.s.primal(index, 0) }),
            None => Ok((m, n)),
        }
    }

    /// The solution of $HX + XH = B$ for a skew $B$.
    fn sylvester(&self, b: &M) -> Result<M, Error> {
        let inner = self.v.transpose_matmul(&b.matmul(&self.v));
        let quotient = over_sums(OP, &inner, &self.s, |_| false, &[])?;
        Ok(self.v.matmul(&quotient).matmul_transpose(&self.v))
    }

    /// $X H^{-1}$.
    fn over_h(&self, x: &M) -> M {
        let inner = x.matmul(&self.v);
        let (rows, columns) = inner.shape();
        let values = self.s.transposed().broadcast(rows, columns);
        inner.divided(&values).matmul_transpose(&self.v)
    }
}

/// $Q$ and $H$.
///
/// Cost: a thin singular value decomposition and one and a half products.
///
/// # Errors
/// [`Error::ShapeMismatch`] for $m < n$, [`Error::NonFiniteEntry`], [`Error::NoConvergence`].
pub fn value<A: Matrix>(a: &A) -> Result<Polar<A::Owned>, Error> {
    let (m, n) = a.shape();
    if m < n {
        return Err(Error::ShapeMismatch { op: OP, lhs: (m, n), rhs: (n, n) });
    }
    let svd = factors(OP, a)?;
    let q = svd.u.matmul_transpose(&svd.v);
    let h = symmetric_product(&svd.v.scaled_columns(&svd.s), &svd.v);
    Ok(Polar { q, h, s: svd.s, v: svd.v })
}

/// $\dot Q$ and $\dot H$ for the factors of [`value`].
///
/// Cost: about eight products.
///
/// # Errors
/// [`Error::ShapeMismatch`], and [`Error::Singular`] with the index of the first singular value that
/// is zero.
pub fn pushforward<A: Matrix>(
    polar: &Polar<A::Owned>,
    tangent: &A,
) -> Result<(A::Owned, A::Owned), Error> {
    let (m, n) = polar.check()?;
    has_shape(OP, tangent, (m, n))?;
    let Polar { q, h, .. } = polar;
    let inside = q.transpose_matmul(tangent);
    let w = polar.sylvester(&inside.minus(&inside.transposed()))?;
    let h_tangent = inside.minus(&w.matmul(h)).symmetric();
    let mut q_tangent = q.matmul(&w);
    if m > n {
        q_tangent = q_tangent.plus(&polar.over_h(&tangent.minus(&q.matmul(&inside))));
    }
    representable(OP, (q_tangent, h_tangent))
}

/// $\bar A$ for the factors of [`value`].
///
/// Cost: about eight products.
///
/// # Errors
/// As [`pushforward`].
pub fn pullback<A: Matrix>(
    polar: &Polar<A::Owned>,
    q_cotangent: &A,
    h_cotangent: &A,
) -> Result<A::Owned, Error> {
    let (m, n) = polar.check()?;
    has_shape(OP, q_cotangent, (m, n))?;
    has_shape(OP, h_cotangent, (n, n))?;
    let Polar { q, h, .. } = polar;
    let inside = q.transpose_matmul(q_cotangent);
    let of_h = h_cotangent.symmetric();
    let k = inside.minus(&of_h.matmul(h));
    let z = polar.sylvester(&k.minus(&k.transposed()))?;
    let gradient = q.matmul(&z.plus(&of_h));
    if m == n {
        return Ok(gradient);
    }
    representable(OP, gradient.plus(&polar.over_h(&q_cotangent.minus(&q.matmul(&inside)))))
}
