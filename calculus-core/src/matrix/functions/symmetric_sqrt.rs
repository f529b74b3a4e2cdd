//! The square root of a symmetric positive semidefinite matrix, $C = A^{1/2}$.
//!
//! $$\dot C = V\,(f[w_i, w_j] \circ (V^\top \mathrm{sym}(\dot A) V))\,V^\top, \qquad
//! f[a, b] = \frac{1}{\sqrt a + \sqrt b}$$
//!
//! So $\dot C$ solves $C\dot C + \dot C C = \mathrm{sym}(\dot A)$.
//!
//! $A$ is $n \times n$ and taken to be symmetric: only its lower triangle is read, tangents and
//! cotangents are symmetrised, the gradient is symmetric. Repeated eigenvalues are
//! regular points, as are nearly repeated ones, at any gap.
//! A negative eigenvalue is an error. An eigenvalue 0 has a root and, because $f[0, 0]$ is infinite, no
//! derivative. An eigenvalue
//! that is 0 to rounding, $n\varepsilon\lVert A\rVert$, counts as 0 unless $A$ is diagonal.
//!
//! Source: N. J. Higham, *Functions of Matrices*, 2008, theorem 3.11 (Daleckiĭ and Kreĭn 1965).
//!
//! # Examples
//! ```
//! use calculus_core::matrix::symmetric_sqrt;
//! use faer::mat;
//!
//! let (c, spectrum) = symmetric_sqrt::value(&mat![[4.0, 0.0], [0.0, 9.0]])?;
//! assert_eq!(c, mat![[2.0, 0.0], [0.0, 3.0]]);
//! let gradient = symmetric_sqrt::pullback(&spectrum, &mat![[4.0, 5.0], [5.0, 6.0]])?;
//! assert_eq!(gradient, mat![[1.0, 1.0], [1.0, 1.0]]);
//!
//! let (c, spectrum) = symmetric_sqrt::value(&mat![[4.0, 0.0], [0.0, 0.0]])?;
//! assert_eq!(c, mat![[2.0, 0.0], [0.0, 0.0]]);
//! let error = symmetric_sqrt::pullback(&spectrum, &mat![[1.0, 0.0], [0.0, 1.0]]).unwrap_err();
//! assert_eq!(
//!     error.to_string(),
//!     "symmetric_sqrt: no derivative exists where the values 0 and 0 are 0e0 apart"
//! );
//! # Ok::<(), calculus_core::Error>(())
//! ```

use super::spectral::{Sqrt, SymmetricSpectrum};
use super::spectral_function::{named_derivative, named_value};
use crate::Error;
use crate::matrix::Matrix;

const OP: &str = "symmetric_sqrt";

/// $A^{1/2}$, an $n \times n$ symmetric positive semidefinite matrix, and the decomposition that derivatives take.
///
/// Cost: the decomposition, about $9 n^3$, and half a product.
///
/// # Errors
/// [`Error::NotSquare`], [`Error::NonFiniteEntry`], [`Error::NoConvergence`];
/// [`Error::NotPositiveDefinite`] with a negative eigenvalue.
pub fn value<A: Matrix>(a: &A) -> Result<(A::Owned, SymmetricSpectrum<A::Owned>), Error> {
    named_value(OP, &Sqrt, a)
}

/// $\dot C = V\,(f[w_i, w_j] \circ (V^\top \mathrm{sym}(\dot A) V))\,V^\top$.
///
/// Cost: four products.
///
/// # Errors
/// [`Error::ShapeMismatch`];
/// [`Error::Degenerate`] where an eigenvalue is 0.
pub fn pushforward<A: Matrix>(
    spectrum: &SymmetricSpectrum<A::Owned>,
    tangent: &A,
) -> Result<A::Owned, Error> {
    named_derivative(OP, &Sqrt, spectrum, tangent)
}

/// $\bar A = V\,(f[w_i, w_j] \circ (V^\top \mathrm{sym}(\bar C) V))\,V^\top$.
///
/// Cost: four products.
///
/// # Errors
/// [`Error::ShapeMismatch`];
/// [`Error::Degenerate`] where an eigenvalue is 0.
pub fn pullback<A: Matrix>(
    spectrum: &SymmetricSpectrum<A::Owned>,
    cotangent: &A,
) -> Result<A::Owned, Error> {
    named_derivative(OP, &Sqrt, spectrum, cotangent)
}
