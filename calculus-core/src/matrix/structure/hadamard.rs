//! The Hadamard product $C = A \circ B$, entry by entry.
//!
//! $$\dot C = \dot A \circ B + A \circ \dot B, \qquad
//! \bar A = \bar C \circ B, \quad \bar B = \bar C \circ A$$
//!
//! No degenerate points: entries that are infinite or NaN go through as IEEE arithmetic has it.
//!
//! Source: K. B. Petersen and M. S. Pedersen, "The Matrix Cookbook", 2012, equation 38.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::hadamard;
//! use faer::mat;
//!
//! let (a, b) = (mat![[1.0, 2.0]], mat![[3.0, 4.0]]);
//! assert_eq!(hadamard::value(&a, &b)?, mat![[3.0, 8.0]]);
//! let (a_bar, b_bar) = hadamard::pullback(&a, &b, &mat![[1.0, 10.0]])?;
//! assert_eq!(a_bar, mat![[3.0, 40.0]]);
//! assert_eq!(b_bar, mat![[1.0, 20.0]]);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use crate::Error;
use crate::matrix::Matrix;
use crate::matrix::check::same_shape;

const OP: &str = "hadamard";

/// $A \circ B$ for two matrices of $m \times n$.
///
/// Cost: $mn$ multiplications.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn value<A: Matrix>(a: &A, b: &A) -> Result<A::Owned, Error> {
    same_shape(OP, a, b)?;
    Ok(a.hadamard(b))
}

/// $\dot C = \dot A \circ B + A \circ \dot B$.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(
    a: &A,
    b: &A,
    a_tangent: &A,
    b_tangent: &A,
) -> Result<A::Owned, Error> {
    same_shape(OP, a, b)?;
    same_shape(OP, a_tangent, a)?;
    same_shape(OP, b_tangent, b)?;
    Ok(a_tangent.hadamard(b).plus(&a.hadamard(b_tangent)))
}

/// $\bar A = \bar C \circ B$ and $\bar B = \bar C \circ A$.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(a: &A, b: &A, cotangent: &A) -> Result<(A::Owned, A::Owned), Error> {
    same_shape(OP, a, b)?;
    same_shape(OP, cotangent, a)?;
    Ok((cotangent.hadamard(b), cotangent.hadamard(a)))
}
