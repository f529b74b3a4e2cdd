//! What happens besides the steps of a fit: stopping early, checkpoints, progress, histories.

mod callback;
mod checkpoint;
mod early_stopping;
mod history_csv;
mod monitor;
mod progress;

pub use callback::{Callback, CallbackState};
pub use checkpoint::Checkpoint;
pub use early_stopping::EarlyStopping;
pub use history_csv::HistoryCsv;
pub use monitor::Monitor;
pub use progress::Progress;
