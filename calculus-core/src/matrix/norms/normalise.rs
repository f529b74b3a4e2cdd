//! The direction of a vector or a matrix, $u = x / \|x\|$ in the Frobenius norm.
//!
//! $$\dot u = (\dot x - u\langle u, \dot x\rangle) / \|x\|, \qquad
//! \bar x = (\bar u - u\langle u, \bar u\rangle) / \|x\|$$
//!
//! $x = 0$ has no direction, [`Error::Degenerate`]. The length does not overflow or underflow.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::normalise;
//! use faer::mat;
//!
//! let (u, length) = normalise::value(&mat![[3.0], [4.0]])?;
//! assert!((&u - mat![[0.6], [0.8]]).norm_max() < 1e-15);
//! let gradient = normalise::pullback(&u, length, &mat![[1.0], [0.0]])?;
//! assert!((gradient - mat![[0.128], [-0.096]]).norm_max() < 1e-15);
//! assert!(normalise::value(&mat![[0.0], [0.0]]).is_err());
//! # Ok::<(), calculus_core::Error>(())
//! ```

use super::frobenius::{norm, over};
use super::of_values::ScalarOf;
use crate::Error;
use crate::matrix::check::{finite, same_shape};
use crate::matrix::factorizations::scale::{largest_within_range, unscaled};
use crate::matrix::{Matrix, Operations, Scalar};

const OP: &str = "normalise";

/// $u$ and $\|x\|$, which the derivatives take.
///
/// Cost: $2mn$ multiply-adds.
///
/// # Errors
/// [`Error::Degenerate`] for $x = 0$, [`Error::NonFiniteEntry`].
pub fn value<A: Matrix>(x: &A) -> Result<(A::Owned, ScalarOf<A::Owned>), Error> {
    finite(OP, x)?;
    direction(OP, 0, x)
}

/// $u$ and $\|x\|$; `place` names the argument in the error.
pub(crate) fn direction<A: Matrix>(
    op: &'static str,
    place: usize,
    x: &A,
) -> Result<(A::Owned, ScalarOf<A::Owned>), Error> {
    // The length of a scaled copy: that of x itself may be subnormal, and short of digits.
    let (scaled, exponent) = largest_within_range(x);
    let length = norm(&scaled);
    if length.primal() == 0.0 {
        return Err(Error::Degenerate { op, first: place, second: place, gap: 0.0 });
    }
    let u = over(&scaled, &length);
    let length = A::Owned::from_scalars(1, 1, &[length]);
    Ok((u, unscaled(length, exponent).entry(0, 0)))
}

/// $(v - u\langle u, v\rangle) / \|x\|$, a symmetric map.
fn projected<A: Matrix>(
    u: &A::Owned,
    length: &ScalarOf<A::Owned>,
    v: &A,
) -> Result<A::Owned, Error> {
    same_shape(OP, v, u)?;
    Ok(over(&v.minus(&u.times_scalar(&u.inner(v))), length))
}

/// $\dot u$ for the `u` and `length` of [`value`].
///
/// Cost: $2mn$ multiply-adds.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(
    u: &A::Owned,
    length: ScalarOf<A::Owned>,
    tangent: &A,
) -> Result<A::Owned, Error> {
    projected(u, &length, tangent)
}

/// $\bar x$ for the `u` and `length` of [`value`].
///
/// Cost: $2mn$ multiply-adds.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(
    u: &A::Owned,
    length: ScalarOf<A::Owned>,
    cotangent: &A,
) -> Result<A::Owned, Error> {
    projected(u, &length, cotangent)
}
