//! The logarithm of a symmetric positive definite matrix, $C = \ln A$.
//!
//! $$\dot C = V\,(f[w_i, w_j] \circ (V^\top \mathrm{sym}(\dot A) V))\,V^\top, \qquad
//! f[a, b] = \frac{\ln(1 + (b - a)/a)}{b - a}, \quad f[a, a] = \frac1a$$
//!
//! The inverse function of [`symmetric_exp`](crate::matrix::symmetric_exp).
//!
//! $A$ is $n \times n$ and taken to be symmetric: only its lower triangle is read, tangents and
//! cotangents are symmetrised, the gradient is symmetric. Repeated eigenvalues are
//! regular points, as are nearly repeated ones, at any gap.
//! An eigenvalue that is not positive is an error. An eigenvalue
//! that is 0 to rounding, $n\varepsilon\lVert A\rVert$, counts as 0 unless $A$ is diagonal.
//!
//! Source: N. J. Higham, *Functions of Matrices*, 2008, theorem 3.11 (Daleckiĭ and Kreĭn 1965).
//!
//! # Examples
//! ```
//! use calculus_core::matrix::symmetric_log;
//! use faer::mat;
//!
//! let (c, spectrum) = symmetric_log::value(&mat![[1.0, 0.0], [0.0, 1.0]])?;
//! assert_eq!(c, mat![[0.0, 0.0], [0.0, 0.0]]);
//! let gradient = symmetric_log::pullback(&spectrum, &mat![[1.0, 2.0], [2.0, 3.0]])?;
//! assert_eq!(gradient, mat![[1.0, 2.0], [2.0, 3.0]]);
//!
//! let error = symmetric_log::value(&mat![[1.0, 0.0], [0.0, -2.0]]).unwrap_err();
//! assert_eq!(
//!     error.to_string(),
//!     "symmetric_log: the matrix is not positive definite, pivot 0 is -2"
//! );
//! # Ok::<(), calculus_core::Error>(())
//! ```

use super::spectral::{Log, SymmetricSpectrum};
use super::spectral_function::{named_derivative, named_value};
use crate::Error;
use crate::matrix::Matrix;

const OP: &str = "symmetric_log";

/// $\ln A$, an $n \times n$ symmetric matrix, and the decomposition that derivatives take.
///
/// Cost: the decomposition, about $9 n^3$, and half a product.
///
/// # Errors
/// [`Error::NotSquare`], [`Error::NonFiniteEntry`], [`Error::NoConvergence`];
/// [`Error::NotPositiveDefinite`] with the eigenvalue.
pub fn value<A: Matrix>(a: &A) -> Result<(A::Owned, SymmetricSpectrum<A::Owned>), Error> {
    named_value(OP, &Log, a)
}

/// $\dot C = V\,(f[w_i, w_j] \circ (V^\top \mathrm{sym}(\dot A) V))\,V^\top$.
///
/// Cost: four products.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(
    spectrum: &SymmetricSpectrum<A::Owned>,
    tangent: &A,
) -> Result<A::Owned, Error> {
    named_derivative(OP, &Log, spectrum, tangent)
}

/// $\bar A = V\,(f[w_i, w_j] \circ (V^\top \mathrm{sym}(\bar C) V))\,V^\top$.
///
/// Cost: four products.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(
    spectrum: &SymmetricSpectrum<A::Owned>,
    cotangent: &A,
) -> Result<A::Owned, Error> {
    named_derivative(OP, &Log, spectrum, cotangent)
}
