//! The multiple $C = sA$ of a matrix by a number, with both differentiated.
//!
//! $$\dot C = \dot s A + s \dot A, \qquad
//! \bar s = \langle \bar C, A\rangle, \quad \bar A = s \bar C$$
//!
//! No degenerate points: entries that are infinite or NaN go through as IEEE arithmetic has it.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::scale;
//! use faer::mat;
//!
//! let a = mat![[1.0, 2.0]];
//! assert_eq!(scale::value(&3.0, &a)?, mat![[3.0, 6.0]]);
//! let (s_bar, a_bar) = scale::pullback(&3.0, &a, &mat![[1.0, 10.0]])?;
//! assert_eq!((s_bar, a_bar), (21.0, mat![[3.0, 30.0]]));
//! # Ok::<(), calculus_core::Error>(())
//! ```

use crate::Error;
use crate::matrix::check::same_shape;
use crate::matrix::{Matrix, Operations};

const OP: &str = "scale";

/// $sA$ for $A$ of $m \times n$.
///
/// Cost: $mn$ multiplications.
///
/// # Errors
/// None; the result is one for the sake of uniformity.
pub fn value<A: Matrix>(s: &<A::Owned as Operations>::Scalar, a: &A) -> Result<A::Owned, Error> {
    Ok(a.times_scalar(s))
}

/// $\dot C = \dot s A + s \dot A$.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(
    s: &<A::Owned as Operations>::Scalar,
    a: &A,
    s_tangent: &<A::Owned as Operations>::Scalar,
    a_tangent: &A,
) -> Result<A::Owned, Error> {
    same_shape(OP, a_tangent, a)?;
    Ok(a.times_scalar(s_tangent).plus(&a_tangent.times_scalar(s)))
}

/// $\bar s = \langle \bar C, A\rangle$ and $\bar A = s \bar C$.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(
    s: &<A::Owned as Operations>::Scalar,
    a: &A,
    cotangent: &A,
) -> Result<(<A::Owned as Operations>::Scalar, A::Owned), Error> {
    same_shape(OP, cotangent, a)?;
    Ok((cotangent.inner(a), cotangent.times_scalar(s)))
}
