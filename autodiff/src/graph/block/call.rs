//! A call: a block with its operands.

use core::ops::Range;
use std::sync::Arc;

use super::{Block, Memory};
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
    let x: Vec<f64> = operands.iter().map(|operand| operand.primal()).collect();
    let mut y = vec![0.0; block.results(operands.len())];
    block.evaluate_f64(&x, &mut y, &mut Memory::default());
    if operands.iter().all(|operand| operand.is_constant()) {
        return y.into_iter().map(Var::from).collect();
    }
    with_tape(|tape| {
        let start = tape.graph.operands.len();
        for &operand in operands {
            let operand = tape.operand(operand)?;
            tape.graph.operands.push(operand);
        }
        let operands = start..tape.graph.operands.len();
        let first = tape.push_call(block, operands, &y);
        let named = |(k, &y): (usize, &f64)| tape.variable_at(first + k, y);
        Ok(y.iter().enumerate().map(named).collect())
    })
}
