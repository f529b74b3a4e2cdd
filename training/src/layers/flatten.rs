//! Items of any shape as vectors.

use autodiff::tensor::{Element, Tensor};

use super::{Context, Layer};
use crate::error::{Error, Result};
use crate::parameters::LayoutBuilder;

/// Turns items of any shape, such as images of `[height, width]`, into vectors; copies nothing.
///
/// # Examples
/// ```
/// use autodiff::tensor::Tensor;
/// use training::{Flatten, Model};
///
/// let model = Model::<f32>::new(Flatten, &[2, 3], 0)?;
/// assert_eq!(model.output_shape(), [6]);
/// assert_eq!(model.predict(&Tensor::zeros(&[4, 2, 3]))?.shape(), [4, 6]);
/// # Ok::<(), training::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Flatten;

impl<T: Element> Layer<T> for Flatten {
    fn kind(&self) -> &'static str {
        "flatten"
    }

    fn declare(&mut self, builder: &mut LayoutBuilder, input: &[usize]) -> Result<Vec<usize>> {
        let length = input.iter().try_fold(1_usize, |product, &n| product.checked_mul(n));
        match length {
            Some(length) => Ok(vec![length]),
            None => Err(Error::InvalidLayer {
                layer: format!("{} (flatten)", builder.path()),
                reason: format!("the shape {input:?} has too many elements"),
            }),
        }
    }

    fn forward(&self, input: &Tensor<T>, _: &mut Context<'_, T>) -> Tensor<T> {
        let (batch, items) = (input.shape()[0], input.shape()[1..].iter().product());
        input.reshape(&[batch, items])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::testing::check_layer;

    #[test]
    fn gradients_agree_with_differences() {
        check_layer(Flatten, &[2, 3]);
        check_layer(Flatten, &[]);
    }
}
