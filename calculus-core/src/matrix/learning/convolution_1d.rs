//! The convolution $y = x * k$ of a signal and a kernel, two columns:
//! $y_i = \sum_a k_a\, x_{i-a}$.
//!
//! $$\dot y = \dot x * k + x * \dot k, \qquad
//! \bar x_i = \sum_a k_a\, \bar y_{i+a}, \quad \bar k_a = \sum_i x_i\, \bar y_{i+a}$$
//!
//! [`Extent`] says which part of the result is kept. Entries that are infinite or NaN go through.
//!
//! Source: R. N. Bracewell, "The Fourier Transform and Its Applications", 3rd edition, 2000,
//! chapter 3.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::{Extent, convolution_1d};
//! use faer::mat;
//!
//! let (x, k) = (mat![[1.0], [2.0], [4.0]], mat![[1.0], [-1.0]]);
//! let differences = convolution_1d::value(&x, &k, Extent::Valid)?;
//! assert_eq!(differences, mat![[1.0], [2.0]]);
//! let (x_bar, k_bar) = convolution_1d::pullback(&x, &k, Extent::Valid, &mat![[1.0], [1.0]])?;
//! assert_eq!(x_bar, mat![[-1.0], [0.0], [1.0]]);
//! assert_eq!(k_bar, mat![[6.0], [3.0]]);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use super::convolution_2d::{self, Extent};
use crate::Error;
use crate::matrix::Matrix;
use crate::matrix::check::column;

const OP: &str = "convolution_1d";

/// $x * k$, the part of it that `extent` names.
///
/// Cost: the product of the two lengths.
///
/// # Errors
/// [`Error::ShapeMismatch`] if an argument is not a column, if one of the two has no entries, or if
/// a kernel is longer than the signal that it must lie in.
pub fn value<A: Matrix>(x: &A, k: &A, extent: Extent) -> Result<A::Owned, Error> {
    column(OP, x)?;
    column(OP, k)?;
    convolution_2d::value_as(OP, x, k, extent)
}

/// $\dot y = \dot x * k + x * \dot k$.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(
    x: &A,
    k: &A,
    extent: Extent,
    x_tangent: &A,
    k_tangent: &A,
) -> Result<A::Owned, Error> {
    column(OP, x)?;
    column(OP, k)?;
    convolution_2d::pushforward(x, k, extent, x_tangent, k_tangent)
}

/// The correlations of the cotangent with the kernel, $\bar x$, and with the signal, $\bar k$.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(
    x: &A,
    k: &A,
    extent: Extent,
    cotangent: &A,
) -> Result<(A::Owned, A::Owned), Error> {
    column(OP, x)?;
    column(OP, k)?;
    convolution_2d::pullback(x, k, extent, cotangent)
}
