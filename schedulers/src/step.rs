//! A rate that drops by a factor every so many steps.

use crate::error::{Result, at_least_one_step, non_negative, positive};
use crate::power::scaled_power;
use crate::schedule::Schedule;

/// Step decay: the value is multiplied by `gamma` every `period` steps.
///
/// `at(t) = initial * gamma^floor(t / period)`
///
/// With `gamma` above 1 the value grows and stays finite: the power is at most the largest finite
/// number.
///
/// Source: PyTorch's `StepLR`.
///
/// ```
/// use schedulers::{Schedule, StepDecay};
///
/// let schedule = StepDecay::new(0.8, 30, 0.5)?;
/// assert_eq!([0, 29, 30, 60, 90].map(|step| schedule.at(step)), [0.8, 0.8, 0.4, 0.2, 0.1]);
/// # Ok::<(), schedulers::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StepDecay {
    initial: f64,
    period: u64,
    gamma: f64,
}

impl StepDecay {
    /// Starts at `initial` (finite, at least 0) and multiplies by `gamma` (finite, above 0) every
    /// `period` (at least 1) steps.
    ///
    /// # Errors
    ///
    /// [`Error::NotFinite`](crate::Error::NotFinite), [`Error::Negative`](crate::Error::Negative),
    /// [`Error::OutOfRange`](crate::Error::OutOfRange) and
    /// [`Error::ZeroSteps`](crate::Error::ZeroSteps).
    pub fn new(initial: f64, period: u64, gamma: f64) -> Result<Self> {
        Ok(Self {
            initial: non_negative("initial", initial)?,
            period: at_least_one_step("period", period)?,
            gamma: positive("gamma", gamma)?,
        })
    }
}

impl Schedule for StepDecay {
    fn at(&self, step: u64) -> f64 {
        scaled_power(self.initial, self.gamma, step / self.period)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drops_on_the_step_itself() {
        let schedule = StepDecay::new(1.0, 3, 0.5).unwrap();
        let values: Vec<f64> = (0..7).map(|step| schedule.at(step)).collect();
        assert_eq!(values, [1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.25]);
        assert_eq!(schedule.at(u64::MAX), 0.0);
        assert_eq!(StepDecay::new(1.0, u64::MAX, 0.5).unwrap().at(u64::MAX), 0.5);
    }

    #[test]
    fn bad_parameters_are_errors() {
        assert!(StepDecay::new(f64::NAN, 3, 0.5).is_err());
        assert!(StepDecay::new(1.0, 0, 0.5).is_err());
        for gamma in [0.0, -0.5, f64::NAN, f64::INFINITY] {
            assert!(StepDecay::new(1.0, 3, gamma).is_err(), "{gamma}");
        }
    }
}
