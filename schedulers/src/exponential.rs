//! A rate that shrinks by the same factor in every step.

use crate::error::{Result, non_negative, positive};
use crate::power::scaled_power;
use crate::schedule::Schedule;

/// Exponential decay: the value is multiplied by `gamma` in every step.
///
/// `at(t) = initial * gamma^t`
///
/// With `gamma` above 1 the value grows and stays finite: `gamma^t` is at most the largest finite
/// number. For a decay by `rate` over `n` steps take `gamma = rate^(1/n)`.
///
/// Source: PyTorch's `ExponentialLR`.
///
/// ```
/// use schedulers::{ExponentialDecay, Schedule};
///
/// let schedule = ExponentialDecay::new(0.8, 0.5)?;
/// assert_eq!([0, 1, 2, 3].map(|step| schedule.at(step)), [0.8, 0.4, 0.2, 0.1]);
/// # Ok::<(), schedulers::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ExponentialDecay {
    initial: f64,
    gamma: f64,
}

impl ExponentialDecay {
    /// Starts at `initial` (finite, at least 0) and multiplies by `gamma` (finite, above 0).
    ///
    /// # Errors
    ///
    /// [`Error::NotFinite`](crate::Error::NotFinite), [`Error::Negative`](crate::Error::Negative)
    /// and [`Error::OutOfRange`](crate::Error::OutOfRange).
    pub fn new(initial: f64, gamma: f64) -> Result<Self> {
        Ok(Self { initial: non_negative("initial", initial)?, gamma: positive("gamma", gamma)? })
    }
}

impl Schedule for ExponentialDecay {
    fn at(&self, step: u64) -> f64 {
        scaled_power(self.initial, self.gamma, step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_far_end_is_finite() {
        assert_eq!(ExponentialDecay::new(0.1, 0.999).unwrap().at(u64::MAX), 0.0);
        let growth = ExponentialDecay::new(0.1, 1.02).unwrap().at(u64::MAX);
        assert!(growth > 1e300 && growth.is_finite(), "{growth}");
        assert_eq!(ExponentialDecay::new(0.0, 1.02).unwrap().at(u64::MAX), 0.0);
        assert_eq!(ExponentialDecay::new(0.1, 1.0).unwrap().at(u64::MAX), 0.1);
    }

    #[test]
    fn bad_parameters_are_errors() {
        assert!(ExponentialDecay::new(-0.1, 0.9).is_err());
        assert!(ExponentialDecay::new(0.1, 0.0).is_err());
        assert!(ExponentialDecay::new(0.1, f64::NAN).is_err());
    }
}
