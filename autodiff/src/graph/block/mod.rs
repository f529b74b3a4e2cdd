//! Blocks: operations with many operands and results that are one node of a graph each.
//!
//! A block is evaluated at `f64` and at duals, pulls cotangents back, and can record its pullback,
//! so that a graph with blocks has derivatives of every order.
//!
//! Values and adjoints of a workspace are arrays in the order of recording. Results of a block are
//! written there in place. Operands that follow one another there are passed as a slice, without a
//! copy, and their adjoints are stored in place if the reverse sweep meets them for the first time;
//! other operands are copied, and their adjoints added ([`Operands`]).

mod call;
#[cfg(feature = "testing")]
mod check;
mod form;
mod implicit;
mod lanes;
pub mod matrix;
mod memory;
mod operands;
mod pattern;
mod primitive;
pub mod vector;

use core::fmt;

use calculus_core::Real;

#[cfg(feature = "testing")]
pub use check::check_primitive;
pub use implicit::{implicit_minimum, implicit_root};
pub use primitive::{Primitive, apply_primitive};

pub(crate) use call::{Call, call};
pub(crate) use form::{Form, built_in};
pub(crate) use memory::{CallMemory, Memory};
pub(crate) use operands::{Operands, PlacedCall};
pub(crate) use pattern::BlockPattern;

use super::program::{Program, Workspace};
use super::{Graph, Var};
use crate::Dual;

/// The number of tangents of the wider duals that second derivatives are swept with.
pub(crate) const CHUNK: usize = 8;

/// A number that blocks are evaluated at: a value and its tangents.
pub(crate) trait Replay: Real + Send + Sync {
    /// The number of tangents.
    const TANGENTS: usize;

    /// The value without tangents.
    fn primal(self) -> f64;

    /// Tangent `k`.
    fn direction(self, k: usize) -> f64;

    /// The number with the given value and tangents.
    fn with_directions(value: f64, tangent: impl Fn(usize) -> f64) -> Self;

    /// Calls [`Block::evaluate_f64`] or the one of its kind for this number.
    fn evaluate(block: &dyn Block, x: &[Self], y: &mut [Self], memory: &mut Memory);

    /// Calls [`Block::evaluate_lanes_f64`] or the one of its kind for this number.
    fn evaluate_lanes(
        block: &dyn Block,
        x: &[Self],
        y: &mut [Self],
        lanes: usize,
        memory: &mut Memory,
    );

    /// Calls [`Block::pull_back_f64`] or the one of its kind for this number.
    fn pull_back(block: &dyn Block, at: At<'_, Self>, gx: &mut [Self], memory: &mut Memory);
}

/// Where a block is pulled back: operands, results, and the cotangents of the results.
#[derive(Clone, Copy)]
pub(crate) struct At<'a, T> {
    pub(crate) x: &'a [T],
    pub(crate) y: &'a [T],
    pub(crate) g: &'a [T],
}

/// A block, as one implements it: [`Block`] follows.
pub(crate) trait Evaluate: fmt::Debug + Send + Sync + 'static {
    /// The name that graphs are printed with.
    fn name(&self) -> &str;

    /// The number of results for as many operands.
    fn results(&self, operands: usize) -> usize;

    /// Whether evaluating it takes decisions, which may come out otherwise at other operands.
    fn decides(&self) -> bool {
        false
    }

    /// What it is to be written and emitted as.
    ///
    /// By default code that is not in the graph.
    fn form(&self) -> Form<'_> {
        Form::UserCode
    }

    /// Where the derivatives by as many operands may be other than zero.
    ///
    /// By default everywhere.
    fn pattern(&self, _operands: usize) -> BlockPattern<'_> {
        BlockPattern::dense()
    }

    /// The results at `x`, written to `y`.
    fn evaluate<T: Replay>(&self, x: &[T], y: &mut [T], memory: &mut Memory);

    /// The results for several rows at once: operand `i` of row `l` is `x[i * lanes + l]`, and so are
    /// the results in `y`.
    ///
    /// By default row by row.
    fn evaluate_lanes<T: Replay>(&self, x: &[T], y: &mut [T], lanes: usize, memory: &mut Memory) {
        lanes::one_after_another(self, x, y, lanes, memory);
    }

    /// The adjoints of the operands, $J^\top g$, written to `gx`; the last evaluation with this memory
    /// was at the same operands.
    ///
    /// By default from the recorded pullback.
    fn pull_back<T: Replay>(&self, at: At<'_, T>, gx: &mut [T], memory: &mut Memory) {
        recorded_pull_back(self, at, gx, memory);
    }

    /// Records the adjoints of the operands into the recording under way, as ordinary operations
    /// and calls; those that are not `wanted` may be anything.
    fn record_pullback(&self, at: At<'_, Var>, wanted: &[bool]) -> Vec<Var>;
}

/// Evaluates the pullback that a block records, with a graph recorded at first use.
fn recorded_pull_back<B: Evaluate + ?Sized, T: Replay>(
    block: &B,
    At { x, y, g }: At<'_, T>,
    gx: &mut [T],
    memory: &mut Memory,
) {
    let (operands, results) = (x.len(), y.len());
    let record = || {
        let point: Vec<f64> = x.iter().chain(y).chain(g).map(|v| v.primal()).collect();
        let graph = Graph::record(
            |v| {
                let (x, rest) = v.split_at(operands);
                let (y, g) = rest.split_at(results);
                block.record_pullback(At { x, y, g }, &vec![true; operands])
            },
            &point,
        );
        let program = Program::new(graph.simplified());
        let workspace: Workspace<T> = program.workspace();
        (program, workspace)
    };
    let kept = memory.get_or_insert_with(record);
    let replay = |(program, workspace): &mut (Program, Workspace<T>)| {
        program.forward(x.iter().chain(y).chain(g).copied(), workspace);
        program.guards_hold(workspace)
    };
    if !replay(kept) {
        *kept = record();
        replay(kept);
    }
    let (program, workspace) = kept;
    for (k, gx) in gx.iter_mut().enumerate() {
        *gx = program.output(workspace, k);
    }
}

/// A block as a graph holds it.
pub(crate) trait Block: fmt::Debug + Send + Sync {
    /// As [`Evaluate::name`].
    fn name(&self) -> &str;
    /// As [`Evaluate::results`].
    fn results(&self, operands: usize) -> usize;
    /// As [`Evaluate::decides`].
    fn decides(&self) -> bool;
    /// As [`Evaluate::form`].
    fn form(&self) -> Form<'_>;
    /// As [`Evaluate::pattern`].
    fn pattern(&self, operands: usize) -> BlockPattern<'_>;
    /// The block itself, to be recognised by its type.
    fn as_any(&self) -> &dyn core::any::Any;
    /// As [`Evaluate::record_pullback`].
    fn record_pullback(&self, at: At<'_, Var>, wanted: &[bool]) -> Vec<Var>;
    /// As [`Evaluate::evaluate`].
    fn evaluate_f64(&self, x: &[f64], y: &mut [f64], memory: &mut Memory);
    /// As [`Evaluate::evaluate`].
    fn evaluate_dual(&self, x: &[Dual<f64>], y: &mut [Dual<f64>], memory: &mut Memory);
    /// As [`Evaluate::evaluate`].
    fn evaluate_chunk(
        &self,
        x: &[Dual<f64, CHUNK>],
        y: &mut [Dual<f64, CHUNK>],
        memory: &mut Memory,
    );
    /// As [`Evaluate::evaluate_lanes`].
    fn evaluate_lanes_f64(&self, x: &[f64], y: &mut [f64], lanes: usize, memory: &mut Memory);
    /// As [`Evaluate::evaluate_lanes`].
    fn evaluate_lanes_dual(
        &self,
        x: &[Dual<f64>],
        y: &mut [Dual<f64>],
        lanes: usize,
        memory: &mut Memory,
    );
    /// As [`Evaluate::evaluate_lanes`].
    fn evaluate_lanes_chunk(
        &self,
        x: &[Dual<f64, CHUNK>],
        y: &mut [Dual<f64, CHUNK>],
        lanes: usize,
        memory: &mut Memory,
    );
    /// As [`Evaluate::pull_back`].
    fn pull_back_f64(&self, at: At<'_, f64>, gx: &mut [f64], memory: &mut Memory);
    /// As [`Evaluate::pull_back`].
    fn pull_back_dual(&self, at: At<'_, Dual<f64>>, gx: &mut [Dual<f64>], memory: &mut Memory);
    /// As [`Evaluate::pull_back`].
    fn pull_back_chunk(
        &self,
        at: At<'_, Dual<f64, CHUNK>>,
        gx: &mut [Dual<f64, CHUNK>],
        memory: &mut Memory,
    );
}

impl<B: Evaluate> Block for B {
    fn name(&self) -> &str {
        Evaluate::name(self)
    }
    fn results(&self, operands: usize) -> usize {
        Evaluate::results(self, operands)
    }
    fn decides(&self) -> bool {
        Evaluate::decides(self)
    }
    fn form(&self) -> Form<'_> {
        Evaluate::form(self)
    }
    fn pattern(&self, operands: usize) -> BlockPattern<'_> {
        Evaluate::pattern(self, operands)
    }
    fn as_any(&self) -> &dyn core::any::Any {
        self
    }
    fn record_pullback(&self, at: At<'_, Var>, wanted: &[bool]) -> Vec<Var> {
        Evaluate::record_pullback(self, at, wanted)
    }
    fn evaluate_f64(&self, x: &[f64], y: &mut [f64], memory: &mut Memory) {
        self.evaluate(x, y, memory);
    }
    fn evaluate_dual(&self, x: &[Dual<f64>], y: &mut [Dual<f64>], memory: &mut Memory) {
        self.evaluate(x, y, memory);
    }
    fn evaluate_chunk(
        &self,
        x: &[Dual<f64, CHUNK>],
        y: &mut [Dual<f64, CHUNK>],
        memory: &mut Memory,
    ) {
        self.evaluate(x, y, memory);
    }
    fn evaluate_lanes_f64(&self, x: &[f64], y: &mut [f64], lanes: usize, memory: &mut Memory) {
        self.evaluate_lanes(x, y, lanes, memory);
    }
    fn evaluate_lanes_dual(
        &self,
        x: &[Dual<f64>],
        y: &mut [Dual<f64>],
        lanes: usize,
        memory: &mut Memory,
    ) {
        self.evaluate_lanes(x, y, lanes, memory);
    }
    fn evaluate_lanes_chunk(
        &self,
        x: &[Dual<f64, CHUNK>],
        y: &mut [Dual<f64, CHUNK>],
        lanes: usize,
        memory: &mut Memory,
    ) {
        self.evaluate_lanes(x, y, lanes, memory);
    }
    fn pull_back_f64(&self, at: At<'_, f64>, gx: &mut [f64], memory: &mut Memory) {
        self.pull_back(at, gx, memory);
    }
    fn pull_back_dual(&self, at: At<'_, Dual<f64>>, gx: &mut [Dual<f64>], memory: &mut Memory) {
        self.pull_back(at, gx, memory);
    }
    fn pull_back_chunk(
        &self,
        at: At<'_, Dual<f64, CHUNK>>,
        gx: &mut [Dual<f64, CHUNK>],
        memory: &mut Memory,
    ) {
        self.pull_back(at, gx, memory);
    }
}

impl Replay for f64 {
    const TANGENTS: usize = 0;
    #[inline(always)]
    fn primal(self) -> f64 {
        self
    }
    fn direction(self, _: usize) -> f64 {
        0.0
    }
    fn with_directions(value: f64, _: impl Fn(usize) -> f64) -> Self {
        value
    }
    fn evaluate(block: &dyn Block, x: &[Self], y: &mut [Self], memory: &mut Memory) {
        block.evaluate_f64(x, y, memory);
    }
    fn evaluate_lanes(
        block: &dyn Block,
        x: &[Self],
        y: &mut [Self],
        lanes: usize,
        memory: &mut Memory,
    ) {
        block.evaluate_lanes_f64(x, y, lanes, memory);
    }
    fn pull_back(block: &dyn Block, at: At<'_, Self>, gx: &mut [Self], memory: &mut Memory) {
        block.pull_back_f64(at, gx, memory);
    }
}

macro_rules! replay_dual {
    ($width:literal, $evaluate:ident, $evaluate_lanes:ident, $pull_back:ident) => {
        impl Replay for Dual<f64, $width> {
            const TANGENTS: usize = $width;
            #[inline(always)]
            fn primal(self) -> f64 {
                Dual::primal(self)
            }
            fn direction(self, k: usize) -> f64 {
                self.tangent()[k]
            }
            fn with_directions(value: f64, tangent: impl Fn(usize) -> f64) -> Self {
                Dual::new(value, core::array::from_fn(tangent))
            }
            fn evaluate(block: &dyn Block, x: &[Self], y: &mut [Self], memory: &mut Memory) {
                block.$evaluate(x, y, memory);
            }
            fn evaluate_lanes(
                block: &dyn Block,
                x: &[Self],
                y: &mut [Self],
                lanes: usize,
                memory: &mut Memory,
            ) {
                block.$evaluate_lanes(x, y, lanes, memory);
            }
            fn pull_back(
                block: &dyn Block,
                at: At<'_, Self>,
                gx: &mut [Self],
                memory: &mut Memory,
            ) {
                block.$pull_back(at, gx, memory);
            }
        }
    };
}
replay_dual!(1, evaluate_dual, evaluate_lanes_dual, pull_back_dual);
replay_dual!(8, evaluate_chunk, evaluate_lanes_chunk, pull_back_chunk);
