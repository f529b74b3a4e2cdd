//! Layers one after another.

use autodiff::tensor::{Element, Tensor};

use super::{Context, Layer};
use crate::error::{Error, Result};
use crate::parameters::LayoutBuilder;

/// Layers one after another, $y = f_n(\ldots f_2(f_1(x)))$.
///
/// The parameters of a layer are named after its position, `"0.weight"`, or after the name that it
/// was added with.
///
/// # Examples
/// ```
/// use training::{Activation, Dense, Model, Sequential};
///
/// let network = Sequential::new()
///     .add(Dense::new(16))
///     .add(Activation::Tanh)
///     .add_named("head", Dense::new(3));
/// let model = Model::<f32>::new(network, &[8], 0)?;
/// let names: Vec<_> = model.parameters().layout().entries().iter().map(|e| &e.name).collect();
/// assert_eq!(names, ["0.weight", "0.bias", "head.weight", "head.bias"]);
/// assert_eq!(model.output_shape(), [3]);
/// # Ok::<(), training::Error>(())
/// ```
#[derive(Debug)]
pub struct Sequential<T: Element> {
    layers: Vec<(String, Box<dyn Layer<T>>)>,
}

impl<T: Element> Sequential<T> {
    /// No layers: the identity.
    pub fn new() -> Self {
        Self { layers: Vec::new() }
    }

    /// The layers so far, then `layer`, named after its position.
    #[must_use]
    #[expect(clippy::should_implement_trait, reason = "appending a layer is not a sum")]
    pub fn add(self, layer: impl Layer<T> + 'static) -> Self {
        let name = self.layers.len().to_string();
        self.add_named(name, layer)
    }

    /// The layers so far, then `layer`, with a name of its own.
    #[must_use]
    pub fn add_named(mut self, name: impl Into<String>, layer: impl Layer<T> + 'static) -> Self {
        self.layers.push((name.into(), Box::new(layer)));
        self
    }

    /// The number of layers.
    pub fn len(&self) -> usize {
        self.layers.len()
    }

    /// Whether there are no layers.
    pub fn is_empty(&self) -> bool {
        self.layers.is_empty()
    }
}

impl<T: Element> Default for Sequential<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Element> Layer<T> for Sequential<T> {
    fn kind(&self) -> &'static str {
        "sequential"
    }

    fn declare(&mut self, builder: &mut LayoutBuilder, input: &[usize]) -> Result<Vec<usize>> {
        let mut shape = input.to_vec();
        for (i, (name, _)) in self.layers.iter().enumerate() {
            let problem = if name.is_empty() || name.contains('.') {
                "the name of a layer must not be empty or contain a dot"
            } else if self.layers[..i].iter().any(|(other, _)| other == name) {
                "there already is a layer of this name"
            } else {
                continue;
            };
            let layer = builder.scope(name, |builder| builder.path());
            return Err(Error::InvalidLayer { layer, reason: problem.to_string() });
        }
        for (name, layer) in &mut self.layers {
            shape = builder.scope(name, |builder| layer.declare(builder, &shape))?;
        }
        Ok(shape)
    }

    fn forward(&self, input: &Tensor<T>, context: &mut Context<'_, T>) -> Tensor<T> {
        let mut value = input.clone();
        for (_, layer) in &self.layers {
            value = layer.forward(&value, context);
        }
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::testing::check_layer;
    use crate::layers::{Activation, Dense, Model};

    #[test]
    fn gradients_agree_with_differences() {
        let network = Sequential::new().add(Dense::new(4)).add(Activation::Tanh).add(Dense::new(2));
        check_layer(network, &[3]);
        check_layer(Sequential::new(), &[3]);
    }

    #[test]
    fn an_error_names_the_layer() {
        let inner = Sequential::new().add(Activation::Relu).add(Dense::new(0));
        let network = Sequential::new().add(Dense::new(4)).add_named("block", inner);
        let error = Model::<f32>::new(network, &[3], 0).unwrap_err();
        assert_eq!(error.to_string(), "layer block.1 (dense): 0 units, there must be at least 1");
        let twice = Sequential::new().add_named("a", Dense::new(1)).add_named("a", Dense::new(1));
        let error = Model::<f32>::new(twice, &[3], 0).unwrap_err();
        assert_eq!(error.to_string(), "layer a: there already is a layer of this name");
    }
}
