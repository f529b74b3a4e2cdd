//! Writing checkpoints while a fit runs.

use std::path::PathBuf;

use autodiff::tensor::Element;
use schedulers::Mode;

use super::monitor::Best;
use super::{Callback, CallbackState, Monitor};
use crate::error::{Error, Result};
use crate::fit::FitContext;
use crate::output::check_writable;

/// Writes everything that the fit needs to be continued, so that [`Fit::resume`] gives what the
/// uninterrupted run would have given.
///
/// The file is replaced by each new checkpoint; it is written beside its place and renamed, so that
/// it is whole at every moment. That its folder can be written to is found out before the first
/// step.
///
/// [`Fit::resume`]: crate::Fit::resume
///
/// # Examples
/// ```
/// use training::{Checkpoint, Monitor};
///
/// let last = Checkpoint::last("run/last.safetensors").every(5)?;
/// let best = Checkpoint::best("run/best.safetensors", Monitor::ValidationLoss);
/// assert!(Checkpoint::last("run/last.safetensors").every(0).is_err());
/// # let _ = (last, best);
/// # Ok::<(), training::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Checkpoint {
    path: PathBuf,
    every: u64,
    monitor: Option<(Monitor, Mode)>,
    best: Best,
}

impl Checkpoint {
    /// Keeps the last state in the file `path`: after each epoch, or each few with
    /// [`every`](Self::every), and in any case after the last one.
    pub fn last(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), every: 1, monitor: None, best: Best::default() }
    }

    /// Keeps the state after the epoch with the best value of `monitor` in the file `path`.
    pub fn best(path: impl Into<PathBuf>, monitor: Monitor) -> Self {
        Self { monitor: Some((monitor, monitor.mode())), ..Self::last(path) }
    }

    /// Sets which way the monitored quantity improves; by default losses go down and metrics up.
    #[must_use]
    pub fn mode(mut self, mode: Mode) -> Self {
        if let Some((_, current)) = &mut self.monitor {
            *current = mode;
        }
        self
    }

    /// Considers only every `epochs`-th epoch, counted from the first, and the last one.
    ///
    /// # Errors
    /// [`Error::InvalidOption`] if it is 0.
    pub fn every(mut self, epochs: u64) -> Result<Self> {
        if epochs == 0 {
            return Err(Error::invalid_option("every", epochs, "at least 1"));
        }
        self.every = epochs;
        Ok(self)
    }
}

impl<T: Element> Callback<T> for Checkpoint {
    fn name(&self) -> &'static str {
        if self.monitor.is_some() { "best checkpoint" } else { "last checkpoint" }
    }

    fn on_fit_start(&mut self, context: &mut FitContext<'_, T>) -> Result<()> {
        if let Some((monitor, _)) = self.monitor {
            monitor.check(context.has_validation(), context.has_metric())?;
        }
        check_writable(&self.path)
    }

    fn on_epoch_end(&mut self, context: &mut FitContext<'_, T>) -> Result<()> {
        let due = (context.epoch() + 1).is_multiple_of(self.every);
        match self.monitor {
            None if due => context.request_checkpoint(&self.path),
            None => context.request_checkpoint_if_last(&self.path),
            Some((monitor, mode)) => {
                let value = context.record().and_then(|record| monitor.value(record));
                if let Some(value) = value.filter(|_| due)
                    && self.best.update(context.epoch(), value, mode, 0.0)
                {
                    context.request_checkpoint(&self.path);
                }
            }
        }
        Ok(())
    }

    fn state(&self) -> Option<CallbackState<T>> {
        let value = self.best.value?;
        let mut state = CallbackState::default();
        state.numbers.insert("best".into(), value);
        state.numbers.insert("best epoch".into(), self.best.epoch as f64);
        Some(state)
    }

    fn load_state(&mut self, state: CallbackState<T>) -> Result<(), String> {
        let get = |name: &str| state.numbers.get(name).copied().ok_or(format!("no {name}"));
        self.best = Best { value: Some(get("best")?), epoch: get("best epoch")? as u64 };
        Ok(())
    }
}
