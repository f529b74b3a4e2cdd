//! The sine of a symmetric matrix, $C = \sin A$.
//!
//! $$\dot C = V\,(f[w_i, w_j] \circ (V^\top \mathrm{sym}(\dot A) V))\,V^\top, \qquad
//! f[a, b] = \cos\tfrac{a + b}{2}\,\frac{\sin h}{h}, \quad h = \tfrac{b - a}{2}$$
//!
//! For the general matrix see [`sinm`](crate::matrix::sinm).
//!
//! $A$ is $n \times n$ and taken to be symmetric: only its lower triangle is read, tangents and
//! cotangents are symmetrised, the gradient is symmetric. Repeated eigenvalues are
//! regular points, as are nearly repeated ones, at any gap.
//!
//! Source: N. J. Higham, *Functions of Matrices*, 2008, theorem 3.11 (Daleckiĭ and Kreĭn 1965).
//!
//! # Examples
//! ```
//! use calculus_core::matrix::symmetric_sin;
//! use faer::mat;
//!
//! let (c, spectrum) = symmetric_sin::value(&mat![[0.0, 0.0], [0.0, 0.0]])?;
//! assert_eq!(c, mat![[0.0, 0.0], [0.0, 0.0]]);
//! let gradient = symmetric_sin::pullback(&spectrum, &mat![[1.0, 2.0], [2.0, 3.0]])?;
//! assert_eq!(gradient, mat![[1.0, 2.0], [2.0, 3.0]]);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use super::spectral::{Sin, SymmetricSpectrum};
use super::spectral_function::{named_derivative, named_value};
use crate::Error;
use crate::matrix::Matrix;

const OP: &str = "symmetric_sin";

/// $\sin A$, an $n \times n$ symmetric matrix, and the decomposition that derivatives take.
///
/// Cost: the decomposition, about $9 n^3$, and half a product.
///
/// # Errors
/// [`Error::NotSquare`], [`Error::NonFiniteEntry`], [`Error::NoConvergence`].
pub fn value<A: Matrix>(a: &A) -> Result<(A::Owned, SymmetricSpectrum<A::Owned>), Error> {
    named_value(OP, &Sin, a)
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
    named_derivative(OP, &Sin, spectrum, tangent)
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
    named_derivative(OP, &Sin, spectrum, cotangent)
}
