//! The fully connected layer.

use autodiff::tensor::{Element, Tensor};

use super::{Context, Layer};
use crate::error::{Error, Result};
use crate::parameters::{Fan, Initializer, LayoutBuilder, ParameterId};

/// The fully connected layer, $y = x W + b$.
///
/// It acts on the last axis: items of shape `[.., inputs]` become items of shape `[.., units]`.
/// Its parameters are `weight` of shape `[inputs, units]` in the group `"weights"` and `bias` of
/// shape `[units]` in the group `"biases"`; `inputs` is known when the model is built.
///
/// By default the weight is drawn from [`Initializer::HE_NORMAL`], as suits rectified units, and
/// the bias is zero.
///
/// # Examples
/// ```
/// use autodiff::tensor::Tensor;
/// use training::{Dense, Initializer, Model};
///
/// let layer = Dense::new(2).initializer(Initializer::Constant(0.5));
/// let model = Model::<f64>::new(layer, &[3], 0)?;
/// assert_eq!(model.parameters().len(), 3 * 2 + 2);
/// let batch = Tensor::from_slice(&[1.0, 2.0, 3.0], &[1, 3]).unwrap();
/// assert_eq!(model.predict(&batch)?.as_slice(), [3.0, 3.0]);
/// # Ok::<(), training::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Dense {
    units: usize,
    initializer: Initializer,
    bias_initializer: Option<Initializer>,
    weight: Option<ParameterId>,
    bias: Option<ParameterId>,
}

impl Dense {
    /// A layer with this many outputs, at least 1.
    pub fn new(units: usize) -> Self {
        Self {
            units,
            initializer: Initializer::HE_NORMAL,
            bias_initializer: Some(Initializer::Zeros),
            weight: None,
            bias: None,
        }
    }

    /// The layer with another distribution of the weight before training.
    #[must_use]
    pub fn initializer(mut self, initializer: Initializer) -> Self {
        self.initializer = initializer;
        self
    }

    /// The layer with another distribution of the bias before training.
    #[must_use]
    pub fn bias_initializer(mut self, initializer: Initializer) -> Self {
        self.bias_initializer = Some(initializer);
        self
    }

    /// The layer without a bias, $y = x W$.
    #[must_use]
    pub fn without_bias(mut self) -> Self {
        self.bias_initializer = None;
        self
    }
}

impl<T: Element> Layer<T> for Dense {
    fn kind(&self) -> &'static str {
        "dense"
    }

    fn declare(&mut self, builder: &mut LayoutBuilder, input: &[usize]) -> Result<Vec<usize>> {
        let invalid = |builder: &LayoutBuilder, reason: String| Error::InvalidLayer {
            layer: format!("{} (dense)", builder.path()),
            reason,
        };
        if self.units == 0 {
            return Err(invalid(builder, "0 units, there must be at least 1".into()));
        }
        let Some((&inputs, leading)) = input.split_last() else {
            return Err(invalid(builder, "its input is a single number without an axis".into()));
        };
        if inputs == 0 {
            return Err(invalid(builder, format!("its input has shape {input:?}, without items")));
        }
        let fan = Fan { inputs, outputs: self.units };
        let shape = [inputs, self.units];
        self.weight = Some(builder.add("weight", &shape, "weights", self.initializer, fan)?);
        self.bias = match self.bias_initializer {
            Some(initializer) => {
                Some(builder.add("bias", &[self.units], "biases", initializer, fan)?)
            }
            None => None,
        };
        Ok(leading.iter().copied().chain([self.units]).collect())
    }

    fn forward(&self, input: &Tensor<T>, context: &mut Context<'_, T>) -> Tensor<T> {
        let weight = context.parameter(self.weight);
        let bias = self.bias.map(|id| context.parameter(Some(id)));
        input.linear(&weight, bias.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::Model;
    use crate::layers::testing::check_layer;

    #[test]
    fn gradients_agree_with_differences() {
        check_layer(Dense::new(3), &[4]);
        check_layer(Dense::new(3).without_bias(), &[4]);
        check_layer(Dense::new(2).bias_initializer(Initializer::Constant(0.3)), &[3, 4]);
        check_layer(Dense::new(1), &[1]);
    }

    #[test]
    fn impossible_layers_are_errors() {
        let error = |layer: Dense, input: &[usize]| {
            Model::<f32>::new(layer, input, 0).unwrap_err().to_string()
        };
        assert!(error(Dense::new(0), &[3]).contains("0 units"));
        assert!(error(Dense::new(3), &[]).contains("single number"));
        assert!(error(Dense::new(3), &[0]).contains("[0]"));
        let nan = Dense::new(1).initializer(Initializer::Constant(f64::NAN));
        assert!(error(nan, &[1]).contains("NaN"));
    }
}
