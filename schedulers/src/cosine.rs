//! A rate that falls along half a cosine.

use std::f64::consts::PI;

use crate::error::{Result, at_least_one_step, non_negative};
use crate::interpolate::interpolate;
use crate::schedule::Schedule;

/// Cosine annealing: half a cosine from one value down to another, which is then kept.
///
/// `at(t) = minimum + (initial - minimum) * (1 + cos(pi t / steps)) / 2` for `t <= steps`
///
/// Source: Loshchilov and Hutter (2017), "SGDR: Stochastic Gradient Descent with Warm Restarts",
/// equation 5. What comes after `steps` is not said there. Here the value stays at `minimum`, as
/// in Optax's `cosine_decay_schedule`; [`oscillating`](CosineAnnealing::oscillating) makes it
/// follow the cosine up again, as in PyTorch's `CosineAnnealingLR`.
///
/// ```
/// use schedulers::{CosineAnnealing, Schedule};
///
/// let schedule = CosineAnnealing::new(0.5, 0.1, 100)?;
/// assert_eq!(schedule.at(0), 0.5);
/// assert!((schedule.at(50) - 0.3).abs() < 1e-15);
/// assert_eq!(schedule.at(100), 0.1);
/// assert_eq!(schedule.at(150), 0.1);
/// assert_eq!(schedule.oscillating().at(200), 0.5);
/// # Ok::<(), schedulers::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CosineAnnealing {
    initial: f64,
    minimum: f64,
    steps: u64,
    oscillating: bool,
}

impl CosineAnnealing {
    /// Goes from `initial` at step 0 to `minimum` at step `steps` (at least 1); both values are
    /// finite and at least 0.
    ///
    /// Nothing is said about which of the two is larger: upwards it is a cosine warm-up.
    ///
    /// # Errors
    ///
    /// [`Error::NotFinite`](crate::Error::NotFinite), [`Error::Negative`](crate::Error::Negative)
    /// and [`Error::ZeroSteps`](crate::Error::ZeroSteps).
    pub fn new(initial: f64, minimum: f64, steps: u64) -> Result<Self> {
        Ok(Self {
            initial: non_negative("initial", initial)?,
            minimum: non_negative("minimum", minimum)?,
            steps: at_least_one_step("steps", steps)?,
            oscillating: false,
        })
    }

    /// The same cosine without an end: up again to `initial` at step `2 * steps`, and so on.
    pub fn oscillating(self) -> Self {
        Self { oscillating: true, ..self }
    }

    /// How many steps of the falling half of the cosine have been gone at a step.
    fn position(&self, step: u64) -> u64 {
        if !self.oscillating {
            return step.min(self.steps);
        }
        // Both reductions are exact, so that far steps lose no digits in the cosine.
        let (half, within) = (step / self.steps, step % self.steps);
        if half.is_multiple_of(2) { within } else { self.steps - within }
    }
}

impl Schedule for CosineAnnealing {
    fn at(&self, step: u64) -> f64 {
        let fraction = self.position(step) as f64 / self.steps as f64;
        interpolate(self.minimum, self.initial, (1.0 + (PI * fraction).cos()) / 2.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_are_exact() {
        let schedule = CosineAnnealing::new(0.7, 0.1, 3).unwrap();
        assert_eq!([0, 3, u64::MAX].map(|step| schedule.at(step)), [0.7, 0.1, 0.1]);
        let up = CosineAnnealing::new(0.1, 0.7, 3).unwrap();
        assert_eq!([0, 3].map(|step| up.at(step)), [0.1, 0.7]);
    }

    #[test]
    fn an_oscillation_has_a_period_of_twice_the_steps() {
        let schedule = CosineAnnealing::new(0.7, 0.1, 5).unwrap().oscillating();
        for step in 0..10 {
            assert_eq!(schedule.at(step).to_bits(), schedule.at(step + 10).to_bits());
            assert_eq!(schedule.at(step).to_bits(), schedule.at(10 - step).to_bits());
        }
        // u64::MAX is 5 modulo 10: the bottom.
        assert_eq!(schedule.at(u64::MAX), 0.1);
        let long = CosineAnnealing::new(1.0, 0.0, u64::MAX).unwrap().oscillating();
        assert_eq!(long.at(u64::MAX), 0.0);
    }

    #[test]
    fn bad_parameters_are_errors() {
        assert!(CosineAnnealing::new(0.1, 0.0, 0).is_err());
        assert!(CosineAnnealing::new(0.1, -0.1, 3).is_err());
        assert!(CosineAnnealing::new(f64::INFINITY, 0.0, 3).is_err());
    }
}
