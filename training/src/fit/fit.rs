//! How a fit is configured.

use std::path::PathBuf;

use autodiff::tensor::Element;
use optimizers::{Hyperparameter, Optimizer};
use schedulers::{ReduceOnPlateau, Schedule};

use super::run::run;
use super::{FitResult, Metric};
use crate::callbacks::{Callback, Monitor};
use crate::data::{Dataset, Sampling};
use crate::error::{Error, Result};
use crate::layers::Model;
use crate::losses::Loss;

/// Fits a model to data: what is to be made small, how, on which batches and for how long.
///
/// Each update step takes the gradient of the mean loss of a batch and hands it to the
/// [`Optimizer`] with the learning rate `schedule.at(step) * factor`, where `step` counts the
/// update steps of the whole run from 0 and the factor is 1 unless there is a
/// [`plateau`](Self::plateau).
///
/// The result is a function of the settings, the data and the seed: the same on every run on the
/// same machine, also for a run that was interrupted and [resumed](Self::resume).
///
/// # Examples
/// Fits $y = 2x + 1$:
/// ```
/// use optimizers::{Optimizer, Sgd};
/// use training::data::{Dataset, Sampling};
/// use training::{Dense, Fit, MeanSquaredError, Model, Status};
///
/// let data = Dataset::regression(vec![0.0, 1.0, 2.0], 1, vec![1.0, 3.0, 5.0], 1)?;
/// let mut model = Model::<f64>::new(Dense::new(1), &[1], 0)?;
/// let optimizer = Optimizer::new(Sgd::new(), model.parameters().len());
/// let result = Fit::new(optimizer, MeanSquaredError)
///     .learning_rate(0.2)
///     .sampling(Sampling::FullBatch)
///     .epochs(200)
///     .run(&mut model, &data)?;
/// assert_eq!(result.status, Status::Completed);
/// let parameters = model.parameters().as_slice();
/// assert!((parameters[0] - 2.0).abs() < 1e-8 && (parameters[1] - 1.0).abs() < 1e-8);
/// # Ok::<(), training::Error>(())
/// ```
pub struct Fit<'a, T: Element> {
    pub(super) optimizer: Optimizer<T>,
    pub(super) loss: Box<dyn Loss<T> + 'a>,
    pub(super) schedule: Box<dyn Schedule + 'a>,
    pub(super) hyperparameters: Vec<(Hyperparameter, Box<dyn Schedule + 'a>)>,
    pub(super) plateau: Option<(ReduceOnPlateau, Monitor)>,
    pub(super) sampling: Sampling,
    pub(super) epochs: u64,
    pub(super) piece: usize,
    pub(super) validation: Option<&'a Dataset<T>>,
    pub(super) metric: Option<Box<dyn Metric<T> + 'a>>,
    pub(super) callbacks: Vec<Box<dyn Callback<T> + 'a>>,
    pub(super) seed: u64,
    pub(super) resume: Option<PathBuf>,
    pub(super) settings_may_change: bool,
}

impl<'a, T: Element> Fit<'a, T> {
    /// Makes `loss` small with `optimizer`, which is made for as many parameters as the model has.
    ///
    /// Until something else is said: learning rate 0.001, mini-batches of 32 in random order, 10
    /// epochs, seed 0, no validation, no metric, no callbacks.
    pub fn new(optimizer: Optimizer<T>, loss: impl Loss<T> + 'a) -> Self {
        Self {
            optimizer,
            loss: Box::new(loss),
            schedule: Box::new(1e-3),
            hyperparameters: Vec::new(),
            plateau: None,
            sampling: Sampling::MiniBatch { size: 32, drop_last: false },
            epochs: 10,
            piece: 4096,
            validation: None,
            metric: None,
            callbacks: Vec::new(),
            seed: 0,
            resume: None,
            settings_may_change: false,
        }
    }

    /// Sets the learning rate: a number, or a schedule of the number of the update step.
    #[must_use]
    pub fn learning_rate(mut self, schedule: impl Schedule + 'a) -> Self {
        self.schedule = Box::new(schedule);
        self
    }

    /// Lets a schedule of the number of the update step drive another hyper-parameter of the update
    /// rule, for example its momentum.
    #[must_use]
    pub fn hyperparameter(mut self, which: Hyperparameter, schedule: impl Schedule + 'a) -> Self {
        self.hyperparameters.push((which, Box::new(schedule)));
        self
    }

    /// Multiplies the learning rate by a factor that starts at 1 and is reduced by `rule` when
    /// `monitor`, looked at after each epoch, stops improving. A minimum in the rule is one of the
    /// factor.
    #[must_use]
    pub fn plateau(mut self, rule: ReduceOnPlateau, monitor: Monitor) -> Self {
        self.plateau = Some((rule, monitor));
        self
    }

    /// Sets how the items of an epoch are drawn and put into batches.
    #[must_use]
    pub fn sampling(mut self, sampling: Sampling) -> Self {
        self.sampling = sampling;
        self
    }

    /// Sets the number of epochs after which the fit is complete, with those before a resumption.
    #[must_use]
    pub fn epochs(mut self, epochs: u64) -> Self {
        self.epochs = epochs;
        self
    }

    /// Sets how many items pass through the model at once while training, 4096 by default.
    ///
    /// The gradient of a larger batch is the mean of the gradients of its pieces, weighted by
    /// their numbers of items; it is that of the whole batch but for rounding.
    ///
    /// # Errors
    /// [`Error::InvalidOption`] if it is 0.
    pub fn piece_size(mut self, items: usize) -> Result<Self> {
        if items == 0 {
            return Err(Error::invalid_option("piece_size", items, "at least 1"));
        }
        self.piece = items;
        Ok(self)
    }

    /// Computes the loss and the metric on these items after each epoch.
    #[must_use]
    pub fn validation(mut self, data: &'a Dataset<T>) -> Self {
        self.validation = Some(data);
        self
    }

    /// Computes a metric on the training and validation items in each epoch.
    #[must_use]
    pub fn metric(mut self, metric: impl Metric<T> + 'a) -> Self {
        self.metric = Some(Box::new(metric));
        self
    }

    /// Adds a callback, whose hooks run after those of the callbacks before it. To look at it
    /// afterwards, hand in `&mut callback`.
    #[must_use]
    pub fn callback(mut self, callback: impl Callback<T> + 'a) -> Self {
        self.callbacks.push(Box::new(callback));
        self
    }

    /// Sets the seed of the order of the items and of random layers.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Continues the run whose checkpoint is in this file, written by a
    /// [`Checkpoint`](crate::Checkpoint) of a fit with the same settings.
    ///
    /// The model's parameters and the optimizer's state are those of the checkpoint; the file must
    /// have been made with the same model, optimizer, loss, learning rates, batches, seed, numbers
    /// of items and callbacks with a state. Only the number of epochs may differ.
    #[must_use]
    pub fn resume(mut self, path: impl Into<PathBuf>) -> Self {
        self.resume = Some(path.into());
        self
    }

    /// Lets a checkpoint be continued with other settings, as long as its parameters and optimizer
    /// state fit. Callbacks without a state in the checkpoint start anew.
    #[must_use]
    pub fn allow_changed_settings(mut self) -> Self {
        self.settings_may_change = true;
        self
    }

    /// Fits `model` to `data`.
    ///
    /// # Errors
    /// Before the first step: [`Error::ShapeMismatch`] or [`Error::InvalidTargets`] if data,
    /// model, loss and metric do not fit together, [`Error::InvalidOption`] for impossible
    /// settings, errors of callbacks, and with [`resume`](Self::resume)
    /// [`Error::UnreadableInput`], [`Error::CorruptCheckpoint`] or [`Error::ForeignCheckpoint`].
    ///
    /// While fitting: [`Error::NonFiniteLoss`] and [`Error::NonFiniteGradient`] with step, epoch
    /// and parameter group, [`Error::NonFiniteParameter`], [`Error::NonFiniteValidationLoss`],
    /// [`Error::NonFiniteMetric`], [`Error::Schedule`] for a learning rate that is negative or not finite, and errors of
    /// callbacks. The model then holds the parameters before the failing step; if the steps before
    /// it have already made those infinite, the ones at the start of the epoch. Checkpoints stay
    /// as they are.
    pub fn run(self, model: &mut Model<T>, data: &Dataset<T>) -> Result<FitResult> {
        run(self, model, data)
    }
}

impl<T: Element> std::fmt::Debug for Fit<'_, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fit")
            .field("rule", self.optimizer.rule())
            .field("loss", &self.loss)
            .field("sampling", &self.sampling)
            .field("epochs", &self.epochs)
            .field("plateau", &self.plateau)
            .field("metric", &self.metric)
            .field("callbacks", &self.callbacks.iter().map(|c| c.name()).collect::<Vec<_>>())
            .field("seed", &self.seed)
            .field("resume", &self.resume)
            .finish_non_exhaustive()
    }
}
