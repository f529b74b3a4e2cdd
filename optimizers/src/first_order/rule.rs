//! The trait of update rules.

use core::fmt::{Debug, Display, Formatter};
use core::ops::Range;

use calculus_core::Float;

use super::State;
use crate::Error;

/// A first-order update rule: how a gradient changes the parameters.
///
/// A rule is immutable configuration. What it remembers is a separate [`State`], and the learning
/// rate is an argument of each step, given by whatever schedules it. Parameters and gradient are
/// flat slices of equal length.
///
/// The trait is object safe. A rule implements [`update_piece`](Self::update_piece), the step on a
/// range of the flat vector, and names what it keeps; the rest follows.
///
/// # Examples
/// Minimises $f(x) = x^2$ by gradient descent, $x \leftarrow x - \eta f'(x)$:
/// ```
/// use optimizers::{Sgd, UpdateRule};
///
/// let rule: Box<dyn UpdateRule<f64>> = Box::new(Sgd::new());
/// let mut state = rule.init(1);
/// let mut x = [1.0];
/// for _ in 0..10 {
///     let gradient = [2.0 * x[0]];
///     rule.update(&mut state, 0.25, &mut x, &gradient);
/// }
/// assert_eq!(x[0], 0.5_f64.powi(10));
/// ```
pub trait UpdateRule<T: Float>: Debug + Send + Sync {
    /// The name of the rule, for messages and for recognising its state.
    fn name(&self) -> &'static str;

    /// The names of the vectors that the rule keeps in its state, in order.
    fn slot_names(&self) -> &'static [&'static str];

    /// The names of the single numbers that the rule keeps in its state, in order.
    fn scalar_names(&self) -> &'static [&'static str] {
        &[]
    }

    /// The part of a step that concerns the range `piece.range` of the flat vector.
    ///
    /// `parameters` and `gradient` are the entries of that range alone; the slots of `state` are
    /// whole. `state.step` already is the number of this step, from 1; it is not changed here.
    ///
    /// # Panics
    /// Where `parameters` or `gradient` are not as long as the range, or the state is not one of
    /// this rule for at least that many parameters.
    fn update_piece(
        &self,
        state: &mut State<T>,
        piece: &Piece,
        parameters: &mut [T],
        gradient: &[T],
    );

    /// The hyper-parameter's value, or `None` if the rule has no such hyper-parameter.
    fn hyperparameter(&self, which: Hyperparameter) -> Option<f64>;

    /// Changes a hyper-parameter.
    ///
    /// # Errors
    /// [`Error::NoSuchHyperparameter`] if the rule has none of that kind, [`Error::InvalidValue`]
    /// if the value is outside of its domain; the rule is then unchanged.
    fn set_hyperparameter(&mut self, which: Hyperparameter, value: f64) -> Result<(), Error>;

    /// The state before the first step, for a vector of `dimension` parameters.
    fn init(&self, dimension: usize) -> State<T> {
        State::zeros(self.name(), dimension, self.slot_names(), self.scalar_names())
    }

    /// Checks that `state` can be continued by this rule on `dimension` parameters.
    ///
    /// # Errors
    /// [`Error::ForeignState`], [`Error::StateLayout`], [`Error::StateLength`],
    /// [`Error::NonFiniteState`] or [`Error::NegativeState`].
    fn check(&self, state: &State<T>, dimension: usize) -> Result<(), Error> {
        state.matches(self.name(), dimension, self.slot_names(), self.scalar_names())
    }

    /// One step on the whole vector: advances `state` and changes `parameters`.
    ///
    /// # Panics
    /// Where `parameters` and `gradient` differ in length, or the state is not one of this rule
    /// for that many parameters. The state is then unchanged.
    #[track_caller]
    fn update(
        &self,
        state: &mut State<T>,
        learning_rate: f64,
        parameters: &mut [T],
        gradient: &[T],
    ) {
        let piece = Piece { range: 0..parameters.len(), learning_rate, weight_decay: None };
        piece.checked_range(parameters, gradient);
        let (slots, scalars) = (self.slot_names(), self.scalar_names());
        if let Err(error) = state.has_form(self.name(), parameters.len(), slots, scalars) {
            panic!("{error}");
        }
        state.step = state.step.saturating_add(1);
        self.update_piece(state, &piece, parameters, gradient);
    }
}

/// A range of the flat vector with the rates that hold on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Piece {
    /// The range of the flat vector.
    pub range: Range<usize>,
    /// The learning rate there.
    pub learning_rate: f64,
    /// The weight decay there, where it is not the rule's own.
    pub weight_decay: Option<f64>,
}

impl Piece {
    /// Checks the contract on lengths; the range of the slots of a state.
    #[track_caller]
    pub(crate) fn checked_range<T>(&self, parameters: &[T], gradient: &[T]) -> Range<usize> {
        let n = self.range.len();
        assert!(
            parameters.len() == n && gradient.len() == n,
            "a step on {n} parameters was given {} parameters and a gradient of length {}",
            parameters.len(),
            gradient.len(),
        );
        self.range.clone()
    }
}

/// A number of an update rule's configuration, which a schedule may drive.
///
/// The learning rate is not among them: it is an argument of every step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Hyperparameter {
    /// The decay of the velocity.
    Momentum,
    /// The share of a new gradient that is kept out of the velocity.
    Dampening,
    /// The weight decay.
    WeightDecay,
    /// The decay of the first moment.
    Beta1,
    /// The decay of the second moment.
    Beta2,
    /// What is added to a denominator.
    Epsilon,
}

impl Display for Hyperparameter {
    fn fmt(&self, f: &mut Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Momentum => "momentum",
            Self::Dampening => "dampening",
            Self::WeightDecay => "weight decay",
            Self::Beta1 => "beta1",
            Self::Beta2 => "beta2",
            Self::Epsilon => "epsilon",
        })
    }
}

impl<T: Float, R: UpdateRule<T> + ?Sized> UpdateRule<T> for Box<R> {
    fn name(&self) -> &'static str {
        (**self).name()
    }
    fn slot_names(&self) -> &'static [&'static str] {
        (**self).slot_names()
    }
    fn scalar_names(&self) -> &'static [&'static str] {
        (**self).scalar_names()
    }
    fn update_piece(
        &self,
        state: &mut State<T>,
        piece: &Piece,
        parameters: &mut [T],
        gradient: &[T],
    ) {
        (**self).update_piece(state, piece, parameters, gradient);
    }
    fn hyperparameter(&self, which: Hyperparameter) -> Option<f64> {
        (**self).hyperparameter(which)
    }
    fn set_hyperparameter(&mut self, which: Hyperparameter, value: f64) -> Result<(), Error> {
        (**self).set_hyperparameter(which, value)
    }
    fn init(&self, dimension: usize) -> State<T> {
        (**self).init(dimension)
    }
    fn check(&self, state: &State<T>, dimension: usize) -> Result<(), Error> {
        (**self).check(state, dimension)
    }
    fn update(
        &self,
        state: &mut State<T>,
        learning_rate: f64,
        parameters: &mut [T],
        gradient: &[T],
    ) {
        (**self).update(state, learning_rate, parameters, gradient);
    }
}
