//! The complex step against derivatives with 60 digits.

use calculus_core::Real;
use calculus_core::numeric::{Complex, complex_step, complex_step_gradient, complex_step_jacobian};

use proptest::prelude::*;

fn squire_trapp<T: Real>(x: T) -> T {
    x.exp() / (x.sin().powi(3) + x.cos().powi(3)).sqrt()
}

/// Squire and Trapp's function, exp, a fast wave and a power, at the points at which the schemes are
/// compared; the derivatives were computed with 60 digits in mpmath and rounded.
#[test]
fn four_functions_to_all_digits() {
    type Case = (&'static str, fn(Complex) -> Complex, f64, f64);
    let cases: [Case; 4] = [
        ("squire_trapp", squire_trapp, 1.5, 4.053427893898621),
        ("exp", Real::exp, 1.0, std::f64::consts::E),
        // The argument 100 * 0.7 is rounded to 70, at which the derivative is taken.
        ("sin(100x)", |x| (100.0 * x).sin(), 0.7, 63.33192030862999),
        ("x^10", |x| x.powi(10), 1e4, 1e37),
    ];
    for (name, f, x, exact) in cases {
        let relative = (complex_step(f, x).unwrap() / exact - 1.0).abs();
        assert!(relative < 1e-15, "{name}: {relative:e}");
    }
}

fn rosenbrock<T: Real>(x: &[T]) -> T {
    x.windows(2).map(|w| 100.0 * (w[1] - w[0] * w[0]).powi(2) + (1.0 - w[0]).powi(2)).sum()
}

#[test]
fn gradients_and_jacobians_of_generic_functions() {
    let gradient = complex_step_gradient(rosenbrock, &[-1.2, 1.0]).unwrap();
    for (found, exact) in gradient.iter().zip([-215.6, -88.0]) {
        assert!((found / exact - 1.0).abs() < 4.0 * f64::EPSILON, "{found}");
    }
    let rotation = |x: &[Complex]| vec![x[0] * x[1].cos(), x[0] * x[1].sin(), x[0]];
    let jacobian = complex_step_jacobian(rotation, &[2.0, 0.5]).unwrap();
    let (sin, cos) = 0.5_f64.sin_cos();
    for (found, exact) in jacobian.iter().zip([cos, -2.0 * sin, sin, 2.0 * cos, 1.0, 0.0]) {
        assert!((found - exact).abs() < 4.0 * f64::EPSILON, "{found} {exact}");
    }
}

#[test]
fn branches_and_special_functions() {
    // A branch is decided by the real part.
    let huber = |x: Complex| if x.abs() < 1.0 { 0.5 * x * x } else { x.abs() - 0.5 };
    assert_eq!(complex_step(huber, 0.25), Ok(0.25));
    assert_eq!(complex_step(huber, -3.0), Ok(-1.0));
    // Normal distribution: the slope of its distribution function is its density.
    let distribution = |x: Complex| 0.5 * (-x / 2.0_f64.sqrt()).erfc();
    let density = (-0.5 * 1.3_f64 * 1.3).exp() / (2.0 * std::f64::consts::PI).sqrt();
    assert!((complex_step(distribution, 1.3).unwrap() / density - 1.0).abs() < 1e-15);
    let digamma = complex_step(Real::ln_gamma, 4.5).unwrap();
    assert!((digamma / Real::digamma(4.5) - 1.0).abs() < 1e-15);
}

proptest! {
    /// Products, quotients and compositions follow the rules of differentiation.
    #[test]
    fn the_rules_of_differentiation_hold(x in -3.0..3.0_f64, c in 0.1..5.0_f64) {
        let f = |z: Complex| (c * z).sin() + 2.0;
        let g = |z: Complex| (z * z + c).ln();
        let (f_x, g_x) = (f(x.into()).re, g(x.into()).re);
        let (df, dg) = (complex_step(f, x).unwrap(), complex_step(g, x).unwrap());
        let size = 1.0 + df.abs() + dg.abs() + f_x.abs() + g_x.abs();
        for (found, exact) in [
            (complex_step(|z| f(z) * g(z), x), df * g_x + f_x * dg),
            (complex_step(|z| g(z) / f(z), x), (dg * f_x - g_x * df) / (f_x * f_x)),
            (complex_step(|z| f(z).exp(), x), f_x.exp() * df),
            (complex_step(|z| f(z).pow(g(z)), x), f_x.powf(g_x) * (dg * f_x.ln() + g_x * df / f_x)),
        ] {
            let found = found.unwrap();
            let tolerance = 1e-14 * size * (1.0 + exact.abs());
            prop_assert!((found - exact).abs() <= tolerance, "{found} {exact}");
        }
    }
}
