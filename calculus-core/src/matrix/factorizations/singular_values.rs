//! The singular values of a matrix, in descending order.
//!
//! $$\dot s = \mathrm{diag}(U^\top \dot A V), \qquad \bar A = U\,\mathrm{diag}(\bar s)\,V^\top$$
//!
//! It needs no gaps, so it is finite everywhere. Where singular values are tied or zero (as for
//! [`svd`](crate::matrix::svd)), the entries of $\bar s$ in a group are averaged and those of zeros
//! are set to 0: exact for functions that are symmetric and smooth there, and the element of least
//! norm of the Clarke subdifferential for the others (spectral and nuclear norm), which does not
//! depend on the basis. A pushforward is the adjoint of that.
//!
//! Source: A. S. Lewis, "The convex analysis of unitarily invariant matrix functions", 1995.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::singular_values;
//! use faer::mat;
//!
//! let svd = singular_values::value(&mat![[3.0, 0.0], [0.0, -4.0]])?;
//! assert_eq!(svd.s, mat![[4.0], [3.0]]);
//! let gradient = singular_values::pullback(&svd, &mat![[1.0], [0.0]])?;
//! assert!((gradient - mat![[0.0, 0.0], [0.0, -1.0]]).norm_max() < 1e-15);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use super::svd::{Svd, factors};
use crate::Error;
use crate::matrix::check::has_shape;
use crate::matrix::{Matrix, Operations};

const OP: &str = "singular_values";

/// The singular values as `s`, a column, with the vectors, which the derivatives take.
///
/// Cost: about $10 mn\min(m, n)$ multiply-adds.
///
/// # Errors
/// [`Error::NonFiniteEntry`], [`Error::NoConvergence`].
pub fn value<A: Matrix>(a: &A) -> Result<Svd<A::Owned>, Error> {
    factors(OP, a)
}

/// Averages over equal singular values and leaves out zeros.
fn least<M: Operations>(op: &'static str, svd: &Svd<M>, column: &M) -> M {
    let zero = svd.zero();
    let positive = M::from_fn(column.rows(), 1, |i, _| f64::from(!zero(i)));
    svd.ties(op).average(&column.hadamard(&positive)).hadamard(&positive)
}

/// $\dot s$ for the factors of [`value`].
///
/// Cost: one product.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(svd: &Svd<A::Owned>, tangent: &A) -> Result<A::Owned, Error> {
    tangent_of_values(OP, svd, tangent)
}

/// $\bar A$ for the factors of [`value`].
///
/// Cost: one product.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(svd: &Svd<A::Owned>, cotangent: &A) -> Result<A::Owned, Error> {
    cotangent_of_values(OP, svd, cotangent)
}

/// The pushforward, for functions of the singular values.
pub(crate) fn tangent_of_values<A: Matrix>(
    op: &'static str,
    svd: &Svd<A::Owned>,
    tangent: &A,
) -> Result<A::Owned, Error> {
    let (m, n, _) = svd.check(op)?;
    has_shape(op, tangent, (m, n))?;
    let diagonal = svd.u.hadamard(&tangent.matmul(&svd.v)).column_sums().transposed();
    Ok(least(op, svd, &diagonal))
}

/// The pullback, for functions of the singular values.
pub(crate) fn cotangent_of_values<A: Matrix>(
    op: &'static str,
    svd: &Svd<A::Owned>,
    cotangent: &A,
) -> Result<A::Owned, Error> {
    let (_, _, k) = svd.check(op)?;
    has_shape(op, cotangent, (k, 1))?;
    let weights = least(op, svd, &cotangent.copied());
    Ok(svd.u.scaled_columns(&weights).matmul_transpose(&svd.v))
}
