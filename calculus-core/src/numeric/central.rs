//! Central differences: the usual scheme.
//!
//! $$f'(x) = \frac{f(x + h) - f(x - h)}{2h} - \frac{h^2}{6} f'''(\xi)$$
//!
//! Truncation grows as $h^2$ and rounding as $\varepsilon/h$; their sum is least near
//! $h = \varepsilon^{1/3} L$ for a function that varies over the length $L$, where two thirds of
//! the digits remain. Beside a bound the quadratic through $x$, $x + h$ and $x + 2h$ takes its
//! place, which has the same order.
//!
//! Source: P. E. Gill, W. Murray, M. H. Wright (1981), *Practical Optimization*, section 8.6.

use super::axis::{Axis, Point};
use super::quotient::{Limit, Quotient, Sample};
use super::{Differences, Estimate, Scheme};
use crate::Error;

/// The derivative of `f` at `x` by a central difference, to two thirds of the digits.
///
/// The step is $\varepsilon^{1/3}\max(1, |x|)$. Costs 7 evaluations, five of which serve the error
/// estimate: two at twice the step, and two at a step some hundred times shorter together with the
/// one at $x$, where a kink, a jump or a wave shorter than the step shows. [`Differences`] sets a
/// length scale and bounds.
///
/// # Errors
/// [`Error::NonFiniteValue`] and [`Error::NonFinitePoint`] where `f` or `x` is not finite,
/// [`Error::NotConverged`] where the much shorter step contradicts the difference.
///
/// # Examples
/// ```
/// use calculus_core::numeric::central_difference;
/// let slope = central_difference(|x| x.sin() / x, 2.0)?;
/// let exact = 2.0_f64.cos() / 2.0 - 2.0_f64.sin() / 4.0;
/// assert!((slope.value - exact).abs() <= slope.error);
/// assert!(slope.relative_error() < 1e-9);
/// # Ok::<(), calculus_core::Error>(())
/// ```
pub fn central_difference(f: impl FnMut(f64) -> f64, x: f64) -> Result<Estimate, Error> {
    Differences::new(Scheme::Central).derivative(f, x)
}

/// The central difference along an axis, or its one-sided counterpart of the same order.
pub(super) fn limit(
    f: &mut impl FnMut(f64) -> Result<Point, Error>,
    axis: Axis,
    at_x: f64,
    noise: f64,
    errors: bool,
) -> Result<Limit, Error> {
    let s = noise.cbrt();
    let coordinate = axis.coordinate;
    if axis.is_symmetric() {
        let sample = |s: f64| symmetric(f, axis, at_x, noise, s);
        return Quotient { sample, order: 2, increment: 2, coordinate, errors }.fixed(s);
    }
    let x = axis.x;
    let sample = |s: f64| {
        let ((near, at_near), (far, at_far)) = (f(s)?, f(2.0 * s)?);
        let (a, b) = (near - x, far - x);
        let (slope_a, slope_b) = ((at_near - at_x) / a, (at_far - at_x) / b);
        let value = (b * slope_a - a * slope_b) / (b - a);
        // The weights of the three values sum to 4/h in absolute terms.
        let rounding = 4.0 * noise * (at_x.abs() + (x * value).abs()) / a.abs();
        Ok(Sample { value, rounding, bend: (slope_b - slope_a).abs() })
    };
    Quotient { sample, order: 2, increment: 1, coordinate, errors }.fixed(s)
}

/// The quotient $(f(x + h) - f(x - h))/2h$ along a symmetric axis.
pub(super) fn symmetric(
    f: &mut impl FnMut(f64) -> Result<Point, Error>,
    axis: Axis,
    at_x: f64,
    noise: f64,
    s: f64,
) -> Result<Sample, Error> {
    let ((a, at_a), (b, at_b)) = (f(-s)?, f(s)?);
    let width = b - a;
    let value = (at_b - at_a) / width;
    let size = at_a.abs().max(at_b.abs()) + (axis.x * value).abs();
    let bend = 2.0 * ((at_b - at_x) - (at_x - at_a)).abs() / width;
    Ok(Sample { value, rounding: 2.0 * noise * size / width, bend })
}
