//! Curvature from end to end: derivatives from values, what they say about a point, and the same
//! numbers found in two ways.

use calculus_core::curvature::univariate::{
    Approach, Extremum, critical_points, limit, mean_value_point, second_derivative_test,
};
use calculus_core::curvature::{
    CriticalPointKind, CriticalPointTest, Definiteness, ImplicitFunction, Lanczos, SharpnessAscent,
    StochasticLanczos, StochasticTrace, classify_critical_point, condition_number,
    convexity_on_sample, definiteness, hessian_convexity_on_sample, quadratic_constants,
    quadratic_sharpness, sample_box, sampled_constants, sampled_hessian_constants, volume_change,
};
use calculus_core::numeric::{Differences, Scheme};
use faer::{Mat, mat};

/// Himmelblau's function (1972): four minima, four saddles, one maximum.
fn himmelblau(x: &[f64]) -> f64 {
    (x[0] * x[0] + x[1] - 11.0).powi(2) + (x[0] + x[1] * x[1] - 7.0).powi(2)
}

fn himmelblau_hessian(x: &[f64]) -> Mat<f64> {
    let mixed = 4.0 * (x[0] + x[1]);
    mat![
        [12.0 * x[0] * x[0] + 4.0 * x[1] - 42.0, mixed],
        [mixed, 12.0 * x[1] * x[1] + 4.0 * x[0] - 26.0],
    ]
}

#[test]
fn critical_points_of_himmelblau_from_values_alone() {
    let known = [
        ([3.0, 2.0], CriticalPointKind::StrictMinimum),
        ([-2.805_118_086_952_745, 3.131_312_518_250_573], CriticalPointKind::StrictMinimum),
        ([-0.270_844_590_667_347_6, -0.923_038_556_479_981_6], CriticalPointKind::StrictMaximum),
        ([0.086_677_504_555_396, 2.884_254_701_174_776], CriticalPointKind::Saddle),
    ];
    // The coordinates have 14 digits, the Hessian is below 100, and Ridders' slope is off by 1e-10.
    let test = CriticalPointTest::new(1e-8).unwrap();
    for (x, kind) in known {
        let gradient = Differences::new(Scheme::Ridders).gradient(himmelblau, &x).unwrap();
        let point = test.classify(&gradient.value, himmelblau_hessian(&x).as_ref()).unwrap();
        assert_eq!(point.kind, kind, "{x:?}: {point:?}");
        let hessian = Differences::new(Scheme::Ridders).hessian(himmelblau, &x).unwrap();
        let from_values = Mat::from_fn(2, 2, |i, j| hessian.value[2 * i + j]);
        let error = hessian.error.iter().fold(0.0_f64, |max, e| max.max(*e));
        let uncertain = test.hessian_error(2.0 * error).unwrap();
        let again = uncertain.classify(&gradient.value, from_values.as_ref()).unwrap();
        assert_eq!(again.kind, kind);
    }
    let slope = classify_critical_point(&[1.0, 0.0], himmelblau_hessian(&[0.0, 0.0]).as_ref());
    assert_eq!(slope.unwrap().kind, CriticalPointKind::NotCritical);
}

#[test]
fn convexity_refuted_in_two_ways() {
    let points = sample_box(&[-5.0; 2], &[5.0; 2], 40, 1).unwrap();
    let chord = convexity_on_sample(himmelblau, &points).unwrap();
    assert!(chord.violation().is_some());
    let curvature = hessian_convexity_on_sample(himmelblau_hessian, &points).unwrap();
    let witness = curvature.violation().unwrap();
    let hv = himmelblau_hessian(&witness.x) * Mat::from_fn(2, 1, |i, _| witness.direction[i]);
    let along = hv[(0, 0)] * witness.direction[0] + hv[(1, 0)] * witness.direction[1];
    assert!((along - witness.curvature).abs() < 1e-10 && along < 0.0);
}

#[test]
fn gradients_and_hessians_bound_the_same_constants() {
    // f = ln cosh x + y²: the Hessian is diag(1/cosh²x, 2), L = 2, and mu tends to 0 at infinity.
    let points = sample_box(&[-2.0; 2], &[2.0; 2], 60, 3).unwrap();
    let gradient = |x: &[f64], g: &mut [f64]| {
        g[0] = x[0].tanh();
        g[1] = 2.0 * x[1];
    };
    let hessian = |x: &[f64]| mat![[x[0].cosh().powi(-2), 0.0], [0.0, 2.0]];
    let by_gradients = sampled_constants(gradient, &points).unwrap();
    let by_hessians = sampled_hessian_constants(hessian, &points).unwrap();
    let in_the_box = 2.0_f64.cosh().powi(-2);
    for constants in [by_gradients, by_hessians] {
        assert!(constants.lipschitz_lower_bound <= 2.0 + 1e-12);
        assert!(constants.lipschitz_lower_bound > 1.9);
        assert!(constants.strong_convexity_upper_bound >= in_the_box - 1e-12);
        assert!(constants.strong_convexity_upper_bound < 0.2);
    }
}

#[test]
fn the_same_spectrum_from_entries_and_from_products() {
    let n = 80;
    let h = Mat::from_fn(n, n, |i, j| {
        let (i, j) = (i as f64, j as f64);
        (-(i - j).abs() / 3.0).exp() + if i == j { 1.0 } else { 0.0 }
    });
    let product = |v: &[f64], y: &mut [f64]| {
        for (i, y) in y.iter_mut().enumerate() {
            *y = (0..n).map(|j| h[(i, j)] * v[j]).sum();
        }
    };
    assert_eq!(definiteness(h.as_ref()).unwrap().definiteness, Definiteness::PositiveDefinite);
    let constants = quadratic_constants(h.as_ref()).unwrap();
    let ends = Lanczos::new().extreme_eigenvalues(n, product).unwrap();
    assert!((ends.largest.value - constants.lipschitz).abs() < 1e-10);
    assert!((ends.smallest.value - constants.strong_convexity).abs() < 1e-10);
    let kappa = condition_number(h.as_ref()).unwrap();
    assert!((kappa / constants.condition_number() - 1.0).abs() < 1e-12);

    let trace = StochasticTrace::new(60).unwrap().hutch_plus_plus(n, product).unwrap();
    assert!((trace.value - 2.0 * n as f64).abs() < 4.0 * trace.standard_error);
    let config = StochasticLanczos::new().vectors(40).unwrap();
    let density = config.spectral_density(n, product).unwrap();
    let log_determinant = density.trace_of(f64::ln).unwrap();
    let exact = volume_change(h.as_ref()).unwrap().log();
    assert!((log_determinant.value - exact).abs() < 4.0 * log_determinant.standard_error);
}

#[test]
fn sharpness_of_a_function_and_of_its_model() {
    let x = [3.0, 2.0];
    let (radius, h) = (1e-3, himmelblau_hessian(&x));
    let model = quadratic_sharpness(&[0.0, 0.0], h.as_ref(), radius).unwrap();
    let gradient = |x: &[f64], g: &mut [f64]| {
        let (a, b) = (x[0] * x[0] + x[1] - 11.0, x[0] + x[1] * x[1] - 7.0);
        g[0] = 4.0 * x[0] * a + 2.0 * b;
        g[1] = 2.0 * a + 4.0 * x[1] * b;
    };
    let ascent = SharpnessAscent::new().lower_bound(himmelblau, gradient, &x, radius).unwrap();
    // They differ by the third derivatives, below 100, times radius³/6.
    assert!((ascent.value - model.value).abs() < 100.0 * radius.powi(3));
    let half = 0.5 * radius * radius * quadratic_constants(h.as_ref()).unwrap().lipschitz;
    assert!((model.value - half).abs() < 1e-15);
}

#[test]
fn the_derivative_of_a_minimum_by_a_parameter() {
    // x(t) minimises cosh(x) - t x: sinh(x) = t, dx/dt = 1/cosh(x).
    let t = 0.7_f64;
    let x = t.asinh();
    let derivative = ImplicitFunction::new(mat![[x.cosh()]].as_ref(), mat![[-1.0]].as_ref());
    let derivative = derivative.unwrap().jacobian()[(0, 0)];
    let differences = Differences::new(Scheme::Ridders).derivative(f64::asinh, t).unwrap();
    assert!((derivative - differences.value).abs() <= differences.error + 1e-15);
}

#[test]
fn one_variable() {
    let f = |x: f64| x.powi(4) - 2.0 * x * x;
    let slope = |x: f64| 4.0 * x.powi(3) - 4.0 * x;
    let points = critical_points(slope, -2.0, 2.1, 40).unwrap();
    let kinds: Vec<Extremum> = points.iter().map(|point| point.kind).collect();
    assert_eq!(kinds, [Extremum::Minimum, Extremum::Maximum, Extremum::Minimum]);
    for point in &points {
        let first = Differences::new(Scheme::Ridders).derivative(f, point.x).unwrap();
        let second = Differences::new(Scheme::Ridders).derivative(slope, point.x).unwrap();
        assert_eq!(second_derivative_test(first, second).unwrap(), point.kind);
    }
    let c = mean_value_point(f, slope, 0.0, 2.0).unwrap();
    let quotient = limit(|h| (f(c + h) - f(c)) / h, Approach::Both(0.0)).unwrap();
    assert!((quotient.value - (f(2.0) - f(0.0)) / 2.0).abs() < 1e-9);
}
