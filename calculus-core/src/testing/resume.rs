//! Stopping and resuming.

use super::failure::{Failure, same_bits};

/// Checks that a run which is stopped, saved, restored and continued gives the same bits as one
/// that is not, for a stop before each of the `steps` steps and after the last.
///
/// * `start`: makes the state at the beginning;
/// * `step`: advances it by one step;
/// * `restore`: saves a state and reads it back, through a file or a value; the state that is
///   passed in is dropped, so nothing survives but what was saved;
/// * `observe`: the numbers to compare.
///
/// Cost: about $steps^2$ steps.
///
/// # Errors
/// [`Failure::NotReproducible`] with the first number that differs.
///
/// # Examples
/// ```
/// use calculus_core::testing::{Failure, check_resume};
/// // A running mean: the mean and the count.
/// let start = || (0.0, 0.0);
/// let step = |s: &mut (f64, f64)| { s.1 += 1.0; s.0 += (s.1.sqrt() - s.0) / s.1 };
/// let observe = |s: &(f64, f64)| vec![s.0];
/// check_resume(start, step, |s| s, observe, 10).unwrap();
///
/// let forgets_the_count = |s: (f64, f64)| (s.0, 0.0);
/// let failure = check_resume(start, step, forgets_the_count, observe, 10).unwrap_err();
/// assert!(matches!(failure, Failure::NotReproducible { index: 0, .. }));
/// ```
pub fn check_resume<S>(
    mut start: impl FnMut() -> S,
    mut step: impl FnMut(&mut S),
    mut restore: impl FnMut(S) -> S,
    mut observe: impl FnMut(&S) -> Vec<f64>,
    steps: usize,
) -> Result<(), Failure> {
    let mut run = |stop: Option<usize>| {
        let mut state = start();
        for i in 0..steps {
            if stop == Some(i) {
                state = restore(state);
            }
            step(&mut state);
        }
        if stop == Some(steps) {
            state = restore(state);
        }
        observe(&state)
    };
    let straight = run(None);
    (0..=steps).try_for_each(|stop| same_bits("resumed run", &run(Some(stop)), &straight))
}
