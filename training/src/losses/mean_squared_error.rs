//! The mean squared error.

use autodiff::tensor::{Element, Tensor};

use super::loss::{Loss, TargetBatch, check_values, values_like};
use crate::data::Targets;
use crate::error::Result;

/// The mean squared error over items and columns,
///
/// $$ L = \frac{1}{n c} \sum_{i=1}^{n} \sum_{j=1}^{c} (y_{ij} - t_{ij})^2 $$
///
/// # Examples
/// ```
/// use autodiff::tensor::Tensor;
/// use training::{Loss, MeanSquaredError, TargetBatch};
///
/// let outputs = Tensor::from_slice(&[1.0, 2.0], &[2, 1]).unwrap();
/// let targets = Tensor::from_slice(&[0.0, 4.0], &[2, 1]).unwrap();
/// let loss = MeanSquaredError.value(&outputs, &TargetBatch::Values(&targets));
/// assert_eq!(loss.item(), (1.0 + 4.0) / 2.0);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MeanSquaredError;

impl<T: Element> Loss<T> for MeanSquaredError {
    fn name(&self) -> &'static str {
        "mean squared error"
    }

    fn check(&self, output: &[usize], targets: &Targets<T>) -> Result<()> {
        check_values("mean squared error", output, targets)
    }

    fn value(&self, outputs: &Tensor<T>, targets: &TargetBatch<'_, T>) -> Tensor<T> {
        (outputs - values_like(outputs, targets)).square().mean()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::losses::testing::check_loss;

    #[test]
    fn gradients_agree_with_differences() {
        let targets = Tensor::from_fn(&[4, 3], |i| (i as f64).cos());
        check_loss(MeanSquaredError, &[4, 3], &TargetBatch::Values(&targets));
    }

    #[test]
    fn targets_must_fit() {
        let check = |output: &[usize], targets| {
            Loss::<f64>::check(&MeanSquaredError, output, &targets).map_err(|e| e.to_string())
        };
        let numbers = || Targets::Values { values: vec![0.0; 6], columns: 2 };
        assert!(check(&[2], numbers()).is_ok());
        assert!(check(&[1, 2], numbers()).is_ok());
        let error = check(&[3], numbers()).unwrap_err();
        assert!(error.contains("3 numbers") && error.contains("have 2"), "{error}");
        let classes = Targets::Classes { labels: vec![0], classes: 2 };
        assert!(check(&[2], classes).unwrap_err().contains("has classes"));
    }
}
