//! Reading inputs and checking their shapes.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::Error;

/// The input as the fields that a problem has; others are ignored.
pub(super) fn decode<'a, T: Deserialize<'a>>(input: &'a RawValue) -> Result<T, Error> {
    serde_json::from_str(input.get()).map_err(Error::Input)
}

/// A list has the length that the other fields imply.
pub(super) fn check_length(
    field: &'static str,
    expected: usize,
    found: usize,
) -> Result<(), Error> {
    if found == expected { Ok(()) } else { Err(Error::Length { field, expected, found }) }
}

/// A field fulfils a condition, which the text states.
pub(super) fn check(
    field: &'static str,
    holds: bool,
    condition: &'static str,
) -> Result<(), Error> {
    if holds { Ok(()) } else { Err(Error::Domain { field, condition }) }
}

/// Rows of equal width, one after the other.
pub(super) fn flatten(
    field: &'static str,
    rows: &[Vec<f64>],
    width: usize,
) -> Result<Vec<f64>, Error> {
    for row in rows {
        check_length(field, width, row.len())?;
    }
    Ok(rows.concat())
}
