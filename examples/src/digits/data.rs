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
/// of the training images.
///
/// # Errors
/// Those of the files, which name the file and the line or field.
pub fn load(path: Option<&Path>) -> Result<Digits, Error> {
    match path {
        Some(folder) if !folder.is_file() => {
            let (train, test) = read_idx_folder::<f32>(folder, CLASSES)?;
            let (train, validation) = hold_out(&train, 1.0 / 12.0)?;
            let source = format!("IDX files in {}", folder.display());
            Ok(Digits { source, train, validation, test, large: true })
        }
        Some(file) => {
            let data = read_csv::<f32>(file, &CsvOptions::classification(CLASSES))?;
            table(data, file.display().to_string())
        }
        None => {
            let options = CsvOptions::classification(CLASSES);
            let data = parse_csv::<f32>(EMBEDDED, "digits.csv (embedded)", &options)?;
            table(data, "the UCI digits".to_string())
        }
    }
}

/// Scales and divides the images of a table: 70% for training, 10% validation, 20% test.
fn table(data: Dataset<f32>, source: String) -> Result<Digits, Error> {
    let largest = data.features().iter().fold(EMBEDDED_WHITE, |a, &b| a.max(b.abs()));
    let features = data.features().iter().map(|pixel| pixel / largest).collect();
    let labels = data.labels().unwrap_or_default().to_vec();
    let columns = data.feature_columns();
    let data = Dataset::classification(features, columns, labels, CLASSES)?;
    let split = Split::stratified(data.labels().unwrap_or_default(), 0.1, 0.2, SPLIT_SEED)?;
    let part = |rows: &[usize], name: &str| {
        data.select(rows).map_err(|_| {
            Error::Options(format!("{source}: too few images to set some aside for {name}"))
        })
    };
    let train = part(&split.train, "training")?;
    let validation = part(&split.validation, "validation")?;
    let test = part(&split.test, "testing")?;
    Ok(Digits { source, train, validation, test, large: false })
}

/// Sets a stratified share aside.
fn hold_out(data: &Dataset<f32>, share: f64) -> Result<(Dataset<f32>, Dataset<f32>), Error> {
    let labels = data.labels().unwrap_or_default();
    let split = Split::stratified(labels, share, 0.0, SPLIT_SEED)?;
    if split.validation.is_empty() {
        let message = format!("{} training images are too few to set some aside", data.len());
        return Err(Error::Options(message));
    }
    Ok((data.select(&split.train)?, data.select(&split.validation)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_images_are_divided_by_class() {
        let digits = load(None).unwrap();
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
        assert_eq!(load(None).unwrap().test, digits.test);
    }
}
