//! An update rule together with its state, groups and gradient transforms.

use calculus_core::Float;

use super::{Hyperparameter, Piece, State, UpdateRule};
use crate::Error;
use crate::error::non_negative;
use crate::groups::{Group, Groups};
use crate::kernel::sum_of_squares;
use crate::transform::GradientTransform;

/// An update rule at work on one flat parameter vector: rule, state, groups and gradient transforms.
///
/// A step checks that the gradient is finite, applies the transforms in the order they were added,
/// checks again, and updates each group with its own rates. It allocates nothing.
///
/// # Examples
/// ```
/// use optimizers::{AdamW, ClipByGlobalNorm, Group, Groups, Optimizer};
///
/// // Two weights and a bias, which is not to decay.
/// let groups = Groups::new(3, [Group::contiguous("bias", 2..3).with_weight_decay(0.0)?])?;
/// let mut optimizer = Optimizer::new(AdamW::new().with_weight_decay(0.1)?, 3)
///     .with_groups(groups)?
///     .with_transform(ClipByGlobalNorm::new(1.0)?);
///
/// let mut parameters = [1.0_f64, -1.0, 0.5];
/// let mut gradient = [0.0, 0.0, 0.0];
/// optimizer.step(0.1, &mut parameters, &mut gradient)?;
/// assert_eq!(parameters, [0.99, -0.99, 0.5]);
///
/// let nan = optimizer.step(0.1, &mut parameters, &mut [0.0, 0.0, f64::NAN]).unwrap_err();
/// assert_eq!(nan.to_string(), "step 2: the gradient of group bias is NaN at index 2");
/// assert_eq!(parameters, [0.99, -0.99, 0.5]); // nothing is lost
/// # Ok::<(), optimizers::Error>(())
/// ```
#[derive(Debug)]
pub struct Optimizer<T: Float> {
    rule: Box<dyn UpdateRule<T>>,
    groups: Groups,
    transforms: Vec<Box<dyn GradientTransform<T>>>,
    state: State<T>,
}

/// What a step of an [`Optimizer`] saw.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct StepSummary {
    /// The number of the step, from 1.
    pub step: u64,
    /// The Euclidean norm of the gradient, before the transforms and without frozen groups.
    pub gradient_norm: f64,
}

impl<T: Float> Optimizer<T> {
    /// `rule` on `dimension` parameters, without groups or transforms, before its first step.
    pub fn new(rule: impl UpdateRule<T> + 'static, dimension: usize) -> Self {
        let state = rule.init(dimension);
        let rule = Box::new(rule);
        Self { rule, groups: Groups::none(dimension), transforms: Vec::new(), state }
    }

    /// Uses the rates of `groups`.
    ///
    /// # Errors
    /// [`Error::GroupDimension`] if the groups are for another number of parameters.
    pub fn with_groups(mut self, groups: Groups) -> Result<Self, Error> {
        let (expected, found) = (self.dimension(), groups.dimension());
        if expected != found {
            return Err(Error::GroupDimension { expected, found });
        }
        self.groups = groups;
        Ok(self)
    }

    /// Applies `transform` to every gradient, past those that were added before.
    #[must_use]
    pub fn with_transform(mut self, transform: impl GradientTransform<T> + 'static) -> Self {
        self.transforms.push(Box::new(transform));
        self
    }

    /// Adds a boxed transform.
    pub fn push_transform(&mut self, transform: Box<dyn GradientTransform<T>>) {
        self.transforms.push(transform);
    }

    /// One step: checks and transforms `gradient`, then changes `parameters`.
    ///
    /// `gradient` is overwritten by the transformed gradient, with zeros in frozen groups. Besides
    /// the pass of the rule, a step reads the gradient once for its norm, and once more past the
    /// transforms; it allocates nothing.
    ///
    /// # Errors
    /// [`Error::NonFiniteGradient`] with group and index if the gradient, or what the transforms
    /// make of it, holds an infinity or NaN, or is so long that the square of its norm is infinite
    /// in `T`; and [`Error::InvalidValue`] for a learning rate that is negative or, in `T` and in
    /// any group, not finite. Parameters and state are then untouched.
    ///
    /// # Panics
    /// Where `parameters` or `gradient` do not have the length of the optimizer.
    #[track_caller]
    pub fn step(
        &mut self,
        learning_rate: f64,
        parameters: &mut [T],
        gradient: &mut [T],
    ) -> Result<StepSummary, Error> {
        let n = self.dimension();
        assert!(
            parameters.len() == n && gradient.len() == n,
            "an optimizer of {n} parameters was given {} and a gradient of length {}",
            parameters.len(),
            gradient.len(),
        );
        non_negative("optimizer", "learning rate", learning_rate)?;
        for (_, group) in self.groups.pieces() {
            let rate = T::from_f64(rate_of(group, learning_rate));
            non_negative("optimizer", "learning rate", rate.to_f64())?;
        }
        self.clear_frozen(gradient);
        let mut square = sum_of_squares(gradient);
        let gradient_norm = square.sqrt();
        if !gradient_norm.is_finite() {
            return Err(self.non_finite(gradient));
        }
        for transform in &self.transforms {
            transform.apply(parameters, gradient);
            self.clear_frozen(gradient);
        }
        if !self.transforms.is_empty() {
            square = sum_of_squares(gradient);
        }
        // Beyond this the squares of entries overflow in the moments, which would freeze them.
        if !T::from_f64(square).is_finite() {
            return Err(self.non_finite(gradient));
        }
        self.state.step = self.state.step.saturating_add(1);
        for (range, group) in self.groups.pieces() {
            if group.is_some_and(Group::is_frozen) {
                continue;
            }
            let weight_decay = group.and_then(Group::weight_decay);
            let learning_rate = rate_of(group, learning_rate);
            let piece = Piece { range: range.clone(), learning_rate, weight_decay };
            let (x, g) = (&mut parameters[range.clone()], &gradient[range.clone()]);
            self.rule.update_piece(&mut self.state, &piece, x, g);
        }
        Ok(StepSummary { step: self.state.step, gradient_norm })
    }

    /// Sets the gradient of frozen groups to zero.
    fn clear_frozen(&self, gradient: &mut [T]) {
        for (range, group) in self.groups.pieces() {
            if group.is_some_and(Group::is_frozen) {
                gradient[range.clone()].fill(T::ZERO);
            }
        }
    }

    /// The error for a gradient whose norm is not finite.
    #[cold]
    fn non_finite(&self, gradient: &[T]) -> Error {
        let index = gradient.iter().position(|g| !g.is_finite()).unwrap_or_else(|| {
            let larger = |best: usize, i: usize| {
                if gradient[i].abs() > gradient[best].abs() { i } else { best }
            };
            (0..gradient.len()).fold(0, larger)
        });
        Error::NonFiniteGradient {
            step: self.state.step.saturating_add(1),
            group: self.groups.name_at(index).into(),
            index,
            value: gradient[index].to_f64(),
        }
    }

    /// The number of parameters.
    pub fn dimension(&self) -> usize {
        self.groups.dimension()
    }

    /// The rule.
    pub fn rule(&self) -> &dyn UpdateRule<T> {
        &*self.rule
    }

    /// The groups.
    pub fn groups(&self) -> &Groups {
        &self.groups
    }

    /// The transforms, in the order in which they are applied.
    pub fn transforms(&self) -> &[Box<dyn GradientTransform<T>>] {
        &self.transforms
    }

    /// The state, to be saved.
    pub fn state(&self) -> &State<T> {
        &self.state
    }

    /// Continues from a saved state.
    ///
    /// # Errors
    /// [`Error::ForeignState`], [`Error::StateLayout`], [`Error::StateLength`],
    /// [`Error::NonFiniteState`] or [`Error::NegativeState`]; the optimizer is then unchanged.
    pub fn load_state(&mut self, state: State<T>) -> Result<(), Error> {
        self.rule.check(&state, self.dimension())?;
        self.state = state;
        Ok(())
    }

    /// Forgets all steps.
    pub fn reset(&mut self) {
        self.state = self.rule.init(self.dimension());
    }

    /// A hyper-parameter of the rule, or `None` if it has no such hyper-parameter.
    pub fn hyperparameter(&self, which: Hyperparameter) -> Option<f64> {
        self.rule.hyperparameter(which)
    }

    /// Changes a hyper-parameter of the rule.
    ///
    /// # Errors
    /// [`Error::NoSuchHyperparameter`] or [`Error::InvalidValue`]; the rule is then unchanged.
    pub fn set_hyperparameter(&mut self, which: Hyperparameter, value: f64) -> Result<(), Error> {
        self.rule.set_hyperparameter(which, value)
    }
}

/// The learning rate of a group.
fn rate_of(group: Option<&Group>, learning_rate: f64) -> f64 {
    group.map_or(1.0, Group::learning_rate_scale) * learning_rate
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Adam, AdamW, ClipByGlobalNorm, ClipByValue, L2, Sgd};

    #[test]
    fn groups_have_their_own_rates() {
        let groups = Groups::new(
            4,
            [
                Group::contiguous("slow", 0..1).with_learning_rate_scale(0.5).unwrap(),
                Group::contiguous("decaying", 1..2).with_weight_decay(2.0).unwrap(),
                Group::contiguous("frozen", 2..3).frozen(),
            ],
        )
        .unwrap();
        let mut optimizer = Optimizer::new(Sgd::new(), 4).with_groups(groups).unwrap();
        let mut x = [1.0; 4];
        let mut gradient = [1.0, 1.0, f64::NAN, 1.0];
        let summary = optimizer.step(0.25, &mut x, &mut gradient).unwrap();
        assert_eq!(x, [1.0 - 0.125, 1.0 - 0.25 * 3.0, 1.0, 1.0 - 0.25]);
        assert_eq!((summary.step, summary.gradient_norm), (1, 3.0_f64.sqrt()));
    }

    #[test]
    fn a_frozen_group_keeps_its_state() {
        let frozen = Groups::new(2, [Group::contiguous("frozen", 0..1).frozen()]).unwrap();
        let mut optimizer = Optimizer::<f32>::new(AdamW::new(), 2).with_groups(frozen).unwrap();
        optimizer.step(0.1, &mut [1.0, 1.0], &mut [1.0, 1.0]).unwrap();
        let second = optimizer.state().slot("second moment").unwrap();
        assert!(second[0] == 0.0 && second[1] > 0.0);
    }

    #[test]
    fn a_refused_step_changes_nothing() {
        let mut optimizer =
            Optimizer::<f64>::new(Adam::new(), 2).with_transform(L2::new(1.0).unwrap());
        let mut x = [1.0, 2.0];
        optimizer.step(0.1, &mut x, &mut [1.0, 2.0]).unwrap();
        let (state, before) = (optimizer.state().clone(), x);
        for bad in [f64::NAN, f64::INFINITY, -f64::INFINITY] {
            let error = optimizer.step(0.1, &mut x, &mut [1.0, bad]).unwrap_err();
            assert!(matches!(error, Error::NonFiniteGradient { step: 2, index: 1, .. }));
        }
        let overflow = optimizer.step(0.1, &mut x, &mut [1.0, 1e300]).unwrap_err();
        assert!(matches!(overflow, Error::NonFiniteGradient { index: 1, value: 1e300, .. }));
        for bad in [-0.1, f64::NAN, f64::INFINITY] {
            assert!(optimizer.step(bad, &mut x, &mut [1.0, 1.0]).is_err());
        }
        assert_eq!((optimizer.state(), x), (&state, before));
    }

    #[test]
    fn transforms_do_not_reach_frozen_groups() {
        let frozen = Groups::new(2, [Group::contiguous("frozen", 0..1).frozen()]).unwrap();
        let mut optimizer = Optimizer::new(Sgd::new(), 2)
            .with_groups(frozen)
            .unwrap()
            .with_transform(L2::new(1.0).unwrap())
            .with_transform(ClipByGlobalNorm::new(10.0).unwrap());
        let (mut x, mut gradient) = ([1e3, 2.0], [5.0, 1.0]);
        optimizer.step(1.0, &mut x, &mut gradient).unwrap();
        assert_eq!((x, gradient), ([1e3, -1.0], [0.0, 3.0]));
    }

    #[test]
    fn what_overflows_is_refused() {
        let l2 = || L2::new(1e10).unwrap();
        let mut optimizer = Optimizer::<f64>::new(Adam::new(), 2).with_transform(l2());
        for bad in [1e300, f64::INFINITY, f64::NAN] {
            let error = optimizer.step(0.1, &mut [1.0, bad], &mut [1.0, 1.0]).unwrap_err();
            assert!(matches!(error, Error::NonFiniteGradient { step: 1, index: 1, .. }), "{error}");
        }
        assert_eq!(optimizer.state(), &UpdateRule::<f64>::init(&Adam::new(), 2));

        // The square of 1e20 is infinite in single precision.
        let mut optimizer = Optimizer::<f32>::new(Adam::new(), 2);
        let error = optimizer.step(0.1, &mut [1.0; 2], &mut [1.0, 1e20]).unwrap_err();
        assert!(matches!(error, Error::NonFiniteGradient { index: 1, .. }));
        assert!(optimizer.step(1e39, &mut [1.0; 2], &mut [0.0; 2]).is_err());
        let mut clipped = optimizer.with_transform(ClipByGlobalNorm::new(1.0).unwrap());
        clipped.step(0.1, &mut [1.0; 2], &mut [1.0, 1e20]).unwrap();

        let fast = Group::contiguous("fast", 0..1).with_learning_rate_scale(1e300).unwrap();
        let groups = Groups::new(1, [fast]).unwrap();
        let mut optimizer = Optimizer::<f64>::new(Sgd::new(), 1).with_groups(groups).unwrap();
        assert!(optimizer.step(1e10, &mut [1.0], &mut [0.0]).is_err());
    }

    #[test]
    fn a_corrupt_state_is_refused_and_a_full_counter_stays() {
        let mut optimizer = Optimizer::<f64>::new(Adam::new(), 2);
        optimizer.step(0.1, &mut [1.0; 2], &mut [1.0; 2]).unwrap();
        let mut state = optimizer.state().clone();
        state.slots[1].values[1] = -1.0;
        let error = optimizer.load_state(state).unwrap_err();
        assert_eq!(
            error.to_string(),
            "second moment of the state is -1 at index 1, but cannot be negative"
        );
        let full = State { step: u64::MAX, ..optimizer.state().clone() };
        optimizer.load_state(full).unwrap();
        let mut x = [1.0; 2];
        assert_eq!(optimizer.step(0.1, &mut x, &mut [1.0; 2]).unwrap().step, u64::MAX);
        assert!(x[0] < 1.0);
    }

    #[test]
    fn transforms_apply_in_order() {
        let step = |optimizer: Optimizer<f64>| {
            let (mut optimizer, mut x) = (optimizer, [1.0]);
            optimizer.step(1.0, &mut x, &mut [3.0]).unwrap();
            x[0]
        };
        let clip = || ClipByValue::new(2.0).unwrap();
        let decay = || L2::new(0.5).unwrap();
        let new = || Optimizer::new(Sgd::new(), 1);
        assert_eq!(step(new().with_transform(clip()).with_transform(decay())), 1.0 - 2.5);
        assert_eq!(step(new().with_transform(decay()).with_transform(clip())), 1.0 - 2.0);
    }

    #[test]
    fn foreign_states_and_groups_are_refused() {
        let mut adam = Optimizer::<f64>::new(Adam::new(), 2);
        let sgd = Optimizer::<f64>::new(Sgd::new(), 2);
        let longer = Optimizer::<f64>::new(Adam::new(), 3);
        let amsgrad = Optimizer::<f64>::new(Adam::new().with_amsgrad(), 2);
        assert!(matches!(adam.load_state(sgd.state().clone()), Err(Error::ForeignState { .. })));
        assert!(matches!(adam.load_state(longer.state().clone()), Err(Error::StateLength { .. })));
        assert!(matches!(adam.load_state(amsgrad.state().clone()), Err(Error::StateLayout { .. })));
        assert_eq!(
            adam.with_groups(Groups::none(3)).unwrap_err(),
            Error::GroupDimension { expected: 2, found: 3 }
        );
    }

    #[test]
    fn it_can_be_sent_to_another_thread() {
        fn is_send_and_sync<T: Send + Sync>() {}
        is_send_and_sync::<Optimizer<f32>>();
    }

    #[test]
    fn the_empty_vector_takes_steps() {
        let mut optimizer = Optimizer::<f32>::new(AdamW::new(), 0);
        let summary = optimizer.step(0.1, &mut [], &mut []).unwrap();
        assert_eq!((summary.step, summary.gradient_norm), (1, 0.0));
    }
}
