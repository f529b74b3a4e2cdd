//! The solution of the Lyapunov equation $AX + XA^\top = Q$.
//!
//! $$A\dot X + \dot X A^\top = \dot Q - \dot A X - X \dot A^\top$$
//! $$A^\top Z + Z A = \bar X, \qquad \bar A = -Z X^\top - Z^\top X, \quad \bar Q = Z$$
//!
//! by the Schur form of $A$ that [`value`] returns. $Q$ may be any matrix; the solution is symmetric
//! where $Q$ is. There is a unique solution unless two eigenvalues of $A$ (or one, with itself) add
//! up to 0. Where a sum is 0 to rounding, that is an error with the position of the pair in
//! column-major order and the modulus of the sum.
//!
//! Source: R. H. Bartels, G. W. Stewart, "Solution of the matrix equation AX + XB = C", 1972.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::lyapunov;
//! use faer::mat;
//!
//! let (x, form) = lyapunov::value(&mat![[2.0_f64]], &mat![[4.0]])?; // q / 2a
//! assert!((x[(0, 0)] - 1.0).abs() < 1e-14);
//! let (a_bar, q_bar) = lyapunov::pullback(&form, &x, &mat![[1.0]])?;
//! assert!((a_bar[(0, 0)] + 0.5).abs() < 1e-14);
//! assert!((q_bar[(0, 0)] - 0.25).abs() < 1e-14);
//!
//! // The eigenvalues i and -i.
//! let turn = mat![[0.0, 1.0], [-1.0, 0.0]];
//! assert!(lyapunov::value(&turn, &turn).is_err());
//! # Ok::<(), calculus_core::Error>(())
//! ```

use crate::Error;
use crate::matrix::check::{finite, has_shape, representable, square};
use crate::matrix::{Matrix, Operations, Transpose};

const OP: &str = "lyapunov";

/// The Schur form of a kind of matrix.
type Schur<M> = <M as Operations>::Schur;

/// $X$, $n \times n$, for $A$ and $Q$ of that shape; and the Schur form of $A$.
///
/// Cost: some $25 n^3$ multiply-adds for the form, $O(n^3)$ for the solution.
///
/// # Errors
/// [`Error::Singular`], [`Error::NotSquare`], [`Error::ShapeMismatch`], [`Error::NonFiniteEntry`],
/// [`Error::NoConvergence`].
pub fn value<A: Matrix>(a: &A, q: &A) -> Result<(A::Owned, Schur<A::Owned>), Error> {
    let n = square(OP, a)?;
    has_shape(OP, q, (n, n))?;
    finite(OP, a)?;
    finite(OP, q)?;
    let form = <A::Owned as Operations>::schur(OP, a.view())?;
    let x = <A::Owned as Operations>::sylvester(
        OP,
        (&form, Transpose::No),
        (&form, Transpose::Yes),
        q.view(),
    )?;
    Ok((x, form))
}

/// $\dot X$ for the solution and the form of [`value`].
///
/// Cost: a solution by the form and two products.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(
    form: &Schur<A::Owned>,
    x: &A::Owned,
    a_tangent: &A,
    q_tangent: &A,
) -> Result<A::Owned, Error> {
    has_shape(OP, a_tangent, x.shape())?;
    has_shape(OP, q_tangent, x.shape())?;
    let moved = a_tangent.matmul(x).plus(&x.matmul_transpose(a_tangent));
    let right = q_tangent.minus(&moved);
    let (no, yes) = (Transpose::No, Transpose::Yes);
    representable(
        OP,
        <A::Owned as Operations>::sylvester(OP, (form, no), (form, yes), right.view())?,
    )
}

/// $\bar A = -Z X^\top - Z^\top X$ and $\bar Q = Z$ for the solution and the form of [`value`].
///
/// Cost: a solution by the form and two products.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(
    form: &Schur<A::Owned>,
    x: &A::Owned,
    cotangent: &A,
) -> Result<(A::Owned, A::Owned), Error> {
    has_shape(OP, cotangent, x.shape())?;
    let (no, yes) = (Transpose::No, Transpose::Yes);
    let z = <A::Owned as Operations>::sylvester(OP, (form, yes), (form, no), cotangent.view())?;
    let a_bar = z.matmul_transpose(x).plus(&z.transpose_matmul(x)).negated();
    representable(OP, (a_bar, z))
}
