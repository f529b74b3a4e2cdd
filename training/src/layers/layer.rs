//! The trait of layers.

use std::fmt::Debug;

use autodiff::tensor::{Element, Tensor};

use super::Context;
use crate::error::Result;
use crate::parameters::LayoutBuilder;

/// A function from a batch of inputs and some parameters to a batch of outputs.
///
/// A layer holds its configuration and the places of its parameters, not their values: those come
/// with the [`Context`] of each call, so that one layer can be evaluated at any parameters and
/// differentiated with respect to them. The first axis of an input and of an output counts the
/// items of a batch; the shapes that [`declare`](Self::declare) speaks of are those of one item.
///
/// # Examples
/// A layer that multiplies each feature by a learned number:
/// ```
/// use autodiff::tensor::{Element, Tensor};
/// use training::{
///     Context, Fan, Initializer, Layer, LayoutBuilder, Model, ParameterId, Result,
/// };
///
/// #[derive(Debug, Default)]
/// struct Scale {
///     factor: Option<ParameterId>,
/// }
///
/// impl<T: Element> Layer<T> for Scale {
///     fn kind(&self) -> &'static str {
///         "scale"
///     }
///     fn declare(&mut self, builder: &mut LayoutBuilder, input: &[usize]) -> Result<Vec<usize>> {
///         let one = Initializer::Constant(2.0);
///         let fan = Fan { inputs: 1, outputs: 1 };
///         self.factor = Some(builder.add("factor", input, "weights", one, fan)?);
///         Ok(input.to_vec())
///     }
///     fn forward(&self, input: &Tensor<T>, context: &mut Context<'_, T>) -> Tensor<T> {
///         input * &context.parameter(self.factor)
///     }
/// }
///
/// let model = Model::<f64>::new(Scale::default(), &[3], 0)?;
/// let batch = Tensor::from_slice(&[1.0, 2.0, 3.0], &[1, 3]).unwrap();
/// assert_eq!(model.predict(&batch)?.as_slice(), [2.0, 4.0, 6.0]);
/// # Ok::<(), training::Error>(())
/// ```
pub trait Layer<T: Element>: Debug + Send + Sync {
    /// What kind of layer it is, in lower case, for messages.
    fn kind(&self) -> &'static str;

    /// Declares the parameters for items of shape `input` and returns the shape of an output item.
    ///
    /// # Errors
    /// [`Error::InvalidLayer`](crate::Error::InvalidLayer) if the configuration is impossible or
    /// does not fit the input.
    fn declare(&mut self, builder: &mut LayoutBuilder, input: &[usize]) -> Result<Vec<usize>>;

    /// The outputs for a batch of inputs, `[batch, ..]` to `[batch, ..]`.
    ///
    /// # Panics
    /// Where the layer has not declared its parameters, or the input has another shape than the
    /// one it was declared for.
    fn forward(&self, input: &Tensor<T>, context: &mut Context<'_, T>) -> Tensor<T>;
}

impl<T: Element> Layer<T> for Box<dyn Layer<T>> {
    fn kind(&self) -> &'static str {
        (**self).kind()
    }
    fn declare(&mut self, builder: &mut LayoutBuilder, input: &[usize]) -> Result<Vec<usize>> {
        (**self).declare(builder, input)
    }
    fn forward(&self, input: &Tensor<T>, context: &mut Context<'_, T>) -> Tensor<T> {
        (**self).forward(input, context)
    }
}
