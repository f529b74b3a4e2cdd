//! Means that are put together from batches.

/// A mean over items of which only the means of batches are known.
///
/// `mean = sum(count * value) / sum(count)`
///
/// Each batch counts with its number of items, so that a last batch that is smaller does not weigh
/// more than its items.
///
/// ```
/// use training::metrics::WeightedMean;
///
/// let mut loss = WeightedMean::default();
/// loss.add(1.0, 64);
/// loss.add(4.0, 32);
/// assert_eq!(loss.mean(), Some(2.0));
/// assert_eq!(loss.count(), 96);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct WeightedMean {
    total: f64,
    count: u64,
}

impl WeightedMean {
    /// Takes in the mean value of a batch of `count` items.
    ///
    /// A value that is not finite makes the mean so, unless `count` is 0: then nothing is added.
    pub fn add(&mut self, value: f64, count: usize) {
        if count > 0 {
            self.total += value * count as f64;
            self.count += count as u64;
        }
    }

    /// The mean over all items; `None` when there were none.
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| self.total / self.count as f64)
    }

    /// The number of items.
    pub fn count(&self) -> u64 {
        self.count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_has_no_mean() {
        let mut mean = WeightedMean::default();
        assert_eq!(mean.mean(), None);
        mean.add(f64::NAN, 0);
        assert_eq!(mean.mean(), None);
    }

    #[test]
    fn what_is_not_finite_stays_visible() {
        let mut mean = WeightedMean::default();
        mean.add(1.0, 10);
        mean.add(f64::NAN, 1);
        mean.add(1.0, 10);
        assert!(mean.mean().unwrap().is_nan());
    }
}
