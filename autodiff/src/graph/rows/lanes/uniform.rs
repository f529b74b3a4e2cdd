//! What is the same in all lanes: computed once per evaluation, for the rows of inner calls too.

use std::collections::HashMap;

use calculus_core::elementary::{Binary, Unary};

use super::program::NONE;
use crate::graph::Graph;
use crate::graph::block::Replay;
use crate::graph::node::Operand;
use crate::graph::op::Op;
use crate::graph::program::{Program, Workspace};
use crate::graph::rows::map::Column;

/// Where an input of a body that is the same in all lanes comes from; operands are those of the
/// call.
#[derive(Clone, Debug)]
pub(super) enum Source {
    Shared(usize),
    Column(Column),
}

/// The uniform numbers of one body: a row of them for each row of the calls around it.
#[derive(Clone, Debug, Default)]
pub(super) struct Level {
    /// The level of the body that calls these rows.
    pub(super) parent: Option<u32>,
    /// The number of rows of this call.
    pub(super) rows: usize,
    /// For each operand of the call, its place among the uniform numbers of the parent.
    pub(super) operands: Vec<u32>,
    pub(super) sources: Vec<Source>,
    pub(super) program: Program,
    /// The sums over lanes of the first row begin here,
    pub(super) sum: usize,
    /// and those of the next row as many further on.
    pub(super) sums: usize,
}

/// The scalar graph of the uniform numbers of a body, while it is being built.
#[derive(Debug)]
pub(super) struct Uniforms {
    pub(super) graph: Graph,
    /// The scalar operand of each node of the body.
    names: Vec<u32>,
    places: HashMap<Operand, u32>,
    hoisted: HashMap<(u8, Operand, Operand), Operand>,
}

impl Uniforms {
    /// For a body with as many inputs and nodes.
    pub(super) fn new(body: &Graph) -> Self {
        let graph = Graph { constants: body.constants.clone(), ..Graph::default() };
        let names = vec![NONE; body.inputs + body.len()];
        Self { graph, names, places: HashMap::new(), hoisted: HashMap::new() }
    }

    /// Names the next input.
    pub(super) fn input(&mut self, index: usize) {
        self.names[index] = self.graph.inputs as u32;
        self.graph.inputs += 1;
    }

    /// Names a node that is a copy.
    pub(super) fn copy(&mut self, index: usize, original: Operand) {
        self.names[index] = self.operand(original).raw();
    }

    /// The scalar operand that an operand of the body is.
    fn operand(&self, operand: Operand) -> Operand {
        if operand.is_constant() {
            return operand;
        }
        let name = self.names[operand.index()];
        Operand::from_raw(name)
    }

    /// Copies a node of the body, or all results of a call.
    pub(super) fn node(&mut self, body: &Graph, index: usize) {
        let node = body.nodes[index - body.inputs];
        if let Some(call) = body.call_of(index) {
            if call.first == index {
                let start = self.graph.operands.len();
                for &operand in &body.operands[call.operands.clone()] {
                    let operand = self.operand(operand);
                    self.graph.operands.push(operand);
                }
                let operands = start..self.graph.operands.len();
                let first = self.graph.push_call(call.block.clone(), operands, call.results);
                for k in 0..call.results {
                    self.names[index + k] = (first + k) as u32;
                }
            }
            return;
        }
        let (mut a, mut b) = (node.a(), node.b());
        match node.op() {
            Op::MulAdd => {
                let start = self.graph.operands.len();
                for k in 0..3 {
                    let operand = self.operand(body.operands[a as usize + k]);
                    self.graph.operands.push(operand);
                }
                a = start as u32;
            }
            op => {
                a = self.operand(Operand::from_raw(a)).raw();
                if op.arity() == 2 {
                    b = self.operand(Operand::from_raw(b)).raw();
                }
            }
        }
        self.names[index] = self.graph.push(node.op(), a, b);
    }

    /// The place of an operand of the body among the uniform numbers.
    pub(super) fn place(&mut self, operand: Operand) -> u32 {
        self.scalar_place(self.operand(operand))
    }

    fn scalar_place(&mut self, operand: Operand) -> u32 {
        let next = self.places.len() as u32;
        let place = *self.places.entry(operand).or_insert(next);
        if place == next {
            self.graph.outputs.push(operand);
        }
        place
    }

    fn hoisted(&mut self, op: Op, a: Operand, b: Operand) -> u32 {
        let graph = &mut self.graph;
        let second = if op.arity() == 2 { b.raw() } else { 0 };
        let make = || Operand::node(graph.push(op, a.raw(), second));
        let operand = *self.hoisted.entry((op.code(), a, b)).or_insert_with(make);
        self.scalar_place(operand)
    }

    /// The place of $-a$.
    pub(super) fn negated(&mut self, a: Operand) -> u32 {
        let a = self.operand(a);
        self.hoisted(Op::Unary(Unary::Neg), a, a)
    }

    /// The place of $ab$ or $-ab$.
    pub(super) fn product(&mut self, a: Operand, b: Operand, negative: bool) -> u32 {
        let (a, b) = (self.operand(a), self.operand(b));
        let place = self.hoisted(Op::Binary(Binary::Mul), a, b);
        if !negative {
            return place;
        }
        let product = self.graph.outputs[place as usize];
        self.hoisted(Op::Unary(Unary::Neg), product, product)
    }

    /// Copies a decision on uniform numbers.
    pub(super) fn guard(&mut self, guard: &crate::graph::guard::Guard) {
        let guard = guard.renamed(|operand| self.operand(operand));
        self.graph.guards.push(guard);
    }
}

/// The uniform numbers of a level.
#[derive(Debug, Default)]
pub(super) struct Numbers<T> {
    /// How many rows there are of them, and how many in each.
    rows: usize,
    pub(super) width: usize,
    pub(super) values: Vec<T>,
    /// Whether the decisions that depend on them alone are as recorded.
    pub(super) holds: Vec<bool>,
    workspace: Option<Workspace<T>>,
}

impl<T> Numbers<T> {
    /// Those of a row.
    #[inline(always)]
    pub(super) fn row(&self, row: usize) -> &[T] {
        &self.values[row * self.width..][..self.width]
    }
}

/// Computes the uniform numbers of all levels at the operands `x`.
pub(super) fn compute<T: Replay>(levels: &[Level], x: &[T], numbers: &mut Vec<Numbers<T>>) {
    numbers.resize_with(levels.len(), || Numbers {
        rows: 0,
        width: 0,
        values: Vec::new(),
        holds: Vec::new(),
        workspace: None,
    });
    for (k, level) in levels.iter().enumerate() {
        let (before, after) = numbers.split_at_mut(k);
        let Numbers { rows, width, values, holds, workspace } = &mut after[0];
        let parent = level.parent.map(|parent| &before[parent as usize]);
        let workspace = workspace.get_or_insert_with(|| level.program.workspace());
        values.clear();
        holds.clear();
        *width = level.program.outputs();
        *rows = parent.map_or(1, |parent| parent.rows) * level.rows;
        for row in 0..*rows {
            let r = row % level.rows;
            let operand = |operand: usize| match parent {
                Some(parent) => parent.row(row / level.rows)[level.operands[operand] as usize],
                None => x[operand],
            };
            let inputs = level.sources.iter().map(|source| match source {
                Source::Shared(shared) => operand(*shared),
                Source::Column(Column::Data { values, start, stride }) => {
                    T::from(values[start + r * stride])
                }
                Source::Column(column) => {
                    operand(column.operand(r).expect("a column that reads an operand"))
                }
            });
            level.program.forward(inputs, workspace);
            holds.push(level.program.guards_hold(workspace));
            values.extend((0..*width).map(|output| level.program.output(workspace, output)));
        }
    }
}
