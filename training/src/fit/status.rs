//! How a fit ended.

use std::fmt::{self, Display};

use crate::report::History;

/// Why a fit ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Status {
    /// All epochs were run.
    Completed,
    /// The monitored quantity stopped improving.
    EarlyStopped {
        /// The epoch with the best value, counted from 0; the message counts from 1, as tables and
        /// pictures do.
        best_epoch: u64,
    },
    /// A callback asked for it.
    StoppedByCallback {
        /// The name of the callback.
        callback: String,
        /// What it gave as its reason.
        reason: String,
    },
}

impl Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Completed => f.write_str("all epochs completed"),
            Self::EarlyStopped { best_epoch } => {
                write!(f, "stopped early, epoch {} was the best", best_epoch + 1)
            }
            Self::StoppedByCallback { callback, reason } => {
                write!(f, "stopped by {callback}: {reason}")
            }
        }
    }
}

/// What a fit did.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct FitResult {
    /// Why the fit ended.
    pub status: Status,
    /// What happened in each epoch, with those before a resumption.
    pub history: History,
    /// The epoch with the lowest validation loss, or training loss where there is no validation;
    /// `None` if no epoch was run.
    pub best_epoch: Option<u64>,
    /// The epoch whose parameters the model holds, if a callback has put back earlier ones.
    pub restored_epoch: Option<u64>,
    /// The number of update steps taken in the whole run.
    pub steps: u64,
}
