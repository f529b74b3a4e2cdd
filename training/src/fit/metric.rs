//! Metrics: what is reported of a fit besides the loss.

use std::fmt::Debug;

use autodiff::tensor::{Element, Tensor};

use crate::data::Targets;
use crate::error::Result;
use crate::losses::TargetBatch;
use crate::losses::loss::{check_classes, check_values, invalid};

/// A number that says how good the outputs of a model are, as a mean over items.
///
/// On the training items it is computed from the outputs of the steps, each at the parameters of
/// its step and with random layers active, as is the training loss.
pub trait Metric<T: Element>: Debug + Send + Sync {
    /// The name of the metric, in lower case.
    fn name(&self) -> &'static str;

    /// Checks that outputs of this item shape can be compared with the targets.
    ///
    /// # Errors
    /// [`Error::InvalidTargets`](crate::Error::InvalidTargets) if the targets are of the wrong
    /// kind or number.
    fn check(&self, output: &[usize], targets: &Targets<T>) -> Result<()>;

    /// The sum of the metric over the items of a batch, whose outputs are `[items, ..]`.
    fn total(&self, outputs: &Tensor<T>, targets: &TargetBatch<'_, T>) -> f64;
}

/// The share of items whose class is the one with the largest output; the first of equals.
///
/// ```
/// use autodiff::tensor::Tensor;
/// use training::{Accuracy, Metric, TargetBatch};
///
/// let outputs = Tensor::from_slice(&[0.1, 0.9, 0.8, 0.2], &[2, 2]).unwrap();
/// assert_eq!(Accuracy.total(&outputs, &TargetBatch::Labels(&[1, 1])), 1.0);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Accuracy;

impl<T: Element> Metric<T> for Accuracy {
    fn name(&self) -> &'static str {
        "accuracy"
    }

    fn check(&self, output: &[usize], targets: &Targets<T>) -> Result<()> {
        check_classes("accuracy", output, targets)
    }

    fn total(&self, outputs: &Tensor<T>, targets: &TargetBatch<'_, T>) -> f64 {
        let TargetBatch::Labels(labels) = targets else {
            panic!("the targets are numbers where classes are needed");
        };
        let classes = outputs.shape()[1];
        let rows = outputs.as_slice().chunks_exact(classes);
        rows.zip(*labels).filter(|(row, label)| largest(row) == **label).count() as f64
    }
}

/// The share of items for which the sign of the only output (a logit) tells class 1 from class 0.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BinaryAccuracy;

impl<T: Element> Metric<T> for BinaryAccuracy {
    fn name(&self) -> &'static str {
        "binary accuracy"
    }

    fn check(&self, output: &[usize], targets: &Targets<T>) -> Result<()> {
        match targets {
            Targets::Classes { classes: 2, .. } if output.iter().product::<usize>() == 1 => Ok(()),
            _ => {
                let reason = "it takes one output and the classes 0 and 1";
                Err(invalid("binary accuracy", reason))
            }
        }
    }

    fn total(&self, outputs: &Tensor<T>, targets: &TargetBatch<'_, T>) -> f64 {
        let TargetBatch::Labels(labels) = targets else {
            panic!("the targets are numbers where classes are needed");
        };
        let right = |(logit, label): &(&T, &usize)| (**logit > T::ZERO) == (**label == 1);
        outputs.as_slice().iter().zip(*labels).filter(right).count() as f64
    }
}

/// The mean absolute difference between outputs and targets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MeanAbsoluteError;

impl<T: Element> Metric<T> for MeanAbsoluteError {
    fn name(&self) -> &'static str {
        "mean absolute error"
    }

    fn check(&self, output: &[usize], targets: &Targets<T>) -> Result<()> {
        check_values("mean absolute error", output, targets)
    }

    fn total(&self, outputs: &Tensor<T>, targets: &TargetBatch<'_, T>) -> f64 {
        let TargetBatch::Values(values) = targets else {
            panic!("the targets are classes where numbers are needed");
        };
        let columns = (outputs.len() / outputs.shape()[0].max(1)).max(1);
        let pairs = outputs.as_slice().iter().zip(values.as_slice());
        pairs.map(|(y, t)| (y.to_f64() - t.to_f64()).abs()).sum::<f64>() / columns as f64
    }
}

/// The position of the largest number, the first of equals; NaN is never the largest.
///
/// ```
/// assert_eq!(training::largest(&[0.0, 2.0, 2.0, f64::NAN]), 1);
/// assert_eq!(training::largest::<f64>(&[]), 0);
/// ```
pub fn largest<T: Element>(values: &[T]) -> usize {
    let mut best = 0;
    for (i, &value) in values.iter().enumerate() {
        if value > values[best] || (values[best].is_nan() && !value.is_nan()) {
            best = i;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_are_sums_over_items() {
        let outputs = Tensor::from_slice(&[1.0, -2.0, 0.0], &[3, 1]).unwrap();
        let labels = TargetBatch::Labels(&[1, 0, 1]);
        assert_eq!(Metric::<f64>::total(&BinaryAccuracy, &outputs, &labels), 2.0);
        let values = Tensor::from_slice(&[1.5, -1.0, 0.0], &[3, 1]).unwrap();
        let total = MeanAbsoluteError.total(&outputs, &TargetBatch::Values(&values));
        assert_eq!(total, 1.5);
        let wide = Tensor::from_slice(&[0.0, 4.0, 0.0, 0.0], &[2, 2]).unwrap();
        let zeros = Tensor::<f64>::zeros(&[2, 2]);
        assert_eq!(MeanAbsoluteError.total(&wide, &TargetBatch::Values(&zeros)), 2.0);
    }

    #[test]
    fn targets_must_fit() {
        let classes = |classes| Targets::<f32>::Classes { labels: vec![0], classes };
        let values = Targets::<f32>::Values { values: vec![0.0], columns: 1 };
        assert!(Accuracy.check(&[2], &classes(2)).is_ok());
        assert!(Accuracy.check(&[1], &classes(2)).is_err());
        assert!(Accuracy.check(&[1], &values).is_err());
        assert!(BinaryAccuracy.check(&[1], &classes(2)).is_ok());
        assert!(BinaryAccuracy.check(&[1], &values).is_err());
        assert!(MeanAbsoluteError.check(&[1], &values).is_ok());
        assert!(MeanAbsoluteError.check(&[1], &classes(2)).is_err());
    }
}
