//! The items of a step or of a piece of an evaluation, as tensors in buffers that are used again.

use autodiff::tensor::{Element, Tensor};

use crate::data::{Dataset, Targets};
use crate::losses::TargetBatch;

/// Rows of a data set as the input of a model and the targets of a loss.
///
/// Filling it does not allocate once it has held as many rows.
#[derive(Debug)]
pub(super) struct Batch<T: Element> {
    /// `[rows, ..]`, of the shape of the model's input.
    input: Tensor<T>,
    labels: Vec<usize>,
    values: Tensor<T>,
    /// The shape of `input`, with room for the number of rows.
    shape: Vec<usize>,
}

impl<T: Element> Batch<T> {
    pub(super) fn new(item: &[usize]) -> Self {
        let shape = [0].into_iter().chain(item.iter().copied()).collect();
        Self { input: Tensor::default(), labels: Vec::new(), values: Tensor::default(), shape }
    }

    /// Takes in these rows.
    pub(super) fn gather(&mut self, data: &Dataset<T>, rows: &[usize]) {
        self.resize(data, rows.len());
        data.gather_features(rows, self.input.make_mut());
        match data.targets() {
            Targets::Classes { .. } => data.gather_labels(rows, &mut self.labels),
            Targets::Values { .. } => data.gather_targets(rows, self.values.make_mut()),
        }
    }

    /// Takes in the rows `start..end`.
    pub(super) fn copy_range(&mut self, data: &Dataset<T>, start: usize, end: usize) {
        self.resize(data, end - start);
        let columns = data.feature_columns();
        self.input.make_mut().copy_from_slice(&data.features()[start * columns..end * columns]);
        match data.targets() {
            Targets::Classes { labels, .. } => self.labels.copy_from_slice(&labels[start..end]),
            Targets::Values { values, columns } => {
                let values = &values[start * columns..end * columns];
                self.values.make_mut().copy_from_slice(values);
            }
        }
    }

    /// Gives the buffers the size of this many rows.
    fn resize(&mut self, data: &Dataset<T>, rows: usize) {
        self.shape[0] = rows;
        if self.input.shape() != self.shape {
            // The old buffer goes back to the pool of tensors, and comes from there next time.
            self.input = Tensor::zeros(&self.shape);
        }
        match data.targets() {
            Targets::Classes { .. } => self.labels.resize(rows, 0),
            Targets::Values { columns, .. } => {
                if self.values.shape() != [rows, *columns] {
                    self.values = Tensor::zeros(&[rows, *columns]);
                }
            }
        }
    }

    pub(super) fn input(&self) -> &Tensor<T> {
        &self.input
    }

    pub(super) fn targets(&self) -> TargetBatch<'_, T> {
        if self.labels.is_empty() {
            TargetBatch::Values(&self.values)
        } else {
            TargetBatch::Labels(&self.labels)
        }
    }
}
