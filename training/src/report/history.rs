//! What happened in each epoch of a fit, and its CSV file.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::files::write_bytes_atomically;

/// The columns of the CSV file, in order.
pub const HISTORY_COLUMNS: [&str; 8] = [
    "epoch",
    "step",
    "train_loss",
    "train_metric",
    "validation_loss",
    "validation_metric",
    "learning_rate",
    "seconds",
];

/// One finished epoch of a fit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EpochRecord {
    /// The number of the epoch, counted from 0.
    pub epoch: u64,
    /// The number of update steps taken in the whole run until the end of the epoch.
    pub step: u64,
    /// The mean loss over the items of the epoch, each at the parameters it was trained with.
    pub train_loss: f64,
    /// The metric on the training items, if one was asked for.
    pub train_metric: Option<f64>,
    /// The mean loss on the validation items, if there are any.
    pub validation_loss: Option<f64>,
    /// The metric on the validation items, if there are any and one was asked for.
    pub validation_metric: Option<f64>,
    /// The learning rate of the last step of the epoch.
    pub learning_rate: f64,
    /// The wall-clock time of the epoch in seconds.
    pub seconds: f64,
}

/// The epochs of a fit in order.
///
/// ```
/// use training::{EpochRecord, History};
///
/// let mut history = History::default();
/// history.epochs.push(EpochRecord {
///     epoch: 0,
///     step: 45,
///     train_loss: 0.75,
///     train_metric: None,
///     validation_loss: Some(0.5),
///     validation_metric: Some(0.9375),
///     learning_rate: 0.001,
///     seconds: 0.25,
/// });
/// assert_eq!(
///     history.to_csv(),
///     "epoch,step,train_loss,train_metric,validation_loss,validation_metric,learning_rate,seconds\n\
///      1,45,0.75,,0.5,0.9375,0.001,0.25\n"
/// );
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct History {
    /// The epochs, the oldest first.
    pub epochs: Vec<EpochRecord>,
}

impl History {
    /// The number of finished epochs.
    pub fn len(&self) -> usize {
        self.epochs.len()
    }

    /// Whether no epoch has finished.
    pub fn is_empty(&self) -> bool {
        self.epochs.is_empty()
    }

    /// The last finished epoch.
    pub fn last(&self) -> Option<&EpochRecord> {
        self.epochs.last()
    }

    /// The epoch with the lowest finite validation loss, or without validation the lowest finite
    /// training loss; the earliest of equals.
    ///
    /// `None` when no epoch has a finite loss.
    pub fn best(&self) -> Option<&EpochRecord> {
        let loss = |record: &EpochRecord| record.validation_loss.unwrap_or(record.train_loss);
        self.epochs
            .iter()
            .filter(|record| loss(record).is_finite())
            .min_by(|a, b| loss(a).total_cmp(&loss(b)))
    }

    /// The history as CSV text: a header of [`HISTORY_COLUMNS`] and a line for each epoch.
    ///
    /// Epochs are counted from 1, as in tables and pictures. Numbers are written with as many
    /// digits as are needed to read the same number back; a missing value is an empty cell.
    pub fn to_csv(&self) -> String {
        let mut text = HISTORY_COLUMNS.join(",");
        text.push('\n');
        let cell = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
        for record in &self.epochs {
            text.push_str(&format!(
                "{},{},{},{},{},{},{},{}\n",
                record.epoch + 1,
                record.step,
                record.train_loss,
                cell(record.train_metric),
                cell(record.validation_loss),
                cell(record.validation_metric),
                record.learning_rate,
                record.seconds,
            ));
        }
        text
    }

    /// Writes [`History::to_csv`] to a file, which appears whole or not at all.
    ///
    /// # Errors
    ///
    /// [`Error::UnwritableOutput`](crate::Error::UnwritableOutput) when the folder is missing or
    /// not writable.
    pub fn write_csv(&self, path: impl AsRef<Path>) -> Result<()> {
        write_bytes_atomically(path.as_ref(), self.to_csv().as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    fn record(epoch: u64, train_loss: f64, validation_loss: Option<f64>) -> EpochRecord {
        EpochRecord {
            epoch,
            step: 10 * (epoch + 1),
            train_loss,
            train_metric: None,
            validation_loss,
            validation_metric: None,
            learning_rate: 0.1,
            seconds: 0.5,
        }
    }

    #[test]
    fn best_prefers_validation_and_skips_what_is_not_finite() {
        let history = History {
            epochs: vec![
                record(0, 0.1, Some(f64::NAN)),
                record(1, 0.9, Some(0.3)),
                record(2, 0.2, Some(0.4)),
                record(3, 0.2, Some(0.3)),
                record(4, 0.0, Some(f64::NEG_INFINITY)),
            ],
        };
        assert_eq!(history.best().unwrap().epoch, 1);
        let training_only = History { epochs: vec![record(0, 0.5, None), record(1, 0.25, None)] };
        assert_eq!(training_only.best().unwrap().epoch, 1);
        assert!(History::default().best().is_none());
        assert!(History { epochs: vec![record(0, f64::NAN, None)] }.best().is_none());
    }

    #[test]
    fn csv_numbers_read_back_as_the_same_numbers() {
        let loss = 0.1 + 0.2;
        let history = History { epochs: vec![record(0, loss, None), record(1, f64::NAN, None)] };
        let text = history.to_csv();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], HISTORY_COLUMNS.join(","));
        let cells: Vec<&str> = lines[1].split(',').collect();
        assert_eq!(cells.len(), HISTORY_COLUMNS.len());
        assert_eq!(cells[2].parse::<f64>().unwrap().to_bits(), loss.to_bits());
        assert_eq!(cells[4], "");
        assert!(lines[2].contains("NaN"));
    }

    #[test]
    fn writing_into_a_missing_folder_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("missing").join("history.csv");
        let error = History::default().write_csv(&path).unwrap_err();
        assert!(matches!(error, Error::UnwritableOutput { .. }), "{error}");
        let path = folder.path().join("history.csv");
        History::default().write_csv(&path).unwrap();
        assert_eq!(std::fs::read_to_string(path).unwrap().lines().count(), 1);
    }
}
