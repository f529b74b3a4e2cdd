//! A call: a block with its operands.

use core::ops::Range;
use std::sync::Arc;

use super::{Block, CallMemory};
use crate::graph::Var;
use crate::graph::record::with_tape;

/// A block in a graph. Its results are nodes that follow one another.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) block: Arc<dyn Block>,
    /// Where the operands stand in the graph's list of operands.
    pub(crate) operands: Range<usize>,
    /// The number of the first result among inputs and nodes.
    pub(crate) first: usize,
    /// The number of results.
    pub(crate) results: usize,
}

/// Equal if they call the same block on the same operands.
impl PartialEq for Call {
    fn eq(&self, other: &Self) -> bool {
        let place = |call: &Self| (call.operands.clone(), call.first, call.results);
        Arc::ptr_eq(&self.block, &other.block) && place(self) == place(other)
    }
}

/// The results of a block at the operands, recorded as one call.
#[track_caller]
pub(crate) fn call(block: Arc<dyn Block>, operands: &[Var]) -> Vec<Var> {
    let mut memory = CallMemory::<f64>::new(operands.len(), block.results(operands.len()));
    for (x, operand) in memory.x.iter_mut().zip(operands) {
        *x = operand.primal();
    }
    memory.evaluate(&*block, false);
    if operands.iter().all(|operand| operand.is_constant()) {
        return memory.y.into_iter().map(Var::from).collect();
    }
    with_tape(|tape| {
        let start = tape.graph.operands.len();
        for &operand in operands {
            let operand = tape.operand(operand)?;
            tape.graph.operands.push(operand);
        }
        let operands = start..tape.graph.operands.len();
        let first = tape.push_call(block, operands, memory.y.len());
        let named = |(k, &y): (usize, &f64)| tape.variable_at(first + k, y);
        Ok(memory.y.iter().enumerate().map(named).collect())
    })
}
