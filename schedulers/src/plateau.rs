//! A rate that drops when a metric stops improving.

use crate::error::{Error, Result, non_negative};

/// Which way a metric improves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Lower is better, as for a loss.
    Minimize,
    /// Higher is better, as for an accuracy.
    Maximize,
}

/// By how much a metric must beat the best one to count as an improvement.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Threshold {
    /// By this share of the best: the metric must be below `best * (1 - threshold)`, or when
    /// maximising above `best * (1 + threshold)`.
    ///
    /// This is PyTorch's formula, which is meant for metrics that are not negative: around a
    /// negative `best` it counts a metric as better that is slightly worse. Use
    /// [`Threshold::Absolute`] there.
    Relative(f64),
    /// By this amount: the metric must be below `best - threshold`, or when maximising above
    /// `best + threshold`.
    Absolute(f64),
}

/// Multiplies a value by a factor when a metric has not improved for some epochs.
///
/// This is the rule alone, which does not change; what it remembers is a [`PlateauState`]. Once an
/// epoch, [`update`](ReduceOnPlateau::update) looks at the metric:
///
/// - An epoch is *bad* when the metric does not beat the best one by the threshold, and `NaN`
///   never does. An improvement starts the count of bad epochs again.
/// - More than `patience` bad epochs in a row, that is **the bad epoch number `patience + 1`**,
///   reduce the value: `value = max(factor * value, minimum)`. The count starts again.
/// - For `cooldown` epochs after a reduction no epoch counts as bad.
/// - A reduction by no more than `epsilon` is not made.
///
/// Unlike a [`Schedule`](crate::Schedule) the value depends on what was seen, so a resumed run
/// needs the state; all of its fields are public numbers. The value may be the learning rate
/// itself, or a factor that starts at 1 and multiplies a schedule:
/// `state.value * schedule.at(step)`.
///
/// The default is PyTorch's: minimise, factor 0.1, patience 10, relative threshold 1e-4, no
/// cooldown, minimum 0, epsilon 1e-8.
///
/// Source: PyTorch's `ReduceLROnPlateau`. It differs for a relative threshold of at least 1 when
/// minimising: there the first metric never becomes the best one, because infinity times 0 is not
/// a number.
///
/// ```
/// use schedulers::ReduceOnPlateau;
///
/// let rule = ReduceOnPlateau::default().with_factor(0.5)?.with_patience(2);
/// let mut state = rule.init(0.1)?;
/// let losses = [1.0, 0.8, 0.8, 0.9, 0.85, 0.8, 0.7];
/// let values = losses.map(|loss| {
///     rule.update(&mut state, loss);
///     state.value
/// });
/// // The bad epochs are those with 0.8, 0.9, 0.85 after the first 0.8: the third one reduces.
/// assert_eq!(values, [0.1, 0.1, 0.1, 0.1, 0.05, 0.05, 0.05]);
/// assert_eq!(state.best, Some(0.7));
/// # Ok::<(), schedulers::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReduceOnPlateau {
    mode: Mode,
    factor: f64,
    patience: u64,
    threshold: Threshold,
    cooldown: u64,
    minimum: f64,
    epsilon: f64,
}

/// What a [`ReduceOnPlateau`] remembers between epochs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlateauState {
    /// The value that is reduced.
    pub value: f64,
    /// The best metric so far; `None` until there was one that is better than infinitely bad.
    pub best: Option<f64>,
    /// The number of bad epochs in a row.
    pub bad_epochs: u64,
    /// The number of epochs that are still to pass before bad ones count again.
    pub cooldown: u64,
}

impl Default for ReduceOnPlateau {
    fn default() -> Self {
        Self {
            mode: Mode::Minimize,
            factor: 0.1,
            patience: 10,
            threshold: Threshold::Relative(1e-4),
            cooldown: 0,
            minimum: 0.0,
            epsilon: 1e-8,
        }
    }
}

impl ReduceOnPlateau {
    /// Sets which way the metric improves.
    pub fn with_mode(self, mode: Mode) -> Self {
        Self { mode, ..self }
    }

    /// Sets the factor of a reduction, above 0 and below 1.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`], also for NaN.
    pub fn with_factor(self, factor: f64) -> Result<Self> {
        if !(factor > 0.0 && factor < 1.0) {
            let (parameter, value) = ("factor", factor);
            return Err(Error::OutOfRange { parameter, value, lower: 0.0, upper: 1.0 });
        }
        Ok(Self { factor, ..self })
    }

    /// Sets the number of bad epochs in a row that are put up with; the one after them reduces.
    pub fn with_patience(self, patience: u64) -> Self {
        Self { patience, ..self }
    }

    /// Sets by how much a metric must beat the best one, a finite number of at least 0.
    ///
    /// # Errors
    ///
    /// [`Error::NotFinite`] and [`Error::Negative`].
    pub fn with_threshold(self, threshold: Threshold) -> Result<Self> {
        let (Threshold::Relative(size) | Threshold::Absolute(size)) = threshold;
        non_negative("threshold", size)?;
        Ok(Self { threshold, ..self })
    }

    /// Sets the number of epochs after a reduction in which none counts as bad.
    pub fn with_cooldown(self, cooldown: u64) -> Self {
        Self { cooldown, ..self }
    }

    /// Sets the floor of the value, a finite number of at least 0.
    ///
    /// # Errors
    ///
    /// [`Error::NotFinite`] and [`Error::Negative`].
    pub fn with_minimum(self, minimum: f64) -> Result<Self> {
        Ok(Self { minimum: non_negative("minimum", minimum)?, ..self })
    }

    /// Sets the largest reduction that is too small to be made, a finite number of at least 0.
    ///
    /// # Errors
    ///
    /// [`Error::NotFinite`] and [`Error::Negative`].
    pub fn with_epsilon(self, epsilon: f64) -> Result<Self> {
        Ok(Self { epsilon: non_negative("epsilon", epsilon)?, ..self })
    }

    /// The state before the first epoch, with a value that is a finite number of at least 0.
    ///
    /// # Errors
    ///
    /// [`Error::NotFinite`] and [`Error::Negative`].
    pub fn init(&self, value: f64) -> Result<PlateauState> {
        let value = non_negative("value", value)?;
        Ok(PlateauState { value, best: None, bad_epochs: 0, cooldown: 0 })
    }

    /// Takes in the metric of an epoch; returns whether the value was reduced.
    pub fn update(&self, state: &mut PlateauState, metric: f64) -> bool {
        if self.improves(metric, state.best) {
            state.best = Some(metric);
            state.bad_epochs = 0;
        } else {
            state.bad_epochs = state.bad_epochs.saturating_add(1);
        }
        if state.cooldown > 0 {
            state.cooldown -= 1;
            state.bad_epochs = 0;
        }
        if state.bad_epochs <= self.patience {
            return false;
        }
        state.bad_epochs = 0;
        state.cooldown = self.cooldown;
        let reduced = (self.factor * state.value).max(self.minimum);
        let worth_it = state.value - reduced > self.epsilon;
        if worth_it {
            state.value = reduced;
        }
        worth_it
    }

    /// Whether a metric counts as better than the best one.
    fn improves(&self, metric: f64, best: Option<f64>) -> bool {
        use Mode::{Maximize, Minimize};
        use Threshold::{Absolute, Relative};
        match (self.mode, self.threshold, best) {
            (Minimize, _, None) => metric < f64::INFINITY,
            (Maximize, _, None) => metric > f64::NEG_INFINITY,
            (Minimize, Relative(threshold), Some(best)) => metric < best * (1.0 - threshold),
            (Minimize, Absolute(threshold), Some(best)) => metric < best - threshold,
            (Maximize, Relative(threshold), Some(best)) => metric > best * (1.0 + threshold),
            (Maximize, Absolute(threshold), Some(best)) => metric > best + threshold,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The values after each metric.
    fn values(rule: &ReduceOnPlateau, initial: f64, metrics: &[f64]) -> Vec<f64> {
        let mut state = rule.init(initial).unwrap();
        let after = |&metric: &f64| {
            rule.update(&mut state, metric);
            state.value
        };
        metrics.iter().map(after).collect()
    }

    fn halving(patience: u64) -> ReduceOnPlateau {
        ReduceOnPlateau::default().with_factor(0.5).unwrap().with_patience(patience)
    }

    #[test]
    fn the_bad_epoch_after_the_patience_reduces() {
        assert_eq!(values(&halving(0), 1.0, &[1.0, 1.0, 1.0]), [1.0, 0.5, 0.25]);
        assert_eq!(values(&halving(2), 1.0, &[1.0; 7]), [1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.25]);
    }

    #[test]
    fn an_improvement_starts_the_count_again() {
        let metrics = [1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.5];
        assert_eq!(values(&halving(2), 1.0, &metrics), [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.5]);
    }

    #[test]
    fn no_epoch_of_the_cooldown_is_bad() {
        let rule = halving(0).with_cooldown(2);
        assert_eq!(values(&rule, 1.0, &[1.0; 6]), [1.0, 0.5, 0.5, 0.5, 0.25, 0.25]);
    }

    #[test]
    fn the_floor_is_reached_and_kept() {
        let rule = halving(0).with_minimum(0.3).unwrap();
        assert_eq!(values(&rule, 1.0, &[1.0; 5]), [1.0, 0.5, 0.3, 0.3, 0.3]);
        // A value below the floor is not raised to it.
        assert_eq!(values(&rule, 0.2, &[1.0; 3]), [0.2, 0.2, 0.2]);
    }

    #[test]
    fn small_reductions_are_not_made() {
        let rule = halving(0).with_epsilon(0.3).unwrap();
        let mut state = rule.init(1.0).unwrap();
        let reduced: Vec<bool> = (0..4).map(|_| rule.update(&mut state, 1.0)).collect();
        assert_eq!(reduced, [false, true, false, false]);
        assert_eq!(state.value, 0.5);
    }

    #[test]
    fn thresholds_are_strict() {
        let improves = |mode, threshold, metric, best| {
            let rule = ReduceOnPlateau::default().with_mode(mode);
            rule.with_threshold(threshold).unwrap().improves(metric, Some(best))
        };
        use Mode::{Maximize, Minimize};
        use Threshold::{Absolute, Relative};
        assert!(!improves(Minimize, Relative(0.5), 4.0, 8.0));
        assert!(improves(Minimize, Relative(0.5), 3.9, 8.0));
        assert!(!improves(Maximize, Relative(0.5), 12.0, 8.0));
        assert!(improves(Maximize, Relative(0.5), 12.1, 8.0));
        assert!(!improves(Minimize, Absolute(0.5), 7.5, 8.0));
        assert!(improves(Minimize, Absolute(0.5), 7.4, 8.0));
        assert!(!improves(Maximize, Absolute(0.5), 8.5, 8.0));
        assert!(improves(Maximize, Absolute(0.5), 8.6, 8.0));
        assert!(!improves(Minimize, Absolute(0.0), 8.0, 8.0));
    }

    #[test]
    fn what_is_not_a_number_is_bad_and_never_the_best() {
        let rule = halving(1);
        let mut state = rule.init(1.0).unwrap();
        for metric in [f64::NAN, f64::INFINITY] {
            rule.update(&mut state, metric);
            assert_eq!(state.best, None);
        }
        assert_eq!(state.value, 0.5);
        rule.update(&mut state, 3.0);
        rule.update(&mut state, f64::NAN);
        assert_eq!(state.best, Some(3.0));
        assert_eq!(state.bad_epochs, 1);
    }

    #[test]
    fn counters_do_not_overflow() {
        let rule = halving(u64::MAX);
        let state = PlateauState { bad_epochs: u64::MAX, ..rule.init(1.0).unwrap() };
        let mut later = state;
        assert!(!rule.update(&mut later, f64::NAN));
        assert_eq!(later, state);
    }

    #[test]
    fn bad_parameters_are_errors() {
        let rule = ReduceOnPlateau::default();
        for factor in [0.0, 1.0, -0.5, 2.0, f64::NAN, f64::INFINITY] {
            assert!(rule.with_factor(factor).is_err(), "{factor}");
        }
        assert_eq!(
            rule.with_factor(1.5).unwrap_err().to_string(),
            "factor is 1.5, it must be above 0 and below 1"
        );
        assert!(rule.with_threshold(Threshold::Relative(-0.1)).is_err());
        assert!(rule.with_threshold(Threshold::Absolute(f64::NAN)).is_err());
        assert!(rule.with_minimum(-1.0).is_err());
        assert!(rule.with_epsilon(f64::INFINITY).is_err());
        assert!(rule.init(f64::NAN).is_err());
        assert!(rule.init(-0.1).is_err());
    }
}
