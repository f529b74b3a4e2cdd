//! What a user writes: the columns of a table.

use std::sync::Arc;

use calculus_core::Real;

use super::map::{Column, Place, RowMap};
use super::recorder::Recorder;
use crate::graph::block::call;
use crate::{Outputs, Var};

/// The rows that [`sum_over`](crate::sum_over) and [`map_over`](crate::map_over) go through: what
/// differs from row to row.
///
/// A row is a vector of numbers from several sources, in the order in which they were added:
/// constants ([`data`](Rows::data)), consecutive variables ([`variables`](Rows::variables)), and
/// variables that an index picks ([`gather`](Rows::gather)).
///
/// [`Rows::new`] makes rows of recorded variables; [`Rows::of`] those of any scalar, for functions
/// that are generic.
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
pub struct Rows<T = Var> {
    count: usize,
    /// With operands counted from the first variable.
    columns: Vec<Column>,
    variables: Vec<T>,
}

impl Rows {
    /// As many rows, without columns, of variables of a recording.
    pub fn new(count: usize) -> Self {
        Self::of(count)
    }
}

impl<T: Real> Rows<T> {
    /// As many rows, without columns, of any scalar.
    ///
    /// # Examples
    /// One function for numbers, dual numbers and recorded variables:
    /// ```
    /// use autodiff::{Rows, derivative, gradient, sum_over};
    /// use calculus_core::Real;
    ///
    /// fn squares<T: Real>(w: &[T]) -> T {
    ///     let rows = Rows::<T>::of(3).data([1.0, 2.0, 4.0]);
    ///     sum_over(&rows, |row| (w[0] - row[0]).powi(2))
    /// }
    /// assert_eq!(squares(&[2.0]), 5.0);
    /// assert_eq!(derivative(|w| squares(&[w]), 2.0), -2.0);
    /// assert_eq!(gradient(squares, &[2.0]), [-2.0]);
    /// ```
    pub fn of(count: usize) -> Self {
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
    pub fn variables(mut self, variables: &[T]) -> Self {
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
    pub fn gather(mut self, variables: &[T], width: usize, index: impl Into<Arc<[u32]>>) -> Self {
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

    /// Goes through the rows in order.
    pub(crate) fn for_each(&self, mut f: impl FnMut(&[T])) {
        let mut row = Vec::with_capacity(self.columns.len());
        for r in 0..self.count {
            row.clear();
            row.extend(self.columns.iter().map(|column| self.entry(column, r)));
            f(&row);
        }
    }

    fn entry(&self, column: &Column, r: usize) -> T {
        match column {
            Column::Data { values, start, stride } => T::from(values[start + r * stride]),
            column => column.operand(r).map_or(T::from(f64::NAN), |k| self.variables[k]),
        }
    }
}

impl Rows {
    /// Records the body and calls it for all rows; `places` gets the number of its outputs and
    /// returns where they go, and the number of results.
    #[track_caller]
    pub(super) fn record<O: Outputs<Var>>(
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
        self.columns.iter().map(move |column| self.entry(column, r).primal())
    }
}
