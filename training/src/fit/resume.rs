//! Making a snapshot of a run, and continuing from one.

use std::path::Path;

use autodiff::tensor::Element;

use super::Fit;
use super::run::Run;
use crate::callbacks::Callback;
use crate::checkpoint::Snapshot;
use crate::data::Dataset;
use crate::error::{Error, Result};
use crate::layers::Model;

/// The steps at which a schedule is compared with that of a checkpoint. A schedule can be any
/// function, so that its values are all there is to compare.
const SCHEDULE_STEPS: [u64; 10] = [0, 1, 3, 10, 30, 100, 300, 1000, 10_000, 100_000];

type Callbacks<'a, T> = [Box<dyn Callback<T> + 'a>];

/// The settings on which the result of a run depends, but for the number of epochs.
pub(super) fn settings<T: Element>(
    fit: &Fit<'_, T>,
    model: &Model<T>,
    data: &Dataset<T>,
) -> Vec<(String, String)> {
    let rates: Vec<f64> = SCHEDULE_STEPS.iter().map(|&step| fit.schedule.at(step)).collect();
    let hyperparameters = fit
        .hyperparameters
        .iter()
        .map(|(which, schedule)| (which, SCHEDULE_STEPS.map(|step| schedule.at(step))));
    let hyperparameters: Vec<_> = hyperparameters.collect();
    let metric = fit.metric.as_ref().map_or("none", |metric| metric.name());
    let validation = fit.validation.map_or(0, Dataset::len);
    // The learning rates come last: they often differ because something else does.
    [
        ("layers", format!("{:?}", model.layer())),
        ("optimizer", format!("{:?}", fit.optimizer.rule())),
        ("parameter groups", format!("{:?}", fit.optimizer.groups())),
        ("gradient transforms", format!("{:?}", fit.optimizer.transforms())),
        ("loss", fit.loss.name().to_string()),
        ("metric", metric.to_string()),
        ("training items", data.len().to_string()),
        ("validation items", validation.to_string()),
        ("sampling", format!("{:?}", fit.sampling)),
        ("piece size", fit.piece.to_string()),
        ("seed", fit.seed.to_string()),
        ("plateau", format!("{:?}", fit.plateau)),
        ("scheduled hyper-parameters", format!("{hyperparameters:?}")),
        ("learning rates", format!("{rates:?}")),
    ]
    .map(|(name, value)| (name.to_string(), value))
    .to_vec()
}

/// Everything that is needed to continue a run after the epochs it has finished.
pub(super) fn snapshot<'a, T: Element>(
    run: &Run<'_, T>,
    callbacks: &Callbacks<'a, T>,
    settings: &[(String, String)],
    seed: u64,
) -> Snapshot<T> {
    let states = callbacks.iter().filter_map(|callback| {
        let state = callback.state()?;
        Some((callback.name().to_string(), state))
    });
    Snapshot {
        epochs: run.position.epoch,
        step: run.position.step,
        seed,
        parameters: run.model.parameters().clone(),
        optimizer: run.optimizer.state().clone(),
        plateau: run.plateau,
        history: run.history.clone(),
        settings: settings.to_vec(),
        callbacks: states.collect(),
    }
}

/// Brings a run to where the snapshot in a file was made. Nothing is changed if that is not
/// possible.
pub(super) fn continue_from<'a, T: Element>(
    path: &Path,
    run: &mut Run<'_, T>,
    callbacks: &mut Callbacks<'a, T>,
    settings: &[(String, String)],
    seed: u64,
    settings_may_change: bool,
) -> Result<()> {
    let snapshot = Snapshot::<T>::read(path, run.model.parameters().layout())?;
    let foreign = |expected: String, found: String| {
        Error::foreign_checkpoint(path, one_line(&expected), one_line(&found))
    };
    if !settings_may_change {
        if snapshot.seed != seed {
            return Err(foreign(format!("seed {seed}"), format!("seed {}", snapshot.seed)));
        }
        for (name, expected) in settings {
            let found = snapshot.settings.iter().find(|(other, _)| other == name);
            let found = found.map_or("nothing", |(_, value)| value);
            if found != expected {
                let (expected, found) = difference(expected, found);
                return Err(foreign(format!("{name} {expected}"), found));
            }
        }
    }
    if snapshot.epochs > run.position.epochs {
        return Err(foreign(
            format!("at most {} finished epochs", run.position.epochs),
            format!("{} epochs", snapshot.epochs),
        ));
    }
    if run.plateau.is_some() != snapshot.plateau.is_some() && !settings_may_change {
        return Err(foreign("the same plateau rule".into(), "another one".into()));
    }
    let state = snapshot.optimizer;
    run.optimizer.load_state(state).map_err(|error| match error {
        error @ optimizers::Error::ForeignState { .. } => {
            foreign(format!("a state of {}", run_rule(run)), error.to_string())
        }
        error => Error::corrupt_checkpoint(path, error),
    })?;
    let mut states = snapshot.callbacks;
    for callback in callbacks {
        if callback.state().is_none() && !states.iter().any(|(name, _)| name == callback.name()) {
            continue;
        }
        match states.iter().position(|(name, _)| name == callback.name()) {
            Some(position) => {
                let (name, state) = states.remove(position);
                callback.load_state(state).map_err(|reason| {
                    Error::corrupt_checkpoint(path, format!("{name}: {reason}"))
                })?;
            }
            None if settings_may_change => {}
            None => {
                let expected = format!("a state of the callback {}", callback.name());
                return Err(foreign(expected, "none".into()));
            }
        }
    }
    let values = snapshot.parameters.as_slice();
    run.model.parameters_mut().as_mut_slice().copy_from_slice(values);
    if run.plateau.is_some() {
        run.plateau = snapshot.plateau.or(run.plateau);
    }
    run.position.epoch = snapshot.epochs;
    run.position.step = snapshot.step;
    run.position.learning_rate = snapshot.history.last().map_or(0.0, |record| record.learning_rate);
    run.history = snapshot.history;
    Ok(())
}

fn run_rule<T: Element>(run: &Run<'_, T>) -> &'static str {
    run.optimizer.rule().name()
}

/// Two long descriptions cut down to where they differ.
fn difference(expected: &str, found: &str) -> (String, String) {
    const SHOWN: usize = 60;
    let common = expected.chars().zip(found.chars()).take_while(|(a, b)| a == b).count();
    let cut = |text: &str| {
        let from = common.saturating_sub(SHOWN / 3);
        let mut shown: String = text.chars().skip(from).take(SHOWN).collect();
        if from > 0 {
            shown.insert_str(0, "..");
        }
        if text.chars().count() > from + SHOWN {
            shown.push_str("..");
        }
        shown
    };
    if expected.len() <= SHOWN && found.len() <= SHOWN {
        return (expected.to_string(), found.to_string());
    }
    (cut(expected), cut(found))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_descriptions_are_cut_down_to_where_they_differ() {
        assert_eq!(difference("a", "b"), ("a".to_string(), "b".to_string()));
        let common = "x".repeat(100);
        let (expected, found) = difference(&format!("{common}1"), &format!("{common}2 and more"));
        assert_eq!(expected, format!("..{}1", "x".repeat(20)));
        assert_eq!(found, format!("..{}2 and more", "x".repeat(20)));
    }
}
