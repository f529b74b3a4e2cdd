//! A progress bar.

use std::io::{IsTerminal, Write};

use autodiff::tensor::Element;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Callback;
use crate::error::Result;
use crate::fit::FitContext;
use crate::report::EpochRecord;

/// Shows how far the fit is, on the standard error stream.
///
/// If that is a terminal, a bar counts the steps and shows the losses of the last epoch.
/// Otherwise it is silent, or writes one line for each epoch with
/// [`or_lines`](Self::or_lines).
///
/// # Examples
/// ```
/// use training::Progress;
///
/// let callback = Progress::new().or_lines();
/// # let _ = callback;
/// ```
#[derive(Debug, Default)]
pub struct Progress {
    lines: bool,
    bar: Option<ProgressBar>,
}

impl Progress {
    /// A bar on a terminal, and nothing elsewhere.
    pub fn new() -> Self {
        Self::default()
    }

    /// Writes one line for each epoch where there is no terminal.
    #[must_use]
    pub fn or_lines(mut self) -> Self {
        self.lines = true;
        self
    }
}

/// A bar that was not finished, because the fit failed, does not stay on the screen.
impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

impl<T: Element> Callback<T> for Progress {
    fn name(&self) -> &'static str {
        "progress"
    }

    fn on_fit_start(&mut self, context: &mut FitContext<'_, T>) -> Result<()> {
        if !std::io::stderr().is_terminal() {
            return Ok(());
        }
        let steps = context.epochs().saturating_mul(context.steps_per_epoch());
        let bar = ProgressBar::with_draw_target(Some(steps), ProgressDrawTarget::stderr());
        let template = "{wide_bar:.cyan/blue} step {pos}/{len} {elapsed}<{eta} {msg}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("━╸─"));
        }
        bar.set_position(context.step());
        bar.reset_eta();
        self.bar = Some(bar);
        Ok(())
    }

    fn on_step_end(&mut self, context: &mut FitContext<'_, T>) -> Result<()> {
        if let Some(bar) = &self.bar {
            bar.set_position(context.step());
        }
        Ok(())
    }

    fn on_epoch_end(&mut self, context: &mut FitContext<'_, T>) -> Result<()> {
        let Some(record) = context.record() else { return Ok(()) };
        if let Some(bar) = &self.bar {
            bar.set_message(summary(record));
        } else if self.lines {
            let (epoch, epochs) = (record.epoch + 1, context.epochs());
            // Nobody reading the progress is no reason to end the fit.
            let _ = writeln!(std::io::stderr(), "epoch {epoch}/{epochs} {}", summary(record));
        }
        Ok(())
    }

    fn on_fit_end(&mut self, _: &mut FitContext<'_, T>) -> Result<()> {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
        Ok(())
    }
}

/// The losses and metrics of an epoch in a few words.
fn summary(record: &EpochRecord) -> String {
    let mut text = format!("loss {:.4}", record.train_loss);
    if let Some(metric) = record.train_metric {
        text.push_str(&format!(" metric {metric:.4}"));
    }
    if let Some(loss) = record.validation_loss {
        text.push_str(&format!(" | validation loss {loss:.4}"));
    }
    if let Some(metric) = record.validation_metric {
        text.push_str(&format!(" metric {metric:.4}"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_holds_what_there_is() {
        let mut record = EpochRecord {
            epoch: 2,
            step: 9,
            train_loss: 0.5,
            train_metric: None,
            validation_loss: None,
            validation_metric: None,
            learning_rate: 0.1,
            seconds: 1.0,
        };
        assert_eq!(summary(&record), "loss 0.5000");
        record.train_metric = Some(0.75);
        record.validation_loss = Some(0.25);
        record.validation_metric = Some(1.0);
        assert_eq!(
            summary(&record),
            "loss 0.5000 metric 0.7500 | validation loss 0.2500 metric 1.0000"
        );
    }
}
