//! The trace of a function of a symmetric matrix, $y = \mathrm{tr} f(A) = \sum_i f(w_i)$.
//!
//! $$\dot y = \langle f'(A), \mathrm{sym}(\dot A)\rangle, \qquad \bar A = \bar y f'(A) =
//! \bar y\,V \mathrm{diag}(f'(w)) V^\top$$
//!
//! No divided differences: the gradient exists wherever $f$ is differentiable at the eigenvalues,
//! repeated or not. $A$ is $n \times n$ and taken to be symmetric: only its lower triangle is read,
//! tangents are symmetrised, the gradient is symmetric. [`value`] computes eigenvalues alone;
//! [`value_and_gradient`] the decomposition, once for both.
//!
//! Source: N. J. Higham, *Functions of Matrices*, 2008, section 3.2; A. S. Lewis, "Derivatives of
//! spectral functions", 1996.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::{spectral_function::Log, trace_function};
//! use faer::mat;
//!
//! // ln det A = tr ln A, with the gradient A^{-1}.
//! let a = mat![[4.0, 0.0], [0.0, 4.0]];
//! assert_eq!(trace_function::value(&Log, &a)?, 2.0 * 4.0_f64.ln());
//! let (y, gradient) = trace_function::value_and_gradient(&Log, &a)?;
//! assert_eq!(y, 2.0 * 4.0_f64.ln());
//! assert_eq!(trace_function::pullback::<faer::Mat<f64>>(&gradient, &2.0)?, mat![[0.5, 0.0], [0.0, 0.5]]);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use super::spectral::{SpectralFunction, eigenvalues, spectrum};
use crate::Error;
use crate::elementary::Domain;
use crate::matrix::check::has_shape;
use crate::matrix::{Matrix, Operations};

const OP: &str = "trace_function";

/// $\mathrm{tr} f(A)$.
///
/// Cost: the eigenvalues, about $4n^3/3$.
///
/// # Errors
/// As [`spectral_function::value`](crate::matrix::spectral_function::value).
pub fn value<F: SpectralFunction, A: Matrix>(
    f: &F,
    a: &A,
) -> Result<<A::Owned as Operations>::Scalar, Error> {
    named_value(OP, f, a)
}

/// $\mathrm{tr} f(A)$ and $f'(A)$, an $n \times n$ symmetric matrix that derivatives take.
///
/// Cost: the decomposition, about $9n^3$, and half a product.
///
/// # Errors
/// As [`value`], and [`Error::Degenerate`] where $f'$ is infinite at an eigenvalue.
pub fn value_and_gradient<F: SpectralFunction, A: Matrix>(
    f: &F,
    a: &A,
) -> Result<(<A::Owned as Operations>::Scalar, A::Owned), Error> {
    named_value_and_gradient(OP, f, a)
}

/// $\dot y = \langle f'(A), \mathrm{sym}(\dot A)\rangle$ with the gradient of [`value_and_gradient`].
///
/// Cost: $n^2$.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(
    gradient: &A::Owned,
    tangent: &A,
) -> Result<<A::Owned as Operations>::Scalar, Error> {
    has_shape(OP, tangent, gradient.shape())?;
    // The gradient is symmetric, so its product with the skew part of the tangent is 0.
    Ok(gradient.inner(&tangent.copied()))
}

/// $\bar A = \bar y f'(A)$ with the gradient of [`value_and_gradient`].
///
/// Cost: $n^2$.
///
/// # Errors
/// None: every number is a cotangent.
pub fn pullback<A: Matrix>(
    gradient: &A::Owned,
    cotangent: &<A::Owned as Operations>::Scalar,
) -> Result<A::Owned, Error> {
    Ok(gradient.times_scalar(cotangent))
}

/// [`value`] under the name of the function.
pub(super) fn named_value<F: SpectralFunction, A: Matrix>(
    op: &'static str,
    f: &F,
    a: &A,
) -> Result<<A::Owned as Operations>::Scalar, Error> {
    let values = eigenvalues(op, f, a)?;
    <A::Owned as Operations>::spectral_trace(op, f, a.view(), &values)
}

/// [`value_and_gradient`] under the name of the function.
pub(super) fn named_value_and_gradient<F: SpectralFunction, A: Matrix>(
    op: &'static str,
    f: &F,
    a: &A,
) -> Result<(<A::Owned as Operations>::Scalar, A::Owned), Error> {
    let spectrum = spectrum(op, f, a)?;
    for i in 0..spectrum.values.rows() {
        let w = spectrum.values.primal(i, 0);
        if !f.derivative(w).is_finite() {
            return Err(Error::Degenerate { op, first: i, second: i, gap: w });
        }
    }
    let value = <A::Owned as Operations>::spectral_trace(op, f, a.view(), &spectrum.values)?;
    let slope = Slope(f.clone());
    let gradient = <A::Owned as Operations>::spectral_function(op, &slope, &spectrum, &[])?;
    Ok((value, gradient))
}

/// The derivative of a function as a function.
#[derive(Clone)]
struct Slope<F>(F);

impl<F: SpectralFunction> SpectralFunction for Slope<F> {
    fn value(&self, x: f64) -> f64 {
        self.0.derivative(x)
    }
    fn derivative(&self, x: f64) -> f64 {
        self.0.second_derivative(x)
    }
    /// $g[a, b] = f[a, a, b] + f[a, b, b]$ for $g = f'$.
    fn divided_difference(&self, a: f64, b: f64) -> f64 {
        self.0.second_divided_difference(a, a, b) + self.0.second_divided_difference(a, b, b)
    }
    /// The third derivative is not asked of a function; it is not needed below third order.
    fn second_derivative(&self, _: f64) -> f64 {
        f64::NAN
    }
    fn domain(&self) -> Domain {
        self.0.domain()
    }
}
