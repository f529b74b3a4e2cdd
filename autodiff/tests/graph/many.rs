//! Many points at a time: against one point after another.

use autodiff::{Function, Var, gradient};
use calculus_core::Real;
use proptest::prelude::*;

use crate::harness::assert_close;

fn smooth<T: Real>(x: &[T]) -> T {
    (x[0] * x[1]).tanh() + (x[1] - x[2]).powi(2) * x[0].exp() - x[2] * 3.0
}

fn branched<T: Real>(x: &[T]) -> T {
    let product = if x[0] > x[1] { x[0] * x[2] } else { x[1].sin() };
    if product < 0.0 { product * product } else { product + x[0] }
}

fn assert_same<F: Fn(&[Var]) -> Var>(f: F, plain: fn(&[f64]) -> f64, points: &[f64]) {
    let mut function = Function::new(&f, &points[..3]);
    let count = points.len() / 3;
    let (mut values, mut again) = (vec![0.0; count], vec![0.0; count]);
    let mut gradients = vec![0.0; points.len()];
    function.evaluate_many(points, &mut values);
    function.gradient_many(points, &mut again, &mut gradients);
    for (r, x) in points.chunks_exact(3).enumerate() {
        // Relative to the numbers on the way, of which products are up to 10 and may cancel.
        assert_close(&[values[r], again[r], 10.0], &[plain(x), plain(x), 10.0]);
        let close = [&gradients[3 * r..][..3], &[10.0]].concat();
        assert_close(&close, &[&gradient(&f, x)[..], &[10.0]].concat());
    }
}

proptest! {
    #[test]
    fn points_in_blocks_are_points_one_by_one(
        points in prop::collection::vec(-3.0..3.0_f64, 3..200),
    ) {
        let whole = points.len() / 3 * 3;
        assert_same(smooth, smooth, &points[..whole]);
        assert_same(branched, branched, &points[..whole]);
    }
}

#[test]
fn points_that_all_decide_differently_are_evaluated_all_the_same() {
    // The sign of each of seven numbers is a decision: 128 ways.
    fn f<T: Real>(x: &[T]) -> T {
        x.iter().map(|&x| if x > 0.0 { x * x } else { -x }).sum()
    }
    let points: Vec<f64> =
        (0..128 * 7).map(|i| if ((i / 7) >> (i % 7)) & 1 == 0 { 0.5 } else { -0.25 }).collect();
    let mut function = Function::new(f, &points[..7]);
    let (mut values, mut gradients) = (vec![0.0; 128], vec![0.0; 128 * 7]);
    function.gradient_many(&points, &mut values, &mut gradients);
    for (r, x) in points.chunks_exact(7).enumerate() {
        assert_eq!(values[r], f(x));
        assert_eq!(gradients[7 * r..][..7], gradient(f, x));
    }
}

/// Replayed in groups, as its loop is long enough.
fn chain<T: Real>(x: &[T]) -> T {
    let turn = |w: &[T]| if w[0] > 2.0 { w[1] } else { (w[1] - w[0] * w[0]).powi(2) * 3.0 };
    x.windows(2).map(turn).sum()
}

#[test]
fn points_in_groups_are_points_one_by_one() {
    let n = 30;
    for count in 0..12 {
        for outlier in [None, Some(1), Some(6)] {
            let mut points: Vec<f64> = (0..n * count).map(|i| (0.7 * i as f64).sin()).collect();
            // One that decides as none of the others does.
            if let Some(point) = outlier.and_then(|r| points.get_mut(n * r + 3)) {
                *point = 2.5;
            }
            let (mut values, mut again) = (vec![0.0; count], vec![0.0; count]);
            let mut gradients = vec![0.0; n * count];
            let mut function = Function::new(chain, &[0.5; 30]);
            function.evaluate_many(&points, &mut values);
            function.gradient_many(&points, &mut again, &mut gradients);
            for (r, x) in points.chunks_exact(n).enumerate() {
                assert_close(&[values[r], again[r]], &[chain(x); 2]);
                assert_close(&gradients[n * r..][..n], &gradient(chain, x));
            }
        }
    }
}

#[test]
fn a_slope_that_is_infinite_off_the_path_does_no_harm_to_other_points() {
    let f = |x: &[Var]| x.iter().map(|&x| x.sqrt() * x).sum::<Var>();
    let mut points = vec![4.0; 8 * 12];
    points[13] = 0.0;
    let (mut values, mut gradients) = (vec![0.0; 8], vec![0.0; 8 * 12]);
    Function::new(f, &[1.0; 12]).gradient_many(&points, &mut values, &mut gradients);
    assert_eq!(values[0], 96.0);
    assert_eq!(values[1], 88.0);
    for (k, slope) in gradients.iter().enumerate() {
        assert!(k == 13 || *slope == 3.0, "{slope} at {k}");
    }
}

#[test]
fn no_point_is_no_work() {
    Function::new(smooth, &[1.0; 3]).evaluate_many(&[], &mut []);
}

#[test]
#[should_panic(expected = "points have 3 coordinates each")]
fn a_table_of_another_width_is_refused() {
    Function::new(smooth, &[1.0; 3]).evaluate_many(&[0.0; 4], &mut [0.0]);
}
