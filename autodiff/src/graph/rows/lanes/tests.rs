//! Rows in lanes against the same rows one by one.

use std::sync::Arc;

use calculus_core::Real;
use proptest::prelude::*;

use super::super::map::{Body, Column, Place, RowMap};
use super::{evaluate, interpret};
use crate::graph::block::{Memory, Replay};
use crate::graph::passes::random::{case, function};
use crate::{Dual, Graph, Rows, Var, map_over, sum_over};

/// Results in lanes and one by one.
fn both<T: Replay>(rows: &RowMap, x: &[T]) -> [(Vec<T>, bool); 2] {
    let mut memory = Memory::default();
    let mut in_lanes = vec![T::from(1.0); rows.results];
    // Twice: what is kept must not show.
    evaluate(rows, x, &mut in_lanes, &mut memory);
    evaluate(rows, x, &mut in_lanes, &mut memory);
    let decided = memory.is_decided();
    let mut memory = Memory::default();
    let mut one_by_one = vec![T::from(1.0); rows.results];
    interpret::evaluate(rows, x, &mut one_by_one, &mut memory);
    [(in_lanes, decided), (one_by_one, memory.is_decided())]
}

/// Equal up to the rounding of sums and of elementary functions, which conditions differently the
/// larger the numbers on the way are: relative to the largest result.
fn assert_equal(rows: &RowMap, x: &[f64], tolerance: f64) {
    let [(found, decided), (expected, expected_decided)] = both(rows, x);
    assert_eq!(decided, expected_decided);
    let largest = expected.iter().filter(|y| y.is_finite()).fold(0.0, |m: f64, y| m.max(y.abs()));
    for (k, (found, expected)) in found.iter().zip(&expected).enumerate() {
        let close = (found - expected).abs() <= tolerance * (1e-3 + largest);
        let same = found == expected || found.is_nan() && expected.is_nan();
        assert!(close || same, "result {k}: {found} and {expected}");
    }
}

const COUNTS: [usize; 7] = [0, 1, 7, 8, 33, 100, 1000];

/// Numbers between -1 and 1 that look random.
fn noise(n: usize) -> Vec<f64> {
    (0..n).map(|k| ((k as f64 * 12.9898).sin() * 43758.5453).fract()).collect()
}

/// A body of three inputs, one shared, one gathered, one data; outputs of all kinds.
fn rows_of(body: Body, count: usize) -> RowMap {
    let index: Arc<[u32]> = (0..count).map(|r| (r * r % 3) as u32).collect();
    let data: Arc<[f64]> = noise(count).into();
    RowMap {
        bodies: vec![body],
        count,
        shared: vec![0],
        columns: vec![
            Column::Index { start: 1, index: index.clone(), stride: 1 },
            Column::Data { values: data, start: 0, stride: 1 },
        ],
        places: vec![
            Place::Sum(0),
            Place::Stride { start: 1, stride: 1 },
            Place::Index { start: count + 1, index, stride: 1 },
        ],
        results: count + 4,
        cotangents: Vec::new(),
    }
}

fn tested(rows: &RowMap, x: &[f64], tolerance: f64) {
    assert_equal(rows, x, tolerance);
    let g = noise(rows.results);
    let operands = [x, &g].concat();
    let wanted = vec![true; x.len()];
    assert_equal(&rows.pullback(x.len(), &wanted, false), &operands, tolerance);
}

#[test]
fn random_bodies_give_the_same_in_lanes() {
    let config = ProptestConfig { cases: 60, failure_persistence: None, ..Default::default() };
    proptest!(config, |((steps, point) in case(), count in 0..70_usize)| {
        let point: Vec<f64> = point.into_iter().map(|x| x / 2.0).collect();
        let graph = Graph::record(|x| function(&steps, x), &point).simplified();
        let rows = rows_of(Body { graph, point: point.clone() }, count);
        let x = [point[0], point[1], -point[1], 0.3];
        let [(found, decided), (expected, expected_decided)] = both(&rows, &x);
        // A decision between numbers that differ by rounding may come out otherwise.
        if decided == expected_decided {
            let largest =
                expected.iter().filter(|y| y.is_finite()).fold(0.0, |m: f64, y| m.max(y.abs()));
            for (found, expected) in found.iter().zip(&expected) {
                // Up to 60 operations, some of which magnify rounding.
                let close = (found - expected).abs() <= 1e-9 * (1.0 + largest);
                prop_assert!(
                    close || !expected.is_finite() || largest > 1e100,
                    "{} and {}", found, expected
                );
            }
        }
    });
}

/// The rows of the only call of a function.
fn rows_in(f: impl Fn(&[Var]) -> Var, x: &[f64]) -> RowMap {
    let graph = Graph::record(f, x);
    let rows = graph.calls[0].block.as_any().downcast_ref::<RowMap>();
    rows.expect("a call to rows").clone()
}

/// Rows and their derivatives of two orders, at numbers and at duals.
fn derivatives_agree(rows: &RowMap, x: &[f64]) {
    tested(rows, x, 1e-12);
    let first = rows.pullback(x.len(), &vec![true; x.len()], true);
    let x = [x, &noise(rows.results)].concat();
    assert_equal(&first, &x, 1e-12);
    let second = first.pullback(x.len(), &vec![true; x.len()], false);
    let operands = [&x[..], &noise(first.results)].concat();
    assert_equal(&second, &operands, 1e-11);
    let duals: Vec<Dual<f64>> =
        x.iter().zip(noise(x.len())).map(|(&x, t)| Dual::new(x, [t])).collect();
    let [(found, _), (expected, _)] = both(&first, &duals);
    let largest = expected.iter().fold(1e-3, |m: f64, y| m.max(y.tangent()[0].abs()));
    for (found, expected) in found.iter().zip(&expected) {
        assert!((found.tangent()[0] - expected.tangent()[0]).abs() <= 1e-12 * largest);
    }
    let duals: Vec<Dual<f64, 8>> = (x.iter().enumerate())
        .map(|(i, &x)| Dual::new(x, core::array::from_fn(|k| ((i + k) as f64).sin())))
        .collect();
    let [(found, _), (expected, _)] = both(&first, &duals);
    let largest = expected.iter().fold(1e-3, |m: f64, y| m.max(y.tangent()[7].abs()));
    for (found, expected) in found.iter().zip(&expected) {
        assert!((found.tangent()[7] - expected.tangent()[7]).abs() <= 1e-12 * largest);
    }
}

/// Points, shared weights, and a sum over components in it.
fn mixture(x: &[Var], points: &[f64]) -> Var {
    let (d, k) = (2, 3);
    let components = Rows::new(k).variables(&x[..k * d]).variables(&x[k * d..k * d + k]);
    sum_over(&Rows::new(points.len() / d).data(points), |point| {
        let terms = map_over(&components, |c| {
            let a = (point[0] - c[0]) * c[2].exp() + x[0] * point[1];
            let b = point[1] - c[1];
            c[2] - 0.5 * (a * a + b * b)
        });
        let largest = terms.iter().fold(terms[0], |m: Var, &t| m.max(t));
        largest + terms.iter().map(|&t| (t - largest).exp()).sum::<Var>().ln()
    })
}

#[test]
fn rows_inside_rows_give_the_same_in_lanes() {
    for count in COUNTS.into_iter().skip(1) {
        let points = noise(2 * count);
        let x = noise(9);
        derivatives_agree(&rows_in(|x| mixture(x, &points), &x), &x);
    }
}

#[test]
fn gathered_variables_and_inner_rows_over_lanes_give_the_same() {
    for count in [8, 33, 100] {
        let index: Vec<u32> = (0..count).map(|r| (r * 5 % 3) as u32).collect();
        let f = |x: &[Var]| {
            let rows = Rows::new(count).gather(&x[..6], 2, index.clone()).data(noise(2 * count));
            sum_over(&rows, |row| {
                // The inner rows read lanes, constants, uniform variables, and both in one column.
                let mixed = [row[0], row[1], x[7], row[2], row[3], x[6] * x[7]];
                let inner = Rows::new(3).variables(&mixed).data(noise(3)).variables(&x[6..9]);
                let squares = sum_over(&inner, |v| [v[0] * v[2] * v[3], (v[1] - x[8]).powi(2)]);
                let deep = sum_over(&Rows::new(2).variables(&row[..2]), |v| {
                    sum_over(&Rows::new(2).variables(&x[6..8]), |w| (v[0] * w[0]).sin())
                });
                squares[0] * row[2] + squares[1] + deep
            })
        };
        let x = noise(9);
        derivatives_agree(&rows_in(f, &x), &x);
    }
}

#[test]
fn rows_that_decide_otherwise_give_the_same() {
    for count in [8, 33, 100, 1000] {
        let data = noise(2 * count);
        let f = |x: &[Var]| {
            sum_over(&Rows::new(count).data(&data[..]), |row| {
                let y = row[0] * x[0] + row[1];
                let inner = sum_over(&Rows::new(2).variables(x), |v| {
                    if row[1] > 0.9 { v[0] * y } else { v[0] + y * y }
                });
                if y > 0.0 { y * x[1] * inner } else { y.exp() - inner }
            })
        };
        let rows = rows_in(f, &[0.7, 0.3]);
        tested(&rows, &[0.7, 0.3], 1e-12);
        tested(&rows, &[-0.7, 0.3], 1e-12);
    }
}

#[test]
fn rows_that_no_body_was_recorded_for_are_undecided() {
    let graph =
        Graph::record(|x| vec![if x[2] > x[0] { x[1] } else { x[0] }; 3], &[-2.0, 0.0, 0.0]);
    let rows = rows_of(Body { graph, point: vec![-2.0, 0.0, 0.0] }, 40);
    tested(&rows, &[-2.0, 1.0, 2.0, 3.0], 1e-13);
    let [(found, decided), _] = both(&rows, &[0.0, 1.0, 2.0, 3.0]);
    assert!(!decided && found.iter().all(|y| y.is_nan()));
}

#[test]
fn what_is_not_finite_stays_in_its_row() {
    let mut data = noise(40);
    (data[3], data[17], data[39]) = (f64::NAN, f64::INFINITY, f64::NEG_INFINITY);
    let rows = rows_in(
        |x| {
            let rows = Rows::new(40).data(&data[..]).variables(&x[..40]);
            map_over(&rows, |row| row[0] * row[1] + x[40]).into_iter().sum()
        },
        &noise(41),
    );
    let mut results = vec![0.0; 40];
    evaluate(&rows, &[&[2.0][..], &[1.0; 40]].concat(), &mut results, &mut Memory::default());
    for (r, (y, d)) in results.iter().zip(&data).enumerate() {
        assert!((y - (d + 2.0)).abs() < 1e-15 || !d.is_finite(), "row {r}");
        assert_eq!(y.is_finite(), d.is_finite());
    }
}

#[test]
fn results_do_not_depend_on_the_number_of_threads() {
    let points = noise(20_000);
    let x = noise(9);
    let rows = rows_in(|x| mixture(x, &points), &x).pullback(9, &[true; 9], true);
    let operands = [&x[..], &[1.0]].concat();
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        let mut results = vec![0.0; rows.results];
        pool.install(|| evaluate(&rows, &operands, &mut results, &mut Memory::default()));
        results
    };
    assert_eq!(with(1), with(2));
    assert_eq!(with(1), with(3));
}
