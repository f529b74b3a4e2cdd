//! The Rayleigh quotient $\rho = x^\top A x / x^\top x$ of a column $x$ and a square matrix $A$, which
//! need not be symmetric.
//!
//! $$\dot\rho = \frac{\dot x^\top((A + A^\top)x - 2\rho x) + x^\top \dot A x}{x^\top x}, \qquad
//! \bar x = \bar\rho\,\frac{(A + A^\top)x - 2\rho x}{x^\top x}, \quad
//! \bar A = \bar\rho\,\frac{xx^\top}{x^\top x}$$
//!
//! $x$ is scaled to unit length first, so no square overflows. At $x = 0$ there is no value, which
//! is an error.
//!
//! Source: L. N. Trefethen, D. Bau, "Numerical Linear Algebra", 1997, equation 27.1.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::rayleigh_quotient;
//! use faer::mat;
//!
//! let (x, a) = (mat![[1.0], [1.0]], mat![[2.0, 0.0], [0.0, 4.0]]);
//! let rho = rayleigh_quotient::value(&x, &a)?;
//! assert!((rho - 3.0_f64).abs() < 1e-15);
//! let (x_bar, _) = rayleigh_quotient::pullback(&x, &a, rho, 1.0)?;
//! assert!((x_bar[(0, 0)] + 1.0_f64).abs() < 1e-15 && (x_bar[(1, 0)] - 1.0_f64).abs() < 1e-15);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use crate::Error;
use crate::elementary::Unary;
use crate::matrix::check::{column, finite, has_shape, same_shape, square};
use crate::matrix::{Matrix, Operations, Scalar};

const OP: &str = "rayleigh_quotient";

/// The unit vector $u = x/\|x\|$ and $1/\|x\|$.
fn direction<A: Matrix>(
    x: &A,
    a: &A,
) -> Result<(A::Owned, <A::Owned as Operations>::Scalar), Error> {
    let n = column(OP, x)?;
    square(OP, a)?;
    has_shape(OP, a, (n, n))?;
    finite(OP, x)?;
    finite(OP, a)?;
    let largest = (0..n).map(|i| x.primal(i, 0).abs()).fold(0.0, f64::max);
    if largest == 0.0 {
        return Err(Error::Degenerate { op: OP, first: 0, second: 0, gap: 0.0 });
    }
    // A power of two scales without rounding; two of them, so that neither leaves the range.
    let half = -0.5 * largest.log2().floor();
    let (first, second) = (half.floor().exp2(), half.ceil().exp2());
    let constant = |x| <A::Owned as Operations>::Scalar::constant(x);
    let scaled = x.scaled(first).scaled(second);
    let reciprocal = constant(1.0) / scaled.inner(&scaled).apply(Unary::Sqrt);
    let u = scaled.times_scalar(&reciprocal);
    Ok((u, reciprocal * constant(first) * constant(second)))
}

/// $\rho$.
///
/// Cost: $n^2$ multiply-adds.
///
/// # Errors
/// [`Error::Degenerate`] at $x = 0$; [`Error::ShapeMismatch`], [`Error::NotSquare`],
/// [`Error::NonFiniteEntry`].
pub fn value<A: Matrix>(x: &A, a: &A) -> Result<<A::Owned as Operations>::Scalar, Error> {
    let (u, _) = direction(x, a)?;
    Ok(u.inner(&a.matmul(&u)))
}

/// $((A + A^\top)u - 2\rho u)/\|x\|$, the gradient with respect to $x$.
fn gradient<A: Matrix>(
    a: &A,
    rho: &<A::Owned as Operations>::Scalar,
    u: &A::Owned,
    reciprocal: &<A::Owned as Operations>::Scalar,
) -> A::Owned {
    let both = a.matmul(u).plus(&a.transpose_matmul(u));
    both.minus(&u.times_scalar(rho).scaled(2.0)).times_scalar(reciprocal)
}

/// $\dot\rho$ for the `rho` of [`value`].
///
/// # Errors
/// As [`value`].
pub fn pushforward<A: Matrix>(
    x: &A,
    a: &A,
    rho: <A::Owned as Operations>::Scalar,
    x_tangent: &A,
    a_tangent: &A,
) -> Result<<A::Owned as Operations>::Scalar, Error> {
    let (u, reciprocal) = direction(x, a)?;
    same_shape(OP, x_tangent, x)?;
    same_shape(OP, a_tangent, a)?;
    let of_x = gradient(a, &rho, &u, &reciprocal).inner(x_tangent);
    Ok(of_x + u.inner(&a_tangent.matmul(&u)))
}

/// $\bar x$ and $\bar A$ for the `rho` of [`value`].
///
/// # Errors
/// As [`value`].
pub fn pullback<A: Matrix>(
    x: &A,
    a: &A,
    rho: <A::Owned as Operations>::Scalar,
    cotangent: <A::Owned as Operations>::Scalar,
) -> Result<(A::Owned, A::Owned), Error> {
    let (u, reciprocal) = direction(x, a)?;
    let x_bar = gradient(a, &rho, &u, &reciprocal).times_scalar(&cotangent);
    Ok((x_bar, u.matmul_transpose(&u).times_scalar(&cotangent)))
}
