//! Dividing the rows of a data set into training, validation and test parts.

use rand::seq::SliceRandom;

use super::random::{Purpose, generator};
use crate::error::{Error, Result};

/// Which rows are for training, which for validation and which for the test.
///
/// Every row is in exactly one of the three lists, and each list is in ascending order. The same
/// seed gives the same split.
///
/// ```
/// use training::data::{Dataset, Split};
///
/// let labels: Vec<usize> = (0..100).map(|row| row % 4).collect();
/// let features: Vec<f64> = (0..100).map(f64::from).collect();
/// let data = Dataset::classification(features, 1, labels.clone(), 4)?;
///
/// let split = Split::stratified(&labels, 0.2, 0.2, 7)?;
/// let test = data.select(&split.test)?;
/// for class in 0..4 {
///     assert_eq!(test.labels().unwrap().iter().filter(|label| **label == class).count(), 5);
/// }
/// # Ok::<(), training::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// The rows for training; there is at least one.
    pub train: Vec<usize>,
    /// The rows for validation; empty when their share is 0.
    pub validation: Vec<usize>,
    /// The rows for the test; empty when their share is 0.
    pub test: Vec<usize>,
}

impl Split {
    /// Divides `rows` rows at random, with the given shares of rows for validation and test.
    ///
    /// The two parts have `round(share * rows)` rows, what is left is for training.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidOption`] when a share is not at least 0 and below 1, the two together leave
    /// nothing for training, or a share above 0 is less than half a row.
    pub fn random(rows: usize, validation: f64, test: f64, seed: u64) -> Result<Self> {
        Self::by_class(&vec![0; rows], validation, test, seed)
    }

    /// Divides rows at random so that each class has the same share in each part, as far as whole
    /// rows allow it.
    ///
    /// The parts are as large as those of [`Split::random`]; within a part the number of rows of
    /// a class is its exact share rounded up or down (largest remainders).
    ///
    /// # Errors
    ///
    /// As for [`Split::random`].
    pub fn stratified(labels: &[usize], validation: f64, test: f64, seed: u64) -> Result<Self> {
        Self::by_class(labels, validation, test, seed)
    }

    fn by_class(labels: &[usize], validation: f64, test: f64, seed: u64) -> Result<Self> {
        let rows = labels.len();
        let test_rows = part("test share", test, rows)?;
        let validation_rows = part("validation share", validation, rows)?;
        if validation_rows + test_rows >= rows {
            return Err(Error::invalid_option(
                "validation and test share",
                format!("{validation} + {test}"),
                format!("small enough to leave some of the {rows} rows for training"),
            ));
        }

        let mut classes = rows_of_classes(labels);
        let mut generator = generator(seed, Purpose::Split, 0);
        for rows in &mut classes {
            rows.shuffle(&mut generator);
        }
        let mut test = take(&mut classes, test_rows);
        let mut validation = take(&mut classes, validation_rows);
        let mut train = classes.concat();
        for part in [&mut train, &mut validation, &mut test] {
            part.sort_unstable();
        }
        Ok(Self { train, validation, test })
    }
}

/// The number of rows of a part.
fn part(name: &'static str, share: f64, rows: usize) -> Result<usize> {
    if !(0.0..1.0).contains(&share) {
        return Err(Error::invalid_option(name, share, "at least 0 and below 1"));
    }
    let count = (share * rows as f64).round() as usize;
    if count == 0 && share > 0.0 {
        let requirement = format!("0 or enough for one of {rows} rows");
        return Err(Error::invalid_option(name, share, requirement));
    }
    Ok(count)
}

/// The rows of each class that occurs, the classes in ascending order.
fn rows_of_classes(labels: &[usize]) -> Vec<Vec<usize>> {
    // By sorting, so that a huge label costs nothing.
    let mut by_label: Vec<usize> = (0..labels.len()).collect();
    by_label.sort_by_key(|&row| labels[row]);
    by_label.chunk_by(|&a, &b| labels[a] == labels[b]).map(<[usize]>::to_vec).collect()
}

/// Takes `count` rows away from the ends of the classes, from each in proportion to its size.
///
/// The exact shares are rounded down and what is missing goes to the largest remainders, to the
/// earlier class among equals.
fn take(classes: &mut [Vec<usize>], count: usize) -> Vec<usize> {
    let total: usize = classes.iter().map(Vec::len).sum();
    let share = |class: &Vec<usize>| class.len() as u128 * count as u128;
    let mut counts: Vec<usize> =
        classes.iter().map(|class| (share(class) / total as u128) as usize).collect();
    let missing = count - counts.iter().sum::<usize>();
    let mut by_remainder: Vec<usize> = (0..classes.len()).collect();
    by_remainder.sort_by_key(|&class| std::cmp::Reverse(share(&classes[class]) % total as u128));
    for &class in &by_remainder[..missing] {
        counts[class] += 1;
    }
    let take_from = |(class, count): (&mut Vec<usize>, usize)| class.split_off(class.len() - count);
    classes.iter_mut().zip(counts).flat_map(take_from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    #[test]
    fn sizes_are_rounded() {
        let split = Split::random(10, 0.25, 0.1, 1).unwrap();
        assert_eq!((split.train.len(), split.validation.len(), split.test.len()), (6, 3, 1));
        let split = Split::random(1, 0.0, 0.0, 1).unwrap();
        assert_eq!(split.train, [0]);
    }

    #[test]
    fn the_seed_decides() {
        let split = |seed| Split::random(100, 0.3, 0.2, seed).unwrap();
        assert_eq!(split(1), split(1));
        assert_ne!(split(1), split(2));
    }

    #[test]
    fn impossible_shares_are_errors() {
        for (validation, test) in [
            (-0.1, 0.0),
            (0.0, 1.0),
            (f64::NAN, 0.0),
            (0.0, f64::INFINITY),
            (0.5, 0.5),
            (0.9, 0.2),
            (0.001, 0.0),
        ] {
            let error = Split::random(10, validation, test, 1).unwrap_err();
            assert!(matches!(error, Error::InvalidOption { .. }), "{error}");
        }
        assert!(Split::random(0, 0.0, 0.0, 1).is_err());
        assert_eq!(
            Split::random(10, 0.0, 1.5, 1).unwrap_err().to_string(),
            "option test share is 1.5, it must be at least 0 and below 1"
        );
    }

    #[test]
    fn classes_that_are_rare_or_have_huge_labels() {
        let mut labels = vec![usize::MAX; 99];
        labels.push(3);
        let split = Split::stratified(&labels, 0.1, 0.1, 1).unwrap();
        assert_eq!((split.train.len(), split.validation.len(), split.test.len()), (80, 10, 10));
        assert!(split.train.contains(&99));
    }

    proptest! {
        #[test]
        fn every_row_is_in_one_part_and_classes_keep_their_share(
            labels in vec(0..5usize, 1..200), validation in 0.0..0.6, test in 0.0..0.6, seed: u64,
        ) {
            let Ok(split) = Split::stratified(&labels, validation, test, seed) else {
                return Ok(());
            };
            let mut all = [&split.train[..], &split.validation, &split.test].concat();
            all.sort_unstable();
            prop_assert_eq!(all, (0..labels.len()).collect::<Vec<_>>());
            let rows = labels.len() as f64;
            for (part, share) in [(&split.test, test), (&split.validation, validation)] {
                prop_assert_eq!(part.len(), (share * rows).round() as usize);
                for class in 0..5 {
                    let of_class = |rows: &[usize]| {
                        rows.iter().filter(|&&row| labels[row] == class).count() as f64
                    };
                    let all_rows: Vec<usize> = (0..labels.len()).collect();
                    let expected = of_class(&all_rows) * part.len() as f64 / rows;
                    // Within one row for the part that is taken first; the second is taken from
                    // what the first one left, which is up to one row off itself.
                    prop_assert!((of_class(part) - expected).abs() < 3.0);
                }
            }
        }
    }
}
