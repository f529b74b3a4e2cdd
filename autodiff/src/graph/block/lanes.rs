//! Several rows at once, for blocks that are written for one.

use super::{Evaluate, Memory, Replay};

/// One row, and what the block keeps from one to the next.
#[derive(Debug)]
struct Row<T> {
    x: Vec<T>,
    y: Vec<T>,
    memory: Memory,
}

/// Evaluates a block row by row; entry `i` of row `l` stands at `i * lanes + l`.
pub(super) fn one_after_another<B: Evaluate + ?Sized, T: Replay>(
    block: &B,
    x: &[T],
    y: &mut [T],
    lanes: usize,
    memory: &mut Memory,
) {
    let operands = x.len() / lanes.max(1);
    let mut decided = true;
    let row = memory.get_or_insert_with(|| Row {
        x: vec![T::from(0.0); operands],
        y: vec![T::from(0.0); block.results(operands)],
        memory: Memory::default(),
    });
    for lane in 0..lanes {
        for (entry, x) in row.x.iter_mut().zip(x[lane..].iter().step_by(lanes)) {
            *entry = *x;
        }
        block.evaluate(&row.x, &mut row.y, &mut row.memory);
        decided &= row.memory.is_decided();
        for (y, result) in y[lane..].iter_mut().step_by(lanes).zip(&row.y) {
            *y = *result;
        }
    }
    memory.decided(decided);
}
