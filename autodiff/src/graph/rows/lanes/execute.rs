//! Runs the instructions of a program for blocks of rows.

use calculus_core::Real;
use calculus_core::elementary::lanes::Task;
use calculus_core::elementary::{Binary, Unary};

use super::kernels::{self, map1, map2};
use super::program::{BlockCall, Instruction, NONE, Place, Program, Stretch};
use super::uniform::Numbers;
use crate::graph::block::{Memory, Replay};
use crate::graph::guard::Guard;
use crate::graph::node::Operand;
use crate::graph::rows::map::Column;

/// The most rows that run at the same time.
const MOST_LANES: usize = 64;

/// What a run needs beside the program: buffers that are kept.
#[derive(Debug)]
pub(super) struct Workspace<T> {
    /// All slots, lanes of a slot next to one another.
    slots: Vec<T>,
    /// The sums over the rows so far.
    pub(super) sums: Vec<T>,
    /// Those of a block whose decisions are not known yet.
    staged: Vec<T>,
    /// The outputs that are kept for each row.
    pub(super) outputs: Vec<T>,
    /// Calls of other blocks: operands, results, and what they keep.
    blocks: Vec<(Vec<T>, Vec<T>, Memory)>,
    /// The inner calls that are under way.
    outer: Vec<State>,
    /// Rows of blocks in which other rows were not as recorded.
    pub(super) again: Vec<u32>,
    /// Rows that decide otherwise than this body.
    pub(super) otherwise: Vec<u32>,
    /// Rows of which an inner call is undecided.
    pub(super) astray: Vec<u32>,
}

impl<T: Replay> Workspace<T> {
    pub(super) fn new() -> Self {
        Self {
            slots: Vec::new(),
            sums: Vec::new(),
            staged: Vec::new(),
            outputs: Vec::new(),
            blocks: Vec::new(),
            outer: Vec::new(),
            again: Vec::new(),
            otherwise: Vec::new(),
            astray: Vec::new(),
        }
    }

    /// Prepares for a chunk of as many rows.
    pub(super) fn begin(&mut self, program: &Program, lanes: usize, rows: usize) {
        let zero = T::from(0.0);
        self.slots.resize(program.slots * lanes, zero);
        self.sums.clear();
        self.sums.resize(program.sums.len(), zero);
        if program.decides {
            self.staged.clear();
            self.staged.resize(program.sums.len(), zero);
        }
        self.outputs.resize(program.outputs.len() * rows, zero);
        for list in [&mut self.again, &mut self.otherwise, &mut self.astray] {
            list.clear();
        }
        if self.blocks.len() != program.blocks.len() {
            let memory = |call: &BlockCall| {
                let zeros = |stretch: Stretch| vec![zero; stretch.count as usize * MOST_LANES];
                (zeros(call.operands), zeros(call.results), Memory::default())
            };
            self.blocks = program.blocks.iter().map(memory).collect();
        }
    }
}

/// Rows of an inner call that are under way.
#[derive(Clone, Copy, Debug, Default)]
struct State {
    call: u32,
    row: u32,
    body: u32,
    /// The level of the body, and which row of its uniform numbers.
    level: u32,
    numbers: usize,
    /// Where its sums over lanes begin.
    sum: usize,
}

/// A run over some rows, `L` at a time.
pub(super) struct Blocks<'a, T, const L: usize> {
    pub(super) program: &'a Program,
    pub(super) numbers: &'a [Numbers<T>],
    pub(super) x: &'a [T],
    pub(super) workspace: &'a mut Workspace<T>,
    pub(super) rows: &'a [u32],
    /// The rows of the chunk: the first one, and how many.
    pub(super) chunk: (usize, usize),
}

impl<T: Replay, const L: usize> Task for Blocks<'_, T, L> {
    type Output = ();

    #[inline(always)]
    fn run<const FUSED: bool>(self) {
        let Self { program, numbers, x, workspace, rows, chunk } = self;
        let mut blocks = core::mem::take(&mut workspace.blocks);
        let mut outer = core::mem::take(&mut workspace.outer);
        for active in rows.chunks(L) {
            let last = active[active.len() - 1];
            let sums = if program.decides { &mut workspace.staged } else { &mut workspace.sums };
            let mut block = Block::<T, L> {
                program,
                numbers,
                x,
                slots: workspace.slots.as_chunks_mut::<L>().0,
                sums,
                outputs: &mut workspace.outputs,
                chunk,
                rows: core::array::from_fn(|l| *active.get(l).unwrap_or(&last)),
                active: active.len(),
                consecutive: active.len() == L && (last - active[0]) as usize == L - 1,
                otherwise: [false; L],
                astray: [false; L],
            };
            block.run::<FUSED>(&mut blocks, &mut outer);
            if !program.decides {
                continue;
            }
            let Block { otherwise, astray, .. } = block;
            let all = !otherwise.contains(&true) && !astray.contains(&true);
            if all {
                workspace.sums.iter_mut().zip(&workspace.staged).for_each(|(sum, &s)| *sum += s);
            } else {
                for (l, &row) in active.iter().enumerate() {
                    if otherwise[l] {
                        workspace.otherwise.push(row);
                    } else if astray[l] {
                        workspace.astray.push(row);
                    } else {
                        workspace.again.push(row);
                    }
                }
            }
            workspace.staged.fill(T::from(0.0));
        }
        workspace.blocks = blocks;
        workspace.outer = outer;
    }
}

/// The block that is being run.
struct Block<'a, T, const L: usize> {
    program: &'a Program,
    numbers: &'a [Numbers<T>],
    x: &'a [T],
    slots: &'a mut [[T; L]],
    sums: &'a mut [T],
    outputs: &'a mut [T],
    chunk: (usize, usize),
    rows: [u32; L],
    /// The other lanes repeat the last row and contribute nothing.
    active: usize,
    /// Whether the rows are consecutive, one for each lane.
    consecutive: bool,
    otherwise: [bool; L],
    astray: [bool; L],
}

impl<T: Replay, const L: usize> Block<'_, T, L> {
    #[inline(always)]
    fn run<const FUSED: bool>(
        &mut self,
        blocks: &mut [(Vec<T>, Vec<T>, Memory)],
        outer: &mut Vec<State>,
    ) {
        let Program { instructions, segments, terms, lists, guards, exponents, .. } = self.program;
        let numbers = self.numbers;
        let mut state = State::default();
        let mut uniforms: &[T] = numbers[0].row(0);
        let mut at = 0;
        loop {
            let instruction = instructions[at];
            at += 1;
            match instruction {
                Instruction::Read { column, out } => {
                    self.slots[out as usize] = self.read(column);
                }
                Instruction::Entry { list, out } => {
                    self.slots[out as usize] =
                        match Place::decoded(lists[(list + state.row) as usize]) {
                            Place::Lane(slot) => self.slots[slot as usize],
                            Place::Uniform(place) => {
                                let outside = outer[outer.len() - 1];
                                let numbers = &numbers[outside.level as usize];
                                [numbers.row(outside.numbers)[place as usize]; L]
                            }
                        };
                }
                Instruction::Sum { segments: stretch, out } => {
                    let segments = stretch.of(segments);
                    self.slots[out as usize] =
                        kernels::sum::<T, L, FUSED>(segments, terms, uniforms, self.slots);
                }
                Instruction::Add { a, b, out } => self.map2(a, b, out, |a, b| a + b),
                Instruction::Sub { a, b, out } => self.map2(a, b, out, |a, b| a - b),
                Instruction::Mul { a, b, out } => self.map2(a, b, out, |a, b| a * b),
                Instruction::Scale { u, a, out } => {
                    let u = uniforms[u as usize];
                    self.map1(a, out, |a| u * a);
                }
                Instruction::Shift { u, a, out } => {
                    let u = uniforms[u as usize];
                    self.map1(a, out, |a| a + u);
                }
                Instruction::Reflect { u, a, out } => {
                    let u = uniforms[u as usize];
                    self.map1(a, out, |a| u - a);
                }
                Instruction::Unary { row, a, out } => self.unary(row, a, out),
                Instruction::Binary { row, a, b, out } => {
                    let (a, b) = (self.lanes(a, uniforms), self.lanes(b, uniforms));
                    self.slots[out as usize] = binary(row, &a, &b);
                }
                Instruction::Powi { a, n, out } => {
                    self.slots[out as usize] = kernels::powi(&self.slots[a as usize], n);
                }
                Instruction::Powf { a, exponent, out } => {
                    let p = exponents[exponent as usize];
                    self.map1(a, out, |a| a.powf(p));
                }
                Instruction::Polygamma { a, n, out } => self.map1(a, out, |a| a.polygamma(n)),
                Instruction::MulAdd { list, out } => {
                    let place = |k: u32| Place::decoded(lists[(list + k) as usize]);
                    let [a, b, mut c] = [0, 1, 2].map(|k| self.lanes(place(k), uniforms));
                    for l in 0..L {
                        c[l] = a[l].mul_add(b[l], c[l]);
                    }
                    self.slots[out as usize] = c;
                }
                Instruction::Block { number } => self.call(number, uniforms, blocks),
                Instruction::Rows { call } => {
                    let inner = &self.program.calls[call as usize];
                    for &slot in inner.results.of(lists) {
                        self.slots[slot as usize] = [T::from(0.0); L];
                    }
                    if inner.count == 0 {
                        at = inner.end as usize;
                        continue;
                    }
                    outer.push(state);
                    state = State { call, ..State::default() };
                    at = self.enter(&mut state, outer);
                    uniforms = numbers[state.level as usize].row(state.numbers);
                }
                Instruction::SkipZeros { list } => {
                    let zero = list.of(lists).iter().all(|&place| {
                        let lanes = self.lanes(Place::decoded(place), uniforms);
                        lanes.iter().all(|lane| lane.is_zero())
                    });
                    if zero {
                        at = self.next(&mut state, outer);
                        uniforms = numbers[state.level as usize].row(state.numbers);
                    }
                }
                Instruction::Guards { guards: stretch } => {
                    let holds = self.decide(stretch.of(guards), uniforms);
                    if outer.is_empty() {
                        for (otherwise, holds) in self.otherwise.iter_mut().zip(holds) {
                            *otherwise |= !holds;
                        }
                    } else if let Some(next) = self.decided(holds, &mut state, outer) {
                        at = next;
                        uniforms = numbers[state.level as usize].row(state.numbers);
                    }
                }
                Instruction::Accumulate { a, list } => {
                    let slot = lists[list as usize + state.row as usize];
                    if slot != NONE {
                        let a = self.lanes(a, uniforms);
                        let sum = &mut self.slots[slot as usize];
                        for l in 0..L {
                            sum[l] += a[l];
                        }
                    }
                }
                Instruction::Products { pairs, sum } => {
                    let sums = &mut self.sums[state.sum + sum as usize..];
                    let pairs = pairs.of(terms);
                    kernels::products::<T, L, FUSED>(pairs, self.slots, self.active, sums);
                }
                Instruction::Reduce { segments: stretch, sum } => {
                    let segments = stretch.of(segments);
                    let lanes = kernels::sum::<T, L, FUSED>(segments, terms, uniforms, self.slots);
                    self.sums[state.sum + sum as usize] += kernels::sum_lanes(lanes, self.active);
                }
                Instruction::Store { a, output } => {
                    let lanes = self.lanes(a, uniforms);
                    let (first, count) = self.chunk;
                    let outputs = &mut self.outputs[output as usize * count..][..count];
                    if self.consecutive {
                        outputs[self.rows[0] as usize - first..][..L].copy_from_slice(&lanes);
                    } else {
                        for (lane, &row) in lanes.iter().zip(&self.rows) {
                            outputs[row as usize - first] = *lane;
                        }
                    }
                }
                Instruction::NextRow => {
                    at = self.next(&mut state, outer);
                    uniforms = numbers[state.level as usize].row(state.numbers);
                }
                Instruction::End => return,
            }
        }
    }

    /// Begins the body of a row of an inner call, or goes on after the last row: at which
    /// instruction.
    #[inline(always)]
    fn enter(&mut self, state: &mut State, outer: &mut Vec<State>) -> usize {
        loop {
            let call = &self.program.calls[state.call as usize];
            if state.row == call.count {
                *state = outer.pop().expect("a body that calls these rows");
                return call.end as usize;
            }
            let (start, level) = call.bodies[state.body as usize];
            let outside = outer[outer.len() - 1].numbers;
            let sums = &self.program.levels[level as usize];
            state.level = level;
            state.numbers = outside * call.count as usize + state.row as usize;
            state.sum = sums.sum + state.row as usize * sums.sums;
            if self.numbers[level as usize].holds[state.numbers] {
                return start as usize;
            }
            state.body += 1;
            if state.body as usize == call.bodies.len() {
                self.astray = [true; L];
                state.row += 1;
                state.body = 0;
            }
        }
    }

    /// Goes on to the next row of an inner call.
    #[inline(always)]
    fn next(&mut self, state: &mut State, outer: &mut Vec<State>) -> usize {
        state.row += 1;
        state.body = 0;
        self.enter(state, outer)
    }

    /// In which lanes all decisions come out as recorded.
    #[inline(always)]
    fn decide(&self, guards: &[Guard], uniforms: &[T]) -> [bool; L] {
        let mut holds = [true; L];
        for guard in guards {
            for (l, holds) in holds.iter_mut().enumerate() {
                *holds &= guard.holds(|operand: Operand| {
                    if operand.is_constant() {
                        uniforms[operand.index()].value()
                    } else {
                        self.slots[operand.index()][l].value()
                    }
                });
            }
        }
        holds
    }

    /// What becomes of a row of an inner call; where to go on, unless with this body.
    #[inline(always)]
    fn decided(
        &mut self,
        holds: [bool; L],
        state: &mut State,
        outer: &mut Vec<State>,
    ) -> Option<usize> {
        if (0..L).all(|l| holds[l] || self.astray[l]) {
            return None;
        }
        let bodies = self.program.calls[state.call as usize].bodies.len();
        if bodies == 1 {
            for (astray, holds) in self.astray.iter_mut().zip(holds) {
                *astray |= !holds;
            }
            return None;
        }
        if state.body as usize + 1 < bodies {
            state.body += 1;
            return Some(self.enter(state, outer));
        }
        self.astray = [true; L];
        Some(self.next(state, outer))
    }

    /// What a column holds for the rows in the lanes.
    #[inline(always)]
    fn read(&self, column: u32) -> [T; L] {
        let first = self.rows[0] as usize;
        match &self.program.columns[column as usize] {
            Column::Data { values, start, stride: 1 } if self.consecutive => {
                let values: &[f64; L] =
                    values[start + first..].first_chunk().expect("as many rows");
                values.map(T::from)
            }
            Column::Stride { start, stride: 1 } if self.consecutive => {
                *self.x[start + first..].first_chunk().expect("as many rows")
            }
            Column::Data { values, start, stride } => {
                self.rows.map(|row| T::from(values[start + row as usize * stride]))
            }
            Column::Stride { start, stride } => {
                self.rows.map(|row| self.x[start + row as usize * stride])
            }
            Column::Index { start, index, stride } => {
                self.rows.map(|row| self.x[start + index[row as usize] as usize * stride])
            }
        }
    }

    /// An operand in all lanes.
    #[inline(always)]
    fn lanes(&self, place: Place, uniforms: &[T]) -> [T; L] {
        match place {
            Place::Uniform(place) => [uniforms[place as usize]; L],
            Place::Lane(slot) => self.slots[slot as usize],
        }
    }

    #[inline(always)]
    fn map1(&mut self, a: u32, out: u32, f: impl Fn(T) -> T) {
        self.slots[out as usize] = map1(&self.slots[a as usize], f);
    }

    #[inline(always)]
    fn map2(&mut self, a: u32, b: u32, out: u32, f: impl Fn(T, T) -> T) {
        self.slots[out as usize] = map2(&self.slots[a as usize], &self.slots[b as usize], f);
    }

    #[inline(always)]
    fn unary(&mut self, row: Unary, a: u32, out: u32) {
        match row {
            Unary::Neg => self.map1(a, out, |a| -a),
            Unary::Sqrt => self.map1(a, out, |a| a.sqrt()),
            Unary::Abs => self.map1(a, out, |a| a.abs()),
            Unary::Recip => self.map1(a, out, |a| a.recip()),
            row => {
                let mut values = [T::from(0.0); L];
                T::apply_each(row, &self.slots[a as usize], &mut values);
                self.slots[out as usize] = values;
            }
        }
    }

    /// Calls another block.
    #[inline(always)]
    fn call(&mut self, number: u32, uniforms: &[T], blocks: &mut [(Vec<T>, Vec<T>, Memory)]) {
        let BlockCall { block, operands, results } = &self.program.blocks[number as usize];
        let lists = &self.program.lists;
        let (x, y, memory) = &mut blocks[number as usize];
        let x = &mut x[..operands.count as usize * L];
        let y = &mut y[..results.count as usize * L];
        for (x, &place) in x.as_chunks_mut::<L>().0.iter_mut().zip(operands.of(lists)) {
            *x = self.lanes(Place::decoded(place), uniforms);
        }
        T::evaluate_lanes(&**block, x, y, L, memory);
        if !memory.is_decided() {
            self.astray = [true; L];
        }
        for (y, &slot) in y.as_chunks::<L>().0.iter().zip(results.of(lists)) {
            if slot != NONE {
                self.slots[slot as usize] = *y;
            }
        }
    }
}

/// A function of two arguments that is not a sum, difference or product.
#[inline(always)]
fn binary<T: Real, const L: usize>(row: Binary, a: &[T; L], b: &[T; L]) -> [T; L] {
    match row {
        Binary::Div => map2(a, b, |a, b| a / b),
        Binary::Min => map2(a, b, |a, b| a.combine(Binary::Min, b)),
        Binary::Max => map2(a, b, |a, b| a.combine(Binary::Max, b)),
        Binary::Above => map2(a, b, |a, b| a.combine(Binary::Above, b)),
        Binary::RatioOrZero => map2(a, b, |a, b| a.combine(Binary::RatioOrZero, b)),
        Binary::ProductOrZero => map2(a, b, |a, b| a.combine(Binary::ProductOrZero, b)),
        row => map2(a, b, |a, b| a.combine(row, b)),
    }
}
