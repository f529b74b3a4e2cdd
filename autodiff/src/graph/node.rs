//! The graph: nodes in evaluation order, without values.

use core::ops::Range;
use std::sync::Arc;

use super::block::{Block, Call};
use super::guard::Guard;
use super::op::Op;

/// What a node reads: an input, an earlier node, or a constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Operand(u32);

const CONSTANT_BIT: u32 = 1 << 31;

impl Operand {
    /// The most inputs and nodes, and the most constants, that a graph can hold.
    pub(crate) const LIMIT: usize = CONSTANT_BIT as usize;

    #[inline(always)]
    pub(crate) const fn node(index: u32) -> Self {
        Self(index)
    }
    #[inline(always)]
    pub(crate) const fn constant(index: u32) -> Self {
        Self(index | CONSTANT_BIT)
    }
    #[inline(always)]
    pub(crate) const fn from_raw(raw: u32) -> Self {
        Self(raw)
    }
    #[inline(always)]
    pub(crate) const fn raw(self) -> u32 {
        self.0
    }

    /// Whether this names a constant.
    #[inline(always)]
    pub const fn is_constant(self) -> bool {
        self.0 & CONSTANT_BIT != 0
    }

    /// The place among the constants, or among inputs and nodes, which are numbered together.
    #[inline(always)]
    pub const fn index(self) -> usize {
        (self.0 & !CONSTANT_BIT) as usize
    }
}

/// One node of a graph, decoded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Node {
    /// The number of the node; inputs come first.
    pub index: usize,
    /// The operation.
    pub op: Op,
    /// The operands in order; the first [`Op`]-dependent number of them counts.
    pub operands: [Option<Operand>; 3],
    /// The integer parameter of [`Op::Powi`] and [`Op::Polygamma`], and which result of its call an
    /// [`Op::Result`] is.
    pub parameter: Option<i64>,
}

/// One node as it is stored: an op code and two operands in 9 bytes.
///
/// Packed, because recording and replay are bound by memory once a graph has left the caches.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C, packed)]
pub(crate) struct Encoded {
    op: u8,
    a: u32,
    b: u32,
}

impl Encoded {
    #[inline(always)]
    pub(crate) const fn new(op: Op, a: u32, b: u32) -> Self {
        Self { op: op.code(), a, b }
    }
    #[inline(always)]
    pub(crate) fn op(self) -> Op {
        Op::decode(self.op)
    }
    /// The first operand, or the place of a list of operands.
    #[inline(always)]
    pub(crate) fn a(self) -> u32 {
        self.a
    }
    /// The same operation on operands of another name.
    pub(crate) fn renamed(self, name: impl Fn(u32) -> u32) -> Self {
        let Self { op, mut a, mut b } = self;
        match Op::decode(op) {
            Op::Binary(_) | Op::Powf => (a, b) = (name(a), name(b)),
            Op::Copy | Op::Unary(_) | Op::Powi | Op::Polygamma => a = name(a),
            Op::MulAdd | Op::Result => {}
        }
        Self { op, a, b }
    }
    /// The second operand, or an integer parameter.
    #[inline(always)]
    pub(crate) fn b(self) -> u32 {
        self.b
    }
}

/// A recorded function: its elementary operations in evaluation order, without values.
///
/// A node is an op code and two operands, 9 bytes. Constants, the operands of `mul_add` and the
/// decisions that the function took while it was recorded stand in lists of their own.
///
/// # Examples
/// ```
/// use autodiff::Graph;
/// use calculus_core::Real;
/// let graph = Graph::record(|x| x[0].exp() * x[1] + 2.0, &[0.0, 3.0]);
/// assert_eq!(graph.inputs(), 2);
/// assert_eq!(graph.to_string(), "\
/// %0 = input
/// %1 = input
/// %2 = exp %0
/// %3 = mul %2, %1
/// %4 = add %3, 2
/// return %4
/// ");
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Graph {
    pub(crate) inputs: usize,
    pub(crate) nodes: Vec<Encoded>,
    pub(crate) operands: Vec<Operand>,
    pub(crate) constants: Vec<f64>,
    pub(crate) guards: Vec<Guard>,
    pub(crate) outputs: Vec<Operand>,
    /// The calls to blocks of operations, in order.
    pub(crate) calls: Vec<Call>,
}

impl Graph {
    /// No inputs, no operations.
    pub(crate) const EMPTY: Self = Self {
        inputs: 0,
        nodes: Vec::new(),
        operands: Vec::new(),
        constants: Vec::new(),
        guards: Vec::new(),
        outputs: Vec::new(),
        calls: Vec::new(),
    };

    /// The number of inputs.
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// The outputs in order.
    pub fn outputs(&self) -> &[Operand] {
        &self.outputs
    }

    /// The number of operations, inputs not counted.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether the function performs no operation.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The constants that operations read.
    pub fn constants(&self) -> &[f64] {
        &self.constants
    }

    /// The number of decisions (comparisons, values read) that a replay has to confirm.
    pub fn guards(&self) -> usize {
        self.guards.len()
    }

    /// The operations in evaluation order.
    pub fn nodes(&self) -> impl ExactSizeIterator<Item = Node> + '_ {
        (self.inputs..self.inputs + self.len()).map(|index| self.node(index))
    }

    /// The operation of the given number, decoded.
    pub(crate) fn node(&self, index: usize) -> Node {
        let node = self.nodes[index - self.inputs];
        let (op, a, b) = (node.op(), node.a(), node.b());
        let first = Operand::from_raw(a);
        let second = Operand::from_raw(b);
        let (operands, parameter) = match op {
            Op::Copy | Op::Unary(_) => ([Some(first), None, None], None),
            Op::Binary(_) | Op::Powf => ([Some(first), Some(second), None], None),
            Op::Powi => ([Some(first), None, None], Some(i64::from(b as i32))),
            Op::Polygamma => ([Some(first), None, None], Some(i64::from(b))),
            Op::MulAdd => {
                let list = &self.operands[a as usize..][..3];
                ([Some(list[0]), Some(list[1]), Some(list[2])], None)
            }
            Op::Result => ([None; 3], Some(i64::from(b))),
        };
        Node { index, op, operands, parameter }
    }

    /// The call that a node is a result of, if it is.
    pub(crate) fn call_of(&self, index: usize) -> Option<&Call> {
        let node = self.nodes.get(index.checked_sub(self.inputs)?)?;
        (node.op() == Op::Result).then(|| &self.calls[node.a() as usize])
    }

    /// One past the last node that is computed together with the given one.
    pub(crate) fn call_end(&self, index: usize) -> usize {
        self.call_of(index).map_or(index + 1, |call| call.first + call.results)
    }

    /// Makes the graph empty, keeping its memory.
    pub(crate) fn clear(&mut self) {
        self.inputs = 0;
        self.nodes.clear();
        self.operands.clear();
        self.constants.clear();
        self.guards.clear();
        self.outputs.clear();
        self.calls.clear();
    }

    /// Appends a node and returns its number.
    ///
    /// # Panics
    /// If the graph would hold more than $2^{31}$ nodes.
    #[inline(always)]
    pub(crate) fn push(&mut self, op: Op, a: u32, b: u32) -> u32 {
        let index = self.inputs + self.nodes.len();
        if index >= Operand::LIMIT {
            too_large();
        }
        self.nodes.push(Encoded::new(op, a, b));
        index as u32
    }

    /// Appends a call whose operands stand in the list of operands, and returns the number of its
    /// first result.
    pub(crate) fn push_call(
        &mut self,
        block: Arc<dyn Block>,
        operands: Range<usize>,
        results: usize,
    ) -> usize {
        let first = self.inputs + self.len();
        let number = self.calls.len() as u32;
        for k in 0..results {
            self.push(Op::Result, number, k as u32);
        }
        self.calls.push(Call { block, operands, first, results });
        first
    }
}

#[cold]
pub(crate) fn too_large() -> ! {
    panic!("a recorded graph holds at most 2^31 operations; record one item and map over the data")
}
