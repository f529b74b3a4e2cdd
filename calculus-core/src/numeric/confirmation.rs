//! A quotient at a much shorter step, by which an estimate has to be confirmed.
//!
//! Quotients at two neighbouring steps may agree with each other and not with the derivative: on a
//! wave whose period divides both, on a jump or a kink that both straddle. A quotient at a step
//! shorter by some orders of magnitude, less accurate because of rounding, tells the gross error.
//! It is taken to one side and the other, since a symmetric difference does not see a kink at the
//! point itself: $|x|$ at 0 has the central difference 0 and the one-sided differences $\pm 1$.
//!
//! The quotient $D(s')$ confirms the estimate $D$ with error $e$ where
//!
//! $$|D(s') - D| \le e + r' + \frac{s'}{s} b,$$
//!
//! with its rounding $r'$ and the change $b$ of the slope over the step $s$ of the estimate. A
//! distance above that is the error, and beyond a tenth of the slope, and twice the bound, there is
//! no estimate.

use super::Estimate;
use super::axis::{Axis, Point};
use super::quotient::{Limit, Sample};
use crate::Error;

/// A distance above this part of the slope refutes the estimate.
const REFUTED: f64 = 0.1;

/// The limit as an estimate where `probe`, a sample at `ratio` times the step, confirms it.
pub(super) fn confirmed(
    limit: Limit,
    probe: Sample,
    ratio: f64,
    coordinate: usize,
) -> Result<Estimate, Error> {
    let Limit { value, error, bend, .. } = limit;
    let allowed = error + probe.rounding + ratio * bend;
    let distance = (value - probe.value).abs();
    if distance <= allowed {
        return Ok(limit.estimate());
    }
    let tolerated = REFUTED * value.abs().max(probe.value.abs()).max(bend);
    if distance <= tolerated.max(2.0 * allowed) {
        return Ok(Estimate { value, error: distance + allowed });
    }
    Err(Error::NotConverged { coordinate, value, error: distance })
}

/// The limit of a first difference along an axis, confirmed by one-sided quotients on both sides of
/// $x$; where the limit itself is one-sided, by one on the other side.
pub(super) fn confirmed_at_sides(
    f: &mut impl FnMut(f64) -> Result<Point, Error>,
    axis: Axis,
    at_x: f64,
    noise: f64,
    limit: Limit,
    one_sided: bool,
) -> Result<Estimate, Error> {
    // Half of the digits where the step of the estimate is long, and always some hundred times
    // shorter than that.
    let s = noise.sqrt().min(noise.powf(1.0 / 6.0) * limit.step);
    let mut quotient = |s: f64| {
        let (point, at_point) = f(s)?;
        let h = point - axis.x;
        let value = (at_point - at_x) / h;
        // The same as for any quotient, four times: what it is to tell are gross errors.
        let rounding = 8.0 * noise * (at_x.abs() + (axis.x * value).abs()) / h.abs();
        Ok(Sample::new(value, rounding))
    };
    let mut probe = quotient(-s)?;
    if axis.is_symmetric() && !one_sided {
        let ahead = quotient(s)?;
        if (ahead.value - limit.value).abs() > (probe.value - limit.value).abs() {
            probe = ahead;
        }
    }
    confirmed(limit, probe, axis.ratio(s, limit.step), axis.coordinate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_distance_is_confirmed_or_the_error_or_a_refutation() {
        let limit = Limit { value: 1.0, error: 1e-6, step: 1e-3, bend: 1e-3 };
        let confirm = |value: f64| confirmed(limit, Sample::new(value, 1e-5), 0.01, 2);
        assert_eq!(confirm(1.0 + 2e-5), Ok(limit.estimate()));
        let doubtful = confirm(1.01).unwrap();
        assert!(doubtful.value == 1.0 && doubtful.error > 0.01 && doubtful.error < 0.011);
        assert!(matches!(confirm(2.0), Err(Error::NotConverged { coordinate: 2, .. })));
        assert!(matches!(confirm(f64::NAN), Err(Error::NotConverged { .. })));
    }
}
