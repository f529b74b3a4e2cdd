//! Rows in lanes: several rows at a time, in the vector instructions of the processor.
//!
//! The graph of a body is compiled once. What is the same in all rows is computed once per
//! evaluation ([`uniform`]); the rest is a list of instructions, each a loop over lanes
//! ([`execute`]). Sums of products are one instruction ([`analysis`]), and outputs that are added
//! up over the rows are added up over the lanes where they are computed. Rows inside a body run one
//! after another, in the same lanes ([`nested`]). Rows that decide otherwise than the body was
//! recorded are collected and run with the next body, and at last one by one.

mod analysis;
mod chunks;
mod compile;
mod execute;
mod kernels;
mod nested;
mod program;
mod uniform;

use calculus_core::elementary::lanes::{Task, dispatch};
use rayon::prelude::*;

use self::chunks::{Prepared, chunk_rows};
use self::execute::Workspace;
use self::program::{NONE, Program};
use self::uniform::Numbers;
use super::interpret;
use super::map::RowMap;
use crate::graph::block::{Memory, Replay};

/// With fewer rows than this they are interpreted one by one.
const FEWEST_ROWS: usize = 4;

/// With less work than this, in instructions and rows, one thread does it.
const WORK_OF_A_THREAD: usize = 1 << 22;

/// What is kept from one evaluation to the next.
struct Lanes<T> {
    bodies: Vec<LanesOfBody<T>>,
    chunks: Vec<Chunk<T>>,
    /// For rows that no body fits in lanes.
    one_by_one: Option<interpret::Prepared<T>>,
}

/// A body with its uniform numbers.
struct LanesOfBody<T> {
    program: Program,
    numbers: Vec<Numbers<T>>,
}

/// What becomes of a chunk of rows.
struct Chunk<T> {
    /// One for each body.
    workspaces: Vec<Workspace<T>>,
    /// The body of each row, [`NONE`] for those that are left over.
    bodies: Vec<u32>,
    rows: Vec<u32>,
    left_over: Vec<u32>,
}

/// Whether the processor has a fused multiply-add.
struct HasFused;

impl Task for HasFused {
    type Output = bool;

    #[inline(always)]
    fn run<const FUSED: bool>(self) -> bool {
        FUSED
    }
}

impl<T: Replay> Lanes<T> {
    fn new(rows: &RowMap) -> Self {
        let fused = dispatch(HasFused);
        let bodies = rows.bodies.iter().map(|body| LanesOfBody {
            program: compile::compile(rows, body, fused),
            numbers: Vec::new(),
        });
        Self { bodies: bodies.collect(), chunks: Vec::new(), one_by_one: None }
    }

    fn evaluate(&mut self, rows: &RowMap, x: &[T], y: &mut [T]) -> bool {
        for body in &mut self.bodies {
            uniform::compute(&body.program.levels, x, &mut body.numbers);
        }
        let size = chunk_rows(rows.count);
        let count = rows.count.div_ceil(size);
        let work: usize = self.bodies.iter().map(|body| body.program.work()).sum();
        let threads = match rayon::current_num_threads() {
            threads if threads > 1 && count > 1 && work * rows.count > WORK_OF_A_THREAD => {
                threads.min(count)
            }
            _ => 1,
        };
        let bodies = self.bodies.len();
        self.chunks.resize_with(self.chunks.len().max(threads), || Chunk::new(bodies));
        for first in (0..count).step_by(threads) {
            let chunks = &mut self.chunks[..threads.min(count - first)];
            let bodies = &self.bodies[..];
            let of = |k: usize| (first + k) * size..rows.count.min((first + k + 1) * size);
            if threads == 1 {
                chunks[0].run(bodies, x, of(0));
            } else {
                let numbered = chunks.par_iter_mut().enumerate();
                numbered.for_each(|(k, chunk)| chunk.run(bodies, x, of(k)));
            }
            for (k, chunk) in chunks.iter().enumerate() {
                if !chunk.commit(bodies, rows, x, y, of(k), &mut self.one_by_one) {
                    return false;
                }
            }
        }
        true
    }
}

impl<T: Replay> Chunk<T> {
    fn new(bodies: usize) -> Self {
        Self {
            workspaces: (0..bodies).map(|_| Workspace::new()).collect(),
            bodies: Vec::new(),
            rows: Vec::new(),
            left_over: Vec::new(),
        }
    }

    /// Runs the rows of the chunk in lanes.
    fn run(&mut self, bodies: &[LanesOfBody<T>], x: &[T], range: core::ops::Range<usize>) {
        let chunk = (range.start, range.len());
        self.bodies.clear();
        self.bodies.resize(range.len(), NONE);
        self.rows.clear();
        self.rows.extend(range.start as u32..range.end as u32);
        self.left_over.clear();
        for (number, (body, workspace)) in bodies.iter().zip(&mut self.workspaces).enumerate() {
            let LanesOfBody { program, numbers } = body;
            let lanes = chunks::lanes::<T>(program, chunk.1);
            workspace.begin(program, lanes, chunk.1);
            if self.rows.is_empty() || !numbers[0].holds[0] {
                continue;
            }
            let prepared = Prepared { program, numbers, lanes };
            self.rows.iter().for_each(|&row| self.bodies[row as usize - chunk.0] = number as u32);
            prepared.run(x, &self.rows, chunk, workspace);
            self.rows.clear();
            if program.decides {
                self.rows.append(&mut workspace.otherwise);
                self.left_over.append(&mut workspace.astray);
                let again = core::mem::take(&mut workspace.again);
                prepared.run(x, &again, chunk, workspace);
                self.left_over.append(&mut workspace.again);
                self.left_over.append(&mut workspace.otherwise);
                self.left_over.append(&mut workspace.astray);
                workspace.again = again;
            }
        }
        for &row in self.rows.iter().chain(&self.left_over) {
            self.bodies[row as usize - chunk.0] = NONE;
        }
    }

    /// Adds the chunk to the results; whether all decisions were among those recorded.
    fn commit(
        &self,
        bodies: &[LanesOfBody<T>],
        rows: &RowMap,
        x: &[T],
        y: &mut [T],
        range: core::ops::Range<usize>,
        one_by_one: &mut Option<interpret::Prepared<T>>,
    ) -> bool {
        for (body, workspace) in bodies.iter().zip(&self.workspaces) {
            for (&result, &sum) in body.program.sums.iter().zip(&workspace.sums) {
                if result != NONE {
                    y[result as usize] += sum;
                }
            }
        }
        if let ([body], [workspace], true) =
            (bodies, &self.workspaces[..], self.rows.is_empty() && self.left_over.is_empty())
        {
            let outputs = workspace.outputs.chunks_exact(range.len());
            for (place, outputs) in body.program.outputs.iter().zip(outputs) {
                place.add(range.start, outputs, y);
            }
            return true;
        }
        for (r, &number) in range.clone().zip(&self.bodies) {
            if number == NONE {
                let prepared = one_by_one.get_or_insert_with(|| interpret::prepare(rows));
                if !interpret::row(rows, prepared, r, x, y) {
                    return false;
                }
                continue;
            }
            let program = &bodies[number as usize].program;
            let outputs = self.workspaces[number as usize].outputs.chunks_exact(range.len());
            for (place, outputs) in program.outputs.iter().zip(outputs) {
                y[place.result(r)] += outputs[r - range.start];
            }
        }
        true
    }
}

/// The results of all rows.
pub(super) fn evaluate<T: Replay>(rows: &RowMap, x: &[T], y: &mut [T], memory: &mut Memory) {
    if rows.count < FEWEST_ROWS {
        return interpret::evaluate(rows, x, y, memory);
    }
    y.fill(T::from(0.0));
    let lanes: &mut Lanes<T> = memory.get_or_insert_with(|| Lanes::new(rows));
    let decided = lanes.evaluate(rows, x, y);
    memory.decided(decided);
    if !decided {
        y.fill(T::from(f64::NAN));
    }
}

#[cfg(test)]
mod tests;
