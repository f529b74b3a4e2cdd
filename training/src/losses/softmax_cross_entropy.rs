//! The cross-entropy of the softmax of the outputs.

use autodiff::tensor::{Element, Tensor};

use super::loss::{Loss, TargetBatch, check_classes};
use crate::data::Targets;
use crate::error::Result;

/// The mean cross-entropy between the classes and the softmax of the outputs (logits),
///
/// $$ L = \frac{1}{n} \sum_{i=1}^{n} \Bigl( \ln \sum_j e^{y_{ij}} - y_{i t_i} \Bigr) $$
///
/// computed without overflow for logits of any size. Its gradient with respect to the logits is
/// $(\mathrm{softmax}(y_i) - e_{t_i}) / n$.
///
/// # Examples
/// ```
/// use autodiff::tensor::Tensor;
/// use training::{Loss, SoftmaxCrossEntropy, TargetBatch};
///
/// // Equal logits of two classes: the loss is ln 2.
/// let logits = Tensor::<f64>::zeros(&[3, 2]);
/// let loss = SoftmaxCrossEntropy.value(&logits, &TargetBatch::Labels(&[0, 1, 1]));
/// assert!((loss.item() - 2.0_f64.ln()).abs() < 1e-15);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SoftmaxCrossEntropy;

impl<T: Element> Loss<T> for SoftmaxCrossEntropy {
    fn name(&self) -> &'static str {
        "softmax cross-entropy"
    }

    fn check(&self, output: &[usize], targets: &Targets<T>) -> Result<()> {
        check_classes("softmax cross-entropy", output, targets)
    }

    fn value(&self, outputs: &Tensor<T>, targets: &TargetBatch<'_, T>) -> Tensor<T> {
        match targets {
            TargetBatch::Labels(labels) => outputs.softmax_cross_entropy(labels),
            TargetBatch::Values(_) => panic!("the targets are numbers where classes are needed"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::losses::testing::check_loss;

    #[test]
    fn gradients_agree_with_differences() {
        check_loss(SoftmaxCrossEntropy, &[4, 3], &TargetBatch::Labels(&[0, 2, 1, 2]));
        check_loss(SoftmaxCrossEntropy, &[1, 1], &TargetBatch::Labels(&[0]));
    }

    #[test]
    fn logits_of_any_size_are_fine() {
        let logits = Tensor::from_slice(&[1e4, -1e4, -1e4, 1e4], &[2, 2]).unwrap();
        let loss = |labels: &[usize]| {
            Loss::<f64>::value(&SoftmaxCrossEntropy, &logits, &TargetBatch::Labels(labels)).item()
        };
        assert_eq!(loss(&[0, 1]), 0.0);
        assert_eq!(loss(&[1, 1]), 1e4);
    }

    #[test]
    fn targets_must_fit() {
        let check = |output: &[usize], targets| {
            Loss::<f64>::check(&SoftmaxCrossEntropy, output, &targets).map_err(|e| e.to_string())
        };
        let classes = || Targets::Classes { labels: vec![0, 1], classes: 3 };
        assert!(check(&[3], classes()).is_ok());
        let error = check(&[2], classes()).unwrap_err();
        assert!(error.contains("[2]") && error.contains("3 classes"), "{error}");
        let numbers = Targets::Values { values: vec![0.0], columns: 1 };
        assert!(check(&[3], numbers).unwrap_err().contains("has numbers"));
    }
}
