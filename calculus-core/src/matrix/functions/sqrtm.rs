//! The principal square root of a square matrix: $C^2 = A$, with eigenvalues in the right half-plane.
//!
//! $$C\dot C + \dot C C = \dot A, \qquad C^\top \bar A + \bar A C^\top = \bar C$$
//!
//! $A$ is $n \times n$ and need not be symmetric; where it is,
//! [`symmetric_sqrt`](crate::matrix::symmetric_sqrt) is faster. The root exists unless $A$ has an
//! eigenvalue on the negative axis; at a simple eigenvalue 0 there is a root and no derivative, at a
//! defective one there is none. Repeated eigenvalues are regular points.
//!
//! Sources: Å. Björck, S. Hammarling, "A Schur method for the square root of a matrix", 1983; N. J.
//! Higham, *Functions of Matrices*, 2008, section 6.2 and equation 6.4 for the derivative.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::sqrtm;
//! use faer::mat;
//!
//! // A quarter turn: its principal root is an eighth.
//! let factors = sqrtm::value(&mat![[0.0, -1.0], [1.0, 0.0]])?;
//! let half = 0.5_f64.sqrt();
//! assert!((&factors.value - mat![[half, -half], [half, half]]).norm_max() < 1e-15);
//! let gradient = sqrtm::pullback(&factors, &mat![[1.0, 0.0], [0.0, 1.0]])?;
//! assert!((&gradient - mat![[half, -half], [half, half]] * 0.5).norm_max() < 1e-15);
//!
//! assert!(sqrtm::value(&mat![[1.0, 0.0], [0.0, -4.0]]).is_err());
//! # Ok::<(), calculus_core::Error>(())
//! ```

use super::principal::{Zero, check_eigenvalues};
use crate::Error;
use crate::matrix::check::{finite, has_shape, representable, square};
use crate::matrix::{Matrix, Operations, Transpose};

const OP: &str = "sqrtm";

/// The root with what its derivative takes.
#[derive(Clone, Debug)]
pub struct Sqrtm<M: Operations> {
    /// $A^{1/2}$.
    pub value: M,
    /// The Schur form of the root.
    pub schur: M::Schur,
}

/// $A^{1/2}$ with what its derivative takes.
///
/// Cost: the Schur form, about $25n^3$ in complex numbers.
///
/// # Errors
/// [`Error::NotSquare`], [`Error::NonFiniteEntry`], [`Error::NoConvergence`]; [`Error::OutsideDomain`]
/// with an eigenvalue on the negative axis, [`Error::Singular`] where an eigenvalue 0 leaves no root.
pub fn value<A: Matrix>(a: &A) -> Result<Sqrtm<A::Owned>, Error> {
    square(OP, a)?;
    finite(OP, a)?;
    let schur = <A::Owned as Operations>::schur(OP, a.view())?;
    check_eigenvalues(OP, a, &schur, Zero::Allowed)?;
    let schur = <A::Owned as Operations>::schur_sqrt(OP, &schur)?;
    Ok(Sqrtm { value: <A::Owned as Operations>::schur_matrix(&schur), schur })
}

/// $\dot C$ with $C\dot C + \dot C C = \dot A$.
///
/// Cost: a triangular Sylvester equation, about $n^3$, and four products, in complex numbers.
///
/// # Errors
/// [`Error::ShapeMismatch`]; [`Error::Degenerate`] at an eigenvalue 0.
pub fn pushforward<A: Matrix>(factors: &Sqrtm<A::Owned>, tangent: &A) -> Result<A::Owned, Error> {
    representable(OP, sylvester(factors, Transpose::No, tangent)?)
}

/// $\bar A$ with $C^\top \bar A + \bar A C^\top = \bar C$.
///
/// Cost: as [`pushforward`].
///
/// # Errors
/// [`Error::ShapeMismatch`]; [`Error::Degenerate`] at an eigenvalue 0.
pub fn pullback<A: Matrix>(factors: &Sqrtm<A::Owned>, cotangent: &A) -> Result<A::Owned, Error> {
    representable(OP, sylvester(factors, Transpose::Yes, cotangent)?)
}

fn sylvester<A: Matrix>(
    factors: &Sqrtm<A::Owned>,
    transpose: Transpose,
    right: &A,
) -> Result<A::Owned, Error> {
    has_shape(OP, right, factors.value.shape())?;
    let n = factors.value.rows();
    let root = (&factors.schur, transpose);
    <A::Owned as Operations>::sylvester(OP, root, root, right.view()).map_err(|error| match error {
        Error::Singular { op, index, pivot } => {
            Error::Degenerate { op, first: index % n, second: index / n, gap: pivot }
        }
        other => other,
    })
}
