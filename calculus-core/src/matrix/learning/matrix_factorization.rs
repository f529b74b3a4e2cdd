//! The squared error of a factorisation, $f = \|T - UW^\top\|_F^2$, with $T$ ($m \times n$),
//! $U$ ($m \times k$), $W$ ($n \times k$).
//!
//! $$E = 2(T - UW^\top): \qquad \bar T = \bar f E, \quad \bar U = -\bar f E W, \quad
//! \bar W = -\bar f E^\top U$$
//!
//! and $\dot f$ is the product of these with the tangents. Entries that are infinite or NaN go
//! through.
//!
//! Source: Y. Koren, R. Bell, C. Volinsky, "Matrix factorization techniques for recommender systems",
//! 2009, equation 2, without its regularisation.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::matrix_factorization;
//! use faer::mat;
//!
//! let (t, u, w) = (mat![[3.0]], mat![[1.0]], mat![[2.0]]);
//! let (f, residual) = matrix_factorization::value(&t, &u, &w)?;
//! assert_eq!(f, 1.0);
//! let (t_bar, u_bar, w_bar) = matrix_factorization::pullback(&u, &w, &residual, 1.0)?;
//! assert_eq!((t_bar, u_bar, w_bar), (mat![[2.0]], mat![[-4.0]], mat![[-2.0]]));
//! # Ok::<(), calculus_core::Error>(())
//! ```

use crate::Error;
use crate::matrix::check::{has_shape, same_shape};
use crate::matrix::{Matrix, Operations, Scalar};

const OP: &str = "matrix_factorization";

/// $f$ and the residual $T - UW^\top$, which the derivatives take.
///
/// Cost: $mnk$ multiply-adds.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn value<A: Matrix>(
    t: &A,
    u: &A,
    w: &A,
) -> Result<(<A::Owned as Operations>::Scalar, A::Owned), Error> {
    has_shape(OP, w, (w.rows(), u.columns()))?;
    has_shape(OP, t, (u.rows(), w.rows()))?;
    let residual = t.minus(&u.matmul_transpose(w));
    Ok((residual.inner(&residual), residual))
}

/// $\dot f = 2\langle R, \dot T - \dot U W^\top - U \dot W^\top\rangle$ for the residual $R$ of
/// [`value`]; the tangents are those of $T$, $U$, $W$.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(
    u: &A,
    w: &A,
    residual: &A::Owned,
    tangents: (&A, &A, &A),
) -> Result<<A::Owned as Operations>::Scalar, Error> {
    let (t_tangent, u_tangent, w_tangent) = tangents;
    has_shape(OP, w, (w.rows(), u.columns()))?;
    has_shape(OP, residual, (u.rows(), w.rows()))?;
    has_shape(OP, t_tangent, residual.shape())?;
    same_shape(OP, u_tangent, u)?;
    same_shape(OP, w_tangent, w)?;
    let of_product = u_tangent.matmul_transpose(w).plus(&u.matmul_transpose(w_tangent));
    let two = <A::Owned as Operations>::Scalar::constant(2.0);
    Ok(two * residual.inner(&t_tangent.minus(&of_product)))
}

/// $\bar T$, $\bar U$ and $\bar W$ for the residual of [`value`].
///
/// Cost: two products.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(
    u: &A,
    w: &A,
    residual: &A::Owned,
    cotangent: <A::Owned as Operations>::Scalar,
) -> Result<(A::Owned, A::Owned, A::Owned), Error> {
    has_shape(OP, w, (w.rows(), u.columns()))?;
    has_shape(OP, residual, (u.rows(), w.rows()))?;
    let e = residual.times_scalar(&cotangent).scaled(2.0);
    Ok((e.copied(), e.matmul(w).negated(), e.transpose_matmul(u).negated()))
}
