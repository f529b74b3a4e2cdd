#![doc = include_str!("../README.md")]

mod error;
mod files;
mod output;

pub mod callbacks;
pub mod checkpoint;
pub mod data;
pub mod fit;
pub mod layers;
pub mod losses;
pub mod metrics;
pub mod parameters;
pub mod report;

pub use callbacks::{
    Callback, CallbackState, Checkpoint, EarlyStopping, HistoryCsv, Monitor, Progress,
};
pub use checkpoint::Snapshot;
pub use data::{
    CsvOptions, Dataset, IdxImages, Sampler, Sampling, Scaler, Split, Targets, parse_csv, read_csv,
    read_idx_dataset, read_idx_folder, read_idx_images, read_idx_labels,
};
pub use error::{Error, Result};
pub use fit::{
    Accuracy, BinaryAccuracy, Evaluation, Fit, FitContext, FitResult, MeanAbsoluteError, Metric,
    Status, evaluate, largest,
};
pub use layers::{
    Activation, Context, Dense, Dropout, Flatten, Layer, Model, Phase, Residual, Sequential,
};
pub use losses::{BinaryCrossEntropy, Loss, MeanSquaredError, SoftmaxCrossEntropy, TargetBatch};
pub use metrics::{ConfusionMatrix, WeightedMean, accuracy, mean_absolute_error, r_squared};
pub use output::prepare_output_folder;
pub use parameters::{
    Fan, Initializer, Layout, LayoutBuilder, LayoutEntry, ParameterId, Parameters,
};
pub use report::{
    EpochRecord, Figure, History, confusion_svg, learning_rate_svg, loss_svg, metric_svg, write_svg,
};
pub use schedulers::Mode;

/// What a program that trains a model usually imports.
pub mod prelude {
    pub use crate::{
        Accuracy, Activation, BinaryCrossEntropy, Callback, Checkpoint, Dataset, Dense, Dropout,
        EarlyStopping, Fit, FitContext, FitResult, Flatten, HistoryCsv, Initializer, Layer, Loss,
        MeanSquaredError, Metric, Mode, Model, Monitor, Progress, Residual, Sampling, Sequential,
        SoftmaxCrossEntropy, Split, Status, evaluate,
    };
}
