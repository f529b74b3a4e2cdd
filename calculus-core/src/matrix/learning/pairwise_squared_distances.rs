//! The squared distances between the rows of $X$ ($m \times d$) and the rows of $Y$ ($n \times d$),
//! $D_{ij} = \|x_i - y_j\|^2$.
//!
//! $$\dot D_{ij} = 2 (x_i - y_j)^\top (\dot x_i - \dot y_j), \qquad
//! \bar X = 2(\mathrm{diag}(\bar D 1) X - \bar D Y), \quad
//! \bar Y = 2(\mathrm{diag}(\bar D^\top 1) Y - \bar D^\top X)$$
//!
//! The value sums squares of differences. The form $\|x\|^2 - 2x^\top y + \|y\|^2$ would be a matrix
//! product, but it cancels where the points are close, and may even be negative. Entries that are
//! infinite or NaN go through.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::pairwise_squared_distances;
//! use faer::mat;
//!
//! let (x, y) = (mat![[0.0, 0.0]], mat![[3.0, 4.0], [1e-9, 0.0]]);
//! let d = pairwise_squared_distances::value(&x, &y)?;
//! assert_eq!(d, mat![[25.0, 1e-9 * 1e-9]]);
//! let (x_bar, y_bar) = pairwise_squared_distances::pullback(&x, &y, &mat![[1.0, 0.0]])?;
//! assert_eq!(x_bar, mat![[-6.0, -8.0]]);
//! assert_eq!(y_bar, mat![[6.0, 8.0], [0.0, 0.0]]);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use crate::Error;
use crate::matrix::check::{has_shape, same_shape};
use crate::matrix::{Matrix, zeros};

const OP: &str = "pairwise_squared_distances";

/// $x_{ic} - y_{jc}$ for one coordinate $c$, an $m \times n$ matrix.
fn differences<A: Matrix>(x: &A, y: &A, c: usize) -> A::Owned {
    let (m, n) = (x.rows(), y.rows());
    let x = x.block(0..m, c..c + 1).broadcast(m, n);
    x.minus(&y.block(0..n, c..c + 1).transposed().broadcast(m, n))
}

/// $D$, an $m \times n$ matrix.
///
/// Cost: $mnd$.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn value<A: Matrix>(x: &A, y: &A) -> Result<A::Owned, Error> {
    has_shape(OP, y, (y.rows(), x.columns()))?;
    let mut d: A::Owned = zeros(x.rows(), y.rows());
    for c in 0..x.columns() {
        let difference = differences(x, y, c);
        d = d.plus(&difference.hadamard(&difference));
    }
    Ok(d)
}

/// $\dot D_{ij} = 2 (x_i - y_j)^\top (\dot x_i - \dot y_j)$.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(
    x: &A,
    y: &A,
    x_tangent: &A,
    y_tangent: &A,
) -> Result<A::Owned, Error> {
    has_shape(OP, y, (y.rows(), x.columns()))?;
    same_shape(OP, x_tangent, x)?;
    same_shape(OP, y_tangent, y)?;
    let mut sum: A::Owned = zeros(x.rows(), y.rows());
    for c in 0..x.columns() {
        sum = sum.plus(&differences(x, y, c).hadamard(&differences(x_tangent, y_tangent, c)));
    }
    Ok(sum.scaled(2.0))
}

/// $\bar X$ and $\bar Y$.
///
/// Cost: two matrix products.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(x: &A, y: &A, cotangent: &A) -> Result<(A::Owned, A::Owned), Error> {
    has_shape(OP, y, (y.rows(), x.columns()))?;
    has_shape(OP, cotangent, (x.rows(), y.rows()))?;
    if y.rows() == 0 {
        return Ok((zeros(x.rows(), x.columns()), zeros(0, y.columns())));
    }
    // Only differences of points count. Far from the origin the points themselves would cancel.
    let origin = y.block(0..1, 0..y.columns());
    let x = x.minus(&origin.broadcast(x.rows(), x.columns()));
    let y = y.minus(&origin.broadcast(y.rows(), y.columns()));
    let x_bar = x.scaled_rows(&cotangent.row_sums()).minus(&cotangent.matmul(&y));
    let of_columns = cotangent.column_sums().transposed();
    let y_bar = y.scaled_rows(&of_columns).minus(&cotangent.transpose_matmul(&x));
    Ok((x_bar.scaled(2.0), y_bar.scaled(2.0)))
}
