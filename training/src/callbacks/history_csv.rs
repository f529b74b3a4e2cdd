//! The history as a CSV file that grows with the fit.

use std::path::PathBuf;

use autodiff::tensor::Element;

use super::Callback;
use crate::error::Result;
use crate::fit::FitContext;
use crate::output::check_writable;

/// Writes the history to a CSV file after each epoch.
///
/// The whole file is written each time, beside its place, and renamed: a reader sees a whole file
/// at every moment. That its folder can be written to is found out before the first step. The
/// columns are those of [`History::to_csv`](crate::History::to_csv).
///
/// # Examples
/// ```
/// use training::HistoryCsv;
///
/// let callback = HistoryCsv::new("run/history.csv");
/// # let _ = callback;
/// ```
#[derive(Debug, Clone)]
pub struct HistoryCsv {
    path: PathBuf,
}

impl HistoryCsv {
    /// Writes to the file `path`.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }
}

impl<T: Element> Callback<T> for HistoryCsv {
    fn name(&self) -> &'static str {
        "history csv"
    }

    fn on_fit_start(&mut self, _: &mut FitContext<'_, T>) -> Result<()> {
        check_writable(&self.path)
    }

    fn on_epoch_end(&mut self, context: &mut FitContext<'_, T>) -> Result<()> {
        context.history().write_csv(&self.path)
    }
}
