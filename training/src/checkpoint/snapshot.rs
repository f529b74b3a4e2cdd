//! Everything that a run needs to be continued.

use std::collections::BTreeMap;
use std::path::Path;

use autodiff::tensor::Element;
use optimizers::{Scalar, Slot, State};
use schedulers::PlateauState;
use serde::{Deserialize, Serialize};

use super::archive::{Archive, NamedArray, one_line, write};
use super::model_file::{arrays, read_parameters};
use crate::callbacks::CallbackState;
use crate::error::{Error, Result};
use crate::parameters::{Layout, Parameters};
use crate::report::History;

/// The version of the format. A program reads the versions up to its own.
const VERSION: u32 = 1;
/// What the names of parameters start with, so that nothing else can be taken for one.
const PARAMETERS: &str = "parameters.";

/// Everything that a run needs to be continued after the last finished epoch.
///
/// A run that is continued from a snapshot gives bit for bit what the uninterrupted run would have
/// given. It needs no state of a random generator, because shuffles and masks are functions of the
/// seed and of the number of the epoch or step.
///
/// [`Fit::resume`](crate::Fit::resume) does all this; a program that wants to look into a
/// checkpoint uses [`read`](Self::read).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Snapshot<T: Element> {
    /// The number of finished epochs.
    pub epochs: u64,
    /// The number of update steps taken.
    pub step: u64,
    /// The seed of shuffles and random layers.
    pub seed: u64,
    /// The parameters after the last step.
    pub parameters: Parameters<T>,
    /// What the update rule remembers.
    pub optimizer: State<T>,
    /// What the reduction on plateaus remembers, if there is one.
    pub plateau: Option<PlateauState>,
    /// The finished epochs.
    pub history: History,
    /// The settings of the run as text, by name.
    pub settings: Vec<(String, String)>,
    /// What the callbacks remember, by name.
    pub callbacks: Vec<(String, CallbackState<T>)>,
}

/// The part of a snapshot that is not arrays.
#[derive(Serialize, Deserialize)]
struct Header {
    kind: String,
    version: u32,
    numbers: String,
    epochs: u64,
    step: u64,
    seed: u64,
    optimizer: OptimizerHeader,
    plateau: Option<PlateauHeader>,
    history: History,
    settings: Vec<(String, String)>,
    callbacks: Vec<CallbackHeader>,
}

#[derive(Serialize, Deserialize)]
struct OptimizerHeader {
    rule: String,
    step: u64,
    slots: Vec<String>,
    scalars: Vec<(String, f64)>,
}

#[derive(Serialize, Deserialize)]
struct PlateauHeader {
    value: f64,
    best: Option<f64>,
    bad_epochs: u64,
    cooldown: u64,
}

#[derive(Serialize, Deserialize)]
struct CallbackHeader {
    name: String,
    numbers: BTreeMap<String, f64>,
    vectors: Vec<String>,
}

fn slot_array(slot: &str) -> String {
    format!("optimizer.{slot}")
}

fn callback_array(position: usize, vector: &str) -> String {
    format!("callback.{position}.{vector}")
}

impl<T: Element> Snapshot<T> {
    /// Writes the snapshot to a safetensors file, which appears whole or not at all.
    ///
    /// # Errors
    /// [`Error::UnwritableOutput`] if the folder is missing or not writable,
    /// [`Error::NonFinite`] if a callback's state holds a number that is not finite.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<()> {
        let mut tensors = arrays(&self.parameters, PARAMETERS);
        for slot in &self.optimizer.slots {
            let (shape, values) = (vec![slot.values.len()], slot.values.as_slice());
            tensors.push(NamedArray { name: slot_array(&slot.name), shape, values });
        }
        for (position, (_, state)) in self.callbacks.iter().enumerate() {
            if let Some((_, &value)) = state.numbers.iter().find(|(_, value)| !value.is_finite()) {
                let what = "a number of a callback's state";
                return Err(Error::NonFinite { what, index: position, value });
            }
            for (name, values) in &state.vectors {
                let name = callback_array(position, name);
                tensors.push(NamedArray { name, shape: vec![values.len()], values });
            }
        }
        let text = serde_json::to_string(&self.header()).map_err(|error| {
            Error::unwritable_output(path.as_ref(), std::io::Error::other(error))
        })?;
        write(path.as_ref(), &tensors, &text)
    }

    fn header(&self) -> Header {
        let optimizer = OptimizerHeader {
            rule: self.optimizer.rule.clone(),
            step: self.optimizer.step,
            slots: self.optimizer.slots.iter().map(|slot| slot.name.clone()).collect(),
            scalars: self.optimizer.scalars.iter().map(|s| (s.name.clone(), s.value)).collect(),
        };
        let plateau = self.plateau.map(|state| PlateauHeader {
            value: state.value,
            best: state.best,
            bad_epochs: state.bad_epochs,
            cooldown: state.cooldown,
        });
        let callbacks = self.callbacks.iter().map(|(name, state)| CallbackHeader {
            name: name.clone(),
            numbers: state.numbers.clone(),
            vectors: state.vectors.keys().cloned().collect(),
        });
        Header {
            kind: "run".into(),
            version: VERSION,
            numbers: T::NAME.into(),
            epochs: self.epochs,
            step: self.step,
            seed: self.seed,
            optimizer,
            plateau,
            history: self.history.clone(),
            settings: self.settings.clone(),
            callbacks: callbacks.collect(),
        }
    }

    /// Reads a snapshot whose parameters have the given layout.
    ///
    /// # Errors
    /// [`Error::UnreadableInput`]; [`Error::CorruptCheckpoint`] if the file is damaged;
    /// [`Error::ForeignCheckpoint`] if it is not a snapshot, or one of another model or number
    /// format.
    pub fn read(path: impl AsRef<Path>, layout: &Layout) -> Result<Self> {
        let path = path.as_ref();
        let archive = Archive::read(path)?;
        let header = read_header::<T>(&archive)?;
        let flat = read_parameters::<T>(&archive, layout, PARAMETERS)?;
        let mut parameters = Parameters::zeros(layout.clone());
        parameters.as_mut_slice().copy_from_slice(&flat);

        let mut slots = Vec::new();
        for name in header.optimizer.slots {
            let values = archive.values(&slot_array(&name))?;
            slots.push(Slot { name, values });
        }
        let scalars = header.optimizer.scalars.into_iter();
        let optimizer = State {
            rule: header.optimizer.rule,
            step: header.optimizer.step,
            slots,
            scalars: scalars.map(|(name, value)| Scalar { name, value }).collect(),
        };
        let plateau = header.plateau.map(|state| PlateauState {
            value: state.value,
            best: state.best,
            bad_epochs: state.bad_epochs,
            cooldown: state.cooldown,
        });
        let mut callbacks = Vec::new();
        for (position, callback) in header.callbacks.into_iter().enumerate() {
            let mut vectors = BTreeMap::new();
            for name in callback.vectors {
                let values = archive.values(&callback_array(position, &name))?;
                vectors.insert(name, values);
            }
            callbacks.push((callback.name, CallbackState { numbers: callback.numbers, vectors }));
        }
        let snapshot = Self {
            epochs: header.epochs,
            step: header.step,
            seed: header.seed,
            parameters,
            optimizer,
            plateau,
            history: header.history,
            settings: header.settings,
            callbacks,
        };
        snapshot.check_counters(path)?;
        Ok(snapshot)
    }

    /// The counters must agree with each other.
    fn check_counters(&self, path: &Path) -> Result<()> {
        let corrupt = |reason: String| Err(Error::corrupt_checkpoint(path, reason));
        let epochs = self.history.len() as u64;
        if epochs != self.epochs {
            return corrupt(format!("epochs is {}, its history has {epochs}", self.epochs));
        }
        let step = self.history.last().map_or(0, |record| record.step);
        // An optimizer may have taken steps before the run.
        if step != self.step || self.optimizer.step < self.step {
            return corrupt(format!(
                "step is {}, {} in its optimizer and {step} in its history",
                self.step, self.optimizer.step
            ));
        }
        if let Some(plateau) = &self.plateau
            && !(plateau.value.is_finite() && plateau.value >= 0.0)
        {
            return corrupt(format!("the factor of its plateau is {}", plateau.value));
        }
        Ok(())
    }
}

fn read_header<T: Element>(archive: &Archive) -> Result<Header> {
    #[derive(Deserialize)]
    struct Kind {
        kind: String,
        version: Option<u32>,
        numbers: Option<String>,
    }
    let path = archive.path();
    let foreign =
        |expected: &str, found: String| Err(Error::foreign_checkpoint(path, expected, found));
    let corrupt = |error: serde_json::Error| {
        Error::corrupt_checkpoint(path, one_line(&format!("metadata: {error}")))
    };
    let Some(text) = archive.text() else {
        return foreign("the checkpoint of a run", "a safetensors file without metadata".into());
    };
    // What decides whether the rest can be understood is read first.
    let kind: Kind = serde_json::from_str(text).map_err(corrupt)?;
    if kind.kind != "run" {
        return foreign("the checkpoint of a run", format!("the file of a {}", kind.kind));
    }
    match kind.version {
        Some(1..=VERSION) => {}
        Some(version) => {
            return foreign(&format!("format 1 to {VERSION}"), format!("format {version}"));
        }
        None => return foreign("a format version", "none".into()),
    }
    match kind.numbers {
        Some(numbers) if numbers == T::NAME => {}
        numbers => {
            return foreign(
                &format!("numbers of type {}", T::NAME),
                numbers.unwrap_or_else(|| "no type".into()),
            );
        }
    }
    serde_json::from_str(text).map_err(corrupt)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use serde_json::{Value, json};

    use super::*;

    fn snapshot() -> Snapshot<f64> {
        let state = CallbackState {
            numbers: BTreeMap::from([("best".to_string(), 0.1 + 0.2)]),
            vectors: BTreeMap::from([("kept".to_string(), vec![1.0, -0.0])]),
        };
        Snapshot {
            epochs: 0,
            step: 0,
            seed: u64::MAX,
            parameters: Parameters::zeros(Layout::default()),
            optimizer: State::zeros("SGD", 0, &["velocity"], &["distance"]),
            plateau: Some(PlateauState { value: 0.3, best: None, bad_epochs: 2, cooldown: 1 }),
            history: History::default(),
            settings: vec![("loss".into(), "a loss".into())],
            callbacks: vec![("first".into(), state)],
        }
    }

    fn written(folder: &Path, change: impl FnOnce(&mut Value)) -> PathBuf {
        let path = folder.join("run.safetensors");
        let mut header = serde_json::to_value(snapshot().header()).unwrap();
        change(&mut header);
        let velocity: &[f64] = &[];
        let arrays = [
            NamedArray { name: "optimizer.velocity".into(), shape: vec![0], values: velocity },
            NamedArray { name: "callback.0.kept".into(), shape: vec![2], values: &[1.0, -0.0] },
        ];
        write(&path, &arrays, &header.to_string()).unwrap();
        path
    }

    #[test]
    fn what_is_written_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.safetensors");
        let before = snapshot();
        before.write(&path).unwrap();
        let after = Snapshot::<f64>::read(&path, &Layout::default()).unwrap();
        assert_eq!((after.epochs, after.step, after.seed), (0, 0, u64::MAX));
        assert_eq!(after.optimizer, before.optimizer);
        assert_eq!((after.plateau, after.history), (before.plateau, before.history));
        assert_eq!((after.settings, after.callbacks), (before.settings, before.callbacks));
    }

    #[test]
    fn headers_that_are_not_understood_are_errors() {
        let folder = tempfile::tempdir().unwrap();
        let message = |change: &dyn Fn(&mut Value)| {
            let path = written(folder.path(), |header| change(header));
            Snapshot::<f64>::read(path, &Layout::default()).unwrap_err().to_string()
        };
        assert!(message(&|h| h["version"] = json!(2)).contains("format 1 to 1 was expected"));
        assert!(message(&|h| h["version"] = json!(null)).contains("a format version"));
        assert!(message(&|h| h["kind"] = json!("model")).contains("the file of a model"));
        assert!(message(&|h| h["numbers"] = json!("f32")).contains("f32 was found"));
        assert!(message(&|h| h["step"] = json!("x")).contains("is corrupt: metadata"));
        assert!(message(&|h| h["step"] = json!(7)).contains("step is 7, 0 in its optimizer"));
        assert!(message(&|h| h["epochs"] = json!(1)).contains("epochs is 1"));
        assert!(message(&|h| h["plateau"]["value"] = json!(-1.0)).contains("plateau is -1"));
        assert!(message(&|h| h["optimizer"]["slots"][0] = json!("x")).contains("optimizer.x"));
        let path = written(folder.path(), |_| {});
        assert!(Snapshot::<f64>::read(path, &Layout::default()).is_ok());
    }

    #[test]
    fn numbers_that_are_not_finite_are_not_written() {
        let folder = tempfile::tempdir().unwrap();
        let mut snapshot = snapshot();
        snapshot.callbacks[0].1.numbers.insert("bad".into(), f64::NAN);
        let error = snapshot.write(folder.path().join("run.safetensors")).unwrap_err();
        assert!(matches!(error, Error::NonFinite { .. }), "{error}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
