//! From the graph of a body to instructions for lanes.

use std::collections::HashMap;

use calculus_core::elementary::Binary;

use super::analysis::{Analysis, Term};
use super::program::{BlockCall, Instruction, Kind, NONE, Place, Program, Segment, Stretch};
use super::uniform::{Level, Source, Uniforms};
use crate::graph::Graph;
use crate::graph::node::Operand;
use crate::graph::op::Op;
use crate::graph::program::Program as Scalar;
use crate::graph::rows::map::{self, Body, Column, RowMap};

/// The program under construction, and the slots that are free.
#[derive(Debug, Default)]
pub(super) struct Compiler {
    pub(super) program: Program,
    free: Vec<u32>,
    /// Whether the processor has a fused multiply-add.
    pub(super) fused: bool,
}

impl Compiler {
    pub(super) fn allocate(&mut self) -> u32 {
        self.free.pop().unwrap_or_else(|| {
            self.program.slots += 1;
            self.program.slots as u32 - 1
        })
    }

    pub(super) fn push(&mut self, instruction: Instruction) {
        self.program.instructions.push(instruction);
    }

    /// Appends to the lists.
    pub(super) fn list(&mut self, entries: impl IntoIterator<Item = u32>) -> Stretch {
        let lists = &mut self.program.lists;
        let first = lists.len() as u32;
        lists.extend(entries);
        Stretch { first, count: lists.len() as u32 - first }
    }
}

/// Where an input of a body comes from.
#[derive(Clone, Debug)]
pub(super) enum Input {
    /// It is not read.
    Unused,
    /// The same in all lanes.
    Uniform(Source),
    /// A column of the outermost rows.
    Column(u32),
    /// A list of operands for the rows of an inner call.
    Entry(u32),
    /// A slot that belongs to the body outside.
    Slot(u32),
}

/// Where an output goes once the decisions have been confirmed.
#[derive(Clone, Debug)]
pub(super) enum Destination {
    /// Added up over the lanes into the sum of this number.
    Sum(u32),
    /// Kept for each row.
    Store,
    /// Added to the slots of a list, one for each row of the inner call.
    Accumulate(u32),
}

/// The body that is being compiled.
pub(super) struct Compilation<'a> {
    pub(super) compiler: &'a mut Compiler,
    pub(super) graph: &'a Graph,
    pub(super) analysis: Analysis,
    pub(super) level: u32,
    inputs: Vec<Input>,
    /// The slots of nodes that have one.
    slots: Vec<u32>,
    pub(super) uniforms: Uniforms,
    /// The results of inner calls that are only added up over the lanes, and what into.
    pub(super) direct: HashMap<usize, u32>,
}

/// The program of a body of outermost rows.
pub(super) fn compile(rows: &RowMap, body: &Body, fused: bool) -> Program {
    let mut compiler = Compiler { fused, ..Compiler::default() };
    let needed = vec![true; rows.places.len()];
    let reduced: Vec<bool> =
        rows.places.iter().map(|place| matches!(place, map::Place::Sum(_))).collect();
    let shared = rows.shared.len();
    let analysis = Analysis::new(&body.graph, |i| i >= shared, &needed, &reduced, fused);
    let input = |i: usize| match i.checked_sub(shared) {
        _ if !analysis.live[i] => Input::Unused,
        None => Input::Uniform(Source::Shared(rows.shared[i])),
        Some(column) => Input::Column(column as u32),
    };
    let inputs = (0..body.graph.inputs()).map(input).collect();
    compiler.program.columns = rows.columns.clone();
    let level = Level { rows: 1, ..Level::default() };
    let mut compilation = Compilation::new(&mut compiler, &body.graph, analysis, inputs, level);

    compilation.find_direct(rows);
    let mut outputs = Vec::new();
    for (&output, place) in body.graph.outputs.iter().zip(&rows.places) {
        let map::Place::Sum(result) = *place else {
            let number = compilation.compiler.program.outputs.len();
            compilation.compiler.program.outputs.push(place.clone());
            outputs.push((vec![(false, Term::Plain(output))], Destination::Store, number));
            continue;
        };
        let mut terms = compilation.analysis.reduced(&body.graph, output);
        terms.retain(|&(negative, term)| !compilation.is_direct(negative, term));
        if !terms.is_empty() && !compilation.is_zero(&terms) {
            let sum = compilation.compiler.program.sums.len() as u32;
            compilation.compiler.program.sums.push(result as u32);
            outputs.push((terms, Destination::Sum(sum), 0));
        }
    }
    compilation.nodes();
    compilation.guards();
    for (terms, destination, number) in outputs {
        compilation.output(&terms, &destination, number);
    }
    compilation.finish();
    compiler.push(Instruction::End);
    compiler.program
}

impl<'a> Compilation<'a> {
    /// Begins a body: names its uniform inputs and copies its uniform nodes.
    pub(super) fn new(
        compiler: &'a mut Compiler,
        graph: &'a Graph,
        analysis: Analysis,
        inputs: Vec<Input>,
        mut level: Level,
    ) -> Self {
        let mut uniforms = Uniforms::new(graph);
        let mut slots = vec![NONE; graph.inputs + graph.len()];
        for (i, input) in inputs.iter().enumerate() {
            match input {
                Input::Uniform(source) => {
                    uniforms.input(i);
                    level.sources.push(source.clone());
                }
                Input::Slot(slot) => slots[i] = *slot,
                _ => {}
            }
        }
        for index in graph.inputs..graph.inputs + graph.len() {
            let operand = Operand::node(index as u32);
            if analysis.varies(operand) {
                continue;
            }
            if analysis.name(operand) != operand {
                uniforms.copy(index, analysis.name(operand));
                continue;
            }
            let evaluated = match graph.call_of(index) {
                Some(call) => analysis.calls(call),
                None => analysis.live[index],
            };
            if evaluated {
                uniforms.node(graph, index);
            }
        }
        let number = compiler.program.levels.len() as u32;
        compiler.program.levels.push(level);
        Self {
            compiler,
            graph,
            analysis,
            level: number,
            inputs,
            slots,
            uniforms,
            direct: HashMap::new(),
        }
    }

    /// Ends the body.
    pub(super) fn finish(self) {
        let level = &mut self.compiler.program.levels[self.level as usize];
        level.program = Scalar::new(self.uniforms.graph);
    }

    /// Finds the results of inner calls that nothing reads but a sum over the lanes: they are added
    /// up where they are computed.
    fn find_direct(&mut self, rows: &RowMap) {
        let graph = self.graph;
        for (&output, place) in graph.outputs.iter().zip(&rows.places) {
            let map::Place::Sum(result) = *place else { continue };
            for (negative, term) in self.analysis.reduced(graph, output) {
                if let Some(index) = self.candidate(negative, term) {
                    self.direct.insert(index, result as u32);
                }
            }
        }
        for call in &graph.calls {
            if let Some(rows) = call.block.as_any().downcast_ref::<RowMap>() {
                self.fates(call, rows);
            }
        }
    }

    /// The node of a term that is the result of an inner call and read once.
    fn candidate(&self, negative: bool, term: Term) -> Option<usize> {
        let Term::Plain(operand) = term else { return None };
        let operand = self.analysis.name(operand);
        if negative || !self.analysis.varies(operand) || self.analysis.uses[operand.index()] != 1 {
            return None;
        }
        let call = self.graph.call_of(operand.index())?;
        super::nested::can_be_direct(call).then_some(operand.index())
    }

    fn is_direct(&self, negative: bool, term: Term) -> bool {
        self.candidate(negative, term).is_some_and(|index| self.direct.contains_key(&index))
    }

    /// Whether the terms are a constant that adds nothing.
    pub(super) fn is_zero(&self, terms: &[(bool, Term)]) -> bool {
        let [(_, Term::Plain(operand))] = terms else { return false };
        let operand = self.analysis.name(*operand);
        operand.is_constant() && self.graph.constants[operand.index()] == 0.0
    }

    /// Compiles the nodes in order.
    pub(super) fn nodes(&mut self) {
        for index in self.graph.inputs..self.graph.inputs + self.graph.len() {
            let operand = Operand::node(index as u32);
            if !self.analysis.varies(operand) {
                continue;
            }
            if let Some(call) = self.graph.call_of(index) {
                if call.first == index && self.analysis.calls(call) {
                    self.call(call);
                }
            } else if self.analysis.live[index]
                && !self.analysis.absorbed[index]
                && self.analysis.name(operand) == operand
            {
                self.node(index);
            }
        }
    }

    /// The slot of an operand that varies, which is read now if it is an input.
    pub(super) fn slot(&mut self, operand: Operand) -> u32 {
        let index = self.analysis.name(operand).index();
        if self.slots[index] == NONE {
            let out = self.compiler.allocate();
            let read = match self.inputs[index] {
                Input::Column(column) => Instruction::Read { column, out },
                Input::Entry(list) => Instruction::Entry { list, out },
                _ => unreachable!("an operand is computed before it is read"),
            };
            self.compiler.push(read);
            self.slots[index] = out;
        }
        self.slots[index]
    }

    pub(super) fn place(&mut self, operand: Operand) -> Place {
        if self.analysis.varies(operand) {
            Place::Lane(self.slot(operand))
        } else {
            Place::Uniform(self.uniforms.place(operand))
        }
    }

    /// Counts a reading of an operand; after the last one its slot is free.
    pub(super) fn consume(&mut self, operand: Operand) {
        if !self.analysis.varies(operand) {
            return;
        }
        let index = self.analysis.name(operand).index();
        let uses = &mut self.analysis.uses[index];
        *uses -= 1;
        let foreign = matches!(self.inputs.get(index), Some(Input::Slot(_)));
        if *uses == 0 && !foreign && self.slots[index] != NONE {
            self.compiler.free.push(self.slots[index]);
            self.slots[index] = NONE;
        }
    }

    /// Gives a slot to a node that is computed now.
    pub(super) fn define(&mut self, index: usize) -> u32 {
        let slot = self.compiler.allocate();
        self.slots[index] = slot;
        slot
    }

    fn node(&mut self, index: usize) {
        let node = self.graph.node(index);
        let operands = node.operands.map(|operand| operand.unwrap_or(Operand::node(0)));
        let [a, b, c] = operands;
        let is_sum = match node.op {
            Op::Binary(Binary::Add | Binary::Sub) => true,
            Op::MulAdd => self.compiler.fused,
            _ => false,
        };
        if is_sum {
            let terms = self.analysis.terms(self.graph, index);
            return self.sum(index, &terms);
        }
        let n = self.graph.nodes[index - self.graph.inputs].b();
        let read = node.operands.len().min(node.op.arity());
        let instruction: Box<dyn Fn(u32) -> Instruction> = match node.op {
            Op::Binary(Binary::Mul) => match (self.place(a), self.place(b)) {
                (Place::Lane(a), Place::Lane(b)) => {
                    Box::new(move |out| Instruction::Mul { a, b, out })
                }
                (Place::Uniform(u), Place::Lane(a)) | (Place::Lane(a), Place::Uniform(u)) => {
                    Box::new(move |out| Instruction::Scale { u, a, out })
                }
                _ => unreachable!("the product varies"),
            },
            Op::Binary(row) => {
                let (a, b) = (self.place(a), self.place(b));
                Box::new(move |out| Instruction::Binary { row, a, b, out })
            }
            Op::Unary(row) => {
                let a = self.slot(a);
                Box::new(move |out| Instruction::Unary { row, a, out })
            }
            Op::Powi => {
                let a = self.slot(a);
                Box::new(move |out| Instruction::Powi { a, n: n as i32, out })
            }
            Op::Powf => {
                let a = self.slot(a);
                let exponent = self.compiler.program.exponents.len() as u32;
                let value = self.graph.constants[b.index()];
                self.compiler.program.exponents.push(value);
                Box::new(move |out| Instruction::Powf { a, exponent, out })
            }
            Op::Polygamma => {
                let a = self.slot(a);
                Box::new(move |out| Instruction::Polygamma { a, n, out })
            }
            Op::MulAdd => {
                let places = [a, b, c].map(|operand| self.place(operand).encoded());
                let list = self.compiler.list(places).first;
                Box::new(move |out| Instruction::MulAdd { list, out })
            }
            Op::Copy | Op::Result => unreachable!("copies and calls are treated apart"),
        };
        operands[..read].iter().for_each(|&operand| self.consume(operand));
        let out = self.define(index);
        self.compiler.push(instruction(out));
    }

    /// Compiles a node that is a sum of terms.
    fn sum(&mut self, index: usize, terms: &[(bool, Term)]) {
        let instruction: Option<Box<dyn Fn(u32) -> Instruction>> = match *terms {
            [(false, Term::Plain(x)), (negative, Term::Plain(y))] => {
                match (self.analysis.varies(x), self.analysis.varies(y)) {
                    (true, true) => {
                        let (a, b) = (self.slot(x), self.slot(y));
                        Some(if negative {
                            Box::new(move |out| Instruction::Sub { a, b, out })
                        } else {
                            Box::new(move |out| Instruction::Add { a, b, out })
                        })
                    }
                    (true, false) => {
                        let (a, u) = (self.slot(x), self.uniform(y, negative));
                        Some(Box::new(move |out| Instruction::Shift { u, a, out }))
                    }
                    (false, _) => {
                        let (u, a) = (self.uniforms.place(x), self.slot(y));
                        Some(if negative {
                            Box::new(move |out| Instruction::Reflect { u, a, out })
                        } else {
                            Box::new(move |out| Instruction::Shift { u, a, out })
                        })
                    }
                }
            }
            _ => None,
        };
        let instruction = instruction.unwrap_or_else(|| {
            let segments = self.segments(terms);
            Box::new(move |out| Instruction::Sum { segments, out })
        });
        self.consume_terms(terms);
        let out = self.define(index);
        self.compiler.push(instruction(out));
    }

    fn consume_terms(&mut self, terms: &[(bool, Term)]) {
        for &(_, term) in terms {
            match term {
                Term::Product(a, b) => {
                    self.consume(a);
                    self.consume(b);
                }
                Term::Plain(a) => self.consume(a),
            }
        }
    }

    /// The terms as segments, in their order.
    fn segments(&mut self, terms: &[(bool, Term)]) -> Stretch {
        let terms: Vec<(Kind, [u32; 2])> =
            terms.iter().map(|&(negative, term)| self.term(negative, term)).collect();
        let program = &mut self.compiler.program;
        let first = program.segments.len();
        for (kind, places) in terms {
            let place = program.terms.len() as u32;
            program.terms.push(places);
            match program.segments[first..].last_mut() {
                Some(segment) if segment.kind == kind => segment.count += 1,
                _ => program.segments.push(Segment { kind, first: place, count: 1 }),
            }
        }
        Stretch { first: first as u32, count: (program.segments.len() - first) as u32 }
    }

    fn term(&mut self, negative: bool, term: Term) -> (Kind, [u32; 2]) {
        match term {
            Term::Product(x, y) => match (self.analysis.varies(x), self.analysis.varies(y)) {
                (true, true) => {
                    let kind = if negative { Kind::MinusLaneLane } else { Kind::LaneLane };
                    (kind, [self.slot(x), self.slot(y)])
                }
                (false, false) => (Kind::Uniform, [self.uniforms.product(x, y, negative), NONE]),
                (varies, _) => {
                    let (u, a) = if varies { (y, x) } else { (x, y) };
                    (Kind::UniformLane, [self.uniform(u, negative), self.slot(a)])
                }
            },
            Term::Plain(x) if self.analysis.varies(x) => {
                let kind = if negative { Kind::MinusLane } else { Kind::Lane };
                (kind, [self.slot(x), NONE])
            }
            Term::Plain(x) => (Kind::Uniform, [self.uniform(x, negative), NONE]),
        }
    }

    fn uniform(&mut self, operand: Operand, negative: bool) -> u32 {
        if negative { self.uniforms.negated(operand) } else { self.uniforms.place(operand) }
    }

    fn call(&mut self, call: &crate::graph::block::Call) {
        if let Some(rows) = call.block.as_any().downcast_ref::<RowMap>() {
            return self.rows_call(call, rows);
        }
        let graph = self.graph;
        let operands = &graph.operands[call.operands.clone()];
        let places: Vec<u32> =
            operands.iter().map(|&operand| self.place(operand).encoded()).collect();
        // Written while operands are still being read.
        let results: Vec<u32> = (call.first..call.first + call.results)
            .map(|index| if self.analysis.live[index] { self.define(index) } else { NONE })
            .collect();
        operands.iter().for_each(|&operand| self.consume(operand));
        let (operands, results) = (self.compiler.list(places), self.compiler.list(results));
        let number = self.compiler.program.blocks.len() as u32;
        let block = call.block.clone();
        self.compiler.program.decides |= block.decides();
        self.compiler.program.blocks.push(BlockCall { block, operands, results });
        self.compiler.push(Instruction::Block { number });
    }

    /// Compiles the decisions.
    pub(super) fn guards(&mut self) {
        let first = self.compiler.program.guards.len() as u32;
        let graph = self.graph;
        for guard in &graph.guards {
            let varies = |operand| self.analysis.varies(operand);
            if !guard.operands().into_iter().flatten().any(varies) {
                let named = guard.renamed(|operand| self.analysis.name(operand));
                self.uniforms.guard(&named);
                continue;
            }
            let placed = guard.renamed(|operand| match self.place(operand) {
                Place::Lane(slot) => Operand::node(slot),
                Place::Uniform(place) => Operand::constant(place),
            });
            self.compiler.program.guards.push(placed);
        }
        let count = self.compiler.program.guards.len() as u32 - first;
        if count > 0 {
            self.compiler.program.decides = true;
            self.compiler.push(Instruction::Guards { guards: Stretch { first, count } });
        }
        for operand in graph.guards.iter().flat_map(|guard| guard.operands()).flatten() {
            self.consume(operand);
        }
    }

    /// Compiles what becomes of an output.
    pub(super) fn output(
        &mut self,
        terms: &[(bool, Term)],
        destination: &Destination,
        number: usize,
    ) {
        match (destination, terms) {
            (Destination::Sum(sum), [(false, Term::Product(x, y))])
                if self.analysis.varies(*x) && self.analysis.varies(*y) =>
            {
                let pair = [self.slot(*x), self.slot(*y)];
                self.product(pair, *sum);
            }
            (Destination::Sum(sum), _) => {
                let segments = self.segments(terms);
                self.compiler.push(Instruction::Reduce { segments, sum: *sum });
            }
            (Destination::Store, [(_, Term::Plain(operand))]) => {
                let a = self.place(*operand);
                self.compiler.push(Instruction::Store { a, output: number as u32 });
            }
            (Destination::Accumulate(list), [(_, Term::Plain(operand))]) => {
                let a = self.place(*operand);
                self.compiler.push(Instruction::Accumulate { a, list: *list });
            }
            _ => unreachable!("only sums over lanes have terms"),
        }
        self.consume_terms(terms);
    }

    /// A product that is added up over the lanes, in one instruction with those before it.
    fn product(&mut self, pair: [u32; 2], sum: u32) {
        let program = &mut self.compiler.program;
        let place = program.terms.len() as u32;
        program.terms.push(pair);
        if let Some(Instruction::Products { pairs, sum: first }) = program.instructions.last_mut()
            && pairs.first + pairs.count == place
            && *first + pairs.count == sum
        {
            pairs.count += 1;
            return;
        }
        let pairs = Stretch { first: place, count: 1 };
        program.instructions.push(Instruction::Products { pairs, sum });
    }
}

/// Whether a column of an inner call reads operands of which some vary.
pub(super) fn column_varies(column: &Column, count: usize, varies: impl Fn(usize) -> bool) -> bool {
    (0..count).filter_map(|r| column.operand(r)).any(varies)
}
