//! Adam: adaptive moment estimation.
//!
//! $$
//! m_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t, \qquad
//! v_t = \beta_2 v_{t-1} + (1 - \beta_2) g_t^2,
//! $$
//! $$
//! \theta_t = \theta_{t-1} - \frac{\eta}{1 - \beta_1^t}\,
//!   \frac{m_t}{\sqrt{v_t} / \sqrt{1 - \beta_2^t} + \epsilon}
//! $$
//!
//! D. P. Kingma and J. Ba, *Adam: a method for stochastic optimization* (2015), algorithm 1.

use calculus_core::Float;

use super::moments::{Decay, Moments};
use super::{Hyperparameter, Piece, State, UpdateRule};
use crate::Error;

const NAME: &str = "Adam";

/// Adam: steps along the mean of the gradients divided by the root of the mean of their squares.
///
/// $$
/// g \leftarrow g + \lambda\theta, \quad
/// m \leftarrow \beta_1 m + (1 - \beta_1) g, \quad
/// v \leftarrow \beta_2 v + (1 - \beta_2) g^2, \quad
/// \theta \leftarrow \theta - \frac{\eta}{1 - \beta_1^t}
///   \frac{m}{\sqrt{v} / \sqrt{1 - \beta_2^t} + \epsilon}
/// $$
///
/// The weight decay $\lambda$ is added to the gradient and so divided by the root of the second
/// moment as well; where that is not wanted, see [`AdamW`](crate::AdamW).
///
/// Cost: one pass that reads four vectors and writes three; nothing is allocated.
///
/// Source: D. P. Kingma, J. Ba, *Adam: a method for stochastic optimization* (2015), algorithm 1.
///
/// # Examples
/// The first step has the length of the learning rate, whatever the scale of the gradient:
/// ```
/// use optimizers::{Adam, UpdateRule};
///
/// let rule = Adam::new().with_betas(0.9, 0.99)?;
/// let mut state = rule.init(2);
/// let mut x = [1.0_f64, 1.0];
/// rule.update(&mut state, 0.1, &mut x, &[1e3, -1e-3]);
/// assert!((x[0] - 0.9).abs() < 1e-5 && (x[1] - 1.1).abs() < 1e-5);
/// # Ok::<(), optimizers::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Adam(Moments);

impl Adam {
    /// $\beta_1 = 0.9$, $\beta_2 = 0.999$, $\epsilon = 10^{-8}$, $\lambda = 0.0$.
    pub fn new() -> Self {
        Self(Moments::new(NAME, Decay::Coupled, 0.0))
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

    /// Adds $\lambda\theta$ to the gradient, with `weight_decay` $\lambda \ge 0$.
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

impl Default for Adam {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Float> UpdateRule<T> for Adam {
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
    fn configuration_is_validated() {
        assert!(Adam::new().with_betas(1.0, 0.9).is_err());
        assert!(Adam::new().with_betas(0.9, -0.1).is_err());
        assert!(Adam::new().with_epsilon(-1e-8).is_err());
        assert!(Adam::new().with_weight_decay(f64::INFINITY).is_err());
        let mut rule: Box<dyn UpdateRule<f32>> = Box::new(Adam::default());
        assert_eq!(rule.hyperparameter(Hyperparameter::Beta2), Some(0.999));
        assert_eq!(rule.hyperparameter(Hyperparameter::Momentum), None);
        rule.set_hyperparameter(Hyperparameter::Beta1, 0.5).unwrap();
        assert!(rule.set_hyperparameter(Hyperparameter::Beta1, 1.0).is_err());
        assert_eq!(rule.hyperparameter(Hyperparameter::Beta1), Some(0.5));
        assert_eq!(
            rule.set_hyperparameter(Hyperparameter::Momentum, 0.5).unwrap_err().to_string(),
            "Adam has no hyper-parameter momentum"
        );
    }

    #[test]
    fn amsgrad_never_lengthens_a_step() {
        let rule = Adam::new().with_betas(0.0, 0.5).unwrap().with_amsgrad();
        let mut state = rule.init(1);
        let mut x = [0.0];
        for gradient in [4.0, 1.0, 1.0, 0.25] {
            rule.update(&mut state, 0.1, &mut x, &[gradient]);
        }
        assert_eq!(state.slot("maximal second moment"), Some(&[8.0][..]));
        assert!(state.slot("second moment").unwrap()[0] < 8.0);
    }

    #[test]
    #[should_panic(expected = "slot first moment of the state has length 3, but there are 2")]
    fn a_state_for_more_parameters_is_refused() {
        let rule = Adam::new();
        rule.update(&mut rule.init(3), 0.1, &mut [1.0, 2.0], &[1.0, 1.0]);
    }

    #[test]
    #[should_panic(expected = "the state was made by SGD and cannot be continued by Adam")]
    fn a_foreign_state_is_refused() {
        let mut state = UpdateRule::<f64>::init(&crate::Sgd::new(), 1);
        Adam::new().update(&mut state, 0.1, &mut [1.0], &[1.0]);
    }

    #[test]
    fn without_epsilon_a_zero_gradient_moves_nothing() {
        // 1e-50 is 0 in single precision.
        for epsilon in [0.0, 1e-50] {
            let rule = Adam::new().with_epsilon(epsilon).unwrap();
            let mut x = [1.0_f32, 1.0];
            rule.update(&mut rule.init(2), 0.5, &mut x, &[0.0, 2.0]);
            assert_eq!(x, [1.0, 0.5]);
            // The squares of these underflow.
            rule.update(&mut rule.init(2), 0.5, &mut x, &[1e-30, -1e-44]);
            assert!((x[0] - 1.0).abs() <= 0.5 && (x[1] - 0.5).abs() <= 0.5);
        }
    }

    #[test]
    fn a_zero_gradient_moves_nothing() {
        let rule = Adam::new();
        let mut state = rule.init(2);
        let mut x = [1.0_f32, -0.0];
        rule.update(&mut state, 0.1, &mut x, &[0.0, 0.0]);
        assert_eq!(x.map(f32::to_bits), [1.0_f32, -0.0].map(f32::to_bits));
    }
}
