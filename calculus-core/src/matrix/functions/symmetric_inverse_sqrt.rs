//! The inverse square root of a symmetric positive definite matrix, $C = A^{-1/2}$.
//!
//! $$\dot C = V\,(f[w_i, w_j] \circ (V^\top \mathrm{sym}(\dot A) V))\,V^\top, \qquad
//! f[a, b] = \frac{-1}{\sqrt a \sqrt b (\sqrt a + \sqrt b)}$$
//!
//! It whitens: $CAC = I$.
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
//! use calculus_core::matrix::symmetric_inverse_sqrt;
//! use faer::mat;
//!
//! let (c, spectrum) = symmetric_inverse_sqrt::value(&mat![[4.0, 0.0], [0.0, 4.0]])?;
//! assert_eq!(c, mat![[0.5, 0.0], [0.0, 0.5]]);
//! let gradient = symmetric_inverse_sqrt::pullback(&spectrum, &mat![[16.0, 0.0], [0.0, 0.0]])?;
//! assert_eq!(gradient, mat![[-1.0, 0.0], [0.0, 0.0]]);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use super::spectral::{InverseSqrt, SymmetricSpectrum};
use super::spectral_function::{named_derivative, named_value};
use crate::Error;
use crate::matrix::Matrix;

const OP: &str = "symmetric_inverse_sqrt";

/// $A^{-1/2}$, an $n \times n$ symmetric positive definite matrix, and the decomposition that derivatives take.
///
/// Cost: the decomposition, about $9 n^3$, and half a product.
///
/// # Errors
/// [`Error::NotSquare`], [`Error::NonFiniteEntry`], [`Error::NoConvergence`];
/// [`Error::NotPositiveDefinite`] with the eigenvalue.
pub fn value<A: Matrix>(a: &A) -> Result<(A::Owned, SymmetricSpectrum<A::Owned>), Error> {
    named_value(OP, &InverseSqrt, a)
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
    named_derivative(OP, &InverseSqrt, spectrum, tangent)
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
    named_derivative(OP, &InverseSqrt, spectrum, cotangent)
}
