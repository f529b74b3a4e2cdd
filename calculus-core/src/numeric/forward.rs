//! Forward differences: the cheapest scheme.
//!
//! $$f'(x) = \frac{f(x + h) - f(x)}{h} - \frac{h}{2} f''(\xi)$$
//!
//! Truncation grows as $h$ and rounding as $\varepsilon/h$; their sum is least near
//! $h = \sqrt\varepsilon\,L$ for a function that varies over the length $L$, where half of the
//! digits remain.
//!
//! Source: P. E. Gill, W. Murray, M. H. Wright (1981), *Practical Optimization*, section 8.6.

use super::axis::Axis;
use super::quotient::{Quotient, Sample};
use super::{Differences, Estimate, Scheme};
use crate::Error;

/// The derivative of `f` at `x` by a forward difference, to half of the digits.
///
/// The step is $\sqrt\varepsilon\max(1, |x|)$. Costs 3 evaluations, one of which serves the error
/// estimate. [`Differences`] sets a length scale and bounds.
///
/// # Errors
/// [`Error::NonFiniteValue`] and [`Error::NonFinitePoint`] where `f` or `x` is not finite.
///
/// # Examples
/// ```
/// use calculus_core::numeric::forward_difference;
/// let slope = forward_difference(|x| x.exp(), 1.0)?;
/// assert!((slope.value - 1.0_f64.exp()).abs() <= slope.error);
/// assert!(slope.relative_error() < 1e-6);
/// # Ok::<(), calculus_core::Error>(())
/// ```
pub fn forward_difference(f: impl FnMut(f64) -> f64, x: f64) -> Result<Estimate, Error> {
    Differences::new(Scheme::Forward).derivative(f, x)
}

/// The forward difference along an axis; backward where the axis is stepped below.
pub(super) fn estimate(
    f: &mut impl FnMut(f64) -> Result<f64, Error>,
    axis: Axis,
    at_x: f64,
    noise: f64,
    errors: bool,
) -> Result<Estimate, Error> {
    let x = axis.x;
    let sample = |s: f64| {
        let point = x + axis.step(s);
        let h = point - x; // what is left of the step after rounding
        let value = (f(point)? - at_x) / h;
        let rounding = 2.0 * noise * (at_x.abs() + (x * value).abs()) / h.abs();
        Ok(Sample { value, rounding })
    };
    let coordinate = axis.coordinate;
    Quotient { sample, order: 1, increment: 1, coordinate, errors }.fixed(noise.sqrt())
}
