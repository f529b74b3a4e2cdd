//! The inverse of a symmetric matrix through its eigenvalues, $C = A^{-1}$.
//!
//! $$\dot C = V\,(f[w_i, w_j] \circ (V^\top \mathrm{sym}(\dot A) V))\,V^\top, \qquad
//! f[a, b] = \frac{-1}{ab}$$
//!
//! So $\dot C = -C\,\mathrm{sym}(\dot A)\,C$. It costs more than a factorisation and is for where the
//! decomposition is there anyway.
//!
//! $A$ is $n \times n$ and taken to be symmetric: only its lower triangle is read, tangents and
//! cotangents are symmetrised, the gradient is symmetric. Repeated eigenvalues are
//! regular points, as are nearly repeated ones, at any gap.
//! An eigenvalue 0 is an error.
//!
//! Source: N. J. Higham, *Functions of Matrices*, 2008, theorem 3.11 (Daleckiĭ and Kreĭn 1965).
//!
//! # Examples
//! ```
//! use calculus_core::matrix::symmetric_inverse;
//! use faer::mat;
//!
//! let (c, spectrum) = symmetric_inverse::value(&mat![[2.0, 0.0], [0.0, -4.0]])?;
//! assert_eq!(c, mat![[0.5, 0.0], [0.0, -0.25]]);
//! let gradient = symmetric_inverse::pullback(&spectrum, &mat![[4.0, 8.0], [8.0, 0.0]])?;
//! assert_eq!(gradient, mat![[-1.0, 1.0], [1.0, 0.0]]);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use super::spectral::{Inverse, SymmetricSpectrum};
use super::spectral_function::{named_derivative, named_value};
use crate::Error;
use crate::matrix::Matrix;

const OP: &str = "symmetric_inverse";

/// $A^{-1}$, an $n \times n$ symmetric matrix, and the decomposition that derivatives take.
///
/// Cost: the decomposition, about $9 n^3$, and half a product.
///
/// # Errors
/// [`Error::NotSquare`], [`Error::NonFiniteEntry`], [`Error::NoConvergence`];
/// [`Error::Singular`] with the index of the eigenvalue.
pub fn value<A: Matrix>(a: &A) -> Result<(A::Owned, SymmetricSpectrum<A::Owned>), Error> {
    named_value(OP, &Inverse, a)
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
    named_derivative(OP, &Inverse, spectrum, tangent)
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
    named_derivative(OP, &Inverse, spectrum, cotangent)
}
