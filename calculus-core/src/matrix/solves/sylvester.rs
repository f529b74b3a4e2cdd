//! The solution of the Sylvester equation $AX + XB = C$.
//!
//! $$A\dot X + \dot X B = \dot C - \dot A X - X \dot B$$
//! $$A^\top Z + Z B^\top = \bar X, \qquad \bar A = -Z X^\top, \quad \bar B = -X^\top Z, \quad
//! \bar C = Z$$
//!
//! by the Schur forms of $A$ and $B$ that [`value`] returns: the equations of both derivatives have
//! the same ones. There is a unique solution unless an eigenvalue of $A$ is the negative of one of
//! $B$. Where their sum is 0 to rounding, that is an error with the position of the pair
//! $(\lambda_i(A), \lambda_j(B))$ in column-major order and the modulus of the sum; the order of the
//! eigenvalues is that of the Schur forms.
//!
//! Source: R. H. Bartels, G. W. Stewart, "Solution of the matrix equation AX + XB = C", 1972.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::sylvester;
//! use faer::mat;
//!
//! let (a, b, c) = (mat![[1.0_f64]], mat![[3.0]], mat![[8.0]]);
//! let (x, forms) = sylvester::value(&a, &b, &c)?;
//! assert!((x[(0, 0)] - 2.0).abs() < 1e-14);
//! let (a_bar, _, c_bar) = sylvester::pullback(&forms, &x, &mat![[1.0]])?;
//! assert!((a_bar[(0, 0)] + 0.5).abs() < 1e-14);
//! assert!((c_bar[(0, 0)] - 0.25).abs() < 1e-14);
//!
//! let error = sylvester::value(&a, &mat![[-1.0]], &c).unwrap_err();
//! assert_eq!(error.to_string(), "sylvester: the matrix is singular, pivot 0 is 0");
//! # Ok::<(), calculus_core::Error>(())
//! ```

use crate::Error;
use crate::matrix::check::{finite, has_shape, representable, square};
use crate::matrix::{Matrix, Operations, Transpose};

const OP: &str = "sylvester";

/// The Schur forms of $A$ and $B$.
#[derive(Clone, Debug)]
pub struct Forms<M: Operations> {
    /// That of $A$.
    pub a: M::Schur,
    /// That of $B$.
    pub b: M::Schur,
}

/// $X$, of the shape of $C$ ($m \times n$), for $A$ of $m \times m$ and $B$ of $n \times n$; and the
/// Schur forms.
///
/// Cost: some $25 (m^3 + n^3)$ multiply-adds for the forms, $O(m^2 n + m n^2)$ for the solution.
///
/// # Errors
/// [`Error::Singular`], [`Error::NotSquare`], [`Error::ShapeMismatch`], [`Error::NonFiniteEntry`],
/// [`Error::NoConvergence`].
pub fn value<A: Matrix>(a: &A, b: &A, c: &A) -> Result<(A::Owned, Forms<A::Owned>), Error> {
    let (m, n) = (square(OP, a)?, square(OP, b)?);
    has_shape(OP, c, (m, n))?;
    for matrix in [a, b, c] {
        finite(OP, matrix)?;
    }
    let schur = |a: &A| <A::Owned as Operations>::schur(OP, a.view());
    let forms = Forms { a: schur(a)?, b: schur(b)? };
    let x = by_forms(&forms, Transpose::No, c)?;
    Ok((x, forms))
}

/// The gradients with respect to $A$, $B$ and $C$.
type Gradients<M> = (M, M, M);

/// The solution of the equation, or of the one with both matrices transposed.
fn by_forms<M: Operations>(
    forms: &Forms<M>,
    transpose: Transpose,
    c: &impl Matrix<Owned = M>,
) -> Result<M, Error> {
    M::sylvester(OP, (&forms.a, transpose), (&forms.b, transpose), c.view())
}

/// $\dot X$ for the solution and the forms of [`value`].
///
/// Cost: a solution by the forms and two products.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(
    forms: &Forms<A::Owned>,
    x: &A::Owned,
    a_tangent: &A,
    b_tangent: &A,
    c_tangent: &A,
) -> Result<A::Owned, Error> {
    let (m, n) = x.shape();
    has_shape(OP, a_tangent, (m, m))?;
    has_shape(OP, b_tangent, (n, n))?;
    has_shape(OP, c_tangent, (m, n))?;
    let moved = a_tangent.matmul(x).plus(&x.matmul(b_tangent));
    representable(OP, by_forms(forms, Transpose::No, &c_tangent.minus(&moved))?)
}

/// $\bar A$, $\bar B$ and $\bar C$ for the solution and the forms of [`value`].
///
/// Cost: a solution by the forms and two products.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(
    forms: &Forms<A::Owned>,
    x: &A::Owned,
    cotangent: &A,
) -> Result<Gradients<A::Owned>, Error> {
    has_shape(OP, cotangent, x.shape())?;
    let z = by_forms(forms, Transpose::Yes, cotangent)?;
    let negative = z.negated();
    representable(OP, (negative.matmul_transpose(x), x.transpose_matmul(&negative), z))
}
