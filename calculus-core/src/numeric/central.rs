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

use super::axis::Axis;
use super::quotient::{Quotient, Sample};
use super::{Differences, Estimate, Scheme};
use crate::Error;

/// The derivative of `f` at `x` by a central difference, to two thirds of the digits.
///
/// The step is $\varepsilon^{1/3}\max(1, |x|)$. Costs 5 evaluations, three of which serve the error
/// estimate. [`Differences`] sets a length scale and bounds. A function that oscillates within one
/// step, with a period below $10^{-5}$ of the scale, escapes the error estimate; [`ridders`](super::ridders())
/// finds the scale by trial.
///
/// # Errors
/// [`Error::NonFiniteValue`] and [`Error::NonFinitePoint`] where `f` or `x` is not finite.
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
pub(super) fn estimate(
    f: &mut impl FnMut(f64) -> Result<f64, Error>,
    axis: Axis,
    at_x: f64,
    noise: f64,
    errors: bool,
) -> Result<Estimate, Error> {
    let s = noise.cbrt();
    let coordinate = axis.coordinate;
    if axis.is_symmetric() {
        let sample = |s: f64| symmetric(f, axis, noise, s);
        return Quotient { sample, order: 2, increment: 2, coordinate, errors }.fixed(s);
    }
    let x = axis.x;
    let sample = |s: f64| {
        let (near, far) = (x + axis.step(s), x + 2.0 * axis.step(s));
        let (a, b) = (near - x, far - x);
        let (slope_a, slope_b) = ((f(near)? - at_x) / a, (f(far)? - at_x) / b);
        let value = (b * slope_a - a * slope_b) / (b - a);
        // The weights of the three values sum to 4/h in absolute terms.
        let rounding = 4.0 * noise * (at_x.abs() + (x * value).abs()) / a.abs();
        Ok(Sample { value, rounding })
    };
    Quotient { sample, order: 2, increment: 1, coordinate, errors }.fixed(s)
}

/// The quotient $(f(x + h) - f(x - h))/2h$, or $(f(x + h) - f(x))/h$ on a one-sided axis.
pub(super) fn symmetric(
    f: &mut impl FnMut(f64) -> Result<f64, Error>,
    axis: Axis,
    noise: f64,
    s: f64,
) -> Result<Sample, Error> {
    let (a, b) = axis.points(s);
    let (at_a, at_b) = (f(a)?, f(b)?);
    let value = (at_b - at_a) / (b - a);
    let size = at_a.abs().max(at_b.abs()) + (axis.x * value).abs();
    Ok(Sample { value, rounding: 2.0 * noise * size / (b - a).abs() })
}
