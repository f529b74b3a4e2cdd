//! What a layer is given besides its input.

use autodiff::tensor::{Element, Tensor};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::parameters::{Layout, ParameterId, Parameters};

/// Whether a model is being trained or used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Random layers such as [`Dropout`](super::Dropout) are random.
    Train,
    /// The output is a function of the input alone.
    Evaluate,
}

/// What a layer is given besides its input: the values of the parameters, the phase, and random
/// numbers.
#[derive(Debug)]
pub struct Context<'a, T: Element> {
    flat: &'a Tensor<T>,
    layout: &'a Layout,
    phase: Phase,
    random: ChaCha8Rng,
}

impl<'a, T: Element> Context<'a, T> {
    /// The context for using a model.
    pub fn evaluate(parameters: &'a Parameters<T>) -> Self {
        let random = ChaCha8Rng::seed_from_u64(0);
        Self::new(parameters.flat(), parameters.layout(), Phase::Evaluate, random)
    }

    /// The context for update step `step` of training with `seed`.
    ///
    /// The random numbers are a function of the two, so that a run that is resumed at a step draws
    /// what the uninterrupted run would have drawn. `flat` holds the values for `layout`: the
    /// recorded copy that [`value_and_gradient_into`](autodiff::tensor::value_and_gradient_into)
    /// hands to the function being differentiated.
    ///
    /// # Panics
    /// Where `flat` is not a vector as long as the layout.
    #[track_caller]
    pub fn train(flat: &'a Tensor<T>, layout: &'a Layout, seed: u64, step: u64) -> Self {
        assert!(
            flat.shape() == [layout.len()],
            "a layout of {} parameters was given values of shape {:?}",
            layout.len(),
            flat.shape(),
        );
        Self::new(flat, layout, Phase::Train, step_generator(seed, step))
    }

    pub(crate) fn new(
        flat: &'a Tensor<T>,
        layout: &'a Layout,
        phase: Phase,
        random: ChaCha8Rng,
    ) -> Self {
        Self { flat, layout, phase, random }
    }

    /// The values of a declared parameter, as a view that copies nothing.
    ///
    /// # Panics
    /// Where the parameter was not declared.
    #[track_caller]
    #[inline]
    pub fn parameter(&self, id: Option<ParameterId>) -> Tensor<T> {
        let Some(id) = id else {
            panic!("a layer was used before it declared its parameters: build a Model from it");
        };
        let entry = self.layout.get(id);
        self.flat.view(entry.range.clone(), &entry.shape)
    }

    /// Whether the model is being trained or used.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// Gives back the generator, for the next piece of the same step.
    pub(crate) fn into_random(self) -> ChaCha8Rng {
        self.random
    }

    /// The random numbers of this call.
    pub fn random(&mut self) -> &mut ChaCha8Rng {
        &mut self.random
    }
}

/// The random numbers of one training step.
pub(crate) fn step_generator(seed: u64, step: u64) -> ChaCha8Rng {
    // The streams of initialisers and shuffles are those of the plain seed: another key keeps the
    // random numbers of layers independent of them.
    let mut random = ChaCha8Rng::seed_from_u64(seed ^ 0x6c61_7965_725f_726e);
    random.set_stream(step);
    random
}
