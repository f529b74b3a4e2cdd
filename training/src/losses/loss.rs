//! The trait of losses.

use std::fmt::Debug;

use autodiff::tensor::{Element, Tensor};

use crate::data::Targets;
use crate::error::{Error, Result};

/// What is to be predicted for the items of a batch.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum TargetBatch<'a, T: Element> {
    /// The class of each item.
    Labels(&'a [usize]),
    /// Numbers for each item, of shape `[items, columns]`.
    Values(&'a Tensor<T>),
}

/// A number that says how far the outputs of a model are from the targets, as a mean over the
/// items of a batch.
///
/// A fit weights the means of batches by their numbers of items, so that the loss of an epoch and
/// the gradient of a batch that is processed in pieces do not depend on how the items were divided.
pub trait Loss<T: Element>: Debug + Send + Sync {
    /// The name of the loss, in lower case.
    fn name(&self) -> &'static str;

    /// Checks that outputs of this item shape can be compared with the targets.
    ///
    /// # Errors
    /// [`Error::InvalidTargets`] if the targets are of the wrong kind or number, or one is outside
    /// of its domain.
    fn check(&self, output: &[usize], targets: &Targets<T>) -> Result<()>;

    /// The mean loss of a batch as a tensor with one element, recorded if the outputs are.
    ///
    /// # Panics
    /// Where outputs and targets do not pass [`check`](Self::check).
    fn value(&self, outputs: &Tensor<T>, targets: &TargetBatch<'_, T>) -> Tensor<T>;
}

impl<T: Element> Loss<T> for Box<dyn Loss<T>> {
    fn name(&self) -> &'static str {
        (**self).name()
    }
    fn check(&self, output: &[usize], targets: &Targets<T>) -> Result<()> {
        (**self).check(output, targets)
    }
    fn value(&self, outputs: &Tensor<T>, targets: &TargetBatch<'_, T>) -> Tensor<T> {
        (**self).value(outputs, targets)
    }
}

/// The error for targets that a loss or metric cannot use.
pub(crate) fn invalid(consumer: &'static str, reason: impl Into<String>) -> Error {
    Error::InvalidTargets { consumer, reason: reason.into() }
}

/// Checks that the targets are as many numbers for each item as the outputs are.
pub(crate) fn check_values<T>(
    consumer: &'static str,
    output: &[usize],
    targets: &Targets<T>,
) -> Result<()> {
    let outputs: usize = output.iter().product();
    match targets {
        Targets::Values { columns, .. } if *columns == outputs => Ok(()),
        Targets::Values { columns, .. } => Err(invalid(
            consumer,
            format!("the model gives {outputs} numbers for each item, the targets have {columns}"),
        )),
        _ => Err(invalid(consumer, "it needs numbers as targets, the data set has classes")),
    }
}

/// Checks that the targets are classes and the outputs one number for each class.
pub(crate) fn check_classes<T>(
    consumer: &'static str,
    output: &[usize],
    targets: &Targets<T>,
) -> Result<()> {
    match targets {
        Targets::Classes { classes, .. } if output == [*classes] => Ok(()),
        Targets::Classes { classes, .. } => Err(invalid(
            consumer,
            format!(
                "the model gives outputs of shape {output:?}, the data set has {classes} classes"
            ),
        )),
        _ => Err(invalid(consumer, "it needs classes as targets, the data set has numbers")),
    }
}

/// The numbers of a batch of targets, with the shape of the outputs.
#[track_caller]
pub(crate) fn values_like<T: Element>(
    outputs: &Tensor<T>,
    targets: &TargetBatch<'_, T>,
) -> Tensor<T> {
    match targets {
        TargetBatch::Values(values) if values.shape() == outputs.shape() => (*values).clone(),
        TargetBatch::Values(values) => values.reshape(outputs.shape()),
        TargetBatch::Labels(_) => panic!("the targets are classes where numbers are needed"),
    }
}
