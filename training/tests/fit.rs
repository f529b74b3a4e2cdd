//! The fit loop: what it converges to, how it weights, and how it fails.

use autodiff::tensor::Tensor;
use optimizers::{
    Adam, AdamW, ClipByGlobalNorm, Group, Groups, Hyperparameter, L2, Optimizer, Sgd,
};
use schedulers::{ReduceOnPlateau, Schedule};
use training::data::{Dataset, Sampling};
use training::{
    Accuracy, Activation, BinaryAccuracy, BinaryCrossEntropy, Callback, Dense, Dropout, Error, Fit,
    FitContext, Initializer, MeanAbsoluteError, MeanSquaredError, Metric, Model, Monitor, Residual,
    Sequential, SoftmaxCrossEntropy, Status, evaluate,
};

/// Irregular numbers in [-1, 1].
fn numbers(n: usize, phase: f64) -> Vec<f64> {
    (0..n).map(|i| ((i * i) as f64 * 0.7 + i as f64 * 1.3 + phase).sin()).collect()
}

fn regression(rows: usize) -> Dataset<f64> {
    let features = numbers(rows * 2, 0.3);
    let noise = numbers(rows, 2.0);
    let targets: Vec<f64> = (0..rows)
        .map(|i| 3.0 * features[2 * i] - 2.0 * features[2 * i + 1] + 0.5 + 0.1 * noise[i])
        .collect();
    Dataset::regression(features, 2, targets, 1).unwrap()
}

/// The minimiser of a linear model's squared error: the solution of (A^T A) w = A^T t for the
/// columns x0, x1, 1, by Cramer's rule.
fn normal_equations(data: &Dataset<f64>, ridge: f64) -> [f64; 3] {
    let (mut a, mut b) = ([[0.0; 3]; 3], [0.0; 3]);
    for i in 0..data.len() {
        let row = [data.row(i)[0], data.row(i)[1], 1.0];
        for j in 0..3 {
            for k in 0..3 {
                a[j][k] += row[j] * row[k];
            }
            b[j] += row[j] * data.target_values().unwrap()[i];
        }
    }
    for (j, row) in a.iter_mut().enumerate() {
        row[j] += ridge;
    }
    let determinant = |m: [[f64; 3]; 3]| {
        m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1])
            - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0])
            + m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0])
    };
    std::array::from_fn(|column| {
        let mut replaced = a;
        for (row, &value) in replaced.iter_mut().zip(&b) {
            row[column] = value;
        }
        determinant(replaced) / determinant(a)
    })
}

#[test]
fn linear_regression_equals_the_normal_equations() {
    let data = regression(50);
    for ridge in [0.0, 2.5] {
        let mut model = Model::<f64>::new(Dense::new(1), &[2], 1).unwrap();
        let mut optimizer = Optimizer::new(Sgd::new(), 3);
        if ridge > 0.0 {
            // The loss is the mean of squares: a ridge of r on the sum is r / n on the mean, whose
            // gradient is 2 r / n times the parameters.
            optimizer = optimizer.with_transform(L2::new(2.0 * ridge / 50.0).unwrap());
        }
        let result = Fit::new(optimizer, MeanSquaredError)
            .learning_rate(0.4)
            .sampling(Sampling::FullBatch)
            .epochs(500)
            .run(&mut model, &data)
            .unwrap();
        assert_eq!((result.status, result.steps), (Status::Completed, 500));
        let expected = normal_equations(&data, ridge);
        for (found, expected) in model.parameters().as_slice().iter().zip(expected) {
            assert!((found - expected).abs() < 1e-10, "{found} {expected}");
        }
    }
}

fn xor() -> (Vec<f64>, Vec<usize>) {
    (vec![0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0], vec![0, 1, 1, 0])
}

#[test]
fn a_small_network_learns_exclusive_or() {
    let (features, labels) = xor();
    let data = Dataset::classification(features, 2, labels, 2).unwrap();
    let tanh = || Dense::new(8).initializer(Initializer::XAVIER_UNIFORM);
    let network = Sequential::new().add(tanh()).add(Activation::Tanh).add(Dense::new(1));
    let mut model = Model::new(network, &[2], 3).unwrap();
    let result =
        Fit::new(Optimizer::new(Adam::new(), model.parameters().len()), BinaryCrossEntropy)
            .learning_rate(0.05)
            .sampling(Sampling::FullBatch)
            .epochs(400)
            .metric(BinaryAccuracy)
            .run(&mut model, &data)
            .unwrap();
    let last = result.history.last().unwrap();
    assert!(last.train_loss < 0.01, "{}", last.train_loss);
    assert_eq!(last.train_metric, Some(1.0));
}

/// Three clouds of points.
fn clouds(rows: usize) -> Dataset<f32> {
    let centres = [[0.0, 1.0], [0.9, -0.5], [-0.9, -0.5]];
    let noise = numbers(rows * 2, 5.0);
    let labels: Vec<usize> = (0..rows).map(|i| i * 7 % 3).collect();
    let features = (0..rows * 2).map(|i| (centres[labels[i / 2]][i % 2] + 0.4 * noise[i]) as f32);
    Dataset::classification(features.collect(), 2, labels, 3).unwrap()
}

#[test]
fn every_way_of_drawing_batches_learns() {
    let data = clouds(150);
    let samplings = [
        (Sampling::FullBatch, 300, 1),
        (Sampling::MiniBatch { size: 16, drop_last: false }, 30, 10),
        (Sampling::MiniBatch { size: 16, drop_last: true }, 30, 9),
        (Sampling::WithReplacement { size: 16, drop_last: false }, 30, 10),
        (Sampling::Online, 5, 150),
    ];
    for (sampling, epochs, steps) in samplings {
        let network = Sequential::new()
            .add(Dense::new(16))
            .add(Activation::Relu)
            .add(Dropout::new(0.1))
            .add(Residual::new(Dense::new(16).initializer(Initializer::Zeros)))
            .add(Dense::new(3));
        let mut model = Model::new(network, &[2], 0).unwrap();
        let optimizer = Optimizer::new(AdamW::new(), model.parameters().len())
            .with_transform(ClipByGlobalNorm::new(1.0).unwrap());
        let result = Fit::new(optimizer, SoftmaxCrossEntropy)
            .learning_rate(0.01)
            .sampling(sampling)
            .epochs(epochs)
            .metric(Accuracy)
            .validation(&data)
            .run(&mut model, &data)
            .unwrap();
        assert_eq!(result.steps, epochs * steps, "{sampling:?}");
        let last = result.history.last().unwrap();
        assert!(last.validation_metric.unwrap() > 0.97, "{sampling:?}: {last:?}");
        let metric: &dyn Metric<f32> = &Accuracy;
        let after = evaluate(&model, &data, &SoftmaxCrossEntropy, Some(metric)).unwrap();
        assert_eq!(Some(after.loss), last.validation_loss);
        assert_eq!(after.metric, last.validation_metric);
    }
}

/// Keeps the parameters after each step.
#[derive(Default)]
struct Trajectory(Vec<Vec<f64>>);

impl Callback<f64> for Trajectory {
    fn name(&self) -> &'static str {
        "trajectory"
    }
    fn on_step_end(&mut self, context: &mut FitContext<'_, f64>) -> training::Result<()> {
        self.0.push(context.parameters().as_slice().to_vec());
        Ok(())
    }
}

#[test]
fn a_batch_in_pieces_has_the_gradient_of_the_whole() {
    let data = regression(50);
    let train = |piece: usize| {
        let mut model = Model::<f64>::new(Dense::new(1), &[2], 1).unwrap();
        let mut trajectory = Trajectory::default();
        let optimizer = Optimizer::new(Sgd::new(), 3);
        let result = Fit::new(optimizer, MeanSquaredError)
            .learning_rate(0.1)
            .sampling(Sampling::FullBatch)
            .piece_size(piece)
            .unwrap()
            .epochs(5)
            .metric(MeanAbsoluteError)
            .callback(&mut trajectory)
            .run(&mut model, &data)
            .unwrap();
        (trajectory.0, result.history)
    };
    let (whole, history) = train(50);
    // 50 = 7 * 7 + 1: the last piece has one item.
    for piece in [1, 7, 49] {
        let (pieces, by_piece) = train(piece);
        for (a, b) in whole.iter().flatten().zip(pieces.iter().flatten()) {
            assert!((a - b).abs() < 1e-14 * 10.0, "{a} {b}");
        }
        for (a, b) in history.epochs.iter().zip(&by_piece.epochs) {
            assert!((a.train_loss - b.train_loss).abs() < 1e-13);
            assert!((a.train_metric.unwrap() - b.train_metric.unwrap()).abs() < 1e-13);
        }
    }
}

#[test]
fn the_loss_of_an_epoch_weights_an_unequal_last_batch_by_its_items() {
    let data = regression(10);
    let mut model = Model::<f64>::new(Dense::new(1), &[2], 1).unwrap();
    let before = evaluate(&model, &data, &MeanSquaredError, None).unwrap();
    // With a learning rate of 0 the parameters stay, and batches of 4, 4 and 2 add up to the mean.
    let result = Fit::new(Optimizer::new(Sgd::new(), 3), MeanSquaredError)
        .learning_rate(0.0)
        .sampling(Sampling::MiniBatch { size: 4, drop_last: false })
        .epochs(1)
        .run(&mut model, &data)
        .unwrap();
    let train_loss = result.history.last().unwrap().train_loss;
    assert!((train_loss - before.loss).abs() < 1e-15 * 100.0, "{train_loss} {}", before.loss);
}

#[test]
fn one_step_is_the_gradient_of_the_mean_loss() {
    let data = Dataset::regression(vec![1.0, 2.0], 1, vec![0.0, 0.0], 1).unwrap();
    let layer = Dense::new(1).initializer(Initializer::Constant(1.0)).without_bias();
    let mut model = Model::<f64>::new(layer, &[1], 0).unwrap();
    Fit::new(Optimizer::new(Sgd::new(), 1), MeanSquaredError)
        .learning_rate(0.1)
        .sampling(Sampling::FullBatch)
        .epochs(1)
        .run(&mut model, &data)
        .unwrap();
    // d/dw (1/2) ((w)^2 + (2 w)^2) = 5 w
    assert!((model.parameters().as_slice()[0] - 0.5).abs() < 1e-15);
}

#[test]
fn the_learning_rate_is_that_of_the_schedule_at_the_step() {
    let data = regression(8);
    let mut model = Model::<f64>::new(Dense::new(1), &[2], 1).unwrap();
    let schedule = |step: u64| 0.1 / (1.0 + step as f64);
    let result = Fit::new(Optimizer::new(Sgd::new(), 3), MeanSquaredError)
        .learning_rate(schedule)
        .sampling(Sampling::MiniBatch { size: 4, drop_last: false })
        .epochs(3)
        .run(&mut model, &data)
        .unwrap();
    // Two steps an epoch: the last steps are 1, 3 and 5.
    let rates: Vec<f64> = result.history.epochs.iter().map(|e| e.learning_rate).collect();
    assert_eq!(rates, [schedule.at(1), schedule.at(3), schedule.at(5)]);
}

#[test]
fn a_schedule_can_drive_the_momentum() {
    let data = regression(8);
    let train = |momentum: Option<f64>| {
        let mut model = Model::<f64>::new(Dense::new(1), &[2], 1).unwrap();
        let rule = Sgd::new().with_momentum(momentum.unwrap_or(0.9)).unwrap();
        let mut fit = Fit::new(Optimizer::new(rule, 3), MeanSquaredError)
            .learning_rate(0.1)
            .sampling(Sampling::FullBatch)
            .epochs(5);
        if momentum.is_none() {
            fit = fit.hyperparameter(Hyperparameter::Momentum, |_: u64| 0.5);
        }
        fit.run(&mut model, &data).unwrap();
        model.parameters().as_slice().to_vec()
    };
    assert_eq!(train(None), train(Some(0.5)));
    assert_ne!(train(None), train(Some(0.9)));
    // A rule without momentum refuses it.
    let mut model = Model::<f64>::new(Dense::new(1), &[2], 1).unwrap();
    let error = Fit::new(Optimizer::new(Adam::new(), 3), MeanSquaredError)
        .hyperparameter(Hyperparameter::Momentum, 0.5)
        .run(&mut model, &data)
        .unwrap_err();
    assert!(matches!(error, Error::Optimizer(_)), "{error}");
}

#[test]
fn a_plateau_reduces_the_learning_rate_after_patience_plus_one_bad_epochs() {
    let data = regression(8);
    let mut model = Model::<f64>::new(Dense::new(1), &[2], 1).unwrap();
    let rule = ReduceOnPlateau::default().with_factor(0.5).unwrap().with_patience(1);
    // Nothing changes with a learning rate of 0, so that every epoch but the first is bad.
    let weights = Group::new("weights", model.parameters().layout().group_ranges("weights"));
    let biases = Group::new("biases", model.parameters().layout().group_ranges("biases"));
    let groups = Groups::new(3, [weights.frozen(), biases.frozen()]).unwrap();
    let frozen = Optimizer::new(Sgd::new(), 3).with_groups(groups);
    let result = Fit::new(frozen.unwrap(), MeanSquaredError)
        .learning_rate(0.8)
        .sampling(Sampling::FullBatch)
        .plateau(rule, Monitor::TrainLoss)
        .epochs(6)
        .run(&mut model, &data)
        .unwrap();
    let rates: Vec<f64> = result.history.epochs.iter().map(|e| e.learning_rate).collect();
    assert_eq!(rates, [0.8, 0.8, 0.8, 0.4, 0.4, 0.2]);
}

#[test]
fn the_same_seed_gives_the_same_numbers_and_another_seed_others() {
    let data = clouds(40);
    let train = |seed| {
        let network =
            Sequential::new().add(Dense::new(8)).add(Dropout::new(0.3)).add(Dense::new(3));
        let mut model = Model::<f32>::new(network, &[2], 0).unwrap();
        Fit::new(Optimizer::new(Sgd::new(), model.parameters().len()), SoftmaxCrossEntropy)
            .learning_rate(0.1)
            .sampling(Sampling::MiniBatch { size: 8, drop_last: false })
            .epochs(3)
            .seed(seed)
            .run(&mut model, &data)
            .unwrap();
        model.parameters().as_slice().to_vec()
    };
    assert_eq!(train(1), train(1));
    assert_ne!(train(1), train(2));
}

/// A linear model whose loss overflows after some steps.
fn diverging(rate: f64, epochs: u64) -> (Model<f64>, Error) {
    let data = regression(20);
    let mut model = Model::<f64>::new(Dense::new(1), &[2], 1).unwrap();
    let error = Fit::new(Optimizer::new(Sgd::new(), 3), MeanSquaredError)
        .learning_rate(rate)
        .sampling(Sampling::FullBatch)
        .epochs(epochs)
        .run(&mut model, &data)
        .unwrap_err();
    (model, error)
}

#[test]
fn a_loss_that_is_not_finite_ends_the_fit_and_keeps_good_parameters() {
    let (model, error) = diverging(1e60, 100);
    assert!(
        matches!(error, Error::NonFiniteLoss { .. } | Error::NonFiniteGradient { .. }),
        "{error}"
    );
    assert!(model.parameters().as_slice().iter().all(|v| v.is_finite()));
    assert!(error.to_string().contains("of epoch"), "{error}");

    // One step with a rate of 1e308 makes the parameters themselves infinite: the epoch ends with
    // those that it started with.
    let (model, error) = diverging(1e308, 100);
    let Error::NonFiniteParameter { epoch: 0, group: Some(_) } = error else { panic!("{error}") };
    let start = Model::<f64>::new(Dense::new(1), &[2], 1).unwrap();
    assert_eq!(model.parameters().as_slice(), start.parameters().as_slice());

    // The same in the middle of an epoch is seen at the next step.
    let data = regression(20);
    let mut model = start.clone();
    let error = Fit::new(Optimizer::new(Sgd::new(), 3), MeanSquaredError)
        .learning_rate(1e308)
        .sampling(Sampling::MiniBatch { size: 10, drop_last: false })
        .run(&mut model, &data)
        .unwrap_err();
    let Error::NonFiniteLoss { step: 1, epoch: 0, group: Some(_), .. } = error else {
        panic!("{error}")
    };
    assert_eq!(model.parameters().as_slice(), start.parameters().as_slice());
}

#[test]
fn a_gradient_that_is_not_finite_names_its_group() {
    // sqrt has an infinite derivative at 0, and 0 times infinity is NaN.
    #[derive(Debug)]
    struct Root;
    impl training::Loss<f64> for Root {
        fn name(&self) -> &'static str {
            "root"
        }
        fn check(&self, _: &[usize], _: &training::data::Targets<f64>) -> training::Result<()> {
            Ok(())
        }
        fn value(&self, outputs: &Tensor<f64>, _: &training::TargetBatch<'_, f64>) -> Tensor<f64> {
            outputs.sqrt().mean()
        }
    }
    let data = regression(4);
    let layer = Dense::new(1).initializer(Initializer::Zeros);
    let mut model = Model::new(layer, &[2], 0).unwrap();
    let error = Fit::new(Optimizer::new(Sgd::new(), 3), Root)
        .sampling(Sampling::FullBatch)
        .run(&mut model, &data)
        .unwrap_err();
    let Error::NonFiniteGradient { step: 0, epoch: 0, group: Some(group) } = &error else {
        panic!("{error}")
    };
    assert!(group == "weights" || group == "biases");
    assert_eq!(model.parameters().as_slice(), [0.0; 3]);
}

#[test]
fn learning_rates_that_are_none_are_errors() {
    for rate in [f64::NAN, -0.1, f64::INFINITY] {
        let (_, error) = diverging(rate, 1);
        assert!(matches!(error, Error::Schedule(_)), "{error}");
        assert!(error.to_string().contains(&rate.to_string()), "{error}");
    }
}

#[test]
fn what_does_not_fit_together_is_found_before_the_first_step() {
    let data = regression(4);
    let fit = |parameters| Fit::new(Optimizer::new(Sgd::new(), parameters), MeanSquaredError);
    let model = |inputs, outputs| Model::<f64>::new(Dense::new(outputs), &[inputs], 0).unwrap();

    let error = fit(4).run(&mut model(3, 1), &data).unwrap_err();
    assert!(matches!(error, Error::ShapeMismatch { .. }), "{error}");
    let error = fit(6).run(&mut model(2, 2), &data).unwrap_err();
    assert!(matches!(error, Error::InvalidTargets { .. }), "{error}");
    let error = fit(5).run(&mut model(2, 1), &data).unwrap_err();
    assert!(matches!(error, Error::Optimizer(_)), "{error}");
    let error = fit(3).metric(Accuracy).run(&mut model(2, 1), &data).unwrap_err();
    assert!(matches!(error, Error::InvalidTargets { consumer: "accuracy", .. }), "{error}");
    let other = Dataset::regression(vec![0.0; 3], 3, vec![0.0], 1).unwrap();
    let error = fit(3).validation(&other).run(&mut model(2, 1), &data).unwrap_err();
    assert!(error.to_string().contains("validation data"), "{error}");
    let rule = ReduceOnPlateau::default();
    let error = fit(3).plateau(rule, Monitor::ValidationLoss).run(&mut model(2, 1), &data);
    assert!(matches!(error, Err(Error::InvalidOption { name: "monitor", .. })));
    let sampling = Sampling::MiniBatch { size: 0, drop_last: false };
    let error = fit(3).sampling(sampling).run(&mut model(2, 1), &data).unwrap_err();
    assert!(matches!(error, Error::InvalidOption { .. }), "{error}");
    assert!(fit(3).piece_size(0).is_err());
}

#[test]
fn no_epochs_are_a_complete_fit() {
    let mut model = Model::<f64>::new(Dense::new(1), &[2], 0).unwrap();
    let before = model.parameters().as_slice().to_vec();
    let result = Fit::new(Optimizer::new(Sgd::new(), 3), MeanSquaredError)
        .epochs(0)
        .run(&mut model, &regression(4))
        .unwrap();
    assert_eq!((result.status, result.best_epoch, result.steps), (Status::Completed, None, 0));
    assert_eq!(model.parameters().as_slice(), before);
}

#[test]
fn callbacks_are_called_in_order_and_can_stop_the_fit() {
    #[derive(Default)]
    struct Log {
        events: Vec<String>,
        stop_at_step: u64,
    }
    impl Callback<f64> for Log {
        fn name(&self) -> &'static str {
            "log"
        }
        fn on_fit_start(&mut self, context: &mut FitContext<'_, f64>) -> training::Result<()> {
            self.events.push(format!("start {}x{}", context.epochs(), context.steps_per_epoch()));
            Ok(())
        }
        fn on_epoch_start(&mut self, context: &mut FitContext<'_, f64>) -> training::Result<()> {
            assert!(context.record().is_none());
            self.events.push(format!("epoch {}", context.epoch()));
            Ok(())
        }
        fn on_step_end(&mut self, context: &mut FitContext<'_, f64>) -> training::Result<()> {
            assert!(context.step_loss() > 0.0 && context.learning_rate() == 0.01);
            self.events.push(format!("step {}", context.step()));
            if context.step() == self.stop_at_step {
                context.request_stop("log", "enough");
            }
            Ok(())
        }
        fn on_epoch_end(&mut self, context: &mut FitContext<'_, f64>) -> training::Result<()> {
            assert_eq!(context.record().unwrap().epoch, context.epoch());
            self.events.push("end of epoch".into());
            Ok(())
        }
        fn on_fit_end(&mut self, context: &mut FitContext<'_, f64>) -> training::Result<()> {
            self.events.push(format!("end {}", context.history().len()));
            Ok(())
        }
    }
    let run = |stop_at_step| {
        let mut log = Log { stop_at_step, ..Log::default() };
        let mut model = Model::<f64>::new(Dense::new(1), &[2], 0).unwrap();
        let result = Fit::new(Optimizer::new(Sgd::new(), 3), MeanSquaredError)
            .learning_rate(0.01)
            .sampling(Sampling::MiniBatch { size: 2, drop_last: false })
            .epochs(2)
            .callback(&mut log)
            .run(&mut model, &regression(4))
            .unwrap();
        (log.events.join(", "), result.status)
    };
    let (events, status) = run(0);
    assert_eq!(
        events,
        "start 2x2, epoch 0, step 1, step 2, end of epoch, epoch 1, step 3, step 4, end of epoch, \
         end 2"
    );
    assert_eq!(status, Status::Completed);
    let (events, status) = run(3);
    assert!(events.ends_with("end of epoch, epoch 1, step 3, end 1"), "{events}");
    // With the last step of an epoch, the epoch is finished.
    let (events, _) = run(2);
    assert!(events.ends_with("epoch 0, step 1, step 2, end of epoch, end 1"), "{events}");
    let (callback, reason) = ("log".to_string(), "enough".to_string());
    assert_eq!(status, Status::StoppedByCallback { callback, reason });
}
