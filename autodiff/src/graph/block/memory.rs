//! What a workspace keeps for each call: the numbers that go in and out, and what the block wants.

use core::any::{Any, type_name};
use core::fmt;

use calculus_core::Real;

use super::{At, Block, CHUNK, Operands, PlacedCall, Replay};
use crate::Dual;
use crate::graph::aligned::Aligned;

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

/// What one call keeps, over the scalar `T`.
#[derive(Clone, Debug)]
pub(crate) struct CallMemory<T> {
    /// Copies of the operands, where they are no slice of the values.
    x: Vec<T>,
    /// The adjoints of the operands, where they are not stored in place.
    gx: Vec<T>,
    memory: Memory,
}

impl<T: Real> CallMemory<T> {
    pub(crate) fn new(call: &PlacedCall) -> Self {
        let zeros = |needed: bool| vec![T::from(0.0); if needed { call.operands.len() } else { 0 }];
        let copied = !matches!(call.operands, Operands::Slice(_));
        Self { x: zeros(copied), gx: zeros(!call.stored), memory: Memory::default() }
    }

    /// Evaluates the block at the values of its operands, into those of its results.
    ///
    /// `sweep_follows` tells whether it will be pulled back at the same operands.
    pub(crate) fn evaluate(
        &mut self,
        call: &PlacedCall,
        values: &mut Aligned<T>,
        sweep_follows: bool,
    ) {
        self.memory.sweep_follows = sweep_follows;
        if !self.x.is_empty() {
            call.operands.read(values, &mut self.x);
        }
        let done = evaluate_as::<f64>(self, call, values)
            || evaluate_as::<Dual<f64>>(self, call, values)
            || evaluate_as::<Dual<f64, CHUNK>>(self, call, values);
        assert!(done, "{}", unsupported::<T>(&*call.block));
    }

    /// Whether the decisions of the last evaluation were among those recorded.
    pub(crate) fn is_decided(&self) -> bool {
        self.memory.is_decided()
    }

    /// Pulls the adjoints of the results back to those of the operands.
    pub(crate) fn pull_back(
        &mut self,
        call: &PlacedCall,
        values: &Aligned<T>,
        adjoints: &mut Aligned<T>,
    ) {
        let done = pull_back_as::<f64>(self, call, values, adjoints)
            || pull_back_as::<Dual<f64>>(self, call, values, adjoints)
            || pull_back_as::<Dual<f64, CHUNK>>(self, call, values, adjoints);
        assert!(done, "{}", unsupported::<T>(&*call.block));
    }
}

fn evaluate_as<T: Replay>(kept: &mut dyn Any, call: &PlacedCall, values: &mut dyn Any) -> bool {
    let (Some(CallMemory { x, memory, .. }), Some(values)) =
        (kept.downcast_mut::<CallMemory<T>>(), values.downcast_mut::<Aligned<T>>())
    else {
        return false;
    };
    let (before, from) = values.split_at_mut(call.results.start);
    let x = match &call.operands {
        Operands::Slice(places) => &before[places.clone()],
        _ => x,
    };
    T::evaluate(&*call.block, x, &mut from[..call.results.len()], memory);
    true
}

fn pull_back_as<T: Replay>(
    kept: &mut dyn Any,
    call: &PlacedCall,
    values: &dyn Any,
    adjoints: &mut dyn Any,
) -> bool {
    let (Some(CallMemory { x, gx, memory }), Some(values), Some(adjoints)) = (
        kept.downcast_mut::<CallMemory<T>>(),
        values.downcast_ref::<Aligned<T>>(),
        adjoints.downcast_mut::<Aligned<T>>(),
    ) else {
        return false;
    };
    let (before, from) = adjoints.split_at_mut(call.results.start);
    let (y, g) = (&values[call.results.clone()], &from[..call.results.len()]);
    match &call.operands {
        Operands::Slice(places) => {
            let x = &values[places.clone()];
            if call.stored {
                T::pull_back(&*call.block, At { x, y, g }, &mut before[places.clone()], memory);
                return true;
            }
            T::pull_back(&*call.block, At { x, y, g }, gx, memory);
        }
        _ => T::pull_back(&*call.block, At { x, y, g }, gx, memory),
    }
    call.operands.add(gx, adjoints);
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
