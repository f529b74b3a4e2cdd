//! Tables of numbers in CSV files.

use std::fs::File;
use std::io::{Cursor, Read};
use std::path::Path;

use calculus_core::Float;
use csv::{ReaderBuilder, StringRecord, Trim};

use super::dataset::Dataset;
use crate::error::{Error, Result};

/// Which column of a table is to be predicted, and whether it holds classes or numbers.
///
/// ```
/// use training::data::{CsvOptions, parse_csv};
///
/// let text = "width,height,species\n4.5,3.0,1\n5.1,2.5,0\n";
/// let data = parse_csv::<f64>(text, "flowers.csv", &CsvOptions::classification(2))?;
/// assert_eq!(data.row(0), [4.5, 3.0]);
/// assert_eq!(data.labels(), Some(&[1, 0][..]));
///
/// let by_name = CsvOptions::regression().with_target_column("height");
/// let data = parse_csv::<f64>(text, "flowers.csv", &by_name)?;
/// assert_eq!(data.row(0), [4.5, 1.0]);
/// assert_eq!(data.target_values(), Some(&[3.0, 2.5][..]));
/// # Ok::<(), training::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CsvOptions {
    target_column: Option<String>,
    /// The number of classes, or `None` for a regression.
    classes: Option<usize>,
}

impl CsvOptions {
    /// The last column holds classes from 0 to `classes - 1`.
    pub fn classification(classes: usize) -> Self {
        Self { target_column: None, classes: Some(classes) }
    }

    /// The last column holds numbers.
    pub fn regression() -> Self {
        Self { target_column: None, classes: None }
    }

    /// The column of this name is to be predicted instead of the last one.
    pub fn with_target_column(self, name: impl Into<String>) -> Self {
        Self { target_column: Some(name.into()), ..self }
    }
}

/// Reads a CSV file: a header with the names of the columns, then rows of numbers.
///
/// Cells are separated by commas, may be quoted, and may have blanks around them. All columns but
/// the one that is to be predicted become features, in their order.
///
/// # Errors
///
/// [`Error::UnreadableInput`]; [`Error::CsvStructure`] for a header that is missing, has fewer than
/// two columns or two of the same name, for text that is not UTF-8, and for a table without rows;
/// [`Error::CsvMissingColumn`]; [`Error::CsvRagged`]; [`Error::CsvCell`] for a cell that is empty or
/// holds no number, a number that is not finite, or a label that is no integer from 0 to
/// `classes - 1`. All name the file, and the line and the column where there are such.
pub fn read_csv<T: Float>(path: impl AsRef<Path>, options: &CsvOptions) -> Result<Dataset<T>> {
    let path = path.as_ref();
    let mut text = Vec::new();
    File::open(path)
        .and_then(|mut file| file.read_to_end(&mut text))
        .map_err(|source| Error::unreadable_input(path, source))?;
    parse_csv(text, path, options)
}

/// Reads the text of a CSV file, which is called `name` in messages.
///
/// # Errors
///
/// As for [`read_csv`].
pub fn parse_csv<T: Float>(
    text: impl AsRef<[u8]>,
    name: impl AsRef<Path>,
    options: &CsvOptions,
) -> Result<Dataset<T>> {
    let path = name.as_ref();
    let mut reader =
        ReaderBuilder::new().flexible(true).trim(Trim::All).from_reader(Cursor::new(text));
    let header = reader.headers().map_err(|error| unparsable(path, 1, &error))?.clone();
    check_header(path, &header)?;
    let target = target_column(path, &header, options)?;

    let (mut features, mut labels, mut values) = (Vec::new(), Vec::new(), Vec::new());
    let mut record = StringRecord::new();
    loop {
        let next_line = reader.position().line();
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => return Err(unparsable(path, next_line, &error)),
        }
        let line = record.position().map_or(next_line, csv::Position::line);
        if record.len() != header.len() {
            let (expected, found) = (header.len(), record.len());
            return Err(Error::CsvRagged { path: path.to_path_buf(), line, expected, found });
        }
        for (column, text) in record.iter().enumerate() {
            let in_cell = |reason| Error::CsvCell {
                path: path.to_path_buf(),
                line,
                column: header[column].to_string(),
                reason,
            };
            match options.classes {
                Some(classes) if column == target => {
                    labels.push(parse_label(text, classes).map_err(in_cell)?);
                }
                None if column == target => values.push(parse_number(text).map_err(in_cell)?),
                _ => features.push(parse_number(text).map_err(in_cell)?),
            }
        }
    }
    if features.is_empty() {
        let (path, line) = (path.to_path_buf(), reader.position().line());
        return Err(Error::CsvStructure { path, line, reason: "there are no rows".to_string() });
    }
    match options.classes {
        Some(classes) => Dataset::classification(features, header.len() - 1, labels, classes),
        None => Dataset::regression(features, header.len() - 1, values, 1),
    }
}

/// A header has at least two columns, their names differ, and it is no row of numbers.
fn check_header(path: &Path, header: &StringRecord) -> Result<()> {
    let is_empty = header.iter().all(str::is_empty);
    let mut names: Vec<&str> = header.iter().collect();
    names.sort_unstable();
    let reason = if is_empty {
        "there is no header".to_string()
    } else if header.iter().all(|name| name.parse::<f64>().is_ok()) {
        "the header is missing, the first line holds numbers".to_string()
    } else if header.len() < 2 {
        format!("the header has {} column, at least 2 are needed", header.len())
    } else if let Some(twice) = names.windows(2).find(|pair| pair[0] == pair[1]) {
        format!("the header has two columns named {:?}", twice[0])
    } else {
        return Ok(());
    };
    Err(Error::CsvStructure { path: path.to_path_buf(), line: 1, reason })
}

fn target_column(path: &Path, header: &StringRecord, options: &CsvOptions) -> Result<usize> {
    let Some(name) = &options.target_column else {
        return Ok(header.len() - 1);
    };
    header
        .iter()
        .position(|column| column == name)
        .ok_or_else(|| Error::CsvMissingColumn { path: path.to_path_buf(), column: name.clone() })
}

/// A finite number, or what is wrong.
fn parse_number<T: Float>(text: &str) -> Result<T, String> {
    if text.is_empty() {
        return Err("the cell is empty".to_string());
    }
    let Ok(number) = text.parse::<f64>() else {
        return Err(format!("{text:?} is not a number"));
    };
    match T::from_f64(number) {
        value if value.is_finite() => Ok(value),
        _ => Err(format!("{text:?} is not finite as {}", T::NAME)),
    }
}

/// A class below `classes`, or what is wrong.
fn parse_label(text: &str, classes: usize) -> Result<usize, String> {
    let number: f64 = parse_number(text)?;
    if number.fract() != 0.0 {
        return Err(format!("label {text:?} is not an integer"));
    }
    // The largest f64 below 2^64 is an integer, and casts saturate: no label wraps around.
    if number < 0.0 || number as usize >= classes {
        return Err(format!("label {text} is out of range, there are {classes} classes"));
    }
    Ok(number as usize)
}

/// What the CSV library could not make sense of, in one line.
fn unparsable(path: &Path, line: u64, error: &csv::Error) -> Error {
    let line = error.position().map_or(line, csv::Position::line);
    let reason = match error.kind() {
        csv::ErrorKind::Utf8 { .. } => "the text is not UTF-8".to_string(),
        _ => error.to_string().replace('\n', " "),
    };
    Error::CsvStructure { path: path.to_path_buf(), line, reason }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    fn parse(text: &str) -> Result<Dataset<f64>> {
        parse_csv(text, "t.csv", &CsvOptions::classification(3))
    }

    fn message(text: &str) -> String {
        parse(text).unwrap_err().to_string()
    }

    #[test]
    fn quotes_blanks_line_ends_and_byte_order_marks() {
        for text in [
            "a,b,label\n1,2,0\n-3e2,0.5,2\n",
            "\u{feff}a,b,label\r\n1, 2 ,0\r\n\"-3e2\",+0.5,2.0",
            "a,b,label\n1,2,0\n\n-3e2,.5,2\n\n",
        ] {
            let data = parse(text).unwrap();
            assert_eq!(data.features(), [1.0, 2.0, -300.0, 0.5], "{text:?}");
            assert_eq!(data.labels(), Some(&[0, 2][..]));
        }
    }

    #[test]
    fn bad_cells_are_named_by_line_and_column() {
        let cell = |row: &str| message(&format!("a,b,label\n1,2,0\n{row}\n"));
        assert_eq!(cell("1,,0"), "t.csv, line 3, column \"b\": the cell is empty");
        assert_eq!(cell("1,x7,0"), "t.csv, line 3, column \"b\": \"x7\" is not a number");
        assert_eq!(cell("nan,2,0"), "t.csv, line 3, column \"a\": \"nan\" is not finite as f64");
        assert_eq!(
            cell("1e999,2,0"),
            "t.csv, line 3, column \"a\": \"1e999\" is not finite as f64"
        );
        assert_eq!(
            cell("1,2,3"),
            "t.csv, line 3, column \"label\": label 3 is out of range, there are 3 classes"
        );
        assert_eq!(
            cell("1,2,0.5"),
            "t.csv, line 3, column \"label\": label \"0.5\" is not an integer"
        );
        for label in ["-1", "1e300", "18446744073709551616"] {
            assert!(cell(&format!("1,2,{label}")).contains("out of range"), "{label}");
        }
        assert_eq!(cell("1,2"), "t.csv, line 3: 2 cells, the header has 3");
        assert_eq!(cell("1,2,0,4"), "t.csv, line 3: 4 cells, the header has 3");
    }

    #[test]
    fn numbers_beyond_single_precision() {
        let error = parse_csv::<f32>("a,b\n1e39,2\n", "t.csv", &CsvOptions::regression());
        assert_eq!(
            error.unwrap_err().to_string(),
            "t.csv, line 2, column \"a\": \"1e39\" is not finite as f32"
        );
    }

    #[test]
    fn bad_headers() {
        assert_eq!(message(""), "t.csv, line 1: there is no header");
        assert_eq!(message("\n\n"), "t.csv, line 1: there is no header");
        assert_eq!(
            message("1,2,0\n3,4,1\n"),
            "t.csv, line 1: the header is missing, the first line holds numbers"
        );
        assert_eq!(
            message("label\n0\n"),
            "t.csv, line 1: the header has 1 column, at least 2 are needed"
        );
        assert_eq!(message("a,a,b\n"), "t.csv, line 1: the header has two columns named \"a\"");
        assert!(message("a,b\n").ends_with("there are no rows"));
        let options = CsvOptions::regression().with_target_column("c");
        assert_eq!(
            parse_csv::<f64>("a,b\n1,2\n", "t.csv", &options).unwrap_err().to_string(),
            "t.csv: there is no column named \"c\""
        );
    }

    #[test]
    fn text_that_is_not_utf8() {
        let options = CsvOptions::regression();
        let error = parse_csv::<f64>(b"a,b\n1,2\n\xff,3\n", "t.csv", &options).unwrap_err();
        assert_eq!(error.to_string(), "t.csv, line 3: the text is not UTF-8");
        let error = parse_csv::<f64>(b"a,\xff\n1,2\n", "t.csv", &options).unwrap_err();
        assert_eq!(error.to_string(), "t.csv, line 1: the text is not UTF-8");
    }

    #[test]
    fn files() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.csv");
        let options = CsvOptions::regression().with_target_column("a");
        assert!(matches!(read_csv::<f64>(&path, &options), Err(Error::UnreadableInput { .. })));
        std::fs::write(&path, "a,b\n1,2\n").unwrap();
        let data = read_csv::<f64>(&path, &options).unwrap();
        assert_eq!((data.features(), data.target_values()), (&[2.0][..], Some(&[1.0][..])));
        assert!(read_csv::<f64>(folder.path(), &options).is_err());
    }

    proptest! {
        #[test]
        fn numbers_come_back(rows in vec((-1e9..1e9, any::<f64>(), 0..3usize), 1..20)) {
            let mut text = "a,b,label\n".to_string();
            let rows: Vec<_> = rows.into_iter().filter(|row| row.1.is_finite()).collect();
            prop_assume!(!rows.is_empty());
            for (a, b, label) in &rows {
                text.push_str(&format!("{a},{b},{label}\n"));
            }
            let data = parse(&text).unwrap();
            for (index, (a, b, label)) in rows.iter().enumerate() {
                prop_assert_eq!(data.row(index), [*a, *b]);
                prop_assert_eq!(data.labels().unwrap()[index], *label);
            }
        }

        #[test]
        fn no_text_makes_it_panic(text in "([0-9a\",.\n\r -]|é){0,60}", header: bool) {
            let text = if header { format!("a,b\n{text}") } else { text };
            if let Err(error) = parse(&text) {
                prop_assert!(!error.to_string().contains('\n'), "{}", error);
            }
        }
    }
}
