//! A rate that moves along a straight line: warm-up and linear decay.

use crate::error::{Result, non_negative};
use crate::interpolate::interpolate;
use crate::schedule::Schedule;

/// A straight line from one value to another, which is then kept.
///
/// `at(t) = initial + (end - initial) * min(t / steps, 1)`
///
/// Used upwards it is the warm-up of Goyal et al. (2017, "Accurate, Large Minibatch SGD: Training
/// ImageNet in 1 Hour", section 2.2), downwards the linear decay. With `initial` and `end` as
/// factors it is PyTorch's `LinearLR`, to be combined by [`chain`](Schedule::chain).
///
/// ```
/// use schedulers::{Linear, Schedule};
///
/// let warmup = Linear::warmup(0.5, 4)?;
/// assert_eq!([0, 1, 2, 4, 5].map(|step| warmup.at(step)), [0.0, 0.125, 0.25, 0.5, 0.5]);
///
/// let decay = Linear::new(0.5, 0.0, 4)?;
/// assert_eq!([0, 1, 2, 4, 5].map(|step| decay.at(step)), [0.5, 0.375, 0.25, 0.0, 0.0]);
/// # Ok::<(), schedulers::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Linear {
    initial: f64,
    end: f64,
    steps: u64,
}

impl Linear {
    /// Goes from `initial` at step 0 to `end` at step `steps`; both are finite and at least 0.
    ///
    /// With 0 steps the value is `end` from the start.
    ///
    /// # Errors
    ///
    /// [`Error::NotFinite`](crate::Error::NotFinite) and
    /// [`Error::Negative`](crate::Error::Negative).
    pub fn new(initial: f64, end: f64, steps: u64) -> Result<Self> {
        Ok(Self {
            initial: non_negative("initial", initial)?,
            end: non_negative("end", end)?,
            steps,
        })
    }

    /// Goes from 0 at step 0 to `peak` at step `steps`.
    ///
    /// The first step is then taken with a rate of 0; where that is not wanted, start at
    /// `peak / steps` with [`Linear::new`].
    ///
    /// # Errors
    ///
    /// As for [`Linear::new`].
    pub fn warmup(peak: f64, steps: u64) -> Result<Self> {
        Self::new(0.0, non_negative("peak", peak)?, steps)
    }
}

impl Schedule for Linear {
    fn at(&self, step: u64) -> f64 {
        if step >= self.steps {
            return self.end;
        }
        interpolate(self.initial, self.end, step as f64 / self.steps as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_are_exact() {
        let schedule = Linear::new(0.1, 0.7, 3).unwrap();
        assert_eq!(schedule.at(0), 0.1);
        assert_eq!(schedule.at(3), 0.7);
        assert_eq!(schedule.at(u64::MAX), 0.7);
        let long = Linear::new(0.0, 1.0, u64::MAX).unwrap();
        assert_eq!(long.at(u64::MAX / 2), 0.5);
        let large = Linear::new(0.0, f64::MAX, 2).unwrap();
        assert_eq!(large.at(1), f64::MAX / 2.0);
    }

    #[test]
    fn no_steps_means_the_end_value() {
        assert_eq!(Linear::warmup(0.3, 0).unwrap().at(0), 0.3);
    }

    #[test]
    fn bad_parameters_are_errors() {
        assert!(Linear::new(-1.0, 0.0, 3).is_err());
        assert!(Linear::new(0.0, f64::NAN, 3).is_err());
        assert_eq!(
            Linear::warmup(-1.0, 3).unwrap_err().to_string(),
            "peak is -1, it must not be negative"
        );
    }
}
