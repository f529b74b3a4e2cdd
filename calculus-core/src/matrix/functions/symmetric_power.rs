//! A power of a symmetric matrix with a constant real exponent, $C = A^p$.
//!
//! $$\dot C = V\,(f[w_i, w_j] \circ (V^\top \mathrm{sym}(\dot A) V))\,V^\top, \qquad
//! f[a, b] = a^p\,\frac{e^{p \ln(b/a)} - 1}{b - a}, \quad f[a, a] = p a^{p - 1}$$
//!
//! For an integer $p$ from $-64$ to 64 eigenvalues may have any sign, and be 0 if $p \ge 0$; else they
//! are positive, or 0 for $p > 0$.
//!
//! $A$ is $n \times n$ and taken to be symmetric: only its lower triangle is read, tangents and
//! cotangents are symmetrised, the gradient is symmetric. Repeated eigenvalues are
//! regular points, as are nearly repeated ones, at any gap.
//! At two eigenvalues 0 the derivative exists for $p \ge 1$ and for $p = 0$. An eigenvalue
//! that is 0 to rounding, $n\varepsilon\lVert A\rVert$, counts as 0 unless $A$ is diagonal.
//!
//! Source: N. J. Higham, *Functions of Matrices*, 2008, theorem 3.11 (Daleckiĭ and Kreĭn 1965).
//!
//! # Examples
//! ```
//! use calculus_core::matrix::symmetric_power;
//! use faer::mat;
//!
//! let (c, spectrum) = symmetric_power::value(&mat![[4.0, 0.0], [0.0, 4.0]], 1.5)?;
//! assert_eq!(c, mat![[8.0, 0.0], [0.0, 8.0]]);
//! let gradient = symmetric_power::pullback(&spectrum, 1.5, &mat![[1.0, 2.0], [2.0, 0.0]])?;
//! assert_eq!(gradient, mat![[3.0, 6.0], [6.0, 0.0]]);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use super::spectral::{Power, SymmetricSpectrum};
use super::spectral_function::{named_derivative, named_value};
use crate::Error;
use crate::matrix::Matrix;

const OP: &str = "symmetric_power";

/// $A^p$, an $n \times n$ symmetric matrix, and the decomposition that derivatives take.
///
/// Cost: the decomposition, about $9 n^3$, and half a product.
///
/// # Errors
/// [`Error::NotSquare`], [`Error::NonFiniteEntry`], [`Error::NoConvergence`];
/// [`Error::NotPositiveDefinite`] with an eigenvalue outside the domain, [`Error::Singular`] with an
/// eigenvalue 0 for a negative integer, [`Error::OutsideDomain`] where it overflows.
pub fn value<A: Matrix>(a: &A, p: f64) -> Result<(A::Owned, SymmetricSpectrum<A::Owned>), Error> {
    named_value(OP, &Power(p), a)
}

/// $\dot C = V\,(f[w_i, w_j] \circ (V^\top \mathrm{sym}(\dot A) V))\,V^\top$.
///
/// Cost: four products.
///
/// # Errors
/// [`Error::ShapeMismatch`];
/// [`Error::Degenerate`] for two eigenvalues 0 and $0 < p < 1$.
pub fn pushforward<A: Matrix>(
    spectrum: &SymmetricSpectrum<A::Owned>,
    p: f64,
    tangent: &A,
) -> Result<A::Owned, Error> {
    named_derivative(OP, &Power(p), spectrum, tangent)
}

/// $\bar A = V\,(f[w_i, w_j] \circ (V^\top \mathrm{sym}(\bar C) V))\,V^\top$.
///
/// Cost: four products.
///
/// # Errors
/// [`Error::ShapeMismatch`];
/// [`Error::Degenerate`] for two eigenvalues 0 and $0 < p < 1$.
pub fn pullback<A: Matrix>(
    spectrum: &SymmetricSpectrum<A::Owned>,
    p: f64,
    cotangent: &A,
) -> Result<A::Owned, Error> {
    named_derivative(OP, &Power(p), spectrum, cotangent)
}
