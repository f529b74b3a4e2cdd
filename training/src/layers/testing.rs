//! A check that every layer passes: derivatives agree with difference quotients.

use autodiff::tensor::{self, Tensor};

use super::{Context, Layer, Model};

/// Compares the derivatives of a weighted sum of outputs with respect to parameters and inputs with
/// central differences, in the training phase at a fixed step.
///
/// With a step of 1e-5 the truncation error of a central difference is about 1e-10 times the third
/// derivative, and the rounding error about 1e-16 / 1e-5 = 1e-11 times the value.
pub(crate) fn check_layer(layer: impl Layer<f64> + 'static, item: &[usize]) {
    let model = Model::new(layer, item, 5).unwrap();
    let batch: Vec<usize> = [3].into_iter().chain(item.iter().copied()).collect();
    // Irregular numbers, none of them near the kink of a rectifier.
    let inputs = Tensor::from_fn(&batch, |i| {
        let x = (i as f64 * 1.7 + 0.4).sin();
        x + 0.05 * x.signum()
    });
    let layout = model.parameters().layout();
    let value = |flat: &Tensor<f64>, inputs: &Tensor<f64>| {
        let mut context = Context::train(flat, layout, 7, 11);
        let output = model.layer().forward(inputs, &mut context);
        assert_eq!(output.shape()[1..], *model.output_shape());
        let weights = Tensor::from_fn(output.shape(), |i| (i as f64 * 0.9 + 0.3).cos());
        (output * &weights).sum()
    };
    let at = [model.parameters().flat().clone(), inputs];
    let gradients = tensor::gradient(|x| value(&x[0], &x[1]), &at);
    for which in 0..2 {
        for i in 0..at[which].len() {
            const STEP: f64 = 1e-5;
            let shifted = |by: f64| {
                let mut point = at.clone();
                point[which].make_mut()[i] += by;
                value(&point[0], &point[1]).item()
            };
            let difference = (shifted(STEP) - shifted(-STEP)) / (2.0 * STEP);
            let derivative = gradients[which].as_slice()[i];
            assert!(
                (derivative - difference).abs() <= 1e-8 * (1.0 + difference.abs()),
                "{:?}, operand {which}, entry {i}: {derivative} but differences give {difference}",
                model.layer(),
            );
        }
    }
    // The flat vector of parameters gets the same gradient in place.
    let mut flat = vec![f64::NAN; model.parameters().len()];
    let loss = tensor::value_and_gradient_into(|flat| value(flat, &at[1]), &at[0], &mut flat);
    assert_eq!(loss, value(&at[0], &at[1]).item());
    for (a, b) in flat.iter().zip(gradients[0].as_slice()) {
        assert!((a - b).abs() <= 1e-14 * (1.0 + b.abs()), "{a} {b}");
    }
}
