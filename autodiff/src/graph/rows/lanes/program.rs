//! What rows in lanes execute: instructions on slots, each of which holds a number for every lane.

use std::sync::Arc;

use calculus_core::elementary::{Binary, Unary};

use super::uniform::Level;
use crate::graph::block::Block;
use crate::graph::guard::Guard;
use crate::graph::rows::map::Column;

/// A table entry that stands for nothing.
pub(super) const NONE: u32 = u32::MAX;

/// Where an operand stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Place {
    /// One number for all lanes, among the uniform numbers of the row.
    Uniform(u32),
    /// A slot.
    Lane(u32),
}

const UNIFORM_BIT: u32 = 1 << 31;

impl Place {
    /// As it stands in a list.
    pub(super) fn encoded(self) -> u32 {
        match self {
            Place::Uniform(place) => place | UNIFORM_BIT,
            Place::Lane(slot) => slot,
        }
    }

    #[inline(always)]
    pub(super) fn decoded(raw: u32) -> Self {
        if raw & UNIFORM_BIT == 0 { Place::Lane(raw) } else { Place::Uniform(raw & !UNIFORM_BIT) }
    }
}

/// What the terms of a part of a sum are; a term is two places, or one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    /// A uniform number times a lane.
    UniformLane,
    /// A lane times a lane.
    LaneLane,
    /// A lane times a lane, subtracted.
    MinusLaneLane,
    /// A lane.
    Lane,
    /// A lane, subtracted.
    MinusLane,
    /// A uniform number.
    Uniform,
}

/// Consecutive terms of one kind.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment {
    pub(super) kind: Kind,
    pub(super) first: u32,
    pub(super) count: u32,
}

/// A stretch of one of the lists of a program.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Stretch {
    pub(super) first: u32,
    pub(super) count: u32,
}

impl Stretch {
    /// What the stretch holds.
    #[inline(always)]
    pub(super) fn of<T>(self, list: &[T]) -> &[T] {
        &list[self.first as usize..][..self.count as usize]
    }
}

/// One instruction; `out` is the slot that it writes, and no operand is read after that.
#[derive(Clone, Copy, Debug)]
pub(super) enum Instruction {
    /// What a column holds for the rows in the lanes.
    Read { column: u32, out: u32 },
    /// An operand of the row of an inner call, picked from a list.
    Entry { list: u32, out: u32 },
    /// A sum of products.
    Sum { segments: Stretch, out: u32 },
    /// $a + b$.
    Add { a: u32, b: u32, out: u32 },
    /// $a - b$.
    Sub { a: u32, b: u32, out: u32 },
    /// $ab$.
    Mul { a: u32, b: u32, out: u32 },
    /// $ua$ for uniform $u$.
    Scale { u: u32, a: u32, out: u32 },
    /// $a + u$ for uniform $u$.
    Shift { u: u32, a: u32, out: u32 },
    /// $u - a$ for uniform $u$.
    Reflect { u: u32, a: u32, out: u32 },
    /// A function of one argument.
    Unary { row: Unary, a: u32, out: u32 },
    /// A function of two arguments other than sum, difference and product.
    Binary { row: Binary, a: Place, b: Place, out: u32 },
    /// $a^n$.
    Powi { a: u32, n: i32, out: u32 },
    /// $a^p$, the exponent from the list of exponents.
    Powf { a: u32, exponent: u32, out: u32 },
    /// $\psi^{(n)}(a)$.
    Polygamma { a: u32, n: u32, out: u32 },
    /// $ab + c$ rounded once; the three places stand in a list.
    MulAdd { list: u32, out: u32 },
    /// A call to a block other than rows.
    Block { number: u32 },
    /// Begins the rows of an inner call.
    Rows { call: u32 },
    /// Goes on to the next row if the listed numbers are 0 in all lanes.
    SkipZeros { list: Stretch },
    /// Decides whether the body was recorded for what is in the lanes.
    Guards { guards: Stretch },
    /// Adds to the slot that a list names for the row of an inner call.
    Accumulate { a: Place, list: u32 },
    /// Adds up over the lanes: the products of pairs of lanes, each into a sum of its own.
    Products { pairs: Stretch, sum: u32 },
    /// Adds up over the lanes: a sum of products.
    Reduce { segments: Stretch, sum: u32 },
    /// Keeps an output of each row.
    Store { a: Place, output: u32 },
    /// Ends the row of an inner call.
    NextRow,
    /// Ends the block.
    End,
}

/// A call to rows inside the body of other rows.
#[derive(Clone, Debug, Default)]
pub(super) struct RowsCall {
    pub(super) count: u32,
    /// Where the instructions of each body begin, and its level.
    pub(super) bodies: Vec<(u32, u32)>,
    /// Where the instructions go on.
    pub(super) end: u32,
    /// The slots that results are added up in.
    pub(super) results: Stretch,
}

/// A call to another block.
#[derive(Clone, Debug)]
pub(super) struct BlockCall {
    pub(super) block: Arc<dyn Block>,
    pub(super) operands: Stretch,
    /// Slots, or [`NONE`].
    pub(super) results: Stretch,
}

/// One body of rows, prepared for lanes.
#[derive(Clone, Debug, Default)]
pub(super) struct Program {
    pub(super) instructions: Vec<Instruction>,
    pub(super) segments: Vec<Segment>,
    pub(super) terms: Vec<[u32; 2]>,
    pub(super) lists: Vec<u32>,
    /// Decisions whose operands are slots, or uniform numbers for constants.
    pub(super) guards: Vec<Guard>,
    pub(super) exponents: Vec<f64>,
    pub(super) levels: Vec<Level>,
    pub(super) calls: Vec<RowsCall>,
    pub(super) blocks: Vec<BlockCall>,
    pub(super) columns: Vec<Column>,
    /// The number of slots.
    pub(super) slots: usize,
    /// The result that each sum over lanes belongs to, or [`NONE`].
    pub(super) sums: Vec<u32>,
    /// The places of the outputs that are kept for each row.
    pub(super) outputs: Vec<crate::graph::rows::map::Place>,
    /// Whether decisions depend on what is in the lanes.
    pub(super) decides: bool,
}

impl Program {
    /// A measure of the work for one row.
    pub(super) fn work(&self) -> usize {
        let rows = self.calls.iter().map(|call| call.count as usize).max().unwrap_or(1);
        (self.instructions.len() + self.terms.len()) * rows.max(1)
    }
}
