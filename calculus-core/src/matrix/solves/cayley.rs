//! The Cayley transform $Q = (I + S)^{-1}(I - S)$ with $S = \mathrm{skew}(W)$: an orthogonal matrix
//! of determinant 1 from any square matrix.
//!
//! $$\dot Q = -(I + S)^{-1}\, \mathrm{skew}(\dot W)\, (I + Q), \qquad
//! \bar W = -\mathrm{skew}((I + S)^{-\top} \bar Q (I + Q)^\top)$$
//!
//! No degenerate points: $I + S$ has no singular value below 1.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::cayley;
//! use faer::mat;
//!
//! // s = 1 is a rotation by a right angle.
//! let (q, lu) = cayley::value(&mat![[0.0, 2.0], [0.0, 0.0]])?;
//! assert_eq!(q, mat![[0.0, -1.0], [1.0, 0.0]]);
//! let gradient = cayley::pullback(&lu, &q, &mat![[1.0, 0.0], [0.0, 0.0]])?;
//! assert_eq!(gradient, mat![[0.0, -0.5], [0.5, 0.0]]);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use crate::Error;
use crate::matrix::check::{finite, has_shape, representable, square};
use crate::matrix::{Lu, Matrix, Operations, Transpose, identity};

const OP: &str = "cayley";

/// $Q$ and the LU factors of $I + S$, for $W$ of $n \times n$.
///
/// Cost: $4n^3/3$ multiply-adds.
///
/// # Errors
/// [`Error::NotSquare`], [`Error::NonFiniteEntry`]; [`Error::Singular`] where entries near the
/// largest number overflow.
pub fn value<A: Matrix>(w: &A) -> Result<(A::Owned, Lu<A::Owned>), Error> {
    let n = square(OP, w)?;
    finite(OP, w)?;
    let (s, unit) = (w.skew(), identity::<A::Owned>(n));
    let lu = <A::Owned as Operations>::lu(unit.plus(&s).view());
    let q = lu.solve(Transpose::No, &unit.minus(&s));
    Ok((lu.bounded(OP, q)?, lu))
}

/// $\dot Q$ for the transform `q` and the factors of [`value`].
///
/// Cost: a product and two triangular solves.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(
    lu: &Lu<A::Owned>,
    q: &A::Owned,
    tangent: &A,
) -> Result<A::Owned, Error> {
    has_shape(OP, tangent, q.shape())?;
    let sum = identity::<A::Owned>(q.rows()).plus(q);
    representable(OP, lu.solve(Transpose::No, &tangent.skew().matmul(&sum)).negated())
}

/// $\bar W$ for the transform `q` and the factors of [`value`].
///
/// Cost: a product and two triangular solves.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(
    lu: &Lu<A::Owned>,
    q: &A::Owned,
    cotangent: &A,
) -> Result<A::Owned, Error> {
    has_shape(OP, cotangent, q.shape())?;
    let sum = identity::<A::Owned>(q.rows()).plus(q);
    representable(OP, lu.solve(Transpose::Yes, cotangent).matmul_transpose(&sum).skew().negated())
}
