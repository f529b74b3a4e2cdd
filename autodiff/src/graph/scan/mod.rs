//! Recurrences: one step recorded once, taken many times.

mod checkpoints;
mod pattern;
mod recurrence;
mod replay;
mod step;

use std::sync::Arc;

use calculus_core::Real;

pub(crate) use self::recurrence::Recurrence;
use super::block::call;
use super::rows::{Recorder, Rows, convert_all, recorded};
use super::var::Var;

/// Values or states are kept for all steps while they are no more than as many numbers: 64 MiB.
pub(crate) const KEPT: usize = 1 << 23;

/// The last state $s_n$ of the recurrence $s_{k+1} = f(s_k, \text{row}_k)$ that starts from
/// `initial`, over the rows in order.
///
/// With variables of a recording the step is recorded once; variables from outside that it captures
/// are parameters that all steps share. With any other scalar it is a loop over the rows.
///
/// # Memory
/// A reverse sweep over $n$ steps keeps the $v$ numbers of each step that its derivative reads (the
/// factors of products, the arguments of functions; sums and constants leave none, and $v$ is at most
/// the number of operations and inputs of the step): $8nv$ bytes, or $8nv(1 + t)$ with $t$ tangents.
/// Where that is more than 64 MiB, it keeps the state of $w$ numbers before each step, $8nw$ bytes,
/// and evaluates each step again. Where that is more than 64 MiB too, it keeps as many states as that
/// allows, from which the others are computed again ([`scan_checkpointed`] sets how many). Values and
/// derivatives are the same bits in each case. A step that calls `sum_over` or another function
/// of many variables is always evaluated again.
///
/// # Panics
/// If the step does not return as many numbers as the state has, or as
/// [`Graph::record`](crate::Graph::record).
///
/// # Examples
/// The logistic map $s \gets a s (1 - s)$, ten times:
/// ```
/// use autodiff::{Rows, Var, derivative, gradient, scan};
/// use calculus_core::Real;
/// let recorded = |x: &[Var]| {
///     scan(&Rows::new(10), &[x[0]], |s, _| vec![x[1] * s[0] * (1.0 - s[0])])[0]
/// };
/// let g = gradient(recorded, &[0.3, 3.5]);
///
/// fn by_loop<T: Real>(s: T, a: T) -> T {
///     (0..10).fold(s, |s, _| a * s * (1.0 - s))
/// }
/// assert!((g[1] - derivative(|a| by_loop(0.3.into(), a), 3.5)).abs() < 1e-12 * g[1].abs());
/// ```
#[track_caller]
pub fn scan<T: Real>(rows: &Rows<T>, initial: &[T], step: impl Fn(&[T], &[T]) -> Vec<T>) -> Vec<T> {
    let fit = KEPT / initial.len().max(1);
    recurrence(rows, initial, (fit.max(1), KEPT), step)
}

/// As [`scan`], keeping at most `checkpoints` states beside the first for the reverse sweep: $8cw$
/// bytes for $c$ states of $w$ numbers, whatever the number of steps.
///
/// Which ones is decided as by Griewank & Walther 2000 ("revolve"): with $c$ states and no step taken
/// more than $r$ times, $\binom{c+r}{c}$ steps can be swept back; a million steps in 20 states take
/// each step 7 times at most.
///
/// # Panics
/// If `checkpoints` is 0, or as [`scan`].
///
/// # Examples
/// ```
/// use autodiff::{Rows, gradient, scan_checkpointed};
/// let g = gradient(
///     |x| scan_checkpointed(&Rows::new(1000), &[x[0]], 5, |s, _| vec![s[0] * x[1]])[0],
///     &[2.0, 1.0],
/// );
/// assert_eq!(g, [1.0, 2000.0]);
/// ```
#[track_caller]
pub fn scan_checkpointed<T: Real>(
    rows: &Rows<T>,
    initial: &[T],
    checkpoints: usize,
    step: impl Fn(&[T], &[T]) -> Vec<T>,
) -> Vec<T> {
    assert!(checkpoints > 0, "a reverse sweep keeps at least one state");
    recurrence(rows, initial, (checkpoints, 0), step)
}

/// As [`scan`], with how many states and how many values of steps may be kept.
#[track_caller]
fn recurrence<T: Real>(
    rows: &Rows<T>,
    initial: &[T],
    kept: (usize, usize),
    step: impl Fn(&[T], &[T]) -> Vec<T>,
) -> Vec<T> {
    let width = initial.len();
    let step = |state: &[T], row: &[T]| {
        let next = step(state, row);
        assert_eq!(
            next.len(),
            width,
            "a step returns the next state, which has {width} numbers as the one before"
        );
        next
    };
    if let Some(rows) = recorded(rows) {
        let body = |inputs: &[Var]| {
            let inputs: Vec<T> = convert_all(inputs.iter().copied());
            let (state, row) = inputs.split_at(width);
            convert_all(step(state, row))
        };
        return convert_all(record(rows, &convert_all(initial.iter().copied()), kept, body));
    }
    let mut state = initial.to_vec();
    rows.for_each(|row| state = step(&state, row));
    state
}

/// Records a step, whose inputs are the state and the row, and calls it for all rows.
#[track_caller]
fn record(
    rows: &Rows,
    initial: &[Var],
    (checkpoints, kept_values): (usize, usize),
    body: impl Fn(&[Var]) -> Vec<Var>,
) -> Vec<Var> {
    if rows.is_empty() {
        return initial.to_vec();
    }
    let width = initial.len();
    let mut recorder = Recorder::default();
    let mut state: Vec<f64> = initial.iter().map(|s| s.primal()).collect();
    let mut point = Vec::new();
    for k in 0..rows.len() {
        point.clear();
        point.extend_from_slice(&state);
        point.extend(rows.primals(k));
        let known = recorder.record(&body, &point);
        if !recorder.decides() {
            break;
        }
        (0..width).for_each(|i| state[i] = recorder.output(known, i));
    }
    let (bodies, captured) = recorder.finish();
    let first = captured.len();
    let recurrence = Recurrence {
        bodies,
        steps: rows.len(),
        reversed: false,
        shared: (0..first).collect(),
        initial: (first..first + width).collect(),
        columns: rows.columns_after(first + width),
        places: Vec::new(),
        results: width,
        checkpoints,
        kept_values,
    };
    call(Arc::new(recurrence), &[&captured[..], initial, rows.operands()].concat())
}
