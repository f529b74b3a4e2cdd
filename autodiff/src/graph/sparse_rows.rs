//! Sparse Jacobians by rows, which maps over rows give directly.

use core::ops::Range;

use calculus_core::coloring;
use faer::sparse::{SparseRowMatRef, SymbolicSparseColMatRef, SymbolicSparseRowMat};

use super::block::{Evaluate, Memory};
use super::function::Function;
use super::node::{Graph, Operand};
use super::record::Outputs;
use super::rows::RowMap;
use super::sparse::SparseJacobian;
use super::var::Var;

/// The sparse Jacobian of a function by rows, evaluated at one point after another.
///
/// Where the outputs are the results of [`map_over`](crate::map_over) on variables of the function,
/// the blocks of derivatives of all rows are computed in one pass over the rows, by a body that the
/// reverse sweeps of the recorded one are, without colouring. Other functions are compressed as by
/// [`SparseJacobian`]. An evaluation allocates nothing, unless the function is recorded again.
///
/// Made by [`Function::sparse_jacobian_by_rows`].
#[derive(Clone, Debug)]
pub struct SparseJacobianByRows<F> {
    function: Function<F>,
    /// Where rows do not give the entries directly.
    compressed: Option<SparseJacobian<F>>,
    layout: Layout,
}

/// Where the entries stand and what computes them.
#[derive(Clone, Debug)]
struct Layout {
    symbolic: SymbolicSparseRowMat<usize>,
    values: Vec<f64>,
    source: Source,
}

#[derive(Clone, Debug)]
enum Source {
    /// The blocks of calls, whose rows follow one another.
    Calls(Vec<Blocks>),
    /// For each entry by rows, its number by columns.
    Columns(Vec<usize>),
}

/// The blocks of the rows of one call.
#[derive(Clone, Debug)]
struct Blocks {
    rows: RowMap,
    operands: Vec<Number>,
    x: Vec<f64>,
    values: Range<usize>,
    memory: Memory,
}

/// What an operand of a call is.
#[derive(Clone, Copy, Debug)]
enum Number {
    Input(usize),
    Constant(f64),
}

/// The entries of a Jacobian so far, by rows.
#[derive(Default)]
struct Pattern {
    offsets: Vec<usize>,
    columns: Vec<usize>,
}

impl<F, O> Function<F>
where
    F: Fn(&[Var]) -> O,
    O: Outputs<Var>,
{
    /// The sparse Jacobian of this function by rows, prepared.
    ///
    /// # Examples
    /// ```
    /// use autodiff::{Function, Rows, Var, map_over};
    /// // x_i x_{i+1} for the five pairs of neighbours
    /// let neighbours = [0, 1, 2, 3, 4];
    /// let f = |x: &[Var]| {
    ///     let next: Vec<u32> = neighbours.iter().map(|i| i + 1).collect();
    ///     let rows = Rows::new(5).gather(x, 1, &neighbours[..]).gather(x, 1, next);
    ///     map_over(&rows, |row| row[0] * row[1])
    /// };
    /// let mut jacobian = Function::new(f, &[1.0; 6]).sparse_jacobian_by_rows();
    /// let matrix = jacobian.evaluate(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    /// assert_eq!(matrix.symbolic().row_ptr(), [0, 2, 4, 6, 8, 10]);
    /// assert_eq!(matrix.symbolic().col_idx()[..4], [0, 1, 1, 2]);
    /// assert_eq!(matrix.val()[..4], [2.0, 1.0, 3.0, 2.0]);
    /// ```
    pub fn sparse_jacobian_by_rows(&self) -> SparseJacobianByRows<F> {
        let (compressed, layout) = self.layout_by_rows();
        SparseJacobianByRows { function: self.clone(), compressed, layout }
    }

    fn layout_by_rows(&self) -> (Option<SparseJacobian<F>>, Layout) {
        match Layout::of_calls(self.graph()) {
            Some(layout) => (None, layout),
            None => {
                let compressed = self.sparse_jacobian();
                let layout = Layout::of_columns(compressed.pattern());
                (Some(compressed), layout)
            }
        }
    }
}

impl<F, O> SparseJacobianByRows<F>
where
    F: Fn(&[Var]) -> O,
    O: Outputs<Var>,
{
    /// The Jacobian at `x`, of shape outputs by inputs; within a row, columns ascend.
    ///
    /// # Panics
    /// If `x` has not as many entries as the function has inputs.
    #[track_caller]
    pub fn evaluate(&mut self, x: &[f64]) -> SparseRowMatRef<'_, usize, f64> {
        let inputs = self.function.inputs();
        assert_eq!(x.len(), inputs, "the function has {inputs} inputs");
        if self.compressed.is_none() && !self.layout.evaluate_calls(x) {
            // Rows decide in a way that has not been recorded.
            self.function.decide(x);
            (self.compressed, self.layout) = self.function.layout_by_rows();
            self.layout.evaluate_calls(x);
        }
        if let Some(compressed) = &mut self.compressed {
            let by_columns = compressed.evaluate(x);
            if !self.layout.is_of(by_columns.symbolic()) {
                let pattern = coloring::Pattern::from_symbolic(by_columns.symbolic());
                self.layout = Layout::of_columns(&pattern);
            }
            self.layout.permute(by_columns.val());
        }
        SparseRowMatRef::new(self.layout.symbolic.as_ref(), &self.layout.values)
    }
}

impl Layout {
    fn of_columns(pattern: &coloring::Pattern) -> Self {
        let mut entries: Vec<(usize, usize, usize)> =
            pattern.entries().enumerate().map(|(k, (row, column))| (row, column, k)).collect();
        entries.sort_unstable();
        let mut offsets = vec![0; pattern.rows() + 1];
        entries.iter().for_each(|&(row, ..)| offsets[row + 1] += 1);
        (0..pattern.rows()).for_each(|row| offsets[row + 1] += offsets[row]);
        let columns = entries.iter().map(|&(_, column, _)| column).collect();
        let numbers = entries.iter().map(|&(.., k)| k).collect();
        let pattern_by_rows = Pattern { offsets, columns };
        pattern_by_rows.layout(pattern.columns(), Source::Columns(numbers))
    }

    /// Whether the entries are those of a matrix by columns.
    fn is_of(&self, by_columns: SymbolicSparseColMatRef<'_, usize>) -> bool {
        by_columns.compute_nnz() == self.values.len()
            && (0..by_columns.ncols()).all(|column| {
                by_columns.row_idx_of_col_raw(column).iter().all(|&row| {
                    let columns = self.symbolic.col_idx_of_row_raw(row);
                    columns.binary_search(&column).is_ok()
                })
            })
    }

    /// If the outputs are all results of calls of rows, call after call, whose operands are inputs,
    /// and nothing is decided outside of the rows.
    fn of_calls(graph: &Graph) -> Option<Self> {
        // Only the decisions of rows are looked at when the blocks are evaluated.
        if !graph.guards.is_empty() {
            return None;
        }
        let mut calls = Vec::new();
        let mut pattern = Pattern { offsets: vec![0], columns: Vec::new() };
        let mut outputs = graph.outputs.iter();
        while let Some(output) = outputs.as_slice().first() {
            let call = (!output.is_constant()).then(|| graph.call_of(output.index())).flatten()?;
            let follows = |(k, output): (usize, &Operand)| {
                !output.is_constant() && output.index() == call.first + k
            };
            let results = outputs.by_ref().take(call.results);
            if results.enumerate().filter(|&output| follows(output)).count() < call.results {
                return None;
            }
            let rows: &RowMap = call.block.as_any().downcast_ref()?;
            let number = |operand: &Operand| match operand.index() {
                k if operand.is_constant() => Some(Number::Constant(graph.constants[k])),
                k => (k < graph.inputs).then_some(Number::Input(k)),
            };
            let operands: Vec<Number> =
                graph.operands[call.operands.clone()].iter().map(number).collect::<Option<_>>()?;
            let start = pattern.columns.len();
            let rows = pattern.append(rows, &operands)?;
            let x = vec![0.0; operands.len()];
            let values = start..pattern.columns.len();
            calls.push(Blocks { rows, operands, x, values, memory: Memory::default() });
        }
        Some(pattern.layout(graph.inputs, Source::Calls(calls)))
    }

    /// Evaluates the blocks of calls, if that is what there is; whether all decisions were among
    /// those recorded.
    fn evaluate_calls(&mut self, point: &[f64]) -> bool {
        let Source::Calls(calls) = &mut self.source else { return false };
        calls.iter_mut().all(|Blocks { rows, operands, x, values, memory }| {
            for (x, operand) in x.iter_mut().zip(operands) {
                *x = match *operand {
                    Number::Input(k) => point[k],
                    Number::Constant(value) => value,
                };
            }
            rows.evaluate(x, &mut self.values[values.clone()], memory);
            memory.is_decided()
        })
    }

    /// Takes the values from those by columns.
    fn permute(&mut self, by_columns: &[f64]) {
        if let Source::Columns(numbers) = &self.source {
            for (value, &number) in self.values.iter_mut().zip(numbers) {
                *value = by_columns[number];
            }
        }
    }
}

impl Pattern {
    /// Appends the entries of the blocks of rows, and returns what computes them, if the columns of
    /// every row ascend.
    fn append(&mut self, rows: &RowMap, operands: &[Number]) -> Option<RowMap> {
        let jacobian = rows.jacobian()?;
        for r in 0..rows.count {
            for output in 0..rows.places.len() {
                let start = self.columns.len();
                for &(_, input) in jacobian.entries.iter().filter(|(k, _)| *k == output) {
                    match operands[rows.operand(input, r)?] {
                        Number::Input(column) => self.columns.push(column),
                        Number::Constant(_) => return None,
                    }
                }
                if !self.columns[start..].is_sorted_by(|a, b| a < b) {
                    return None;
                }
                self.offsets.push(self.columns.len());
            }
        }
        Some(jacobian.rows)
    }

    fn layout(self, columns: usize, source: Source) -> Layout {
        let rows = self.offsets.len() - 1;
        let values = vec![0.0; self.columns.len()];
        let symbolic =
            SymbolicSparseRowMat::new_checked(rows, columns, self.offsets, None, self.columns);
        Layout { symbolic, values, source }
    }
}
