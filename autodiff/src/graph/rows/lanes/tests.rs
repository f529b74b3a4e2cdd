//! Rows in lanes against the same rows one by one.

use std::sync::Arc;

use calculus_core::Real;
use proptest::prelude::*;

use super::super::map::{Body, Column, Place, RowMap};
use super::{evaluate, interpret};
use crate::graph::block::{At, Block, Memory, Replay};
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
