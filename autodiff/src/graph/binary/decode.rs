//! From bytes to a graph, with nothing taken on trust.

use core::cmp::Ordering;

use super::DEEPEST;
use crate::graph::error::GraphError;
use crate::graph::guard::Guard;
use crate::graph::node::{Graph, Operand};
use crate::graph::op::Op;

/// The bytes that are left.
pub(super) struct Reader<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Reader<'b> {
    pub(super) fn new(bytes: &'b [u8], at: usize) -> Self {
        Self { bytes, at }
    }

    /// The number of bytes, read or not.
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    pub(super) fn invalid<T>(&self, problem: &'static str) -> Result<T, GraphError> {
        Err(GraphError::Invalid { offset: self.at, problem })
    }

    pub(super) fn require(&self, holds: bool, problem: &'static str) -> Result<(), GraphError> {
        if holds { Ok(()) } else { self.invalid(problem) }
    }

    pub(super) fn end(&self) -> Result<(), GraphError> {
        self.require(self.at == self.bytes.len(), "bytes after its end")
    }

    pub(super) fn byte(&mut self) -> Result<u8, GraphError> {
        let &byte = self.bytes.get(self.at).ok_or(GraphError::Truncated { offset: self.at })?;
        self.at += 1;
        Ok(byte)
    }

    pub(super) fn integer(&mut self) -> Result<u64, GraphError> {
        let mut value = 0;
        for shift in (0..63).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        self.invalid("an integer of more than 63 bits")
    }

    pub(super) fn size(&mut self) -> Result<usize, GraphError> {
        let value = self.integer()?;
        usize::try_from(value).or_else(|_| self.invalid("a number beyond this machine's memory"))
    }

    /// How many items of at least one byte each follow.
    pub(super) fn count(&mut self) -> Result<usize, GraphError> {
        let count = self.size()?;
        if count > self.bytes.len() - self.at {
            return Err(GraphError::Truncated { offset: self.at });
        }
        Ok(count)
    }

    /// A name, its length before it.
    pub(super) fn name(&mut self) -> Result<&'b str, GraphError> {
        let count = self.count()?;
        let bytes = &self.bytes[self.at..][..count];
        self.at += count;
        core::str::from_utf8(bytes).or_else(|_| self.invalid("a name that is not text"))
    }

    fn eight(&mut self) -> Result<[u8; 8], GraphError> {
        let truncated = GraphError::Truncated { offset: self.at };
        let &eight = self.bytes[self.at..].first_chunk().ok_or(truncated)?;
        self.at += 8;
        Ok(eight)
    }

    pub(super) fn doubles(&mut self) -> Result<Vec<f64>, GraphError> {
        let count = self.count()?;
        (0..count).map(|_| Ok(f64::from_le_bytes(self.eight()?))).collect()
    }

    /// An operand, read where the next node is the next of the graph.
    fn operand(&mut self, graph: &Graph) -> Result<Operand, GraphError> {
        let number = self.size()?;
        if number & 1 == 1 {
            let index = number >> 1;
            self.require(index < graph.constants.len(), "a constant that is not there")?;
            Ok(Operand::constant(index as u32))
        } else {
            let (distance, next) = (number >> 1, graph.inputs + graph.len());
            self.require((1..=next).contains(&distance), "an operand that is not computed before")?;
            Ok(Operand::node((next - distance) as u32))
        }
    }

    pub(super) fn graph(&mut self, depth: usize) -> Result<Graph, GraphError> {
        self.require(depth <= DEEPEST, "bodies inside one another too deeply")?;
        let mut graph = Graph { inputs: self.size()?, ..Graph::default() };
        graph.constants = self.doubles()?;
        let count = self.count()?;
        let total = graph.inputs.checked_add(count);
        self.require(
            total.is_some_and(|total| total < Operand::LIMIT)
                && graph.constants.len() < Operand::LIMIT,
            "more nodes than a graph holds",
        )?;
        graph.nodes.reserve(count);
        while graph.len() < count {
            self.node(&mut graph, count, depth)?;
        }
        for _ in 0..self.count()? {
            let guard = self.guard(&graph)?;
            graph.guards.push(guard);
        }
        for _ in 0..self.count()? {
            let output = self.operand(&graph)?;
            graph.outputs.push(output);
        }
        Ok(graph)
    }

    fn node(&mut self, graph: &mut Graph, count: usize, depth: usize) -> Result<(), GraphError> {
        let code = self.byte()?;
        let Some(op) = Op::try_decode(code) else {
            return self.invalid("an operation that does not exist");
        };
        match op {
            Op::Copy | Op::Unary(_) => {
                let a = self.operand(graph)?;
                graph.push(op, a.raw(), 0);
            }
            Op::Powi | Op::Polygamma => {
                let (a, parameter) = (self.operand(graph)?, self.integer()?);
                let Ok(parameter) = u32::try_from(parameter) else {
                    return self.invalid("a parameter of more than 32 bits");
                };
                // Each derivative of a polygamma function raises its order.
                let in_range = op == Op::Powi || parameter <= u32::MAX / 2;
                self.require(in_range, "the order of a polygamma function")?;
                graph.push(op, a.raw(), parameter);
            }
            Op::Binary(_) | Op::Powf => {
                let (a, b) = (self.operand(graph)?, self.operand(graph)?);
                self.require(op != Op::Powf || b.is_constant(), "an exponent that varies")?;
                graph.push(op, a.raw(), b.raw());
            }
            Op::MulAdd => {
                let operands = [self.operand(graph)?, self.operand(graph)?, self.operand(graph)?];
                let place = graph.operands.len();
                graph.operands.extend(operands);
                graph.push(op, place as u32, 0);
            }
            Op::Result => self.call(graph, count, depth)?,
        }
        Ok(())
    }

    /// A call, behind the code of its first result.
    fn call(&mut self, graph: &mut Graph, count: usize, depth: usize) -> Result<(), GraphError> {
        let start = graph.operands.len();
        for _ in 0..self.count()? {
            let operand = self.operand(graph)?;
            graph.operands.push(operand);
        }
        let operands = start..graph.operands.len();
        let block = self.block(operands.len(), depth)?;
        let results = block.results(operands.len());
        let fits = (1..=count - graph.len()).contains(&results);
        self.require(fits, "a call whose results are not there")?;
        for _ in 1..results {
            let code = self.byte()?;
            self.require(code == Op::Result.code(), "a call whose results are not there")?;
        }
        graph.push_call(block, operands, results);
        Ok(())
    }

    fn guard(&mut self, graph: &Graph) -> Result<Guard, GraphError> {
        let tag = self.byte()?;
        let a = self.operand(graph)?;
        if tag == 10 {
            return Ok(Guard::Value { a, bits: u64::from_le_bytes(self.eight()?) });
        }
        let b = self.operand(graph)?;
        let holds = tag % 2 == 1;
        let ordered = |ordering| Ok(Guard::Ordering { a, b, ordering });
        match tag {
            0 | 1 => Ok(Guard::Less { a, b, holds }),
            2 | 3 => Ok(Guard::LessOrEqual { a, b, holds }),
            4 | 5 => Ok(Guard::Equal { a, b, holds }),
            6 => ordered(None),
            7 => ordered(Some(Ordering::Less)),
            8 => ordered(Some(Ordering::Equal)),
            9 => ordered(Some(Ordering::Greater)),
            _ => self.invalid("a decision of no kind"),
        }
    }
}
