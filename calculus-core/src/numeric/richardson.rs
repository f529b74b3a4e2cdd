//! Richardson's extrapolation of any quantity to step 0, by halving.
//!
//! A computation with a step $h$, such as a difference quotient, a quadrature rule or a fixed-step
//! integrator, often has an error that is a series in a power of the step,
//! $A(h) = A(0) + c_1 h^p + c_2 h^{2p} + \dots$. From $A(h)$, $A(h/2)$, $A(h/4), \dots$ the table
//!
//! $$A_{i,j} = \frac{2^{jp} A_{i,j-1} - A_{i-1,j-1}}{2^{jp} - 1}$$
//!
//! removes one term per column. For trapezoidal sums ($p = 2$) it is Romberg's method. For
//! derivatives, [`ridders`](super::ridders()) is the same table with steps that shrink by
//! $e^{1/3}$, and what a derivative needs besides: bounds, a scale found by trial, and the rounding
//! of the quotients.
//!
//! Source: L. F. Richardson, J. A. Gaunt (1927), *The deferred approach to the limit*,
//! Philosophical Transactions A 226, 299-361.

use super::Estimate;
use super::quotient::{Quotient, Sample};
use super::tableau::Steps;
use crate::Error;

/// Steps are halved, so that a number of panels or of time steps stays an integer.
const STEPS: Steps = Steps { shrink: 2.0, check: 0.125 };
/// An estimate whose truncation exceeds this part of it is a failure.
const TOLERATED: f64 = 1e-4;
/// The halvings in the longest table, with those of the step that confirms it.
const HALVINGS: usize = 12;

/// The limit of `a(h)` as $h \to 0$, from `a` at `step`, `step`/2, `step`/4, ...
///
/// `order` is $p$ in $a(h) = a(0) + c_1 h^p + c_2 h^{2p} + \dots$: 1 for a series in all powers, 2
/// for an even one. The error is the difference of the best entry of the table from its neighbours;
/// a value at an eighth of the last step has to come closer to it, or its distance is the error.
/// Costs 3 to 11 evaluations of `a`, at steps down to $2^{-12}$ of the first one.
///
/// # Errors
/// [`Error::OutsideDomain`] if `step` is not positive and finite or `order` is not in 1 to 16,
/// [`Error::NonFiniteValue`] with the step at which `a` is not finite, [`Error::NoConvergence`]
/// where the table does not converge to four digits: the order is another one, or the steps are too
/// long.
///
/// # Examples
/// ```
/// use calculus_core::numeric::richardson;
/// // Trapezoidal sums of the exponential function over [0, 1]: Romberg's method.
/// let trapezoid = |h: f64| {
///     let panels = (1.0 / h).round() as usize;
///     let inner: f64 = (1..panels).map(|k| (k as f64 * h).exp()).sum();
///     h * (0.5 + inner + 0.5 * 1.0_f64.exp())
/// };
/// let integral = richardson(trapezoid, 0.5, 2)?;
/// assert!((integral.value - 1.0_f64.exp_m1()).abs() <= integral.error);
/// assert!(integral.error < 1e-13);
/// # Ok::<(), calculus_core::Error>(())
/// ```
pub fn richardson(mut a: impl FnMut(f64) -> f64, step: f64, order: u32) -> Result<Estimate, Error> {
    let op = "richardson";
    let outside = |argument, domain, value| Error::OutsideDomain { op, argument, domain, value };
    if !(step > 0.0 && step.is_finite()) {
        return Err(outside("step", "positive and finite", step));
    }
    if !(1..=16).contains(&order) {
        return Err(outside("order", "in 1 to 16", f64::from(order)));
    }
    let sample = |s: f64| {
        let h = s * step;
        match a(h) {
            // A few units in the last place: what a sum of some terms loses.
            value if value.is_finite() => Ok(Sample::new(value, 4.0 * f64::EPSILON * value.abs())),
            value => Err(Error::NonFiniteValue { coordinate: 0, x: h, value }),
        }
    };
    let order = order as i32;
    let mut values = Quotient { sample, order, increment: order, coordinate: 0, errors: true };
    let table = values.tableau(1.0, STEPS)?;
    if !table.truncation_below(TOLERATED) {
        return Err(Error::NoConvergence { op, iterations: HALVINGS });
    }
    Ok(table.limit().estimate())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_circle_from_inscribed_polygons() {
        // Half the perimeter of the regular polygon with 6/h corners, a series in h^2.
        let half_perimeter = |h: f64| 6.0 / h * (std::f64::consts::PI * h / 6.0).sin();
        let pi = richardson(half_perimeter, 1.0, 2).unwrap();
        assert!((pi.value - std::f64::consts::PI).abs() <= pi.error, "{pi:?}");
        assert!(pi.relative_error() < 1e-13, "{pi:?}");
    }

    #[test]
    fn a_series_in_all_powers_and_a_polynomial() {
        let e = richardson(|h| (1.0 + h).powf(1.0 / h), 0.5, 1).unwrap();
        assert!((e.value - std::f64::consts::E).abs() <= e.error && e.error < 1e-9, "{e:?}");
        let exact = richardson(|h| 3.0 + h.powi(3) - h.powi(6), 1.0, 3).unwrap();
        assert!((exact.value - 3.0).abs() <= exact.error && exact.error < 1e-13, "{exact:?}");
        let constant = richardson(|_| -2.0, 1.0, 1).unwrap();
        assert!(constant.value == -2.0 && constant.error < 1e-14);
        let zero = richardson(|h| h, 1.0, 1).unwrap();
        assert!(zero.value.abs() <= zero.error && zero.error < 1e-14, "{zero:?}");
    }

    #[test]
    fn what_does_not_converge_is_an_error() {
        for a in [|h: f64| h.ln(), |h: f64| (1.0 / h).sin(), |h: f64| 1.0 / h] {
            let result = richardson(a, 0.3, 1);
            assert!(matches!(result, Err(Error::NoConvergence { .. })), "{result:?}");
        }
        let stopped = richardson(|h| if h < 0.2 { f64::NAN } else { h }, 1.0, 1);
        assert!(matches!(stopped, Err(Error::NonFiniteValue { .. })), "{stopped:?}");
        for step in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            let result = richardson(|h| h, step, 1);
            assert!(matches!(result, Err(Error::OutsideDomain { argument: "step", .. })));
        }
        for order in [0, 17] {
            let result = richardson(|h| h, 1.0, order);
            assert!(matches!(result, Err(Error::OutsideDomain { argument: "order", .. })));
        }
    }

    #[test]
    fn a_wrong_order_is_not_hidden_by_the_error() {
        // The error is in h, and the table for h^2 leaves a part of it.
        if let Ok(estimate) = richardson(|h| 1.0 + h + h * h, 0.5, 2) {
            assert!((estimate.value - 1.0).abs() <= estimate.error, "{estimate:?}");
        }
    }
}
