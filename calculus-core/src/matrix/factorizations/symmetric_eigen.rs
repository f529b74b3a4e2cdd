//! Eigenvalues and eigenvectors of a symmetric matrix: $A = V\,\mathrm{diag}(w)\,V^\top$ with $w$ in
//! ascending order and $V$ orthogonal.
//!
//! With $P = V^\top \mathrm{sym}(\dot A) V$, $K = V^\top \bar V$ and division entry by entry,
//!
//! $$\dot w = \mathrm{diag}\,P, \qquad \dot V = V \frac{P_{ij}}{w_j - w_i}, \qquad
//! \bar A = V\left(\mathrm{diag}(\bar w) + \frac{\mathrm{skew}(K)_{ij}}{w_j - w_i}\right)V^\top.$$
//!
//! Only the lower triangle of $A$ is read, a tangent is symmetrised, and the pullback is the
//! symmetric gradient. The sign of an eigenvector is that of the kernel, and
//! $V^\top\dot V$ is skew.
//!
//! # Equal eigenvalues
//!
//! Eigenvalues are tied where they are at most $4 n \varepsilon \max|w|$ apart. Inside their
//! eigenspace $V$ is arbitrary up to a rotation, and:
//!
//! - A loss whose $\mathrm{skew}(K)$ vanishes between tied eigenvalues has a finite gradient: the
//!   loss does not see the eigenspace, or sees it whole (a projector, $V f(w) V^\top$). Otherwise
//!   the derivative does not exist, [`Error::Degenerate`].
//! - Where the loss does not see the vectors of a group, the entries of $\bar w$ in the group are
//!   averaged, which does not depend on the basis: for $\bar w$ of a largest or smallest eigenvalue
//!   that is the subgradient of least norm.
//! - Where it does, the gradient between tied vectors is not a function of $\bar w$ and $\bar V$: a
//!   sum of a loss in $w$ and one in $V$ can have the cotangents of a third one. It is taken to be
//!   that of a loss in $V f(w) V^\top$, $\rho\,\mathrm{sym}(K)$ with
//!   $\bar w = \rho\,\mathrm{diag}\,K$, and is an error where no $\rho$ fits; where $\bar w = 0$,
//!   $\rho = 0$. Functions of a matrix with $f(w) = 0$ at a tie, or mixed losses, need the rules
//!   for functions of matrices, which do not differentiate eigenvectors.
//! - A tangent that splits tied eigenvalues ($P_{ij} \ne 0$ between them) has no $\dot V$; one that
//!   does not gets the solution of the linearised equations that does not rotate inside the
//!   eigenspace.
//!
//! Close eigenvalues that are not tied lose the digits that the condition of their eigenvectors
//! implies, a factor $\max|w|/|w_j - w_i|$.
//!
//! Source: M. Giles, "An extended collection of matrix derivative results for forward and reverse
//! mode algorithmic differentiation", 2008, section 3.1; for the subgradient A. S. Lewis, "Derivatives
//! of spectral functions", 1996, and "Nonsmooth analysis of eigenvalues", 1999.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::symmetric_eigen;
//! use faer::{Mat, mat};
//!
//! let a: Mat<f64> = mat![[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 2.0]];
//! let (w, v) = symmetric_eigen::value(&a)?;
//! assert_eq!(w, mat![[1.0], [1.0], [2.0]]);
//!
//! // The eigenvector of 2 can be differentiated although 1 is repeated.
//! let none = Mat::zeros(3, 1);
//! let mut v_bar = Mat::zeros(3, 3);
//! v_bar[(0, 2)] = v[(2, 2)];
//! let gradient = symmetric_eigen::pullback(&w, &v, &none, &v_bar)?;
//! assert!((gradient[(0, 2)] - 0.5).abs() < 1e-15);
//!
//! // An eigenvector of 1 cannot.
//! v_bar = Mat::from_fn(3, 3, |_, j| if j == 0 { v[(0, 1)] + v[(1, 1)] } else { 0.0 });
//! let error = symmetric_eigen::pullback(&w, &v, &none, &v_bar).unwrap_err();
//! assert_eq!(
//!     error.to_string(),
//!     "symmetric_eigen: no derivative exists where the values 0 and 1 are 0e0 apart"
//! );
//! # Ok::<(), calculus_core::Error>(())
//! ```

use super::scale::{largest_within_range, unscaled};
use super::ties::{Ties, largest, tolerance};
use crate::Error;
use crate::matrix::check::{finite, has_shape, representable, square};
use crate::matrix::{Matrix, Operations, Transpose};

const OP: &str = "symmetric_eigen";

/// The eigenvalues $w$, a column in ascending order, and the eigenvectors in the columns of $V$.
///
/// Cost: about $9 n^3$ multiply-adds.
///
/// # Errors
/// [`Error::NotSquare`], [`Error::NonFiniteEntry`], [`Error::NoConvergence`].
pub fn value<A: Matrix>(a: &A) -> Result<(A::Owned, A::Owned), Error> {
    factors(OP, a)
}

/// The factors, for all rules that need them.
pub(crate) fn factors<A: Matrix>(op: &'static str, a: &A) -> Result<(A::Owned, A::Owned), Error> {
    square(op, a)?;
    finite(op, a)?;
    let (a, exponent) = largest_within_range(a);
    let (w, v) = A::Owned::symmetric_eigen(op, a.view())?;
    Ok((unscaled(w, exponent), v))
}

/// The groups of equal eigenvalues.
pub(crate) fn ties<M: Operations>(op: &'static str, w: &M) -> Ties {
    Ties::of(op, w, tolerance::<M>(w.rows(), largest(w)))
}

/// $L V^\top$ where it is symmetric, to the last bit.
pub(crate) fn symmetric_product<M: Operations>(left: &M, v: &M) -> M {
    M::matmul_symmetric(left.view(), Transpose::No, v.view(), Transpose::Yes)
}

/// $w$ and $V$ fit together.
pub(crate) fn check<M: Operations>(op: &'static str, w: &M, v: &M) -> Result<usize, Error> {
    let n = square(op, v)?;
    has_shape(op, w, (n, 1))?;
    Ok(n)
}

/// $\dot w$ and $\dot V$ for the factors of [`value`].
///
/// Cost: three products.
///
/// # Errors
/// [`Error::ShapeMismatch`], and [`Error::Degenerate`] for a tangent that splits equal eigenvalues.
pub fn pushforward<A: Matrix>(
    w: &A::Owned,
    v: &A::Owned,
    tangent: &A,
) -> Result<(A::Owned, A::Owned), Error> {
    let n = check(OP, w, v)?;
    has_shape(OP, tangent, (n, n))?;
    let p = v.transpose_matmul(&tangent.symmetric().matmul(v));
    let rotation = ties(OP, w).over_gaps(&p, w, &[&p])?;
    representable(OP, (p.diagonal(), v.matmul(&rotation)))
}

/// $\bar A$, symmetric, for the factors of [`value`].
///
/// Cost: two and a half products.
///
/// # Errors
/// [`Error::ShapeMismatch`], and [`Error::Degenerate`] where the loss tells the eigenvectors of
/// equal eigenvalues apart.
pub fn pullback<A: Matrix>(
    w: &A::Owned,
    v: &A::Owned,
    w_cotangent: &A,
    v_cotangent: &A,
) -> Result<A::Owned, Error> {
    let n = check(OP, w, v)?;
    has_shape(OP, w_cotangent, (n, 1))?;
    has_shape(OP, v_cotangent, (n, n))?;
    let ties = ties(OP, w);
    let k = v.transpose_matmul(v_cotangent);
    let rotation = ties.over_gaps(&k.skew(), w, &[&k])?;
    let values = ties.within(|| k.symmetric(), w, &w_cotangent.copied(), &[&k])?;
    representable(OP, symmetric_product(&v.matmul(&values.plus(&rotation)), v))
}
