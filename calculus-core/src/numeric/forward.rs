//! Forward differences: the cheapest scheme.
//!
//! $$f'(x) = \frac{f(x + h) - f(x)}{h} - \frac{h}{2} f''(\xi)$$
//!
//! Truncation grows as $h$ and rounding as $\varepsilon/h$; their sum is least near
//! $h = \sqrt\varepsilon\,L$ for a function that varies over the length $L$, where half of the
//! digits remain.
//!
//! Source: P. E. Gill, W. Murray, M. H. Wright (1981), *Practical Optimization*, section 8.6.

use super::axis::{Axis, Point};
use super::quotient::{Limit, Quotient, Sample};
use super::{Differences, Estimate, Scheme};
use crate::Error;

/// The derivative of `f` at `x` by a forward difference, to half of the digits.
///
/// The step is $\sqrt\varepsilon\max(1, |x|)$. Costs 5 evaluations, three of which serve the error
/// estimate: at twice the step, at four times the step, and on the other side of $x$, where a kink or
/// a jump at $x$ shows. [`Differences`] sets a length scale and bounds.
///
/// # Errors
/// [`Error::NonFiniteValue`] and [`Error::NonFinitePoint`] where `f` or `x` is not finite,
/// [`Error::NotConverged`] where a much shorter step contradicts the difference.
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
pub(super) fn limit(
    f: &mut impl FnMut(f64) -> Result<Point, Error>,
    axis: Axis,
    at_x: f64,
    noise: f64,
    errors: bool,
) -> Result<Limit, Error> {
    let coordinate = axis.coordinate;
    let sample = |s: f64| quotient(f, axis, at_x, noise, s);
    let mut quotients = Quotient { sample, order: 1, increment: 1, coordinate, errors };
    let limit = quotients.fixed(noise.sqrt())?;
    if errors && limit.value == 0.0 {
        // Values that are rounded coarsely, as those of a single-precision function, form stairs,
        // on one of which the steps may have stayed. A longer step tells them from a constant.
        let longer = (quotients.sample)(noise.cbrt())?;
        let error = longer.value.abs();
        if error > limit.error * axis.ratio(noise.cbrt(), limit.step) + longer.rounding {
            return Err(Error::NotConverged { coordinate, value: 0.0, error });
        }
    }
    Ok(limit)
}

/// The quotient $(f(x + h) - f(x))/h$, with $h < 0$ where the axis is stepped below.
pub(super) fn quotient(
    f: &mut impl FnMut(f64) -> Result<Point, Error>,
    axis: Axis,
    at_x: f64,
    noise: f64,
    s: f64,
) -> Result<Sample, Error> {
    let x = axis.x;
    let (point, at_point) = f(s)?;
    let h = point - x; // what is left of the step after rounding
    let value = (at_point - at_x) / h;
    let rounding = 2.0 * noise * (at_x.abs() + (x * value).abs()) / h.abs();
    Ok(Sample::new(value, rounding))
}
