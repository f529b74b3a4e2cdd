//! A graph inside another recording.

use super::block::{Call, call};
use super::node::{Graph, Operand};
use super::op::Op;
use super::program::evaluate;
use super::record::with_tape;
use super::var::Var;

impl Graph {
    /// Replays the graph on variables: its operations, calls and guards become part of the
    /// recording under way.
    #[track_caller]
    pub(crate) fn inlined(&self, x: &[Var]) -> Vec<Var> {
        self.inlined_with(x, &mut |of, operands| call(of.block.clone(), operands))
    }

    /// Replays the graph on variables, with the results of calls as `calls` tells.
    #[track_caller]
    pub(crate) fn inlined_with(
        &self,
        x: &[Var],
        calls: &mut dyn FnMut(&Call, &[Var]) -> Vec<Var>,
    ) -> Vec<Var> {
        let mut values = x.to_vec();
        let read = |values: &[Var], operand: Operand| {
            if operand.is_constant() {
                Var::from(self.constants[operand.index()])
            } else {
                values[operand.index()]
            }
        };
        for (index, node) in (self.inputs..).zip(&self.nodes) {
            if node.op() == Op::Result {
                if let Some(of) = self.call_of(index).filter(|of| of.first == index) {
                    let operands = self.operands[of.operands.clone()].iter();
                    let operands: Vec<Var> = operands.map(|&o| read(&values, o)).collect();
                    values.extend(calls(of, &operands));
                }
                continue;
            }
            let value = evaluate(
                node.op(),
                node.a(),
                node.b(),
                |raw| read(&values, Operand::from_raw(raw)),
                |place, k| read(&values, self.operands[place as usize + k]),
                |raw| self.constants[Operand::from_raw(raw).index()],
            );
            values.push(value);
        }
        for guard in &self.guards {
            let operands = guard.operands().into_iter().flatten();
            if operands.into_iter().all(|operand| read(&values, operand).is_constant()) {
                continue;
            }
            with_tape(|tape| {
                let mut foreign = None;
                let guard = guard.renamed(|operand| {
                    tape.operand(read(&values, operand)).unwrap_or_else(|error| {
                        foreign = Some(error);
                        operand
                    })
                });
                tape.guard(guard);
                foreign.map_or(Ok(()), Err)
            });
        }
        self.outputs.iter().map(|&output| read(&values, output)).collect()
    }

    /// Whether anything was decided while it was recorded.
    pub(crate) fn decides(&self) -> bool {
        !self.guards.is_empty() || self.calls.iter().any(|call| call.block.decides())
    }

    /// The body of a combinator with the variables that it has captured as its first inputs.
    pub(crate) fn with_captures(mut self, captured: usize) -> Self {
        let name = |operand: Operand| {
            if operand.is_constant() {
                return operand;
            }
            match Operand::LIMIT - 1 - operand.index() {
                k if k < captured => Operand::node(k as u32),
                _ => Operand::node((operand.index() + captured) as u32),
            }
        };
        self.inputs += captured;
        self.operands.iter_mut().for_each(|operand| *operand = name(*operand));
        self.outputs.iter_mut().for_each(|operand| *operand = name(*operand));
        self.guards.iter_mut().for_each(|guard| *guard = guard.renamed(name));
        self.calls.iter_mut().for_each(|call| call.first += captured);
        for node in &mut self.nodes {
            *node = node.renamed(|raw| name(Operand::from_raw(raw)).raw());
        }
        self
    }
}
