//! A check that every loss passes: derivatives agree with difference quotients.

use autodiff::tensor::{self, Tensor};

use super::{Loss, TargetBatch};

/// Compares the derivative with respect to the outputs with central differences, whose error with
/// a step of 1e-5 is about 1e-10, and the loss of a batch with the weighted losses of its parts.
pub(crate) fn check_loss(loss: impl Loss<f64>, shape: &[usize], targets: &TargetBatch<'_, f64>) {
    let outputs = Tensor::from_fn(shape, |i| 2.0 * (i as f64 * 1.3 + 0.2).sin());
    let (value, gradient) =
        tensor::value_and_gradient(|x| loss.value(&x[0], targets), std::slice::from_ref(&outputs));
    for i in 0..outputs.len() {
        const STEP: f64 = 1e-5;
        let shifted = |by: f64| {
            let mut point = outputs.clone();
            point.make_mut()[i] += by;
            loss.value(&point, targets).item()
        };
        let difference = (shifted(STEP) - shifted(-STEP)) / (2.0 * STEP);
        let derivative = gradient[0].as_slice()[i];
        assert!(
            (derivative - difference).abs() <= 1e-9 * (1.0 + difference.abs()),
            "{}, output {i}: {derivative} but differences give {difference}",
            loss.name(),
        );
    }

    let items = shape[0];
    let by_item: f64 = (0..items)
        .map(|item| {
            let output = outputs.rows(item..item + 1);
            let row;
            let target = match targets {
                TargetBatch::Labels(labels) => TargetBatch::Labels(&labels[item..item + 1]),
                TargetBatch::Values(values) => {
                    row = values.rows(item..item + 1);
                    TargetBatch::Values(&row)
                }
            };
            loss.value(&output, &target).item()
        })
        .sum();
    assert!((value.item() - by_item / items as f64).abs() < 1e-14 * (1.0 + by_item.abs()));
}
