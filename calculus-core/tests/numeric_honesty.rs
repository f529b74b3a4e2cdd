//! Every scheme on functions that mislead differences: the error estimate covers the error, or
//! there is a typed failure.

use calculus_core::{Differences, Error, Estimate, Scheme};

use proptest::prelude::*;

const SCHEMES: [Scheme; 4] = [Scheme::Forward, Scheme::Central, Scheme::FivePoint, Scheme::Ridders];

/// The error may exceed its estimate this many times: rounding is estimated, not bounded.
const FACTOR: f64 = 3.0;

struct Case {
    name: &'static str,
    f: fn(f64) -> f64,
    x: f64,
    /// The derivative, or none where there is none.
    exact: Option<f64>,
    bounds: Option<(f64, f64)>,
}

fn case(name: &'static str, f: fn(f64) -> f64, x: f64, exact: f64) -> Case {
    Case { name, f, x, exact: Some(exact), bounds: None }
}

fn singular(name: &'static str, f: fn(f64) -> f64, x: f64) -> Case {
    Case { name, f, x, exact: None, bounds: None }
}

impl Case {
    fn within(mut self, low: f64, high: f64) -> Self {
        self.bounds = Some((low, high));
        self
    }

    fn differences(&self, scheme: Scheme) -> Differences {
        let differences = Differences::new(scheme);
        match self.bounds {
            Some((low, high)) => differences.bounds(low, high).unwrap(),
            None => differences,
        }
    }
}

fn wave(w: f64) -> f64 {
    w * (w * 0.7).cos()
}

/// Values in single precision: stairs.
fn single(x: f64) -> f64 {
    f64::from((x as f32).sin())
}

/// Values with a relative error of about 1e-10 that looks like chance.
fn noisy(x: f64) -> f64 {
    let hash = (x.to_bits() ^ (x.to_bits() >> 29)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    x.exp() * (1.0 + 1e-10 * ((hash >> 40) as f64 / f64::from(1 << 24) - 0.5))
}

fn cases() -> Vec<Case> {
    let inf = f64::INFINITY;
    vec![
        // Smooth.
        case("exp", f64::exp, 1.0, std::f64::consts::E),
        case("x^10 at 1e4", |x| x.powi(10), 1e4, 1e37),
        case("x^3 at 0", |x| x * x * x, 0.0, 0.0),
        case("x^2 at 0", |x| x * x, 0.0, 0.0),
        case("cos at 0", f64::cos, 0.0, 0.0),
        case(
            "rosenbrock at its minimum",
            |x| 100.0 * (1.0 - x * x).powi(2) + (1.0 - x).powi(2),
            1.0,
            0.0,
        ),
        case("constant", |_| 3.0, 0.5, 0.0),
        case("zero", |_| 0.0, 0.0, 0.0),
        case("x^1.5 at 0", |x| x.abs().powf(1.5), 0.0, 0.0),
        case("cubic offset", |x| 1e6 + x * x * x, 1.0, 3.0),
        case("runge", |x| 1.0 / (1.0 + 1e4 * x * x), 0.01, -50.0),
        case("plateau", |x| (1e4 * x).tanh(), 1.0, 0.0),
        // Waves, down to periods a million times below the default scale.
        case("sin(100x)", |x| (1e2 * x).sin(), 0.7, wave(1e2)),
        case("sin(1000x)", |x| (1e3 * x).sin(), 0.7, wave(1e3)),
        case("sin(1e4 x)", |x| (1e4 * x).sin(), 0.7, wave(1e4)),
        case("sin(1e5 x)", |x| (1e5 * x).sin(), 0.7, wave(1e5)),
        case("sin(1e6 x)", |x| (1e6 * x).sin(), 0.7, wave(1e6)),
        case("sin(1e7 x)", |x| (1e7 * x).sin(), 0.7, wave(1e7)),
        case("x + sin(1e4 x)/100", |x| x + (1e4 * x).sin() / 100.0, 0.7, 1.0 + wave(1e4) / 100.0),
        // Near the edge of a domain, with and without bounds.
        case("ln at 1e-3", f64::ln, 1e-3, 1e3),
        case("ln at 1e-3, bounded", f64::ln, 1e-3, 1e3).within(0.0, inf),
        case("sqrt at 1e-8", f64::sqrt, 1e-8, 5e3),
        case("sqrt at 1e-8, bounded", f64::sqrt, 1e-8, 5e3).within(0.0, inf),
        case("x ln x at 1e-6, bounded", |x| x * x.ln(), 1e-6, 1.0 + 1e-6_f64.ln()).within(0.0, inf),
        case("asin at 1 - 1e-9, bounded", f64::asin, 1.0 - 1e-9, 22360.67920711).within(-1.0, 1.0),
        case("sqrt at 1, bounded", f64::sqrt, 1.0, 0.5).within(1.0, inf),
        case("exp at the upper bound", f64::exp, 1.0, std::f64::consts::E).within(0.0, 1.0),
        case(
            "NaN beyond 0.5001",
            |x| if x < 0.5001 { x.exp() } else { f64::NAN },
            0.5,
            0.5_f64.exp(),
        ),
        // Kinks and jumps beside the point and at it.
        case("|x| at 1e-7", f64::abs, 1e-7, 1.0),
        case("jump at 1e-5", |x| if x > 1e-5 { 1.0 } else { x }, 0.0, 1.0),
        case("jump at 1e-9", |x| if x > 1e-9 { 1.0 } else { x }, 0.0, 1.0),
        case("floor at 2.999", f64::floor, 2.999, 0.0),
        singular("|x| at 0", f64::abs, 0.0),
        singular("relu at 0", |x| x.max(0.0), 0.0),
        singular("small kink", |x| x.exp() + 0.3 * x.abs(), 0.0),
        singular("sign at 0", f64::signum, 0.0),
        singular("floor at 3", f64::floor, 3.0),
        singular("cube root at 0", f64::cbrt, 0.0),
        singular("sqrt at 0", f64::sqrt, 0.0).within(0.0, inf),
        singular("NaN at the point", |_| f64::NAN, 1.0),
        // Values less accurate than the differences are told.
        case("single precision", single, 0.7, 0.7_f64.cos()),
        case("noise of 1e-10", noisy, 0.3, 0.3_f64.exp()),
    ]
}

fn check(what: &str, result: Result<Estimate, Error>, exact: Option<f64>) {
    match (result, exact) {
        (Ok(Estimate { value, error }), Some(exact)) => {
            let actual = (value - exact).abs();
            // The exact value carries a rounding of its own.
            let claimed = FACTOR * error + 4.0 * f64::EPSILON * exact.abs();
            assert!(actual <= claimed, "{what}: {value} with error {error:e}, exact {exact}");
        }
        (Ok(estimate), None) => panic!("{what}: {estimate:?} where there is no derivative"),
        (Err(error), _) => assert!(
            matches!(error, Error::NotConverged { .. } | Error::NonFiniteValue { .. }),
            "{what}: {error}"
        ),
    }
}

#[test]
fn the_error_covers_or_there_is_none() {
    for case in cases() {
        for scheme in SCHEMES {
            let result = case.differences(scheme).derivative(case.f, case.x);
            check(&format!("{scheme:?} {}", case.name), result, case.exact);
        }
    }
}

/// What is smooth on the scale of the scheme is not refused.
#[test]
fn no_failure_without_cause() {
    let easy = |name: &str, scheme: Scheme| match name {
        "sin(1e4 x)" | "x + sin(1e4 x)/100" => scheme != Scheme::FivePoint,
        "sin(1e5 x)" => matches!(scheme, Scheme::Forward | Scheme::Central | Scheme::Ridders),
        "sin(1e6 x)" | "sin(1e7 x)" => matches!(scheme, Scheme::Forward | Scheme::Ridders),
        "ln at 1e-3" => scheme != Scheme::FivePoint,
        "sqrt at 1e-8" => scheme == Scheme::Ridders,
        "NaN beyond 0.5001" => scheme != Scheme::FivePoint,
        "|x| at 1e-7" => matches!(scheme, Scheme::Forward | Scheme::Ridders),
        "jump at 1e-9" => false,
        "jump at 1e-5" => matches!(scheme, Scheme::Forward | Scheme::Ridders),
        "floor at 2.999" => scheme != Scheme::FivePoint,
        "single precision" | "noise of 1e-10" => false,
        _ => true,
    };
    for case in cases().iter().filter(|case| case.exact.is_some()) {
        for scheme in SCHEMES {
            let result = case.differences(scheme).derivative(case.f, case.x);
            assert!(
                result.is_ok() || !easy(case.name, scheme),
                "{scheme:?} {}: {result:?}",
                case.name
            );
        }
    }
}

/// Where the noise of the values is stated, the estimates hold for noisy values too.
#[test]
fn a_stated_noise_is_covered() {
    for (f, noise, exact) in [
        (single as fn(f64) -> f64, f64::from(f32::EPSILON), 0.7_f64.cos()),
        (noisy, 1e-10, 0.7_f64.exp()),
    ] {
        for scheme in SCHEMES {
            let differences = Differences::new(scheme).noise(noise).unwrap();
            let estimate = differences.derivative(f, 0.7).unwrap();
            check(&format!("{scheme:?} with noise {noise}"), Ok(estimate), Some(exact));
            let accuracy =
                if scheme == Scheme::Forward { 10.0 * noise.sqrt() } else { noise.sqrt() };
            assert!((estimate.value - exact).abs() < accuracy, "{scheme:?} {noise}: {estimate:?}");
        }
    }
}

/// Second derivatives: waves below the step, kinks, and what is smooth.
#[test]
fn second_derivatives_are_covered_or_refused() {
    let wave = |w: f64| (move |x: &[f64]| (w * x[0]).sin(), -w * w * (0.7 * w).sin());
    for scheme in SCHEMES {
        let differences = Differences::new(scheme);
        for w in [1.0, 1e2, 1e3, 1e4, 1e5, 1e6] {
            let (f, exact) = wave(w);
            let result = differences.hessian(f, &[0.7]).map(|hessian| hessian.entry(0));
            assert!(result.is_ok() || w >= 1e3, "{scheme:?} {w}: {result:?}");
            check(&format!("{scheme:?} second derivative of sin({w:e} x)"), result, Some(exact));
        }
        let kink = differences.hessian(|x| x[0].abs(), &[0.0]).map(|hessian| hessian.entry(0));
        check(&format!("{scheme:?} second derivative of |x|"), kink, None);
        let saddle = differences.hessian(|x| (1e2 * x[0] * x[1]).sin(), &[0.7, 0.0]).unwrap();
        for (k, exact) in [0.0, 1e2, 1e2, 0.0].into_iter().enumerate() {
            check(&format!("{scheme:?} {k} of the saddle"), Ok(saddle.entry(k)), Some(exact));
        }
    }
}

proptest! {
    /// A wave of any length above the step of the shortest scheme, on a smooth background.
    #[test]
    fn waves_of_any_length_are_covered_or_refused(
        x in -2.0..2.0_f64,
        decade in -1.0..7.0_f64,
        amplitude in 0.01..10.0_f64,
    ) {
        let w = 10_f64.powf(decade);
        for scheme in SCHEMES {
            let result = Differences::new(scheme)
                .derivative(|x| amplitude * (w * x).sin() + (0.5 * x).exp(), x);
            let exact = amplitude * w * (w * x).cos() + 0.5 * (0.5 * x).exp();
            if let Ok(Estimate { value, error }) = result {
                // The argument of the wave is rounded, which the estimate sees only through the
                // slope: beside an extremum of a fast wave that is nothing.
                let rounding = 4.0 * f64::EPSILON * amplitude * w * (1.0 + (w * x).abs());
                let actual = (value - exact).abs();
                prop_assert!(
                    actual <= 10.0 * error + rounding,
                    "{scheme:?} w = {w}: {value} with error {error:e}, exact {exact}"
                );
            }
        }
    }

    /// A kink and a jump anywhere about the point.
    #[test]
    fn kinks_and_jumps_are_covered_or_refused(
        decade in -11.0..0.0_f64,
        above in any::<bool>(),
        size in 0.01..10.0_f64,
    ) {
        let at = if above { 1.0 } else { -1.0 } * 10_f64.powf(decade);
        for scheme in SCHEMES {
            let kink = Differences::new(scheme).derivative(|x| x.exp() + size * (x - at).abs(), 0.0);
            let jump = Differences::new(scheme)
                .derivative(|x| x.exp() + if x > at { size } else { 0.0 }, 0.0);
            for (result, exact) in [(kink, 1.0 - size * at.signum()), (jump, 1.0)] {
                check(&format!("{scheme:?} {size} at {at:e}"), result, Some(exact));
            }
        }
    }
}
