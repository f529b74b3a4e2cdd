//! What is known of the nodes of a body before it is compiled.

use calculus_core::elementary::{Binary, Unary};

use crate::graph::Graph;
use crate::graph::node::{Node, Operand};
use crate::graph::op::Op;

/// With more terms than this a sum is divided: its operands would all be kept at the same time.
const MOST_TERMS: u32 = 128;

/// Through which operand a sum goes on.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Spine {
    None,
    Operand(u8),
}

/// The nodes of a body, classified.
#[derive(Debug)]
pub(super) struct Analysis {
    /// What a copy is a copy of; other nodes are themselves.
    names: Vec<Operand>,
    /// Whether the value differs between lanes.
    varies: Vec<bool>,
    /// Whether an output or a decision depends on it.
    pub(super) live: Vec<bool>,
    /// How often a node that varies is read.
    pub(super) uses: Vec<u32>,
    /// Whether the node is computed as a part of the one that reads it.
    pub(super) absorbed: Vec<bool>,
    spines: Vec<Spine>,
    fused: bool,
}

/// A term of a sum.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Term {
    Product(Operand, Operand),
    Plain(Operand),
}

impl Analysis {
    /// Analyses a body of which some inputs vary and some outputs are needed; those in `reduced` are
    /// added up over the lanes.
    pub(super) fn new(
        graph: &Graph,
        varying: impl Fn(usize) -> bool,
        needed: &[bool],
        reduced: &[bool],
        fused: bool,
    ) -> Self {
        let count = graph.inputs + graph.len();
        let mut analysis = Self {
            names: (0..count).map(|k| Operand::node(k as u32)).collect(),
            varies: (0..count).map(|k| k < graph.inputs && varying(k)).collect(),
            live: vec![false; count],
            uses: vec![0; count],
            absorbed: vec![false; count],
            spines: vec![Spine::None; count],
            fused,
        };
        analysis.classify(graph);
        analysis.mark_live(graph, needed);
        analysis.count_uses(graph, needed);
        for index in graph.inputs..count {
            if analysis.is_lane(index) && analysis.live[index] {
                analysis.absorb(graph, index);
            }
        }
        for (k, &output) in graph.outputs.iter().enumerate() {
            if needed[k] && reduced[k] {
                analysis.absorb_reduced(graph, output);
            }
        }
        analysis
    }

    fn is_lane(&self, index: usize) -> bool {
        self.varies[index]
    }

    /// Whether an operand differs between lanes.
    pub(super) fn varies(&self, operand: Operand) -> bool {
        let operand = self.name(operand);
        !operand.is_constant() && self.varies[operand.index()]
    }

    /// The operand without copies.
    pub(super) fn name(&self, operand: Operand) -> Operand {
        if operand.is_constant() { operand } else { self.names[operand.index()] }
    }

    /// The node of an operand that is not an input or a constant.
    fn node(&self, graph: &Graph, operand: Operand) -> Option<Node> {
        let operand = self.name(operand);
        let computed = !operand.is_constant() && operand.index() >= graph.inputs;
        computed.then(|| graph.node(operand.index()))
    }

    fn classify(&mut self, graph: &Graph) {
        for index in graph.inputs..self.varies.len() {
            if let Some(call) = graph.call_of(index) {
                if call.first == index {
                    let mut operands = graph.operands[call.operands.clone()].iter();
                    let varies = operands.any(|&operand| self.varies(operand));
                    self.varies[index..index + call.results].fill(varies);
                }
                continue;
            }
            let node = graph.node(index);
            if let (Op::Copy, Some(operand)) = (node.op, node.operands[0]) {
                self.names[index] = self.name(operand);
            }
            let mut operands = node.operands.into_iter().flatten();
            self.varies[index] = operands.any(|operand| self.varies(operand));
        }
    }

    fn mark_live(&mut self, graph: &Graph, needed: &[bool]) {
        let mark = |analysis: &mut Self, operand: Operand| {
            let operand = analysis.name(operand);
            if !operand.is_constant() {
                analysis.live[operand.index()] = true;
            }
        };
        for (&output, _) in graph.outputs.iter().zip(needed).filter(|(_, needed)| **needed) {
            mark(self, output);
        }
        for operand in graph.guards.iter().flat_map(|guard| guard.operands()).flatten() {
            mark(self, operand);
        }
        for index in (graph.inputs..self.live.len()).rev() {
            if let Some(call) = graph.call_of(index) {
                // Results come after the operands, the first one last.
                let decides = call.block.decides();
                let results = &self.live[call.first..call.first + call.results];
                if call.first == index && (decides || results.contains(&true)) {
                    for &operand in &graph.operands[call.operands.clone()] {
                        mark(self, operand);
                    }
                }
            } else if self.live[index] {
                for operand in graph.node(index).operands.into_iter().flatten() {
                    mark(self, operand);
                }
            }
        }
    }

    fn count_uses(&mut self, graph: &Graph, needed: &[bool]) {
        let used = |analysis: &mut Self, operand: Operand| {
            if analysis.varies(operand) {
                let index = analysis.name(operand).index();
                analysis.uses[index] += 1;
            }
        };
        for (&output, _) in graph.outputs.iter().zip(needed).filter(|(_, needed)| **needed) {
            used(self, output);
        }
        for operand in graph.guards.iter().flat_map(|guard| guard.operands()).flatten() {
            used(self, operand);
        }
        for index in graph.inputs..self.live.len() {
            if let Some(call) = graph.call_of(index) {
                if call.first == index && self.calls(call) {
                    for &operand in &graph.operands[call.operands.clone()] {
                        used(self, operand);
                    }
                }
            } else if self.live[index] && self.name(Operand::node(index as u32)).index() == index {
                for operand in graph.node(index).operands.into_iter().flatten() {
                    used(self, operand);
                }
            }
        }
    }

    /// Whether a call has to be evaluated.
    pub(super) fn calls(&self, call: &crate::graph::block::Call) -> bool {
        call.block.decides() || self.live[call.first..call.first + call.results].contains(&true)
    }

    /// Whether a node is a sum of two operands, or of a product and an operand.
    fn is_sum(&self, op: Op) -> bool {
        match op {
            Op::Binary(Binary::Add | Binary::Sub) => true,
            Op::MulAdd => self.fused,
            _ => false,
        }
    }

    fn is_read_once(&self, operand: Operand) -> bool {
        self.varies(operand) && self.uses[self.name(operand).index()] == 1
    }

    /// The number of terms of a sum that may be continued, 0 if it is none.
    fn continued(&self, graph: &Graph, operand: Operand) -> u32 {
        match self.node(graph, operand) {
            Some(node) if self.is_read_once(operand) && self.is_sum(node.op) => {
                self.length(graph, node.index)
            }
            _ => 0,
        }
    }

    fn length(&self, graph: &Graph, mut index: usize) -> u32 {
        let mut length = 2;
        while let Spine::Operand(k) = self.spines[index] {
            let operand = graph.node(index).operands[k as usize].expect("as many operands");
            index = self.name(operand).index();
            length += 1;
            if length > MOST_TERMS {
                break;
            }
        }
        length
    }

    /// Finds the nodes that are computed as parts of a sum.
    fn absorb(&mut self, graph: &Graph, index: usize) {
        let node = graph.node(index);
        if !self.is_sum(node.op) {
            return;
        }
        let [first, second, third] = node.operands;
        let candidates = match node.op {
            Op::Binary(Binary::Add) => [first.map(|o| (0, o)), second.map(|o| (1, o))],
            Op::Binary(_) => [first.map(|o| (0, o)), None],
            _ => [third.map(|o| (2, o)), None],
        };
        let spine = candidates
            .into_iter()
            .flatten()
            .find(|&(_, operand)| (1..MOST_TERMS).contains(&self.continued(graph, operand)));
        if let Some((k, operand)) = spine {
            self.spines[index] = Spine::Operand(k);
            let operand = self.name(operand).index();
            self.absorbed[operand] = true;
        }
        let spine = spine.map(|(k, _)| k as usize);
        for (k, operand) in node.operands.into_iter().enumerate() {
            let is_factor = node.op == Op::MulAdd && k < 2;
            if let Some(operand) = operand.filter(|_| Some(k) != spine && !is_factor) {
                self.absorb_term(graph, operand);
            }
        }
    }

    fn absorb_term(&mut self, graph: &Graph, mut operand: Operand) {
        while let Some(node) = self.node(graph, operand).filter(|_| self.is_read_once(operand)) {
            match (node.op, node.operands[0]) {
                (Op::Binary(Binary::Mul), _) => {
                    self.absorbed[node.index] = true;
                    return;
                }
                (Op::Unary(Unary::Neg), Some(inner)) => {
                    self.absorbed[node.index] = true;
                    operand = inner;
                }
                _ => return,
            }
        }
    }

    fn absorb_reduced(&mut self, graph: &Graph, output: Operand) {
        let Some(node) = self.node(graph, output).filter(|_| self.is_read_once(output)) else {
            return;
        };
        if self.is_sum(node.op) {
            self.absorbed[node.index] = true;
        } else {
            self.absorb_term(graph, output);
        }
    }

    /// The terms of a sum in order, and whether they are subtracted.
    pub(super) fn terms(&self, graph: &Graph, index: usize) -> Vec<(bool, Term)> {
        let mut terms = Vec::new();
        let mut index = index;
        loop {
            let node = graph.node(index);
            let spine = self.spines[index];
            let operand = |k: usize| node.operands[k].expect("as many operands");
            let is_spine = |k: usize| spine == Spine::Operand(k as u8);
            let subtracts = node.op == Op::Binary(Binary::Sub);
            if node.op == Op::MulAdd {
                terms.push((false, Term::Product(operand(0), operand(1))));
                if !is_spine(2) {
                    terms.push(self.term(graph, operand(2), false));
                }
            } else {
                for (k, negative) in [(1, subtracts), (0, false)] {
                    if !is_spine(k) {
                        terms.push(self.term(graph, operand(k), negative));
                    }
                }
            }
            match spine {
                Spine::Operand(k) => index = self.name(operand(k as usize)).index(),
                Spine::None => break,
            }
        }
        terms.reverse();
        terms
    }

    /// A term with what it has absorbed.
    fn term(&self, graph: &Graph, mut operand: Operand, mut negative: bool) -> (bool, Term) {
        while let Some(node) = self.node(graph, operand).filter(|node| self.absorbed[node.index]) {
            match (node.op, node.operands) {
                (Op::Unary(Unary::Neg), [Some(inner), ..]) => {
                    negative = !negative;
                    operand = inner;
                }
                (_, [Some(a), Some(b), _]) => return (negative, Term::Product(a, b)),
                _ => break,
            }
        }
        (negative, Term::Plain(operand))
    }

    /// The terms of an output that is added up over the lanes.
    pub(super) fn reduced(&self, graph: &Graph, output: Operand) -> Vec<(bool, Term)> {
        match self.node(graph, output).filter(|node| self.absorbed[node.index]) {
            Some(node) if self.is_sum(node.op) => self.terms(graph, node.index),
            _ => vec![self.term(graph, output, false)],
        }
    }
}
