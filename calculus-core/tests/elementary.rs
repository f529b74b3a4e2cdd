//! The table of elementary functions, row by row: derivatives against Ridders differences over the
//! whole domain, values and derivatives against high-precision numbers, identities.

use calculus_core::elementary::{Binary, Domain, Unary, powf_derivative, powi_derivative};
use calculus_core::{Differences, Real, Scheme};
use proptest::prelude::*;

/// Points inside a domain: in its middle, in its tails, close to its ends, and none at the jumps of
/// the floor-like rows.
fn grid(domain: Domain) -> Vec<f64> {
    let Domain { low, high, .. } = domain;
    let points: Vec<f64> = match (low.is_finite(), high.is_finite()) {
        (true, true) => [1e-6, 1e-3, 0.03, 0.2, 0.4, 0.499, 0.6, 0.83, 0.98, 0.9999, 0.999999]
            .iter()
            .map(|t| low + (high - low) * t)
            .collect(),
        (true, false) => {
            [1e-6, 1e-3, 0.03, 0.3, 1.1, 1.7, 4.2, 30.3, 1e4].iter().map(|t| low + t).collect()
        }
        _ => vec![-20.3, -7.6, -3.7, -1.1, -0.3, -1e-3, 1e-3, 0.2, 0.9, 1.4, 2.6, 7.6, 20.3],
    };
    assert!(points.iter().all(|&x| domain.contains(x)));
    points
}

/// Compares an exact derivative with Ridders differences of `f` on `[low, high]`.
fn agrees(name: &str, f: impl Fn(f64) -> f64, x: f64, bounds: (f64, f64), derivative: f64) {
    let differences = Differences::new(Scheme::Ridders).bounds(bounds.0, bounds.1).unwrap();
    let estimate = differences.derivative(&f, x).unwrap_or_else(|e| panic!("{name}({x}): {e}"));
    let size = derivative.abs().max(f(x).abs());
    assert!(estimate.error <= 1e-7 * size, "{name}({x}): {estimate:?} tells nothing");
    let tolerance = 10.0 * estimate.error + 1e-14 * size;
    assert!(
        (derivative - estimate.value).abs() <= tolerance,
        "{name}'({x}) = {derivative:e}, differences give {estimate:?}"
    );
}

#[test]
fn unary_derivatives_agree_with_differences() {
    for &row in Unary::ALL {
        let domain = row.domain();
        for x in grid(domain) {
            let derivative = row.derivative(x, row.value(x));
            agrees(row.name(), |x| row.value(x), x, (domain.low, domain.high), derivative);
        }
    }
}

#[test]
fn binary_partials_agree_with_differences() {
    let all = (f64::NEG_INFINITY, f64::INFINITY);
    for &row in Binary::ALL {
        // a^b is differentiable in b for positive a only.
        let powers = row == Binary::Pow;
        let bounds_a = if powers { (0.0, f64::INFINITY) } else { all };
        for a in [-3.3, -0.7, 1e-3, 0.3, 1.7, 4.2] {
            for b in [-2.1, -0.4, 0.9, 2.5, 12.5] {
                if powers && a < 0.0 {
                    continue;
                }
                let y = row.value(a, b);
                let (da, db) = row.partials(a, b, y);
                agrees(row.name(), |a| row.value(a, b), a, bounds_a, da);
                agrees(row.name(), |b| row.value(a, b), b, all, db);
            }
        }
    }
}

#[test]
fn derivatives_of_powers_and_polygammas_agree_with_differences() {
    let all = (f64::NEG_INFINITY, f64::INFINITY);
    for x in [-4.2, -0.7, 1e-2, 0.3, 1.0, 1.7, 12.5] {
        for n in [-3, -1, 0, 1, 2, 5, 12] {
            agrees("powi", |x| Real::powi(x, n), x, all, powi_derivative(x, n));
        }
    }
    for x in [1e-3, 0.3, 1.0, 1.7, 12.5] {
        for p in [-1.5, -1.0, 0.0, 0.5, 1.0, 2.5, 3.0] {
            agrees("powf", |x| Real::powf(x, p), x, (0.0, f64::INFINITY), powf_derivative(x, p));
        }
    }
    for n in 0..4 {
        for x in [1e-2, 0.7, 1.4, 2.9, 3.1, 7.9, 8.1, 30.5] {
            agrees("polygamma", |x| x.polygamma(n), x, (0.0, f64::INFINITY), x.polygamma(n + 1));
        }
        for x in [-0.3, -2.6] {
            let (low, high) = (x.floor(), x.ceil());
            agrees("polygamma", |x| x.polygamma(n), x, (low, high), x.polygamma(n + 1));
        }
    }
}

/// The function of a line of the fixture, as value and derivative.
fn named(function: &str, x: f64) -> (f64, f64) {
    if let Some(p) = function.strip_prefix("powf ") {
        let p = p.parse().unwrap();
        return (Real::powf(x, p), powf_derivative(x, p));
    }
    if let Some(n) = function.strip_prefix("powi ") {
        let n = n.parse().unwrap();
        return (Real::powi(x, n), powi_derivative(x, n));
    }
    let row = Unary::ALL.iter().find(|row| row.name() == function);
    let row = row.unwrap_or_else(|| panic!("no row {function}"));
    let y = row.value(x);
    (y, row.derivative(x, y))
}

/// Values and first derivatives to $10^{-13}$, second derivatives by differences of the first.
#[test]
fn taylor_coefficients_agree_with_sixty_digit_arithmetic() {
    let fixture: serde_json::Value =
        serde_json::from_str(include_str!("golden/taylor.json")).unwrap();
    let close = |found: f64, expected: f64| (found - expected).abs() <= 1e-13 * expected.abs();
    let mut seen = 0;
    for line in fixture["series"].as_array().unwrap() {
        let function = line["function"].as_str().unwrap();
        let x = line["x0"].as_f64().unwrap();
        let coefficient = |k: usize| line["coefficients"][k].as_f64().unwrap();
        let (y, dy) = named(function, x);
        assert!(close(y, coefficient(0)), "{function}({x}) = {y:e}");
        assert!(close(dy, coefficient(1)), "{function}'({x}) = {dy:e}");
        let estimate = Differences::new(Scheme::Ridders).derivative(|x| named(function, x).1, x);
        let (second, error) = (2.0 * coefficient(2), 10.0 * estimate.unwrap().error + 1e-13);
        let found = estimate.unwrap().value;
        assert!((found - second).abs() <= error, "{function}''({x}) = {found:e}");
        seen += 1;
    }
    assert_eq!(seen, 76);
}

/// Values at arguments where a careless formula loses its digits (mpmath 1.3, 40 digits).
#[test]
fn values_in_the_tails_keep_their_digits() {
    for (name, x, expected) in TAILS {
        let row = Unary::ALL.iter().find(|row| row.name() == *name).unwrap();
        let y = row.value(*x);
        assert!((y - expected).abs() <= 4.0 * f64::EPSILON * expected.abs(), "{name}({x}) = {y:e}");
    }
}

#[rustfmt::skip]
#[allow(clippy::approx_constant)] // arguments beside the zeros and poles
const TAILS: &[(&str, f64, f64)] = &[
    ("exp_m1", 1e-10, 1.00000000005e-10),
    ("exp_m1", -40.0, -1.0),
    ("ln_1p", 1e-12, 9.999999999995e-13),
    ("ln_1p", -1e-09, -1.0000000005000001e-09),
    ("tanh", 1e-09, 1e-09),
    ("sinh", 1e-09, 1e-09),
    ("asinh", 1e-09, 1e-09),
    ("asinh", -1000000000.0, -21.416413017506358),
    ("acosh", 1.0000001, 0.0004472135919037347),
    ("acosh", 1000000000.0, 21.416413017506358),
    ("atanh", 1e-09, 1e-09),
    ("atanh", -0.9999999, -8.40562139102231),
    ("erf", 1e-09, 1.1283791670955127e-09),
    ("erfc", 5.0, 1.537459794428035e-12),
    ("erfc", 20.0, 5.395865611607901e-176),
    ("erfc", -3.0, 1.9999779095030015),
    ("sigmoid", -40.0, 4.248354255291589e-18),
    ("sigmoid", -300.0, 5.148200222412013e-131),
    ("softplus", -40.0, 4.248354255291589e-18),
    ("softplus", 40.0, 40.0),
    ("ln_gamma", 1e-09, 20.723265836369194),
    ("ln_gamma", 0.999, 0.0005780385328913802),
    ("ln_gamma", 2.001, 0.000423106734800117),
    ("ln_gamma", 171.5, 709.1431630309282),
    ("ln_gamma", 100000000.0, 1742068066.1038346),
    ("digamma", 1e-06, -1000000.5772140201),
    ("digamma", 1.4616, -3.110625123034165e-05),
    ("digamma", 3.153296142754666, 0.9815838043569988),
    ("digamma", 10000000000.0, 23.025850929890456),
    ("sin", 1000000000000000.0, 0.8582727931702359),
    ("cos", 1.5707963267948966, 6.123233995736766e-17),
    ("tan", 1.5707963, 37320539.634354815),
    ("asin", -0.9999999, -1.5703491131957876),
    ("acos", 0.9999999, 0.00044721359910904126),
];

/// A row that has to increase wherever it is defined.
const INCREASING: [Unary; 23] = [
    Unary::Sqrt,
    Unary::Cbrt,
    Unary::Exp,
    Unary::Exp2,
    Unary::ExpM1,
    Unary::Ln,
    Unary::Log2,
    Unary::Log10,
    Unary::Ln1p,
    Unary::Asin,
    Unary::Atan,
    Unary::Sinh,
    Unary::Tanh,
    Unary::Asinh,
    Unary::Acosh,
    Unary::Atanh,
    Unary::Erf,
    Unary::Digamma,
    Unary::Sigmoid,
    Unary::Softplus,
    Unary::Floor,
    Unary::Round,
    Unary::Sign,
];

fn near(a: f64, b: f64, tolerance: f64) -> bool {
    (a - b).abs() <= tolerance * a.abs().max(b.abs())
}

proptest! {
    #[test]
    fn increasing_rows_increase(t in 0.0..1.0_f64, u in 0.0..1.0_f64, decades in -3.0..2.0_f64) {
        for row in INCREASING {
            let Domain { low, high, .. } = row.domain();
            let range = 10_f64.powf(decades);
            let place = |t: f64| match (low.is_finite(), high.is_finite()) {
                (true, true) => low + (high - low) * t,
                (true, false) => low + range * t,
                _ => range * (2.0 * t - 1.0),
            };
            let (a, b) = (place(t.min(u)), place(t.max(u)));
            let (at_a, at_b) = (row.value(a), row.value(b));
            // A unit in the last place is what the library of the platform may be off.
            let slack = 2.0 * f64::EPSILON * at_a.abs().max(at_b.abs());
            prop_assert!(at_a <= at_b + slack, "{}: {at_a} at {a}, {at_b} at {b}", row.name());
            prop_assert!(row.derivative(a, at_a) >= 0.0, "{}'({a})", row.name());
        }
    }

    #[test]
    fn inverse_functions_undo_each_other(x in 1e-3..20.0_f64, s in -0.99..0.99_f64) {
        prop_assert!(near(x.ln().exp(), x, 1e-14));
        prop_assert!(near(x.exp().ln(), x, 1e-14 * (1.0 + 1.0 / x)));
        prop_assert!(near(x.exp2().log2(), x, 1e-14 * (1.0 + 1.0 / x)));
        prop_assert!(near(Real::powf(10.0, x).log10(), x, 1e-14 * (1.0 + 1.0 / x)));
        prop_assert!(near(Real::ln_1p(Real::exp_m1(x)), x, 1e-14));
        prop_assert!(near(x.sqrt().powi(2), x, 1e-15));
        prop_assert!(near(x.cbrt().powi(3), x, 1e-15));
        prop_assert!(near(x.recip().recip(), x, 1e-15));
        prop_assert!(near(Real::sinh(Real::asinh(x)), x, 1e-14));
        prop_assert!(near(Real::cosh(Real::acosh(1.0 + x)), 1.0 + x, 1e-14));
        prop_assert!(near(Real::tanh(Real::atanh(s)), s, 1e-13));
        prop_assert!(near(s.asin().sin(), s, 1e-15));
        prop_assert!(near(s.acos().cos(), s, 1e-15 * (1.0 + 1.0 / s.abs())));
        prop_assert!(near(x.atan().tan(), x, 1e-13));
    }

    #[test]
    fn logistic_functions_are_one_family(x in -30.0..30.0_f64) {
        prop_assert!(near(Real::tanh(x), 2.0 * (2.0 * x).sigmoid() - 1.0, 1e-15 / x.abs().min(1.0)));
        prop_assert!(near(x.sigmoid() + (-x).sigmoid(), 1.0, 1e-15));
        prop_assert!(near(x.softplus() - (-x).softplus(), x, 1e-14 / x.abs().min(1.0)));
        prop_assert!(near(x.sigmoid().ln(), -(-x).softplus(), 1e-14 * (1.0 + x.exp())));
        prop_assert_eq!(Unary::Softplus.derivative(x, x.softplus()), x.sigmoid());
    }

    #[test]
    fn gamma_functions_satisfy_their_recurrences(x in 1e-3..100.0_f64) {
        // ln|Gamma(x + 1)| = ln|Gamma(x)| + ln x; terms may cancel, so the error is theirs.
        let (next, this) = (Real::ln_gamma(x + 1.0), Real::ln_gamma(x));
        let size = next.abs() + this.abs() + x.ln().abs() + 0.1; // x + 1 is rounded
        prop_assert!((next - this - x.ln()).abs() <= 1e-14 * size);
        let (next, this) = ((x + 1.0).digamma(), x.digamma());
        prop_assert!((next - this - 1.0 / x).abs() <= 2e-15 * (next.abs() + this.abs() + 1.0 / x));
        let (next, this) = ((x + 1.0).polygamma(1), x.polygamma(1));
        prop_assert!((next - this + 1.0 / (x * x)).abs() <= 4e-15 * (this + 1.0 / (x * x)));
        // Duplication: 2 psi(2x) = psi(x) + psi(x + 1/2) + 2 ln 2.
        let (left, right) = (2.0 * (2.0 * x).digamma(), x.digamma() + (x + 0.5).digamma());
        let size = left.abs() + right.abs() + 2.0;
        prop_assert!((left - right - 2.0 * std::f64::consts::LN_2).abs() <= 4e-15 * size);
    }

    #[test]
    fn error_functions_are_complements(x in -6.0..6.0_f64) {
        prop_assert!(near(Real::erf(x) + Real::erfc(x), 1.0, 1e-15));
        prop_assert_eq!(Real::erf(-x), -Real::erf(x));
        prop_assert!(near(Real::erfc(x) + Real::erfc(-x), 2.0, 1e-15));
    }

    #[test]
    fn circular_and_hyperbolic_identities(x in -20.0..20.0_f64) {
        let (s, c) = Real::sin_cos(x);
        prop_assert!(near(s * s + c * c, 1.0, 1e-15));
        prop_assert!(near(x.tan(), s / c, 1e-14));
        let (s, c) = (Real::sinh(x), Real::cosh(x));
        prop_assert!(near(s + c, x.exp(), 1e-15 * (c / x.exp())));
        prop_assert!(near(Real::tanh(x), s / c, 1e-14));
    }

    #[test]
    fn polar_coordinates(r in 1e-3..1e3_f64, t in -3.1..3.1_f64) {
        let (x, y) = (r * t.cos(), r * t.sin());
        prop_assert!(near(Real::hypot(x, y), r, 1e-15));
        prop_assert!((Real::atan2(y, x) - t).abs() <= 2e-15 * (1.0 + t.abs()));
        // The gradient of the radius is a unit vector, that of the angle is orthogonal to it.
        let (rx, ry) = Binary::Hypot.partials(x, y, r);
        let (ty, tx) = Binary::Atan2.partials(y, x, t);
        prop_assert!(near(rx * rx + ry * ry, 1.0, 1e-14));
        prop_assert!((rx * tx + ry * ty).abs() <= 1e-15 / r);
    }

    #[test]
    fn powers_agree_with_each_other(x in 1e-2..1e2_f64, n in -8..8_i32, p in -3.0..3.0_f64) {
        prop_assert!(near(Real::powi(x, n), Real::powf(x, f64::from(n)), 4e-15));
        prop_assert_eq!(Real::pow(x, p), Real::powf(x, p));
        prop_assert!(near(Real::powf(x, p), (p * x.ln()).exp(), 1e-14));
        prop_assert!(near(powi_derivative(x, n), powf_derivative(x, f64::from(n)), 4e-15));
    }

    #[test]
    fn extremes_and_signs(a in -1e3..1e3_f64, b in -1e3..1e3_f64) {
        prop_assert_eq!(Real::max(a, b) + Real::min(a, b), a + b);
        prop_assert_eq!(Real::abs(a), Real::max(a, -a));
        prop_assert_eq!(Real::abs(a) * a.apply(Unary::Sign), a);
        let (da, db) = Binary::Max.partials(a, b, Real::max(a, b));
        prop_assert_eq!(da + db, 1.0);
        prop_assert!(Real::floor(a) <= a && a <= Real::ceil(a));
        prop_assert!((Real::round(a) - a).abs() <= 0.5);
        prop_assert_eq!(Real::trunc(a), a.apply(Unary::Sign) * Real::floor(a.abs()));
        prop_assert_eq!(Real::mul_add(a, b, 1.0), f64::mul_add(a, b, 1.0));
    }
}
