//! The quantities of an epoch that a callback can watch.

use std::fmt::{self, Display};

use schedulers::Mode;

use crate::error::{Error, Result};
use crate::report::EpochRecord;

/// A quantity of an epoch that decides about stopping, keeping or reducing something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Monitor {
    /// The mean loss on the training items.
    TrainLoss,
    /// The metric on the training items.
    TrainMetric,
    /// The mean loss on the validation items.
    ValidationLoss,
    /// The metric on the validation items.
    ValidationMetric,
}

impl Monitor {
    /// The value in the record of an epoch, if it has one.
    ///
    /// ```
    /// use training::{EpochRecord, Monitor};
    ///
    /// let record = EpochRecord {
    ///     epoch: 0,
    ///     step: 45,
    ///     train_loss: 0.75,
    ///     train_metric: None,
    ///     validation_loss: Some(0.5),
    ///     validation_metric: None,
    ///     learning_rate: 0.001,
    ///     seconds: 0.25,
    /// };
    /// assert_eq!(Monitor::ValidationLoss.value(&record), Some(0.5));
    /// assert_eq!(Monitor::TrainMetric.value(&record), None);
    /// ```
    pub fn value(self, record: &EpochRecord) -> Option<f64> {
        match self {
            Self::TrainLoss => Some(record.train_loss),
            Self::TrainMetric => record.train_metric,
            Self::ValidationLoss => record.validation_loss,
            Self::ValidationMetric => record.validation_metric,
        }
    }

    /// Which way the quantity improves unless something else is said: losses down, metrics up.
    pub fn mode(self) -> Mode {
        match self {
            Self::TrainLoss | Self::ValidationLoss => Mode::Minimize,
            Self::TrainMetric | Self::ValidationMetric => Mode::Maximize,
        }
    }

    /// Checks that a fit with or without validation items and a metric has the quantity.
    pub(crate) fn check(self, has_validation: bool, has_metric: bool) -> Result<()> {
        let missing = match self {
            Self::ValidationLoss | Self::ValidationMetric if !has_validation => "validation items",
            Self::TrainMetric | Self::ValidationMetric if !has_metric => "metric",
            _ => return Ok(()),
        };
        let requirement = format!("something that the fit has, but it has no {missing}");
        Err(Error::invalid_option("monitor", self, requirement))
    }
}

impl Display for Monitor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TrainLoss => "train loss",
            Self::TrainMetric => "train metric",
            Self::ValidationLoss => "validation loss",
            Self::ValidationMetric => "validation metric",
        })
    }
}

/// The best value seen so far.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Best {
    pub(super) value: Option<f64>,
    pub(super) epoch: u64,
}

impl Best {
    /// Takes in the value of an epoch; returns whether it is better than the best one by more than
    /// `min_delta`. A value that is not a number never is.
    pub(super) fn update(&mut self, epoch: u64, value: f64, mode: Mode, min_delta: f64) -> bool {
        let better = match (self.value, mode) {
            (None, _) => !value.is_nan(),
            (Some(best), Mode::Minimize) => value < best - min_delta,
            (Some(best), Mode::Maximize) => value > best + min_delta,
        };
        if better {
            *self = Self { value: Some(value), epoch };
        }
        better
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn better_means_by_more_than_the_margin() {
        let mut best = Best::default();
        assert!(!best.update(0, f64::NAN, Mode::Minimize, 0.0));
        assert!(best.update(1, 1.0, Mode::Minimize, 0.25));
        assert!(!best.update(2, 0.75, Mode::Minimize, 0.25));
        assert!(best.update(3, 0.5, Mode::Minimize, 0.25));
        assert!(!best.update(4, f64::NAN, Mode::Minimize, 0.25));
        assert_eq!(best, Best { value: Some(0.5), epoch: 3 });
        let mut best = Best::default();
        assert!(best.update(0, 0.5, Mode::Maximize, 0.0));
        assert!(!best.update(1, 0.5, Mode::Maximize, 0.0));
        assert!(best.update(2, 0.75, Mode::Maximize, 0.0));
    }

    #[test]
    fn what_a_fit_does_not_have_cannot_be_monitored() {
        assert!(Monitor::TrainLoss.check(false, false).is_ok());
        assert!(Monitor::ValidationLoss.check(true, false).is_ok());
        let error = Monitor::ValidationLoss.check(false, true).unwrap_err().to_string();
        assert!(error.contains("validation loss") && error.contains("no validation items"));
        let error = Monitor::TrainMetric.check(true, false).unwrap_err().to_string();
        assert!(error.contains("no metric"), "{error}");
    }
}
