//! A layer bound to its parameters.

use std::sync::Arc;

use autodiff::tensor::{Element, Tensor};

use super::{Context, Layer};
use crate::error::{Error, Result};
use crate::parameters::{LayoutBuilder, Parameters};

/// How many items pass through a model at once when it is used.
pub(crate) const EVALUATION_CHUNK: usize = 1024;

/// A layer, usually a composed one, with the values of its parameters.
///
/// Cloning is cheap: the layer is shared, and the parameters are until one of the two is trained.
///
/// # Examples
/// ```
/// use autodiff::tensor::Tensor;
/// use training::{Activation, Dense, Model, Sequential};
///
/// let network =
///     Sequential::new().add(Dense::new(5)).add(Activation::Relu).add(Dense::new(2));
/// let model = Model::<f32>::new(network, &[3], 42)?;
/// assert_eq!(model.parameters().len(), (3 * 5 + 5) + (5 * 2 + 2));
/// assert_eq!(model.predict(&Tensor::zeros(&[7, 3]))?.shape(), [7, 2]);
/// assert!(model.predict(&Tensor::zeros(&[7, 4])).is_err());
/// # Ok::<(), training::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Model<T: Element> {
    layer: Arc<dyn Layer<T>>,
    input: Vec<usize>,
    output: Vec<usize>,
    parameters: Parameters<T>,
}

impl<T: Element> Model<T> {
    /// Builds a layer for items of shape `input` and draws its parameters.
    ///
    /// # Errors
    /// [`Error::InvalidLayer`] naming the layer that is impossible or does not fit its input.
    pub fn new(layer: impl Layer<T> + 'static, input: &[usize], seed: u64) -> Result<Self> {
        let mut layer = layer;
        let mut builder = LayoutBuilder::new();
        let output = layer.declare(&mut builder, input)?;
        let parameters = Parameters::initialize(builder.finish(), seed);
        Ok(Self { layer: Arc::new(layer), input: input.to_vec(), output, parameters })
    }

    /// The outermost layer.
    pub fn layer(&self) -> &dyn Layer<T> {
        &*self.layer
    }

    /// The shape of an input item.
    pub fn input_shape(&self) -> &[usize] {
        &self.input
    }

    /// The shape of an output item.
    pub fn output_shape(&self) -> &[usize] {
        &self.output
    }

    /// The parameters.
    pub fn parameters(&self) -> &Parameters<T> {
        &self.parameters
    }

    /// The parameters, to be changed.
    pub fn parameters_mut(&mut self) -> &mut Parameters<T> {
        &mut self.parameters
    }

    /// The outputs for a batch of inputs, `[batch, ..]` to `[batch, ..]`.
    ///
    /// Random layers are quiet, nothing is recorded, and a large batch is passed through in
    /// chunks.
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`] if the items do not have the shape that the model was built for.
    pub fn predict(&self, inputs: &Tensor<T>) -> Result<Tensor<T>> {
        self.check_input("the input of the model", inputs.shape())?;
        let batch = inputs.shape()[0];
        if batch <= EVALUATION_CHUNK {
            return Ok(self.evaluate(inputs).detach());
        }
        let shape: Vec<usize> = [batch].into_iter().chain(self.output.iter().copied()).collect();
        let mut outputs = Tensor::zeros(&shape);
        let width: usize = self.output.iter().product();
        for start in (0..batch).step_by(EVALUATION_CHUNK) {
            let end = (start + EVALUATION_CHUNK).min(batch);
            let chunk = self.evaluate(&inputs.rows(start..end));
            outputs.make_mut()[start * width..end * width].copy_from_slice(chunk.as_slice());
        }
        Ok(outputs)
    }

    /// The outputs for one chunk whose shape is known to fit.
    pub(crate) fn evaluate(&self, inputs: &Tensor<T>) -> Tensor<T> {
        self.layer.forward(inputs, &mut Context::evaluate(&self.parameters))
    }

    /// Checks that a batch of shape `[items, ..]` fits the model.
    pub(crate) fn check_input(&self, what: &str, shape: &[usize]) -> Result<()> {
        match shape.split_first() {
            Some((_, item)) if item == self.input => Ok(()),
            Some((&items, _)) => {
                let expected: Vec<usize> =
                    [items].into_iter().chain(self.input.iter().copied()).collect();
                Err(Error::shape_mismatch(what, &expected, shape))
            }
            None => Err(Error::shape_mismatch(what, &self.input, shape)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::{Activation, Dense, Sequential};

    fn network() -> Sequential<f64> {
        Sequential::new().add(Dense::new(3)).add(Activation::Gelu).add(Dense::new(2))
    }

    #[test]
    fn a_large_batch_gives_what_single_items_give() {
        let model = Model::new(network(), &[4], 1).unwrap();
        let batch = EVALUATION_CHUNK + 7;
        let inputs = Tensor::from_fn(&[batch, 4], |i| (i as f64 * 0.37).sin());
        let outputs = model.predict(&inputs).unwrap();
        assert_eq!(outputs.shape(), [batch, 2]);
        for item in [0, 1, EVALUATION_CHUNK - 1, EVALUATION_CHUNK, batch - 1] {
            let one = inputs.view(item * 4..(item + 1) * 4, &[1, 4]);
            let output = model.predict(&one).unwrap();
            for (a, b) in output.as_slice().iter().zip(&outputs.as_slice()[item * 2..]) {
                assert!((a - b).abs() < 1e-14);
            }
        }
        assert_eq!(model.predict(&Tensor::zeros(&[0, 4])).unwrap().shape(), [0, 2]);
    }

    #[test]
    fn inputs_of_another_shape_are_errors() {
        let model = Model::new(network(), &[4], 1).unwrap();
        for shape in [&[][..], &[4], &[2, 3], &[2, 4, 1]] {
            let error = model.predict(&Tensor::zeros(shape)).unwrap_err();
            assert!(matches!(error, Error::ShapeMismatch { .. }), "{error}");
        }
    }

    #[test]
    fn a_clone_is_trained_apart() {
        let model = Model::new(network(), &[4], 1).unwrap();
        let mut trained = model.clone();
        trained.parameters_mut().as_mut_slice().fill(0.0);
        assert!(model.parameters().as_slice().iter().any(|&v| v != 0.0));
    }

    #[test]
    fn models_cross_threads() {
        fn assert_send_sync<M: Send + Sync>() {}
        assert_send_sync::<Model<f32>>();
    }
}
