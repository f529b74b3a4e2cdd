//! A layer around which the input is led.

use autodiff::tensor::{Element, Tensor};

use super::{Context, Layer};
use crate::error::{Error, Result};
use crate::parameters::LayoutBuilder;

/// The sum of the input and of what a layer makes of it, $y = x + f(x)$: K. He, X. Zhang, S. Ren
/// and J. Sun, *Deep residual learning for image recognition*, CVPR 2016, equation 1.
///
/// The inner layer must not change the shape. Its parameters keep the names that they would have
/// in its place.
///
/// # Examples
/// ```
/// use autodiff::tensor::Tensor;
/// use training::{Dense, Initializer, Model, Residual};
///
/// let layer = Residual::new(Dense::new(2).initializer(Initializer::Zeros));
/// let model = Model::<f64>::new(layer, &[2], 0)?;
/// let batch = Tensor::from_slice(&[1.0, 2.0], &[1, 2]).unwrap();
/// assert_eq!(model.predict(&batch)?.as_slice(), [1.0, 2.0]);
/// # Ok::<(), training::Error>(())
/// ```
#[derive(Debug)]
pub struct Residual<T: Element> {
    inner: Box<dyn Layer<T>>,
}

impl<T: Element> Residual<T> {
    /// The sum of the input and of what `inner` makes of it.
    pub fn new(inner: impl Layer<T> + 'static) -> Self {
        Self { inner: Box::new(inner) }
    }
}

impl<T: Element> Layer<T> for Residual<T> {
    fn kind(&self) -> &'static str {
        "residual"
    }

    fn declare(&mut self, builder: &mut LayoutBuilder, input: &[usize]) -> Result<Vec<usize>> {
        let output = self.inner.declare(builder, input)?;
        if output != input {
            return Err(Error::InvalidLayer {
                layer: format!("{} (residual)", builder.path()),
                reason: format!(
                    "the inner layer changes the shape from {input:?} to {output:?}, so that the \
                     two cannot be added"
                ),
            });
        }
        Ok(output)
    }

    fn forward(&self, input: &Tensor<T>, context: &mut Context<'_, T>) -> Tensor<T> {
        input + &self.inner.forward(input, context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::testing::check_layer;
    use crate::layers::{Activation, Dense, Model, Sequential};

    #[test]
    fn gradients_agree_with_differences() {
        let inner = Sequential::new().add(Dense::new(5)).add(Activation::Tanh).add(Dense::new(3));
        check_layer(Residual::new(inner), &[3]);
        check_layer(Residual::new(Residual::new(Activation::Sigmoid)), &[3]);
    }

    #[test]
    fn a_layer_that_changes_the_shape_is_refused() {
        let error = Model::<f32>::new(Residual::new(Dense::new(3)), &[2], 0).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("(residual)") && text.contains("from [2] to [3]"), "{text}");
    }
}
