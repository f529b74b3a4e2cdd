//! Recurrences: against the same functions written as loops.

use autodiff::{Dual, Function, Rows, Var, gradient, scan, scan_checkpointed, sum_over, vector};
use calculus_core::Real;

use crate::harness::{assert_close, assert_same, entries, point};

const DATA: [f64; 7] = [0.5, -1.0, 2.0, 0.25, -0.75, 1.5, 1.0];
const INDEX: [u32; 7] = [1, 0, 1, 1, 0, 0, 1];

/// A state of two numbers; a row of a constant, a variable and a gathered variable.
fn step<T: Real>(x: &[T], s: &[T], row: &[T]) -> Vec<T> {
    vec![(s[0] * x[0] + s[1] * row[1]).tanh() + row[0], (s[0] * row[2]).sin() * x[1] + s[1] * 0.5]
}

fn last<T: Real>(x: &[T], checkpoints: Option<usize>) -> T {
    let rows = Rows::of(7).data(&DATA[..]).variables(&x[4..11]).gather(&x[11..13], 1, &INDEX[..]);
    let step = |s: &[T], row: &[T]| step(x, s, row);
    let s = match checkpoints {
        None => scan(&rows, &x[2..4], step),
        Some(checkpoints) => scan_checkpointed(&rows, &x[2..4], checkpoints, step),
    };
    s[0] * s[1] + s[0]
}

fn last_by_loop<T: Real>(x: &[T]) -> T {
    let mut s = vec![x[2], x[3]];
    for r in 0..7 {
        s = step(x, &s, &[T::from(DATA[r]), x[4 + r], x[11 + INDEX[r] as usize]]);
    }
    s[0] * s[1] + s[0]
}

#[test]
fn a_recurrence_has_the_derivatives_of_the_loop() {
    assert_same(|x| last(x, None), last_by_loop, 13);
}

#[test]
fn any_scalar_takes_the_steps_of_the_loop() {
    let x: Vec<f64> = (0..13).map(|i| 0.3 + f64::from(i).sin()).collect();
    assert_eq!(last(&x, None), last_by_loop(&x));
    let x: Vec<_> = x.iter().map(|&x| Dual::<f64, 2>::new(x, [1.0, x])).collect();
    assert_eq!(last(&x, Some(3)), last_by_loop(&x));
}

#[test]
fn adjoints_of_shared_operands_of_one_operation_add_up_over_the_steps() {
    fn f<T: Real>(x: &[T], checkpoints: usize) -> T {
        let step = |s: &[T], _: &[T]| vec![vector::log_sum_exp(x) * s[0], vector::norm(s)];
        let s = scan_checkpointed(&Rows::of(5), &x[..2], checkpoints, step);
        s[0] + s[1]
    }
    fn by_loop<T: Real>(x: &[T]) -> T {
        let step = |s: [T; 2]| [x.iter().map(|x| x.exp()).sum::<T>().ln() * s[0], s[0].hypot(s[1])];
        let s = (0..5).fold([x[0], x[1]], |s, _| step(s));
        s[0] + s[1]
    }
    assert_same(|x| f(x, 10), by_loop, 6);
    assert_same(|x| f(x, 2), by_loop, 6);
}

#[test]
fn so_it_has_with_few_states_kept() {
    for checkpoints in 1..7 {
        assert_same(|x| last(x, Some(checkpoints)), last_by_loop, 13);
    }
}

#[test]
fn steps_that_decide_differently_are_recorded_apart() {
    /// The Collatz map with a slope.
    fn step<T: Real>(s: T, a: T) -> T {
        if s > 1.0 { s * a - 1.0 } else { s * s + a }
    }
    let f = |x: &[Var]| scan(&Rows::new(30), &x[..1], |s, _| vec![step(s[0], x[1])])[0];
    let by_loop = |x: &[f64]| (0..30).fold(x[0], |s, _| step(s, x[1]));
    let mut function = Function::new(f, &[0.3, 0.6]);
    let mut g = [0.0; 2];
    for k in 0..30 {
        let x = [0.3 + 0.1 * f64::from(k), 0.5 + 0.01 * f64::from(k)];
        let value = function.value_and_gradient(&x, &mut g);
        assert_close(&[value], &[by_loop(&x)]);
        let plain = gradient(|x: &[Var]| (0..30).fold(x[0], |s, _| step(s, x[1])), &x);
        assert_close(&g, &plain);
    }
    assert!(function.recordings() < 5);
}

#[test]
fn a_long_recurrence_in_few_states() {
    // s <- s + h (a s - s^3), 100,000 steps with 30 states kept.
    let h = 1e-4;
    let step = |s: Var, a: Var| s + h * (a * s - s * s * s);
    let n = 100_000;
    let f =
        |x: &[Var]| scan_checkpointed(&Rows::new(n), &x[..1], 30, |s, _| vec![step(s[0], x[1])])[0];
    let all = |x: &[Var]| scan(&Rows::new(n), &x[..1], |s, _| vec![step(s[0], x[1])])[0];
    let x = [0.1, 0.7];
    assert_close(&gradient(f, &x), &gradient(all, &x));
}

#[test]
fn without_steps_the_state_stays() {
    let f = |x: &[Var]| scan(&Rows::new(0), x, |s, _| vec![s[0] * 2.0])[0];
    assert_eq!(gradient(f, &[3.0]), [1.0]);
}

#[test]
#[should_panic(expected = "which has 2 numbers")]
fn a_step_of_another_width_is_refused() {
    gradient(|x: &[Var]| scan(&Rows::new(3), x, |s, _| vec![s[0]])[0], &[1.0, 2.0]);
}

#[test]
fn a_decision_on_the_last_bit_comes_out_as_it_was_recorded() {
    let f = |x: &[Var]| {
        let end = scan(&Rows::new(5), x, |s, _| {
            let exponentials: Vec<Var> = s.iter().map(|s| s.exp()).collect();
            let _read = exponentials[0].value();
            exponentials.iter().map(|&e| 0.1 * e).collect()
        });
        end.into_iter().sum::<Var>()
    };
    let x: Vec<f64> = (0..12).map(|i| 0.1 * f64::from(i)).collect();
    let mut function = Function::new(f, &x);
    let mut g = vec![0.0; x.len()];
    assert!(function.value_and_gradient(&x, &mut g).is_finite());
    assert!(g.iter().all(|g| g.is_finite()));
}

/// A state of 12 numbers of which each is driven by the one before, wide enough for groups.
fn wide(x: &[Var], s: &[Var], row: &[Var]) -> Vec<Var> {
    (0..12).map(|i| (s[i] * x[i] + s[(i + 11) % 12].sigmoid() * row[0]).tanh() + row[1]).collect()
}

/// The last states of recurrences that keep the values of their steps, all states, and three of them.
fn in_three_ways(
    steps: usize,
    step: impl Fn(&[Var], &[Var], &[Var]) -> Vec<Var> + Copy,
    width: usize,
) -> [impl Fn(&[Var]) -> Vec<Var>; 3] {
    [None, Some(steps), Some(3)].map(|checkpoints| {
        move |x: &[Var]| {
            let (initial, rest) = x.split_at(width);
            let data: Vec<f64> = (0..steps).map(|k| (k as f64).cos()).collect();
            let (parameters, variables) = rest.split_at(rest.len() - steps);
            let rows = Rows::new(steps).data(data).variables(variables);
            let step = |s: &[Var], row: &[Var]| step(parameters, s, row);
            match checkpoints {
                None => scan(&rows, initial, step),
                Some(checkpoints) => scan_checkpointed(&rows, initial, checkpoints, step),
            }
        }
    })
}

/// Asserts that values, Jacobians and Hessian-vector products are the same bits, whatever is kept.
fn assert_same_bits(
    steps: usize,
    step: impl Fn(&[Var], &[Var], &[Var]) -> Vec<Var> + Copy,
    (width, inputs): (usize, usize),
) {
    let x = point(inputs);
    let derivatives = in_three_ways(steps, step, width).map(|f| {
        let mut function = Function::new(&f, &x);
        let mut sum = Function::new(|x: &[Var]| f(x).into_iter().sum::<Var>(), &x);
        let (mut values, mut product) = (vec![0.0; width], vec![0.0; inputs]);
        let mut numbers = Vec::new();
        for shift in [0.0, 0.1, 0.0] {
            let y: Vec<f64> = x.iter().map(|x| x + shift).collect();
            function.values(&y, &mut values);
            numbers.extend_from_slice(&values);
            numbers.extend(entries(&function.jacobian(&y)));
            sum.gradient(&y, &mut product);
            numbers.extend_from_slice(&product);
            sum.hvp(&y, &x, &mut product);
            numbers.extend_from_slice(&product);
            function.vjp(&y, &vec![1.0; width], &mut product);
            numbers.extend_from_slice(&product);
        }
        numbers.into_iter().map(f64::to_bits).collect::<Vec<_>>()
    });
    assert_eq!(derivatives[0], derivatives[1]);
    assert_eq!(derivatives[0], derivatives[2]);
}

#[test]
fn derivatives_are_the_same_bits_whatever_is_kept() {
    assert_same_bits(9, wide, (12, 24 + 9));
    // Node by node; more inputs than eight times the state, so that the Jacobian takes reverse sweeps.
    let narrow = |x: &[Var], s: &[Var], row: &[Var]| step(x, s, &[row[0], row[1], row[1]]);
    assert_same_bits(20, narrow, (2, 4 + 20));
    assert_same_bits(1, wide, (12, 24 + 1));
    assert_same_bits(1, narrow, (2, 4 + 1));
    // Linear: a sweep reads nothing.
    assert_same_bits(5, |_, s, row| vec![s[0] + s[1] * 2.0 + row[1], s[0]], (2, 2 + 5));
    // A call in the body.
    let with_call = |x: &[Var], s: &[Var], row: &[Var]| {
        let sum = sum_over(&Rows::new(3).data(&DATA[..3]), |r| (r[0] * s[0] * x[0]).sin());
        vec![sum + row[1], s[1] * sum + x[1]]
    };
    assert_same_bits(7, with_call, (2, 4 + 7));
    // Steps that decide differently.
    let decides = |x: &[Var], s: &[Var], row: &[Var]| {
        if s[0] > 0.0 { vec![s[0] * x[0] - row[1] * row[1]] } else { vec![s[0].exp() + x[0] * 0.3] }
    };
    assert_same_bits(9, decides, (1, 2 + 9));
}

#[test]
fn an_infinite_slope_off_the_path_does_no_harm() {
    // Half of the state are roots of 0, which the result does not depend on.
    let step = |_: &[Var], s: &[Var], _: &[Var]| {
        let doubled = s[..12].iter().map(|&s| s * 2.0);
        doubled.chain(s[12..].iter().map(|s| s.sqrt() * 3.0)).collect::<Vec<_>>()
    };
    for f in in_three_ways(3, step, 24) {
        let sum = |x: &[Var]| f(x)[..12].iter().copied().sum::<Var>();
        let g = gradient(sum, &[0.0; 27]);
        assert_eq!(g[..12], [8.0; 12]);
        assert_eq!(g[12..], [0.0; 15]);
    }
}
