//! From a graph to bytes.

use core::cmp::Ordering;
use std::sync::Arc;

use super::rows::Tables;
use crate::graph::error::GraphError;
use crate::graph::guard::Guard;
use crate::graph::node::{Graph, Operand};
use crate::graph::op::Op;

/// The bytes so far.
pub(super) struct Writer {
    pub(super) bytes: Vec<u8>,
}

impl Writer {
    pub(super) fn new() -> Self {
        Self { bytes: Vec::new() }
    }

    pub(super) fn integer(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.bytes.push(value as u8);
    }

    pub(super) fn size(&mut self, value: usize) {
        self.integer(value as u64);
    }

    pub(super) fn double(&mut self, value: f64) {
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }

    pub(super) fn doubles(&mut self, values: &[f64]) {
        self.size(values.len());
        values.iter().for_each(|&value| self.double(value));
    }

    /// An operand, read where the next node would be `next`.
    fn operand(&mut self, operand: Operand, next: usize) {
        let number = if operand.is_constant() {
            operand.index() << 1 | 1
        } else {
            (next - operand.index()) << 1
        };
        self.size(number);
    }

    pub(super) fn graph(&mut self, graph: &Graph) -> Result<(), GraphError> {
        self.size(graph.inputs);
        self.doubles(&graph.constants);
        self.size(graph.len());
        for node in graph.nodes() {
            self.bytes.push(node.op.code());
            if node.op == Op::Result {
                if node.parameter == Some(0) {
                    self.call(graph, node.index)?;
                }
                continue;
            }
            for operand in node.operands.into_iter().flatten() {
                self.operand(operand, node.index);
            }
            if let Some(parameter) = node.parameter {
                self.integer(u64::from(parameter as u32));
            }
        }
        let end = graph.inputs + graph.len();
        self.size(graph.guards.len());
        graph.guards.iter().for_each(|guard| self.guard(guard, end));
        self.size(graph.outputs.len());
        graph.outputs.iter().for_each(|&output| self.operand(output, end));
        Ok(())
    }

    /// The call whose first result is the node `index`.
    fn call(&mut self, graph: &Graph, index: usize) -> Result<(), GraphError> {
        let call = graph.call_of(index).expect("the result of a call");
        self.size(call.operands.len());
        for &operand in &graph.operands[call.operands.clone()] {
            self.operand(operand, index);
        }
        self.block(&*call.block)
    }

    fn guard(&mut self, guard: &Guard, next: usize) {
        let tag = match *guard {
            Guard::Less { holds, .. } => u8::from(holds),
            Guard::LessOrEqual { holds, .. } => 2 + u8::from(holds),
            Guard::Equal { holds, .. } => 4 + u8::from(holds),
            Guard::Ordering { ordering, .. } => match ordering {
                None => 6,
                Some(Ordering::Less) => 7,
                Some(Ordering::Equal) => 8,
                Some(Ordering::Greater) => 9,
            },
            Guard::Value { .. } => 10,
        };
        self.bytes.push(tag);
        for operand in guard.operands().into_iter().flatten() {
            self.operand(operand, next);
        }
        if let Guard::Value { bits, .. } = *guard {
            self.bytes.extend_from_slice(&bits.to_le_bytes());
        }
    }

    /// The number of a table among those that have been met.
    pub(super) fn table<T>(tables: &mut Tables<T>, table: &Arc<[T]>) -> usize {
        let known = tables.iter().position(|known| Arc::ptr_eq(known, table));
        known.unwrap_or_else(|| {
            tables.push(table.clone());
            tables.len() - 1
        })
    }
}
