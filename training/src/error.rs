//! Everything that can go wrong in this crate, as one type.
//!
//! Each message is one line in lower case and names the file, line, field or option at fault
//! together with the offending value. Messages about files end with what the operating system
//! said, so that printing the error alone is enough.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// The result of an operation of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error of this crate.
///
/// ```
/// use training::Error;
///
/// let error = Error::invalid_option("batch_size", 0, "at least 1");
/// assert_eq!(error.to_string(), "option batch_size is 0, it must be at least 1");
/// ```
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    // ---- files in general -------------------------------------------------------------------
    /// A file or folder could not be opened or read.
    #[error("cannot read {}: {source}", path.display())]
    UnreadableInput {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system or the decompressor reported.
        source: io::Error,
    },
    /// A file or folder could not be created, written or renamed.
    #[error("cannot write {}: {source}", path.display())]
    UnwritableOutput {
        /// The file that was to be written.
        path: PathBuf,
        /// What the operating system reported.
        source: io::Error,
    },

    // ---- IDX files --------------------------------------------------------------------------
    /// The first four bytes of an IDX file are not those of the wanted kind.
    #[error(
        "{}: magic number is {found:#010x}, {expected:#010x} was expected ({kind})",
        path.display()
    )]
    IdxMagic {
        /// The file.
        path: PathBuf,
        /// What the file was to hold: `"images"` or `"labels"`.
        kind: &'static str,
        /// The magic number of such a file.
        expected: u32,
        /// The magic number that was read.
        found: u32,
    },
    /// A dimension in the header of an IDX file is impossible.
    #[error("{}: {field} is {value}, it must be {requirement}", path.display())]
    IdxDimension {
        /// The file.
        path: PathBuf,
        /// The field of the header: `"number of images"`, `"number of rows"`, ...
        field: &'static str,
        /// The value that was read.
        value: u32,
        /// What the value must satisfy.
        requirement: &'static str,
    },
    /// The header of an IDX file announces more data than is accepted.
    #[error(
        "{}: the header announces {announced} bytes of {field}, more than the limit of {limit}",
        path.display()
    )]
    IdxTooLarge {
        /// The file.
        path: PathBuf,
        /// What is too large: `"pixels"` or `"labels"`.
        field: &'static str,
        /// The number of bytes announced by the header.
        announced: u128,
        /// The largest accepted number of bytes.
        limit: u64,
    },
    /// An IDX file ends before what its header announces.
    #[error("{}: truncated, {field} end after {found} of {expected} bytes", path.display())]
    IdxTruncated {
        /// The file.
        path: PathBuf,
        /// The part that is cut off: `"header"`, `"pixels"` or `"labels"`.
        field: &'static str,
        /// The length of that part in bytes.
        expected: u64,
        /// The number of bytes that are there.
        found: u64,
    },
    /// An IDX file goes on after what its header announces.
    #[error("{}: data after the last of the {expected} bytes of {field}", path.display())]
    IdxTrailingBytes {
        /// The file.
        path: PathBuf,
        /// The part that should have been the last: `"pixels"` or `"labels"`.
        field: &'static str,
        /// The length of that part in bytes.
        expected: u64,
    },
    /// An image file and its label file hold different numbers of items.
    #[error(
        "{} holds {image_count} images, {} holds {label_count} labels",
        images.display(),
        labels.display()
    )]
    CountMismatch {
        /// The image file.
        images: PathBuf,
        /// The number of images.
        image_count: usize,
        /// The label file.
        labels: PathBuf,
        /// The number of labels.
        label_count: usize,
    },
    /// A label in a file is not below the number of classes.
    #[error(
        "{}: label {label} at index {index} is out of range, there are {classes} classes",
        path.display()
    )]
    FileLabelOutOfRange {
        /// The file.
        path: PathBuf,
        /// The position of the label in the file, counted from 0.
        index: usize,
        /// The label.
        label: usize,
        /// The number of classes; labels run from 0 to `classes - 1`.
        classes: usize,
    },

    // ---- CSV files --------------------------------------------------------------------------
    /// A CSV file has no usable header or no rows.
    #[error("{}, line {line}: {reason}", path.display())]
    CsvStructure {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: u64,
        /// What is wrong.
        reason: String,
    },
    /// A row of a CSV file has more or fewer cells than the header.
    #[error("{}, line {line}: {found} cells, the header has {expected}", path.display())]
    CsvRagged {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: u64,
        /// The number of columns of the header.
        expected: usize,
        /// The number of cells of the row.
        found: usize,
    },
    /// A cell of a CSV file does not hold what its column must hold.
    #[error("{}, line {line}, column {column:?}: {reason}", path.display())]
    CsvCell {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: u64,
        /// The name of the column in the header.
        column: String,
        /// What is wrong, with the text of the cell.
        reason: String,
    },
    /// A CSV file lacks a column that was asked for by name.
    #[error("{}: there is no column named {column:?}", path.display())]
    CsvMissingColumn {
        /// The file.
        path: PathBuf,
        /// The name that was asked for.
        column: String,
    },

    // ---- values in memory -------------------------------------------------------------------
    /// A label is not below the number of classes.
    #[error("label {label} at index {index} is out of range, there are {classes} classes")]
    LabelOutOfRange {
        /// The position of the label, counted from 0.
        index: usize,
        /// The label.
        label: usize,
        /// The number of classes; labels run from 0 to `classes - 1`.
        classes: usize,
    },
    /// A value that must be finite is infinite or not a number.
    #[error("{what} at index {index} is {value}, it must be finite")]
    NonFinite {
        /// What the value is: `"feature"`, `"target"`, ...
        what: &'static str,
        /// Its position in row-major order, counted from 0.
        index: usize,
        /// The value.
        value: f64,
    },
    /// A shape or length differs from the one that is needed.
    #[error("{what} has shape {found:?}, {expected:?} was expected")]
    ShapeMismatch {
        /// What has the wrong shape.
        what: String,
        /// The shape that was needed.
        expected: Vec<usize>,
        /// The shape that was given.
        found: Vec<usize>,
    },
    /// An option has a value that it cannot have.
    #[error("option {name} is {value}, it must be {requirement}")]
    InvalidOption {
        /// The name of the option.
        name: &'static str,
        /// The value that was given, as text.
        value: String,
        /// What the value must satisfy.
        requirement: String,
    },
    /// There is no data where at least one item is needed.
    #[error("{what} is empty")]
    Empty {
        /// What is empty.
        what: &'static str,
    },

    // ---- models -----------------------------------------------------------------------------
    /// A layer cannot be built as it is configured, or not on the input that it is given.
    #[error("layer {layer}: {reason}")]
    InvalidLayer {
        /// The path of the layer or parameter in the model.
        layer: String,
        /// What is wrong, with the offending numbers.
        reason: String,
    },
    /// A model has no parameter of this name.
    #[error("there is no parameter named {name}")]
    UnknownParameter {
        /// The name.
        name: String,
    },

    /// The targets of a data set are not what a loss or metric needs.
    #[error("{consumer}: {reason}")]
    InvalidTargets {
        /// The loss or metric.
        consumer: &'static str,
        /// What is wrong, with the offending numbers.
        reason: String,
    },

    // ---- the fit ----------------------------------------------------------------------------
    /// The training loss became infinite or not a number.
    #[error("the loss is {loss} at step {step} of epoch {}{}", .epoch + 1, in_group(group))]
    NonFiniteLoss {
        /// The number of update steps taken before this one in the whole run.
        step: u64,
        /// The epoch, counted from 0; the message counts from 1, as tables and pictures do.
        epoch: u64,
        /// The loss.
        loss: f64,
        /// The first parameter group with a value that is not finite, if there is one.
        group: Option<String>,
    },
    /// A gradient became infinite or not a number while the loss was finite.
    #[error("the gradient is not finite at step {step} of epoch {}{}", .epoch + 1, in_group(group))]
    NonFiniteGradient {
        /// The number of update steps taken before this one in the whole run.
        step: u64,
        /// The epoch, counted from 0; the message counts from 1, as tables and pictures do.
        epoch: u64,
        /// The first parameter group with a derivative that is not finite.
        group: Option<String>,
    },

    /// An update made a parameter infinite or not a number.
    #[error("a parameter is not finite after epoch {}{}", .epoch + 1, in_group(group))]
    NonFiniteParameter {
        /// The epoch, counted from 0; the message counts from 1, as tables and pictures do.
        epoch: u64,
        /// The first parameter group with a value that is not finite.
        group: Option<String>,
    },
    /// The loss on the validation items became infinite or not a number.
    #[error("the validation loss is {loss} after epoch {}", .epoch + 1)]
    NonFiniteValidationLoss {
        /// The epoch, counted from 0; the message counts from 1, as tables and pictures do.
        epoch: u64,
        /// The loss.
        loss: f64,
    },
    /// A metric became infinite or not a number.
    #[error("the {metric} is {value} after epoch {}", .epoch + 1)]
    NonFiniteMetric {
        /// The name of the metric.
        metric: &'static str,
        /// The epoch, counted from 0; the message counts from 1, as tables and pictures do.
        epoch: u64,
        /// The value.
        value: f64,
    },
    /// An update rule, a group or a gradient transform refused its configuration.
    #[error(transparent)]
    Optimizer(#[from] optimizers::Error),
    /// A schedule refused its configuration, or gave a value that is no learning rate.
    #[error(transparent)]
    Schedule(#[from] schedulers::Error),

    // ---- checkpoints ------------------------------------------------------------------------
    /// A checkpoint is damaged: it cannot be parsed or contradicts itself.
    #[error("checkpoint {} is corrupt: {reason}", path.display())]
    CorruptCheckpoint {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A checkpoint is sound but belongs to another program, format, model or configuration.
    #[error(
        "checkpoint {} belongs to something else: {expected} was expected, {found} was found",
        path.display()
    )]
    ForeignCheckpoint {
        /// The file.
        path: PathBuf,
        /// What was expected.
        expected: String,
        /// What the file holds.
        found: String,
    },

    // ---- pictures ---------------------------------------------------------------------------
    /// A picture could not be drawn.
    #[error("cannot draw {picture}: {reason}")]
    Drawing {
        /// Which picture.
        picture: &'static str,
        /// What the drawing library reported.
        reason: String,
    },
}

impl Error {
    /// An [`Error::UnreadableInput`].
    pub fn unreadable_input(path: impl AsRef<Path>, source: io::Error) -> Self {
        Error::UnreadableInput { path: path.as_ref().to_path_buf(), source }
    }

    /// An [`Error::UnwritableOutput`].
    pub fn unwritable_output(path: impl AsRef<Path>, source: io::Error) -> Self {
        Error::UnwritableOutput { path: path.as_ref().to_path_buf(), source }
    }

    /// An [`Error::ShapeMismatch`].
    pub fn shape_mismatch(what: impl Into<String>, expected: &[usize], found: &[usize]) -> Self {
        Error::ShapeMismatch {
            what: what.into(),
            expected: expected.to_vec(),
            found: found.to_vec(),
        }
    }

    /// An [`Error::InvalidOption`].
    pub fn invalid_option(
        name: &'static str,
        value: impl ToString,
        requirement: impl Into<String>,
    ) -> Self {
        Error::InvalidOption { name, value: value.to_string(), requirement: requirement.into() }
    }

    /// An [`Error::CorruptCheckpoint`].
    pub fn corrupt_checkpoint(path: impl AsRef<Path>, reason: impl ToString) -> Self {
        Error::CorruptCheckpoint { path: path.as_ref().to_path_buf(), reason: reason.to_string() }
    }

    /// An [`Error::ForeignCheckpoint`].
    pub fn foreign_checkpoint(
        path: impl AsRef<Path>,
        expected: impl ToString,
        found: impl ToString,
    ) -> Self {
        Error::ForeignCheckpoint {
            path: path.as_ref().to_path_buf(),
            expected: expected.to_string(),
            found: found.to_string(),
        }
    }
}

/// The words that name a parameter group in a message, or nothing.
fn in_group(group: &Option<String>) -> String {
    group.as_ref().map(|name| format!(", in parameter group {name:?}")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_name_what_is_at_fault() {
        let missing = io::Error::new(io::ErrorKind::NotFound, "no such file");
        let cases = [
            (Error::unreadable_input("a/b.csv", missing), "cannot read a/b.csv: no such file"),
            (
                Error::IdxMagic {
                    path: "x.idx".into(),
                    kind: "images",
                    expected: 0x803,
                    found: 0x801,
                },
                "x.idx: magic number is 0x00000801, 0x00000803 was expected (images)",
            ),
            (
                Error::CsvRagged { path: "d.csv".into(), line: 3, expected: 5, found: 4 },
                "d.csv, line 3: 4 cells, the header has 5",
            ),
            (
                Error::shape_mismatch("weight", &[2, 3], &[3, 2]),
                "weight has shape [3, 2], [2, 3] was expected",
            ),
            (
                Error::NonFiniteLoss { step: 7, epoch: 1, loss: f64::NAN, group: None },
                "the loss is NaN at step 7 of epoch 2",
            ),
            (
                Error::NonFiniteLoss {
                    step: 7,
                    epoch: 1,
                    loss: f64::INFINITY,
                    group: Some("head".into()),
                },
                "the loss is inf at step 7 of epoch 2, in parameter group \"head\"",
            ),
            (
                Error::foreign_checkpoint("c", "format 1", "format 9"),
                "checkpoint c belongs to something else: format 1 was expected, format 9 was found",
            ),
        ];
        for (error, message) in cases {
            assert_eq!(error.to_string(), message);
            assert!(!message.contains('\n'));
        }
    }

    #[test]
    fn errors_cross_threads() {
        fn assert_send_sync<T: Send + Sync + 'static>() {}
        assert_send_sync::<Error>();
    }
}
