//! What Adam and AdamW share: the configuration and the pass over the vectors.

use calculus_core::Float;

use super::{Hyperparameter, Piece, State};
use crate::Error;
use crate::error::{decay, non_negative};
use crate::kernel::{Kernel, launch};

/// The names of the slots, with and without AMSGrad.
const SLOTS: &[&str] = &["first moment", "second moment", "maximal second moment"];

/// How weight decay acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decay {
    /// $g \leftarrow g + \lambda\theta$, before the moments.
    Coupled,
    /// $\theta \leftarrow (1 - \eta\lambda)\theta$, past the moments.
    Decoupled,
}

/// The configuration of Adam and AdamW.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Moments {
    pub(super) owner: &'static str,
    pub(super) decay: Decay,
    pub(super) beta1: f64,
    pub(super) beta2: f64,
    pub(super) epsilon: f64,
    pub(super) weight_decay: f64,
    pub(super) amsgrad: bool,
    pub(super) maximize: bool,
}

impl Moments {
    pub(super) fn new(owner: &'static str, decay: Decay, weight_decay: f64) -> Self {
        Self {
            owner,
            decay,
            beta1: 0.9,
            beta2: 0.999,
            epsilon: 1e-8,
            weight_decay,
            amsgrad: false,
            maximize: false,
        }
    }

    pub(super) fn slot_names(&self) -> &'static [&'static str] {
        if self.amsgrad { SLOTS } else { &SLOTS[..2] }
    }

    /// Checks the form of a state, and that the means of squares are not negative.
    pub(super) fn check<T: Float>(&self, state: &State<T>, dimension: usize) -> Result<(), Error> {
        state.matches(self.owner, dimension, self.slot_names(), &[])?;
        for slot in &state.slots[1..] {
            if let Some(index) = slot.values.iter().position(|&v| v < T::ZERO) {
                let (name, value) = (slot.name.clone(), slot.values[index].to_f64());
                return Err(Error::NegativeState { name, index, value });
            }
        }
        Ok(())
    }

    pub(super) fn get(&self, which: Hyperparameter) -> Option<f64> {
        match which {
            Hyperparameter::Beta1 => Some(self.beta1),
            Hyperparameter::Beta2 => Some(self.beta2),
            Hyperparameter::Epsilon => Some(self.epsilon),
            Hyperparameter::WeightDecay => Some(self.weight_decay),
            _ => None,
        }
    }

    pub(super) fn set(&mut self, which: Hyperparameter, value: f64) -> Result<(), Error> {
        match which {
            Hyperparameter::Beta1 => self.beta1 = decay(self.owner, "beta1", value)?,
            Hyperparameter::Beta2 => self.beta2 = decay(self.owner, "beta2", value)?,
            Hyperparameter::Epsilon => self.epsilon = non_negative(self.owner, "epsilon", value)?,
            Hyperparameter::WeightDecay => {
                self.weight_decay = non_negative(self.owner, "weight decay", value)?;
            }
            hyperparameter => {
                return Err(Error::NoSuchHyperparameter { rule: self.owner, hyperparameter });
            }
        }
        Ok(())
    }

    pub(super) fn update_piece<T: Float>(
        &self,
        state: &mut State<T>,
        piece: &Piece,
        parameters: &mut [T],
        gradient: &[T],
    ) {
        let range = piece.checked_range(parameters, gradient);
        let weight_decay = piece.weight_decay.unwrap_or(self.weight_decay);
        let t = state.step as f64;
        let correction1 = 1.0 - self.beta1.powf(t);
        let correction2 = 1.0 - self.beta2.powf(t);
        let (added, shrink) = match self.decay {
            Decay::Coupled => (weight_decay, 1.0),
            Decay::Decoupled => (0.0, 1.0 - piece.learning_rate * weight_decay),
        };
        let rates = Rates {
            sign: if self.maximize { -T::ONE } else { T::ONE },
            added: T::from_f64(added),
            shrink: T::from_f64(shrink),
            one_minus_beta1: T::from_f64(1.0 - self.beta1),
            beta2: T::from_f64(self.beta2),
            one_minus_beta2: T::from_f64(1.0 - self.beta2),
            step_size: T::from_f64(piece.learning_rate / correction1),
            inverse_root_correction2: T::from_f64(1.0 / correction2.sqrt()),
            // Never 0, nor so small that a second moment which underflows makes the step a leap:
            // without a gradient the step is 0, not 0/0.
            epsilon: T::from_f64(self.epsilon).max(T::MIN_POSITIVE.sqrt()),
        };
        let mut slots = state.slots.iter_mut().map(|slot| &mut slot.values[range.clone()]);
        let mut slot = || slots.next().expect("the state has the slots of the rule");
        let (first, second) = (slot(), slot());
        if self.amsgrad {
            let maximum = slot();
            launch(AmsGrad { parameters, gradient, first, second, maximum, rates });
        } else {
            launch(Plain { parameters, gradient, first, second, rates });
        }
    }
}

/// The factors of one step.
#[derive(Clone, Copy)]
struct Rates<T> {
    sign: T,
    added: T,
    shrink: T,
    one_minus_beta1: T,
    beta2: T,
    one_minus_beta2: T,
    step_size: T,
    inverse_root_correction2: T,
    epsilon: T,
}

impl<T: Float> Rates<T> {
    /// Advances both moments of one entry; the entry after weight decay, and its new moments.
    #[inline(always)]
    fn moments(&self, x: T, g: T, m: T, v: T) -> (T, T, T) {
        let g = self.sign * g + self.added * x;
        let m = m + self.one_minus_beta1 * (g - m);
        let v = self.beta2 * v + self.one_minus_beta2 * (g * g);
        (self.shrink * x, m, v)
    }

    /// The entry after the step, with the second moment `v` in the denominator.
    #[inline(always)]
    fn step(&self, x: T, m: T, v: T) -> T {
        let denominator = v.sqrt() * self.inverse_root_correction2 + self.epsilon;
        x - self.step_size * (m / denominator)
    }
}

struct Plain<'a, T> {
    parameters: &'a mut [T],
    gradient: &'a [T],
    first: &'a mut [T],
    second: &'a mut [T],
    rates: Rates<T>,
}

impl<T: Float> Kernel for Plain<'_, T> {
    fn len(&self) -> usize {
        self.parameters.len()
    }

    fn split_at(self, middle: usize) -> (Self, Self) {
        let (p0, p1) = self.parameters.split_at_mut(middle);
        let (g0, g1) = self.gradient.split_at(middle);
        let (m0, m1) = self.first.split_at_mut(middle);
        let (v0, v1) = self.second.split_at_mut(middle);
        let rates = self.rates;
        (
            Self { parameters: p0, gradient: g0, first: m0, second: v0, rates },
            Self { parameters: p1, gradient: g1, first: m1, second: v1, rates },
        )
    }

    #[inline(always)]
    fn run(self) {
        let Self { parameters, gradient, first, second, rates } = self;
        let entries = parameters.iter_mut().zip(gradient).zip(first).zip(second);
        for (((x, &g), m), v) in entries {
            let decayed;
            (decayed, *m, *v) = rates.moments(*x, g, *m, *v);
            *x = rates.step(decayed, *m, *v);
        }
    }
}

struct AmsGrad<'a, T> {
    parameters: &'a mut [T],
    gradient: &'a [T],
    first: &'a mut [T],
    second: &'a mut [T],
    maximum: &'a mut [T],
    rates: Rates<T>,
}

impl<T: Float> Kernel for AmsGrad<'_, T> {
    fn len(&self) -> usize {
        self.parameters.len()
    }

    fn split_at(self, middle: usize) -> (Self, Self) {
        let (p0, p1) = self.parameters.split_at_mut(middle);
        let (g0, g1) = self.gradient.split_at(middle);
        let (m0, m1) = self.first.split_at_mut(middle);
        let (v0, v1) = self.second.split_at_mut(middle);
        let (w0, w1) = self.maximum.split_at_mut(middle);
        let rates = self.rates;
        (
            Self { parameters: p0, gradient: g0, first: m0, second: v0, maximum: w0, rates },
            Self { parameters: p1, gradient: g1, first: m1, second: v1, maximum: w1, rates },
        )
    }

    #[inline(always)]
    fn run(self) {
        let Self { parameters, gradient, first, second, maximum, rates } = self;
        let entries = parameters.iter_mut().zip(gradient).zip(first).zip(second).zip(maximum);
        for ((((x, &g), m), v), largest) in entries {
            let decayed;
            (decayed, *m, *v) = rates.moments(*x, g, *m, *v);
            *largest = if *v > *largest { *v } else { *largest };
            *x = rates.step(decayed, *m, *largest);
        }
    }
}
