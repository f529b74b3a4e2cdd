//! The points that the mean value theorems promise.
//!
//! For $f$ continuous on $[a, b]$ and differentiable inside there is a $c$ in $(a, b)$ with
//!
//! $$f'(c) = \frac{f(b) - f(a)}{b - a},$$
//!
//! and for the integral one with $f(c) = \frac{1}{b-a}\int_a^b f$. In both cases the difference of
//! the two sides has the mean 0 over the interval: unless it vanishes everywhere it takes both
//! signs, and a sign change is found by refining a grid and closed in by Brent's method.
//!
//! Source: T. M. Apostol (1967), *Calculus*, vol. 1, 2nd ed., theorems 4.5 and 3.16.

use super::brent::{finite_value, zero_between};
use super::critical_points::check_interval;
use super::quadrature;
use crate::{Error, Estimate};

/// The finest grid on which a change of sign is looked for.
const FINEST: usize = 1 << 14;

/// A point $c$ between `a` and `b` with $f'(c) = (f(b) - f(a))/(b - a)$.
///
/// `derivative` is $f'$. If there are several points, any of them is returned; if the equation holds
/// in the middle of the interval up to rounding, as everywhere for a linear function, the middle.
/// With $f(a) = f(b)$ it is Rolle's theorem. Costs some 20 evaluations of a derivative that does not
/// oscillate.
///
/// # Errors
/// [`Error::InvalidBounds`] unless $a < b$, both finite; [`Error::NonFiniteValue`];
/// [`Error::NoConvergence`] if no change of sign is found on 16384 points, as for a function that
/// jumps, or a derivative that is not that of the function.
///
/// # Examples
/// ```
/// use calculus_core::curvature::univariate::mean_value_point;
/// let c = mean_value_point(|x| x.powi(3), |x| 3.0 * x * x, 0.0, 1.0)?;
/// assert!((c - (1.0_f64 / 3.0).sqrt()).abs() < 1e-15);
/// # Ok::<(), calculus_core::Error>(())
/// ```
pub fn mean_value_point(
    mut f: impl FnMut(f64) -> f64,
    mut derivative: impl FnMut(f64) -> f64,
    a: f64,
    b: f64,
) -> Result<f64, Error> {
    check_interval(a, b)?;
    let (fa, fb) = (finite_value(&mut f, a)?, finite_value(&mut f, b)?);
    // Halved, the difference of large numbers does not overflow.
    let slope = (0.5 * fb - 0.5 * fa) / (0.5 * b - 0.5 * a);
    // Of the values: relative, and absolute where they underflow.
    let smallest = f64::MIN_POSITIVE * f64::EPSILON;
    let error = (f64::EPSILON * (0.5 * fa.abs() + 0.5 * fb.abs()) + smallest) / (0.5 * b - 0.5 * a);
    point_with_value("mean_value_point", &mut derivative, Estimate { value: slope, error }, a, b)
}

/// A point $c$ between `a` and `b` with $f(c) = \frac{1}{b-a}\int_a^b f(x)\,dx$.
///
/// The integral is computed by an adaptive Gauss-Kronrod rule. If there are several points, any of
/// them is returned.
///
/// # Errors
/// As [`mean_value_point`], and [`Error::NoConvergence`] if the integral does not converge.
///
/// # Examples
/// ```
/// use calculus_core::curvature::univariate::mean_value_point_of_integral;
/// let c = mean_value_point_of_integral(|x| x * x, 0.0, 3.0)?;
/// assert!((c - 3.0_f64.sqrt()).abs() < 1e-14);
/// # Ok::<(), calculus_core::Error>(())
/// ```
pub fn mean_value_point_of_integral(
    mut f: impl FnMut(f64) -> f64,
    a: f64,
    b: f64,
) -> Result<f64, Error> {
    check_interval(a, b)?;
    let op = "mean_value_point_of_integral";
    let mean = quadrature::mean(op, &mut f, a, b)?;
    point_with_value(op, &mut f, mean, a, b)
}

/// A point inside the interval at which `f` has a value that is its mean.
fn point_with_value(
    op: &'static str,
    f: &mut dyn FnMut(f64) -> f64,
    target: Estimate,
    a: f64,
    b: f64,
) -> Result<f64, Error> {
    let rounding = target.error + 4.0 * f64::EPSILON * target.value.abs();
    let mut difference = |x: f64| f(x) - target.value;
    let middle = 0.5 * a + 0.5 * b;
    if finite_value(&mut difference, middle)?.abs() <= rounding {
        return Ok(middle);
    }
    let mut parts = 8;
    while parts <= FINEST {
        let mut before: Option<(f64, f64)> = None;
        for i in 0..parts {
            let t = (i as f64 + 0.5) / parts as f64;
            let x = (1.0 - t) * a + t * b;
            let here = (x, finite_value(&mut difference, x)?);
            if here.1 == 0.0 {
                return Ok(x);
            }
            if let Some(before) = before
                && (before.1 > 0.0) != (here.1 > 0.0)
            {
                return zero_between(&mut difference, before, here);
            }
            before = Some(here);
        }
        parts *= 4;
    }
    Err(Error::NoConvergence { op, iterations: FINEST })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn linear_and_constant_functions() {
        let c = mean_value_point(|x| 3.0 * x + 0.1, |_| 3.0, 0.0, 1.0).unwrap();
        assert_eq!(c, 0.5);
        assert_eq!(mean_value_point(|_| 2.0, |_| 0.0, -1.0, 1.0).unwrap(), 0.0);
        assert_eq!(mean_value_point_of_integral(|_| 2.0, 0.0, 1.0).unwrap(), 0.5);
    }

    #[test]
    fn a_derivative_that_crosses_only_near_an_end() {
        let k = 200.0;
        let c = mean_value_point(|x| (k * x).exp(), |x| k * (k * x).exp(), 0.0, 1.0).unwrap();
        let exact = ((k.exp() - 1.0) / k).ln() / k;
        assert!((c - exact).abs() < 1e-14);
    }

    #[test]
    fn extreme_sizes() {
        let c = mean_value_point(|x| 1e300 * x * x, |x| 2e300 * x, -1.0, 2.0).unwrap();
        assert!((c - 0.5).abs() < 1e-15);
        let c = mean_value_point(|x| x.powi(3), |x| 3.0 * x * x, 0.0, 1e-150);
        assert!(c.is_ok());
    }

    #[test]
    fn bad_input() {
        assert!(mean_value_point(|x| x, |_| 1.0, 1.0, 1.0).is_err());
        assert!(mean_value_point(|x| x, |_| 1.0, f64::NAN, 1.0).is_err());
        assert!(mean_value_point(f64::ln, |x| 1.0 / x, 0.0, 1.0).is_err());
        let jump = mean_value_point(f64::signum, |_| 0.0, -1.0, 1.0);
        assert!(matches!(jump, Err(Error::NoConvergence { .. })));
        assert!(mean_value_point_of_integral(|x| 1.0 / x, 0.0, 1.0).is_err());
    }

    proptest! {
        #[test]
        fn the_equation_holds_inside_the_interval(
            a in -3.0..3.0_f64,
            width in 0.1..5.0_f64,
            k in 0.1..4.0_f64,
        ) {
            let b = a + width;
            let (f, df) = (|x: f64| (k * x).sin() + 0.2 * x * x, |x: f64| k * (k * x).cos() + 0.4 * x);
            let c = mean_value_point(f, df, a, b).unwrap();
            prop_assert!(a < c && c < b);
            let slope = (f(b) - f(a)) / (b - a);
            prop_assert!((df(c) - slope).abs() < 1e-12);
            let c = mean_value_point_of_integral(df, a, b).unwrap();
            prop_assert!(a < c && c < b);
            prop_assert!((df(c) - slope).abs() < 1e-11);
        }
    }
}
