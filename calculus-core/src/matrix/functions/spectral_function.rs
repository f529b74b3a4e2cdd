//! A function of a symmetric matrix through its eigenvalues, $f(A) = V \mathrm{diag}(f(w)) V^\top$.
//!
//! $$\dot C = V\,(f[w_i, w_j] \circ (V^\top \mathrm{sym}(\dot A) V))\,V^\top, \qquad
//! \bar A = V\,(f[w_i, w_j] \circ (V^\top \mathrm{sym}(\bar C) V))\,V^\top$$
//!
//! The derivative is its own adjoint. $A$ is $n \times n$ and taken to be symmetric: only its lower
//! triangle is read, tangents and cotangents are symmetrised, the gradient is symmetric. Repeated and
//! nearly repeated eigenvalues are regular points, see [`SpectralFunction`]. The derivative does not exist where a divided difference is infinite, as that of
//! the square root at two eigenvalues 0: an error with the two and their gap.
//!
//! The second derivative is symmetric in its two directions and, with a cotangent, in all three: the
//! pullback of [`pushforward`] to the matrix is [`second_pushforward`] in the directions of the tangent
//! and of the cotangent, and to the tangent it is [`pullback`]. So it gives Hessian-vector products.
//!
//! | function | $f$ | $f[a, b]$ |
//! |---|---|---|
//! | [`Exp`] | $e^x$ | $e^b (1 - e^{-(b - a)})/(b - a)$ by `exp_m1` |
//! | [`Log`] | $\ln x$ | $\ln(1 + (b - a)/a)/(b - a)$ by `ln_1p` |
//! | [`Sqrt`] | $\sqrt x$ | $1/(\sqrt a + \sqrt b)$ |
//! | [`InverseSqrt`] | $1/\sqrt x$ | $-1/(\sqrt a \sqrt b (\sqrt a + \sqrt b))$ |
//! | [`Inverse`] | $1/x$ | $-1/(ab)$ |
//! | [`Power`] | $x^p$ | $a^p (e^{p \ln(b/a)} - 1)/(b - a)$; a sum of products for integers |
//! | [`Sin`], [`Cos`] | $\sin x$, $\cos x$ | $\cos m\,\frac{\sin h}{h}$, $-\sin m\,\frac{\sin h}{h}$, with $m = \frac{a + b}{2}$, $h = \frac{b - a}{2}$ |
//! | [`Entropy`] | $x \ln x$ | $\ln b + a \ln[a, b]$ |
//! | a row of [`Unary`](crate::elementary::Unary) | any | integral of the derivative, or the quotient |
//! | [`Analytic`] | any, written over [`Real`](crate::Real) | integral of the derivative, or the quotient |
//!
//! Source: N. J. Higham, *Functions of Matrices*, 2008, theorem 3.11 and section 3.2 (Daleckiĭ and
//! Kreĭn 1965).
//!
//! # Examples
//! ```
//! use calculus_core::elementary::Unary;
//! use calculus_core::matrix::spectral_function::{self, Power};
//! use faer::mat;
//!
//! let a = mat![[2.0, 0.0], [0.0, 2.0]];
//! let (c, spectrum) = spectral_function::value(&Power(3.0), &a)?;
//! assert_eq!(c, mat![[8.0, 0.0], [0.0, 8.0]]);
//! let gradient = spectral_function::pullback(&Power(3.0), &spectrum, &mat![[1.0, 1.0], [1.0, 0.0]])?;
//! assert_eq!(gradient, mat![[12.0, 12.0], [12.0, 0.0]]);
//!
//! // Any row of the table of elementary functions.
//! let (c, _) = spectral_function::value(&Unary::Tanh, &a)?;
//! assert_eq!(c[(1, 1)], 2.0_f64.tanh());
//! # Ok::<(), calculus_core::Error>(())
//! ```

use super::spectral::spectrum;
use crate::Error;
use crate::matrix::check::has_shape;
use crate::matrix::{Matrix, Operations};

pub use super::spectral::{
    Analytic, Cos, Entropy, Exp, Inverse, InverseSqrt, Log, Power, Sin, SpectralFunction, Sqrt,
    SymmetricSpectrum,
};

const OP: &str = "spectral_function";

/// $f(A)$, an $n \times n$ symmetric matrix, and the decomposition that derivatives take.
///
/// Cost: the decomposition, about $9 n^3$, and half a product.
///
/// # Errors
/// [`Error::NotSquare`], [`Error::NonFiniteEntry`], [`Error::NoConvergence`]; for an eigenvalue outside
/// the domain of `f` [`Error::NotPositiveDefinite`] if the domain starts with 0,
/// [`Error::OutsideDomain`] otherwise; [`Error::Singular`] where $f$ is infinite at an eigenvalue 0.
pub fn value<F: SpectralFunction, A: Matrix>(
    f: &F,
    a: &A,
) -> Result<(A::Owned, SymmetricSpectrum<A::Owned>), Error> {
    named_value(OP, f, a)
}

/// $\dot C = V\,(f[w_i, w_j] \circ (V^\top \mathrm{sym}(\dot A) V))\,V^\top$.
///
/// Cost: four products.
///
/// # Errors
/// [`Error::ShapeMismatch`], [`Error::Degenerate`].
pub fn pushforward<F: SpectralFunction, A: Matrix>(
    f: &F,
    spectrum: &SymmetricSpectrum<A::Owned>,
    tangent: &A,
) -> Result<A::Owned, Error> {
    named_derivative(OP, f, spectrum, tangent)
}

/// $D^2f(A)[\dot A, \ddot A]$, the derivative of [`pushforward`] in a second direction.
///
/// Cost: $n^3/2$ second divided differences and six products.
///
/// # Errors
/// [`Error::ShapeMismatch`], [`Error::Degenerate`].
pub fn second_pushforward<F: SpectralFunction, A: Matrix>(
    f: &F,
    spectrum: &SymmetricSpectrum<A::Owned>,
    tangent: &A,
    second_tangent: &A,
) -> Result<A::Owned, Error> {
    has_shape(OP, tangent, spectrum.vectors.shape())?;
    has_shape(OP, second_tangent, spectrum.vectors.shape())?;
    let directions = [&tangent.symmetric(), &second_tangent.symmetric()];
    <A::Owned as Operations>::spectral_function(OP, f, spectrum, &directions)
}

/// $\bar A = V\,(f[w_i, w_j] \circ (V^\top \mathrm{sym}(\bar C) V))\,V^\top$.
///
/// Cost: four products.
///
/// # Errors
/// [`Error::ShapeMismatch`], [`Error::Degenerate`].
pub fn pullback<F: SpectralFunction, A: Matrix>(
    f: &F,
    spectrum: &SymmetricSpectrum<A::Owned>,
    cotangent: &A,
) -> Result<A::Owned, Error> {
    named_derivative(OP, f, spectrum, cotangent)
}

/// [`value`] under the name of the function.
pub(super) fn named_value<F: SpectralFunction, A: Matrix>(
    op: &'static str,
    f: &F,
    a: &A,
) -> Result<(A::Owned, SymmetricSpectrum<A::Owned>), Error> {
    let spectrum = spectrum(op, f, a)?;
    let value = <A::Owned as Operations>::spectral_function(op, f, &spectrum, &[])?;
    Ok((value, spectrum))
}

/// [`pushforward`] and [`pullback`] under the name of the function.
pub(super) fn named_derivative<F: SpectralFunction, A: Matrix>(
    op: &'static str,
    f: &F,
    spectrum: &SymmetricSpectrum<A::Owned>,
    direction: &A,
) -> Result<A::Owned, Error> {
    has_shape(op, direction, spectrum.vectors.shape())?;
    <A::Owned as Operations>::spectral_function(op, f, spectrum, &[&direction.symmetric()])
}
