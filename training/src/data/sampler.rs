//! Which rows make up the batches of an epoch.

use std::slice::Chunks;

use rand::RngExt;
use rand::seq::SliceRandom;
use serde::{Deserialize, Serialize};

use super::random::{Purpose, generator};
use crate::error::{Error, Result};

/// How the rows of an epoch are drawn and put into batches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Sampling {
    /// One batch of all rows in their own order.
    FullBatch,
    /// Every row once, in a new random order in each epoch.
    MiniBatch {
        /// The number of rows of a batch; the last one may have fewer.
        size: usize,
        /// Whether a last batch that is not full is left out.
        drop_last: bool,
    },
    /// As many rows as there are, each drawn from all of them, so that some come more than once
    /// and others not at all.
    WithReplacement {
        /// The number of rows of a batch; the last one may have fewer.
        size: usize,
        /// Whether a last batch that is not full is left out.
        drop_last: bool,
    },
    /// Every row once in a random order, in batches of one row.
    Online,
}

/// The batches of each epoch, as lists of row numbers.
///
/// The order of an epoch is a pure function of the seed and the number of the epoch, so that a run
/// that is resumed needs these two numbers and the number of batches that were done; nothing is
/// replayed. The lists live in a buffer that is made once.
///
/// ```
/// use training::data::{Sampler, Sampling};
///
/// let sampling = Sampling::MiniBatch { size: 4, drop_last: false };
/// let mut sampler = Sampler::new(sampling, 10, 42)?;
/// assert_eq!(sampler.batches_per_epoch(), 3);
///
/// let mut seen = Vec::new();
/// for rows in sampler.epoch(0) {
///     seen.extend_from_slice(rows);
/// }
/// // Resuming in epoch 0 after two batches gives the third one.
/// assert_eq!(sampler.epoch(0).nth(2).unwrap(), &seen[8..]);
/// seen.sort();
/// assert_eq!(seen, (0..10).collect::<Vec<_>>());
/// # Ok::<(), training::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Sampler {
    sampling: Sampling,
    seed: u64,
    order: Vec<usize>,
}

impl Sampler {
    /// Draws from `rows` rows.
    ///
    /// # Errors
    ///
    /// [`Error::Empty`] without rows, and [`Error::InvalidOption`] for a batch size of 0, or one
    /// above `rows` when batches that are not full are left out.
    pub fn new(sampling: Sampling, rows: usize, seed: u64) -> Result<Self> {
        if rows == 0 {
            return Err(Error::Empty { what: "the data set to draw batches from" });
        }
        use Sampling::{MiniBatch, WithReplacement};
        if let MiniBatch { size, drop_last } | WithReplacement { size, drop_last } = sampling {
            if size == 0 {
                return Err(Error::invalid_option("batch size", size, "at least 1"));
            }
            if drop_last && size > rows {
                let requirement = format!("at most the number of rows, {rows}");
                return Err(Error::invalid_option("batch size", size, requirement));
            }
        }
        Ok(Self { sampling, seed, order: (0..rows).collect() })
    }

    /// The batches of an epoch in order, each a list of row numbers.
    ///
    /// The iterator knows its length, and `nth` takes constant time. Cost of the call: `O(rows)`;
    /// nothing is allocated.
    pub fn epoch(&mut self, epoch: u64) -> Chunks<'_, usize> {
        let rows = self.order.len();
        let mut generator = generator(self.seed, Purpose::Order, epoch);
        match self.sampling {
            // The order never changed.
            Sampling::FullBatch => {}
            Sampling::MiniBatch { .. } | Sampling::Online => {
                // Shuffling starts from the natural order, not from that of the last epoch.
                self.order.iter_mut().enumerate().for_each(|(row, place)| *place = row);
                self.order.shuffle(&mut generator);
            }
            Sampling::WithReplacement { .. } => {
                self.order.fill_with(|| generator.random_range(0..rows));
            }
        }
        self.order[..self.rows_per_epoch()].chunks(self.batch_size())
    }

    /// The number of rows of a batch that is full.
    pub fn batch_size(&self) -> usize {
        match self.sampling {
            Sampling::FullBatch => self.order.len(),
            Sampling::MiniBatch { size, .. } | Sampling::WithReplacement { size, .. } => {
                size.min(self.order.len())
            }
            Sampling::Online => 1,
        }
    }

    /// The number of batches of an epoch; at least one.
    pub fn batches_per_epoch(&self) -> usize {
        self.rows_per_epoch().div_ceil(self.batch_size())
    }

    /// The number of rows in the batches of an epoch.
    pub fn rows_per_epoch(&self) -> usize {
        use Sampling::{MiniBatch, WithReplacement};
        match self.sampling {
            MiniBatch { size, drop_last: true } | WithReplacement { size, drop_last: true } => {
                self.order.len() / size * size
            }
            _ => self.order.len(),
        }
    }

    /// The number of rows that are drawn from.
    pub fn rows(&self) -> usize {
        self.order.len()
    }

    /// How rows are drawn.
    pub fn sampling(&self) -> Sampling {
        self.sampling
    }

    /// The seed.
    pub fn seed(&self) -> u64 {
        self.seed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn batches(sampling: Sampling, rows: usize, seed: u64, epoch: u64) -> Vec<Vec<usize>> {
        let mut sampler = Sampler::new(sampling, rows, seed).unwrap();
        sampler.epoch(epoch).map(<[usize]>::to_vec).collect()
    }

    const SHUFFLED: Sampling = Sampling::MiniBatch { size: 3, drop_last: false };

    #[test]
    fn a_full_batch_keeps_the_order() {
        assert_eq!(batches(Sampling::FullBatch, 4, 1, 9), [[0, 1, 2, 3]]);
    }

    #[test]
    fn online_batches_have_one_row() {
        let mut rows = batches(Sampling::Online, 5, 1, 0).concat();
        assert_eq!(batches(Sampling::Online, 5, 1, 0).len(), 5);
        rows.sort_unstable();
        assert_eq!(rows, [0, 1, 2, 3, 4]);
    }

    #[test]
    fn the_last_batch_is_kept_or_dropped() {
        let sizes = |sampling, rows| -> Vec<usize> {
            batches(sampling, rows, 1, 0).iter().map(Vec::len).collect()
        };
        let drop_last = Sampling::MiniBatch { size: 3, drop_last: true };
        assert_eq!(sizes(SHUFFLED, 7), [3, 3, 1]);
        assert_eq!(sizes(drop_last, 7), [3, 3]);
        assert_eq!(sizes(drop_last, 6), [3, 3]);
        assert_eq!(sizes(Sampling::MiniBatch { size: 100, drop_last: false }, 7), [7]);
        assert_eq!(sizes(Sampling::WithReplacement { size: 3, drop_last: true }, 7), [3, 3]);
        assert_eq!(sizes(Sampling::WithReplacement { size: 3, drop_last: false }, 7), [3, 3, 1]);
    }

    #[test]
    fn epochs_seeds_and_streams_differ() {
        let order = |seed, epoch| batches(SHUFFLED, 50, seed, epoch).concat();
        assert_ne!(order(1, 0), order(1, 1));
        assert_ne!(order(1, 0), order(2, 0));
        assert_ne!(order(1, 2), order(2, 1));
        assert_ne!(order(0, 0), (0..50).collect::<Vec<_>>());
    }

    #[test]
    fn with_replacement_repeats_rows_and_reaches_all() {
        let sampling = Sampling::WithReplacement { size: 10, drop_last: false };
        let mut sampler = Sampler::new(sampling, 100, 3).unwrap();
        let mut counts = [0usize; 100];
        for epoch in 0..200 {
            sampler.epoch(epoch).flatten().for_each(|&row| counts[row] += 1);
        }
        // 20 000 draws of 100 rows: 200 each with a standard deviation of 14.1; five of them.
        assert!(counts.iter().all(|&count| count.abs_diff(200) < 71), "{counts:?}");
        let mut one = batches(sampling, 100, 3, 0).concat();
        one.sort_unstable();
        one.dedup();
        assert!(one.len() < 100);
    }

    #[test]
    fn all_epochs_use_the_same_buffer() {
        let mut sampler = Sampler::new(SHUFFLED, 1000, 1).unwrap();
        let mut buffer = |epoch| sampler.epoch(epoch).next().unwrap().as_ptr();
        let first = buffer(0);
        assert!((1..20).all(|epoch| buffer(epoch) == first));
    }

    #[test]
    fn impossible_batches_are_errors() {
        let new = |size, drop_last, rows| {
            Sampler::new(Sampling::MiniBatch { size, drop_last }, rows, 1).map(|_| ())
        };
        assert!(matches!(new(0, false, 5), Err(Error::InvalidOption { .. })));
        assert!(matches!(new(6, true, 5), Err(Error::InvalidOption { .. })));
        assert!(new(6, false, 5).is_ok());
        assert!(matches!(new(1, false, 0), Err(Error::Empty { .. })));
        assert!(
            Sampler::new(Sampling::WithReplacement { size: 0, drop_last: false }, 5, 1).is_err()
        );
    }

    proptest! {
        #[test]
        fn an_epoch_is_a_pure_function_of_seed_and_number(
            rows in 1..60usize, size in 1..70usize, seed: u64, epoch: u64, replacement: bool,
        ) {
            let sampling = if replacement {
                Sampling::WithReplacement { size, drop_last: false }
            } else {
                Sampling::MiniBatch { size, drop_last: false }
            };
            let expected = batches(sampling, rows, seed, epoch);
            let mut used = Sampler::new(sampling, rows, seed).unwrap();
            for earlier in 0..3 {
                used.epoch(earlier).for_each(drop);
            }
            let found: Vec<Vec<usize>> = used.epoch(epoch).map(<[usize]>::to_vec).collect();
            prop_assert_eq!(&found, &expected);
            prop_assert_eq!(found.len(), used.batches_per_epoch());
            prop_assert_eq!(found.concat().len(), used.rows_per_epoch());
            if !replacement {
                let mut all = found.concat();
                all.sort_unstable();
                prop_assert_eq!(all, (0..rows).collect::<Vec<_>>());
            }
        }
    }
}
