//! What a user writes: the columns of a table, and what is done for each row.

use std::sync::Arc;

use super::map::{Body, Column, Place, RowMap};
use crate::graph::block::call;
use crate::graph::program::{Program, Workspace};
use crate::graph::record::{Captures, record_body};
use crate::{Graph, Outputs, Var};

/// The rows that [`sum_over`] and [`map_over`] go through: what differs from row to row.
///
/// A row is a vector of numbers from several sources, in the order in which they were added:
/// constants ([`data`](Rows::data)), consecutive variables ([`variables`](Rows::variables)), and
/// variables that an index picks ([`gather`](Rows::gather)).
///
/// # Examples
/// A polynomial fitted to points $(t_r, y_r)$; the coefficients are captured from outside:
/// ```
/// use autodiff::{Rows, gradient, sum_over};
/// use calculus_core::Real;
/// let points = [0.0, 1.0, /**/ 1.0, 3.0, /**/ 2.0, 7.0];
/// let g = gradient(
///     |w| {
///         let rows = Rows::new(3).data(&points[..]);
///         sum_over(&rows, |row| (w[0] + w[1] * row[0] + w[2] * row[0] * row[0] - row[1]).powi(2))
///     },
///     &[1.0, 1.0, 0.0],
/// );
/// assert_eq!(g, [-10.0, -18.0, -34.0]);
/// ```
#[derive(Clone, Debug)]
pub struct Rows {
    count: usize,
    /// With operands counted from the first variable.
    columns: Vec<Column>,
    variables: Vec<Var>,
}

impl Rows {
    /// As many rows, without columns.
    pub fn new(count: usize) -> Self {
        Self { count, columns: Vec::new(), variables: Vec::new() }
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The number of entries per row of a table of `len` entries.
    #[track_caller]
    fn width(&self, len: usize) -> usize {
        let width = len.checked_div(self.count).unwrap_or(0);
        assert_eq!(
            width * self.count,
            len,
            "a table of {len} entries is not divided into {} rows",
            self.count
        );
        width
    }

    /// Adds constants: `values[r * w..][..w]` in row `r`, where the table `values` has `w` entries a
    /// row.
    ///
    /// The table is shared and not copied if it comes in an [`Arc`].
    ///
    /// # Panics
    /// If the number of values is not a multiple of the number of rows.
    #[track_caller]
    #[must_use]
    pub fn data(mut self, values: impl Into<Arc<[f64]>>) -> Self {
        let values = values.into();
        let stride = self.width(values.len());
        self.columns.extend((0..stride).map(|start| Column::Data {
            values: values.clone(),
            start,
            stride,
        }));
        self
    }

    /// Adds variables: `variables[r * w..][..w]` in row `r`.
    ///
    /// # Panics
    /// If the number of variables is not a multiple of the number of rows.
    #[track_caller]
    #[must_use]
    pub fn variables(mut self, variables: &[Var]) -> Self {
        let stride = self.width(variables.len());
        let first = self.variables.len();
        self.columns.extend((first..first + stride).map(|start| Column::Stride { start, stride }));
        self.variables.extend_from_slice(variables);
        self
    }

    /// Adds variables that an index picks: `variables[index[r] * width..][..width]` in row `r`.
    ///
    /// # Panics
    /// If there is not one index for each row, or one is out of range.
    #[track_caller]
    #[must_use]
    pub fn gather(mut self, variables: &[Var], width: usize, index: impl Into<Arc<[u32]>>) -> Self {
        let index = index.into();
        assert_eq!(index.len(), self.count, "an index for each of {} rows", self.count);
        let blocks = variables.len().checked_div(width).unwrap_or(usize::MAX);
        if let Some(row) = index.iter().position(|&i| i as usize >= blocks) {
            panic!("row {row} reads block {} of {blocks} blocks of {width} variables", index[row]);
        }
        let first = self.variables.len();
        self.columns.extend((first..first + width).map(|start| Column::Index {
            start,
            index: index.clone(),
            stride: width,
        }));
        self.variables.extend_from_slice(variables);
        self
    }

    /// The primal value of column `c` in row `r`.
    fn primal(&self, c: usize, r: usize) -> f64 {
        match &self.columns[c] {
            Column::Data { values, start, stride } => values[start + r * stride],
            column => {
                column.operand(r).map_or(f64::NAN, |operand| self.variables[operand].primal())
            }
        }
    }

    /// Records the body and calls it for all rows; `places` gets the number of its outputs and
    /// returns where they go, and the number of results.
    #[track_caller]
    fn record<O: Outputs<Var>>(
        &self,
        body: impl Fn(&[Var]) -> O,
        places: impl FnOnce(usize) -> (Vec<Place>, usize),
    ) -> Vec<Var> {
        let mut recorder = Recorder::default();
        let mut point = Vec::with_capacity(self.columns.len());
        for r in 0..self.count {
            point.clear();
            point.extend(self.primals(r));
            recorder.record(&body, &point);
            if !recorder.decides() {
                break;
            }
        }
        let Some(outputs) = recorder.outputs() else { return Vec::new() };
        let (places, results) = places(outputs);
        let (bodies, captured) = recorder.finish();
        let rows = RowMap {
            bodies,
            count: self.count,
            shared: (0..captured.len()).collect(),
            columns: self.columns_after(captured.len()),
            places,
            results,
            cotangents: Vec::new(),
        };
        call(Arc::new(rows), &[captured, self.variables.clone()].concat())
    }

    /// The columns where as many operands stand before the variables of the rows.
    pub(crate) fn columns_after(&self, operands: usize) -> Vec<Column> {
        self.columns.iter().map(|column| column.shifted(operands)).collect()
    }

    /// The variables that columns read.
    pub(crate) fn operands(&self) -> &[Var] {
        &self.variables
    }

    /// The primal values of row `r`.
    pub(crate) fn primals(&self, r: usize) -> impl Iterator<Item = f64> + '_ {
        (0..self.columns.len()).map(move |c| self.primal(c, r))
    }
}

/// A body that is being recorded, once for each way that decisions come out.
#[derive(Default)]
pub(crate) struct Recorder {
    captures: Captures,
    recorded: Vec<(Graph, Vec<f64>, Decisions)>,
}

impl Recorder {
    /// Records the body at a point, unless one that decides the same has been recorded; which one is
    /// for this point.
    #[track_caller]
    pub(crate) fn record<O: Outputs<Var>>(
        &mut self,
        body: impl Fn(&[Var]) -> O,
        point: &[f64],
    ) -> usize {
        let captures = &self.captures;
        let known =
            |(_, _, decisions): &mut (Graph, Vec<f64>, Decisions)| decisions.hold(point, captures);
        if let Some(known) = self.recorded.iter_mut().position(known) {
            return known;
        }
        let graph = record_body(body, point, &mut self.captures);
        let mut decisions = Decisions::of(&graph, &self.captures);
        decisions.hold(point, &self.captures);
        self.recorded.push((graph, point.to_vec(), decisions));
        self.recorded.len() - 1
    }

    /// Output `k` of body `known` where it was last looked at.
    pub(crate) fn output(&self, known: usize, k: usize) -> f64 {
        let (_, _, decisions) = &self.recorded[known];
        decisions.program.output(&decisions.workspace, k)
    }

    /// Whether anything has been decided.
    pub(crate) fn decides(&self) -> bool {
        self.recorded.iter().any(|(graph, ..)| graph.decides())
    }

    /// The number of outputs, once something has been recorded.
    pub(crate) fn outputs(&self) -> Option<usize> {
        self.recorded.first().map(|(graph, ..)| graph.outputs().len())
    }

    /// The bodies, whose first inputs are the captured variables, and these.
    pub(crate) fn finish(self) -> (Vec<Body>, Vec<Var>) {
        let captured = self.captures.variables;
        let bodies = self.recorded.into_iter().map(|(graph, row, _)| {
            let point = captured.iter().map(|variable| variable.primal()).chain(row).collect();
            Body { graph: graph.with_captures(captured.len()).simplified(), point }
        });
        (bodies.collect(), captured)
    }
}

/// The decisions of a recorded body, to be compared with those of other rows.
struct Decisions {
    program: Program,
    workspace: Workspace<f64>,
    /// The number of captured variables when it was recorded.
    captured: usize,
}

impl Decisions {
    fn of(graph: &Graph, captures: &Captures) -> Self {
        let captured = captures.variables.len();
        let program = Program::new(graph.clone().with_captures(captured));
        let workspace = program.workspace();
        Self { program, workspace, captured }
    }

    /// Whether the body would decide the same for a row.
    fn hold(&mut self, row: &[f64], captures: &Captures) -> bool {
        let captured = captures.variables[..self.captured].iter().map(|v| v.primal());
        self.program.forward(captured.chain(row.iter().copied()), &mut self.workspace);
        self.program.guards_hold(&self.workspace)
    }
}

/// $\sum_r f(\text{row}_r)$: what `body` returns, a scalar or a vector, added up over the rows.
///
/// The body is recorded once and evaluated for many rows at a time. Variables from outside that it
/// captures are parameters that all rows share. Decisions that come out differently for some rows
/// are recorded once for each way that occurs. Nested calls are fine.
///
/// Without rows the sum is empty: 0 for a scalar; a vector has no entries.
///
/// As in a loop, a row whose cotangent is 0 has no adjoint, also where its slope is infinite. In a
/// Hessian-vector product that holds for a cotangent that is 0 and does not move with the direction;
/// one that moves makes the product infinite there, and where the slope moves too it is NaN.
///
/// # Panics
/// As [`Graph::record`](crate::Graph::record).
///
/// # Examples
/// ```
/// use autodiff::{Rows, gradient, sum_over};
/// let g = gradient(|x| sum_over(&Rows::new(3).variables(x), |row| row[0] * row[0]), &[1.0, 2.0, 3.0]);
/// assert_eq!(g, [2.0, 4.0, 6.0]);
/// ```
#[track_caller]
pub fn sum_over<O: Outputs<Var>>(rows: &Rows, body: impl Fn(&[Var]) -> O) -> O {
    let results = rows.record(body, |outputs| ((0..outputs).map(Place::Sum).collect(), outputs));
    O::from_vec(results, Var::from(0.0))
}

/// $f(\text{row}_r)$ for all rows: what `body` returns, row after row.
///
/// The body is recorded as by [`sum_over`].
///
/// # Panics
/// As [`Graph::record`](crate::Graph::record).
///
/// # Examples
/// ```
/// use autodiff::{Rows, jacobian, map_over};
/// use calculus_core::Real;
/// let j = jacobian(|x| map_over(&Rows::new(2).variables(x), |row| row[0].powi(2)), &[1.0, 2.0]);
/// assert_eq!((j[(0, 0)], j[(0, 1)], j[(1, 1)]), (2.0, 0.0, 4.0));
/// ```
#[track_caller]
pub fn map_over<O: Outputs<Var>>(rows: &Rows, body: impl Fn(&[Var]) -> O) -> Vec<Var> {
    let count = rows.count;
    rows.record(body, |stride| {
        let places = (0..stride).map(|start| Place::Stride { start, stride });
        (places.collect(), count * stride)
    })
}
