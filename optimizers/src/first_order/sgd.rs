//! Stochastic gradient descent, with momentum.
//!
//! $$
//! g_t \leftarrow g_t + \lambda\theta_{t-1}, \qquad
//! v_t = \mu v_{t-1} + (1 - \tau) g_t, \qquad
//! \theta_t = \theta_{t-1} - \eta \begin{cases} v_t \\\\ g_t + \mu v_t & \text{Nesterov} \end{cases}
//! $$
//!
//! with $v_1 = g_1$. The velocity goes back to B. T. Polyak, *Some methods of speeding up the
//! convergence of iteration methods* (1964); the form of Nesterov's method that needs no
//! look-ahead point to I. Sutskever, J. Martens, G. Dahl and G. Hinton, *On the importance of
//! initialization and momentum in deep learning* (2013), with the learning rate outside of the
//! velocity.

use calculus_core::Float;

use super::{Hyperparameter, Piece, State, UpdateRule};
use crate::Error;
use crate::error::{decay, non_negative, validate};
use crate::kernel::{Kernel, launch};

const NAME: &str = "SGD";
const VELOCITY: &str = "velocity";

/// Stochastic gradient descent, with momentum $\mu$, dampening $\tau$ and weight decay $\lambda$.
///
/// $$ g \leftarrow g + \lambda\theta, \quad v \leftarrow \mu v + (1 - \tau) g, \quad
/// \theta \leftarrow \theta - \eta v $$
///
/// In the first step $v = g$. Without momentum the step is along $g$ and no velocity is kept. With
/// [`with_nesterov`](Self::with_nesterov) the step is along $g + \mu v$. The weight decay is added
/// to the gradient; [`DecoupledWeightDecay`](crate::DecoupledWeightDecay) shrinks the parameters
/// themselves.
///
/// Source: I. Sutskever, J. Martens, G. Dahl, G. Hinton, *On the importance of initialization and
/// momentum in deep learning* (2013), with the learning rate outside of the velocity, as PyTorch
/// has it.
///
/// # Examples
/// ```
/// use optimizers::{Sgd, UpdateRule};
///
/// let rule = Sgd::new().with_momentum(0.9)?;
/// let mut state = rule.init(1);
/// let mut x = [1.0];
/// rule.update(&mut state, 0.1, &mut x, &[2.0]); // v = 2
/// rule.update(&mut state, 0.1, &mut x, &[2.0]); // v = 0.9 * 2 + 2
/// assert!((x[0] - (1.0_f64 - 0.1 * 2.0 - 0.1 * 3.8)).abs() < 1e-15);
/// # Ok::<(), optimizers::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sgd {
    momentum: Option<f64>,
    dampening: f64,
    nesterov: bool,
    weight_decay: f64,
    maximize: bool,
}

impl Sgd {
    /// Plain gradient descent.
    pub fn new() -> Self {
        Self::default()
    }

    /// Keeps a velocity that decays by `momentum` of $[0, 1)$.
    ///
    /// The velocity is kept even for a momentum of 0, so that a schedule can raise it.
    ///
    /// # Errors
    /// [`Error::InvalidValue`] outside of the domain.
    pub fn with_momentum(mut self, momentum: f64) -> Result<Self, Error> {
        self.momentum = Some(decay(NAME, "momentum", momentum)?);
        Ok(self)
    }

    /// Keeps the share `dampening` of $[0, 1]$ of every gradient but the first out of the velocity.
    ///
    /// # Errors
    /// [`Error::InvalidValue`] outside of the domain; [`Error::Conflict`] without momentum or with
    /// Nesterov's.
    pub fn with_dampening(mut self, dampening: f64) -> Result<Self, Error> {
        self.dampening = Self::valid_dampening(dampening)?;
        if self.nesterov && dampening != 0.0 {
            return Err(conflict("Nesterov momentum excludes dampening"));
        }
        if self.momentum.is_none() {
            return Err(conflict("dampening needs momentum; set the momentum first"));
        }
        Ok(self)
    }

    /// Steps along $g + \mu v$.
    ///
    /// # Errors
    /// [`Error::Conflict`] without momentum, or with dampening.
    pub fn with_nesterov(mut self) -> Result<Self, Error> {
        if self.momentum.is_none() {
            return Err(conflict("Nesterov momentum needs momentum; set the momentum first"));
        }
        if self.dampening != 0.0 {
            return Err(conflict("Nesterov momentum excludes dampening"));
        }
        self.nesterov = true;
        Ok(self)
    }

    /// Adds $\lambda\theta$ to the gradient, with `weight_decay` $\lambda \ge 0$.
    ///
    /// # Errors
    /// [`Error::InvalidValue`] outside of the domain.
    pub fn with_weight_decay(mut self, weight_decay: f64) -> Result<Self, Error> {
        self.weight_decay = non_negative(NAME, "weight decay", weight_decay)?;
        Ok(self)
    }

    /// Ascends: the gradient is negated before anything else.
    #[must_use]
    pub fn maximizing(mut self) -> Self {
        self.maximize = true;
        self
    }

    fn valid_dampening(dampening: f64) -> Result<f64, Error> {
        validate(NAME, "dampening", dampening, "in [0, 1]", |v| (0.0..=1.0).contains(&v))
    }
}

fn conflict(conflict: &'static str) -> Error {
    Error::Conflict { owner: NAME, conflict }
}

impl<T: Float> UpdateRule<T> for Sgd {
    fn name(&self) -> &'static str {
        NAME
    }

    fn slot_names(&self) -> &'static [&'static str] {
        if self.momentum.is_some() { &[VELOCITY] } else { &[] }
    }

    fn update_piece(
        &self,
        state: &mut State<T>,
        piece: &Piece,
        parameters: &mut [T],
        gradient: &[T],
    ) {
        let range = piece.checked_range(parameters, gradient);
        let first = state.step == 1;
        let sign = if self.maximize { -T::ONE } else { T::ONE };
        let weight_decay = T::from_f64(piece.weight_decay.unwrap_or(self.weight_decay));
        let learning_rate = T::from_f64(piece.learning_rate);
        let Some(momentum) = self.momentum else {
            return launch(Plain { parameters, gradient, sign, weight_decay, learning_rate });
        };
        // A velocity without memory is the gradient, whatever the dampening.
        let restart = first || momentum == 0.0;
        launch(WithVelocity {
            parameters,
            gradient,
            velocity: &mut state.slots[0].values[range],
            sign,
            weight_decay,
            learning_rate,
            keep: T::from_f64(if restart { 0.0 } else { momentum }),
            add: T::from_f64(if restart { 1.0 } else { 1.0 - self.dampening }),
            look_ahead: self.nesterov.then(|| T::from_f64(momentum)),
        });
    }

    fn hyperparameter(&self, which: Hyperparameter) -> Option<f64> {
        match which {
            Hyperparameter::Momentum => self.momentum,
            Hyperparameter::Dampening => self.momentum.map(|_| self.dampening),
            Hyperparameter::WeightDecay => Some(self.weight_decay),
            _ => None,
        }
    }

    fn set_hyperparameter(&mut self, which: Hyperparameter, value: f64) -> Result<(), Error> {
        match which {
            Hyperparameter::Momentum if self.momentum.is_some() => {
                self.momentum = Some(decay(NAME, "momentum", value)?);
            }
            Hyperparameter::Dampening if self.nesterov && value != 0.0 => {
                return Err(conflict("Nesterov momentum excludes dampening"));
            }
            Hyperparameter::Dampening if self.momentum.is_some() => {
                self.dampening = Self::valid_dampening(value)?;
            }
            Hyperparameter::WeightDecay => {
                self.weight_decay = non_negative(NAME, "weight decay", value)?;
            }
            hyperparameter => {
                return Err(Error::NoSuchHyperparameter { rule: NAME, hyperparameter });
            }
        }
        Ok(())
    }
}

struct Plain<'a, T> {
    parameters: &'a mut [T],
    gradient: &'a [T],
    sign: T,
    weight_decay: T,
    learning_rate: T,
}

impl<T: Float> Kernel for Plain<'_, T> {
    fn len(&self) -> usize {
        self.parameters.len()
    }

    fn split_at(self, middle: usize) -> (Self, Self) {
        let (p0, p1) = self.parameters.split_at_mut(middle);
        let (g0, g1) = self.gradient.split_at(middle);
        (
            Self { parameters: p0, gradient: g0, ..self },
            Self { parameters: p1, gradient: g1, ..self },
        )
    }

    #[inline(always)]
    fn run(self) {
        let Self { parameters, gradient, sign, weight_decay, learning_rate } = self;
        for (x, &g) in parameters.iter_mut().zip(gradient) {
            let g = sign * g + weight_decay * *x;
            *x -= learning_rate * g;
        }
    }
}

struct WithVelocity<'a, T> {
    parameters: &'a mut [T],
    gradient: &'a [T],
    velocity: &'a mut [T],
    sign: T,
    weight_decay: T,
    learning_rate: T,
    keep: T,
    add: T,
    look_ahead: Option<T>,
}

impl<T: Float> Kernel for WithVelocity<'_, T> {
    fn len(&self) -> usize {
        self.parameters.len()
    }

    fn split_at(self, middle: usize) -> (Self, Self) {
        let (p0, p1) = self.parameters.split_at_mut(middle);
        let (g0, g1) = self.gradient.split_at(middle);
        let (v0, v1) = self.velocity.split_at_mut(middle);
        (
            Self { parameters: p0, gradient: g0, velocity: v0, ..self },
            Self { parameters: p1, gradient: g1, velocity: v1, ..self },
        )
    }

    #[inline(always)]
    fn run(self) {
        let Self { parameters, gradient, velocity, sign, weight_decay, keep, add, .. } = self;
        let (learning_rate, look_ahead) = (self.learning_rate, self.look_ahead);
        for ((x, &g), v) in parameters.iter_mut().zip(gradient).zip(velocity) {
            let g = sign * g + weight_decay * *x;
            *v = keep * *v + add * g;
            let direction = match look_ahead {
                Some(momentum) => g + momentum * *v,
                None => *v,
            };
            *x -= learning_rate * direction;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(sgd: Sgd) -> Box<dyn UpdateRule<f64>> {
        Box::new(sgd)
    }

    #[test]
    fn configuration_is_validated() {
        assert!(matches!(Sgd::new().with_momentum(1.0), Err(Error::InvalidValue { .. })));
        assert!(matches!(Sgd::new().with_nesterov(), Err(Error::Conflict { .. })));
        assert!(matches!(Sgd::new().with_dampening(0.5), Err(Error::Conflict { .. })));
        let momentum = Sgd::new().with_momentum(0.9).unwrap();
        assert!(momentum.clone().with_dampening(1.1).is_err());
        assert!(momentum.clone().with_dampening(0.1).unwrap().with_nesterov().is_err());
        assert!(momentum.with_nesterov().unwrap().with_dampening(0.1).is_err());
        assert!(Sgd::new().with_weight_decay(f64::NAN).is_err());
    }

    #[test]
    fn hyperparameters_exist_where_they_act() {
        let mut plain = rule(Sgd::new());
        assert_eq!(plain.hyperparameter(Hyperparameter::Momentum), None);
        assert!(matches!(
            plain.set_hyperparameter(Hyperparameter::Momentum, 0.9),
            Err(Error::NoSuchHyperparameter { .. })
        ));
        let mut momentum = rule(Sgd::new().with_momentum(0.0).unwrap());
        momentum.set_hyperparameter(Hyperparameter::Momentum, 0.9).unwrap();
        assert!(momentum.set_hyperparameter(Hyperparameter::Momentum, 1.0).is_err());
        assert_eq!(momentum.hyperparameter(Hyperparameter::Momentum), Some(0.9));
        momentum.set_hyperparameter(Hyperparameter::Dampening, 0.25).unwrap();
        assert_eq!(momentum.hyperparameter(Hyperparameter::Dampening), Some(0.25));
        assert_eq!(momentum.hyperparameter(Hyperparameter::Beta1), None);
    }

    #[test]
    fn no_momentum_and_zero_momentum_take_the_same_steps() {
        let plain = rule(Sgd::new());
        let zero = rule(Sgd::new().with_momentum(0.0).unwrap().with_dampening(0.5).unwrap());
        let (mut a, mut b) = ([1.0, 2.0], [1.0, 2.0]);
        let (mut state_a, mut state_b) = (plain.init(2), zero.init(2));
        for gradient in [[0.5, -1.0], [0.25, 3.0]] {
            plain.update(&mut state_a, 0.1, &mut a, &gradient);
            zero.update(&mut state_b, 0.1, &mut b, &gradient);
        }
        assert_eq!(a, b);
        assert_eq!(state_b.slot("velocity"), Some(&[0.25, 3.0][..]));
    }

    #[test]
    fn the_empty_vector_only_counts_steps() {
        let rule = rule(Sgd::new().with_momentum(0.9).unwrap());
        let mut state = rule.init(0);
        rule.update(&mut state, 0.1, &mut [], &[]);
        assert_eq!(state.step, 1);
    }

    #[test]
    #[should_panic(
        expected = "a step on 2 parameters was given 2 parameters and a gradient of length 1"
    )]
    fn lengths_are_a_contract() {
        let rule = rule(Sgd::new());
        rule.update(&mut rule.init(2), 0.1, &mut [1.0, 2.0], &[1.0]);
    }
}
