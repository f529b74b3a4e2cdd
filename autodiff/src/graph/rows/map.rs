//! One body for many rows, as a block.

use std::sync::Arc;

use calculus_core::Real;

use super::{interpret, lanes};
use crate::Var;
use crate::graph::Graph;
use crate::graph::block::{At, BlockPattern, Evaluate, Form, Memory, Replay, call};
use crate::graph::nested::nested_pullback;

/// Where the body finds one of its inputs that differ from row to row.
#[derive(Clone, Debug)]
pub(crate) enum Column {
    /// The number `values[start + r * stride]` in row `r`.
    Data { values: Arc<[f64]>, start: usize, stride: usize },
    /// The operand `start + r * stride` of the call in row `r`.
    Stride { start: usize, stride: usize },
    /// The operand `start + index[r] * stride` of the call in row `r`.
    Index { start: usize, index: Arc<[u32]>, stride: usize },
}

/// Where an output of the body goes.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    /// Added up over the rows into this result.
    Sum(usize),
    /// The result `start + r * stride` in row `r`; no two rows have the same.
    Stride { start: usize, stride: usize },
    /// Added to the result `start + index[r] * stride` in row `r`.
    Index { start: usize, index: Arc<[u32]>, stride: usize },
}

/// A body as it was recorded for rows whose decisions come out alike.
#[derive(Clone, Debug)]
pub(crate) struct Body {
    pub(crate) graph: Graph,
    /// Inputs at which the guards hold.
    pub(crate) point: Vec<f64>,
}

/// A body that is evaluated for each of many rows.
///
/// The inputs of the body are some operands of the call, the same for all rows, and then one number
/// for each column. Results begin at 0, and each output of each row is added to the result that its
/// place names.
#[derive(Clone, Debug)]
pub(crate) struct RowMap {
    /// One for each way that the decisions of the rows come out; all have the same inputs and
    /// outputs. A row is evaluated by the first whose guards hold.
    pub(crate) bodies: Vec<Body>,
    /// The number of rows.
    pub(crate) count: usize,
    /// The operands that the first inputs of the body are in all rows.
    pub(crate) shared: Vec<usize>,
    /// Where the other inputs of the body come from.
    pub(crate) columns: Vec<Column>,
    /// Where the outputs of the body go.
    pub(crate) places: Vec<Place>,
    /// The number of results of the call.
    pub(crate) results: usize,
    /// Inputs of the body that all outputs are proportional to, if any: where they are 0, nothing has
    /// to be computed.
    pub(crate) cotangents: Vec<usize>,
}

impl Column {
    /// The number of the operand that row `r` reads, unless it reads data.
    #[inline]
    pub(crate) fn operand(&self, r: usize) -> Option<usize> {
        match self {
            Column::Data { .. } => None,
            Column::Stride { start, stride } => Some(start + r * stride),
            Column::Index { start, index, stride } => Some(start + index[r] as usize * stride),
        }
    }

    /// The number that row `r` reads, where the operands are `x`.
    #[inline]
    pub(crate) fn read<T: Real>(&self, r: usize, x: &[T]) -> T {
        match self {
            Column::Data { values, start, stride } => T::from(values[start + r * stride]),
            Column::Stride { start, stride } => x[start + r * stride],
            Column::Index { start, index, stride } => x[start + index[r] as usize * stride],
        }
    }

    /// The same column where as many operands stand before the others.
    pub(crate) fn shifted(&self, by: usize) -> Self {
        let mut column = self.clone();
        match &mut column {
            Column::Data { .. } => {}
            Column::Stride { start, .. } | Column::Index { start, .. } => *start += by,
        }
        column
    }

    /// Where the adjoint of the column goes if those of the operands begin at `from`; that of data
    /// goes nowhere.
    pub(crate) fn place(&self, from: usize) -> Option<Place> {
        match self.shifted(from) {
            Column::Data { .. } => None,
            Column::Stride { start, stride } => Some(Place::Stride { start, stride }),
            Column::Index { start, index, stride } => Some(Place::Index { start, index, stride }),
        }
    }
}

impl Place {
    /// The number of the result that row `r` adds to.
    #[inline]
    pub(crate) fn result(&self, r: usize) -> usize {
        match self {
            Place::Sum(result) => *result,
            Place::Stride { start, stride } => start + r * stride,
            Place::Index { start, index, stride } => start + index[r] as usize * stride,
        }
    }

    /// Adds the outputs of consecutive rows from `first` on to the results.
    pub(super) fn add<T: Real>(&self, first: usize, outputs: &[T], results: &mut [T]) {
        let add = |(result, &output): (&mut T, &T)| *result += output;
        match self {
            Place::Sum(result) => outputs.iter().for_each(|&output| results[*result] += output),
            Place::Stride { start, stride: 1 } => {
                results[start + first..].iter_mut().zip(outputs).for_each(add);
            }
            Place::Stride { start, stride } => {
                let results = results[start + first * stride..].iter_mut();
                results.step_by(*stride).zip(outputs).for_each(add);
            }
            Place::Index { start, index, stride } => {
                for (&k, &output) in index[first..].iter().zip(outputs) {
                    results[start + k as usize * stride] += output;
                }
            }
        }
    }

    /// The column of the cotangents of the place if those of the results begin at `from`, unless it
    /// is the same for all rows.
    pub(crate) fn column(&self, from: usize) -> Option<Column> {
        match self {
            Place::Sum(_) => None,
            Place::Stride { start, stride } => {
                Some(Column::Stride { start: from + start, stride: *stride })
            }
            Place::Index { start, index, stride } => {
                let start = from + start;
                Some(Column::Index { start, index: index.clone(), stride: *stride })
            }
        }
    }
}

/// The cotangents of the outputs of a body as inputs of the body of its pullback: those of sums are
/// shared by the rows, the others are columns.
pub(crate) struct Cotangents<'a> {
    pub(crate) places: &'a [Place],
}

impl Cotangents<'_> {
    fn is_sum(place: &Place) -> bool {
        matches!(place, Place::Sum(_))
    }

    /// The number of those that the rows share.
    pub(crate) fn sums(&self) -> usize {
        self.places.iter().filter(|place| Self::is_sum(place)).count()
    }

    /// Appends where they are read if those of the results begin at `from`.
    pub(crate) fn read_from(
        &self,
        from: usize,
        shared: &mut Vec<usize>,
        columns: &mut Vec<Column>,
    ) {
        for place in self.places {
            match place {
                Place::Sum(result) => shared.push(from + result),
                place => columns.extend(place.column(from)),
            }
        }
    }

    /// All of them in the order of the outputs.
    pub(crate) fn in_order(&self, sums: &[Var], rows: &[Var]) -> Vec<Var> {
        let (mut sums, mut rows) = (sums.iter(), rows.iter());
        let next = |place| if Self::is_sum(place) { sums.next() } else { rows.next() };
        self.places.iter().filter_map(next).copied().collect()
    }
}

impl RowMap {
    /// The rows whose results are the adjoints of the operands of these rows; their operands are
    /// those of these rows, followed by the cotangents of the results.
    ///
    /// `with_value` asks for the sum of the first output as another result after the adjoints, which
    /// are those for cotangents 1 then.
    pub(super) fn pullback(&self, operands: usize, wanted: &[bool], with_value: bool) -> RowMap {
        // What a place writes for the rows, a column reads for their derivative, and the reverse.
        let mut shared = self.shared.clone();
        let mut columns = self.columns.clone();
        let cotangents = Cotangents { places: &self.places };
        if !with_value {
            cotangents.read_from(operands, &mut shared, &mut columns);
        }
        // The inputs of the body whose adjoints are wanted, and where these go.
        let mut inputs = Vec::new();
        let mut places = Vec::new();
        for (i, &operand) in self.shared.iter().enumerate().filter(|(_, o)| wanted[**o]) {
            inputs.push(i);
            places.push(Place::Sum(operand));
        }
        for (c, column) in self.columns.iter().enumerate() {
            let Some(place) = column.place(0) else { continue };
            if (0..self.count).filter_map(|r| column.operand(r)).any(|operand| wanted[operand]) {
                inputs.push(self.shared.len() + c);
                places.push(place);
            }
        }
        if with_value {
            places.push(Place::Sum(operands));
        }
        let pulled_back = |body| self.pulled_back(body, &inputs, with_value);
        let bodies = self.bodies.iter().map(pulled_back).collect();
        let results = operands + usize::from(with_value);
        let cotangents = if with_value {
            Vec::new()
        } else {
            let first = shared.len() + self.columns.len();
            (self.shared.len()..shared.len()).chain(first..shared.len() + columns.len()).collect()
        };
        RowMap { bodies, count: self.count, shared, columns, places, results, cotangents }
    }

    /// The first row from `from` on that decides as none of the bodies.
    pub(crate) fn undecided_row(&self, x: &[f64], from: usize) -> Option<usize> {
        let mut prepared = interpret::prepare(self);
        let mut y = vec![0.0; self.results];
        (from..self.count).find(|&r| !interpret::row(self, &mut prepared, r, x, &mut y))
    }

    /// Whether this is one sum, which is linear in its cotangent.
    fn is_sum(&self) -> bool {
        self.places.len() == 1 && self.results == 1
    }

    /// The adjoints of all operands, for a sum together with its value.
    fn sweep<T: Replay>(&self, operands: usize) -> Sweep<T> {
        let with_value = self.is_sum();
        let rows = self.pullback(operands, &vec![true; operands], with_value);
        let results = vec![T::from(0.0); if with_value { rows.results } else { 0 }];
        Sweep { rows, operands: Vec::new(), results, memory: Memory::default() }
    }

    /// The body that computes the adjoints of some inputs of a body. Its inputs are the shared ones,
    /// cotangents of sums, columns, and the other cotangents.
    fn pulled_back(&self, body: &Body, wanted: &[usize], with_value: bool) -> Body {
        let (shared, columns) = (self.shared.len(), self.columns.len());
        let cotangents = Cotangents { places: &self.places };
        let inputs = if with_value { 0 } else { self.places.len() };
        let sums = cotangents.sums().min(inputs);
        let (shared_point, column_point) = body.point.split_at(shared);
        let point =
            [shared_point, &vec![1.0; sums], column_point, &vec![1.0; inputs - sums]].concat();
        let adjoints = |v: &[Var]| {
            let (shared_x, rest) = v.split_at(shared);
            let (sum_g, rest) = rest.split_at(sums);
            let (column_x, row_g) = rest.split_at(columns);
            let g = if with_value {
                vec![Var::from(1.0); self.places.len()]
            } else {
                cotangents.in_order(sum_g, row_g)
            };
            let x = [shared_x, column_x].concat();
            let (y, adjoints) = nested_pullback(|x| body.graph.inlined(x), &x, &g);
            let value = y.into_iter().take(usize::from(with_value));
            wanted.iter().map(|&i| adjoints[i]).chain(value).collect::<Vec<_>>()
        };
        Body { graph: Graph::record(adjoints, &point).simplified(), point }
    }
}

impl Evaluate for RowMap {
    fn name(&self) -> &str {
        "rows"
    }

    fn form(&self) -> Form<'_> {
        Form::Rows(self)
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
        if self.is_sum() && memory.sweep_follows() {
            let sweep: &mut Sweep<T> = memory.get_or_insert_with(|| self.sweep(x.len()));
            let decided = sweep.run_with_value(x);
            y[0] = sweep.results[x.len()];
            memory.decided(decided);
        } else {
            lanes::evaluate(self, x, y, memory);
        }
    }

    /// A sum that was evaluated together with its adjoints at the cotangent 1 only scales these.
    fn pull_back<T: Replay>(&self, At { x, g, .. }: At<'_, T>, gx: &mut [T], memory: &mut Memory) {
        let known = memory.sweep_follows();
        let sweep: &mut Sweep<T> = memory.get_or_insert_with(|| self.sweep(x.len()));
        if !self.is_sum() {
            return sweep.run(x, g, gx);
        }
        if !known {
            sweep.run_with_value(x);
        }
        gx.iter_mut().zip(&sweep.results).for_each(|(gx, &result)| *gx = g[0] * result);
    }

    fn record_pullback(&self, at: At<'_, Var>, wanted: &[bool]) -> Vec<Var> {
        let operands = [at.x, at.g].concat();
        call(Arc::new(self.pullback(at.x.len(), wanted, false)), &operands)
    }
}

/// The rows of the adjoints.
struct Sweep<T> {
    rows: RowMap,
    /// Operands of the rows and cotangents, one after the other.
    operands: Vec<T>,
    /// The adjoints for the cotangent 1, and the value.
    results: Vec<T>,
    memory: Memory,
}

impl<T: Replay> Sweep<T> {
    /// Computes the adjoints of a sum for the cotangent 1, and its value; whether the decisions were
    /// among those recorded.
    fn run_with_value(&mut self, x: &[T]) -> bool {
        self.rows.evaluate(x, &mut self.results, &mut self.memory);
        self.memory.is_decided()
    }

    /// Computes the adjoints at the operands `x` for the cotangents `g`.
    fn run(&mut self, x: &[T], g: &[T], gx: &mut [T]) {
        self.operands.clear();
        self.operands.extend_from_slice(x);
        self.operands.extend_from_slice(g);
        self.rows.evaluate(&self.operands, gx, &mut self.memory);
    }
}
