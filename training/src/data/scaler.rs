//! Bringing features to a common scale.

use calculus_core::Float;
use serde::{Deserialize, Serialize};

use super::dataset::Dataset;
use crate::error::{Error, Result};

/// An affine map of each feature, fitted on the training part and applied to all parts:
///
/// `x <- (x - offset) / scale`
///
/// Fitting on the training part alone keeps what the test part says out of the training.
///
/// ```
/// use training::data::{Dataset, Scaler};
///
/// let mut train = Dataset::classification(vec![1.0, 3.0], 1, vec![0, 1], 2)?;
/// let mut test = Dataset::classification(vec![4.0], 1, vec![1], 2)?;
/// let scaler = Scaler::standardize(&train)?;
/// scaler.transform(&mut train)?;
/// scaler.transform(&mut test)?;
/// assert_eq!(train.features(), [-1.0, 1.0]);
/// assert_eq!(test.features(), [2.0]);
/// # Ok::<(), training::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scaler {
    offset: Vec<f64>,
    scale: Vec<f64>,
}

impl Scaler {
    /// Gives each feature mean 0 and standard deviation 1:
    ///
    /// `offset = mean`, `scale = sqrt(mean((x - mean)^2))`
    ///
    /// A feature that is the same in every row becomes 0.
    ///
    /// # Errors
    ///
    /// [`Error::NonFinite`] when the features are so large that their variance overflows.
    pub fn standardize<T: Float>(train: &Dataset<T>) -> Result<Self> {
        let columns = train.feature_columns();
        let mut mean = vec![0.0; columns];
        let mut variance = vec![0.0; columns];
        // Two passes are exact to a few roundings, also when the mean is large (Chan, Golub and
        // LeVeque, 1983). The running form of the mean cannot overflow.
        for (row, features) in train.features().chunks_exact(columns).enumerate() {
            for (mean, x) in mean.iter_mut().zip(features) {
                *mean += x.to_f64() / (row + 1) as f64 - *mean / (row + 1) as f64;
            }
        }
        for (row, features) in train.features().chunks_exact(columns).enumerate() {
            for ((variance, mean), x) in variance.iter_mut().zip(&mean).zip(features) {
                let square = (x.to_f64() - mean).powi(2);
                *variance += square / (row + 1) as f64 - *variance / (row + 1) as f64;
            }
        }
        Self::new(mean, variance.into_iter().map(f64::sqrt).collect())
    }

    /// Brings each feature into the interval from 0 to 1:
    ///
    /// `offset = min`, `scale = max - min`
    ///
    /// A feature that is the same in every row becomes 0.
    ///
    /// # Errors
    ///
    /// [`Error::NonFinite`] when the features are so large that their range overflows.
    pub fn min_max<T: Float>(train: &Dataset<T>) -> Result<Self> {
        let columns = train.feature_columns();
        let mut minimum = vec![f64::INFINITY; columns];
        let mut maximum = vec![f64::NEG_INFINITY; columns];
        for features in train.features().chunks_exact(columns) {
            for ((minimum, maximum), x) in minimum.iter_mut().zip(&mut maximum).zip(features) {
                *minimum = minimum.min(x.to_f64());
                *maximum = maximum.max(x.to_f64());
            }
        }
        let range = maximum.iter().zip(&minimum).map(|(maximum, minimum)| maximum - minimum);
        let range = range.collect();
        Self::new(minimum, range)
    }

    fn new(offset: Vec<f64>, mut scale: Vec<f64>) -> Result<Self> {
        if let Some(index) = scale.iter().position(|scale| !scale.is_finite()) {
            return Err(Error::NonFinite { what: "feature scale", index, value: scale[index] });
        }
        // A constant feature has nothing to be divided by.
        for scale in scale.iter_mut().filter(|scale| **scale == 0.0) {
            *scale = 1.0;
        }
        Ok(Self { offset, scale })
    }

    /// What is subtracted from each feature.
    pub fn offset(&self) -> &[f64] {
        &self.offset
    }

    /// What each feature is divided by afterwards.
    pub fn scale(&self) -> &[f64] {
        &self.scale
    }

    /// Maps the features of a data set.
    ///
    /// # Errors
    ///
    /// [`Error::ShapeMismatch`] when it has another number of features,
    /// [`Error::NonFinite`] when a feature overflows; the data set is then unchanged.
    pub fn transform<T: Float>(&self, data: &mut Dataset<T>) -> Result<()> {
        let columns = data.feature_columns();
        if columns != self.offset.len() {
            return Err(Error::shape_mismatch(
                "the row of features",
                &[self.offset.len()],
                &[columns],
            ));
        }
        let map = |column: usize, x: T| {
            T::from_f64((x.to_f64() - self.offset[column]) / self.scale[column])
        };
        for (index, &x) in data.features().iter().enumerate() {
            let value = map(index % columns, x);
            if !value.is_finite() {
                let value = value.to_f64();
                return Err(Error::NonFinite { what: "scaled feature", index, value });
            }
        }
        for features in data.features_mut().chunks_exact_mut(columns) {
            for (column, x) in features.iter_mut().enumerate() {
                *x = map(column, *x);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    fn data(features: Vec<f64>, columns: usize) -> Dataset<f64> {
        let rows = features.len() / columns;
        Dataset::classification(features, columns, vec![0; rows], 1).unwrap()
    }

    #[test]
    fn constant_features_become_zero() {
        let mut constant = data(vec![5.0, 1.0, 5.0, 3.0], 2);
        for scaler in [Scaler::standardize(&constant), Scaler::min_max(&constant)] {
            let mut copy = constant.clone();
            scaler.unwrap().transform(&mut copy).unwrap();
            assert_eq!([copy.features()[0], copy.features()[2]], [0.0, 0.0]);
        }
        let scaler = Scaler::min_max(&constant).unwrap();
        scaler.transform(&mut constant).unwrap();
        assert_eq!(constant.features(), [0.0, 0.0, 0.0, 1.0]);
        assert_eq!((scaler.offset(), scaler.scale()), (&[5.0, 1.0][..], &[1.0, 2.0][..]));
    }

    #[test]
    fn single_precision_is_measured_in_double() {
        let rows: Vec<f32> = (0..1000).map(|row| 1e6 + (row % 2) as f32).collect();
        let train = Dataset::classification(rows, 1, vec![0; 1000], 1).unwrap();
        let scaler = Scaler::standardize(&train).unwrap();
        assert!((scaler.offset()[0] - 1000000.5).abs() < 1e-6);
        assert!((scaler.scale()[0] - 0.5).abs() < 1e-9);
    }

    #[test]
    fn overflow_and_wrong_widths_are_errors() {
        let huge = data(vec![f64::MAX, -f64::MAX], 1);
        assert!(matches!(Scaler::standardize(&huge), Err(Error::NonFinite { .. })));
        assert!(matches!(Scaler::min_max(&huge), Err(Error::NonFinite { .. })));
        let tiny = Scaler::min_max(&data(vec![0.0, 1e-300], 1)).unwrap();
        let mut large = data(vec![1.0, 1e300], 1);
        let before = large.clone();
        assert!(matches!(tiny.transform(&mut large), Err(Error::NonFinite { index: 1, .. })));
        assert_eq!(large, before);
        assert!(matches!(
            tiny.transform(&mut data(vec![0.0, 1.0], 2)),
            Err(Error::ShapeMismatch { .. })
        ));
    }

    proptest! {
        #[test]
        fn the_training_part_gets_the_promised_scale(features in vec(-1e3..1e3, 2..50)) {
            let mut train = data(features.clone(), 1);
            Scaler::standardize(&train).unwrap().transform(&mut train).unwrap();
            let n = features.len() as f64;
            let mean = train.features().iter().sum::<f64>() / n;
            let variance = train.features().iter().map(|x| x * x).sum::<f64>() / n;
            prop_assert!(mean.abs() < 1e-9);
            prop_assert!((variance - 1.0).abs() < 1e-9);

            let mut train = data(features, 1);
            Scaler::min_max(&train).unwrap().transform(&mut train).unwrap();
            prop_assert_eq!(train.features().iter().copied().fold(f64::INFINITY, f64::min), 0.0);
            prop_assert_eq!(train.features().iter().copied().fold(0.0, f64::max), 1.0);
        }
    }
}
