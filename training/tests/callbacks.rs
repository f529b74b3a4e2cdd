//! Checkpoints and histories that are written while a fit runs.

use std::path::Path;

use optimizers::{Optimizer, Sgd};
use training::data::{Dataset, Sampling};
use training::{
    Callback, Checkpoint, Dense, Fit, FitContext, HistoryCsv, MeanSquaredError, Model, Monitor,
    Progress, Snapshot,
};

fn data() -> Dataset<f64> {
    Dataset::regression(vec![1.0, 2.0, 3.0], 1, vec![1.0, 0.0, 2.0], 1).unwrap()
}

fn fit<'a>(epochs: u64) -> Fit<'a, f64> {
    Fit::new(Optimizer::new(Sgd::new(), 2), MeanSquaredError)
        .learning_rate(0.05)
        .sampling(Sampling::FullBatch)
        .epochs(epochs)
}

fn model() -> Model<f64> {
    Model::new(Dense::new(1), &[1], 2).unwrap()
}

fn finished_epochs(path: &Path) -> u64 {
    Snapshot::<f64>::read(path, model().parameters().layout()).unwrap().epochs
}

/// After each epoch, notes how many epochs the checkpoint holds that the epochs before it left.
struct Look<'a> {
    path: &'a Path,
    seen: Vec<Option<u64>>,
}

impl Callback<f64> for Look<'_> {
    fn name(&self) -> &'static str {
        "look"
    }
    fn on_epoch_end(&mut self, _: &mut FitContext<'_, f64>) -> training::Result<()> {
        self.seen.push(self.path.exists().then(|| finished_epochs(self.path)));
        Ok(())
    }
}

#[test]
fn the_last_checkpoint_follows_every_few_epochs_and_the_last_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("last.safetensors");
    let mut look = Look { path: &path, seen: Vec::new() };
    fit(5)
        .callback(Checkpoint::last(&path).every(2).unwrap())
        .callback(&mut look)
        .callback(Progress::new())
        .run(&mut model(), &data())
        .unwrap();
    // Checkpoints are written when all callbacks have seen the end of the epoch.
    assert_eq!(look.seen, [None, None, Some(2), Some(2), Some(4)]);
    assert_eq!(finished_epochs(&path), 5);
}

#[test]
fn the_best_checkpoint_is_that_of_the_best_epoch() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("best.safetensors");
    let result = fit(6)
        // The rate is good in the first three epochs and much too large in the others.
        .learning_rate(|step: u64| if step < 3 { 0.05 } else { 1.0 })
        .validation(&data())
        .callback(Checkpoint::best(&path, Monitor::ValidationLoss))
        .run(&mut model(), &data())
        .unwrap();
    assert_eq!(result.best_epoch, Some(2));
    assert_eq!(finished_epochs(&path), 3);
}

#[test]
fn the_history_is_on_disk_after_each_epoch() {
    struct Lines<'a>(&'a Path);
    impl Callback<f64> for Lines<'_> {
        fn name(&self) -> &'static str {
            "lines"
        }
        fn on_epoch_end(&mut self, context: &mut FitContext<'_, f64>) -> training::Result<()> {
            let lines = std::fs::read_to_string(self.0).unwrap().lines().count() as u64;
            assert_eq!(lines, 1 + context.epoch() + 1);
            Ok(())
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.csv");
    let result = fit(3)
        .callback(HistoryCsv::new(&path))
        .callback(Lines(&path))
        .run(&mut model(), &data())
        .unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), result.history.to_csv());
}
