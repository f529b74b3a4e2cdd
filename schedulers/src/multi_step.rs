//! A rate that drops by a factor at given steps.

use crate::error::{Error, Result, non_negative, positive};
use crate::power::scaled_power;
use crate::schedule::Schedule;

/// Step decay at milestones: the value is multiplied by `gamma` at each milestone.
///
/// `at(t) = initial * gamma^#{m in milestones : m <= t}`
///
/// A milestone that is listed twice multiplies twice. Cost: `O(log n)` for `n` milestones.
///
/// Source: PyTorch's `MultiStepLR`.
///
/// ```
/// use schedulers::{MultiStepDecay, Schedule};
///
/// let schedule = MultiStepDecay::new(0.8, vec![30, 80], 0.5)?;
/// assert_eq!([29, 30, 79, 80].map(|step| schedule.at(step)), [0.8, 0.4, 0.4, 0.2]);
/// # Ok::<(), schedulers::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct MultiStepDecay {
    initial: f64,
    milestones: Vec<u64>,
    gamma: f64,
}

impl MultiStepDecay {
    /// Starts at `initial` (finite, at least 0) and multiplies by `gamma` (finite, above 0) at
    /// each of the `milestones`, which are in ascending order.
    ///
    /// # Errors
    ///
    /// [`Error::NotFinite`], [`Error::Negative`], [`Error::OutOfRange`] and
    /// [`Error::UnsortedMilestones`].
    pub fn new(initial: f64, milestones: impl Into<Vec<u64>>, gamma: f64) -> Result<Self> {
        let milestones = milestones.into();
        if let Some(index) = (1..milestones.len()).find(|&i| milestones[i] < milestones[i - 1]) {
            let (previous, next) = (milestones[index - 1], milestones[index]);
            return Err(Error::UnsortedMilestones { index, previous, next });
        }
        Ok(Self {
            initial: non_negative("initial", initial)?,
            milestones,
            gamma: positive("gamma", gamma)?,
        })
    }
}

impl Schedule for MultiStepDecay {
    fn at(&self, step: u64) -> f64 {
        let passed = self.milestones.partition_point(|&milestone| milestone <= step);
        scaled_power(self.initial, self.gamma, passed as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn milestones_at_the_ends() {
        let schedule = MultiStepDecay::new(1.0, [0, 2, 2, u64::MAX], 0.5).unwrap();
        let at = [0, 1, 2, u64::MAX - 1, u64::MAX].map(|step| schedule.at(step));
        assert_eq!(at, [0.5, 0.5, 0.125, 0.125, 0.0625]);
        assert_eq!(MultiStepDecay::new(1.0, [], 0.5).unwrap().at(u64::MAX), 1.0);
    }

    #[test]
    fn bad_parameters_are_errors() {
        assert_eq!(
            MultiStepDecay::new(1.0, [5, 9, 7], 0.5),
            Err(Error::UnsortedMilestones { index: 2, previous: 9, next: 7 })
        );
        assert!(MultiStepDecay::new(-1.0, [], 0.5).is_err());
        assert!(MultiStepDecay::new(1.0, [], 0.0).is_err());
    }
}
