//! The adjugate $C = \mathrm{adj}(A)$, the transposed matrix of cofactors: $AC = CA = \det(A) I$.
//!
//! $$\dot C = \mathrm{cof}'(A)[\dot A]^\top, \qquad \bar A = \mathrm{cof}'(A)[\bar C^\top]$$
//!
//! where $\mathrm{cof}'(A)$, the Hessian of the determinant, is
//! $V \mapsto \det(A) (\langle A^{-\top}, V\rangle A^{-\top} - A^{-\top} V^\top A^{-\top})$ for a
//! regular matrix. The adjugate is a polynomial, so there are no degenerate points: value and
//! derivative are computed without dividing by the last two pivots of complete pivoting, and are
//! right at every rank. The adjugate has rank 1 at rank $n - 1$ and is 0 below; its derivative is 0
//! from rank $n - 3$ down. The adjugate of a $1 \times 1$ matrix is 1.
//!
//! Source: J. R. Magnus, H. Neudecker, *Matrix Differential Calculus*, 3rd ed., 2019, chapter 8 on
//! the differential of the adjoint matrix; for singular matrices derived here.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::adjugate;
//! use faer::mat;
//!
//! let (c, cofactors) = adjugate::value(&mat![[1.0, 2.0], [2.0, 4.0]])?;
//! assert_eq!(c, mat![[4.0, -2.0], [-2.0, 1.0]]);
//! // c_00 = a_11
//! let gradient = adjugate::pullback(&cofactors, &mat![[1.0, 0.0], [0.0, 0.0]])?;
//! assert_eq!(gradient, mat![[0.0, 0.0], [0.0, 1.0]]);
//! # Ok::<(), calculus_core::Error>(())
//! ```

pub use super::cofactors::Cofactors;
use super::cofactors::representable;
use crate::Error;
use crate::matrix::Matrix;
use crate::matrix::check::{finite, has_shape, square};

const OP: &str = "adjugate";

/// $\mathrm{adj}(A)$, and what derivatives take.
///
/// Cost: complete pivoting, $n^3/3$ multiply-adds that do not run at the speed of a product, and
/// $5n^3/3$ that do.
///
/// # Errors
/// [`Error::NotSquare`], [`Error::NonFiniteEntry`]; [`Error::OutsideDomain`] where an entry
/// overflows.
pub fn value<A: Matrix>(a: &A) -> Result<(A::Owned, Cofactors<A::Owned>), Error> {
    square(OP, a)?;
    finite(OP, a)?;
    let cofactors = Cofactors::new(a);
    let c = representable(OP, cofactors.matrix().transposed())?;
    Ok((c, cofactors))
}

/// $\dot C = \mathrm{cof}'(A)[\dot A]^\top$ for the parts of [`value`].
///
/// Cost: five products.
///
/// # Errors
/// [`Error::ShapeMismatch`]; [`Error::OutsideDomain`] where an entry overflows.
pub fn pushforward<A: Matrix>(
    cofactors: &Cofactors<A::Owned>,
    tangent: &A,
) -> Result<A::Owned, Error> {
    let n = cofactors.size();
    has_shape(OP, tangent, (n, n))?;
    representable(OP, cofactors.derivative(tangent).transposed())
}

/// $\bar A = \mathrm{cof}'(A)[\bar C^\top]$ for the parts of [`value`].
///
/// Cost: five products.
///
/// # Errors
/// [`Error::ShapeMismatch`]; [`Error::OutsideDomain`] where an entry overflows.
pub fn pullback<A: Matrix>(
    cofactors: &Cofactors<A::Owned>,
    cotangent: &A,
) -> Result<A::Owned, Error> {
    let n = cofactors.size();
    has_shape(OP, cotangent, (n, n))?;
    representable(OP, cofactors.derivative(&cotangent.transposed()))
}
