//! The sine of a square matrix, $C = \sin A$.
//!
//! $$\exp \begin{pmatrix} 0 & A \\ -A & 0 \end{pmatrix} =
//! \begin{pmatrix} \cos A & \sin A \\ -\sin A & \cos A \end{pmatrix}, \qquad
//! \bar A = L(A, \bar C^\top)^\top$$
//!
//! and the pushforward $L(A, \dot A)$ is that block of the derivative of the exponential, see
//! [`expm`](crate::matrix::expm). $A$ is $n \times n$ and need not be symmetric; where it is,
//! [`symmetric_sin`](crate::matrix::symmetric_sin) is faster and more accurate. There are no degenerate
//! points. A result that overflows, as for large eigenvalues far from the real axis, is an error.
//!
//! Source: N. J. Higham, *Functions of Matrices*, 2008, section 12.1 and problem 12.2.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::sinm;
//! use faer::mat;
//!
//! // Nilpotent: sin A = A, with the derivative of -A^3/6 to first order left.
//! let (c, factors) = sinm::value(&mat![[0.0, 2.0], [0.0, 0.0]])?;
//! assert!((&c - mat![[0.0, 2.0], [0.0, 0.0]]).norm_max() < 1e-15);
//! let gradient = sinm::pullback(&factors, &mat![[0.0, 1.0], [0.0, 0.0]])?;
//! let expected = mat![[0.0, 1.0], [-2.0 / 3.0, 0.0]];
//! assert!((&gradient - &expected).norm_max() < 1e-15);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use super::expm::Expm;
use super::rotation::{self, Block};
use crate::Error;
use crate::matrix::Matrix;
use crate::matrix::check::representable;

const OP: &str = "sinm";

/// $\sin A$, and the exponential of which it is a block, which derivatives take.
///
/// Cost: an exponential of a matrix of twice the size.
///
/// # Errors
/// [`Error::NotSquare`], [`Error::NonFiniteEntry`]; [`Error::OutsideDomain`] where the result overflows.
pub fn value<A: Matrix>(a: &A) -> Result<(A::Owned, Expm<A::Owned>), Error> {
    rotation::value(OP, Block::Sine, a)
}

/// $L(A, \dot A)$.
///
/// Cost: 2 to 3 times that of [`value`].
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(factors: &Expm<A::Owned>, tangent: &A) -> Result<A::Owned, Error> {
    representable(OP, rotation::pushforward(OP, Block::Sine, factors, tangent)?)
}

/// $\bar A = L(A, \bar C^\top)^\top$.
///
/// Cost: as [`pushforward`].
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(factors: &Expm<A::Owned>, cotangent: &A) -> Result<A::Owned, Error> {
    representable(OP, rotation::pullback(OP, Block::Sine, factors, cotangent)?)
}
