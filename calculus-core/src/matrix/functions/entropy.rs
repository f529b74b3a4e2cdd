//! The entropy of a symmetric positive semidefinite matrix, $y = \mathrm{tr}(A \ln A) = \sum_i w_i \ln
//! w_i$ with $0 \ln 0 = 0$: von Neumann's is $-y$ for a density matrix, of trace 1.
//!
//! $$\dot y = \langle \ln A + I, \mathrm{sym}(\dot A)\rangle, \qquad \bar A = \bar y\,(\ln A + I)$$
//!
//! $A$ is $n \times n$ and taken to be symmetric: only its lower triangle is read, tangents are
//! symmetrised, the gradient is symmetric. At an eigenvalue 0 there is a value and no derivative. An
//! eigenvalue that is 0 to rounding, $n\varepsilon\lVert A\rVert$, counts as 0 unless $A$ is diagonal.
//!
//! Source: M. A. Nielsen, I. L. Chuang, *Quantum Computation and Quantum Information*, 2000, section
//! 11.3; A. S. Lewis, "Derivatives of spectral functions", 1996.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::entropy;
//! use faer::mat;
//!
//! // A pure state has no entropy, and one that is mixed evenly has ln 2.
//! assert_eq!(entropy::value(&mat![[1.0, 0.0], [0.0, 0.0]])?, 0.0);
//! let (y, gradient) = entropy::value_and_gradient(&mat![[0.5, 0.0], [0.0, 0.5]])?;
//! assert_eq!(y, -2.0_f64.ln());
//! assert_eq!(gradient[(0, 0)], 1.0 - 2.0_f64.ln());
//! assert!(entropy::value_and_gradient(&mat![[1.0, 0.0], [0.0, 0.0]]).is_err());
//! # Ok::<(), calculus_core::Error>(())
//! ```

use super::spectral::Entropy;
use super::trace_function;
use crate::Error;
use crate::matrix::check::has_shape;
use crate::matrix::{Matrix, Operations};

const OP: &str = "entropy";

/// $\mathrm{tr}(A \ln A)$.
///
/// Cost: the eigenvalues, about $4n^3/3$.
///
/// # Errors
/// [`Error::NotSquare`], [`Error::NonFiniteEntry`], [`Error::NoConvergence`];
/// [`Error::NotPositiveDefinite`] with a negative eigenvalue.
pub fn value<A: Matrix>(a: &A) -> Result<<A::Owned as Operations>::Scalar, Error> {
    trace_function::named_value(OP, &Entropy, a)
}

/// $\mathrm{tr}(A \ln A)$ and $\ln A + I$, an $n \times n$ symmetric matrix that derivatives take.
///
/// Cost: the decomposition, about $9n^3$, and half a product.
///
/// # Errors
/// As [`value`], and [`Error::Degenerate`] with an eigenvalue 0.
pub fn value_and_gradient<A: Matrix>(
    a: &A,
) -> Result<(<A::Owned as Operations>::Scalar, A::Owned), Error> {
    trace_function::named_value_and_gradient(OP, &Entropy, a)
}

/// $\dot y = \langle \ln A + I, \mathrm{sym}(\dot A)\rangle$ with the gradient of
/// [`value_and_gradient`].
///
/// Cost: $n^2$.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(
    gradient: &A::Owned,
    tangent: &A,
) -> Result<<A::Owned as Operations>::Scalar, Error> {
    has_shape(OP, tangent, gradient.shape())?;
    trace_function::pushforward(gradient, tangent)
}

/// $\bar A = \bar y\,(\ln A + I)$ with the gradient of [`value_and_gradient`].
///
/// Cost: $n^2$.
///
/// # Errors
/// None: every number is a cotangent.
pub fn pullback<A: Matrix>(
    gradient: &A::Owned,
    cotangent: &<A::Owned as Operations>::Scalar,
) -> Result<A::Owned, Error> {
    trace_function::pullback::<A>(gradient, cotangent)
}
