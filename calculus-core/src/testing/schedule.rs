//! Schedules against their values.

use super::failure::{Failure, compare, same_bits};

/// Checks a schedule at the steps `0, 1, 2, ...` against `expected`, to `tolerance` relative to
/// each value, and that it is a pure function of the step: asked again in the reverse order it
/// gives the same bits.
///
/// # Errors
/// [`Failure::Mismatch`] with the worst step as the index, [`Failure::NotReproducible`].
///
/// # Examples
/// ```
/// use calculus_core::testing::{Failure, check_schedule};
/// let halving = |step: u64| 0.1 * 0.5_f64.powi((step / 2) as i32);
/// check_schedule(halving, &[0.1, 0.1, 0.05, 0.05, 0.025], 1e-15).unwrap();
///
/// let mut calls = 0.0;
/// let stateful = |_| { calls += 1.0; calls };
/// let failure = check_schedule(stateful, &[1.0, 2.0], 1e-15).unwrap_err();
/// assert!(matches!(failure, Failure::NotReproducible { .. }));
/// ```
pub fn check_schedule(
    mut schedule: impl FnMut(u64) -> f64,
    expected: &[f64],
    tolerance: f64,
) -> Result<(), Failure> {
    let steps = 0..expected.len() as u64;
    let found: Vec<f64> = steps.clone().map(&mut schedule).collect();
    compare("schedule", &found, expected, |i| tolerance * expected[i].abs())?;
    let mut again: Vec<f64> = steps.rev().map(&mut schedule).collect();
    again.reverse();
    same_bits("schedule", &again, &found)
}
