//! The interpreter: forward replay and reverse sweep over any scalar.

use core::mem;
use core::ops::Range;

use calculus_core::Real;
use calculus_core::elementary::{Binary, Unary, powf_derivative, powi_derivative};

use super::aligned::Aligned;
use super::block::{CallMemory, Operands, PlacedCall};
use super::node::{Graph, Operand};
use super::op::Op;
use super::reads::{self, Reads};

/// The value of one operation.
///
/// `read` turns an operand into its value, `list` an entry of the operand list, and `constant` the
/// exponent of a power into the number it is.
#[inline(always)]
pub(crate) fn evaluate<T: Real>(
    op: Op,
    a: u32,
    b: u32,
    read: impl Fn(u32) -> T,
    list: impl Fn(u32, usize) -> T,
    constant: impl Fn(u32) -> f64,
) -> T {
    match op {
        Op::Binary(Binary::Add) => read(a) + read(b),
        Op::Binary(Binary::Sub) => read(a) - read(b),
        Op::Binary(Binary::Mul) => read(a) * read(b),
        Op::Binary(Binary::Div) => read(a) / read(b),
        Op::Binary(row) => read(a).combine(row, read(b)),
        Op::Unary(Unary::Neg) => -read(a),
        Op::Unary(row) => read(a).apply(row),
        Op::Powi => read(a).powi(b as i32),
        Op::Powf => read(a).powf(constant(b)),
        Op::Polygamma => read(a).polygamma(b),
        Op::Copy => read(a),
        Op::MulAdd => list(a, 0).mul_add(list(a, 1), list(a, 2)),
        Op::Result => unreachable!("calls are evaluated apart"),
    }
}

/// The derivative of a one-argument operation with parameter `b`, where `y` is its value at `x`.
#[inline(always)]
pub(crate) fn unary_derivative<T: Real>(
    op: Op,
    b: u32,
    x: T,
    y: T,
    constant: impl Fn(u32) -> f64,
) -> T {
    match op {
        Op::Unary(row) => row.derivative(x, y),
        Op::Powi => powi_derivative(x, b as i32),
        Op::Powf => powf_derivative(x, constant(b)),
        Op::Polygamma => x.polygamma(b + 1),
        Op::Copy | Op::Binary(_) | Op::MulAdd | Op::Result => T::from(1.0),
    }
}

/// Values and adjoints of what nodes read, in a reverse sweep.
pub(crate) trait OperandAdjoints<T> {
    /// The value of an operand.
    fn value(&self, operand: u32) -> T;
    /// Adds to the adjoint of an operand; that of a constant may be dropped.
    fn add(&mut self, operand: u32, term: T);
    /// An entry of the operand list.
    fn listed(&self, place: u32, k: usize) -> u32;
    /// The number that a constant operand is.
    fn number(&self, operand: u32) -> f64;
    /// Whether an operand is a constant.
    fn is_constant(&self, operand: u32) -> bool;
}

/// Adds to the adjoints of the operands of a node what its adjoint `g` contributes; `y` is its value.
#[inline(always)]
pub(crate) fn pull_back<T: Real>(
    (op, a, b): (Op, u32, u32),
    y: T,
    g: T,
    operands: &mut impl OperandAdjoints<T>,
) {
    match op {
        Op::Binary(Binary::Add) => {
            operands.add(a, g);
            operands.add(b, g);
        }
        Op::Binary(Binary::Sub) => {
            operands.add(a, g);
            operands.add(b, -g);
        }
        Op::Binary(Binary::Mul) => {
            let (x, z) = (operands.value(a), operands.value(b));
            operands.add(a, g * z);
            operands.add(b, g * x);
        }
        Op::Binary(Binary::Div) => {
            let scaled = g / operands.value(b);
            operands.add(a, scaled);
            operands.add(b, -(scaled * y));
        }
        Op::Binary(row) => {
            let (x, z) = (operands.value(a), operands.value(b));
            // A constant has no adjoint, and its partial derivative may not exist.
            if !operands.is_constant(a) {
                operands.add(a, g * row.partial_a(x, z, y));
            }
            if !operands.is_constant(b) {
                operands.add(b, g * row.partial_b(x, z, y));
            }
        }
        Op::MulAdd => {
            let [a, b, c] = [0, 1, 2].map(|k| operands.listed(a, k));
            let (x, z) = (operands.value(a), operands.value(b));
            operands.add(a, g * z);
            operands.add(b, g * x);
            operands.add(c, g);
        }
        Op::Copy => operands.add(a, g),
        Op::Unary(Unary::Neg) => operands.add(a, -g),
        op => {
            let number = |b| operands.number(b);
            let slope = unary_derivative(op, b, operands.value(a), y, number);
            operands.add(a, g * slope);
        }
    }
}

/// A node whose operands are places in the workspace.
#[derive(Clone, Copy, Debug)]
struct Instruction {
    op: Op,
    a: u32,
    b: u32,
}

/// A graph prepared for replay: its workspace holds inputs, nodes and constants in one array.
#[derive(Clone, Debug, Default)]
pub(crate) struct Program {
    graph: Graph,
    instructions: Vec<Instruction>,
    /// The operand list, as places.
    list: Vec<u32>,
    /// The calls, with their operands and results as places.
    calls: Vec<PlacedCall>,
    /// The adjoints that a reverse sweep does not store before it adds to them.
    cleared: Vec<Range<usize>>,
    /// As many of the first inputs have adjoints that a sweep adds to.
    accumulated: usize,
    outputs: Vec<u32>,
    /// Where the constants begin.
    constants_at: u32,
}

/// Values and adjoints of one replay over the scalar `T`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Workspace<T> {
    pub(super) values: Aligned<T>,
    pub(super) adjoints: Aligned<T>,
    pub(super) calls: Vec<CallMemory<T>>,
    /// Whether the next forward replay is followed by a reverse sweep, which blocks may prepare.
    pub(super) sweep_follows: bool,
    /// Whether long sums may be added in any order: values are then those of the function up to
    /// rounding.
    pub(super) in_any_order: bool,
}

impl<T> Workspace<T> {
    /// Without room for anything.
    pub(super) const fn empty() -> Self {
        Self {
            values: Aligned::empty(),
            adjoints: Aligned::empty(),
            calls: Vec::new(),
            sweep_follows: false,
            in_any_order: false,
        }
    }

    /// Tells whether the next forward replay is followed by a reverse sweep.
    pub(crate) fn expect_sweep(&mut self, follows: bool) {
        self.sweep_follows = follows;
    }
}

/// The operands of a program, which are places in its workspace.
struct Places<'s, T> {
    program: &'s Program,
    values: &'s [T],
    adjoints: &'s mut [T],
}

impl<T: Real> OperandAdjoints<T> for Places<'_, T> {
    #[inline(always)]
    fn value(&self, place: u32) -> T {
        self.values[place as usize]
    }
    #[inline(always)]
    fn add(&mut self, place: u32, term: T) {
        self.adjoints[place as usize] += term;
    }
    #[inline(always)]
    fn listed(&self, place: u32, k: usize) -> u32 {
        self.program.list[place as usize + k]
    }
    #[inline(always)]
    fn number(&self, place: u32) -> f64 {
        self.program.graph.constants[(place - self.program.constants_at) as usize]
    }
    #[inline(always)]
    fn is_constant(&self, place: u32) -> bool {
        place >= self.program.constants_at
    }
}

impl Program {
    pub(crate) fn new(graph: Graph) -> Self {
        Self::accumulating(graph, 0)
    }

    /// A program whose sweeps add to the adjoints that a workspace has of as many first inputs as
    /// `accumulated`.
    pub(crate) fn accumulating(graph: Graph, accumulated: usize) -> Self {
        let mut program = Self { accumulated, ..Self::default() };
        program.load(graph);
        program
    }

    /// Prepares another graph in the memory of this program, and returns the graph it held.
    pub(crate) fn load(&mut self, graph: Graph) -> Graph {
        let constants_at = (graph.inputs + graph.len()) as u32;
        let place = |operand: Operand| {
            if operand.is_constant() {
                constants_at + operand.index() as u32
            } else {
                operand.index() as u32
            }
        };
        let placed = |raw: u32| place(Operand::from_raw(raw));
        self.instructions.clear();
        self.instructions.extend(graph.nodes.iter().map(|node| {
            let (op, a, b) = (node.op(), node.a(), node.b());
            match op {
                Op::Binary(_) | Op::Powf => Instruction { op, a: placed(a), b: placed(b) },
                Op::MulAdd | Op::Result => Instruction { op, a, b },
                _ => Instruction { op, a: placed(a), b },
            }
        }));
        self.list.clear();
        self.list.extend(graph.operands.iter().map(|&operand| place(operand)));
        self.outputs.clear();
        self.outputs.extend(graph.outputs.iter().map(|&operand| place(operand)));
        self.constants_at = constants_at;
        self.calls.clear();
        self.calls.extend(graph.calls.iter().map(|call| PlacedCall {
            block: call.block.clone(),
            operands: Operands::new(&self.list[call.operands.clone()], call.first),
            results: call.first..call.first + call.results,
            stored: false,
        }));
        let stale = mem::replace(&mut self.graph, graph);
        self.find_stored();
        stale
    }

    /// Finds the calls at which a reverse sweep meets the adjoints of the operands for the first time.
    fn find_stored(&mut self) {
        let places = self.constants_at as usize + self.graph.constants.len();
        self.cleared.clear();
        self.cleared.push(self.accumulated..places);
        if self.calls.is_empty() {
            return;
        }
        let mut met = vec![false; places];
        met[..self.accumulated].fill(true);
        self.outputs.iter().for_each(|&output| met[output as usize] = true);
        let mut stored = Vec::new();
        let mut end = self.constants_at as usize;
        for call in self.calls.iter_mut().rev() {
            let after = call.results.end - self.graph.inputs..end - self.graph.inputs;
            for &Instruction { op, a, b } in &self.instructions[after] {
                match op {
                    Op::Binary(_) => [a, b].into_iter().for_each(|x| met[x as usize] = true),
                    Op::MulAdd => {
                        let list = &self.list[a as usize..][..3];
                        list.iter().for_each(|&x| met[x as usize] = true);
                    }
                    _ => met[a as usize] = true,
                }
            }
            end = call.results.start;
            if let Operands::Slice(places) = &call.operands {
                call.stored = !places.is_empty() && !met[places.clone()].contains(&true);
                stored.extend(call.stored.then(|| places.clone()));
            }
            call.operands.mark(&mut met);
        }
        stored.sort_unstable_by_key(|places| places.start);
        self.cleared.clear();
        let mut from = self.accumulated;
        for stored in stored {
            self.cleared.push(from..stored.start);
            from = stored.end;
        }
        self.cleared.push(from..places);
    }

    pub(crate) fn graph(&self) -> &Graph {
        &self.graph
    }

    pub(crate) fn outputs(&self) -> usize {
        self.outputs.len()
    }

    /// A workspace with the constants in place.
    pub(crate) fn workspace<T: Real>(&self) -> Workspace<T> {
        let mut workspace = Workspace::empty();
        self.fit(&mut workspace);
        workspace
    }

    /// Makes a workspace, possibly of another program, fit this one.
    pub(crate) fn fit<T: Real>(&self, workspace: &mut Workspace<T>) {
        let values = &mut workspace.values;
        // The places of inputs and nodes are written before they are read.
        let constants_at = self.constants_at as usize;
        values.resize(constants_at + self.graph.constants.len(), T::from(0.0));
        for (place, &constant) in values[constants_at..].iter_mut().zip(&self.graph.constants) {
            *place = T::from(constant);
        }
        workspace.calls.clear();
        workspace.calls.extend(self.calls.iter().map(CallMemory::new));
    }

    /// Evaluates all nodes at `x`.
    pub(crate) fn forward<T: Real>(
        &self,
        x: impl IntoIterator<Item = T>,
        workspace: &mut Workspace<T>,
    ) {
        for (place, x) in workspace.values[..self.graph.inputs].iter_mut().zip(x) {
            *place = x;
        }
        self.replay(workspace);
    }

    /// Evaluates all nodes at the inputs in the workspace.
    pub(crate) fn replay<T: Real>(&self, workspace: &mut Workspace<T>) {
        let Workspace { values, calls, sweep_follows, .. } = workspace;
        let mut node = self.graph.inputs;
        for (call, memory) in self.calls.iter().zip(calls) {
            self.evaluate(node..call.results.start, values);
            memory.evaluate(call, values, *sweep_follows);
            node = call.results.end;
        }
        self.evaluate(node..self.constants_at as usize, values);
    }

    /// Evaluates nodes among which there is no call.
    fn evaluate<T: Real>(&self, nodes: Range<usize>, values: &mut [T]) {
        let constant = |b: u32| self.graph.constants[(b - self.constants_at) as usize];
        let instructions = nodes.start - self.graph.inputs..nodes.end - self.graph.inputs;
        for (node, instruction) in nodes.zip(&self.instructions[instructions]) {
            let &Instruction { op, a, b } = instruction;
            values[node] = evaluate(
                op,
                a,
                b,
                |place| values[place as usize],
                |place, k| values[self.list[place as usize + k] as usize],
                constant,
            );
        }
    }

    /// Whether the recorded decisions would come out the same with the values of the workspace.
    pub(crate) fn guards_hold<T: Real>(&self, workspace: &Workspace<T>) -> bool {
        let value = |operand: Operand| {
            if operand.is_constant() {
                self.graph.constants[operand.index()]
            } else {
                workspace.values[operand.index()].value()
            }
        };
        self.graph.guards.iter().all(|guard| guard.holds(value))
            && workspace.calls.iter().all(CallMemory::is_decided)
    }

    /// Sweeps back from the cotangents of the outputs to the adjoints of all nodes.
    ///
    /// The rule of a node is applied where its adjoint is not zero, so an infinite derivative off
    /// the path to the output does no harm.
    pub(crate) fn reverse<T: Real>(
        &self,
        cotangents: impl IntoIterator<Item = T>,
        workspace: &mut Workspace<T>,
    ) {
        let Workspace { values, adjoints, calls, .. } = workspace;
        adjoints.resize(values.len(), T::from(0.0));
        for places in &self.cleared {
            adjoints[places.clone()].fill(T::from(0.0));
        }
        for (&output, cotangent) in self.outputs.iter().zip(cotangents) {
            adjoints[output as usize] += cotangent;
        }
        let mut end = self.constants_at as usize;
        for (call, memory) in self.calls.iter().zip(calls).rev() {
            self.sweep(call.results.end..end, values, adjoints);
            end = call.results.start;
            if !adjoints[call.results.clone()].iter().all(|g| g.is_zero()) {
                memory.pull_back(call, values, adjoints);
            } else if let (true, Operands::Slice(places)) = (call.stored, &call.operands) {
                adjoints[places.clone()].fill(T::from(0.0));
            }
        }
        self.sweep(self.graph.inputs..end, values, adjoints);
    }

    /// Sweeps back over nodes among which there is no call.
    fn sweep<T: Real>(&self, nodes: Range<usize>, values: &[T], adjoints: &mut [T]) {
        let instructions = nodes.start - self.graph.inputs..nodes.end - self.graph.inputs;
        let mut places = Places { program: self, values, adjoints };
        for (node, instruction) in nodes.zip(&self.instructions[instructions]).rev() {
            let g = places.adjoints[node];
            if !g.is_zero() {
                let &Instruction { op, a, b } = instruction;
                pull_back((op, a, b), values[node], g, &mut places);
            }
        }
    }

    /// The places that a reverse sweep reads and a forward replay writes, without those of the first
    /// inputs that sweeps accumulate for.
    pub(crate) fn read_by_sweep(&self) -> Vec<Range<usize>> {
        let mut marked = vec![false; self.constants_at as usize];
        for node in self.graph.nodes() {
            let constant = node.operands.map(|o| o.is_some_and(Operand::is_constant));
            let Reads { operands, value } = Reads::of(node.op, constant);
            for (operand, _) in node.operands.iter().flatten().zip(operands).filter(|(_, r)| *r) {
                if !operand.is_constant() {
                    marked[operand.index()] = true;
                }
            }
            marked[node.index] |= value;
        }
        reads::ranges(&marked, self.accumulated)
    }

    /// The value of output `k` after [`forward`](Program::forward).
    #[inline]
    pub(crate) fn output<T: Copy>(&self, workspace: &Workspace<T>, k: usize) -> T {
        workspace.values[self.outputs[k] as usize]
    }

    /// The adjoints of the inputs after [`reverse`](Program::reverse).
    #[inline]
    pub(crate) fn input_adjoints<'w, T>(&self, workspace: &'w Workspace<T>) -> &'w [T] {
        &workspace.adjoints[..self.graph.inputs]
    }
}
