//! The loop that fits a model to data.

mod batch;
mod context;
mod evaluate;
#[expect(clippy::module_inception, reason = "the file holds the type of the same name")]
mod fit;
mod metric;
mod resume;
mod run;
mod status;

pub use context::FitContext;
pub use evaluate::{Evaluation, evaluate};
pub use fit::Fit;
pub use metric::{Accuracy, BinaryAccuracy, MeanAbsoluteError, Metric, largest};
pub use status::{FitResult, Status};
