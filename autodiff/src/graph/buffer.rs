//! The last nodes of the recording under way, before they are moved to its graph.
//!
//! Recording is a few stores if nothing has to be asked first. A thread-local that is never dropped
//! and is not borrowed needs no check, and a fixed number of nodes none for growth, so operations
//! are written here and moved to the graph, which has neither property, many at a time.

use core::cell::Cell;

use super::node::Encoded;
use super::op::Op;
use super::record::flush;

/// The nodes that are moved at once: few enough to stay in the first cache.
pub(crate) const SIZE: usize = 256;

/// The number of a node and that of its recording in one register; 0 for a constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Name(u64);

impl Name {
    /// No node of any recording.
    pub(crate) const CONSTANT: Self = Self(0);

    /// A name that is followed by none and belongs to no variable: nothing is written here.
    const CLOSED: Self = Self::new(0, u32::MAX);

    /// The largest number of a recording.
    pub(crate) const LAST_GENERATION: u32 = u32::MAX - 1;

    #[inline(always)]
    pub(crate) const fn new(index: u32, generation: u32) -> Self {
        Self((generation as u64) << 32 | index as u64)
    }
    #[inline(always)]
    pub(crate) const fn index(self) -> u32 {
        self.0 as u32
    }
    #[inline(always)]
    pub(crate) const fn generation(self) -> u32 {
        (self.0 >> 32) as u32
    }
    #[inline(always)]
    pub(crate) const fn is_constant(self) -> bool {
        self.0 == Self::CONSTANT.0
    }
    /// The place of the node in a buffer.
    #[inline(always)]
    const fn place(self) -> usize {
        self.0 as usize % SIZE
    }
}

/// Constants met last with the operands that they are, each at a place that its bits tell, so that a
/// literal in a loop is stored once.
pub(crate) type Recent = [(u64, u32); 16];

/// No constants: each place holds the bits of a number that has another.
pub(crate) const NOTHING_RECENT: Recent = {
    let mut recent = [(0, 0); 16];
    recent[recent_place(0)] = (1.0_f64.to_bits(), 0);
    assert!(recent_place(0) != recent_place(1.0_f64.to_bits()));
    recent
};

/// The high half of a double distinguishes most literals.
#[inline(always)]
const fn recent_place(bits: u64) -> usize {
    ((bits >> 48) ^ (bits >> 52)) as usize % 16
}

/// The last nodes of a recording with their values.
pub(crate) struct Buffer {
    /// The name that the next node will have, which tells its place here.
    next: Cell<Name>,
    nodes: [Cell<Encoded>; SIZE],
    values: [Cell<f64>; SIZE],
    recent: [Cell<(u64, u32)>; 16],
}

thread_local! {
    pub(crate) static BUFFER: Buffer = const { Buffer::closed() };
}

impl Buffer {
    /// Where nothing is recorded, or not here.
    const fn closed() -> Self {
        let mut recent = [const { Cell::new((0, 0)) }; 16];
        let mut place = 0;
        while place < recent.len() {
            recent[place] = Cell::new(NOTHING_RECENT[place]);
            place += 1;
        }
        Self {
            next: Cell::new(Name::CLOSED),
            nodes: [const { Cell::new(Encoded::new(Op::Copy, 0, 0)) }; SIZE],
            values: [const { Cell::new(0.0) }; SIZE],
            recent,
        }
    }

    /// Begins to take nodes of the recording `generation`, the next one with the number `index`.
    pub(crate) fn open(&self, index: u32, generation: u32) {
        self.next.set(Name::new(index, generation));
    }

    /// Takes no more nodes.
    pub(crate) fn close(&self) {
        self.next.set(Name::CLOSED);
    }

    #[inline(always)]
    pub(crate) fn is_open(&self) -> bool {
        self.next.get() != Name::CLOSED
    }

    /// The number of the next node.
    pub(crate) fn end(&self) -> u32 {
        self.next.get().index()
    }

    /// The nodes from number `start` on, with their values; they do not pass the end of the buffer.
    pub(crate) fn since(
        &self,
        start: u32,
    ) -> (impl ExactSizeIterator<Item = Encoded> + '_, impl ExactSizeIterator<Item = f64> + '_)
    {
        let length = (self.end() - start) as usize;
        let places = start as usize % SIZE..start as usize % SIZE + length;
        (
            self.nodes[places.clone()].iter().map(Cell::get),
            self.values[places].iter().map(Cell::get),
        )
    }

    /// Whether variables are of the recording that this is the buffer of.
    #[inline(always)]
    pub(crate) fn made(&self, a: Name, b: Name) -> bool {
        let next = self.next.get().0;
        ((a.0 ^ next) | (b.0 ^ next)) >> 32 == 0
    }

    /// The operand that a number is, if it has been met of late.
    #[inline(always)]
    pub(crate) fn constant(&self, value: f64) -> Option<u32> {
        let bits = value.to_bits();
        let (known, operand) = self.recent[recent_place(bits)].get();
        (known == bits).then_some(operand)
    }

    /// Keeps the operand that a number is.
    pub(crate) fn keep_constant(&self, value: f64, operand: u32) {
        let bits = value.to_bits();
        self.recent[recent_place(bits)].set((bits, operand));
    }

    /// Exchanges the constants for those of another recording.
    pub(crate) fn replace_constants(&self, constants: Recent) -> Recent {
        core::array::from_fn(|place| self.recent[place].replace(constants[place]))
    }

    /// Appends a node to an open buffer, which is emptied when it is full.
    #[inline(always)]
    pub(crate) fn push(&self, op: Op, a: u32, b: u32, value: f64) -> Name {
        let name = self.next.get();
        self.nodes[name.place()].set(Encoded::new(op, a, b));
        self.values[name.place()].set(value);
        let next = Name(name.0 + 1);
        self.next.set(next);
        if next.place() == 0 {
            flush();
        }
        name
    }
}
