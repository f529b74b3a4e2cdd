//! A run that is stopped and resumed is the uninterrupted one, bit for bit.

use std::fs;
use std::path::Path;

use autodiff::tensor::Element;
use optimizers::{Adam, AdamW, ClipByGlobalNorm, Group, Groups, Optimizer, Sgd, UpdateRule};
use schedulers::{CosineAnnealing, Linear, ReduceOnPlateau, Schedule};
use training::data::{Dataset, Sampling};
use training::{
    Accuracy, Activation, Checkpoint, Dense, Dropout, EarlyStopping, Error, Fit, FitResult,
    History, Model, Monitor, Residual, Sequential, Snapshot, SoftmaxCrossEntropy, Status,
};

fn data<T: Element>(rows: usize, phase: f64) -> Dataset<T> {
    let number = |i: usize| ((i * i) as f64 * 0.7 + i as f64 * 1.3 + phase).sin();
    let features: Vec<T> = (0..rows * 3).map(|i| T::from_f64(number(i))).collect();
    let labels = (0..rows).map(|i| usize::from(number(3 * i) + 0.5 * number(3 * i + 1) > 0.0));
    let labels = labels.enumerate().map(|(i, label)| if i % 9 == 0 { 2 } else { label });
    Dataset::classification(features, 3, labels.collect(), 3).unwrap()
}

fn model<T: Element>(dropout: f64) -> Model<T> {
    let network = Sequential::new()
        .add(Dense::new(8))
        .add(Activation::Tanh)
        .add(Dropout::new(dropout))
        .add(Residual::new(Dense::new(8)))
        .add(Dense::new(3));
    Model::new(network, &[3], 4).unwrap()
}

fn optimizer<T: Element>(rule: impl UpdateRule<T> + 'static, model: &Model<T>) -> Optimizer<T> {
    let layout = model.parameters().layout();
    let biases = Group::new("biases", layout.group_ranges("biases"));
    let groups = Groups::new(layout.len(), [biases.with_weight_decay(0.0).unwrap()]).unwrap();
    let clip = ClipByGlobalNorm::new(0.5).unwrap();
    Optimizer::new(rule, layout.len()).with_groups(groups).unwrap().with_transform(clip)
}

/// Everything switched on: a schedule of the step, a plateau, dropout, early stopping that keeps
/// the best parameters, the best and the last checkpoint.
fn run<T: Element>(
    rule: impl UpdateRule<T> + 'static,
    folder: &Path,
    epochs: u64,
    patience: u64,
    resume: bool,
) -> (FitResult, Vec<T>) {
    let (train, validation) = (data::<T>(61, 0.0), data::<T>(40, 3.0));
    let mut model = model(0.25);
    let last = folder.join("last.safetensors");
    let plateau = ReduceOnPlateau::default().with_factor(0.5).unwrap().with_patience(1);
    let schedule = Linear::warmup(0.05, 5).unwrap();
    let schedule = schedule.then(5, CosineAnnealing::new(0.05, 0.01, 60).unwrap());
    let mut fit = Fit::new(optimizer(rule, &model), SoftmaxCrossEntropy)
        .learning_rate(schedule)
        .plateau(plateau, Monitor::ValidationLoss)
        .sampling(Sampling::MiniBatch { size: 8, drop_last: false })
        .epochs(epochs)
        .validation(&validation)
        .metric(Accuracy)
        .callback(Checkpoint::last(&last))
        .callback(EarlyStopping::new(Monitor::ValidationLoss).patience(patience))
        .callback(Checkpoint::best(folder.join("best.safetensors"), Monitor::ValidationMetric))
        .seed(9);
    if resume {
        fit = fit.resume(&last);
    }
    let result = fit.run(&mut model, &train).unwrap();
    (result, model.parameters().as_slice().to_vec())
}

/// The history without the times, which differ between runs.
fn without_times(history: &History) -> History {
    let mut history = history.clone();
    history.epochs.iter_mut().for_each(|record| record.seconds = 0.0);
    history
}

fn check<T: Element>(rule: impl UpdateRule<T> + Clone + 'static) {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let (whole, expected) = run(rule.clone(), folders[0].path(), 8, 100, false);
    // Stopped twice, after 3 and after 4 epochs, and resumed by a new fit with a new model.
    run(rule.clone(), folders[1].path(), 3, 100, false);
    run(rule.clone(), folders[1].path(), 4, 100, true);
    let (resumed, found) = run(rule.clone(), folders[1].path(), 8, 100, true);
    assert!(
        expected.iter().zip(&found).all(|(a, b)| a.to_f64().to_bits() == b.to_f64().to_bits()),
        "{rule:?}"
    );
    assert_eq!(without_times(&resumed.history), without_times(&whole.history));
    assert_eq!(
        (resumed.status, resumed.best_epoch, resumed.restored_epoch, resumed.steps),
        (whole.status, whole.best_epoch, whole.restored_epoch, whole.steps)
    );
    // Also what is needed to go on from here is the same: but for the times, the same files.
    let layout = model::<T>(0.25).parameters().layout().clone();
    for name in ["last.safetensors", "best.safetensors"] {
        let [a, b] = [0, 1].map(|i| {
            let path = folders[i].path().join(name);
            Snapshot::<T>::read(path, &layout).unwrap()
        });
        assert_eq!(a.parameters.as_slice(), b.parameters.as_slice());
        assert_eq!((a.epochs, a.step, a.plateau), (b.epochs, b.step, b.plateau));
        assert_eq!(a.optimizer, b.optimizer);
        assert_eq!(a.callbacks, b.callbacks);
    }
}

#[test]
fn a_resumed_run_is_the_uninterrupted_one_bit_for_bit() {
    check::<f64>(Sgd::new());
    check::<f64>(Sgd::new().with_momentum(0.9).unwrap().with_nesterov().unwrap());
    check::<f64>(AdamW::new());
    check::<f32>(Sgd::new().with_momentum(0.9).unwrap());
    check::<f32>(Adam::new().with_amsgrad());
    check::<f32>(AdamW::new());
}

#[test]
fn the_plateau_has_something_to_resume() {
    // The test above would be empty if no epoch of it were bad and no rate reduced.
    let folder = tempfile::tempdir().unwrap();
    let (result, _) = run::<f64>(AdamW::new(), folder.path(), 8, 100, false);
    let layout = model::<f64>(0.25).parameters().layout().clone();
    let path = folder.path().join("last.safetensors");
    let snapshot = Snapshot::<f64>::read(path, &layout).unwrap();
    assert!(snapshot.plateau.unwrap().value < 1.0, "{:?}", snapshot.plateau);
    assert!(result.restored_epoch.unwrap() < 7);
}

#[test]
fn a_run_that_had_stopped_early_stays_stopped() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let (whole, expected) = run::<f64>(AdamW::new(), folders[0].path(), 60, 3, false);
    let Status::EarlyStopped { best_epoch } = whole.status else { panic!("{:?}", whole.status) };
    let stopped_after = whole.history.len() as u64;
    assert_eq!(stopped_after, best_epoch + 1 + 3);

    // Interrupted while the patience is being used up.
    run::<f64>(AdamW::new(), folders[1].path(), stopped_after - 1, 3, false);
    for _ in 0..2 {
        // The second time nothing is left to be done.
        let (resumed, found) = run::<f64>(AdamW::new(), folders[1].path(), 60, 3, true);
        assert_eq!(found, expected);
        assert_eq!(resumed.status, whole.status);
        assert_eq!(without_times(&resumed.history), without_times(&whole.history));
    }
}

/// The message of a resumption with something changed.
fn resume_error<T: Element>(
    path: &Path,
    change: impl for<'a> FnOnce(Fit<'a, T>) -> Fit<'a, T>,
    rule: impl UpdateRule<T> + 'static,
    mut model: Model<T>,
    rows: usize,
) -> Error {
    let train = data::<T>(rows, 0.0);
    let before = model.parameters().as_slice().to_vec();
    let fit = Fit::new(optimizer(rule, &model), SoftmaxCrossEntropy).epochs(5).seed(1);
    let error = change(fit).resume(path).run(&mut model, &train).unwrap_err();
    assert_eq!(model.parameters().as_slice(), before, "the model is unchanged");
    let message = error.to_string();
    assert!(!message.contains('\n') && message.contains(&path.display().to_string()), "{message}");
    error
}

/// A checkpoint after two epochs with AdamW.
fn saved<T: Element>(folder: &Path) -> std::path::PathBuf {
    let path = folder.join("run.safetensors");
    let mut model = model::<T>(0.25);
    Fit::new(optimizer(AdamW::new(), &model), SoftmaxCrossEntropy)
        .epochs(2)
        .seed(1)
        .callback(Checkpoint::last(&path))
        .run(&mut model, &data(20, 0.0))
        .unwrap();
    path
}

#[test]
fn a_checkpoint_of_another_run_is_foreign() {
    let folder = tempfile::tempdir().unwrap();
    let path = saved::<f64>(folder.path());
    let foreign = |error: Error, words: &[&str]| {
        let message = error.to_string();
        assert!(matches!(error, Error::ForeignCheckpoint { .. }), "{message}");
        for word in words {
            assert!(message.contains(word), "{message}");
        }
    };
    let adamw = AdamW::new;
    foreign(resume_error(&path, |f| f, adamw(), model::<f32>(0.25), 20), &["f32", "f64"]);
    foreign(resume_error(&path, |f| f, Sgd::new(), model::<f64>(0.25), 20), &["optimizer"]);
    foreign(resume_error(&path, |f| f, adamw(), model::<f64>(0.5), 20), &["layers"]);
    foreign(resume_error(&path, |f| f, adamw(), model::<f64>(0.25), 21), &["training items"]);
    let wider = Model::<f64>::new(Dense::new(3), &[3], 0).unwrap();
    foreign(resume_error(&path, |f| f, adamw(), wider, 20), &["parameter"]);
    let seed = resume_error(&path, |f| f.seed(2), adamw(), model::<f64>(0.25), 20);
    foreign(seed, &["seed 2", "seed 1"]);
    let rate = resume_error(&path, |f| f.learning_rate(0.5), adamw(), model::<f64>(0.25), 20);
    foreign(rate, &["learning rates", "0.5"]);
    let epochs = resume_error(&path, |f| f.epochs(1), adamw(), model::<f64>(0.25), 20);
    foreign(epochs, &["at most 1", "2 epochs"]);
    let stopping = EarlyStopping::new(Monitor::TrainLoss);
    let callback = resume_error(&path, |f| f.callback(stopping), adamw(), model::<f64>(0.25), 20);
    foreign(callback, &["early stopping"]);

    let other = folder.path().join("model.safetensors");
    model::<f64>(0.25).save(&other).unwrap();
    let file = resume_error(&other, |f| f, adamw(), model::<f64>(0.25), 20);
    foreign(file, &["checkpoint of a run", "file of a model"]);
}

#[test]
fn changed_settings_can_be_allowed() {
    let folder = tempfile::tempdir().unwrap();
    let path = saved::<f64>(folder.path());
    let mut model = model::<f64>(0.0);
    let result = Fit::new(optimizer(AdamW::new(), &model), SoftmaxCrossEntropy)
        .learning_rate(0.5)
        .epochs(3)
        .callback(EarlyStopping::new(Monitor::TrainLoss))
        .resume(&path)
        .allow_changed_settings()
        .run(&mut model, &data(30, 0.0))
        .unwrap();
    assert_eq!((result.history.len(), result.status), (3, Status::Completed));
    // Moments of another rule cannot be continued whatever is allowed.
    let rule = Sgd::new().with_momentum(0.9).unwrap();
    let change = |f: Fit<'_, f64>| -> Error {
        let mut model = self::model::<f64>(0.25);
        f.resume(&path).allow_changed_settings().run(&mut model, &data(20, 0.0)).unwrap_err()
    };
    let fit = Fit::new(optimizer(rule, &model), SoftmaxCrossEntropy).epochs(5);
    let error = change(fit);
    assert!(matches!(error, Error::ForeignCheckpoint { .. }), "{error}");
}

#[test]
fn a_damaged_checkpoint_is_corrupt() {
    let folder = tempfile::tempdir().unwrap();
    let path = saved::<f32>(folder.path());
    let good = fs::read(&path).unwrap();
    let damaged = folder.path().join("damaged.safetensors");
    let error = |bytes: &[u8]| {
        fs::write(&damaged, bytes).unwrap();
        resume_error(&damaged, |f| f, AdamW::new(), model::<f32>(0.25), 20)
    };
    for length in [0, 7, 8, 100, good.len() / 2, good.len() - 1] {
        let error = error(&good[..length]);
        assert!(matches!(error, Error::CorruptCheckpoint { .. }), "{length}: {error}");
    }
    for position in [8, good.len() / 2, good.len() - 1] {
        let mut bytes = good.clone();
        bytes[position] ^= 0x10;
        let error = error(&bytes);
        assert!(matches!(error, Error::CorruptCheckpoint { .. }), "{position}: {error}");
    }
    let error = error(b"step,loss\n0,1.0\n");
    assert!(matches!(error, Error::CorruptCheckpoint { .. }), "{error}");
    let missing = folder.path().join("missing.safetensors");
    let error = resume_error(&missing, |f| f, AdamW::new(), model::<f32>(0.25), 20);
    assert!(matches!(error, Error::UnreadableInput { .. }), "{error}");
}

#[test]
fn a_folder_that_cannot_be_written_to_is_found_before_the_first_step() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("missing").join("run.safetensors");
    let mut model = model::<f64>(0.0);
    let before = model.parameters().as_slice().to_vec();
    let error = Fit::new(optimizer(AdamW::new(), &model), SoftmaxCrossEntropy)
        .callback(Checkpoint::last(&path))
        .run(&mut model, &data(20, 0.0))
        .unwrap_err();
    assert!(matches!(error, Error::UnwritableOutput { .. }), "{error}");
    assert_eq!(model.parameters().as_slice(), before);
}

#[test]
fn a_fit_that_fails_leaves_its_last_checkpoint() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.safetensors");
    let mut model = model::<f64>(0.0);
    // Three steps an epoch; the learning rate explodes in the second one.
    let rate = |step: u64| if step < 4 { 0.01 } else { 1e300 };
    let error = Fit::new(optimizer(Sgd::new(), &model), SoftmaxCrossEntropy)
        .learning_rate(rate)
        .sampling(Sampling::MiniBatch { size: 8, drop_last: false })
        .callback(Checkpoint::last(&path))
        .run(&mut model, &data(20, 0.0))
        .unwrap_err();
    assert!(error.to_string().contains("epoch 2"), "{error}");
    assert!(model.parameters().as_slice().iter().all(|value| value.is_finite()));
    let snapshot = Snapshot::<f64>::read(&path, model.parameters().layout()).unwrap();
    assert_eq!((snapshot.epochs, snapshot.step), (1, 3));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing half-written is left");
}
