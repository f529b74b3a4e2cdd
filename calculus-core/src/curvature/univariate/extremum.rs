//! The tests for extrema in one variable.
//!
//! At a critical point, $f'(x) = 0$:
//!
//! - first derivative: $f'$ changes its sign from - to + at a minimum, from + to - at a maximum;
//! - second derivative: a minimum where $f'' > 0$, a maximum where $f'' < 0$;
//! - higher derivatives: if $f^{(k)}$ is the first that does not vanish, a minimum ($f^{(k)} > 0$) or
//!   a maximum ($f^{(k)} < 0$) for even $k$, and neither for odd $k$.
//!
//! Derivatives come as [`Estimate`]s, as those of `numeric` do: one vanishes if its value is within
//! its error. An exact derivative has the error 0.
//!
//! Source: T. M. Apostol (1967), *Calculus*, vol. 1, 2nd ed., sections 4.16, 4.17 and 7.9.

use super::brent::finite_value;
use crate::{Error, Estimate};

/// What a test for extrema finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Extremum {
    /// A strict local minimum.
    Minimum,
    /// A strict local maximum.
    Maximum,
    /// A critical point that is no extremum: the function goes on rising, or falling.
    Neither,
    /// The test does not decide.
    Undecided,
    /// The first derivative does not vanish.
    NotCritical,
}

/// The second-derivative test: [`higher_derivative_test`] with two derivatives.
///
/// # Errors
/// [`Error::OutsideDomain`] for a value that is not finite, or an error that is negative or not
/// finite.
///
/// # Examples
/// ```
/// use calculus_core::curvature::univariate::{Extremum, second_derivative_test};
/// use calculus_core::numeric::{Differences, Scheme};
/// use calculus_core::Estimate;
/// // f = x² - ln x has f'' = 2 + 1/x², and f' vanishes at 1/√2 up to its error.
/// let f = |x: f64| x * x - x.ln();
/// let x = 0.5_f64.sqrt();
/// let first = Differences::new(Scheme::Ridders).derivative(f, x)?;
/// let second = Estimate { value: 2.0 + 1.0 / (x * x), error: 0.0 };
/// assert_eq!(second_derivative_test(first, second)?, Extremum::Minimum);
/// # Ok::<(), calculus_core::Error>(())
/// ```
pub fn second_derivative_test(first: Estimate, second: Estimate) -> Result<Extremum, Error> {
    higher_derivative_test(&[first, second])
}

/// The test by higher derivatives $f'(x), f''(x), f'''(x), \dots$
///
/// The first derivative of order 2 or more that is larger than its error decides by its sign and by
/// the parity of its order. [`Extremum::Undecided`] if all vanish.
///
/// # Errors
/// [`Error::OutsideDomain`] for no derivatives, a value that is not finite, or an error that is
/// negative or not finite.
///
/// # Examples
/// ```
/// use calculus_core::curvature::univariate::{Extremum, higher_derivative_test};
/// use calculus_core::Estimate;
/// let exact = |value: f64| Estimate { value, error: 0.0 };
/// let quartic = [0.0, 0.0, 0.0, -24.0].map(exact); // -x⁴ at 0
/// assert_eq!(higher_derivative_test(&quartic)?, Extremum::Maximum);
/// let cubic = [0.0, 0.0, 6.0].map(exact); // x³ at 0
/// assert_eq!(higher_derivative_test(&cubic)?, Extremum::Neither);
/// # Ok::<(), calculus_core::Error>(())
/// ```
pub fn higher_derivative_test(derivatives: &[Estimate]) -> Result<Extremum, Error> {
    let op = "higher_derivative_test";
    if derivatives.is_empty() {
        let (argument, domain) = ("the number of derivatives", "at least 1");
        return Err(Error::OutsideDomain { op, argument, domain, value: 0.0 });
    }
    for &Estimate { value, error } in derivatives {
        if !value.is_finite() {
            return Err(Error::OutsideDomain {
                op,
                argument: "a derivative",
                domain: "finite",
                value,
            });
        }
        if !(error >= 0.0 && error.is_finite()) {
            let (argument, domain) = ("the error of a derivative", "finite and not negative");
            return Err(Error::OutsideDomain { op, argument, domain, value: error });
        }
    }
    let first = derivatives.iter().zip(1..).find(|(d, _)| d.value.abs() > d.error);
    Ok(match first {
        None => Extremum::Undecided,
        Some((_, 1)) => Extremum::NotCritical,
        Some((_, order)) if order % 2 == 1 => Extremum::Neither,
        Some((derivative, _)) if derivative.value > 0.0 => Extremum::Minimum,
        Some(_) => Extremum::Maximum,
    })
}

/// The first-derivative test: the signs of $f'$ on both sides of `x`.
///
/// `derivative` is evaluated at $x \pm r$, $x \pm r/2$, $x \pm r/4$ and $x \pm r/8$ with $r$ =
/// `radius`, and not at `x`, so that it decides at kinks as that of $|x|$ too. The answer is about a
/// point that is known to be critical: [`Extremum::Neither`] is also returned where $f'$ is simply
/// not 0. [`Extremum::Undecided`] if $f'$ vanishes, or changes its sign, on one side.
///
/// # Errors
/// [`Error::NonFinitePoint`], [`Error::NonFiniteValue`], and [`Error::InvalidScale`] for a radius
/// that is not positive and finite, or an eighth of which is lost in the digits of `x`.
///
/// # Examples
/// ```
/// use calculus_core::curvature::univariate::{Extremum, first_derivative_test};
/// assert_eq!(first_derivative_test(f64::signum, 0.0, 1.0)?, Extremum::Minimum); // |x|
/// assert_eq!(first_derivative_test(|x| x * x, 0.0, 1.0)?, Extremum::Neither);
/// assert_eq!(first_derivative_test(|x| -x.powi(3), 0.0, 1.0)?, Extremum::Maximum);
/// # Ok::<(), calculus_core::Error>(())
/// ```
pub fn first_derivative_test(
    mut derivative: impl FnMut(f64) -> f64,
    x: f64,
    radius: f64,
) -> Result<Extremum, Error> {
    if !x.is_finite() {
        return Err(Error::NonFinitePoint { coordinate: 0, x });
    }
    let nearest = 0.125 * radius;
    let distinct = x - nearest < x && x < x + nearest;
    if !(radius > 0.0 && radius.is_finite() && distinct) {
        return Err(Error::InvalidScale { scale: radius });
    }
    let mut side = |radius: f64| -> Result<f64, Error> {
        let mut signs = [0.0; 4];
        for (sign, part) in signs.iter_mut().zip([1.0, 0.5, 0.25, 0.125]) {
            *sign = sign_of(finite_value(&mut derivative, x + part * radius)?);
        }
        Ok(if signs.iter().all(|s| *s == signs[0]) { signs[0] } else { 0.0 })
    };
    Ok(by_signs(side(-radius)?, side(radius)?))
}

/// -1, 0 or 1.
pub(super) fn sign_of(x: f64) -> f64 {
    if x == 0.0 { 0.0 } else { x.signum() }
}

/// The answer for the signs of $f'$ on the left and on the right.
pub(super) fn by_signs(left: f64, right: f64) -> Extremum {
    if left * right == 0.0 {
        Extremum::Undecided
    } else if left == right {
        Extremum::Neither
    } else if left < 0.0 {
        Extremum::Minimum
    } else {
        Extremum::Maximum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(value: f64) -> Estimate {
        Estimate { value, error: 0.0 }
    }

    #[test]
    fn second_derivatives() {
        let test = |a, b| second_derivative_test(a, b).unwrap();
        assert_eq!(test(exact(0.0), exact(2.0)), Extremum::Minimum);
        assert_eq!(test(exact(-0.0), exact(-2.0)), Extremum::Maximum);
        assert_eq!(test(exact(0.0), exact(0.0)), Extremum::Undecided);
        assert_eq!(test(exact(1e-9), exact(2.0)), Extremum::NotCritical);
        let uncertain = Estimate { value: 1e-9, error: 1e-8 };
        assert_eq!(test(uncertain, exact(2.0)), Extremum::Minimum);
        assert_eq!(test(uncertain, uncertain), Extremum::Undecided);
    }

    #[test]
    fn bad_input() {
        assert!(higher_derivative_test(&[]).is_err());
        assert!(higher_derivative_test(&[exact(f64::NAN)]).is_err());
        let nan = Estimate { value: 0.0, error: f64::NAN };
        assert!(second_derivative_test(nan, exact(1.0)).is_err());
        assert!(first_derivative_test(|x| x, f64::NAN, 1.0).is_err());
        assert!(first_derivative_test(|x| x, 0.0, 0.0).is_err());
        assert!(first_derivative_test(|x| x - 1e16, 1e16, 1.0).is_err());
        assert!(first_derivative_test(f64::ln, 0.0, 1.0).is_err());
    }

    #[test]
    fn signs_that_change_do_not_decide() {
        let test = |f: fn(f64) -> f64| first_derivative_test(f, 0.0, 1.0).unwrap();
        assert_eq!(test(|x| (1.0 / x).sin()), Extremum::Undecided);
        assert_eq!(test(|_| 0.0), Extremum::Undecided);
        assert_eq!(test(|x| x), Extremum::Minimum);
    }
}
