//! Numerical differentiation against exact derivatives: accuracy, honesty of the error estimates,
//! bounds, and failures.

use std::cell::Cell;

use calculus_core::numeric::five_point_difference;
use calculus_core::{
    Differences, Error, Estimate, Scheme, central_difference, forward_difference, ridders,
};

use proptest::prelude::*;

const SCHEMES: [Scheme; 4] = [Scheme::Forward, Scheme::Central, Scheme::FivePoint, Scheme::Ridders];

/// A function with its derivative at a point.
struct Case {
    name: &'static str,
    f: fn(f64) -> f64,
    x: f64,
    exact: f64,
}

fn case(name: &'static str, f: fn(f64) -> f64, x: f64, exact: f64) -> Case {
    Case { name, f, x, exact }
}

/// Squire and Trapp (1998), SIAM Review 40(1), 110-112: the example of the complex-step method.
fn squire_trapp(x: f64) -> f64 {
    x.exp() / (x.sin().powi(3) + x.cos().powi(3)).sqrt()
}

fn cases() -> Vec<Case> {
    vec![
        // The derivative with 60 digits in mpmath, rounded.
        case("squire_trapp", squire_trapp, 1.5, 4.053427893898621),
        case("exp", f64::exp, 1.0, std::f64::consts::E),
        case("sin(100x)", |x| (100.0 * x).sin(), 0.7, 100.0 * 70.0_f64.cos()),
        case("x^10", |x| x.powi(10), 1e4, 1e37),
        case("atan", f64::atan, 0.3, 1.0 / 1.09),
        case("cubic", |x| x * x * x - 2.0 * x, 0.0, -2.0),
        case("gaussian", |x| (-x * x).exp(), 2.0, -4.0 * (-4.0_f64).exp()),
        case("tanh steep", |x| (50.0 * x).tanh(), 0.01, 50.0 / 0.5_f64.cosh().powi(2)),
        case("1/x", f64::recip, -0.25, -16.0),
        case("|x| beside its kink", f64::abs, 1e-3, 1.0),
        case("offset", |x| 1e6 + x.sin(), 0.5, 0.5_f64.cos()),
        case("constant", |_| 3.0, 0.5, 0.0),
        case("even", |x| x.cos(), 0.0, 0.0),
        case("large argument", |x| x.ln(), 1e12, 1e-12),
        case("sin(1e6 x)", |x| (1e6 * x).sin(), 0.3, 1e6 * 3e5_f64.cos()),
    ]
}

/// The error of an estimate in units of its own estimate, and relative to the exact value.
fn errors(estimate: Estimate, exact: f64) -> (f64, f64) {
    let error = (estimate.value - exact).abs();
    // The exact value carries a rounding of its own.
    let claimed = estimate.error + 4.0 * f64::EPSILON * exact.abs();
    (
        if error == 0.0 { 0.0 } else { error / claimed },
        if error == 0.0 { 0.0 } else { error / exact.abs() },
    )
}

#[test]
fn error_estimates_cover_the_errors() {
    for scheme in SCHEMES {
        for Case { name, f, x, exact } in cases() {
            let result = Differences::new(scheme).derivative(f, x);
            // The period is shorter than the step.
            if matches!(scheme, Scheme::Central | Scheme::FivePoint) && name == "sin(1e6 x)" {
                assert!(matches!(result, Err(Error::NotConverged { .. })), "{scheme:?} {result:?}");
                continue;
            }
            let estimate = result.unwrap();
            let (ratio, _) = errors(estimate, exact);
            assert!(ratio <= 1.0, "{scheme:?} {name}: {estimate:?}, {ratio} of the estimate");
        }
    }
}

proptest! {
    /// A sum of a wave, an exponential and a cubic, of random sizes and scales.
    #[test]
    fn error_estimates_cover_the_errors_of_random_functions(
        x in -3.0..3.0_f64,
        amplitudes in prop::array::uniform3(-10.0..10.0_f64),
        decades in -2.0..6.0_f64,
        rate in -3.0..3.0_f64,
    ) {
        let [a, b, c] = amplitudes;
        for (scheme, highest) in
            [(Scheme::Forward, 3.0), (Scheme::Central, 3.0), (Scheme::FivePoint, 3.0), (Scheme::Ridders, 6.0)]
        {
            let w = 10_f64.powf(decades.min(highest));
            let f = |x: f64| a * (w * x).sin() + b * (rate * x).exp() + c * x * x * x;
            let exact = a * w * (w * x).cos() + b * rate * (rate * x).exp() + 3.0 * c * x * x;
            let estimate = match Differences::new(scheme).derivative(f, x) {
                Ok(estimate) => estimate,
                // Beside an extremum of a fast wave nothing but rounding is left of the slope.
                Err(Error::NotConverged { .. }) if w > 100.0 => continue,
                Err(error) => panic!("{scheme:?} {error}"),
            };
            // The terms of the values cancel, which the estimate cannot see; extrapolation
            // amplifies their rounding eightfold.
            let size = a.abs() + (b * (rate * x).exp()).abs() + (c * x * x * x).abs();
            let step = match scheme {
                Scheme::Forward => 1e-8,
                Scheme::Central => 5e-6,
                Scheme::FivePoint => 7e-4,
                _ => 0.5 / w.max(5.0),
            };
            let rounding = 16.0 * f64::EPSILON * (size / step + (a * w * w * x).abs());
            let error = (estimate.value - exact).abs();
            // Ten times, as in the test kit: an estimate is no bound.
            prop_assert!(error <= 10.0 * estimate.error + rounding, "{scheme:?} {estimate:?} {error:e}");
        }
    }
}

/// The relative errors documented in the table of the module, on functions of scale 1.
#[test]
fn accuracy_is_that_of_the_scheme() {
    let smooth = ["squire_trapp", "exp", "atan", "cubic", "gaussian", "x^10"];
    for Case { name, f, x, exact } in cases() {
        if smooth.contains(&name) {
            assert!(errors(forward_difference(f, x).unwrap(), exact).1 < 1e-7, "{name}");
            assert!(errors(central_difference(f, x).unwrap(), exact).1 < 1e-9, "{name}");
            assert!(errors(five_point_difference(f, x).unwrap(), exact).1 < 1e-10, "{name}");
            assert!(errors(ridders(f, x).unwrap(), exact).1 < 2e-14, "{name}");
        }
    }
    // A scale a million times shorter than the default one is found by trial.
    let fast = ridders(|x| (1e6 * x).sin(), 0.3).unwrap();
    assert!(errors(fast, 1e6 * 3e5_f64.cos()).1 < 1e-8);
}

#[test]
fn a_point_outside_the_bounds_is_not_evaluated() {
    let differences = Differences::default().bounds(0.0, 1.0).unwrap();
    let outside = Err(Error::OutsideBounds { coordinate: 1, x: -1.0, low: 0.0, high: 1.0 });
    let x = [0.5, -1.0];
    assert_eq!(differences.gradient(|_| unreachable!(), &x), outside);
    assert_eq!(differences.jacobian(|_| unreachable!(), &x), outside);
    assert_eq!(differences.hessian(|_| unreachable!(), &x), outside);
}

#[test]
fn steps_stay_among_the_finite_numbers() {
    for x in [f64::MAX, f64::MIN] {
        for scheme in SCHEMES {
            let slope = Differences::new(scheme)
                .derivative(|x| if x.is_finite() { x / 1e300 } else { panic!("at {x}") }, x)
                .unwrap();
            assert!((slope.value * 1e300 - 1.0).abs() < 1e-6, "{scheme:?}: {slope:?}");
        }
    }
}

#[test]
fn errors_are_spared_where_they_decide_nothing() {
    let count = |differences: Differences, x: f64| {
        let evaluations = Cell::new(0);
        let counted = |x: f64| {
            evaluations.set(evaluations.get() + 1);
            x.exp()
        };
        let slope = differences.without_errors().derivative(counted, x).unwrap();
        assert!((slope.value / x.exp() - 1.0).abs() < 1e-6);
        (evaluations.get(), slope.error.is_infinite())
    };
    assert_eq!(count(Differences::new(Scheme::Forward), 0.7), (2, true));
    assert_eq!(count(Differences::new(Scheme::Central), 0.7), (3, true));
    assert_eq!(count(Differences::new(Scheme::FivePoint), 0.7), (5, true));
    assert!(!count(Differences::new(Scheme::Ridders), 0.7).1);
    assert!(!count(Differences::default().bounds(0.0, 1.0).unwrap(), 0.01).1);
    let hessian =
        Differences::default().without_errors().hessian(|x| x[0].exp() * x[1], &[0.0, 1.0]);
    for (found, exact) in hessian.unwrap().value.iter().zip([1.0, 1.0, 1.0, 0.0]) {
        assert!((found - exact).abs() < 1e-6);
    }
    let overflow = Differences::default().without_errors().scale(1e-300).unwrap();
    let jump = |x: f64| if x > 0.0 { 1e300 } else { 0.0 };
    assert!(matches!(overflow.derivative(jump, 0.0), Err(Error::NotConverged { .. })));
}

#[test]
fn evaluations_are_counted_as_documented() {
    let count = |scheme: Scheme, f: fn(f64) -> f64| {
        let evaluations = Cell::new(0);
        let counted = |x| {
            evaluations.set(evaluations.get() + 1);
            f(x)
        };
        Differences::new(scheme).derivative(counted, 0.7).unwrap();
        evaluations.get()
    };
    assert_eq!(count(Scheme::Forward, f64::exp), 5);
    assert_eq!(count(Scheme::Central, f64::exp), 7);
    assert_eq!(count(Scheme::FivePoint, f64::exp), 9);
    for f in [f64::exp, f64::sin, |x| x * x, |_| 1.0, f64::atan] {
        let n = count(Scheme::Ridders, f);
        assert!((8..=28).contains(&n), "{n}");
    }
}

/// No point outside the bounds is evaluated, and no bound but the point itself.
#[test]
fn steps_stay_within_the_bounds() {
    type Bounded = (fn(f64) -> f64, f64, (f64, f64), f64);
    let cases: [Bounded; 9] = [
        (f64::ln, 1e-3, (0.0, f64::INFINITY), 1e3),
        (f64::ln, 1e-9, (0.0, f64::INFINITY), 1e9),
        (f64::sqrt, 1e-6, (0.0, f64::INFINITY), 500.0),
        (f64::asin, 0.999, (-1.0, 1.0), 22.366272042129218),
        (f64::asin, -0.999, (-1.0, 1.0), 22.366272042129218),
        (f64::exp, 0.0, (0.0, 1.0), 1.0),
        (f64::exp, 1.0, (0.0, 1.0), std::f64::consts::E),
        (f64::exp, 1e-12, (0.0, 1.0), 1.0),
        (f64::exp, 0.5, (0.0, 1.0), 1.6487212707001282),
    ];
    for scheme in SCHEMES {
        for (f, x, (low, high), exact) in cases {
            let guarded = |t: f64| {
                assert!(low <= t && t <= high, "{t} is outside [{low}, {high}]");
                assert!(t == x || (low < t && t < high), "the bound {t} was evaluated");
                f(t)
            };
            let differences = Differences::new(scheme).bounds(low, high).unwrap();
            let estimate = differences.derivative(guarded, x).unwrap();
            let (ratio, relative) = errors(estimate, exact);
            assert!(ratio <= 1.0, "{scheme:?} at {x}: {estimate:?}, {ratio} of the estimate");
            let accuracy = match scheme {
                Scheme::Forward => 1e-5,
                Scheme::Central => 1e-8,
                _ => 1e-10,
            };
            assert!(relative < accuracy, "{scheme:?} at {x}: {relative:e}");
        }
    }
}

#[test]
fn a_scale_and_a_noise_level_set_the_step() {
    // Steps of the ordinary length see only the plateau of this function.
    let step = |x: f64| (x / 1e-12).tanh();
    let scaled = Differences::default().scale(1e-12).unwrap();
    assert!(errors(scaled.derivative(step, 0.0).unwrap(), 1e12).1 < 1e-9);

    // Single precision: the step grows until its rounding is harmless.
    let single = |x: f64| f64::from((x as f32).sin());
    let noisy = Differences::default().noise(f64::from(f32::EPSILON)).unwrap();
    let (ratio, relative) = errors(noisy.derivative(single, 0.7).unwrap(), 0.7_f64.cos());
    assert!(ratio <= 1.0 && relative < 1e-4, "{ratio} {relative}");
}

#[test]
fn what_has_no_derivative_is_a_typed_failure() {
    // Vertical, a jump, an oscillation without limit.
    let failures: [fn(f64) -> f64; 3] =
        [f64::cbrt, f64::signum, |x| if x == 0.0 { 0.0 } else { x * (1.0 / x).cos() }];
    for f in failures {
        let x = 0.0;
        let result = ridders(f, x);
        assert!(matches!(result, Err(Error::NotConverged { coordinate: 0, .. })), "{result:?}");
    }
    // White noise of relative size 1e-3, which the default noise level does not allow for.
    let seed = Cell::new(1_u64);
    let noise = |_: f64| {
        seed.set(seed.get().wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407));
        1.0 + 1e-3 * (seed.get() >> 11) as f64 / (1_u64 << 53) as f64
    };
    assert!(matches!(ridders(noise, 1.0), Err(Error::NotConverged { .. })));
}

#[test]
fn quotients_that_overflow_are_typed_failures() {
    for scheme in SCHEMES {
        let result = Differences::new(scheme).derivative(|x| 1e305 * (1e20 * x).tanh(), 0.0);
        assert!(matches!(result, Err(Error::NotConverged { .. })), "{scheme:?} {result:?}");
    }
}

#[test]
fn non_finite_values_are_typed_failures() {
    let differences = Differences::default();
    let at_zero = differences.derivative(f64::ln, 0.0);
    assert_eq!(
        at_zero,
        Err(Error::NonFiniteValue { coordinate: 0, x: 0.0, value: f64::NEG_INFINITY })
    );
    assert!(matches!(differences.derivative(|x| x.ln(), 1e-9), Err(Error::NonFiniteValue { .. })));
    // Ridders' scheme shortens its steps instead.
    assert!(errors(ridders(f64::ln, 1e-3).unwrap(), 1e3).1 < 1e-12);
    for x in [f64::NAN, f64::INFINITY] {
        let result = differences.gradient(|x| x[0] + x[1], &[1.0, x]);
        assert!(matches!(result, Err(Error::NonFinitePoint { coordinate: 1, .. })));
    }
}

#[test]
fn impossible_settings_are_refused_with_their_value() {
    let new = Differences::default;
    assert_eq!(new().scale(0.0), Err(Error::InvalidScale { scale: 0.0 }));
    assert!(matches!(new().scale_each(&[1.0, f64::NAN]), Err(Error::InvalidScale { .. })));
    assert_eq!(new().bounds(1.0, 0.0), Err(Error::InvalidBounds { low: 1.0, high: 0.0 }));
    assert!(matches!(new().bounds_each(&[(0.0, f64::NAN)]), Err(Error::InvalidBounds { .. })));
    assert_eq!(new().noise(0.5), Err(Error::InvalidNoise { noise: 0.5 }));
    let bounded = new().bounds(0.0, 1.0).unwrap();
    assert_eq!(
        bounded.derivative(|x| x, 1.5),
        Err(Error::OutsideBounds { coordinate: 0, x: 1.5, low: 0.0, high: 1.0 })
    );
    let fixed = new().bounds(2.0, 2.0).unwrap();
    assert_eq!(
        fixed.derivative(|x| x, 2.0),
        Err(Error::NoRoom { coordinate: 0, x: 2.0, low: 2.0, high: 2.0 })
    );
}

#[test]
fn gradients_of_no_and_of_one_coordinate() {
    for scheme in SCHEMES {
        let differences = Differences::new(scheme);
        let empty = differences.gradient(|_| 1.0, &[]).unwrap();
        assert!(empty.value.is_empty() && empty.error.is_empty());
        assert!(differences.hessian(|_| 1.0, &[]).unwrap().value.is_empty());
        assert!(differences.jacobian(|_| vec![1.0], &[]).unwrap().value.is_empty());
        assert!(differences.jacobian(|_| vec![], &[1.0, 2.0]).unwrap().value.is_empty());
        let one = differences.gradient(|x| x[0].sin(), &[0.4]).unwrap();
        assert_eq!(one.entry(0), differences.derivative(f64::sin, 0.4).unwrap());
    }
}

fn rosenbrock(x: &[f64]) -> f64 {
    x.windows(2).map(|w| 100.0 * (w[1] - w[0] * w[0]).powi(2) + (1.0 - w[0]).powi(2)).sum()
}

#[test]
fn gradient_jacobian_and_hessian_of_the_rosenbrock_function() {
    let x = [-1.2, 1.0];
    let gradient = [-215.6, -88.0];
    let hessian = [1330.0, 480.0, 480.0, 200.0];
    for (scheme, first, second) in [
        (Scheme::Forward, 1e-5, 1e-5),
        (Scheme::Central, 1e-8, 1e-5),
        (Scheme::FivePoint, 1e-10, 1e-7),
        (Scheme::Ridders, 1e-12, 1e-10),
    ] {
        let differences = Differences::new(scheme);
        let estimate = differences.gradient(rosenbrock, &x).unwrap();
        for (i, exact) in gradient.into_iter().enumerate() {
            let (ratio, relative) = errors(estimate.entry(i), exact);
            assert!(ratio <= 1.0 && relative < first, "{scheme:?} {ratio} {relative:e}");
        }
        let estimate = differences.hessian(rosenbrock, &x).unwrap();
        for (i, exact) in hessian.into_iter().enumerate() {
            let (ratio, relative) = errors(estimate.entry(i), exact);
            assert!(ratio <= 1.0 && relative < second, "{scheme:?} {i} {ratio} {relative:e}");
        }
        let exact_gradient = |x: &[f64]| {
            let slope = 200.0 * (x[1] - x[0] * x[0]);
            vec![-2.0 * x[0] * slope - 2.0 * (1.0 - x[0]), slope]
        };
        let estimate = differences.jacobian(exact_gradient, &x).unwrap();
        for (i, exact) in hessian.into_iter().enumerate() {
            let (ratio, relative) = errors(estimate.entry(i), exact);
            assert!(ratio <= 1.0 && relative < first, "{scheme:?} {i} {ratio} {relative:e}");
        }
    }
}

#[test]
fn hessians_stay_within_bounds_coordinate_by_coordinate() {
    // x ln x + x e^y, at an edge of the box in y and near the singularity in x.
    let (x, y) = (1e-2, 0.0);
    let bounds = [(0.0, f64::INFINITY), (0.0, 1.0)];
    let f = |p: &[f64]| {
        assert!(p[0] > 0.0 && (0.0..=1.0).contains(&p[1]), "{p:?} is outside");
        p[0] * p[0].ln() + p[0] * p[1].exp()
    };
    for (scheme, accuracy) in
        [(Scheme::Central, 2e-3), (Scheme::FivePoint, 1e-4), (Scheme::Ridders, 1e-7)]
    {
        let differences = Differences::new(scheme).bounds_each(&bounds).unwrap();
        let hessian = differences.hessian(f, &[x, y]).unwrap();
        for (i, exact) in [100.0, 1.0, 1.0, 0.01].into_iter().enumerate() {
            let (ratio, relative) = errors(hessian.entry(i), exact);
            assert!(ratio <= 1.0, "{scheme:?} {i}: {:?} {ratio}", hessian.entry(i));
            assert!(relative < accuracy, "{scheme:?} {i}: {relative:e}");
        }
    }
}

#[test]
#[should_panic(expected = "one setting a coordinate: 1 settings for a point of 2 coordinates")]
fn settings_for_another_dimension_are_a_broken_contract() {
    let bounded = Differences::default().bounds_each(&[(0.0, 1.0)]).unwrap();
    let _ = bounded.gradient(|x| x[0], &[0.5, 0.5]);
}
