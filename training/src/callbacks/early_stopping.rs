//! Stopping when the monitored quantity has stopped improving.

use autodiff::tensor::Element;
use schedulers::Mode;

use super::monitor::Best;
use super::{Callback, CallbackState, Monitor};
use crate::error::{Error, Result};
use crate::fit::FitContext;
use crate::parameters::Parameters;

/// Stops a fit when the monitored quantity has not improved for some epochs, and puts the best
/// parameters back.
///
/// - An epoch *improves* when its value beats the best one by more than
///   [`min_delta`](Self::min_delta); NaN never does.
/// - The fit stops at the end of the epoch that is the `patience`-th in a row without improvement
///   (patience 0 counts as 1).
/// - With [`restore_best`](Self::restore_best), the default, the parameters of the best epoch are
///   put back when the fit ends, **also when it ends for another reason**, such as having reached
///   its last epoch.
///
/// Source: L. Prechelt, *Early stopping - but when?*, Neural Networks: Tricks of the Trade, 1998.
///
/// # Examples
/// ```
/// use training::{EarlyStopping, Mode, Monitor};
///
/// let stopping = EarlyStopping::<f32>::new(Monitor::ValidationLoss)
///     .mode(Mode::Minimize)
///     .patience(10)
///     .min_delta(1e-4)?
///     .restore_best(true);
/// assert!(EarlyStopping::<f32>::new(Monitor::TrainLoss).min_delta(-1.0).is_err());
/// # let _ = stopping;
/// # Ok::<(), training::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct EarlyStopping<T: Element> {
    monitor: Monitor,
    mode: Mode,
    patience: u64,
    min_delta: f64,
    restore_best: bool,
    best: Best,
    best_parameters: Option<Parameters<T>>,
    /// How many epochs in a row have not improved.
    bad_epochs: u64,
    /// A state from a checkpoint that waits for the layout of the parameters.
    loaded: Option<Vec<T>>,
}

impl<T: Element> EarlyStopping<T> {
    /// Watches `monitor` with patience 10 and no margin, and puts the best parameters back.
    pub fn new(monitor: Monitor) -> Self {
        Self {
            monitor,
            mode: monitor.mode(),
            patience: 10,
            min_delta: 0.0,
            restore_best: true,
            best: Best::default(),
            best_parameters: None,
            bad_epochs: 0,
            loaded: None,
        }
    }

    /// Sets which way the quantity improves; by default losses go down and metrics up.
    #[must_use]
    pub fn mode(mut self, mode: Mode) -> Self {
        self.mode = mode;
        self
    }

    /// Sets how many epochs in a row without improvement end the fit.
    #[must_use]
    pub fn patience(mut self, epochs: u64) -> Self {
        self.patience = epochs;
        self
    }

    /// Sets by how much a value must beat the best one to be an improvement.
    ///
    /// # Errors
    /// [`Error::InvalidOption`] if it is negative or not finite.
    pub fn min_delta(mut self, min_delta: f64) -> Result<Self> {
        if !(min_delta.is_finite() && min_delta >= 0.0) {
            return Err(Error::invalid_option("min_delta", min_delta, "finite and at least 0"));
        }
        self.min_delta = min_delta;
        Ok(self)
    }

    /// Sets whether the best parameters are put back at the end.
    #[must_use]
    pub fn restore_best(mut self, restore: bool) -> Self {
        self.restore_best = restore;
        self
    }

    fn stop_if_out_of_patience(&self, context: &mut FitContext<'_, T>) {
        if self.bad_epochs >= self.patience.max(1) {
            context.request_early_stop(self.best.epoch);
        }
    }
}

impl<T: Element> Callback<T> for EarlyStopping<T> {
    fn name(&self) -> &'static str {
        "early stopping"
    }

    fn on_fit_start(&mut self, context: &mut FitContext<'_, T>) -> Result<()> {
        self.monitor.check(context.has_validation(), context.has_metric())?;
        if let Some(values) = self.loaded.take() {
            let found = values.len();
            let mut best = context.parameters().clone();
            if found != best.len() {
                let what = "the best parameters of early stopping";
                return Err(Error::shape_mismatch(what, &[best.len()], &[found]));
            }
            best.as_mut_slice().copy_from_slice(&values);
            self.best_parameters = Some(best);
        }
        // A run that had stopped does not go on when it is resumed.
        self.stop_if_out_of_patience(context);
        Ok(())
    }

    fn on_epoch_end(&mut self, context: &mut FitContext<'_, T>) -> Result<()> {
        let Some(value) = context.record().and_then(|record| self.monitor.value(record)) else {
            return Ok(());
        };
        if self.best.update(context.epoch(), value, self.mode, self.min_delta) {
            self.bad_epochs = 0;
            if self.restore_best {
                self.best_parameters = Some(context.parameters().clone());
            }
        } else {
            self.bad_epochs += 1;
            self.stop_if_out_of_patience(context);
        }
        Ok(())
    }

    fn on_fit_end(&mut self, context: &mut FitContext<'_, T>) -> Result<()> {
        if let Some(best) = &self.best_parameters {
            context.restore(best, self.best.epoch);
        }
        Ok(())
    }

    fn state(&self) -> Option<CallbackState<T>> {
        let mut state = CallbackState::default();
        state.numbers.insert("bad epochs".into(), self.bad_epochs as f64);
        if let Some(best) = self.best.value {
            state.numbers.insert("best".into(), best);
            state.numbers.insert("best epoch".into(), self.best.epoch as f64);
        }
        if let Some(parameters) = &self.best_parameters {
            state.vectors.insert("best parameters".into(), parameters.as_slice().to_vec());
        }
        Some(state)
    }

    fn load_state(&mut self, mut state: CallbackState<T>) -> Result<(), String> {
        let count = |name: &str| match state.numbers.get(name) {
            Some(&n) if n >= 0.0 && n.fract() == 0.0 => Ok(n as u64),
            Some(n) => Err(format!("{name} is {n}")),
            None => Err(format!("{name} is missing")),
        };
        self.bad_epochs = count("bad epochs")?;
        self.best = match state.numbers.get("best") {
            Some(&value) => Best { value: Some(value), epoch: count("best epoch")? },
            None => Best::default(),
        };
        self.best_parameters = None;
        self.loaded = state.vectors.remove("best parameters");
        if self.restore_best && self.best.value.is_some() && self.loaded.is_none() {
            return Err("the best parameters are missing".into());
        }
        if !self.restore_best {
            self.loaded = None;
        }
        Ok(())
    }
}
