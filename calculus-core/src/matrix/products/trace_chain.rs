//! The trace $y = \mathrm{tr}(A X^\top B X C)$, quadratic in $X$.
//!
//! $$\bar X = \bar y (BXM + B^\top X M^\top), \quad \bar B = \bar y\, X M^\top X^\top, \quad
//! \bar A = C^\top \bar M, \quad \bar C = \bar M A^\top$$
//!
//! where $M = CA$, so that $y = \mathrm{tr}(M X^\top B X) = \langle X, BXM\rangle$, and
//! $\bar M = \bar y\, X^\top B^\top X$. The pushforward pairs each tangent with its gradient:
//!
//! $$\dot y = \langle \dot X, BXM + B^\top X M^\top\rangle + \langle X, \dot B X M\rangle
//! + \langle BX, X (\dot C A + C \dot A)^\top\rangle$$
//!
//! No degenerate points: entries that are infinite or NaN go through as IEEE arithmetic has it.
//!
//! Source: K. B. Petersen and M. S. Pedersen, "The Matrix Cookbook", 2012, equation 118 (the
//! gradient in $X$).
//!
//! # Examples
//! ```
//! use calculus_core::matrix::trace_chain;
//! use faer::mat;
//!
//! // a x^2 b c
//! let (a, x, b, c) = (mat![[2.0]], mat![[3.0]], mat![[5.0]], mat![[7.0]]);
//! assert_eq!(trace_chain::value(&a, &x, &b, &c)?, 630.0);
//! let (a_bar, x_bar, b_bar, c_bar) = trace_chain::pullback(&a, &x, &b, &c, &1.0)?;
//! assert_eq!((a_bar, x_bar), (mat![[315.0]], mat![[420.0]]));
//! assert_eq!((b_bar, c_bar), (mat![[126.0]], mat![[90.0]]));
//! # Ok::<(), calculus_core::Error>(())
//! ```

use crate::Error;
use crate::matrix::check::{has_shape, same_shape};
use crate::matrix::{Matrix, Operations};

const OP: &str = "trace_chain";

/// The gradients with respect to $A$, $X$, $B$ and $C$.
pub type Gradients<M> = (M, M, M, M);

fn check<A: Matrix>(a: &A, x: &A, b: &A, c: &A) -> Result<(), Error> {
    has_shape(OP, a, (a.rows(), x.columns()))?;
    has_shape(OP, b, (x.rows(), x.rows()))?;
    has_shape(OP, c, (x.columns(), a.rows()))
}

/// $\mathrm{tr}(A X^\top B X C)$ for $X$ of $m \times n$, $A$ of $p \times n$, $B$ of $m \times m$
/// and $C$ of $n \times p$.
///
/// Cost: three products.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn value<A: Matrix>(
    a: &A,
    x: &A,
    b: &A,
    c: &A,
) -> Result<<A::Owned as Operations>::Scalar, Error> {
    check(a, x, b, c)?;
    Ok(x.inner(&b.matmul(x).matmul(&c.matmul(a))))
}

/// $\dot y$, with the tangents in the order of the arguments.
///
/// Cost: eight products.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(
    [a, x, b, c]: [&A; 4],
    [a_tangent, x_tangent, b_tangent, c_tangent]: [&A; 4],
) -> Result<<A::Owned as Operations>::Scalar, Error> {
    check(a, x, b, c)?;
    same_shape(OP, a_tangent, a)?;
    same_shape(OP, x_tangent, x)?;
    same_shape(OP, b_tangent, b)?;
    same_shape(OP, c_tangent, c)?;
    let (m, bx) = (c.matmul(a), b.matmul(x));
    let m_dot = c_tangent.matmul(a).plus(&c.matmul(a_tangent));
    let xm = x.matmul(&m);
    let x_bar = bx.matmul(&m).plus(&b.transpose_matmul(&x.matmul_transpose(&m)));
    Ok(x_tangent.inner(&x_bar)
        + x.inner(&b_tangent.matmul(&xm))
        + bx.inner(&x.matmul_transpose(&m_dot)))
}

/// $\bar A$, $\bar X$, $\bar B$ and $\bar C$.
///
/// Cost: nine products.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(
    a: &A,
    x: &A,
    b: &A,
    c: &A,
    cotangent: &<A::Owned as Operations>::Scalar,
) -> Result<Gradients<A::Owned>, Error> {
    check(a, x, b, c)?;
    let (m, bx) = (c.matmul(a), b.matmul(x));
    let xm = x.matmul_transpose(&m).times_scalar(cotangent);
    let m_bar = bx.transpose_matmul(x).times_scalar(cotangent);
    let x_bar = bx.matmul(&m).times_scalar(cotangent).plus(&b.transpose_matmul(&xm));
    Ok((c.transpose_matmul(&m_bar), x_bar, xm.matmul_transpose(x), m_bar.matmul_transpose(a)))
}
