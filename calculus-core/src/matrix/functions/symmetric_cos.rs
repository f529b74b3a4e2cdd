//! The cosine of a symmetric matrix, $C = \cos A$.
//!
//! $$\dot C = V\,(f[w_i, w_j] \circ (V^\top \mathrm{sym}(\dot A) V))\,V^\top, \qquad
//! f[a, b] = -\sin\tfrac{a + b}{2}\,\frac{\sin h}{h}, \quad h = \tfrac{b - a}{2}$$
//!
//! For the general matrix see [`cosm`](crate::matrix::cosm).
//!
//! $A$ is $n \times n$ and taken to be symmetric: only its lower triangle is read, tangents and
//! cotangents are symmetrised, the gradient is symmetric. Repeated eigenvalues are
//! regular points, as are nearly repeated ones, at any gap.
//!
//! Source: N. J. Higham, *Functions of Matrices*, 2008, theorem 3.11 (Daleckiĭ and Kreĭn 1965).
//!
//! # Examples
//! ```
//! use calculus_core::matrix::symmetric_cos;
//! use faer::mat;
//!
//! let (c, spectrum) = symmetric_cos::value(&mat![[0.0, 0.0], [0.0, 0.0]])?;
//! assert_eq!(c, mat![[1.0, 0.0], [0.0, 1.0]]);
//! let gradient = symmetric_cos::pullback(&spectrum, &mat![[1.0, 2.0], [2.0, 3.0]])?;
//! assert!(gradient.norm_l2() == 0.0);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use super::spectral::{Cos, SymmetricSpectrum};
use super::spectral_function::{named_derivative, named_value};
use crate::Error;
use crate::matrix::Matrix;

const OP: &str = "symmetric_cos";

/// $\cos A$, an $n \times n$ symmetric matrix, and the decomposition that derivatives take.
///
/// Cost: the decomposition, about $9 n^3$, and half a product.
///
/// # Errors
/// [`Error::NotSquare`], [`Error::NonFiniteEntry`], [`Error::NoConvergence`].
pub fn value<A: Matrix>(a: &A) -> Result<(A::Owned, SymmetricSpectrum<A::Owned>), Error> {
    named_value(OP, &Cos, a)
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
    named_derivative(OP, &Cos, spectrum, tangent)
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
    named_derivative(OP, &Cos, spectrum, cotangent)
}
