//! A recorded function at many points at a time.

use super::block::{Evaluate, Memory};
use super::function::Function;
use super::node::Graph;
use super::record::Outputs;
use super::rows::{Body, Column, Place, RowMap};
use super::var::Var;
use crate::gradient;

/// With more ways than this that decisions come out, points are evaluated one at a time.
const MOST_BODIES: usize = 64;

/// A function as rows: the points are the rows.
#[derive(Clone, Debug)]
pub(super) struct Points {
    rows: RowMap,
    memory: Memory,
    results: Vec<f64>,
}

impl Points {
    fn new(body: Body) -> Self {
        let (inputs, outputs) = (body.graph.inputs(), body.graph.outputs().len());
        let rows = RowMap {
            bodies: vec![body],
            count: 0,
            shared: Vec::new(),
            columns: (0..inputs).map(|start| Column::Stride { start, stride: inputs }).collect(),
            places: (0..outputs).map(|start| Place::Stride { start, stride: outputs }).collect(),
            results: 0,
            cotangents: Vec::new(),
        };
        Self { rows, memory: Memory::default(), results: Vec::new() }
    }

    /// Evaluates all points; `record` makes the body for a point whose decisions none of the others
    /// has. `None` if there are too many of those.
    fn evaluate(&mut self, points: &[f64], record: impl Fn(&[f64]) -> Body) -> Option<&[f64]> {
        let inputs = self.rows.columns.len();
        let count = points.len() / inputs;
        self.rows.count = count;
        self.rows.results = count * self.rows.places.len();
        self.results.resize(self.rows.results, 0.0);
        self.rows.evaluate(points, &mut self.results, &mut self.memory);
        while !self.memory.is_decided() {
            let known = self.rows.bodies.len();
            let mut first = 0;
            while let Some(r) = self.rows.undecided_row(points, first) {
                if self.rows.bodies.len() == MOST_BODIES {
                    return None;
                }
                self.rows.bodies.push(record(&points[r * inputs..][..inputs]));
                // The rows before it decide as bodies that are there already.
                first = r + 1;
            }
            if self.rows.bodies.len() == known {
                return None;
            }
            self.memory = Memory::default();
            self.rows.evaluate(points, &mut self.results, &mut self.memory);
        }
        Some(&self.results)
    }
}

impl<F, O> Function<F>
where
    F: Fn(&[Var]) -> O,
    O: Outputs<Var>,
{
    /// The number of points in a table of their coordinates.
    #[track_caller]
    fn count(&self, points: &[f64]) -> usize {
        let n = self.inputs();
        assert!(n > 0, "points have coordinates");
        assert_eq!(points.len() % n, 0, "points have {n} coordinates each");
        points.len() / n
    }

    /// All outputs at many points: `values[r * m..][..m]` are the `m` outputs at the point
    /// `points[r * n..][..n]`.
    ///
    /// The points are evaluated in blocks, in the vector instructions of the processor and on the
    /// threads of the current `rayon` pool; the values do not depend on the number of threads, and
    /// are those of single points up to rounding. Points that decide differently are recorded apart.
    /// A function whose loops are replayed as vectors already is evaluated point by point.
    ///
    /// # Panics
    /// If `points` is not a table of `n` columns, the function has no input, or `values` has not `m`
    /// entries for each point.
    ///
    /// # Examples
    /// ```
    /// use autodiff::Function;
    /// let mut product = Function::new(|x: &[autodiff::Var]| x[0] * x[1], &[1.0, 1.0]);
    /// let mut values = [0.0; 3];
    /// product.evaluate_many(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], &mut values);
    /// assert_eq!(values, [2.0, 12.0, 30.0]);
    /// ```
    #[track_caller]
    pub fn evaluate_many(&mut self, points: &[f64], values: &mut [f64]) {
        let m = self.outputs();
        let count = self.count(points);
        assert_eq!(values.len(), count * m, "{m} outputs for each of {count} points");
        if self.engine.is_grouped() {
            return self.values_one_by_one(points, values);
        }
        let mut many = self.many.0.take().unwrap_or_else(|| {
            Points::new(Body { graph: self.graph().simplified(), point: self.point().to_vec() })
        });
        let body = |x: &[f64]| Body { graph: self.recorded_at(x).simplified(), point: x.to_vec() };
        match many.evaluate(points, body) {
            Some(results) => values.copy_from_slice(results),
            None => self.values_one_by_one(points, values),
        }
        self.many.0 = Some(many);
    }

    fn values_one_by_one(&mut self, points: &[f64], values: &mut [f64]) {
        let (n, m) = (self.inputs(), self.outputs());
        self.workspace.in_any_order = true;
        for (x, y) in points.chunks_exact(n).zip(values.chunks_exact_mut(m.max(1))) {
            self.values(x, y);
        }
        self.workspace.in_any_order = false;
    }

    /// The value and gradient at many points: `values[r]` and `gradients[r * n..][..n]` at the point
    /// `points[r * n..][..n]`; as [`evaluate_many`](Function::evaluate_many).
    ///
    /// # Panics
    /// As [`evaluate_many`](Function::evaluate_many), or if the function has more than one output.
    ///
    /// # Examples
    /// ```
    /// use autodiff::Function;
    /// let mut product = Function::new(|x: &[autodiff::Var]| x[0] * x[1], &[1.0, 1.0]);
    /// let (mut values, mut gradients) = ([0.0; 2], [0.0; 4]);
    /// product.gradient_many(&[1.0, 2.0, 3.0, 4.0], &mut values, &mut gradients);
    /// assert_eq!(gradients, [2.0, 1.0, 4.0, 3.0]);
    /// ```
    #[track_caller]
    pub fn gradient_many(&mut self, points: &[f64], values: &mut [f64], gradients: &mut [f64]) {
        let n = self.inputs();
        let count = self.count(points);
        assert_eq!(self.outputs(), 1, "a gradient is of a function with one output");
        assert_eq!(values.len(), count, "a value for each of {count} points");
        assert_eq!(gradients.len(), count * n, "{n} derivatives for each of {count} points");
        if self.engine.is_grouped() {
            return self.gradients_one_by_one(points, values, gradients);
        }
        let mut many = self
            .many
            .1
            .take()
            .unwrap_or_else(|| Points::new(with_gradient(self.graph(), self.point().to_vec())));
        let body = |x: &[f64]| with_gradient(&self.recorded_at(x), x.to_vec());
        match many.evaluate(points, body) {
            Some(results) => {
                let rows = results.chunks_exact(n + 1);
                let gradients = gradients.chunks_exact_mut(n).zip(values);
                for (result, (gradient, value)) in rows.zip(gradients) {
                    gradient.copy_from_slice(&result[..n]);
                    *value = result[n];
                }
            }
            None => self.gradients_one_by_one(points, values, gradients),
        }
        self.many.1 = Some(many);
    }

    fn gradients_one_by_one(&mut self, points: &[f64], values: &mut [f64], gradients: &mut [f64]) {
        let n = self.inputs();
        self.workspace.in_any_order = true;
        let rows = points.chunks_exact(n).zip(gradients.chunks_exact_mut(n));
        for ((x, gradient), value) in rows.zip(values) {
            *value = self.value_and_gradient(x, gradient);
        }
        self.workspace.in_any_order = false;
    }
}

/// The body whose outputs are the gradient of a recorded function and its value.
fn with_gradient(graph: &Graph, point: Vec<f64>) -> Body {
    let mut value = Var::from(0.0);
    let outputs = |x: &[Var]| {
        let mut outputs = gradient(
            |x: &[Var]| {
                value = graph.inlined(x)[0];
                value
            },
            x,
        );
        outputs.push(value);
        outputs
    };
    Body { graph: Graph::record(outputs, &point).simplified(), point }
}
