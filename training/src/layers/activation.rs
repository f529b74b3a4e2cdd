//! Elementwise non-linear functions.

use autodiff::tensor::{Element, Tensor};

use super::{Context, Layer};
use crate::error::Result;
use crate::parameters::LayoutBuilder;

/// An elementwise function as a layer without parameters.
///
/// # Examples
/// ```
/// use autodiff::tensor::Tensor;
/// use training::{Activation, Model};
///
/// let model = Model::<f64>::new(Activation::Relu, &[3], 0)?;
/// let batch = Tensor::from_slice(&[-1.0, 0.0, 2.0], &[1, 3]).unwrap();
/// assert_eq!(model.predict(&batch)?.as_slice(), [0.0, 0.0, 2.0]);
/// # Ok::<(), training::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Activation {
    /// The rectifier $\max(x, 0)$, with derivative 0 at 0.
    Relu,
    /// $\tanh x$.
    Tanh,
    /// The logistic function $\sigma(x) = 1 / (1 + e^{-x})$.
    Sigmoid,
    /// $x\,\Phi(x)$ with the distribution function $\Phi$ of the standard normal law: D. Hendrycks
    /// and K. Gimpel, *Gaussian error linear units*, 2016.
    Gelu,
    /// $x\,\sigma(x)$, also known as swish: S. Elfwing, E. Uchibe and K. Doya, *Sigmoid-weighted
    /// linear units*, 2017.
    Silu,
    /// $x$ itself.
    Identity,
}

impl<T: Element> Layer<T> for Activation {
    fn kind(&self) -> &'static str {
        match self {
            Self::Relu => "relu",
            Self::Tanh => "tanh",
            Self::Sigmoid => "sigmoid",
            Self::Gelu => "gelu",
            Self::Silu => "silu",
            Self::Identity => "identity",
        }
    }

    fn declare(&mut self, _: &mut LayoutBuilder, input: &[usize]) -> Result<Vec<usize>> {
        Ok(input.to_vec())
    }

    fn forward(&self, input: &Tensor<T>, _: &mut Context<'_, T>) -> Tensor<T> {
        match self {
            Self::Relu => input.relu(),
            Self::Tanh => input.tanh(),
            Self::Sigmoid => input.sigmoid(),
            Self::Gelu => input.gelu(),
            Self::Silu => input * &input.sigmoid(),
            Self::Identity => input.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::Model;
    use crate::layers::testing::check_layer;

    const ALL: [Activation; 6] = [
        Activation::Relu,
        Activation::Tanh,
        Activation::Sigmoid,
        Activation::Gelu,
        Activation::Silu,
        Activation::Identity,
    ];

    #[test]
    fn gradients_agree_with_differences() {
        for activation in ALL {
            check_layer(activation, &[5]);
        }
    }

    #[test]
    fn values_are_those_of_the_formula() {
        let x = [-3.0, -0.5, 0.0, 0.5, 3.0];
        let batch = Tensor::from_slice(&x, &[1, 5]).unwrap();
        for activation in ALL {
            let y = Model::<f64>::new(activation, &[5], 0).unwrap().predict(&batch).unwrap();
            for (&x, &y) in x.iter().zip(y.as_slice()) {
                let sigmoid = 1.0 / (1.0 + (-x).exp());
                let expected = match activation {
                    Activation::Relu => x.max(0.0),
                    Activation::Tanh => x.tanh(),
                    Activation::Sigmoid => sigmoid,
                    // Phi(x) = (1 + erf(x / sqrt 2)) / 2
                    Activation::Gelu => {
                        x * 0.5 * (1.0 + calculus_core::Float::erf(x / 2.0_f64.sqrt()))
                    }
                    Activation::Silu => x * sigmoid,
                    Activation::Identity => x,
                };
                assert!((y - expected).abs() < 1e-13, "{activation:?}({x}) = {y}");
            }
        }
    }
}
