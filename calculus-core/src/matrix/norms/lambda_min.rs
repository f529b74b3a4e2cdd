//! The smallest eigenvalue of a symmetric matrix, $y = \lambda_{\min}(A)$.
//!
//! $$\dot y = v^\top \mathrm{sym}(\dot A)\, v, \qquad \bar A = \bar y\,v v^\top$$
//!
//! for its eigenvector $v$ of length 1. Only the lower triangle of $A$ is read, a tangent is
//! symmetrised, and the pullback is the symmetric gradient. Where the eigenvalue is repeated $r$
//! times, the function has a kink: the element of least norm of its Clarke
//! subdifferential is the average
//! $\frac1r\sum v_i v_i^\top$, which does not depend on the basis.
//!
//! Source: A. S. Lewis, "Nonsmooth analysis of eigenvalues", 1999.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::lambda_min;
//! use faer::mat;
//!
//! let (y, w, v) = lambda_min::value(&mat![[2.0, 1.0], [1.0, 2.0]])?;
//! assert!((y - 1.0_f64).abs() < 1e-14);
//! let gradient = lambda_min::pullback(&w, &v, 1.0)?;
//! assert!((gradient - mat![[0.5, -0.5], [-0.5, 0.5]]).norm_max() < 1e-15);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use super::of_values::ScalarOf;
use crate::Error;
use crate::matrix::factorizations::symmetric_eigen::factors;
use crate::matrix::factorizations::symmetric_eigenvalues;
use crate::matrix::{Matrix, Operations};

const OP: &str = "lambda_min";

/// $y$, with the eigenvalues in ascending order and the eigenvectors, which the derivatives take.
///
/// Cost: about $9 n^3$ multiply-adds.
///
/// # Errors
/// [`Error::NotSquare`], [`Error::NonFiniteEntry`], [`Error::NoConvergence`], and
/// [`Error::ShapeMismatch`] for a matrix without entries.
pub fn value<A: Matrix>(a: &A) -> Result<(ScalarOf<A::Owned>, A::Owned, A::Owned), Error> {
    let (w, v) = factors(OP, a)?;
    match w.rows() {
        0 => Err(Error::ShapeMismatch { op: OP, lhs: (0, 0), rhs: (1, 1) }),
        _ => Ok((w.entry(0, 0), w, v)),
    }
}

/// $\nabla_w y$.
fn gradient<M: Operations>(w: &M) -> M {
    M::from_fn(w.rows(), 1, |i, _| f64::from(i == 0))
}

/// $\dot y$ for the factors of [`value`].
///
/// Cost: a product.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(
    w: &A::Owned,
    v: &A::Owned,
    tangent: &A,
) -> Result<ScalarOf<A::Owned>, Error> {
    Ok(gradient(w).inner(&symmetric_eigenvalues::pushforward(w, v, tangent)?))
}

/// $\bar A$, symmetric, for the factors of [`value`].
///
/// Cost: half a product.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<M: Operations>(w: &M, v: &M, cotangent: M::Scalar) -> Result<M, Error> {
    symmetric_eigenvalues::pullback(w, v, &gradient(w).times_scalar(&cotangent))
}
