//! The images to train on and to be tested with.

use std::path::Path;

use training::data::{CsvOptions, Dataset, Split, parse_csv, read_csv, read_idx_folder};

use super::Error;

/// The UCI collection of handwritten digits; see `data/LICENSE-digits.md`.
const EMBEDDED: &[u8] = include_bytes!("../../data/digits.csv");
/// The largest value of a pixel of the embedded images.
const EMBEDDED_WHITE: f32 = 16.0;
const CLASSES: usize = 10;

/// The division into training, validation and test images does not depend on the seed of the
/// program, so that the results of different seeds can be compared.
const SPLIT_SEED: u64 = 0;

/// Images with the digits that they show.
#[derive(Debug, Clone)]
pub struct Digits {
    /// Where they come from, for the heading.
    pub source: String,
    /// How many of the training images are not shifted copies of others.
    pub originals: usize,
    /// What the parameters are fitted to.
    pub train: Dataset<f32>,
    /// What decides when to stop.
    pub validation: Dataset<f32>,
    /// What the result is measured on.
    pub test: Dataset<f32>,
    /// Whether they were read from IDX files, which hold many images.
    pub large: bool,
}

/// Loads the images in `path`, or the embedded ones.
///
/// All pixels are brought to the range from 0 to 1. The validation images are a stratified sample
/// of the training images. With `shifts`, copies of the training images of a table, shifted by half
/// a pixel and by a pixel in each direction, are added to them.
///
/// # Errors
/// Those of the files, which name the file and the line or field.
pub fn load(path: Option<&Path>, shifts: bool) -> Result<Digits, Error> {
    match path {
        Some(folder) if !folder.is_file() => {
            let (train, test) = read_idx_folder::<f32>(folder, CLASSES)?;
            let source = format!("IDX files in {}", folder.display());
            let split = stratified(&train, 1.0 / 12.0, 0.0, &source)?;
            let validation = train.select(&split.validation)?;
            let train = train.select(&split.train)?;
            let originals = train.len();
            Ok(Digits { source, originals, train, validation, test, large: true })
        }
        Some(file) => {
            let data = read_csv::<f32>(file, &CsvOptions::classification(CLASSES))?;
            table(data, file.display().to_string(), shifts)
        }
        None => {
            let options = CsvOptions::classification(CLASSES);
            let data = parse_csv::<f32>(EMBEDDED, "digits.csv (embedded)", &options)?;
            table(data, "the UCI digits".to_string(), shifts)
        }
    }
}

/// Scales and divides the images of a table: 70% for training, 10% validation, 20% test.
fn table(data: Dataset<f32>, source: String, shifts: bool) -> Result<Digits, Error> {
    let largest = data.features().iter().fold(EMBEDDED_WHITE, |a, &b| a.max(b.abs()));
    let features = data.features().iter().map(|pixel| pixel / largest).collect();
    let labels = data.labels().unwrap_or_default().to_vec();
    let columns = data.feature_columns();
    let data = Dataset::classification(features, columns, labels, CLASSES)?;
    let split = stratified(&data, 0.1, 0.2, &source)?;
    let part = |rows: &[usize]| data.select(rows);
    let mut train = part(&split.train)?;
    let originals = train.len();
    if shifts {
        train = with_shifted_copies(&train)?;
    }
    let (validation, test) = (part(&split.validation)?, part(&split.test)?);
    Ok(Digits { source, originals, train, validation, test, large: false })
}

/// The images, and shifted copies of them if they are square.
///
/// A digit that somebody has written a little further to the left is the same digit: the copies
/// tell the network so.
fn with_shifted_copies(data: &Dataset<f32>) -> Result<Dataset<f32>, Error> {
    let columns = data.feature_columns();
    let side = columns.isqrt();
    if side * side != columns {
        return Ok(data.clone());
    }
    let mut features = data.features().to_vec();
    let mut labels = data.labels().unwrap_or_default().to_vec();
    for (right, down) in [(1, 0), (-1, 0), (0, 1), (0, -1)] {
        for share in [0.5, 1.0] {
            for row in 0..data.len() {
                let image = data.row(row);
                features.extend((0..columns).map(|pixel| {
                    let from_row = (pixel / side).checked_add_signed(-down);
                    let from_column = (pixel % side).checked_add_signed(-right);
                    let neighbour = match (from_row, from_column) {
                        (Some(r), Some(c)) if r < side && c < side => image[r * side + c],
                        _ => 0.0,
                    };
                    share * neighbour + (1.0 - share) * image[pixel]
                }));
            }
            labels.extend_from_slice(&data.labels().unwrap_or_default()[..data.len()]);
        }
    }
    Ok(Dataset::classification(features, columns, labels, CLASSES)?)
}

/// Divides the images so that each digit has the same share of each part. A message about too few
/// images says where they come from.
fn stratified(
    data: &Dataset<f32>,
    validation: f64,
    test: f64,
    source: &str,
) -> Result<Split, Error> {
    let labels = data.labels().unwrap_or_default();
    Split::stratified(labels, validation, test, SPLIT_SEED)
        .map_err(|error| Error::Options(format!("{source}: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_images_are_divided_by_class() {
        let digits = load(None, false).unwrap();
        let parts = [&digits.train, &digits.validation, &digits.test];
        assert_eq!(parts.iter().map(|part| part.len()).sum::<usize>(), 1797);
        for part in parts {
            assert_eq!((part.feature_columns(), part.classes()), (64, Some(10)));
            assert!(part.features().iter().all(|pixel| (0.0..=1.0).contains(pixel)));
            // Each digit makes up about a tenth of each part.
            for digit in 0..10 {
                let count = part.labels().unwrap().iter().filter(|&&l| l == digit).count();
                let share = count as f64 / part.len() as f64;
                assert!((0.08..0.12).contains(&share), "{digit}: {share}");
            }
        }
        assert_eq!(load(None, false).unwrap().test, digits.test);
    }

    #[test]
    fn copies_are_shifted_and_keep_their_digit() {
        let one = Dataset::classification(vec![1.0, 2.0, 3.0, 4.0], 2 * 2, vec![7], 10).unwrap();
        let all = with_shifted_copies(&one).unwrap();
        assert_eq!((all.len(), all.labels()), (9, Some(&[7; 9][..])));
        assert_eq!(all.row(0), one.row(0));
        // To the right by half a pixel and by a pixel, then to the left by half a pixel.
        assert_eq!(all.row(1), [0.5, 1.5, 1.5, 3.5]);
        assert_eq!(all.row(2), [0.0, 1.0, 0.0, 3.0]);
        assert_eq!(all.row(3), [1.5, 1.0, 3.5, 2.0]);
        // Up by a pixel.
        assert_eq!(all.row(8), [3.0, 4.0, 0.0, 0.0]);
        let digits = load(None, true).unwrap();
        assert_eq!(digits.train.len(), 9 * digits.originals);
        let oblong = Dataset::classification(vec![1.0; 3], 3, vec![7], 10).unwrap();
        assert_eq!(with_shifted_copies(&oblong).unwrap(), oblong);
    }
}
