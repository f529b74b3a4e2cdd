//! The walk that all passes share: node by node into a new graph, with operands renamed.

use crate::graph::node::{Graph, Operand};
use crate::graph::op::Op;

/// A node with its operands as they are called in the new graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Item {
    pub(super) op: Op,
    /// As many as the operation has; the others repeat the first.
    pub(super) operands: [Operand; 3],
    /// The integer of `powi` and `polygamma`, else 0.
    pub(super) parameter: u32,
}

impl Item {
    pub(super) fn unary(op: Op, a: Operand) -> Self {
        Self { op, operands: [a; 3], parameter: 0 }
    }
    pub(super) fn binary(op: Op, a: Operand, b: Operand) -> Self {
        Self { op, operands: [a, b, a], parameter: 0 }
    }
    /// The operands that count.
    pub(super) fn used(&self) -> &[Operand] {
        &self.operands[..self.op.arity()]
    }
}

/// The graph that a pass writes.
pub(super) struct Rewriter {
    pub(super) graph: Graph,
}

impl Rewriter {
    /// Appends a node.
    pub(super) fn emit(&mut self, item: Item) -> Operand {
        let [a, b, _] = item.operands;
        let (a, b) = match item.op {
            Op::Binary(_) | Op::Powf => (a.raw(), b.raw()),
            Op::MulAdd => {
                let place = self.graph.operands.len() as u32;
                self.graph.operands.extend(item.operands);
                (place, 0)
            }
            Op::Copy | Op::Unary(_) | Op::Powi | Op::Polygamma => (a.raw(), item.parameter),
            Op::Result => unreachable!("calls are copied whole"),
        };
        Operand::node(self.graph.push(item.op, a, b))
    }

    /// Appends a constant.
    pub(super) fn constant(&mut self, value: f64) -> Operand {
        self.graph.constants.push(value);
        Operand::constant(self.graph.constants.len() as u32 - 1)
    }

    /// The value of an operand, if it is a constant.
    pub(super) fn known(&self, operand: Operand) -> Option<f64> {
        operand.is_constant().then(|| self.graph.constants[operand.index()])
    }
}

/// Walks through a graph and writes another one: `f` gets each node in order, with the operands
/// renamed, and tells what it is called now; `None` drops it, which nothing may read.
///
/// Calls are copied.
pub(super) fn rewrite(
    graph: &Graph,
    f: impl FnMut(&mut Rewriter, Item, usize) -> Option<Operand>,
) -> Graph {
    rewrite_where(graph, |_| true, f)
}

/// As [`rewrite`], without the calls that `keep`, which gets the number of the first result, drops.
pub(super) fn rewrite_where(
    graph: &Graph,
    keep: impl Fn(usize) -> bool + Copy,
    mut f: impl FnMut(&mut Rewriter, Item, usize) -> Option<Operand>,
) -> Graph {
    let new = Graph { inputs: graph.inputs, constants: graph.constants.clone(), ..Graph::EMPTY };
    let mut rewriter = Rewriter { graph: new };
    let mut names: Vec<Operand> = (0..graph.inputs as u32).map(Operand::node).collect();
    names.reserve(graph.len());
    for node in graph.nodes() {
        if node.op == Op::Result {
            if node.parameter == Some(0) {
                call(graph, node.index, &mut rewriter, &mut names, keep);
            }
            continue;
        }
        let first = node.operands[0].expect("every operation has an operand");
        let rename = |operand: Operand| {
            if operand.is_constant() { operand } else { names[operand.index()] }
        };
        let operands = node.operands.map(|operand| rename(operand.unwrap_or(first)));
        let parameter = node.parameter.unwrap_or(0) as u32;
        let item = Item { op: node.op, operands, parameter };
        let name = f(&mut rewriter, item, node.index);
        names.push(name.unwrap_or(Operand::constant(0)));
    }
    let rename = |operand: Operand| {
        if operand.is_constant() { operand } else { names[operand.index()] }
    };
    let mut graph_out = rewriter.graph;
    graph_out.outputs = graph.outputs.iter().map(|&output| rename(output)).collect();
    graph_out.guards = graph.guards.iter().map(|guard| guard.renamed(rename)).collect();
    graph_out
}

/// Copies the call whose first result is the node `index`, and names its results.
fn call(
    graph: &Graph,
    index: usize,
    rewriter: &mut Rewriter,
    names: &mut Vec<Operand>,
    keep: impl Fn(usize) -> bool,
) {
    let call = graph.call_of(index).expect("the result of a call");
    if !keep(index) {
        names.resize(names.len() + call.results, Operand::constant(0));
        return;
    }
    let new = &mut rewriter.graph;
    let start = new.operands.len();
    new.operands.extend(
        graph.operands[call.operands.clone()]
            .iter()
            .map(|&operand| if operand.is_constant() { operand } else { names[operand.index()] }),
    );
    let operands = start..new.operands.len();
    let first = new.push_call(call.block.clone(), operands, call.results) as u32;
    names.extend((0..call.results as u32).map(|k| Operand::node(first + k)));
}
