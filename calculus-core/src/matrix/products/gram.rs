//! The Gram matrix $G = \mathrm{op}(A)^\top \mathrm{op}(A)$: of the columns of $A$, $A^\top A$, or of
//! its rows, $AA^\top$, which is that of the columns of $A^\top$.
//!
//! $$\dot G = \dot A^\top A + A^\top \dot A, \qquad \bar A = A(\bar G + \bar G^\top)$$
//!
//! for the columns, and $\dot A A^\top + A \dot A^\top$, $(\bar G + \bar G^\top)A$ for the rows. The
//! value and the pushforward are symmetric to the last bit. No degenerate points: entries that are
//! infinite or NaN go through as IEEE arithmetic has it.
//!
//! Source: M. Giles, "An extended collection of matrix derivative results for forward and reverse
//! mode algorithmic differentiation", 2008, section 2.2.1 with $B = A$.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::{Transpose, gram};
//! use faer::mat;
//!
//! let a = mat![[1.0, 2.0], [3.0, 4.0], [0.0, 1.0]];
//! assert_eq!(gram::value(&a, Transpose::No)?, mat![[10.0, 14.0], [14.0, 21.0]]);
//! assert_eq!(gram::value(&a, Transpose::Yes)?[(0, 1)], 11.0);
//! // The derivative of the first entry, the squared length of the first column.
//! let gradient = gram::pullback(&a, Transpose::No, &mat![[1.0, 0.0], [0.0, 0.0]])?;
//! assert_eq!(gradient, mat![[2.0, 0.0], [6.0, 0.0], [0.0, 0.0]]);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use crate::Error;
use crate::matrix::check::{has_shape, same_shape};
use crate::matrix::{Matrix, Operations, Transpose};

const OP: &str = "gram";

/// $A^\top A$, $n \times n$ for an $m \times n$ matrix $A$; with [`Transpose::Yes`] $AA^\top$,
/// $m \times m$.
///
/// Cost: half of a product.
///
/// # Errors
/// None; the result is one for the sake of uniformity.
pub fn value<A: Matrix>(a: &A, transpose: Transpose) -> Result<A::Owned, Error> {
    use Transpose::{No, Yes};
    let (left, right) = match transpose {
        No => (Yes, No),
        Yes => (No, Yes),
    };
    Ok(<A::Owned as Operations>::matmul_symmetric(a.view(), left, a.view(), right))
}

/// $\dot G = \dot A^\top A + A^\top \dot A$.
///
/// Cost: one product.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(a: &A, transpose: Transpose, tangent: &A) -> Result<A::Owned, Error> {
    same_shape(OP, tangent, a)?;
    let half = match transpose {
        Transpose::No => a.transpose_matmul(tangent),
        Transpose::Yes => a.matmul_transpose(tangent),
    };
    Ok(half.symmetric().scaled(2.0))
}

/// $\bar A = A(\bar G + \bar G^\top)$.
///
/// Cost: one product.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(a: &A, transpose: Transpose, cotangent: &A) -> Result<A::Owned, Error> {
    let n = if transpose == Transpose::No { a.columns() } else { a.rows() };
    has_shape(OP, cotangent, (n, n))?;
    let both = cotangent.symmetric().scaled(2.0);
    Ok(if transpose == Transpose::No { a.matmul(&both) } else { both.matmul(a) })
}
