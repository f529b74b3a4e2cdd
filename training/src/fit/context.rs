//! What a callback sees of a fit, and what it can ask for.

use std::path::{Path, PathBuf};

use autodiff::tensor::Element;
use optimizers::State;

use super::Status;
use crate::parameters::Parameters;
use crate::report::{EpochRecord, History};

/// Where a fit is.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Position {
    pub(super) epoch: u64,
    pub(super) epochs: u64,
    pub(super) step: u64,
    pub(super) steps_per_epoch: u64,
    pub(super) learning_rate: f64,
    pub(super) loss: f64,
    pub(super) has_validation: bool,
    pub(super) has_metric: bool,
}

/// What callbacks have asked for.
#[derive(Debug, Default)]
pub(super) struct Requests {
    pub(super) stop: Option<Status>,
    pub(super) checkpoints: Vec<PathBuf>,
    pub(super) last_checkpoints: Vec<PathBuf>,
    pub(super) restored_epoch: Option<u64>,
}

/// What a [`Callback`](crate::Callback) sees of a fit, and what it can ask for.
#[derive(Debug)]
pub struct FitContext<'a, T: Element> {
    pub(super) position: Position,
    pub(super) epoch_finished: bool,
    pub(super) history: &'a History,
    pub(super) parameters: &'a mut Parameters<T>,
    pub(super) optimizer: &'a State<T>,
    pub(super) requests: &'a mut Requests,
}

impl<T: Element> FitContext<'_, T> {
    /// The number of the epoch, counted from 0.
    pub fn epoch(&self) -> u64 {
        self.position.epoch
    }

    /// The number of epochs after which the fit is complete.
    pub fn epochs(&self) -> u64 {
        self.position.epochs
    }

    /// The number of update steps taken in the whole run.
    pub fn step(&self) -> u64 {
        self.position.step
    }

    /// The number of update steps of an epoch.
    pub fn steps_per_epoch(&self) -> u64 {
        self.position.steps_per_epoch
    }

    /// The learning rate of the last step, 0 before the first one.
    pub fn learning_rate(&self) -> f64 {
        self.position.learning_rate
    }

    /// The loss of the last step's batch, before the step; 0 before the first one.
    pub fn step_loss(&self) -> f64 {
        self.position.loss
    }

    /// Whether there are validation items.
    pub fn has_validation(&self) -> bool {
        self.position.has_validation
    }

    /// Whether a metric is computed.
    pub fn has_metric(&self) -> bool {
        self.position.has_metric
    }

    /// The record of the epoch that has just ended; `None` while it is running.
    pub fn record(&self) -> Option<&EpochRecord> {
        if self.epoch_finished { self.history.last() } else { None }
    }

    /// The finished epochs.
    pub fn history(&self) -> &History {
        self.history
    }

    /// The parameters.
    pub fn parameters(&self) -> &Parameters<T> {
        self.parameters
    }

    /// The parameters, to be changed.
    pub fn parameters_mut(&mut self) -> &mut Parameters<T> {
        self.parameters
    }

    /// What the update rule remembers.
    pub fn optimizer_state(&self) -> &State<T> {
        self.optimizer
    }

    /// Puts back parameters that were kept, and reports the epoch they come from in
    /// [`FitResult::restored_epoch`](crate::FitResult::restored_epoch).
    ///
    /// # Panics
    /// Where they have another length than the parameters of the model.
    #[track_caller]
    pub fn restore(&mut self, parameters: &Parameters<T>, epoch: u64) {
        self.parameters.as_mut_slice().copy_from_slice(parameters.as_slice());
        self.requests.restored_epoch = Some(epoch);
    }

    /// Asks to stop. The first request counts and becomes the fit's status.
    pub fn request_stop(&mut self, callback: &'static str, reason: impl Into<String>) {
        if self.requests.stop.is_none() {
            let callback = callback.to_string();
            self.requests.stop =
                Some(Status::StoppedByCallback { callback, reason: reason.into() });
        }
    }

    /// Asks to stop because the monitored quantity no longer improves.
    pub fn request_early_stop(&mut self, best_epoch: u64) {
        if self.requests.stop.is_none() {
            self.requests.stop = Some(Status::EarlyStopped { best_epoch });
        }
    }

    /// Asks for a checkpoint, written when all callbacks have seen the end of the epoch.
    ///
    /// A checkpoint holds the state between two epochs, so that a request counts only in
    /// [`on_epoch_end`](crate::Callback::on_epoch_end).
    pub fn request_checkpoint(&mut self, path: &Path) {
        if self.epoch_finished {
            self.requests.checkpoints.push(path.to_path_buf());
        }
    }

    /// Asks for a checkpoint in case the fit ends with this epoch.
    pub fn request_checkpoint_if_last(&mut self, path: &Path) {
        if self.epoch_finished {
            self.requests.last_checkpoints.push(path.to_path_buf());
        }
    }
}
