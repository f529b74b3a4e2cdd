//! A function that is written over any scalar.

use super::SpectralFunction;
use crate::elementary::{Domain, Unary};
use crate::numeric::{Complex, Differences, Scheme, complex_step};
use crate::{Objective, Real};

/// A function of one variable, written over [`Real`], as a [`SpectralFunction`].
///
/// The first derivative is that of the complex step, as accurate as the values. The second one is a
/// difference of first ones, with about 10 digits; it is used by
/// [`second_pushforward`](crate::matrix::spectral_function::second_pushforward) alone. Where the
/// function has no finite value the matrix is outside the domain.
///
/// # Examples
/// ```
/// use calculus_core::matrix::spectral_function::{self, Analytic};
/// use calculus_core::{Objective, Real};
/// use faer::mat;
///
/// #[derive(Clone)]
/// struct Logistic { steepness: f64 }
/// impl Objective for Logistic {
///     fn value<T: Real>(&self, x: &[T]) -> T { 1.0 / (1.0 + (-self.steepness * x[0]).exp()) }
/// }
/// let f = Analytic(Logistic { steepness: 2.0 });
/// // The eigenvalues coincide.
/// let (c, spectrum) = spectral_function::value(&f, &mat![[0.0, 0.0], [0.0, 0.0]])?;
/// assert_eq!(c, mat![[0.5, 0.0], [0.0, 0.5]]);
/// let gradient = spectral_function::pullback(&f, &spectrum, &mat![[1.0, 2.0], [2.0, 0.0]])?;
/// assert_eq!(gradient, mat![[0.5, 1.0], [1.0, 0.0]]);
/// # Ok::<(), calculus_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Analytic<O>(
    /// The function; its argument has one component.
    pub O,
);

impl<O: Objective + Clone + 'static> SpectralFunction for Analytic<O> {
    fn value(&self, x: f64) -> f64 {
        self.0.value(&[x])
    }
    fn derivative(&self, x: f64) -> f64 {
        slope(x, |z| self.0.value(&[z]))
    }
    fn second_derivative(&self, x: f64) -> f64 {
        let slope = |x: &[f64]| self.derivative(x[0]);
        let second = Differences::new(Scheme::Ridders).gradient(slope, &[x]);
        second.map_or(f64::NAN, |estimates| estimates.value[0])
    }
}

/// A row of the table of elementary functions, with its domain.
impl SpectralFunction for Unary {
    fn value(&self, x: f64) -> f64 {
        Unary::value(*self, x)
    }
    fn derivative(&self, x: f64) -> f64 {
        Unary::derivative(*self, x, Unary::value(*self, x))
    }
    fn second_derivative(&self, x: f64) -> f64 {
        slope(x, |z| Unary::derivative(*self, z, z.apply(*self)))
    }
    fn domain(&self) -> Domain {
        Unary::domain(*self)
    }
}

/// The derivative by the complex step.
fn slope(x: f64, f: impl Fn(Complex) -> Complex) -> f64 {
    complex_step(f, x).unwrap_or(f64::NAN)
}
