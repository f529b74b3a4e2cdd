//! A recurrence as a block.

use std::sync::Arc;

use super::replay::Prepared;
use crate::Var;
use crate::graph::Graph;
use crate::graph::block::{At, BlockPattern, Evaluate, Form, Memory, Replay, call};
use crate::graph::nested::nested_pullback;
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
    /// How many values of nodes may be kept instead.
    pub(crate) kept_values: usize,
}

impl Recurrence {
    /// The number of numbers of a state.
    pub(super) fn width(&self) -> usize {
        self.initial.len()
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
            kept_values: self.kept_values,
        }
    }
}

impl Evaluate for Recurrence {
    fn name(&self) -> &str {
        "scan"
    }

    fn form(&self) -> Form<'_> {
        Form::Recurrence(self)
    }

    fn results(&self, _: usize) -> usize {
        self.results
    }

    fn decides(&self) -> bool {
        self.bodies.iter().any(|body| body.graph.decides())
    }

    fn pattern(&self, operands: usize) -> BlockPattern<'_> {
        self.block_pattern(operands)
    }

    fn evaluate<T: Replay>(&self, x: &[T], y: &mut [T], memory: &mut Memory) {
        let sweep_follows = memory.sweep_follows();
        let prepared: &mut Prepared<T> = memory.get_or_insert_with(|| self.prepare());
        let width = self.width();
        y.fill(T::from(0.0));
        let decided = self.forward(prepared, x, sweep_follows, |r, outputs| {
            for (place, &output) in self.places.iter().zip(&outputs[width..]) {
                y[place.result(r)] += output;
            }
        });
        y[..width].copy_from_slice(self.state(prepared));
        memory.decided(decided);
        if !decided {
            y.fill(T::from(f64::NAN));
        }
    }

    fn pull_back<T: Replay>(&self, at: At<'_, T>, gx: &mut [T], memory: &mut Memory) {
        let prepared: &mut Prepared<T> = memory.get_or_insert_with(|| self.prepare());
        self.backward(prepared, at, gx);
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
