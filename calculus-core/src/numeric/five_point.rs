//! Five-point differences: four fifths of the digits for four values.
//!
//! $$f'(x) = \frac{f(x - 2h) - 8 f(x - h) + 8 f(x + h) - f(x + 2h)}{12 h}
//! + \frac{h^4}{30} f^{(5)}(\xi)$$
//!
//! This is the central difference at $h$ and $2h$ with the term in $h^2$ eliminated. Truncation grows
//! as $h^4$ and rounding as $\varepsilon/h$; their sum is least near $h = \varepsilon^{1/5} L$ for a
//! function that varies over the length $L$. Beside a bound the quartic through $x$, $x + h$,
//! $x + 2h$, $x + 4h$ and $x + 8h$ takes its place, which has the same order.
//!
//! Source: M. Abramowitz, I. A. Stegun (1964), *Handbook of Mathematical Functions*, equation
//! 25.3.6; the elimination is Richardson's (1927).

use super::axis::{Axis, Point};
use super::quotient::{Limit, Quotient};
use super::{Differences, Estimate, Scheme, central, forward};
use crate::Error;

/// The derivative of `f` at `x` by the five-point difference, to four fifths of the digits.
///
/// The step is $\varepsilon^{1/5}\max(1, |x|)$, some hundred times longer than that of the
/// [central difference](super::central_difference), and the function has to be smooth over four
/// steps. Costs 9 evaluations, five of which serve the error estimate: the difference at twice the
/// step needs two more, and two at a much shorter step together with the one at $x$ show a kink, a
/// jump, or a wave shorter than the step. [`Differences`] sets a length scale and bounds.
///
/// # Errors
/// [`Error::NonFiniteValue`] and [`Error::NonFinitePoint`] where `f` or `x` is not finite,
/// [`Error::NotConverged`] where the much shorter step contradicts the difference.
///
/// # Examples
/// ```
/// use calculus_core::numeric::five_point_difference;
/// let slope = five_point_difference(|x| x.sin() / x, 2.0)?;
/// let exact = 2.0_f64.cos() / 2.0 - 2.0_f64.sin() / 4.0;
/// assert!((slope.value - exact).abs() <= slope.error);
/// assert!(slope.relative_error() < 1e-11);
/// # Ok::<(), calculus_core::Error>(())
/// ```
pub fn five_point_difference(f: impl FnMut(f64) -> f64, x: f64) -> Result<Estimate, Error> {
    Differences::new(Scheme::FivePoint).derivative(f, x)
}

/// The five-point difference along an axis, or its one-sided counterpart of the same order.
pub(super) fn limit(
    f: &mut impl FnMut(f64) -> Result<Point, Error>,
    axis: Axis,
    at_x: f64,
    noise: f64,
    errors: bool,
) -> Result<Limit, Error> {
    let s = noise.powf(0.2);
    let coordinate = axis.coordinate;
    // The longest step, 4s or 16s, stays below the distance to a bound however large the noise.
    if axis.is_symmetric() {
        let sample = |s: f64| central::symmetric(f, axis, at_x, noise, s);
        return Quotient { sample, order: 2, increment: 2, coordinate, errors }
            .extrapolated_from(s.min(0.2), 1);
    }
    let sample = |s: f64| forward::quotient(f, axis, at_x, noise, s);
    Quotient { sample, order: 1, increment: 1, coordinate, errors }
        .extrapolated_from((0.5 * s).min(0.05), 3)
}
