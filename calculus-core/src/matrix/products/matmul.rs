//! The matrix product $C = \mathrm{op}(A)\,\mathrm{op}(B)$, where $\mathrm{op}$ transposes or not.
//!
//! $$\dot C = \dot A B + A \dot B, \qquad \bar A = \bar C B^\top, \quad \bar B = A^\top \bar C$$
//!
//! and the transposes of these where an operand is transposed. No degenerate points: entries that
//! are infinite or NaN go through as IEEE arithmetic has it.
//!
//! Source: M. Giles, "An extended collection of matrix derivative results for forward and reverse
//! mode algorithmic differentiation", 2008, section 2.2.1.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::{Transpose, matmul};
//! use faer::mat;
//!
//! let (a, b) = (mat![[1.0, 2.0], [3.0, 4.0]], mat![[5.0], [6.0]]);
//! let (no, yes) = (Transpose::No, Transpose::Yes);
//! assert_eq!(matmul::value(&a, no, &b, no)?, mat![[17.0], [39.0]]);
//! assert_eq!(matmul::value(&a, yes, &b, no)?, mat![[23.0], [34.0]]);
//!
//! let cotangent = mat![[1.0], [0.0]];
//! let (a_bar, b_bar) = matmul::pullback(&a, no, &b, no, &cotangent)?;
//! assert_eq!(a_bar, mat![[5.0, 6.0], [0.0, 0.0]]);
//! assert_eq!(b_bar, mat![[1.0], [2.0]]);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use crate::Error;
use crate::matrix::check::{has_shape, same_shape};
use crate::matrix::{Matrix, Operations, Transpose};

const OP: &str = "matmul";

fn oriented((rows, columns): (usize, usize), transpose: Transpose) -> (usize, usize) {
    match transpose {
        Transpose::No => (rows, columns),
        Transpose::Yes => (columns, rows),
    }
}

/// The shape of the product.
fn shape<A: Matrix>(a: &A, ta: Transpose, b: &A, tb: Transpose) -> Result<(usize, usize), Error> {
    let (lhs, rhs) = (oriented(a.shape(), ta), oriented(b.shape(), tb));
    if lhs.1 == rhs.0 { Ok((lhs.0, rhs.1)) } else { Err(Error::ShapeMismatch { op: OP, lhs, rhs }) }
}

/// $\mathrm{op}(A)\,\mathrm{op}(B)$.
///
/// Cost: $mkn$ multiply-adds.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn value<A: Matrix>(
    a: &A,
    transpose_a: Transpose,
    b: &A,
    transpose_b: Transpose,
) -> Result<A::Owned, Error> {
    shape(a, transpose_a, b, transpose_b)?;
    Ok(<A::Owned as Operations>::matmul(a.view(), transpose_a, b.view(), transpose_b))
}

/// $\dot C = \dot A B + A \dot B$.
///
/// Cost: two products.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(
    a: &A,
    transpose_a: Transpose,
    b: &A,
    transpose_b: Transpose,
    a_tangent: &A,
    b_tangent: &A,
) -> Result<A::Owned, Error> {
    same_shape(OP, a_tangent, a)?;
    same_shape(OP, b_tangent, b)?;
    let left = value(a_tangent, transpose_a, b, transpose_b)?;
    Ok(left.plus(&value(a, transpose_a, b_tangent, transpose_b)?))
}

/// $\bar A = \bar C B^\top$ and $\bar B = A^\top \bar C$.
///
/// Cost: two products.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(
    a: &A,
    transpose_a: Transpose,
    b: &A,
    transpose_b: Transpose,
    cotangent: &A,
) -> Result<(A::Owned, A::Owned), Error> {
    use Transpose::{No, Yes};
    has_shape(OP, cotangent, shape(a, transpose_a, b, transpose_b)?)?;
    let product = <A::Owned as Operations>::matmul;
    let (a, b, c) = (a.view(), b.view(), cotangent.view());
    Ok(match (transpose_a, transpose_b) {
        (No, No) => (product(c, No, b, Yes), product(a, Yes, c, No)),
        (No, Yes) => (product(c, No, b, No), product(c, Yes, a, No)),
        (Yes, No) => (product(b, No, c, Yes), product(a, No, c, No)),
        (Yes, Yes) => (product(b, Yes, c, Yes), product(c, Yes, a, Yes)),
    })
}
