//! What a workspace keeps for each call: the numbers that go in and out, and what the block wants.

use core::any::{Any, type_name};
use core::fmt;

use calculus_core::Real;

use super::{At, Block, CHUNK, Replay};
use crate::Dual;

/// What a block keeps from one evaluation to the next: buffers, factors, prepared programs; one thing
/// of each type.
///
/// A copy is empty.
#[derive(Default)]
pub(crate) struct Memory {
    kept: Vec<Box<dyn Any + Send + Sync>>,
    undecided: bool,
    sweep_follows: bool,
}

impl Memory {
    /// What is kept, made now if nothing of this type is.
    pub(crate) fn get_or_insert_with<M: Send + Sync + 'static>(
        &mut self,
        make: impl FnOnce() -> M,
    ) -> &mut M {
        let known = self.kept.iter().position(|kept| kept.is::<M>());
        let place = known.unwrap_or_else(|| {
            self.kept.push(Box::new(make()));
            self.kept.len() - 1
        });
        self.kept[place].downcast_mut().expect("of the type that was looked for")
    }

    /// Whether a reverse sweep follows the evaluation, so that it may compute adjoints with it.
    pub(crate) fn sweep_follows(&self) -> bool {
        self.sweep_follows
    }

    /// Whether the decisions of the last evaluation were among those recorded.
    pub(crate) fn is_decided(&self) -> bool {
        !self.undecided
    }

    /// Tells whether the decisions of the evaluation were among those recorded.
    pub(crate) fn decided(&mut self, decided: bool) {
        self.undecided = !decided;
    }
}

impl Clone for Memory {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Memory({} kept)", self.kept.len())
    }
}

/// Operands, results and their cotangents of one call, over the scalar `T`.
#[derive(Clone, Debug)]
pub(crate) struct CallMemory<T> {
    pub(crate) x: Vec<T>,
    pub(crate) y: Vec<T>,
    pub(crate) g: Vec<T>,
    pub(crate) gx: Vec<T>,
    memory: Memory,
}

impl<T: Real> CallMemory<T> {
    pub(crate) fn new(operands: usize, results: usize) -> Self {
        let zeros = |n| vec![T::from(0.0); n];
        Self {
            x: zeros(operands),
            y: zeros(results),
            g: zeros(results),
            gx: zeros(operands),
            memory: Memory::default(),
        }
    }

    /// Evaluates the block at the operands `x`, into `y`.
    ///
    /// `sweep_follows` tells whether it will be pulled back at the same operands.
    pub(crate) fn evaluate(&mut self, block: &dyn Block, sweep_follows: bool) {
        self.memory.sweep_follows = sweep_follows;
        let any: &mut dyn Any = self;
        let done = evaluate_as::<f64>(any, block)
            || evaluate_as::<Dual<f64>>(any, block)
            || evaluate_as::<Dual<f64, CHUNK>>(any, block);
        assert!(done, "{}", unsupported::<T>(block));
    }

    /// Whether the decisions of the last evaluation were among those recorded.
    pub(crate) fn is_decided(&self) -> bool {
        self.memory.is_decided()
    }

    /// Pulls the cotangents `g` back, into `gx`.
    pub(crate) fn pull_back(&mut self, block: &dyn Block) {
        let any: &mut dyn Any = self;
        let done = pull_back_as::<f64>(any, block)
            || pull_back_as::<Dual<f64>>(any, block)
            || pull_back_as::<Dual<f64, CHUNK>>(any, block);
        assert!(done, "{}", unsupported::<T>(block));
    }
}

fn evaluate_as<T: Replay>(any: &mut dyn Any, block: &dyn Block) -> bool {
    let Some(CallMemory { x, y, memory, .. }) = any.downcast_mut::<CallMemory<T>>() else {
        return false;
    };
    T::evaluate(block, x, y, memory);
    true
}

fn pull_back_as<T: Replay>(any: &mut dyn Any, block: &dyn Block) -> bool {
    let Some(CallMemory { x, y, g, gx, memory }) = any.downcast_mut::<CallMemory<T>>() else {
        return false;
    };
    T::pull_back(block, At { x, y, g }, gx, memory);
    true
}

fn unsupported<T>(block: &dyn Block) -> String {
    format!(
        "`{}` is one node of a graph, which is replayed at f64 and at duals of 1 or {CHUNK} tangents, \
         not at {}: take higher derivatives by gradients inside a recorded function",
        block.name(),
        type_name::<T>()
    )
}
