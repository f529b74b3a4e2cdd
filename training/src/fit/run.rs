//! The loop over epochs and steps.

use std::time::Instant;

use autodiff::tensor::{Element, value_and_gradient_into};
use optimizers::{Hyperparameter, Optimizer};
use schedulers::{PlateauState, Schedule};

use super::batch::Batch;
use super::context::{FitContext, Position, Requests};
use super::evaluate::{check_data, evaluate_with};
use super::resume::{continue_from, settings, snapshot};
use super::{Fit, FitResult, Metric, Status};
use crate::callbacks::Callback;
use crate::data::{Dataset, Sampler};
use crate::error::{Error, Result};
use crate::layers::{Context, Model, Phase, step_generator};
use crate::losses::Loss;
use crate::report::{EpochRecord, History};

/// What changes while a fit runs.
pub(super) struct Run<'r, T: Element> {
    pub(super) model: &'r mut Model<T>,
    pub(super) optimizer: Optimizer<T>,
    pub(super) plateau: Option<PlateauState>,
    pub(super) history: History,
    pub(super) position: Position,
    requests: Requests,
    /// The derivatives of the loss of the batch.
    gradient: Vec<T>,
    /// Those of a piece of it, where it has several.
    piece_gradient: Vec<T>,
    batch: Batch<T>,
    evaluation: Batch<T>,
    /// The parameters at the start of the epoch.
    last_good: Vec<T>,
}

/// What does not change while a fit runs.
#[derive(Clone, Copy)]
struct Settings<'r, T: Element> {
    data: &'r Dataset<T>,
    loss: &'r dyn Loss<T>,
    metric: Option<&'r dyn Metric<T>>,
    schedule: &'r dyn Schedule,
    hyperparameters: &'r [(Hyperparameter, Box<dyn Schedule + 'r>)],
    piece: usize,
    seed: u64,
}

/// The sums over the items of an epoch.
#[derive(Default)]
struct Totals {
    items: usize,
    loss: f64,
    metric: f64,
}

type Callbacks<'a, T> = Vec<Box<dyn Callback<T> + 'a>>;

pub(super) fn run<T: Element>(
    fit: Fit<'_, T>,
    model: &mut Model<T>,
    data: &Dataset<T>,
) -> Result<FitResult> {
    let metric = fit.metric.as_deref();
    check_data("the training data", model, data, &*fit.loss, metric)?;
    if let Some(validation) = fit.validation {
        check_data("the validation data", model, validation, &*fit.loss, metric)?;
    }
    if fit.optimizer.dimension() != model.parameters().len() {
        let (expected, found) = (model.parameters().len(), fit.optimizer.dimension());
        return Err(optimizers::Error::GroupDimension { expected, found }.into());
    }
    if let Some((_, monitor)) = &fit.plateau {
        monitor.check(fit.validation.is_some(), metric.is_some())?;
    }
    let mut sampler = Sampler::new(fit.sampling, data.len(), fit.seed)?;
    let settings_text = settings(&fit, model, data);
    let settings = Settings {
        data,
        loss: &*fit.loss,
        metric,
        schedule: &*fit.schedule,
        hyperparameters: &fit.hyperparameters,
        piece: fit.piece,
        seed: fit.seed,
    };
    let plateau = match &fit.plateau {
        Some((rule, _)) => Some(rule.init(1.0)?),
        None => None,
    };
    let n = model.parameters().len();
    let pieces = sampler.batch_size().div_ceil(fit.piece);
    let mut run = Run {
        batch: Batch::new(model.input_shape()),
        evaluation: Batch::new(model.input_shape()),
        gradient: vec![T::ZERO; n],
        piece_gradient: vec![T::ZERO; if pieces > 1 { n } else { 0 }],
        last_good: model.parameters().as_slice().to_vec(),
        model,
        optimizer: fit.optimizer,
        plateau,
        history: History::default(),
        position: Position {
            epochs: fit.epochs,
            steps_per_epoch: sampler.batches_per_epoch() as u64,
            has_validation: fit.validation.is_some(),
            has_metric: metric.is_some(),
            ..Position::default()
        },
        requests: Requests::default(),
    };
    let mut callbacks = fit.callbacks;
    if let Some(path) = &fit.resume {
        let changes = fit.settings_may_change;
        continue_from(path, &mut run, &mut callbacks, &settings_text, fit.seed, changes)?;
    }

    run.call(&mut callbacks, false, |callback, context| callback.on_fit_start(context))?;
    while run.requests.stop.is_none() && run.position.epoch < fit.epochs {
        let epoch = run.position.epoch;
        let _span = tracing::info_span!("epoch", epoch).entered();
        let start = Instant::now();
        run.keep_parameters();
        run.call(&mut callbacks, false, |callback, context| callback.on_epoch_start(context))?;
        let mut totals = Totals::default();
        let mut batches = sampler.epoch(epoch);
        while run.requests.stop.is_none()
            && let Some(rows) = batches.next()
        {
            run.step(rows, &settings, &mut totals)?;
            run.call(&mut callbacks, false, |callback, context| callback.on_step_end(context))?;
        }
        if batches.len() > 0 {
            // Stopped in the middle of the epoch.
            break;
        }
        run.finish_epoch(&totals, &settings, fit.validation, start)?;
        if let (Some((rule, monitor)), Some(state)) = (&fit.plateau, &mut run.plateau)
            && let Some(value) = run.history.last().and_then(|record| monitor.value(record))
        {
            rule.update(state, value);
        }
        run.call(&mut callbacks, true, |callback, context| callback.on_epoch_end(context))?;
        run.position.epoch += 1;
        let last = run.requests.stop.is_some() || run.position.epoch == fit.epochs;
        let mut paths = std::mem::take(&mut run.requests.checkpoints);
        let if_last = std::mem::take(&mut run.requests.last_checkpoints);
        paths.extend(if_last.into_iter().filter(|_| last));
        if !paths.is_empty() {
            let snapshot = snapshot(&run, &callbacks, &settings_text, fit.seed);
            paths.iter().try_for_each(|path| snapshot.write(path))?;
        }
    }
    run.call(&mut callbacks, false, |callback, context| callback.on_fit_end(context))?;
    tracing::info!(steps = run.position.step, "fit ended");
    Ok(FitResult {
        status: run.requests.stop.take().unwrap_or(Status::Completed),
        best_epoch: run.history.best().map(|record| record.epoch),
        restored_epoch: run.requests.restored_epoch,
        steps: run.position.step,
        history: run.history,
    })
}

impl<T: Element> Run<'_, T> {
    /// Calls a hook of every callback.
    fn call<'a>(
        &mut self,
        callbacks: &mut Callbacks<'a, T>,
        epoch_finished: bool,
        mut hook: impl FnMut(&mut (dyn Callback<T> + 'a), &mut FitContext<'_, T>) -> Result<()>,
    ) -> Result<()> {
        for callback in callbacks {
            let mut context = FitContext {
                position: self.position,
                epoch_finished,
                history: &self.history,
                parameters: self.model.parameters_mut(),
                optimizer: self.optimizer.state(),
                requests: &mut self.requests,
            };
            hook(&mut **callback, &mut context)?;
        }
        Ok(())
    }

    fn keep_parameters(&mut self) {
        self.last_good.copy_from_slice(self.model.parameters().as_slice());
    }

    /// One update step on the items `rows`.
    fn step(
        &mut self,
        rows: &[usize],
        settings: &Settings<'_, T>,
        totals: &mut Totals,
    ) -> Result<()> {
        let step = self.position.step;
        let factor = self.plateau.map_or(1.0, |state| state.value);
        let learning_rate = settings.schedule.checked_at(step)? * factor;
        for (which, schedule) in settings.hyperparameters {
            self.optimizer.set_hyperparameter(*which, schedule.checked_at(step)?)?;
        }

        let mut random = step_generator(settings.seed, step);
        let (mut loss, mut metric) = (0.0, 0.0);
        for (piece, rows_of_piece) in rows.chunks(settings.piece).enumerate() {
            self.batch.gather(settings.data, rows_of_piece);
            let whole = rows_of_piece.len() == rows.len();
            let gradient = if whole { &mut self.gradient } else { &mut self.piece_gradient };
            let (batch, layer) = (&self.batch, self.model.layer());
            let parameters = self.model.parameters();
            let mean = value_and_gradient_into(
                |flat| {
                    let layout = parameters.layout();
                    let mut context = Context::new(flat, layout, Phase::Train, random.clone());
                    let outputs = layer.forward(batch.input(), &mut context);
                    random = context.into_random();
                    if let Some(wanted) = settings.metric {
                        metric += wanted.total(&outputs, &batch.targets());
                    }
                    settings.loss.value(&outputs, &batch.targets())
                },
                parameters.flat(),
                gradient,
            );
            let weight = rows_of_piece.len() as f64 / rows.len() as f64;
            loss += weight * mean.to_f64();
            if !whole {
                accumulate(&mut self.gradient, &self.piece_gradient, weight, piece == 0);
            }
        }
        if !loss.is_finite() {
            return Err(self.non_finite_loss(loss));
        }
        let parameters = self.model.parameters_mut().as_mut_slice();
        match self.optimizer.step(learning_rate, parameters, &mut self.gradient) {
            Ok(_) => {}
            Err(optimizers::Error::NonFiniteGradient { index, .. }) => {
                return Err(self.non_finite_gradient(index));
            }
            Err(error) => return Err(error.into()),
        }
        self.position.step += 1;
        self.position.learning_rate = learning_rate;
        self.position.loss = loss;
        totals.items += rows.len();
        totals.loss += loss * rows.len() as f64;
        totals.metric += metric;
        tracing::debug!(step, loss, learning_rate, "step");
        Ok(())
    }

    /// Validates and appends the record of the epoch.
    fn finish_epoch(
        &mut self,
        totals: &Totals,
        settings: &Settings<'_, T>,
        validation: Option<&Dataset<T>>,
        start: Instant,
    ) -> Result<()> {
        let epoch = self.position.epoch;
        // No checkpoint and no best parameters are made of values that are not finite.
        if let Some(group) = self.model.parameters().non_finite_group() {
            let group = Some(group.to_string());
            self.put_back_if_not_finite();
            return Err(Error::NonFiniteParameter { epoch, group });
        }
        let mut record = EpochRecord {
            epoch,
            step: self.position.step,
            train_loss: totals.loss / totals.items as f64,
            train_metric: settings.metric.map(|_| totals.metric / totals.items as f64),
            validation_loss: None,
            validation_metric: None,
            learning_rate: self.position.learning_rate,
            seconds: 0.0,
        };
        if let Some(data) = validation {
            let (loss, metric) = (settings.loss, settings.metric);
            let result = evaluate_with(&mut self.evaluation, self.model, data, loss, metric);
            if !result.loss.is_finite() {
                return Err(Error::NonFiniteValidationLoss { epoch, loss: result.loss });
            }
            record.validation_loss = Some(result.loss);
            record.validation_metric = result.metric;
        }
        if let Some(wanted) = settings.metric {
            let values = [record.train_metric, record.validation_metric];
            if let Some(value) = values.into_iter().flatten().find(|value| !value.is_finite()) {
                return Err(Error::NonFiniteMetric { metric: wanted.name(), epoch, value });
            }
        }
        record.seconds = start.elapsed().as_secs_f64();
        tracing::info!(
            train_loss = record.train_loss,
            train_metric = record.train_metric,
            validation_loss = record.validation_loss,
            validation_metric = record.validation_metric,
            learning_rate = record.learning_rate,
            seconds = record.seconds,
            "epoch ended",
        );
        self.history.epochs.push(record);
        Ok(())
    }

    #[cold]
    fn non_finite_loss(&mut self, loss: f64) -> Error {
        // Parameters that overflowed are the cause; else the derivatives show where it is.
        let parameters = self.model.parameters();
        let group = parameters.non_finite_group().or_else(|| {
            let index = self.gradient.iter().position(|value| !value.is_finite())?;
            parameters.layout().entry_at(index).map(|entry| entry.group.as_str())
        });
        let group = group.map(str::to_string);
        self.put_back_if_not_finite();
        Error::NonFiniteLoss { step: self.position.step, epoch: self.position.epoch, loss, group }
    }

    #[cold]
    fn non_finite_gradient(&mut self, index: usize) -> Error {
        let entry = self.model.parameters().layout().entry_at(index);
        let group = entry.map(|entry| entry.group.clone());
        self.put_back_if_not_finite();
        Error::NonFiniteGradient { step: self.position.step, epoch: self.position.epoch, group }
    }

    /// Puts back the parameters of the start of the epoch if the current ones have overflowed.
    fn put_back_if_not_finite(&mut self) {
        if self.model.parameters().non_finite_group().is_some() {
            self.model.parameters_mut().as_mut_slice().copy_from_slice(&self.last_good);
        }
    }
}

/// Adds a weighted piece to a gradient; the first piece overwrites what was there.
fn accumulate<T: Element>(gradient: &mut [T], piece: &[T], weight: f64, first: bool) {
    let weight = T::from_f64(weight);
    for (g, &p) in gradient.iter_mut().zip(piece) {
        *g = if first { weight * p } else { *g + weight * p };
    }
}
