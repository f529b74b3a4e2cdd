//! A recurrence as a block.

use std::sync::Arc;

use calculus_core::Real;

use super::checkpoints;
use crate::Var;
use crate::graph::Graph;
use crate::graph::block::{At, Evaluate, Memory, Replay, call};
use crate::graph::engine::Engine;
use crate::graph::nested::nested_pullback;
use crate::graph::program::Workspace;
use crate::graph::rows::{Body, Column, Cotangents, Place};

/// A state that a body carries from step to step.
///
/// The inputs of the body are shared operands, the state, and one number for each column, where row
/// `r` is read by step `r` or, in reverse, by the step before the last `r`. Its outputs are the next
/// state and then one number for each place. The first results of the call are the last state.
#[derive(Clone, Debug)]
pub(crate) struct Recurrence {
    /// As of [`RowMap`](crate::graph::rows::RowMap).
    pub(crate) bodies: Vec<Body>,
    pub(crate) steps: usize,
    /// Whether the steps go through the rows from the last to the first.
    pub(crate) reversed: bool,
    pub(crate) shared: Vec<usize>,
    /// The operands that are the first state.
    pub(crate) initial: Vec<usize>,
    pub(crate) columns: Vec<Column>,
    pub(crate) places: Vec<Place>,
    /// The number of results.
    pub(crate) results: usize,
    /// How many states may be kept for the reverse sweep.
    pub(crate) checkpoints: usize,
}

/// What a workspace keeps for a recurrence.
struct Prepared<T> {
    bodies: Vec<(Engine, Workspace<T>)>,
    /// Stored states, one after another: those of the whole trajectory, or checkpoints.
    states: Vec<T>,
    state: Vec<T>,
    adjoint: Vec<T>,
    /// The adjoints of the shared operands, added up over the steps.
    shared: Vec<T>,
}

impl Recurrence {
    fn width(&self) -> usize {
        self.initial.len()
    }

    /// The row that step `k` reads.
    fn row(&self, k: usize) -> usize {
        if self.reversed { self.steps - 1 - k } else { k }
    }

    /// Whether the states of all steps are kept.
    fn keeps_all(&self) -> bool {
        self.steps <= self.checkpoints
    }

    fn prepare<T: Real>(&self) -> Prepared<T> {
        let prepare = |body: &Body| {
            let graph = body.graph.clone();
            let decides = graph.decides();
            let engine = if decides { Engine::of_single_nodes(graph) } else { Engine::new(graph) };
            let workspace = engine.workspace();
            (engine, workspace)
        };
        let zeros = |n| vec![T::from(0.0); n];
        Prepared {
            bodies: self.bodies.iter().map(prepare).collect(),
            states: Vec::new(),
            state: zeros(self.width()),
            adjoint: zeros(self.width()),
            shared: zeros(self.shared.len()),
        }
    }

    /// Makes the shared operands inputs of the bodies, for all steps.
    fn share<T: Real>(&self, prepared: &mut Prepared<T>, x: &[T]) {
        for (engine, workspace) in &mut prepared.bodies {
            for (input, &operand) in engine.inputs_mut(workspace).iter_mut().zip(&self.shared) {
                *input = x[operand];
            }
        }
    }

    /// Evaluates step `k` from `state`, and tells the body that it was evaluated by.
    fn step<T: Real>(
        &self,
        bodies: &mut [(Engine, Workspace<T>)],
        k: usize,
        x: &[T],
        state: &[T],
    ) -> Option<usize> {
        let r = self.row(k);
        bodies.iter_mut().position(|(engine, workspace)| {
            let inputs = &mut engine.inputs_mut(workspace)[self.shared.len()..];
            let (before, row) = inputs.split_at_mut(state.len());
            before.copy_from_slice(state);
            for (input, column) in row.iter_mut().zip(&self.columns) {
                *input = column.read(r, x);
            }
            engine.replay(workspace);
            engine.guards_hold(workspace)
        })
    }

    /// Goes from the state in `prepared` over the steps `from..to`.
    fn advance<T: Real>(
        &self,
        prepared: &mut Prepared<T>,
        from: usize,
        to: usize,
        x: &[T],
        mut each: impl FnMut(usize, &Engine, &Workspace<T>),
    ) -> bool {
        for k in from..to {
            if self.keeps_all() {
                prepared.states.extend_from_slice(&prepared.state);
            }
            let Some(body) = self.step(&mut prepared.bodies, k, x, &prepared.state) else {
                return false;
            };
            let (engine, workspace) = &prepared.bodies[body];
            each(self.row(k), engine, workspace);
            for (i, state) in prepared.state.iter_mut().enumerate() {
                *state = engine.output(workspace, i);
            }
        }
        true
    }

    /// Sweeps back over step `k`, which starts from `state`, from the adjoint of the state after it
    /// to that of the state before it.
    fn sweep<T: Real>(
        &self,
        prepared: &mut Prepared<T>,
        k: usize,
        state: usize,
        At { x, g, .. }: At<'_, T>,
        gx: &mut [T],
    ) {
        let Prepared { bodies, states, adjoint, shared, .. } = prepared;
        let state = &states[state..][..self.width()];
        let Some(body) = self.step(bodies, k, x, state) else {
            gx.fill(T::from(f64::NAN));
            return;
        };
        let (engine, workspace) = &mut bodies[body];
        let r = self.row(k);
        let places = self.places.iter().map(|place| g[place.result(r)]);
        engine.reverse(adjoint.iter().copied().chain(places), workspace);
        let (of_shared, rest) = engine.input_adjoints(workspace).split_at(shared.len());
        let (of_state, of_columns) = rest.split_at(adjoint.len());
        shared.iter_mut().zip(of_shared).for_each(|(sum, &g)| *sum += g);
        adjoint.copy_from_slice(of_state);
        for (column, &g) in self.columns.iter().zip(of_columns) {
            if let Some(operand) = column.operand(r) {
                gx[operand] += g;
            }
        }
    }

    /// Sweeps back over the steps `from..to` (the first two of `steps`) with as many free places for
    /// states as the third; the state before the first of them is the last that is stored.
    fn sweep_checkpointed<T: Real>(
        &self,
        prepared: &mut Prepared<T>,
        steps: (usize, usize, usize),
        at: At<'_, T>,
        gx: &mut [T],
    ) {
        let (from, mut to, free) = steps;
        let stored = prepared.states.len() - self.width();
        while to - from > 1 {
            let first =
                if free > 0 { checkpoints::advance(to - from, free) } else { to - from - 1 };
            let middle = from + first;
            prepared.state.copy_from_slice(&prepared.states[stored..]);
            self.advance(prepared, from, middle, at.x, |_, _, _| {});
            prepared.states.extend_from_slice(&prepared.state);
            self.sweep_checkpointed(prepared, (middle, to, free.saturating_sub(1)), at, gx);
            prepared.states.truncate(stored + self.width());
            to = middle;
        }
        self.sweep(prepared, from, stored, at, gx);
    }

    /// The recurrence that records the state before each step as results of its own, in the order of
    /// rows, and nothing else.
    fn trajectory(&self) -> Recurrence {
        let (shared, width) = (self.shared.len(), self.width());
        let bodies = self.bodies.iter().map(|body| {
            let mut graph = body.graph.clone();
            graph.outputs.truncate(width);
            graph.outputs.extend(
                (shared..shared + width).map(|i| crate::graph::node::Operand::node(i as u32)),
            );
            Body { graph: graph.simplified(), point: body.point.clone() }
        });
        let places = (width..2 * width).map(|start| Place::Stride { start, stride: width });
        Recurrence {
            bodies: bodies.collect(),
            places: places.collect(),
            results: width * (1 + self.steps),
            ..self.clone()
        }
    }

    /// The recurrence of the adjoints: its operands are those of this one, the cotangents of the
    /// results, and the states before each step in the order of rows.
    fn adjoint(&self, operands: usize) -> Recurrence {
        let (shared, width, columns) = (self.shared.len(), self.width(), self.columns.len());
        let states_at = operands + self.results;
        let mut new_shared = self.shared.clone();
        let mut new_columns: Vec<Column> = (states_at..states_at + width)
            .map(|start| Column::Stride { start, stride: width })
            .collect();
        new_columns.extend(self.columns.iter().cloned());
        let cotangents = Cotangents { places: &self.places };
        cotangents.read_from(operands, &mut new_shared, &mut new_columns);
        let sums = cotangents.sums();

        // Results: the adjoint of the first state, then those of all operands.
        let mut places: Vec<Place> = self.shared.iter().map(|&i| Place::Sum(width + i)).collect();
        let mut kept: Vec<usize> = (0..shared).collect();
        for (c, column) in self.columns.iter().enumerate() {
            if let Some(place) = column.place(width) {
                places.push(place);
                kept.push(shared + width + c);
            }
        }
        let bodies = self.bodies.iter().map(|body| {
            let (shared_point, rest) = body.point.split_at(shared);
            let (state_point, column_point) = rest.split_at(width);
            let ones = |n: usize| vec![1.0; n];
            let point = [
                shared_point,
                &ones(sums),
                &ones(width),
                state_point,
                column_point,
                &ones(self.places.len() - sums),
            ]
            .concat();
            let adjoints = |v: &[Var]| {
                let (shared_x, rest) = v.split_at(shared);
                let (sum_g, rest) = rest.split_at(sums);
                let (state_g, rest) = rest.split_at(width);
                let (state_x, rest) = rest.split_at(width);
                let (column_x, row_g) = rest.split_at(columns);
                let mut g = state_g.to_vec();
                g.extend(cotangents.in_order(sum_g, row_g));
                let x = [shared_x, state_x, column_x].concat();
                let (_, adjoints) = nested_pullback(|x| body.graph.inlined(x), &x, &g);
                let state = adjoints[shared..shared + width].iter().copied();
                state.chain(kept.iter().map(|&i| adjoints[i])).collect::<Vec<_>>()
            };
            Body { graph: Graph::record(adjoints, &point).simplified(), point }
        });
        Recurrence {
            bodies: bodies.collect(),
            steps: self.steps,
            reversed: !self.reversed,
            shared: new_shared,
            initial: (operands..operands + width).collect(),
            columns: new_columns,
            places,
            results: width + operands,
            checkpoints: self.checkpoints,
        }
    }
}

impl Evaluate for Recurrence {
    fn name(&self) -> &str {
        "scan"
    }

    fn results(&self, _: usize) -> usize {
        self.results
    }

    fn decides(&self) -> bool {
        self.bodies.iter().any(|body| body.graph.decides())
    }

    fn evaluate<T: Replay>(&self, x: &[T], y: &mut [T], memory: &mut Memory) {
        let prepared: &mut Prepared<T> = memory.get_or_insert_with(|| self.prepare());
        let width = self.width();
        prepared.states.clear();
        for (state, &operand) in prepared.state.iter_mut().zip(&self.initial) {
            *state = x[operand];
        }
        y.fill(T::from(0.0));
        self.share(prepared, x);
        let decided = self.advance(prepared, 0, self.steps, x, |r, engine, workspace| {
            for (k, place) in self.places.iter().enumerate() {
                y[place.result(r)] += engine.output(workspace, width + k);
            }
        });
        y[..width].copy_from_slice(&prepared.state);
        memory.decided(decided);
        if !decided {
            y.fill(T::from(f64::NAN));
        }
    }

    fn pull_back<T: Replay>(&self, at: At<'_, T>, gx: &mut [T], memory: &mut Memory) {
        let prepared: &mut Prepared<T> = memory.get_or_insert_with(|| self.prepare());
        let width = self.width();
        gx.fill(T::from(0.0));
        prepared.adjoint.copy_from_slice(&at.g[..width]);
        prepared.shared.fill(T::from(0.0));
        self.share(prepared, at.x);
        if self.keeps_all() && prepared.states.len() < self.steps * width {
            // The evaluation met a step that decides as none that was recorded.
            gx.fill(T::from(f64::NAN));
            return;
        }
        if self.keeps_all() {
            for k in (0..self.steps).rev() {
                self.sweep(prepared, k, k * width, at, gx);
            }
        } else {
            prepared.states.clear();
            prepared.states.extend(self.initial.iter().map(|&operand| at.x[operand]));
            self.sweep_checkpointed(prepared, (0, self.steps, self.checkpoints), at, gx);
        }
        let adjoints = prepared.adjoint.iter().chain(&prepared.shared);
        for (&operand, &g) in self.initial.iter().chain(&self.shared).zip(adjoints) {
            gx[operand] += g;
        }
    }

    fn record_pullback(&self, At { x, g, .. }: At<'_, Var>, _: &[bool]) -> Vec<Var> {
        let width = self.width();
        let states = call(Arc::new(self.trajectory()), x);
        let operands = [x, g, &states[width..]].concat();
        let results = call(Arc::new(self.adjoint(x.len())), &operands);
        let (first, adjoints) = results.split_at(width);
        let mut adjoints = adjoints.to_vec();
        for (&operand, &g) in self.initial.iter().zip(first) {
            adjoints[operand] += g;
        }
        adjoints
    }
}
