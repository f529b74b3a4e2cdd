//! Patterns against dense derivatives, and against those of the same function written otherwise.

use calculus_core::Real;
use calculus_core::matrix::Triangle;
use proptest::prelude::*;

use super::*;
use crate::graph::matrix::{self, VarMatrix};
use crate::graph::passes::random;
use crate::{Rows, Var, map_over, scan, scan_checkpointed, sum_over, vector};

/// Asserts that the patterns cover all entries that are not zero.
fn assert_covered(f: impl Fn(&[Var]) -> Vec<Var>, x: &[f64]) {
    let graph = Graph::record(&f, x);
    let (jacobian, hessian) = (graph.jacobian_pattern(), graph.hessian_pattern());
    assert!(hessian.is_symmetric());
    // Zero times an infinite slope says nothing about the structure, nor does what rounding leaves of
    // terms that cancel in the rules of matrices.
    let vanishes = |entry: f64| entry.abs() <= 1e-14 || !entry.is_finite();
    let dense = crate::jacobian(&f, x);
    for i in 0..dense.nrows() {
        for j in 0..x.len() {
            assert!(vanishes(dense[(i, j)]) || jacobian.contains(i, j), "Jacobian ({i}, {j})");
        }
    }
    let summed = |x: &[Var]| f(x).into_iter().sum::<Var>();
    let dense = crate::hessian(summed, x);
    for i in 0..x.len() {
        for j in 0..x.len() {
            assert!(vanishes(dense[(i, j)]) || hessian.contains(i, j), "Hessian ({i}, {j})");
        }
    }
}

/// A recurrence whose step is a random function of the state and a row, with the row as the last
/// state once more, and the same as a loop.
fn random_recurrence(steps: &[random::Step], x: &[Var], as_loop: bool) -> Vec<Var> {
    let index = [2_u32, 0, 1, 1];
    let step = |s: &[Var], row: &[Var]| {
        let next = random::function(steps, &[s[0] * 0.5, s[1], row[0] + row[1]]);
        vec![next[0], s[2] + next[1] * row[2], next[2]]
    };
    let data = [0.5, -1.0, 2.0, 1.5];
    if as_loop {
        let mut s = x[..3].to_vec();
        for r in 0..4 {
            let k = index[r] as usize;
            s = step(&s, &[x[3 + r], x[7 + k], Var::from(data[r])]);
        }
        return s;
    }
    let rows = Rows::new(4).variables(&x[3..7]).gather(&x[7..10], 1, &index[..]).data(&data[..]);
    scan(&rows, &x[..3], step)
}

proptest! {
    #[test]
    fn patterns_of_random_functions_cover_their_derivatives((steps, x) in random::case()) {
        assert_covered(|x| random::function(&steps, x), &x);
    }

    #[test]
    fn patterns_of_random_recurrences_cover_those_of_the_loop((steps, x) in random::case()) {
        let x: Vec<f64> = (0..10).map(|i| 0.3 * x[i % 3] + 0.01 * i as f64).collect();
        assert_covered(|x| random_recurrence(&steps, x, false), &x);
        let patterns = |as_loop| {
            let graph = Graph::record(|x| random_recurrence(&steps, x, as_loop), &x).simplified();
            (graph.jacobian_pattern(), graph.hessian_pattern())
        };
        let ((jacobian, hessian), by_loop) = (patterns(false), patterns(true));
        prop_assert!(by_loop.0.entries().all(|(i, j)| jacobian.contains(i, j)));
        prop_assert!(by_loop.1.entries().all(|(i, j)| hessian.contains(i, j)));
    }
}

#[test]
fn linear_operations_do_not_interact() {
    let f = |x: &[Var]| {
        let linear = (x[0] - x[1] * 3.0).abs().max(x[2] / 4.0).min(-x[3]) + x[3].powi(1);
        linear + x[1].floor() * x[2].floor() + x[0].mul_add(x[1], x[2])
    };
    let graph = Graph::record(f, &[1.0; 4]);
    assert_eq!(graph.hessian_pattern(), Pattern::from_entries(4, 4, [(0, 1), (1, 0)]));
}

#[test]
fn operations_of_two_arguments() {
    let pattern = |f: fn(&[Var]) -> Var| Graph::record(f, &[1.0, 2.0]).hessian_pattern();
    let product = Pattern::from_entries(2, 2, [(0, 1), (1, 0)]);
    let quotient = Pattern::from_entries(2, 2, [(0, 1), (1, 0), (1, 1)]);
    assert_eq!(pattern(|x| x[0] * x[1]), product);
    assert_eq!(pattern(|x| x[0] / x[1]), quotient);
    assert_eq!(pattern(|x| x[0].hypot(x[1])), Pattern::dense(2, 2));
    assert_eq!(pattern(|x| x[0] * x[0] + x[1]), Pattern::from_entries(2, 2, [(0, 0)]));
    assert_eq!(pattern(|x| x[0].powf(1.5) - x[1]), Pattern::from_entries(2, 2, [(0, 0)]));
    // Whether it reaches the output counts.
    assert_eq!(pattern(|x| (x[0] * x[1], x[0]).1), Pattern::from_entries(2, 2, []));
}

#[test]
fn long_sums_and_long_chains() {
    let n = 2000;
    let f = |x: &[Var]| -> Var {
        x.windows(2).map(|w| 100.0 * (w[1] - w[0] * w[0]).powi(2) + (1.0 - w[0]).powi(2)).sum()
    };
    let pattern = Graph::record(f, &vec![0.5; n]).hessian_pattern();
    assert_eq!(pattern, Pattern::banded(n, 1, 1));
    let squared = |x: &[Var]| x.iter().sum::<Var>().powi(2);
    let pattern = Graph::record(squared, &[0.5; 30]).hessian_pattern();
    assert_eq!(pattern, Pattern::dense(30, 30));
}

#[test]
fn rows_tell_their_pattern() {
    let n = 9;
    let index: Vec<u32> = (0..4).map(|r| (r * 5) % 4).collect();
    let residuals = |x: &[Var]| {
        let rows =
            Rows::new(4).data(vec![2.0; 4]).variables(&x[1..5]).gather(&x[5..], 1, &index[..]);
        map_over(&rows, |row| [x[0] + row[0] * row[1].sin(), row[1] * row[2]])
    };
    let x = vec![0.5; n];
    assert_covered(residuals, &x);
    let graph = Graph::record(residuals, &x);
    let jacobian = graph.jacobian_pattern();
    let expected = (0..4).flat_map(|r| {
        let gathered = 5 + index[r] as usize;
        [(2 * r, 0), (2 * r, 1 + r), (2 * r + 1, 1 + r), (2 * r + 1, gathered)]
    });
    assert_eq!(jacobian, Pattern::from_entries(8, n, expected));
    let expected = (0..4).flat_map(|r| {
        let gathered = 5 + index[r] as usize;
        [(1 + r, 1 + r), (1 + r, gathered), (gathered, 1 + r)]
    });
    assert_eq!(graph.hessian_pattern(), Pattern::from_entries(n, n, expected));

    let sum = |x: &[Var]| vec![sum_over(&Rows::new(4).variables(&x[..4]), |r| x[8] * r[0].exp())];
    assert_covered(sum, &x);
    let expected = (0..4).flat_map(|i| [(i, i), (i, 8), (8, i)]);
    let pattern = Graph::record(sum, &x).hessian_pattern();
    assert_eq!(pattern, Pattern::from_entries(n, n, expected));
}

#[test]
fn nested_rows_and_other_blocks() {
    let f = |x: &[Var]| {
        let y: Vec<Var> = x.iter().map(|&x| x * x).collect();
        let outer = map_over(&Rows::new(3).variables(&y[..6]), |row| {
            sum_over(&Rows::new(2).variables(row), |inner| inner[0] * y[6])
        });
        let state = scan(&Rows::new(2), &x[7..8], |s, _| vec![s[0] * x[6]]);
        vec![outer[0] + outer[1] * outer[2], state[0]]
    };
    let x = [0.5, 1.5, -0.5, 0.3, 0.2, 0.7, 1.1, 0.9, 2.0];
    assert_covered(f, &x);
    let jacobian = Graph::record(f, &x).jacobian_pattern();
    assert_eq!(jacobian.row_counts(), [7, 2]);
    assert!(!Graph::record(f, &x).hessian_pattern().contains(0, 2));
}

#[test]
fn constants_and_inputs_as_outputs() {
    let graph = Graph::record(|x| [x[1], Var::from(2.0), x[0].signum()], &[1.0, 2.0]);
    assert_eq!(graph.jacobian_pattern(), Pattern::from_entries(3, 2, [(0, 1)]));
    assert_eq!(graph.hessian_pattern(), Pattern::from_entries(2, 2, []));
}

/// Asserts that the patterns are covered and those of another way to write the function.
fn assert_exact(f: impl Fn(&[Var]) -> Vec<Var>, reference: impl Fn(&[Var]) -> Vec<Var>, n: usize) {
    let x: Vec<f64> = (0..n).map(|i| 0.4 + 0.3 * (i as f64 * 1.7).sin()).collect();
    assert_covered(&f, &x);
    let (graph, reference) = (Graph::record(f, &x), Graph::record(reference, &x));
    assert_eq!(graph.jacobian_pattern(), reference.jacobian_pattern());
    assert_eq!(graph.hessian_pattern(), reference.hessian_pattern());
}

#[test]
fn recurrences_have_the_pattern_of_the_loop() {
    // The second number of the state is not touched by the first, which is linear in its variable.
    let step = |x: &[Var], s: &[Var], row: &[Var]| vec![s[0] * s[1] + row[0], s[1] + x[0]];
    let with_scan = |x: &[Var]| {
        let rows = Rows::new(5).variables(&x[3..8]);
        scan(&rows, &x[1..3], |s, row| step(x, s, row))
    };
    let by_loop = |x: &[Var]| {
        let mut s = x[1..3].to_vec();
        (0..5).for_each(|r| s = step(x, &s, &x[3 + r..4 + r]));
        s
    };
    assert_exact(with_scan, by_loop, 9);
    // Windows: each state depends on two variables alone.
    let window = |x: &[Var]| {
        let rows = Rows::new(6).variables(&x[2..8]);
        let s = scan(&rows, &x[..2], |s, row| vec![s[1].sin(), row[0]]);
        vec![s[0] * s[1]]
    };
    assert_exact(window, |x| vec![x[6].sin() * x[7]], 8);
    // Many steps without variables of their own settle at once.
    let chain = |x: &[Var]| {
        scan_checkpointed(&Rows::new(1_000_000), &x[..4], 20, |s, _| {
            vec![s[0] * 0.5 + x[4] * s[1], s[1] * 0.5, s[2] + 1.0, s[3]]
        })
    };
    let graph = Graph::record(chain, &[0.1; 6]);
    let entries = [(0, 0), (0, 1), (0, 4), (1, 1), (2, 2), (3, 3)];
    assert_eq!(graph.jacobian_pattern(), Pattern::from_entries(4, 6, entries));
    let entries = [(1, 4), (4, 1), (4, 4)];
    let hessian = graph.hessian_pattern();
    // x_4 is a factor of s_1 in each step, and the sum depends on x_4 linearly.
    assert_eq!(hessian, Pattern::from_entries(6, 6, entries[..2].iter().copied()));
}

#[test]
fn the_recorded_gradient_of_a_recurrence_has_the_pattern_of_the_hessian() {
    let f = |x: &[Var]| {
        let rows = Rows::new(3).variables(&x[2..5]);
        let s = scan(&rows, &x[..2], |s, row| vec![s[0] + row[0] * s[1], s[1]]);
        s[0]
    };
    let x = [0.5, 0.25, 1.0, 2.0, 3.0];
    let hessian = Graph::record(f, &x).hessian_pattern();
    let expected = (2..5).flat_map(|i| [(1, i), (i, 1)]);
    assert_eq!(hessian, Pattern::from_entries(5, 5, expected));
    let gradient = Graph::record(|x| crate::gradient(f, x), &x);
    assert_eq!(gradient.jacobian_pattern(), hessian);
}

#[test]
fn long_recurrences_of_many_variables_are_found_in_time() {
    let n = 300;
    let f = |x: &[Var]| scan(&Rows::new(n).variables(x), &[x[0]], |s, row| vec![s[0] * row[0]])[0];
    let hessian = Graph::record(f, &vec![1.0; n]).hessian_pattern();
    // x_0 is the first state and a factor besides.
    let expected = Pattern::from_fn(n, n, |i, j| i != j || i == 0);
    assert_eq!(hessian, expected);
}

#[test]
fn vectors_interact_as_their_formulas_tell() {
    let dot = |x: &[Var]| vec![vector::dot(&x[..3], &x[3..6]) + vector::sum(x)];
    assert_exact(dot, |x| vec![x[0] * x[3] + x[1] * x[4] + x[2] * x[5] + x[6]], 7);
    let squares = |x: &[Var]| vec![vector::squared_norm(&x[..3]), vector::maximum(&x[2..])];
    let all = |x: &[Var]| {
        let largest = x[2].max(x[3]).max(x[4]);
        vec![x[0] * x[0] + x[1] * x[1] + x[2] * x[2], largest]
    };
    assert_exact(squares, all, 5);
    let dense = |x: &[Var]| vec![vector::log_sum_exp(&x[..2]) + vector::norm(&x[2..])];
    assert_exact(dense, |x| vec![x[0].hypot(x[1]) + x[2].hypot(x[3])], 4);
    // The recorded gradient of a maximum picks an entry.
    let picked = |x: &[Var]| crate::gradient(|y: &[Var]| vector::maximum(y) * x[0], &x[1..]);
    let graph = Graph::record(picked, &[1.0, 2.0, 3.0]);
    assert_eq!(graph.jacobian_pattern(), Pattern::from_entries(2, 3, [(0, 0), (1, 0)]));
    assert_covered(picked, &[1.0, 2.0, 3.0]);
}

#[test]
fn matrices_interact_as_their_formulas_tell() {
    let product = |x: &[Var]| {
        let (a, b) =
            (VarMatrix::from_row_major(2, 3, &x[..6]), VarMatrix::from_row_major(3, 2, &x[6..]));
        matrix::matmul(&a, &b).into_vec()
    };
    let sums = |x: &[Var]| {
        let entry = |i: usize, j: usize| (0..3).map(|k| x[3 * i + k] * x[6 + 2 * k + j]).sum();
        vec![entry(0, 0), entry(0, 1), entry(1, 0), entry(1, 1)]
    };
    assert_exact(product, sums, 12);
    for (triangle, lower, unit) in [
        (Triangle::Lower, true, false),
        (Triangle::UnitLower, true, true),
        (Triangle::Upper, false, false),
        (Triangle::UnitUpper, false, true),
    ] {
        let solved = move |x: &[Var]| {
            let t = VarMatrix::from_row_major(3, 3, &x[..9]);
            matrix::solve_triangular(&t, triangle, &VarMatrix::from_row_major(3, 2, &x[9..]))
                .into_vec()
        };
        let substituted = move |x: &[Var]| {
            let mut y = x[9..].to_vec();
            for step in 0..3 {
                let i = if lower { step } else { 2 - step };
                for j in 0..2 {
                    let before = (0..3).filter(|&k| if lower { k < i } else { k > i });
                    let sum = before.fold(y[2 * i + j], |sum, k| sum - x[3 * i + k] * y[2 * k + j]);
                    y[2 * i + j] = if unit { sum } else { sum / x[4 * i] };
                }
            }
            y
        };
        assert_exact(solved, substituted, 15);
    }
    let det = |x: &[Var]| vec![matrix::det(&VarMatrix::from_row_major(2, 2, x))];
    assert_exact(det, |x| vec![x[0] * x[3] - x[1] * x[2]], 4);
    // The recorded gradient of a determinant: no entry of its own row or column.
    let of_three = |x: &[Var]| matrix::det(&VarMatrix::from_row_major(3, 3, x));
    let cofactors = |x: &[Var]| crate::gradient(of_three, x);
    let minors = |x: &[Var]| {
        let entry = |i: usize, j: usize| x[3 * (i % 3) + j % 3];
        let minor = |i: usize, j: usize| {
            entry(i + 1, j + 1) * entry(i + 2, j + 2) - entry(i + 1, j + 2) * entry(i + 2, j + 1)
        };
        (0..9).map(|k| minor(k / 3, k % 3)).collect()
    };
    assert_exact(cofactors, minors, 9);
}

#[test]
fn factorisations_cover_their_derivatives() {
    let x: Vec<f64> = (0..9).map(|i| if i % 4 == 0 { 3.0 } else { 0.1 * i as f64 }).collect();
    let of = |x: &[Var]| VarMatrix::from_row_major(3, 3, x);
    assert_covered(|x| matrix::cholesky(&of(x)).into_vec(), &x);
    let pattern = Graph::record(|x| matrix::cholesky(&of(x)).into_vec(), &x).jacobian_pattern();
    assert_eq!(pattern.row_counts(), [1, 0, 0, 3, 4, 0, 3, 8, 9]);
    assert_covered(|x| matrix::inverse(&of(x)).into_vec(), &x);
    assert_covered(
        |x| vec![matrix::det(&of(x)), matrix::log_abs_det(&of(x)), matrix::log_det(&of(x))],
        &x,
    );
    assert_covered(|x| matrix::symmetric_eigenvalues(&of(x)), &x);
    let both: Vec<f64> = x.iter().copied().chain([1.0, -1.0, 0.5, 2.0, 0.25, 1.5]).collect();
    let solved = |x: &[Var]| {
        matrix::solve(&of(&x[..9]), &VarMatrix::from_row_major(3, 2, &x[9..])).into_vec()
    };
    assert_covered(solved, &both);
    let graph = Graph::record(solved, &both);
    assert_eq!(graph.jacobian_pattern().row_counts(), [12; 6]);
    assert!(!graph.hessian_pattern().contains(9, 11));
}
