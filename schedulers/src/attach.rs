//! Driving the hyper-parameters of an optimizer by schedules.

use calculus_core::Float;
use optimizers::{Hyperparameter, Optimizer, StepSummary};

use crate::error::{Error, Result};
use crate::schedule::Schedule;

/// A schedule that may cross threads together with the optimizer that it drives.
type BoxedSchedule = Box<dyn Schedule + Send + Sync>;

/// An optimizer whose learning rate, and further hyper-parameters if wanted, follow schedules.
///
/// The number of the step is the one that the optimizer's state counts. So there is nothing to
/// save besides that state: load it into the optimizer of a resumed run, and the schedules go on
/// where they were.
///
/// ```
/// use optimizers::{Hyperparameter, Optimizer, Sgd};
/// use schedulers::{Linear, ScheduledOptimizer, StepDecay};
///
/// let rule = Sgd::new().with_momentum(0.5)?;
/// let optimizer = Optimizer::<f64>::new(rule, 1);
/// let mut scheduled = ScheduledOptimizer::new(optimizer, StepDecay::new(0.4, 2, 0.5)?)
///     .with_hyperparameter(Hyperparameter::Momentum, Linear::new(0.5, 0.75, 4)?)?;
///
/// let mut x = [1.0];
/// for _ in 0..3 {
///     // The gradient of x^2 / 2 is x.
///     let mut gradient = x;
///     scheduled.step(&mut x, &mut gradient)?;
/// }
/// assert_eq!(scheduled.optimizer().state().step, 3);
/// assert_eq!(scheduled.learning_rate()?, 0.2);
/// assert_eq!(scheduled.optimizer().hyperparameter(Hyperparameter::Momentum), Some(0.625));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct ScheduledOptimizer<T: Float> {
    optimizer: Optimizer<T>,
    learning_rate: BoxedSchedule,
    hyperparameters: Vec<(Hyperparameter, BoxedSchedule)>,
}

impl<T: Float> ScheduledOptimizer<T> {
    /// Drives the learning rate of an optimizer by a schedule.
    ///
    /// The schedule must be `Send` and `Sync`, as the optimizer is. The schedules of this crate
    /// are; a boxed one is passed as `Box<dyn Schedule + Send + Sync>`.
    pub fn new(
        optimizer: Optimizer<T>,
        learning_rate: impl Schedule + Send + Sync + 'static,
    ) -> Self {
        Self { optimizer, learning_rate: Box::new(learning_rate), hyperparameters: Vec::new() }
    }

    /// Drives a further hyper-parameter; a schedule that drove it before is replaced.
    ///
    /// The hyper-parameter takes its value for the next step at once, so that one that the rule
    /// does not have is refused here and not in the middle of a run.
    ///
    /// # Errors
    ///
    /// [`Error::Optimizer`] when the rule does not have this hyper-parameter or refuses the value,
    /// [`Error::ScheduledValue`] when the value is negative or not finite.
    pub fn with_hyperparameter(
        mut self,
        which: Hyperparameter,
        schedule: impl Schedule + Send + Sync + 'static,
    ) -> Result<Self> {
        let value = schedule.checked_at(self.optimizer.state().step)?;
        self.optimizer.set_hyperparameter(which, value).map_err(Error::Optimizer)?;
        self.hyperparameters.retain(|(driven, _)| *driven != which);
        self.hyperparameters.push((which, Box::new(schedule)));
        Ok(self)
    }

    /// Takes the next step: sets the hyper-parameters to their values at this step, and updates
    /// the parameters with the learning rate at this step.
    ///
    /// As in [`Optimizer::step`], `gradient` is overwritten by the one that was used.
    ///
    /// # Errors
    ///
    /// [`Error::ScheduledValue`] when a schedule gives a negative value or one that is not finite,
    /// [`Error::Optimizer`] when the rule refuses a value or the gradient is not finite. Parameters
    /// and state are then unchanged.
    ///
    /// # Panics
    ///
    /// When the length of `parameters` or `gradient` is not the dimension of the optimizer.
    #[track_caller]
    pub fn step(&mut self, parameters: &mut [T], gradient: &mut [T]) -> Result<StepSummary> {
        let step = self.optimizer.state().step;
        let learning_rate = self.learning_rate.checked_at(step)?;
        for (which, schedule) in &self.hyperparameters {
            let value = schedule.checked_at(step)?;
            self.optimizer.set_hyperparameter(*which, value).map_err(Error::Optimizer)?;
        }
        self.optimizer.step(learning_rate, parameters, gradient).map_err(Error::Optimizer)
    }

    /// The learning rate of the next step.
    ///
    /// # Errors
    ///
    /// [`Error::ScheduledValue`] when it is negative or not finite.
    pub fn learning_rate(&self) -> Result<f64> {
        self.learning_rate.checked_at(self.optimizer.state().step)
    }

    /// The optimizer.
    pub fn optimizer(&self) -> &Optimizer<T> {
        &self.optimizer
    }

    /// The optimizer, to load a state into it for instance.
    pub fn optimizer_mut(&mut self) -> &mut Optimizer<T> {
        &mut self.optimizer
    }

    /// Gives the optimizer back, with the hyper-parameters of the last step.
    pub fn into_optimizer(self) -> Optimizer<T> {
        self.optimizer
    }
}

impl<T: Float> std::fmt::Debug for ScheduledOptimizer<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let driven: Vec<Hyperparameter> =
            self.hyperparameters.iter().map(|(which, _)| *which).collect();
        f.debug_struct("ScheduledOptimizer")
            .field("optimizer", &self.optimizer)
            .field("hyperparameters", &driven)
            .finish_non_exhaustive()
    }
}
