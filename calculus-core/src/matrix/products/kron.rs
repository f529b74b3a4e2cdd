//! The Kronecker product $C = A \otimes B$: the blocks $a_{ij} B$.
//!
//! $$\dot C = \dot A \otimes B + A \otimes \dot B, \qquad
//! \bar a_{ij} = \langle \bar C_{ij}, B\rangle, \quad \bar B = \sum_{ij} a_{ij} \bar C_{ij}$$
//!
//! where $\bar C_{ij}$ is the block at the place of $a_{ij} B$. With the blocks as the rows of a
//! matrix, $\mathcal R(A \otimes B) = \mathrm{vec}(A)\,\mathrm{vec}(B)^\top$: a Kronecker product is
//! a rearranged outer product, and that is how it is differentiated. No degenerate points: entries
//! that are infinite or NaN go through as IEEE arithmetic has it.
//!
//! Source: C. F. Van Loan and N. Pitsianis, "Approximation with Kronecker products", 1993, section 2.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::kron;
//! use faer::mat;
//!
//! let (a, b) = (mat![[1.0, 2.0]], mat![[3.0], [4.0]]);
//! assert_eq!(kron::value(&a, &b)?, mat![[3.0, 6.0], [4.0, 8.0]]);
//! let (a_bar, b_bar) = kron::pullback(&a, &b, &mat![[1.0, 0.0], [0.0, 1.0]])?;
//! assert_eq!(a_bar, mat![[3.0, 4.0]]);
//! assert_eq!(b_bar, mat![[1.0], [2.0]]);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use crate::Error;
use crate::matrix::check::{has_shape, same_shape};
use crate::matrix::structure::{reshape, vectorise};
use crate::matrix::{Matrix, Operations};

const OP: &str = "kron";

fn shape<A: Matrix>(a: &A, b: &A) -> (usize, usize) {
    (a.rows() * b.rows(), a.columns() * b.columns())
}

/// $A \otimes B$, $mp \times nq$, for $A$ of $m \times n$ and $B$ of $p \times q$.
///
/// Cost: $mnpq$ multiplications.
///
/// # Errors
/// None; the result is one for the sake of uniformity.
pub fn value<A: Matrix>(a: &A, b: &A) -> Result<A::Owned, Error> {
    Ok(<A::Owned as Operations>::kron(a.view(), b.view()))
}

/// $\dot C = \dot A \otimes B + A \otimes \dot B$.
///
/// Cost: two products.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(
    a: &A,
    b: &A,
    a_tangent: &A,
    b_tangent: &A,
) -> Result<A::Owned, Error> {
    same_shape(OP, a_tangent, a)?;
    same_shape(OP, b_tangent, b)?;
    Ok(value(a_tangent, b)?.plus(&value(a, b_tangent)?))
}

/// $\mathrm{vec}(\bar A) = \mathcal R(\bar C)\,\mathrm{vec}(B)$ and
/// $\mathrm{vec}(\bar B) = \mathcal R(\bar C)^\top \mathrm{vec}(A)$.
///
/// Cost: $2mnpq$ multiply-adds.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(a: &A, b: &A, cotangent: &A) -> Result<(A::Owned, A::Owned), Error> {
    has_shape(OP, cotangent, shape(a, b))?;
    let ((m, n), (p, q)) = (a.shape(), b.shape());
    let place = |k, l| Some((p * (k % m) + l % p, q * (k / m) + l / p));
    let blocks = <A::Owned as Operations>::gather(cotangent.view(), m * n, p * q, place);
    let a_bar = blocks.matmul(&vectorise::value(b)?);
    let b_bar = blocks.transpose_matmul(&vectorise::value(a)?);
    Ok((reshape::value(&a_bar, m, n)?, reshape::value(&b_bar, p, q)?))
}
