//! The parts of the program `digits`: its options, its data, the training, and what it shows.

mod data;
mod options;
mod summary;
mod train;

pub use data::{Digits, load};
pub use options::{OptimizerKind, Options, ScheduleKind, parse};
pub use summary::{Outcome, report};
pub use train::train;

/// What can go wrong in the program; every message is one line.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file, the data, the fit or a checkpoint is at fault.
    #[error(transparent)]
    Training(#[from] training::Error),
    /// An optimizer cannot be configured so.
    #[error(transparent)]
    Optimizer(#[from] optimizers::Error),
    /// A schedule cannot be configured so.
    #[error(transparent)]
    Schedule(#[from] schedulers::Error),
    /// Options that are possible each by itself, but not with these data.
    #[error("{0}")]
    Options(String),
}
