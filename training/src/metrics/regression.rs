//! How far predicted numbers are from the true ones.

use calculus_core::Float;

/// The mean absolute error.
///
/// `mean(|prediction - target|)`; `None` without numbers.
///
/// # Panics
///
/// When the lengths differ.
///
/// ```
/// use training::metrics::mean_absolute_error;
///
/// assert_eq!(mean_absolute_error(&[1.0, 2.0, 4.0], &[1.0, 3.0, 2.0]), Some(1.0));
/// ```
#[track_caller]
pub fn mean_absolute_error<T: Float>(predictions: &[T], targets: &[T]) -> Option<f64> {
    check_lengths(predictions, targets);
    mean(pairs(predictions, targets).map(|(prediction, target)| (prediction - target).abs()))
}

/// The coefficient of determination `R^2`: the share of the variance of the targets that is
/// predicted.
///
/// `1 - sum((target - prediction)^2) / sum((target - mean(target))^2)`
///
/// It is 1 for perfect predictions, 0 for always predicting the mean, and negative for worse.
/// `None` when all targets are the same, or there are none. Targets of several columns are taken as
/// one list of numbers.
///
/// # Panics
///
/// When the lengths differ.
///
/// ```
/// use training::metrics::r_squared;
///
/// assert_eq!(r_squared(&[1.0, 2.0, 3.0], &[1.0, 2.0, 3.0]), Some(1.0));
/// assert_eq!(r_squared(&[2.0, 2.0, 2.0], &[1.0, 2.0, 3.0]), Some(0.0));
/// assert_eq!(r_squared(&[2.0], &[2.0]), None);
/// ```
#[track_caller]
pub fn r_squared<T: Float>(predictions: &[T], targets: &[T]) -> Option<f64> {
    check_lengths(predictions, targets);
    let average = mean(targets.iter().map(|target| target.to_f64()))?;
    let residual = mean(pairs(predictions, targets).map(|(p, target)| (target - p).powi(2)))?;
    let variance = mean(targets.iter().map(|target| (target.to_f64() - average).powi(2)))?;
    // Not `variance > 0`: a NaN among the targets must come out as a NaN.
    (variance != 0.0).then(|| 1.0 - residual / variance)
}

fn pairs<'a, T: Float>(a: &'a [T], b: &'a [T]) -> impl Iterator<Item = (f64, f64)> + 'a {
    a.iter().zip(b).map(|(a, b)| (a.to_f64(), b.to_f64()))
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (total, count) = values.fold((0.0, 0u64), |(total, count), x| (total + x, count + 1));
    (count > 0).then(|| total / count as f64)
}

#[track_caller]
fn check_lengths<T>(predictions: &[T], targets: &[T]) {
    assert_eq!(
        predictions.len(),
        targets.len(),
        "{} predictions for {} targets",
        predictions.len(),
        targets.len(),
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    #[test]
    fn nothing_and_constants_have_no_value() {
        assert_eq!(mean_absolute_error::<f64>(&[], &[]), None);
        assert_eq!(r_squared::<f32>(&[], &[]), None);
        assert_eq!(r_squared(&[1.0, 2.0], &[3.0, 3.0]), None);
    }

    #[test]
    fn what_is_not_a_number_stays_visible() {
        assert!(mean_absolute_error(&[f64::NAN, 1.0], &[1.0, 1.0]).unwrap().is_nan());
        assert!(r_squared(&[f64::NAN, 1.0], &[1.0, 2.0]).unwrap().is_nan());
        assert!(r_squared(&[1.0, 1.0], &[f64::NAN, 2.0]).unwrap().is_nan());
    }

    #[test]
    #[should_panic(expected = "1 predictions for 2 targets")]
    fn lengths_must_be_equal() {
        r_squared(&[1.0], &[1.0, 2.0]);
    }

    proptest! {
        #[test]
        fn bounds_and_shifts(
            pairs in vec((-1e3..1e3, -1e3..1e3), 2..30), shift in -1e3..1e3,
        ) {
            let (predictions, targets): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
            let moved = |values: &[f64]| values.iter().map(|x| x + shift).collect::<Vec<f64>>();
            let error = mean_absolute_error(&predictions, &targets).unwrap();
            prop_assert!(error >= 0.0);
            let of_moved = mean_absolute_error(&moved(&predictions), &moved(&targets)).unwrap();
            prop_assert!((of_moved - error).abs() <= 1e-9);
            prop_assert!(r_squared(&predictions, &targets).unwrap() <= 1.0);
            prop_assert_eq!(r_squared(&targets, &targets), Some(1.0));
        }
    }
}
