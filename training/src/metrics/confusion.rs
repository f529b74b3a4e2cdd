//! What a classifier takes for what.

use std::fmt;

/// How often each class was taken for each class.
///
/// Rows are the true classes, columns the predicted ones.
///
/// ```
/// use training::metrics::ConfusionMatrix;
///
/// let mut matrix = ConfusionMatrix::new(2);
/// matrix.record_all(&[0, 0, 0, 1, 1], &[0, 0, 1, 1, 1]);
/// assert_eq!(matrix.count(0, 1), 1);
/// assert_eq!(matrix.accuracy(), Some(0.8));
/// assert_eq!(matrix.recall(1), Some(1.0));
/// println!("{matrix}");
/// ```
///
/// prints
///
/// ```text
///       predicted
/// true     0     1  precision  recall      f1
///    0     2     1     1.0000  0.6667  0.8000
///    1     0     2     0.6667  1.0000  0.8000
/// accuracy 0.8000 of 5
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfusionMatrix {
    classes: usize,
    /// Row-major, the true class first.
    counts: Vec<u64>,
}

impl ConfusionMatrix {
    /// A matrix of zeros.
    ///
    /// # Panics
    ///
    /// When there are no classes.
    #[track_caller]
    pub fn new(classes: usize) -> Self {
        assert!(classes > 0, "a confusion matrix needs at least one class");
        Self { classes, counts: vec![0; classes * classes] }
    }

    /// Counts one prediction.
    ///
    /// # Panics
    ///
    /// When a class is out of range.
    #[track_caller]
    pub fn record(&mut self, label: usize, prediction: usize) {
        let index = self.index(label, prediction);
        self.counts[index] += 1;
    }

    /// Counts a prediction for each label.
    ///
    /// # Panics
    ///
    /// When the lengths differ or a class is out of range.
    #[track_caller]
    pub fn record_all(&mut self, labels: &[usize], predictions: &[usize]) {
        check_lengths(labels, predictions);
        for (&label, &prediction) in labels.iter().zip(predictions) {
            self.record(label, prediction);
        }
    }

    /// The number of classes.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// How often `label` was taken for `prediction`.
    ///
    /// # Panics
    ///
    /// When a class is out of range.
    #[track_caller]
    pub fn count(&self, label: usize, prediction: usize) -> u64 {
        self.counts[self.index(label, prediction)]
    }

    /// The number of predictions.
    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// The share of predictions that are right; `None` without predictions.
    pub fn accuracy(&self) -> Option<f64> {
        let right = (0..self.classes).map(|class| self.count(class, class)).sum();
        ratio(right, self.total())
    }

    /// The share of the predictions of a class that are right; `None` when it was never predicted.
    ///
    /// # Panics
    ///
    /// When the class is out of range.
    #[track_caller]
    pub fn precision(&self, class: usize) -> Option<f64> {
        let predicted = (0..self.classes).map(|label| self.count(label, class)).sum();
        ratio(self.count(class, class), predicted)
    }

    /// The share of the items of a class that were found; `None` when there are none.
    ///
    /// # Panics
    ///
    /// When the class is out of range.
    #[track_caller]
    pub fn recall(&self, class: usize) -> Option<f64> {
        ratio(self.count(class, class), self.support(class))
    }

    /// The harmonic mean of precision and recall of a class:
    ///
    /// `2 * precision * recall / (precision + recall) = 2 tp / (2 tp + fp + fn)`
    ///
    /// `None` when the class neither occurs nor was predicted.
    ///
    /// # Panics
    ///
    /// When the class is out of range.
    #[track_caller]
    pub fn f1(&self, class: usize) -> Option<f64> {
        let predicted: u64 = (0..self.classes).map(|label| self.count(label, class)).sum();
        ratio(2 * self.count(class, class), predicted + self.support(class))
    }

    /// The number of items of a class.
    ///
    /// # Panics
    ///
    /// When the class is out of range.
    #[track_caller]
    pub fn support(&self, class: usize) -> u64 {
        (0..self.classes).map(|prediction| self.count(class, prediction)).sum()
    }

    #[track_caller]
    fn index(&self, label: usize, prediction: usize) -> usize {
        let classes = self.classes;
        assert!(label < classes, "label {label} is out of range, there are {classes} classes");
        assert!(
            prediction < classes,
            "prediction {prediction} is out of range, there are {classes} classes"
        );
        label * classes + prediction
    }
}

/// A table of the counts, with precision, recall and F1 of each class (`-` where not defined).
impl fmt::Display for ConfusionMatrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let largest = self.counts.iter().copied().max().unwrap_or(0);
        let width = digits(largest.max(self.classes as u64)).max(4);
        let label_width = digits(self.classes as u64).max("true".len());
        writeln!(f, "{:label_width$}  predicted", "")?;
        write!(f, "{:>label_width$}", "true")?;
        for class in 0..self.classes {
            write!(f, "  {class:>width$}")?;
        }
        writeln!(f, "  precision  recall      f1")?;
        let share =
            |value: Option<f64>| value.map_or("-".to_string(), |value| format!("{value:.4}"));
        for label in 0..self.classes {
            write!(f, "{label:>label_width$}")?;
            for prediction in 0..self.classes {
                write!(f, "  {:>width$}", self.count(label, prediction))?;
            }
            writeln!(
                f,
                "  {:>9}  {:>6}  {:>6}",
                share(self.precision(label)),
                share(self.recall(label)),
                share(self.f1(label)),
            )?;
        }
        write!(f, "accuracy {} of {}", share(self.accuracy()), self.total())
    }
}

/// The share of predictions that are right; `None` without predictions.
///
/// # Panics
///
/// When the lengths differ.
///
/// ```
/// use training::metrics::accuracy;
///
/// assert_eq!(accuracy(&[3, 1, 2, 0], &[3, 1, 0, 0]), Some(0.75));
/// ```
#[track_caller]
pub fn accuracy(predictions: &[usize], labels: &[usize]) -> Option<f64> {
    check_lengths(labels, predictions);
    let right = predictions.iter().zip(labels).filter(|(a, b)| a == b).count();
    ratio(right as u64, labels.len() as u64)
}

/// `part / whole`, if that is defined.
fn ratio(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// The number of decimal digits.
fn digits(n: u64) -> usize {
    n.checked_ilog10().map_or(1, |log| log as usize + 1)
}

#[track_caller]
fn check_lengths(labels: &[usize], predictions: &[usize]) {
    assert_eq!(
        labels.len(),
        predictions.len(),
        "{} predictions for {} labels",
        predictions.len(),
        labels.len(),
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    #[test]
    fn the_table() {
        let mut matrix = ConfusionMatrix::new(2);
        matrix.record_all(&[0, 0, 0, 1, 1], &[0, 0, 1, 1, 1]);
        let expected = [
            "      predicted",
            "true     0     1  precision  recall      f1",
            "   0     2     1     1.0000  0.6667  0.8000",
            "   1     0     2     0.6667  1.0000  0.8000",
            "accuracy 0.8000 of 5",
        ]
        .join("\n");
        assert_eq!(matrix.to_string(), expected);
    }

    #[test]
    fn classes_that_do_not_occur() {
        let mut matrix = ConfusionMatrix::new(3);
        assert_eq!(matrix.accuracy(), None);
        matrix.record(0, 1);
        assert_eq!(
            (matrix.precision(0), matrix.recall(0), matrix.f1(0)),
            (None, Some(0.0), Some(0.0))
        );
        assert_eq!(
            (matrix.precision(1), matrix.recall(1), matrix.f1(1)),
            (Some(0.0), None, Some(0.0))
        );
        assert_eq!((matrix.precision(2), matrix.recall(2), matrix.f1(2)), (None, None, None));
        assert!(matrix.to_string().contains('-'));
        assert_eq!(accuracy(&[], &[]), None);
    }

    #[test]
    fn columns_widen_with_the_counts() {
        let mut matrix = ConfusionMatrix::new(2);
        matrix.counts[3] = 123_456_789;
        let text = matrix.to_string();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[1].len(), lines[2].len());
        assert_eq!(lines[1].len(), lines[3].len());
    }

    #[test]
    #[should_panic(expected = "label 2 is out of range, there are 2 classes")]
    fn a_label_out_of_range() {
        ConfusionMatrix::new(2).record(2, 0);
    }

    #[test]
    #[should_panic(expected = "1 predictions for 2 labels")]
    fn lengths_must_be_equal() {
        ConfusionMatrix::new(2).record_all(&[0, 1], &[0]);
    }

    proptest! {
        #[test]
        fn the_parts_add_up(pairs in vec((0..4usize, 0..4usize), 1..50)) {
            let (labels, predictions): (Vec<usize>, Vec<usize>) = pairs.into_iter().unzip();
            let mut matrix = ConfusionMatrix::new(4);
            matrix.record_all(&labels, &predictions);
            prop_assert_eq!(matrix.total(), labels.len() as u64);
            prop_assert_eq!(matrix.accuracy(), accuracy(&predictions, &labels));
            prop_assert_eq!((0..4).map(|class| matrix.support(class)).sum::<u64>(), matrix.total());
            for class in 0..4 {
                if let (Some(p), Some(r)) = (matrix.precision(class), matrix.recall(class)) {
                    let harmonic = if p + r > 0.0 { 2.0 * p * r / (p + r) } else { 0.0 };
                    prop_assert!((matrix.f1(class).unwrap() - harmonic).abs() < 1e-15);
                }
            }
        }
    }
}
