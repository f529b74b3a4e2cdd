//! The Schur complement $S = D - C A^{-1} B$ of the block $A$ in
//! $\begin{pmatrix} A & B \\ C & D \end{pmatrix}$.
//!
//! With $X = A^{-1} B$
//!
//! $$\dot S = \dot D - \dot C X - C \dot X, \qquad \dot X = A^{-1}(\dot B - \dot A X)$$
//! $$\bar D = \bar S, \quad \bar C = -\bar S X^\top, \quad \bar B = -A^{-\top} C^\top \bar S, \quad
//! \bar A = -\bar B X^\top$$
//!
//! by the LU factors of $A$. Where a pivot of $A$ is exactly 0, and where $X$ overflows, there is no
//! complement: that is an error with the pivot. An empty $A$ gives $S = D$.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::schur_complement;
//! use faer::mat;
//!
//! let (a, b, c, d) = (mat![[2.0]], mat![[4.0]], mat![[3.0]], mat![[7.0]]);
//! let complement = schur_complement::value(&a, &b, &c, &d)?;
//! assert_eq!(complement.s, mat![[1.0]]);
//! let (a_bar, b_bar, c_bar, d_bar) =
//!     schur_complement::pullback(&c, &complement, &mat![[1.0]])?;
//! assert_eq!((a_bar, b_bar), (mat![[3.0]], mat![[-1.5]]));
//! assert_eq!((c_bar, d_bar), (mat![[-2.0]], mat![[1.0]]));
//! # Ok::<(), calculus_core::Error>(())
//! ```

use crate::Error;
use crate::matrix::check::{finite, has_shape, square};
use crate::matrix::{Lu, Matrix, Operations, Transpose};

const OP: &str = "schur_complement";

/// The complement, and what derivatives take.
#[derive(Clone, Debug)]
pub struct SchurComplement<M> {
    /// The complement $S$.
    pub s: M,
    /// $X = A^{-1} B$.
    pub x: M,
    /// The factors of $A$.
    pub lu: Lu<M>,
}

/// The gradients with respect to $A$, $B$, $C$ and $D$.
type Gradients<M> = (M, M, M, M);

/// The complement for $A$ of $n \times n$, $B$ of $n \times k$, $C$ of $l \times n$ and $D$ of
/// $l \times k$.
///
/// Cost: $n^3/3 + n^2 k + lnk$ multiply-adds.
///
/// # Errors
/// [`Error::Singular`], [`Error::NotSquare`], [`Error::ShapeMismatch`], [`Error::NonFiniteEntry`].
pub fn value<A: Matrix>(a: &A, b: &A, c: &A, d: &A) -> Result<SchurComplement<A::Owned>, Error> {
    let n = square(OP, a)?;
    has_shape(OP, b, (n, b.columns()))?;
    has_shape(OP, c, (c.rows(), n))?;
    has_shape(OP, d, (c.rows(), b.columns()))?;
    for matrix in [a, b, c, d] {
        finite(OP, matrix)?;
    }
    let lu = <A::Owned as Operations>::lu(a.view());
    lu.regular(OP)?;
    let x = lu.bounded(OP, lu.solve(Transpose::No, b))?;
    let s = lu.bounded(OP, d.minus(&c.matmul(&x)))?;
    Ok(SchurComplement { s, x, lu })
}

/// $\dot S$ for the complement of [`value`] and the same `c`.
///
/// Cost: three products and two triangular solves.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(
    c: &A,
    complement: &SchurComplement<A::Owned>,
    a_tangent: &A,
    b_tangent: &A,
    c_tangent: &A,
    d_tangent: &A,
) -> Result<A::Owned, Error> {
    let SchurComplement { s, x, lu } = complement;
    has_shape(OP, c, (s.rows(), lu.size()))?;
    has_shape(OP, a_tangent, (lu.size(), lu.size()))?;
    has_shape(OP, b_tangent, x.shape())?;
    has_shape(OP, c_tangent, c.shape())?;
    has_shape(OP, d_tangent, s.shape())?;
    let x_tangent = lu.solve(Transpose::No, &b_tangent.minus(&a_tangent.matmul(x)));
    Ok(d_tangent.minus(&c_tangent.matmul(x)).minus(&c.matmul(&x_tangent)))
}

/// $\bar A$, $\bar B$, $\bar C$ and $\bar D$ for the complement of [`value`] and the same `c`.
///
/// Cost: three products and two triangular solves.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(
    c: &A,
    complement: &SchurComplement<A::Owned>,
    cotangent: &A,
) -> Result<Gradients<A::Owned>, Error> {
    let SchurComplement { s, x, lu } = complement;
    has_shape(OP, c, (s.rows(), lu.size()))?;
    has_shape(OP, cotangent, s.shape())?;
    let c_bar = cotangent.matmul_transpose(x).negated();
    let adjoint = lu.solve(Transpose::Yes, &c.transpose_matmul(cotangent));
    Ok((adjoint.matmul_transpose(x), adjoint.negated(), c_bar, cotangent.copied()))
}
