//! The cosine of the angle between two vectors (or matrices), $z = \langle u, v\rangle$ with
//! $u = x/\|x\|$ and $v = y/\|y\|$.
//!
//! $$\dot z = \langle v - zu, \dot x\rangle / \|x\| + \langle u - zv, \dot y\rangle / \|y\|, \qquad
//! \bar x = \bar z\,(v - zu) / \|x\|, \quad \bar y = \bar z\,(u - zv) / \|y\|$$
//!
//! A zero vector has no angle: [`Error::Degenerate`], with 0 for $x$ and 1 for $y$. Lengths do not
//! overflow or underflow.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::cosine_similarity;
//! use faer::mat;
//!
//! let (x, y) = (mat![[2.0], [0.0]], mat![[0.0], [1.0]]);
//! let (z, pair) = cosine_similarity::value(&x, &y)?;
//! assert_eq!(z, 0.0);
//! let (x_bar, y_bar) = cosine_similarity::pullback(&pair, 1.0)?;
//! assert_eq!((x_bar, y_bar), (mat![[0.0], [0.5]], mat![[1.0], [0.0]]));
//! # Ok::<(), calculus_core::Error>(())
//! ```

use super::frobenius::over;
use super::normalise::direction;
use super::of_values::ScalarOf;
use crate::Error;
use crate::matrix::check::{finite, same_shape};
use crate::matrix::{Matrix, Operations};

const OP: &str = "cosine_similarity";

/// The directions and lengths of the two vectors.
#[derive(Clone, Debug)]
pub struct Directions<M: Operations> {
    /// $x/\|x\|$.
    pub u: M,
    /// $y/\|y\|$.
    pub v: M,
    /// $\|x\|$.
    pub x_length: M::Scalar,
    /// $\|y\|$.
    pub y_length: M::Scalar,
}

impl<M: Operations> Directions<M> {
    /// $(v - zu) / \|x\|$ and $(u - zv) / \|y\|$.
    fn gradients(&self) -> (M, M) {
        let Self { u, v, x_length, y_length } = self;
        let z = u.inner(v);
        let of_x = over(&v.minus(&u.times_scalar(&z)), x_length);
        let of_y = over(&u.minus(&v.times_scalar(&z)), y_length);
        (of_x, of_y)
    }
}

/// $z$, with the directions, which the derivatives take.
///
/// Cost: $5mn$ multiply-adds.
///
/// # Errors
/// [`Error::ShapeMismatch`], [`Error::NonFiniteEntry`], [`Error::Degenerate`].
pub fn value<A: Matrix>(x: &A, y: &A) -> Result<(ScalarOf<A::Owned>, Directions<A::Owned>), Error> {
    same_shape(OP, y, x)?;
    finite(OP, x)?;
    finite(OP, y)?;
    let (u, x_length) = direction(OP, 0, x)?;
    let (v, y_length) = direction(OP, 1, y)?;
    Ok((u.inner(&v), Directions { u, v, x_length, y_length }))
}

/// $\dot z$ for the directions of [`value`].
///
/// Cost: $5mn$ multiply-adds.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(
    pair: &Directions<A::Owned>,
    x_tangent: &A,
    y_tangent: &A,
) -> Result<ScalarOf<A::Owned>, Error> {
    same_shape(OP, x_tangent, &pair.u)?;
    same_shape(OP, y_tangent, &pair.v)?;
    let (of_x, of_y) = pair.gradients();
    Ok(of_x.inner(x_tangent) + of_y.inner(y_tangent))
}

/// $\bar x$ and $\bar y$ for the directions of [`value`].
///
/// Cost: $5mn$ multiply-adds.
///
/// # Errors
/// None.
pub fn pullback<M: Operations>(
    pair: &Directions<M>,
    cotangent: M::Scalar,
) -> Result<(M, M), Error> {
    let (of_x, of_y) = pair.gradients();
    Ok((of_x.times_scalar(&cotangent), of_y.times_scalar(&cotangent)))
}
