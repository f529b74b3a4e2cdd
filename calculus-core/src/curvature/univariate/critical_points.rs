//! The critical points of a function in an interval, from the sign changes of its derivative.

use super::brent::{finite_value, zero_between};
use super::extremum::{Extremum, by_signs, sign_of};
use crate::Error;

/// A critical point of a function of one variable.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CriticalAbscissa {
    /// Where the derivative vanishes or changes its sign.
    pub x: f64,
    /// What it is, by the signs of the derivative beside it.
    pub kind: Extremum,
}

/// The critical points of a function between `low` and `high`, in increasing order.
///
/// `derivative` is $f'$; its signs at the ends of `parts` equal parts are compared, and the sign
/// changes closed in by Brent's method. Jumps of $f'$ through 0, as that of $|x|$, are critical
/// points too; poles are not. Two critical points within one part, and zeros of $f'$ without a
/// change of sign that are not an end of a part, are missed. The bounds themselves are not reported.
///
/// Costs `parts` evaluations and some ten for each point.
///
/// # Errors
/// [`Error::InvalidBounds`] unless `low < high`, both finite; [`Error::OutsideDomain`] for no parts;
/// [`Error::NonFiniteValue`].
///
/// # Examples
/// ```
/// use calculus_core::curvature::univariate::{Extremum, critical_points};
/// // f = x³/3 - x
/// let points = critical_points(|x| x * x - 1.0, -3.0, 3.0, 50)?;
/// assert_eq!(points.len(), 2);
/// assert!((points[0].x + 1.0).abs() < 1e-14 && points[0].kind == Extremum::Maximum);
/// assert!((points[1].x - 1.0).abs() < 1e-14 && points[1].kind == Extremum::Minimum);
/// # Ok::<(), calculus_core::Error>(())
/// ```
pub fn critical_points(
    mut derivative: impl FnMut(f64) -> f64,
    low: f64,
    high: f64,
    parts: usize,
) -> Result<Vec<CriticalAbscissa>, Error> {
    check_interval(low, high)?;
    if parts == 0 {
        let (op, argument) = ("critical_points", "parts");
        return Err(Error::OutsideDomain { op, argument, domain: "at least 1", value: 0.0 });
    }
    let mut ends = Vec::with_capacity(parts + 1);
    for i in 0..=parts {
        let t = i as f64 / parts as f64;
        let x = (1.0 - t) * low + t * high;
        ends.push((x, finite_value(&mut derivative, x)?));
    }
    let mut points = Vec::new();
    for i in 1..=parts {
        let (before, here) = (ends[i - 1], ends[i]);
        if before.1 * here.1 < 0.0 || sign_of(before.1) * sign_of(here.1) < 0.0 {
            let x = zero_between(&mut derivative, before, here)?;
            // At a pole the values beside the sign change exceed those at the ends.
            if finite_value(&mut derivative, x)?.abs() <= before.1.abs().max(here.1.abs()) {
                points.push(CriticalAbscissa {
                    x,
                    kind: by_signs(sign_of(before.1), sign_of(here.1)),
                });
            }
        } else if here.1 == 0.0 && i < parts {
            let kind = by_signs(sign_of(before.1), sign_of(ends[i + 1].1));
            points.push(CriticalAbscissa { x: here.0, kind });
        }
    }
    Ok(points)
}

/// Bounds that are finite and in order, or an error.
pub(super) fn check_interval(low: f64, high: f64) -> Result<(), Error> {
    if low < high && low.is_finite() && high.is_finite() {
        return Ok(());
    }
    Err(Error::InvalidBounds { low, high })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_the_extrema_of_a_sine() {
        let points = critical_points(f64::cos, 0.0, 20.0, 100).unwrap();
        assert_eq!(points.len(), 6);
        for (k, point) in points.iter().enumerate() {
            let exact = std::f64::consts::PI * (k as f64 + 0.5);
            assert!((point.x - exact).abs() < 1e-14 * exact.max(1.0));
            let kind = if k % 2 == 0 { Extremum::Maximum } else { Extremum::Minimum };
            assert_eq!(point.kind, kind);
        }
    }

    #[test]
    fn zeros_on_the_grid_kinks_and_poles() {
        let points = critical_points(|x| x * x, -1.0, 1.0, 4).unwrap();
        assert_eq!(points, [CriticalAbscissa { x: 0.0, kind: Extremum::Neither }]);
        let points = critical_points(|x| (x - 0.3).signum(), -1.0, 1.0, 4).unwrap();
        assert!((points[0].x - 0.3).abs() < 1e-15);
        assert_eq!(points[0].kind, Extremum::Minimum);
        let pole = critical_points(|x| 1.0 / (x - 0.3), -1.0, 1.0, 4);
        assert!(pole.is_err() || pole.unwrap().is_empty());
        let constant = critical_points(|_| 0.0, 0.0, 1.0, 2).unwrap();
        assert_eq!(constant, [CriticalAbscissa { x: 0.5, kind: Extremum::Undecided }]);
        // Products of tiny slopes underflow, their signs do not.
        let tiny = critical_points(|x| 1e-200 * (x - 0.3), 0.0, 1.0, 1).unwrap();
        assert!((tiny[0].x - 0.3).abs() < 1e-15);
    }

    #[test]
    fn bad_input() {
        assert!(critical_points(|x| x, 1.0, 0.0, 4).is_err());
        assert!(critical_points(|x| x, 0.0, 0.0, 4).is_err());
        assert!(critical_points(|x| x, f64::NAN, 1.0, 4).is_err());
        assert!(critical_points(|x| x, -1.0, 1.0, 0).is_err());
        assert!(critical_points(f64::ln, -1.0, 1.0, 4).is_err());
    }
}
