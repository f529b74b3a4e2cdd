//! The eigenvalues of a symmetric matrix, in ascending order.
//!
//! $$\dot w = \mathrm{diag}(V^\top \mathrm{sym}(\dot A) V), \qquad
//! \bar A = V\,\mathrm{diag}(\bar w)\,V^\top$$
//!
//! Only the lower triangle of $A$ is read, a tangent is symmetrised, and the pullback is the
//! symmetric gradient. It needs no gaps, so it is finite at equal eigenvalues and accurate near
//! them. Where eigenvalues are tied (as for
//! [`symmetric_eigen`](crate::matrix::symmetric_eigen)), the entries of $\bar w$ in the group are
//! averaged: exact for functions that are symmetric in the eigenvalues (a trace, a sum of squares),
//! and the element of least norm of the Clarke subdifferential for the others (a largest
//! eigenvalue), which does not depend on the basis. A pushforward is the adjoint of that.
//!
//! Source: A. S. Lewis, "Derivatives of spectral functions", 1996; "Nonsmooth analysis
//! of eigenvalues", 1999.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::symmetric_eigenvalues;
//! use faer::mat;
//!
//! let (w, v) = symmetric_eigenvalues::value(&mat![[1.0, 0.0], [0.0, 1.0]])?;
//! // The larger of two equal eigenvalues.
//! let gradient = symmetric_eigenvalues::pullback(&w, &v, &mat![[0.0], [1.0]])?;
//! assert_eq!(gradient, mat![[0.5, 0.0], [0.0, 0.5]]);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use super::symmetric_eigen::{check, factors, symmetric_product, ties};
use crate::Error;
use crate::matrix::Matrix;
use crate::matrix::check::has_shape;

const OP: &str = "symmetric_eigenvalues";

/// The eigenvalues $w$, a column in ascending order, and the eigenvectors, which the derivatives
/// take.
///
/// Cost: about $9 n^3$ multiply-adds.
///
/// # Errors
/// [`Error::NotSquare`], [`Error::NonFiniteEntry`], [`Error::NoConvergence`].
pub fn value<A: Matrix>(a: &A) -> Result<(A::Owned, A::Owned), Error> {
    factors(OP, a)
}

/// $\dot w$ for the factors of [`value`].
///
/// Cost: one product.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(w: &A::Owned, v: &A::Owned, tangent: &A) -> Result<A::Owned, Error> {
    let n = check(OP, w, v)?;
    has_shape(OP, tangent, (n, n))?;
    let diagonal = v.hadamard(&tangent.matmul(v)).column_sums().transposed();
    Ok(ties(OP, w).average(&diagonal))
}

/// $\bar A$, symmetric, for the factors of [`value`].
///
/// Cost: half a product.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(w: &A::Owned, v: &A::Owned, cotangent: &A) -> Result<A::Owned, Error> {
    let n = check(OP, w, v)?;
    has_shape(OP, cotangent, (n, 1))?;
    let weights = ties(OP, w).average(&cotangent.copied());
    Ok(symmetric_product(&v.scaled_columns(&weights), v))
}
