//! Brent's method for a zero between two points of opposite sign.
//!
//! Inverse quadratic interpolation or a secant step where that reduces the bracket fast enough, a
//! bisection otherwise. The zero is enclosed at every step.
//!
//! Source: R. P. Brent (1973), *Algorithms for Minimization without Derivatives*, chapter 4.

use crate::Error;

/// A finite value of the function, or an error that tells where it is not.
pub(super) fn finite_value(f: &mut dyn FnMut(f64) -> f64, x: f64) -> Result<f64, Error> {
    let value = f(x);
    if value.is_finite() {
        return Ok(value);
    }
    Err(Error::NonFiniteValue { coordinate: 0, x, value })
}

/// A zero of `f` between `a` and `b`, where it has the values `fa` and `fb` of opposite sign, to the
/// last digits of the zero.
///
/// Where `f` jumps through 0 the jump is found.
pub(super) fn zero_between(
    f: &mut dyn FnMut(f64) -> f64,
    (mut a, mut fa): (f64, f64),
    (mut b, mut fb): (f64, f64),
) -> Result<f64, Error> {
    // b is the best point, a the one before, and c encloses the zero together with b.
    let (mut c, mut fc) = (a, fa);
    let mut step = b - a;
    let mut previous_step = step;
    // A bisection at least every few steps: the bracket of any two numbers is closed long before.
    for _ in 0..2000 {
        if (fb > 0.0) == (fc > 0.0) {
            (c, fc) = (a, fa);
            step = b - a;
            previous_step = step;
        }
        if fc.abs() < fb.abs() {
            (a, fa) = (b, fb);
            (b, fb) = (c, fc);
            (c, fc) = (a, fa);
        }
        let tolerance = 2.0 * f64::EPSILON * b.abs() + f64::MIN_POSITIVE;
        let half = 0.5 * (c - b);
        if half.abs() <= tolerance || fb == 0.0 {
            return Ok(b);
        }
        let bisect = previous_step.abs() < tolerance || fa.abs() <= fb.abs();
        let interpolated = if bisect { None } else { interpolate((a, fa), (b, fb), (c, fc)) };
        match interpolated {
            // Within three quarters of the bracket, and shorter than half of the step before last.
            Some(s)
                if s * half.signum() > 0.0
                    && s.abs() < 1.5 * half.abs() - 0.5 * tolerance
                    && s.abs() < 0.5 * previous_step.abs() =>
            {
                previous_step = step;
                step = s;
            }
            _ => {
                step = half;
                previous_step = half;
            }
        }
        (a, fa) = (b, fb);
        b += if step.abs() > tolerance { step } else { tolerance * half.signum() };
        fb = finite_value(f, b)?;
    }
    Ok(b)
}

/// The step from `b` to the zero of the inverse quadratic through three points, or of the secant
/// where two of them coincide.
fn interpolate((a, fa): (f64, f64), (b, fb): (f64, f64), (c, fc): (f64, f64)) -> Option<f64> {
    let s = fb / fa;
    let (p, q) = if a == c {
        ((c - b) * s, 1.0 - s)
    } else {
        let (q, r) = (fa / fc, fb / fc);
        (s * ((c - b) * q * (q - r) - (b - a) * (r - 1.0)), (q - 1.0) * (r - 1.0) * (s - 1.0))
    };
    let step = -p / q;
    step.is_finite().then_some(step)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zero(mut f: impl FnMut(f64) -> f64, a: f64, b: f64) -> (f64, usize) {
        let (fa, fb) = (f(a), f(b));
        let mut evaluations = 0;
        let mut counted = |x: f64| {
            evaluations += 1;
            f(x)
        };
        let x = zero_between(&mut counted, (a, fa), (b, fb)).unwrap();
        (x, evaluations)
    }

    #[test]
    fn zeros_to_the_last_digits() {
        let (x, evaluations) = zero(|x| x * x - 2.0, 0.0, 2.0);
        assert!((x - 2.0_f64.sqrt()).abs() < 1e-15);
        assert!(evaluations < 12, "{evaluations}");
        let (x, evaluations) = zero(|x| x.cos() - x, 0.0, 1.0);
        assert!((x - 0.739_085_133_215_160_6).abs() < 1e-15);
        assert!(evaluations < 10, "{evaluations}");
        let (x, _) = zero(|x| (x - 1e-5).powi(3), -1.0, 1.0);
        assert!((x - 1e-5).abs() < 1e-9);
        let (x, _) = zero(|x| x.powi(9), -1.0, 0.7);
        assert!(x.abs() < 1e-12);
    }

    #[test]
    fn jumps_and_values_that_are_not_finite() {
        let (x, _) = zero(|x| if x < 0.3 { -1.0 } else { 1.0 }, 0.0, 1.0);
        assert!((x - 0.3).abs() < 1e-15);
        let mut hole = |x: f64| if x.abs() < 0.5 { f64::NAN } else { x };
        let error = zero_between(&mut hole, (-1.0, -1.0), (1.0, 1.0)).unwrap_err();
        assert!(matches!(error, Error::NonFiniteValue { .. }));
    }
}
