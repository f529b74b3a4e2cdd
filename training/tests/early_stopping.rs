//! Early stopping: counting, margins, modes, and what is put back.

use optimizers::{Optimizer, Sgd};
use training::data::{Dataset, Sampling};
use training::{
    Callback, Dense, EarlyStopping, Error, Fit, FitContext, FitResult, Initializer,
    MeanAbsoluteError, MeanSquaredError, Mode, Model, Monitor, Status,
};

/// Sets the only parameter at the start of each epoch: with a learning rate of 0 the loss of epoch
/// `i` is the square of `script[i]`, and the mean absolute error is its modulus.
struct Script(Vec<f64>);

impl Callback<f64> for Script {
    fn name(&self) -> &'static str {
        "script"
    }
    fn on_epoch_start(&mut self, context: &mut FitContext<'_, f64>) -> training::Result<()> {
        let value = self.0[context.epoch() as usize];
        context.parameters_mut().as_mut_slice()[0] = value;
        Ok(())
    }
}

fn run(script: &[f64], stopping: EarlyStopping<f64>) -> (FitResult, f64) {
    let data = Dataset::regression(vec![1.0], 1, vec![0.0], 1).unwrap();
    let layer = Dense::new(1).without_bias().initializer(Initializer::Zeros);
    let mut model = Model::new(layer, &[1], 0).unwrap();
    let result = Fit::new(Optimizer::new(Sgd::new(), 1), MeanSquaredError)
        .learning_rate(0.0)
        .sampling(Sampling::FullBatch)
        .epochs(script.len() as u64)
        .validation(&data)
        .metric(MeanAbsoluteError)
        .callback(Script(script.to_vec()))
        .callback(stopping)
        .run(&mut model, &data)
        .unwrap();
    (result, model.parameters().as_slice()[0])
}

fn stopping() -> EarlyStopping<f64> {
    EarlyStopping::new(Monitor::ValidationLoss)
}

#[test]
fn the_fit_ends_with_the_epoch_that_uses_up_the_patience() {
    // Epoch 1 is the best; epochs 2, 3 and 4 do not improve.
    let script = [3.0, 1.0, 2.0, 1.5, 1.0, 0.1, 0.1];
    let (result, parameter) = run(&script, stopping().patience(3));
    assert_eq!(result.status, Status::EarlyStopped { best_epoch: 1 });
    assert_eq!(result.history.len(), 5);
    assert_eq!((result.best_epoch, result.restored_epoch, parameter), (Some(1), Some(1), 1.0));
    // Patience 0 counts as 1.
    for patience in [0, 1] {
        let (result, _) = run(&script, stopping().patience(patience));
        assert_eq!(result.history.len(), 3);
    }
    // With more patience the improvement of epoch 5 is seen, and starts the count again.
    let (result, parameter) = run(&script, stopping().patience(4));
    assert_eq!((result.status, parameter), (Status::Completed, 0.1));
}

#[test]
fn an_improvement_must_beat_the_margin() {
    // Losses 4, 3.61, 3.24, 2.89, 2.56: each is 0.3 to 0.4 better than the one before.
    let script = [2.0, 1.9, 1.8, 1.7, 1.6];
    let (result, _) = run(&script, stopping().patience(2));
    assert_eq!(result.status, Status::Completed);
    let strict = stopping().patience(2).min_delta(0.5).unwrap();
    let (result, parameter) = run(&script, strict);
    // Against the best (4.0) epoch 1 is no improvement, epoch 2 (3.24) is, epoch 3 (2.89) is not,
    // and epoch 4 (2.56) is.
    assert_eq!((result.status, parameter), (Status::Completed, 1.6));
    let stricter = stopping().patience(2).min_delta(1.0).unwrap();
    let (result, parameter) = run(&script, stricter);
    assert_eq!(result.status, Status::EarlyStopped { best_epoch: 0 });
    assert_eq!((result.history.len(), parameter), (3, 2.0));
}

#[test]
fn the_mode_decides_what_is_better() {
    let script = [1.0, 2.0, 3.0, 2.0, 1.0];
    let upwards = EarlyStopping::new(Monitor::ValidationMetric).patience(2);
    let (result, parameter) = run(&script, upwards.clone());
    assert_eq!(result.status, Status::EarlyStopped { best_epoch: 2 });
    assert_eq!((result.history.len(), parameter), (5, 3.0));
    let (result, parameter) = run(&script, upwards.mode(Mode::Minimize));
    assert_eq!(result.status, Status::EarlyStopped { best_epoch: 0 });
    assert_eq!((result.history.len(), parameter), (3, 1.0));
}

#[test]
fn the_best_parameters_are_put_back_also_after_the_last_epoch() {
    let script = [3.0, 1.0, 2.0];
    let (result, parameter) = run(&script, stopping().patience(10));
    assert_eq!((result.status, result.restored_epoch), (Status::Completed, Some(1)));
    assert_eq!(parameter, 1.0);
    let (result, parameter) = run(&script, stopping().patience(10).restore_best(false));
    assert_eq!((result.restored_epoch, parameter), (None, 2.0));
}

#[test]
fn impossible_settings_are_errors() {
    for delta in [-1e-9, f64::NAN, f64::INFINITY] {
        let error = stopping().min_delta(delta).unwrap_err();
        assert!(error.to_string().contains(&delta.to_string()), "{error}");
    }
    let data = Dataset::regression(vec![1.0], 1, vec![0.0], 1).unwrap();
    let mut model = Model::<f64>::new(Dense::new(1), &[1], 0).unwrap();
    let error = Fit::new(Optimizer::new(Sgd::new(), 2), MeanSquaredError)
        .callback(stopping())
        .run(&mut model, &data)
        .unwrap_err();
    assert!(matches!(error, Error::InvalidOption { name: "monitor", .. }), "{error}");
}
