//! The distances between the rows of $X$ ($m \times d$) and the rows of $Y$ ($n \times d$),
//! $D_{ij} = \|x_i - y_j\|$.
//!
//! $$\dot D_{ij} = \frac{(x_i - y_j)^\top (\dot x_i - \dot y_j)}{D_{ij}}, \qquad
//! \bar X, \bar Y \text{ of the squared distances for the cotangent } \bar D_{ij}/(2 D_{ij})$$
//!
//! Where two points coincide, the subgradient of least norm is taken: that pair contributes 0.
//! Coordinates whose square overflows are outside the range of this rule.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::pairwise_distances;
//! use faer::mat;
//!
//! let (x, y) = (mat![[0.0, 0.0]], mat![[3.0, 4.0], [0.0, 0.0]]);
//! let d = pairwise_distances::value(&x, &y)?;
//! assert_eq!(d, mat![[5.0, 0.0]]);
//! let (x_bar, _) = pairwise_distances::pullback(&x, &y, &d, &mat![[5.0, 1.0]])?;
//! assert_eq!(x_bar, mat![[-3.0, -4.0]]);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use super::pairwise_squared_distances as squared;
use crate::Error;
use crate::elementary::Unary;
use crate::matrix::check::has_shape;
use crate::matrix::{Matrix, Operations};

const OP: &str = "pairwise_distances";

/// $D$, an $m \times n$ matrix.
///
/// Cost: $mnd$.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn value<A: Matrix>(x: &A, y: &A) -> Result<A::Owned, Error> {
    Ok(squared::value(x, y)?.map(Unary::Sqrt))
}

/// $w_{ij}/(2 d_{ij})$, and 0 where the distance is 0.
fn over_twice_distance<M: Matrix>(w: &M, d: &M::Owned) -> M::Owned {
    let (m, n) = d.shape();
    let apart = M::Owned::from_fn(m, n, |i, j| f64::from(d.primal(i, j) != 0.0));
    let together = M::Owned::from_fn(m, n, |i, j| f64::from(d.primal(i, j) == 0.0));
    w.hadamard(&apart).divided(&d.plus(&together)).scaled(0.5)
}

/// $\dot D$ for the `d` of [`value`].
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(
    x: &A,
    y: &A,
    d: &A::Owned,
    x_tangent: &A,
    y_tangent: &A,
) -> Result<A::Owned, Error> {
    has_shape(OP, d, (x.rows(), y.rows()))?;
    Ok(over_twice_distance(&squared::pushforward(x, y, x_tangent, y_tangent)?, d))
}

/// $\bar X$ and $\bar Y$ for the `d` of [`value`].
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(
    x: &A,
    y: &A,
    d: &A::Owned,
    cotangent: &A,
) -> Result<(A::Owned, A::Owned), Error> {
    has_shape(OP, d, (x.rows(), y.rows()))?;
    has_shape(OP, cotangent, d.shape())?;
    squared::pullback(&x.copied(), &y.copied(), &over_twice_distance(cotangent, d))
}
