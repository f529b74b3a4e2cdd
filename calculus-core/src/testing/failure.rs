//! Why a check failed.

use core::fmt;

use crate::Error;

/// Why a check failed, with the numbers of the worst entry.
///
/// `Debug` prints the same sentence as `Display`, so that `unwrap` in a test reads well.
#[derive(Clone, Copy, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// An entry differs from what was expected by more than the tolerance.
    #[error(
        "{what}: entry {index} is {found:e}, expected {expected:e} within {tolerance:.1e}, the difference is {:.1e}",
        (found - expected).abs()
    )]
    Mismatch {
        /// What was compared.
        what: &'static str,
        /// The entry that exceeds its tolerance by the largest factor.
        index: usize,
        /// What the code under test gave.
        found: f64,
        /// What it should have given.
        expected: f64,
        /// The absolute tolerance for this entry.
        tolerance: f64,
    },
    /// A result has another length than expected.
    #[error("{what}: {found} entries, expected {expected}")]
    Length {
        /// What was compared.
        what: &'static str,
        /// The number of entries given.
        found: usize,
        /// The number of entries expected.
        expected: usize,
    },
    /// The reference derivative could not be estimated, so nothing was checked.
    #[error("{what}: no reference to compare with: {error}")]
    Inconclusive {
        /// What was to be compared.
        what: &'static str,
        /// Why the differences failed.
        error: Error,
    },
    /// Two runs that have to agree bit for bit do not.
    #[error("{what}: entry {index} is {found:e} in one run and {expected:e} in the other")]
    NotReproducible {
        /// What was run twice.
        what: &'static str,
        /// The first entry that differs.
        index: usize,
        /// Its value in the second run.
        found: f64,
        /// Its value in the first run.
        expected: f64,
    },
    /// An optimizer has not come close enough to the minimum.
    #[error(
        "on {problem} the value after {steps} steps is {found:e}, expected {minimum:e} within {tolerance:.1e}"
    )]
    NotMinimized {
        /// The name of the problem.
        problem: &'static str,
        /// The steps that were made.
        steps: usize,
        /// The value reached.
        found: f64,
        /// The least value of the problem.
        minimum: f64,
        /// The absolute tolerance on the value.
        tolerance: f64,
    },
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Compares slices entry by entry, each with its own absolute tolerance, and reports the worst.
///
/// NaN agrees with nothing, and an infinity only with itself.
pub(super) fn compare(
    what: &'static str,
    found: &[f64],
    expected: &[f64],
    tolerance: impl Fn(usize) -> f64,
) -> Result<(), Failure> {
    if found.len() != expected.len() {
        return Err(Failure::Length { what, found: found.len(), expected: expected.len() });
    }
    let excess = |i: usize| {
        let difference = (found[i] - expected[i]).abs();
        let ratio = difference / tolerance(i);
        match () {
            _ if found[i] == expected[i] => 0.0,
            // Beside an infinity the tolerance may be infinite as well.
            _ if !difference.is_finite() || ratio.is_nan() => f64::INFINITY,
            _ => ratio,
        }
    };
    let worst = (0..found.len()).max_by(|&i, &j| excess(i).total_cmp(&excess(j)));
    match worst {
        Some(index) if excess(index) > 1.0 => Err(Failure::Mismatch {
            what,
            index,
            found: found[index],
            expected: expected[index],
            tolerance: tolerance(index),
        }),
        _ => Ok(()),
    }
}

/// Compares slices bit by bit.
pub(super) fn same_bits(
    what: &'static str,
    found: &[f64],
    expected: &[f64],
) -> Result<(), Failure> {
    if found.len() != expected.len() {
        return Err(Failure::Length { what, found: found.len(), expected: expected.len() });
    }
    let differs = |&i: &usize| found[i].to_bits() != expected[i].to_bits();
    match (0..found.len()).find(differs) {
        Some(index) => Err(Failure::NotReproducible {
            what,
            index,
            found: found[index],
            expected: expected[index],
        }),
        None => Ok(()),
    }
}
