//! What remains of a fit: its history as a table and as pictures.
//!
//! ```
//! use training::report::{EpochRecord, Figure, History, loss_svg, write_svg};
//!
//! let mut history = History::default();
//! for epoch in 0..20 {
//!     history.epochs.push(EpochRecord {
//!         epoch,
//!         step: 50 * (epoch + 1),
//!         train_loss: (-0.2 * epoch as f64).exp(),
//!         train_metric: None,
//!         validation_loss: Some(0.1 + (-0.2 * epoch as f64).exp()),
//!         validation_metric: None,
//!         learning_rate: 0.001,
//!         seconds: 0.5,
//!     });
//! }
//! let folder = std::env::temp_dir().join(format!("report-{}", std::process::id()));
//! std::fs::create_dir_all(&folder)?;
//! history.write_csv(folder.join("history.csv"))?;
//! write_svg(folder.join("loss.svg"), &loss_svg(&history, &Figure::default().logarithmic())?)?;
//! # std::fs::remove_dir_all(&folder)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod axis;
mod confusion;
mod curves;
mod figure;
mod history;

use std::path::Path;

pub use confusion::confusion_svg;
pub use curves::{learning_rate_svg, loss_svg, metric_svg};
pub use figure::Figure;
pub use history::{EpochRecord, HISTORY_COLUMNS, History};

use crate::error::Result;
use crate::files::write_bytes_atomically;

/// Writes an SVG picture to a file, which appears whole or not at all.
///
/// # Errors
///
/// [`Error::UnwritableOutput`](crate::Error::UnwritableOutput) when the folder is missing or not
/// writable.
pub fn write_svg(path: impl AsRef<Path>, svg: &str) -> Result<()> {
    write_bytes_atomically(path.as_ref(), svg.as_bytes())
}
