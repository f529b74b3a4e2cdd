//! Rows of features with what is to be predicted from them, in memory.

use calculus_core::Float;

use crate::error::{Error, Result};

/// What is to be predicted for each row.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Targets<T> {
    /// A class for each row.
    Classes {
        /// The class of each row, from 0 to `classes - 1`.
        labels: Vec<usize>,
        /// The number of classes.
        classes: usize,
    },
    /// Numbers for each row.
    Values {
        /// The numbers in row-major order: `rows * columns` of them.
        values: Vec<T>,
        /// How many numbers a row has.
        columns: usize,
    },
}

/// Rows of features with a class or numbers to be predicted for each.
///
/// The features are one row-major matrix, `rows x feature_columns`. A data set has at least one row
/// and one column, and all of its numbers are finite; the constructors see to it.
///
/// ```
/// use training::data::Dataset;
///
/// let data = Dataset::classification(vec![0.0, 0.5, 1.0, 1.5, 2.0, 2.5], 2, vec![0, 1, 1], 2)?;
/// assert_eq!(data.len(), 3);
/// assert_eq!(data.row(1), [1.0, 1.5]);
///
/// // A batch is gathered into buffers of the caller.
/// let (mut features, mut labels) = ([0.0; 4], [0; 2]);
/// data.gather_features(&[2, 0], &mut features);
/// data.gather_labels(&[2, 0], &mut labels);
/// assert_eq!(features, [2.0, 2.5, 0.0, 0.5]);
/// assert_eq!(labels, [1, 0]);
/// # Ok::<(), training::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset<T> {
    rows: usize,
    columns: usize,
    features: Vec<T>,
    targets: Targets<T>,
}

impl<T: Float> Dataset<T> {
    /// A data set with a class for each row.
    ///
    /// `features` is row-major with `columns` numbers a row; `labels` has an entry below `classes`
    /// for each row.
    ///
    /// # Errors
    ///
    /// [`Error::Empty`] without rows or columns, [`Error::ShapeMismatch`] when the lengths do not
    /// fit together, [`Error::NonFinite`] for a feature that is not finite and
    /// [`Error::LabelOutOfRange`].
    pub fn classification(
        features: Vec<T>,
        columns: usize,
        labels: Vec<usize>,
        classes: usize,
    ) -> Result<Self> {
        let rows = check_matrix("features", "feature", &features, columns, labels.len())?;
        if let Some((index, &label)) =
            labels.iter().enumerate().find(|(_, label)| **label >= classes)
        {
            return Err(Error::LabelOutOfRange { index, label, classes });
        }
        Ok(Self { rows, columns, features, targets: Targets::Classes { labels, classes } })
    }

    /// A data set with numbers for each row.
    ///
    /// `features` is row-major with `columns` numbers a row, `targets` with `target_columns`.
    ///
    /// # Errors
    ///
    /// [`Error::Empty`] without rows or columns, [`Error::ShapeMismatch`] when the lengths do not
    /// fit together, [`Error::NonFinite`] for a number that is not finite.
    pub fn regression(
        features: Vec<T>,
        columns: usize,
        targets: Vec<T>,
        target_columns: usize,
    ) -> Result<Self> {
        let rows = features.len().checked_div(columns).unwrap_or(0);
        check_matrix("targets", "target", &targets, target_columns, rows)?;
        check_matrix("features", "feature", &features, columns, rows)?;
        let targets = Targets::Values { values: targets, columns: target_columns };
        Ok(Self { rows, columns, features, targets })
    }

    /// The number of rows.
    #[expect(clippy::len_without_is_empty, reason = "a data set is never empty")]
    pub fn len(&self) -> usize {
        self.rows
    }

    /// The number of features of a row.
    pub fn feature_columns(&self) -> usize {
        self.columns
    }

    /// All features in row-major order.
    pub fn features(&self) -> &[T] {
        &self.features
    }

    /// All features in row-major order, for changes within this crate that keep them finite.
    pub(crate) fn features_mut(&mut self) -> &mut [T] {
        &mut self.features
    }

    /// The features of a row.
    ///
    /// # Panics
    ///
    /// When there is no such row.
    #[track_caller]
    pub fn row(&self, row: usize) -> &[T] {
        assert!(row < self.rows, "row {row} of a data set with {} rows", self.rows);
        &self.features[row * self.columns..][..self.columns]
    }

    /// What is to be predicted.
    pub fn targets(&self) -> &Targets<T> {
        &self.targets
    }

    /// The class of each row, or `None` for a regression.
    pub fn labels(&self) -> Option<&[usize]> {
        match &self.targets {
            Targets::Classes { labels, .. } => Some(labels),
            Targets::Values { .. } => None,
        }
    }

    /// The number of classes, or `None` for a regression.
    pub fn classes(&self) -> Option<usize> {
        match self.targets {
            Targets::Classes { classes, .. } => Some(classes),
            Targets::Values { .. } => None,
        }
    }

    /// The numbers to be predicted in row-major order, or `None` for a classification.
    pub fn target_values(&self) -> Option<&[T]> {
        match &self.targets {
            Targets::Classes { .. } => None,
            Targets::Values { values, .. } => Some(values),
        }
    }

    /// How many numbers are to be predicted for a row, or `None` for a classification.
    pub fn target_columns(&self) -> Option<usize> {
        match self.targets {
            Targets::Classes { .. } => None,
            Targets::Values { columns, .. } => Some(columns),
        }
    }

    /// A data set of these rows in this order; a row may be named more than once.
    ///
    /// # Errors
    ///
    /// [`Error::Empty`] when no row is named.
    ///
    /// # Panics
    ///
    /// When a row does not exist.
    #[track_caller]
    pub fn select(&self, rows: &[usize]) -> Result<Self> {
        if rows.is_empty() {
            return Err(Error::Empty { what: "the selection of rows" });
        }
        let mut features = vec![T::ZERO; rows.len() * self.columns];
        self.gather_features(rows, &mut features);
        let targets = match &self.targets {
            Targets::Classes { labels, classes } => Targets::Classes {
                labels: rows.iter().map(|&row| labels[row]).collect(),
                classes: *classes,
            },
            Targets::Values { values, columns } => {
                let mut selected = vec![T::ZERO; rows.len() * columns];
                gather(values, *columns, rows, &mut selected);
                Targets::Values { values: selected, columns: *columns }
            }
        };
        Ok(Self { rows: rows.len(), columns: self.columns, features, targets })
    }

    /// Copies the features of these rows into `batch`, row after row, without allocating.
    ///
    /// # Panics
    ///
    /// When the length of `batch` is not `rows.len() * feature_columns()`, or a row does not exist.
    #[track_caller]
    pub fn gather_features(&self, rows: &[usize], batch: &mut [T]) {
        gather(&self.features, self.columns, rows, batch);
    }

    /// Copies the classes of these rows into `batch`, without allocating.
    ///
    /// # Panics
    ///
    /// When this is a regression, the lengths differ, or a row does not exist.
    #[track_caller]
    pub fn gather_labels(&self, rows: &[usize], batch: &mut [usize]) {
        let Some(labels) = self.labels() else {
            panic!("labels of a data set with numbers as targets; use gather_targets");
        };
        gather(labels, 1, rows, batch);
    }

    /// Copies the numbers to be predicted for these rows into `batch`, row after row, without
    /// allocating.
    ///
    /// # Panics
    ///
    /// When this is a classification, the length of `batch` is not
    /// `rows.len() * target_columns`, or a row does not exist.
    #[track_caller]
    pub fn gather_targets(&self, rows: &[usize], batch: &mut [T]) {
        let Targets::Values { values, columns } = &self.targets else {
            panic!("numbers of a data set with classes as targets; use gather_labels");
        };
        gather(values, *columns, rows, batch);
    }
}

/// Copies rows of a row-major matrix.
#[track_caller]
fn gather<V: Copy>(values: &[V], columns: usize, rows: &[usize], batch: &mut [V]) {
    assert_eq!(
        batch.len(),
        rows.len() * columns,
        "{} rows of {columns} columns do not fill a batch of {} entries",
        rows.len(),
        batch.len(),
    );
    let count = values.len() / columns;
    for (&row, place) in rows.iter().zip(batch.chunks_exact_mut(columns)) {
        assert!(row < count, "row {row} of a data set with {count} rows");
        place.copy_from_slice(&values[row * columns..][..columns]);
    }
}

/// Checks a row-major matrix of `rows` rows and `columns` columns and returns `rows`.
fn check_matrix<T: Float>(
    what: &'static str,
    entry: &'static str,
    values: &[T],
    columns: usize,
    rows: usize,
) -> Result<usize> {
    if rows == 0 || columns == 0 {
        return Err(Error::Empty { what: "the data set" });
    }
    if rows.checked_mul(columns) != Some(values.len()) {
        return Err(Error::shape_mismatch(what, &[rows, columns], &[values.len()]));
    }
    match values.iter().position(|value| !value.is_finite()) {
        Some(index) => Err(Error::NonFinite { what: entry, index, value: values[index].to_f64() }),
        None => Ok(rows),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classes() -> Dataset<f64> {
        Dataset::classification(vec![0.0, 1.0, 2.0, 3.0, 4.0, 5.0], 2, vec![2, 0, 1], 3).unwrap()
    }

    fn values() -> Dataset<f32> {
        Dataset::regression(vec![1.0, 2.0], 1, vec![10.0, 11.0, 20.0, 21.0], 2).unwrap()
    }

    #[test]
    fn reading_back() {
        let data = classes();
        assert_eq!((data.len(), data.feature_columns(), data.classes()), (3, 2, Some(3)));
        assert_eq!(data.row(2), [4.0, 5.0]);
        assert_eq!(data.labels(), Some(&[2, 0, 1][..]));
        assert_eq!((data.target_values(), data.target_columns()), (None, None));
        let data = values();
        assert_eq!((data.len(), data.target_columns(), data.classes()), (2, Some(2), None));
        assert!(matches!(data.targets(), Targets::Values { columns: 2, .. }));
        assert_eq!(data.labels(), None);
    }

    #[test]
    fn selecting_and_gathering() {
        let selected = classes().select(&[2, 2, 0]).unwrap();
        assert_eq!(selected.features(), [4.0, 5.0, 4.0, 5.0, 0.0, 1.0]);
        assert_eq!(selected.labels(), Some(&[1, 1, 2][..]));
        assert_eq!(selected.classes(), Some(3));
        let selected = values().select(&[1]).unwrap();
        assert_eq!(selected.target_values(), Some(&[20.0, 21.0][..]));
        let mut batch = [0.0; 4];
        values().gather_targets(&[1, 0], &mut batch);
        assert_eq!(batch, [20.0, 21.0, 10.0, 11.0]);
        assert!(matches!(classes().select(&[]), Err(Error::Empty { .. })));
    }

    #[test]
    fn lengths_must_fit_together() {
        let labels = |features: Vec<f64>, columns, labels| {
            Dataset::classification(features, columns, labels, 2).unwrap_err().to_string()
        };
        assert_eq!(
            labels(vec![0.0; 5], 2, vec![0, 1]),
            "features has shape [5], [2, 2] was expected"
        );
        assert_eq!(labels(vec![], 2, vec![]), "the data set is empty");
        assert_eq!(labels(vec![0.0; 2], 0, vec![0, 1]), "the data set is empty");
        assert!(Dataset::regression(vec![0.0; 5], 2, vec![0.0; 2], 1).is_err());
        assert!(Dataset::regression(vec![0.0; 4], 2, vec![0.0; 3], 1).is_err());
        assert!(Dataset::regression(vec![0.0; 4], 2, vec![], 0).is_err());
        assert!(Dataset::<f32>::regression(vec![], 0, vec![], 1).is_err());
        assert!(Dataset::classification(vec![0.0], usize::MAX, vec![0, 0], 1).is_err());
    }

    #[test]
    fn bad_values_are_errors() {
        assert!(matches!(
            Dataset::classification(vec![0.0, f64::NAN], 1, vec![0, 1], 2),
            Err(Error::NonFinite { what: "feature", index: 1, .. })
        ));
        assert!(matches!(
            Dataset::regression(vec![0.0f32], 1, vec![f32::INFINITY], 1),
            Err(Error::NonFinite { what: "target", index: 0, .. })
        ));
        assert!(matches!(
            Dataset::classification(vec![0.0, 1.0], 1, vec![0, 2], 2),
            Err(Error::LabelOutOfRange { index: 1, label: 2, classes: 2 })
        ));
    }

    #[test]
    #[should_panic(expected = "row 3 of a data set with 3 rows")]
    fn a_row_that_does_not_exist() {
        classes().gather_features(&[3], &mut [0.0; 2]);
    }

    #[test]
    #[should_panic(expected = "1 rows of 2 columns do not fill a batch of 3 entries")]
    fn a_batch_of_the_wrong_length() {
        classes().gather_features(&[0], &mut [0.0; 3]);
    }

    #[test]
    #[should_panic(expected = "use gather_targets")]
    fn labels_of_a_regression() {
        values().gather_labels(&[0], &mut [0]);
    }
}
