//! Decoupled weight decay for any rule.
//!
//! $$ \theta \leftarrow (1 - \eta\lambda)\,\theta, \qquad\text{then the step of the rule} $$
//!
//! I. Loshchilov and F. Hutter, *Decoupled weight decay regularization* (2019), algorithms 1 and 2.

use calculus_core::Float;

use super::{Hyperparameter, Piece, State, UpdateRule};
use crate::Error;
use crate::error::non_negative;
use crate::kernel::{Scale, launch};

/// Any update rule, with weight decay that shrinks the parameters themselves.
///
/// $$ \theta \leftarrow (1 - \eta\lambda)\,\theta, \qquad\text{then the step of the rule} $$
///
/// [`Hyperparameter::WeightDecay`], and the weight decay of a [`Group`](crate::Group), are this
/// decay; what the rule itself adds to the gradient stays as it was built. State and name are the
/// rule's.
///
/// Source: I. Loshchilov, F. Hutter, *Decoupled weight decay regularization* (2019), algorithm 1
/// (for gradient descent), with the learning rate in front of the decay.
///
/// # Examples
/// ```
/// use optimizers::{DecoupledWeightDecay, Sgd, UpdateRule};
///
/// let rule = DecoupledWeightDecay::new(Sgd::new(), 0.5)?;
/// let mut state = rule.init(1);
/// let mut x = [1.0];
/// rule.update(&mut state, 0.1, &mut x, &[2.0]);
/// assert_eq!(x[0], (1.0 - 0.1 * 0.5) * 1.0 - 0.1 * 2.0);
/// # Ok::<(), optimizers::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct DecoupledWeightDecay<R> {
    rule: R,
    weight_decay: f64,
}

impl<R> DecoupledWeightDecay<R> {
    /// `rule` with the weight decay $\lambda \ge 0$.
    ///
    /// # Errors
    /// [`Error::InvalidValue`] outside of the domain.
    pub fn new(rule: R, weight_decay: f64) -> Result<Self, Error> {
        Ok(Self { rule, weight_decay: Self::valid(weight_decay)? })
    }

    /// The rule inside.
    pub fn rule(&self) -> &R {
        &self.rule
    }

    fn valid(weight_decay: f64) -> Result<f64, Error> {
        non_negative("decoupled weight decay", "weight decay", weight_decay)
    }
}

impl<T: Float, R: UpdateRule<T>> UpdateRule<T> for DecoupledWeightDecay<R> {
    fn name(&self) -> &'static str {
        self.rule.name()
    }

    fn slot_names(&self) -> &'static [&'static str] {
        self.rule.slot_names()
    }

    fn scalar_names(&self) -> &'static [&'static str] {
        self.rule.scalar_names()
    }

    fn init(&self, dimension: usize) -> State<T> {
        self.rule.init(dimension)
    }

    fn check(&self, state: &State<T>, dimension: usize) -> Result<(), Error> {
        self.rule.check(state, dimension)
    }

    fn update_piece(
        &self,
        state: &mut State<T>,
        piece: &Piece,
        parameters: &mut [T],
        gradient: &[T],
    ) {
        let weight_decay = piece.weight_decay.unwrap_or(self.weight_decay);
        if weight_decay != 0.0 {
            let factor = T::from_f64(1.0 - piece.learning_rate * weight_decay);
            launch(Scale { values: parameters, factor });
        }
        let piece = Piece { weight_decay: None, ..piece.clone() };
        self.rule.update_piece(state, &piece, parameters, gradient);
    }

    fn hyperparameter(&self, which: Hyperparameter) -> Option<f64> {
        match which {
            Hyperparameter::WeightDecay => Some(self.weight_decay),
            _ => self.rule.hyperparameter(which),
        }
    }

    fn set_hyperparameter(&mut self, which: Hyperparameter, value: f64) -> Result<(), Error> {
        match which {
            Hyperparameter::WeightDecay => self.weight_decay = Self::valid(value)?,
            _ => self.rule.set_hyperparameter(which, value)?,
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Adam, AdamW};

    #[test]
    fn adam_with_decoupled_decay_is_adamw() {
        let wrapped = DecoupledWeightDecay::new(Adam::new(), 0.1).unwrap();
        let adamw = AdamW::new().with_weight_decay(0.1).unwrap();
        let (mut a, mut b) = ([1.0, -2.0], [1.0, -2.0]);
        let (mut state_a, mut state_b) = (wrapped.init(2), adamw.init(2));
        for gradient in [[0.5, -1.0], [0.25, 3.0]] {
            wrapped.update(&mut state_a, 0.1, &mut a, &gradient);
            adamw.update(&mut state_b, 0.1, &mut b, &gradient);
        }
        assert_eq!(a, b);
    }

    #[test]
    fn the_decay_is_the_hyperparameter() {
        let mut rule = DecoupledWeightDecay::new(Adam::new(), 0.1).unwrap();
        let rule: &mut dyn UpdateRule<f64> = &mut rule;
        rule.set_hyperparameter(Hyperparameter::WeightDecay, 0.2).unwrap();
        rule.set_hyperparameter(Hyperparameter::Beta1, 0.5).unwrap();
        assert!(rule.set_hyperparameter(Hyperparameter::WeightDecay, -0.2).is_err());
        assert_eq!(rule.hyperparameter(Hyperparameter::WeightDecay), Some(0.2));
        assert_eq!(rule.hyperparameter(Hyperparameter::Beta1), Some(0.5));
        assert!(DecoupledWeightDecay::new(Adam::new(), f64::NAN).is_err());
    }
}
