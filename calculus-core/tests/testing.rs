//! The test kit has to fail where the code under test is wrong, and to say where.
#![cfg(feature = "testing")]

use calculus_core::Error;
use calculus_core::testing::{
    Failure, check_adjoint, check_close, check_gradient, check_hessian, check_optimizer,
    check_pullback, check_pushforward, check_resume, check_schedule, problems,
};
use proptest::prelude::*;

fn f(x: &[f64]) -> f64 {
    x[0].exp() * x[1].sin() + x[2].powi(3)
}
fn gradient(x: &[f64]) -> Vec<f64> {
    vec![x[0].exp() * x[1].sin(), x[0].exp() * x[1].cos(), 3.0 * x[2] * x[2]]
}
fn hessian(x: &[f64]) -> Vec<f64> {
    let (s, c) = (x[0].exp() * x[1].sin(), x[0].exp() * x[1].cos());
    vec![s, c, 0.0, c, -s, 0.0, 0.0, 0.0, 6.0 * x[2]]
}
const X: [f64; 3] = [0.3, -1.1, 2.0];

/// A change of one entry, as small as the kit is documented to see.
fn wrong(values: Vec<f64>, index: usize, relative: f64) -> Vec<f64> {
    let mut values = values;
    values[index] += relative * values[index].abs().max(1.0);
    values
}

#[test]
fn a_wrong_entry_is_found_and_named() {
    check_gradient(f, gradient, &X).unwrap();
    check_hessian(gradient, hessian, &X).unwrap();
    for index in 0..3 {
        let result = check_gradient(f, |x| wrong(gradient(x), index, 1e-9), &X);
        assert!(
            matches!(result, Err(Failure::Mismatch { what: "gradient", index: i, .. }) if i == index)
        );
        let result = check_gradient(f, |x| wrong(gradient(x), index, f64::NAN), &X);
        assert!(matches!(result, Err(Failure::Mismatch { index: i, .. }) if i == index));
    }
    for index in 0..9 {
        let result = check_hessian(gradient, |x| wrong(hessian(x), index, 1e-9), &X);
        assert!(
            matches!(result, Err(Failure::Mismatch { what: "Hessian", index: i, .. }) if i == index)
        );
    }
}

#[test]
fn a_sign_or_a_factor_is_found() {
    let negated = |x: &[f64]| gradient(x).iter().map(|g| -g).collect();
    let doubled = |x: &[f64]| gradient(x).iter().map(|g| 2.0 * g).collect();
    let zero = |_: &[f64]| vec![0.0; 3];
    assert!(check_gradient(f, negated, &X).is_err());
    assert!(check_gradient(f, doubled, &X).is_err());
    assert!(check_gradient(f, zero, &X).is_err());
}

#[test]
fn a_wrong_length_is_no_panic() {
    let short = |x: &[f64]| gradient(x)[..2].to_vec();
    let result = check_gradient(f, short, &X);
    assert_eq!(result, Err(Failure::Length { what: "gradient", found: 2, expected: 3 }));
}

#[test]
fn a_kink_or_an_undefined_point_is_inconclusive_and_not_a_pass() {
    let jump = |x: &[f64]| if x[0] >= 1.0 { 1.0 } else { 0.0 };
    let result = check_gradient(jump, |_| vec![0.0], &[1.0]);
    let Err(Failure::Inconclusive { error: Error::NotConverged { .. }, .. }) = result else {
        panic!("{result:?}")
    };
    let result = check_gradient(|x| x[0].ln(), |x| vec![1.0 / x[0]], &[-1.0]);
    let Err(Failure::Inconclusive { error: Error::NonFiniteValue { .. }, .. }) = result else {
        panic!("{result:?}")
    };
}

#[test]
fn no_coordinates_is_a_trivial_pass() {
    check_gradient(|_| 1.0, |_| vec![], &[]).unwrap();
    check_hessian(|_| vec![], |_| vec![], &[]).unwrap();
    check_close(&[], &[], 1e-12).unwrap();
}

/// The map (r, t) -> (r cos t, r sin t, r).
fn polar(x: &[f64]) -> Vec<f64> {
    vec![x[0] * x[1].cos(), x[0] * x[1].sin(), x[0]]
}
fn polar_pushforward(x: &[f64], v: &[f64]) -> Vec<f64> {
    let (s, c) = x[1].sin_cos();
    vec![c * v[0] - x[0] * s * v[1], s * v[0] + x[0] * c * v[1], v[0]]
}
fn polar_pullback(x: &[f64], w: &[f64]) -> Vec<f64> {
    let (s, c) = x[1].sin_cos();
    vec![c * w[0] + s * w[1] + w[2], x[0] * (c * w[1] - s * w[0])]
}

#[test]
fn products_with_the_jacobian() {
    let x = [2.0, 0.7];
    check_pushforward(polar, polar_pushforward, &x).unwrap();
    check_pullback(polar, polar_pullback, &x).unwrap();
    check_adjoint(polar_pushforward, polar_pullback, &x, 3).unwrap();

    let wrong_pullback = |x: &[f64], w: &[f64]| wrong(polar_pullback(x, w), 1, 1e-9);
    let wrong_pushforward = |x: &[f64], v: &[f64]| wrong(polar_pushforward(x, v), 2, 1e-9);
    let failure = check_pullback(polar, wrong_pullback, &x).unwrap_err();
    assert!(matches!(failure, Failure::Mismatch { what: "pullback", index: 1, .. }), "{failure}");
    let failure = check_pushforward(polar, wrong_pushforward, &x).unwrap_err();
    assert!(matches!(failure, Failure::Mismatch { what: "pushforward", index: 2, .. }));
    assert!(check_adjoint(polar_pushforward, wrong_pullback, &x, 3).is_err());
    assert!(check_adjoint(wrong_pushforward, polar_pullback, &x, 3).is_err());
    let failure = check_adjoint(polar_pushforward, polar_pullback, &x, 2).unwrap_err();
    assert_eq!(failure, Failure::Length { what: "pushforward", found: 3, expected: 2 });
}

#[test]
#[should_panic(expected = "gradient: entry 1 is 4e0, expected")]
fn unwrapping_shows_the_sentence() {
    check_gradient(|x| x[0] * x[1], |x| vec![x[1], 2.0 * x[0]], &[2.0, 3.0]).unwrap();
}

#[test]
fn an_optimizer_that_climbs_or_gambles_fails() {
    let descent = |rate: f64| {
        move |_: usize| {
            move |x: &mut [f64], g: &[f64]| x.iter_mut().zip(g).for_each(|(x, g)| *x -= rate * g)
        }
    };
    let convex = &problems()[..2];
    check_optimizer(descent(0.1), convex, 100, 1e-6).unwrap();
    assert!(matches!(
        check_optimizer(descent(-0.1), convex, 100, 1e-6),
        Err(Failure::NotMinimized { problem: "sphere", .. })
    ));
    let mut runs = 0.0;
    let gambles = |n: usize| {
        runs += 1.0;
        descent(0.1 + 1e-3 * runs)(n)
    };
    assert!(matches!(
        check_optimizer(gambles, convex, 100, 1e-3),
        Err(Failure::NotReproducible { .. })
    ));
}

#[test]
fn a_wrong_schedule_and_a_lossy_checkpoint_fail() {
    let failure = check_schedule(|step| step as f64, &[0.0, 1.0, 2.5], 1e-12).unwrap_err();
    assert!(matches!(failure, Failure::Mismatch { index: 2, found: 2.0, expected: 2.5, .. }));

    for (found, expected) in [(1.0, f64::INFINITY), (f64::INFINITY, 1.0), (1.0, f64::NAN)] {
        let failure = check_schedule(|_| found, &[expected], 1e-12).unwrap_err();
        assert!(matches!(failure, Failure::Mismatch { index: 0, .. }));
    }
    check_schedule(|_| f64::INFINITY, &[f64::INFINITY], 1e-12).unwrap();

    let step = |x: &mut f64| *x = (*x + 0.1).sin();
    let through_text = |x: f64| x.to_string().parse().unwrap();
    let through_single = |x: f64| f64::from(x as f32);
    check_resume(|| 0.3, step, through_text, |&x| vec![x], 12).unwrap();
    assert!(check_resume(|| 0.3, step, through_single, |&x| vec![x], 12).is_err());
}

proptest! {
    /// A right quadratic form passes wherever it is checked, and a wrong factor never does.
    #[test]
    fn quadratics_at_random_points(
        a in prop::array::uniform9(-10.0..10.0_f64),
        x in prop::array::uniform3(-100.0..100.0_f64),
    ) {
        let row = |i: usize, x: &[f64]| (0..3).map(|j| a[3 * i + j] * x[j]).sum::<f64>();
        let value = |x: &[f64]| (0..3).map(|i| 0.5 * x[i] * row(i, x)).sum::<f64>();
        let symmetric = |i: usize, j: usize| 0.5 * (a[3 * i + j] + a[3 * j + i]);
        let gradient =
            |x: &[f64]| (0..3).map(|i| (0..3).map(|j| symmetric(i, j) * x[j]).sum()).collect();
        let hessian = |_: &[f64]| (0..9).map(|k| symmetric(k / 3, k % 3)).collect();
        prop_assert_eq!(check_gradient(value, gradient, &x), Ok(()));
        prop_assert_eq!(check_hessian(gradient, hessian, &x), Ok(()));
        let wrong = |x: &[f64]| gradient(x).iter().map(|g: &f64| g * (1.0 + 1e-6) + 1e-6).collect();
        prop_assert!(check_gradient(value, wrong, &x).is_err());
    }
}
