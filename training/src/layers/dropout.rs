//! Random omission of features while training.

use autodiff::tensor::{Element, Tensor};
use rand::Rng;

use super::{Context, Layer, Phase};
use crate::error::{Error, Result};
use crate::parameters::LayoutBuilder;

/// Sets each feature to zero with probability $p$ while training and scales the others so that the
/// mean stays: N. Srivastava and others, *Dropout: a simple way to prevent neural networks from
/// overfitting*, JMLR 15 (2014), in the inverted form.
///
/// $$ y_i = \frac{m_i x_i}{1 - p}, \qquad m_i \sim \mathrm{Bernoulli}(1 - p) $$
///
/// When the model is used, $y = x$. The mask is a function of the seed, of the number of the update
/// step and of the layer's place.
///
/// # Examples
/// ```
/// use autodiff::tensor::Tensor;
/// use training::{Dropout, Model};
///
/// let model = Model::<f64>::new(Dropout::new(0.5), &[3], 0)?;
/// let batch = Tensor::from_slice(&[1.0, 2.0, 3.0], &[1, 3]).unwrap();
/// assert_eq!(model.predict(&batch)?, batch);
/// # Ok::<(), training::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dropout {
    rate: f64,
}

impl Dropout {
    /// Omits each feature with probability `rate`, in $[0, 1)$.
    ///
    /// The rate is checked when the model is built.
    pub fn new(rate: f64) -> Self {
        Self { rate }
    }

    /// The probability with which a feature is omitted.
    pub fn rate(&self) -> f64 {
        self.rate
    }
}

impl<T: Element> Layer<T> for Dropout {
    fn kind(&self) -> &'static str {
        "dropout"
    }

    fn declare(&mut self, builder: &mut LayoutBuilder, input: &[usize]) -> Result<Vec<usize>> {
        if !(0.0..1.0).contains(&self.rate) {
            return Err(Error::InvalidLayer {
                layer: format!("{} (dropout)", builder.path()),
                reason: format!("the rate is {}, it must be in [0, 1)", self.rate),
            });
        }
        Ok(input.to_vec())
    }

    fn forward(&self, input: &Tensor<T>, context: &mut Context<'_, T>) -> Tensor<T> {
        if context.phase() == Phase::Evaluate || self.rate == 0.0 {
            return input.clone();
        }
        let random = context.random();
        // A 32-bit number is below this with probability `rate`.
        let threshold = (self.rate * 2.0_f64.powi(32)) as u32;
        let scale = T::from_f64(1.0 / (1.0 - self.rate));
        let mask = Tensor::from_fn(input.shape(), |_| {
            if random.next_u32() < threshold { T::ZERO } else { scale }
        });
        input * &mask
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::Model;
    use crate::layers::testing::check_layer;

    #[test]
    fn gradients_agree_with_differences() {
        check_layer(Dropout::new(0.3), &[6]);
        check_layer(Dropout::new(0.0), &[2]);
    }

    #[test]
    fn masks_depend_on_seed_and_step_and_keep_the_mean() {
        let model = Model::<f64>::new(Dropout::new(0.25), &[10_000], 0).unwrap();
        let ones = Tensor::ones(&[1, 10_000]);
        let draw = |seed, step| {
            let flat = model.parameters().flat();
            let mut context = Context::train(flat, model.parameters().layout(), seed, step);
            model.layer().forward(&ones, &mut context)
        };
        let first = draw(1, 5);
        assert_eq!(first, draw(1, 5));
        assert_ne!(first, draw(1, 6));
        assert_ne!(first, draw(2, 5));
        let scale = 1.0 / 0.75;
        assert!(first.as_slice().iter().all(|&v| v == 0.0 || v == scale));
        // The mean of 10,000 Bernoulli numbers, five standard errors.
        let mean = first.as_slice().iter().sum::<f64>() / 10_000.0;
        let error = 5.0 * (0.25_f64 / 0.75 / 10_000.0).sqrt();
        assert!((mean - 1.0).abs() < error, "{mean}");
    }

    #[test]
    fn rates_outside_of_their_domain_are_refused() {
        for rate in [-0.1, 1.0, f64::NAN] {
            let error = Model::<f32>::new(Dropout::new(rate), &[2], 0).unwrap_err();
            assert!(error.to_string().contains(&rate.to_string()), "{error}");
        }
    }
}
