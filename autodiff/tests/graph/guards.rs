//! A recorded function replayed across its branches equals the plain function everywhere.

use autodiff::{Function, Var, forward_gradient, gradient};
use calculus_core::Real;
use proptest::prelude::*;

/// Branches of every kind that a user writes: comparisons with numbers and between variables,
/// equality, sorting, a loop whose length depends on a value, and a decision on the value itself.
fn branching<T: Real>(x: &[T]) -> T {
    let mut sum = if x[0] > 0.0 { x[0].sin() } else { x[0] * x[1] };
    if x[1] <= x[0] {
        sum += x[1].exp();
    }
    if x[2] == 0.0 || x[1] >= 1.5 {
        sum -= x[2] * 3.0;
    }
    let mut sorted = x.to_vec();
    sorted.sort_by(|a, b| a.partial_cmp(b).expect("no NaN"));
    sum += sorted[0] * sorted[2];
    let mut term = x[2];
    while term.abs() > 0.1 {
        sum += term;
        term *= 0.5;
    }
    let count = x[0].value().abs().floor() as usize;
    for k in 0..count {
        sum += x[1] * k as f64;
    }
    sum
}

proptest! {
    #[test]
    fn replay_across_branches(points in prop::collection::vec(prop::array::uniform3(-2.0..2.0_f64), 2..8)) {
        let mut function = Function::new(branching, &points[0]);
        for x in &points {
            let mut replayed = [0.0; 3];
            let value = function.value_and_gradient(x, &mut replayed);
            prop_assert_eq!(value, branching(x));
            let forward = forward_gradient(branching, x);
            for (r, f) in replayed.iter().zip(&forward) {
                prop_assert!((r - f).abs() <= 1e-13 * (1.0 + f.abs()), "{} against {}", r, f);
            }
            let mut product = [0.0; 3];
            function.hvp(x, &[1.0, 0.5, -0.25], &mut product);
            prop_assert_eq!(function.value(x), branching(x));
        }
    }
}

#[test]
fn a_replay_on_the_same_branch_does_not_record_again() {
    let relu = |x: &[Var]| if x[0] > 0.0 { x[0] * 2.0 } else { x[0] * 0.5 };
    let mut function = Function::new(relu, &[1.0]);
    for x in [2.0, 0.5, 7.0] {
        assert_eq!(function.value(&[x]), 2.0 * x);
    }
    assert_eq!(function.recordings(), 1);
    assert_eq!(function.value(&[-1.0]), -0.5);
    assert_eq!(function.recordings(), 2);
}

#[test]
fn a_comparison_with_nan_is_a_branch_of_its_own() {
    let f = |x: &[Var]| if x[0] < 1.0 { x[0] } else { x[0] * 2.0 };
    let mut function = Function::new(f, &[0.5]);
    assert!(function.value(&[f64::NAN]).is_nan());
    assert_eq!(function.value(&[0.25]), 0.25);
}

#[test]
fn reading_a_value_ties_the_recording_to_it() {
    // The scale is computed outside the recording: a replay elsewhere must not reuse it.
    let f = |x: &[Var]| x[0] * x[0].value();
    let mut function = Function::new(f, &[2.0]);
    assert_eq!(function.value(&[3.0]), 9.0);
    let mut g = [0.0];
    function.gradient(&[5.0], &mut g);
    assert_eq!(g, [5.0]);
    assert_eq!(gradient(f, &[4.0]), [4.0]);
}
