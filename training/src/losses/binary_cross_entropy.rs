//! The cross-entropy of yes-or-no questions.

use autodiff::tensor::{Element, Tensor};

use super::loss::{Loss, TargetBatch, check_values, invalid, values_like};
use crate::data::Targets;
use crate::error::Result;

/// The mean cross-entropy between probabilities $t$ in $[0, 1]$ and the logistic function of the
/// outputs (logits),
///
/// $$ L = \frac{1}{n c} \sum_{i=1}^{n} \sum_{j=1}^{c}
///     \ln(1 + e^{y_{ij}}) - t_{ij} y_{ij} $$
///
/// computed without overflow for logits of any size. Its derivative with respect to a logit is
/// $(\sigma(y_{ij}) - t_{ij}) / (n c)$.
///
/// The targets are numbers in $[0, 1]$, one for each output, or the classes 0 and 1 for a model
/// with one output.
///
/// # Examples
/// ```
/// use autodiff::tensor::Tensor;
/// use training::{BinaryCrossEntropy, Loss, TargetBatch};
///
/// let logits = Tensor::from_slice(&[0.0_f64, 0.0], &[2, 1]).unwrap();
/// let loss = BinaryCrossEntropy.value(&logits, &TargetBatch::Labels(&[0, 1]));
/// assert!((loss.item() - 2.0_f64.ln()).abs() < 1e-15);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BinaryCrossEntropy;

const NAME: &str = "binary cross-entropy";

impl<T: Element> Loss<T> for BinaryCrossEntropy {
    fn name(&self) -> &'static str {
        NAME
    }

    fn check(&self, output: &[usize], targets: &Targets<T>) -> Result<()> {
        let values = match targets {
            Targets::Classes { classes: 2, .. } if output.iter().product::<usize>() == 1 => {
                return Ok(());
            }
            Targets::Classes { classes, .. } => {
                let reason = format!(
                    "the model gives outputs of shape {output:?} for {classes} classes; it takes \
                     one output for 2 classes"
                );
                return Err(invalid(NAME, reason));
            }
            Targets::Values { values, .. } => values,
        };
        check_values(NAME, output, targets)?;
        match values.iter().position(|&t| !(t >= T::ZERO && t <= T::ONE)) {
            None => Ok(()),
            Some(i) => {
                let reason = format!("target {i} is {}, it must be in [0, 1]", values[i]);
                Err(invalid(NAME, reason))
            }
        }
    }

    fn value(&self, outputs: &Tensor<T>, targets: &TargetBatch<'_, T>) -> Tensor<T> {
        let targets = match targets {
            TargetBatch::Values(_) => values_like(outputs, targets),
            TargetBatch::Labels(labels) => {
                assert_eq!(outputs.len(), labels.len(), "one logit for each label");
                Tensor::from_fn(outputs.shape(), |i| T::from_usize(labels[i]))
            }
        };
        (outputs.softplus() - targets * outputs).mean()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::losses::testing::check_loss;

    #[test]
    fn gradients_agree_with_differences() {
        let targets = Tensor::from_fn(&[4, 2], |i| i as f64 / 7.0);
        check_loss(BinaryCrossEntropy, &[4, 2], &TargetBatch::Values(&targets));
        check_loss(BinaryCrossEntropy, &[3, 1], &TargetBatch::Labels(&[1, 0, 1]));
    }

    #[test]
    fn logits_of_any_size_are_fine() {
        let logits = Tensor::from_slice(&[1e4, -1e4], &[2, 1]).unwrap();
        let loss = |labels: &[usize]| {
            Loss::<f64>::value(&BinaryCrossEntropy, &logits, &TargetBatch::Labels(labels)).item()
        };
        assert_eq!(loss(&[1, 0]), 0.0);
        assert_eq!(loss(&[0, 1]), 1e4);
    }

    #[test]
    fn targets_must_fit() {
        let check = |output: &[usize], targets| {
            Loss::<f64>::check(&BinaryCrossEntropy, output, &targets).map_err(|e| e.to_string())
        };
        let numbers = |values: Vec<f64>| Targets::Values { values, columns: 1 };
        assert!(check(&[1], numbers(vec![0.0, 0.5, 1.0])).is_ok());
        assert!(check(&[1], numbers(vec![0.0, 1.5])).unwrap_err().contains("target 1 is 1.5"));
        assert!(check(&[1], numbers(vec![-0.1])).is_err());
        let classes = |classes| Targets::Classes { labels: vec![0], classes };
        assert!(check(&[1], classes(2)).is_ok());
        assert!(check(&[2], classes(2)).is_err());
        assert!(check(&[1], classes(3)).unwrap_err().contains("3 classes"));
    }
}
