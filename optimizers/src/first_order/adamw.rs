//! AdamW: Adam with decoupled weight decay.
//!
//! $$
//! m_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t, \qquad
//! v_t = \beta_2 v_{t-1} + (1 - \beta_2) g_t^2,
//! $$
//! $$
//! \theta_t = (1 - \eta\lambda)\,\theta_{t-1} - \frac{\eta}{1 - \beta_1^t}\,
//!   \frac{m_t}{\sqrt{v_t} / \sqrt{1 - \beta_2^t} + \epsilon}
//! $$
//!
//! I. Loshchilov and F. Hutter, *Decoupled weight decay regularization* (2019), algorithm 2, with
//! the learning rate in front of the decay, as PyTorch has it.

use calculus_core::Float;

use super::moments::{Decay, Moments};
use super::{Hyperparameter, Piece, State, UpdateRule};
use crate::Error;

const NAME: &str = "AdamW";

/// AdamW: [`Adam`](crate::Adam) with weight decay that shrinks the parameters themselves.
///
/// $$
/// m \leftarrow \beta_1 m + (1 - \beta_1) g, \quad
/// v \leftarrow \beta_2 v + (1 - \beta_2) g^2, \quad
/// \theta \leftarrow (1 - \eta\lambda)\theta - \frac{\eta}{1 - \beta_1^t}
///   \frac{m}{\sqrt{v} / \sqrt{1 - \beta_2^t} + \epsilon}
/// $$
///
/// Cost: one pass that reads four vectors and writes three; nothing is allocated.
///
/// Source: I. Loshchilov, F. Hutter, *Decoupled weight decay regularization* (2019), algorithm 2,
/// with the learning rate in front of the decay, as PyTorch has it.
///
/// # Examples
/// Without a gradient only the decay acts:
/// ```
/// use optimizers::{AdamW, UpdateRule};
///
/// let rule = AdamW::new().with_weight_decay(0.1)?;
/// let mut state = rule.init(1);
/// let mut x = [1.0_f64];
/// rule.update(&mut state, 0.5, &mut x, &[0.0]);
/// assert_eq!(x[0], 1.0 - 0.5 * 0.1);
/// # Ok::<(), optimizers::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct AdamW(Moments);

impl AdamW {
    /// $\beta_1 = 0.9$, $\beta_2 = 0.999$, $\epsilon = 10^{-8}$, $\lambda = 0.01$.
    pub fn new() -> Self {
        Self(Moments::new(NAME, Decay::Decoupled, 0.01))
    }

    /// The decays of the first and of the second moment, both of $[0, 1)$.
    ///
    /// # Errors
    /// [`Error::InvalidValue`] outside of the domain.
    pub fn with_betas(mut self, beta1: f64, beta2: f64) -> Result<Self, Error> {
        self.0.set(Hyperparameter::Beta1, beta1)?;
        self.0.set(Hyperparameter::Beta2, beta2)?;
        Ok(self)
    }

    /// What is added to the denominator, $\epsilon \ge 0$; at least the root of the smallest normal
    /// number is.
    ///
    /// # Errors
    /// [`Error::InvalidValue`] outside of the domain.
    pub fn with_epsilon(mut self, epsilon: f64) -> Result<Self, Error> {
        self.0.set(Hyperparameter::Epsilon, epsilon)?;
        Ok(self)
    }

    /// Multiplies the parameters by $1 - \eta\lambda$, with `weight_decay` $\lambda \ge 0$.
    ///
    /// # Errors
    /// [`Error::InvalidValue`] outside of the domain.
    pub fn with_weight_decay(mut self, weight_decay: f64) -> Result<Self, Error> {
        self.0.set(Hyperparameter::WeightDecay, weight_decay)?;
        Ok(self)
    }

    /// Divides by the largest second moment so far, not by the present one (AMSGrad).
    ///
    /// The maximum is taken of the moment as it is kept, before the correction of its bias.
    /// Source: S. J. Reddi, S. Kale, S. Kumar, *On the convergence of Adam and beyond* (2018),
    /// algorithm 2.
    #[must_use]
    pub fn with_amsgrad(mut self) -> Self {
        self.0.amsgrad = true;
        self
    }

    /// Ascends: the gradient is negated before anything else.
    #[must_use]
    pub fn maximizing(mut self) -> Self {
        self.0.maximize = true;
        self
    }
}

impl Default for AdamW {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Float> UpdateRule<T> for AdamW {
    fn name(&self) -> &'static str {
        NAME
    }

    fn slot_names(&self) -> &'static [&'static str] {
        self.0.slot_names()
    }

    fn check(&self, state: &State<T>, dimension: usize) -> Result<(), Error> {
        self.0.check(state, dimension)
    }

    fn update_piece(
        &self,
        state: &mut State<T>,
        piece: &Piece,
        parameters: &mut [T],
        gradient: &[T],
    ) {
        self.0.update_piece(state, piece, parameters, gradient);
    }

    fn hyperparameter(&self, which: Hyperparameter) -> Option<f64> {
        self.0.get(which)
    }

    fn set_hyperparameter(&mut self, which: Hyperparameter, value: f64) -> Result<(), Error> {
        self.0.set(which, value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_decay_it_is_adam() {
        let (adam, adamw) = (crate::Adam::new(), AdamW::new().with_weight_decay(0.0).unwrap());
        let (mut a, mut b) = ([1.0, -2.0, 0.5], [1.0, -2.0, 0.5]);
        let (mut state_a, mut state_b) = (adam.init(3), adamw.init(3));
        for gradient in [[0.5, -1.0, 1e-3], [0.25, 3.0, -1e3]] {
            adam.update(&mut state_a, 0.1, &mut a, &gradient);
            adamw.update(&mut state_b, 0.1, &mut b, &gradient);
        }
        assert_eq!(a, b);
        assert!(matches!(adamw.check(&state_a, 3), Err(Error::ForeignState { .. })));
    }

    #[test]
    fn maximizing_mirrors_the_gradient() {
        let (down, up) = (AdamW::new(), AdamW::new().maximizing());
        let (mut a, mut b) = ([1.0_f32, -2.0], [1.0_f32, -2.0]);
        down.update(&mut down.init(2), 0.1, &mut a, &[0.5, -1.0]);
        up.update(&mut up.init(2), 0.1, &mut b, &[-0.5, 1.0]);
        assert_eq!(a, b);
    }

    #[test]
    fn one_long_vector_is_many_short_ones() {
        let n = (1 << 19) + 3;
        let gradient: Vec<f32> = (0..n).map(|i| (i as f32 * 0.37).sin()).collect();
        let rule = AdamW::new();
        let mut long = vec![1.0_f32; n];
        rule.update(&mut rule.init(n), 0.1, &mut long, &gradient);
        let mut short = vec![1.0_f32; n];
        for (x, g) in short.chunks_mut(1000).zip(gradient.chunks(1000)) {
            rule.update(&mut rule.init(x.len()), 0.1, x, g);
        }
        assert!(long.iter().zip(&short).all(|(a, b)| a.to_bits() == b.to_bits()));
    }
}
