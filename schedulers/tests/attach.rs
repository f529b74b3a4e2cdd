//! Schedules that drive the hyper-parameters of optimizers.
#![cfg(feature = "optimizers")]

use optimizers::{AdamW, Hyperparameter, Optimizer, Sgd};
use schedulers::{
    CosineAnnealing, Error, ExponentialDecay, Linear, Schedule, ScheduledOptimizer, StepDecay,
};

/// The gradient of `sum (i + 1) x_i^2 / 2`.
fn gradient(x: &[f64]) -> Vec<f64> {
    x.iter().enumerate().map(|(i, x)| (i + 1) as f64 * x).collect()
}

fn run(scheduled: &mut ScheduledOptimizer<f64>, x: &mut [f64], steps: usize) {
    for _ in 0..steps {
        let mut g = gradient(x);
        scheduled.step(x, &mut g).unwrap();
    }
}

fn adamw() -> ScheduledOptimizer<f64> {
    let optimizer = Optimizer::new(AdamW::new(), 3);
    let rate = Linear::warmup(0.1, 5).unwrap().then(5, CosineAnnealing::new(0.1, 0.0, 30).unwrap());
    ScheduledOptimizer::new(optimizer, rate)
        .with_hyperparameter(Hyperparameter::WeightDecay, Linear::new(0.0, 0.1, 20).unwrap())
        .unwrap()
        .with_hyperparameter(Hyperparameter::Beta1, Linear::new(0.95, 0.85, 20).unwrap())
        .unwrap()
}

#[test]
fn plain_gradient_descent_follows_the_schedule() {
    let rate = StepDecay::new(0.5, 2, 0.5).unwrap();
    let mut scheduled = ScheduledOptimizer::new(Optimizer::new(Sgd::new(), 1), rate);
    let mut x = [1.0];
    let mut expected = 1.0;
    for step in 0..6 {
        assert_eq!(scheduled.learning_rate(), Ok(rate.at(step)));
        expected -= rate.at(step) * expected;
        let mut g = x;
        let summary = scheduled.step(&mut x, &mut g).unwrap();
        assert_eq!(summary.step, scheduled.optimizer().state().step);
        assert_eq!(x, [expected]);
    }
}

#[test]
fn driven_hyperparameters_have_their_value_at_the_step() {
    let mut scheduled = adamw();
    let mut x = [1.0, -2.0, 3.0];
    let weight_decay = Linear::new(0.0, 0.1, 20).unwrap();
    for step in 0..25 {
        run(&mut scheduled, &mut x, 1);
        let found = scheduled.optimizer().hyperparameter(Hyperparameter::WeightDecay);
        assert_eq!(found, Some(weight_decay.at(step)));
    }
    let optimizer = scheduled.into_optimizer();
    assert_eq!(optimizer.hyperparameter(Hyperparameter::Beta1), Some(0.85));
}

#[test]
fn a_resumed_run_is_bit_for_bit_the_same() {
    let start = [1.0, -2.0, 3.0];
    let mut whole = start;
    run(&mut adamw(), &mut whole, 40);
    for stop_at in [0, 1, 5, 17, 39] {
        let mut first = adamw();
        let mut x = start;
        run(&mut first, &mut x, stop_at);
        let saved = first.optimizer().state().clone();

        let mut second = adamw();
        second.optimizer_mut().load_state(saved).unwrap();
        run(&mut second, &mut x, 40 - stop_at);
        assert_eq!(x.map(f64::to_bits), whole.map(f64::to_bits), "stopped at {stop_at}");
    }
}

#[test]
fn single_precision_is_driven_too() {
    let optimizer = Optimizer::<f32>::new(Sgd::new(), 1);
    let mut scheduled = ScheduledOptimizer::new(optimizer, 0.5);
    let mut x = [1.0f32];
    let mut g = [1.0f32];
    scheduled.step(&mut x, &mut g).unwrap();
    assert_eq!(x, [0.5]);
}

#[test]
fn a_hyperparameter_that_the_rule_lacks_is_refused_when_attached() {
    let scheduled = ScheduledOptimizer::new(Optimizer::<f64>::new(Sgd::new(), 1), 0.1);
    let error = scheduled.with_hyperparameter(Hyperparameter::Beta2, 0.9).unwrap_err();
    assert!(
        matches!(
            error,
            Error::Optimizer(optimizers::Error::NoSuchHyperparameter {
                hyperparameter: Hyperparameter::Beta2,
                ..
            })
        ),
        "{error}"
    );
}

#[test]
fn a_value_outside_of_its_domain_is_refused() {
    let adam = || ScheduledOptimizer::new(Optimizer::<f64>::new(AdamW::new(), 1), 0.1);
    assert!(matches!(
        adam().with_hyperparameter(Hyperparameter::Beta1, 1.5),
        Err(Error::Optimizer(optimizers::Error::InvalidValue { .. }))
    ));
    assert!(matches!(
        adam().with_hyperparameter(Hyperparameter::Beta1, f64::NAN),
        Err(Error::ScheduledValue { step: 0, .. })
    ));
}

#[test]
fn a_bad_rate_stops_the_step_and_changes_nothing() {
    let rate = |step: u64| if step < 2 { 0.1 } else { f64::NAN };
    let mut scheduled = ScheduledOptimizer::new(Optimizer::new(Sgd::new(), 1), rate);
    let mut x = [1.0];
    run(&mut scheduled, &mut x, 2);
    let before = (x, scheduled.optimizer().state().clone());
    let error = scheduled.step(&mut x, &mut [1.0]).unwrap_err();
    assert!(matches!(error, Error::ScheduledValue { step: 2, value } if value.is_nan()));
    assert!(scheduled.learning_rate().is_err());
    assert_eq!((x, scheduled.optimizer().state().clone()), before);
}

#[test]
fn a_gradient_that_is_not_finite_is_an_error() {
    let rate = ExponentialDecay::new(0.1, 0.9).unwrap();
    let mut scheduled = ScheduledOptimizer::new(Optimizer::new(Sgd::new(), 1), rate);
    let mut x = [1.0];
    let error = scheduled.step(&mut x, &mut [f64::INFINITY]).unwrap_err();
    assert!(matches!(error, Error::Optimizer(optimizers::Error::NonFiniteGradient { .. })));
    assert_eq!(x, [1.0]);
}

#[test]
fn the_later_schedule_of_a_hyperparameter_replaces_the_earlier() {
    let rule = Sgd::new().with_momentum(0.5).unwrap();
    let mut scheduled = ScheduledOptimizer::new(Optimizer::new(rule, 1), 0.1)
        .with_hyperparameter(Hyperparameter::Momentum, 0.6)
        .unwrap()
        .with_hyperparameter(Hyperparameter::Momentum, 0.7)
        .unwrap();
    run(&mut scheduled, &mut [1.0], 1);
    assert_eq!(scheduled.optimizer().hyperparameter(Hyperparameter::Momentum), Some(0.7));
    assert!(format!("{scheduled:?}").contains("Momentum"));
}

#[test]
fn a_scheduled_optimizer_crosses_threads() {
    fn assert_send_sync<T: Send + Sync>() {}
    assert_send_sync::<ScheduledOptimizer<f64>>();
}
