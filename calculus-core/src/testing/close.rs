//! Relative comparison of numbers.

use super::failure::{Failure, compare};

/// $|found - expected|/|expected|$; 0 where the two are equal, and otherwise infinite where
/// one is infinite or NaN or the expected value is 0.
///
/// # Examples
/// ```
/// use calculus_core::testing::relative_error;
/// assert_eq!(relative_error(1.5, 1.0), 0.5);
/// assert_eq!(relative_error(0.0, -0.0), 0.0);
/// assert_eq!(relative_error(f64::NAN, 1.0), f64::INFINITY);
/// ```
pub fn relative_error(found: f64, expected: f64) -> f64 {
    if found == expected {
        return 0.0;
    }
    let error = ((found - expected) / expected).abs();
    if error.is_nan() || expected.is_infinite() { f64::INFINITY } else { error }
}

/// Checks that two slices agree to `tolerance` relative to the largest entry expected.
///
/// The largest entry is the scale because an entry that cancels to nearly nothing cannot be more
/// accurate than its terms. For one number this is the relative error of it. NaN agrees with
/// nothing.
///
/// # Errors
/// [`Failure::Length`] and [`Failure::Mismatch`].
///
/// # Examples
/// ```
/// use calculus_core::testing::check_close;
/// check_close(&[1.0, 1e-17], &[1.0, 0.0], 1e-15).unwrap();
/// let failure = check_close(&[1.0, 2.0], &[1.0, 2.5], 1e-12).unwrap_err();
/// assert_eq!(
///     failure.to_string(),
///     "slices: entry 1 is 2e0, expected 2.5e0 within 2.5e-12, the difference is 5.0e-1"
/// );
/// ```
pub fn check_close(found: &[f64], expected: &[f64], tolerance: f64) -> Result<(), Failure> {
    let tolerance = tolerance * largest(expected);
    compare("slices", found, expected, |_| tolerance)
}

/// The largest finite magnitude, 0 for an empty slice.
pub(super) fn largest(x: &[f64]) -> f64 {
    x.iter().map(|x| x.abs()).filter(|x| x.is_finite()).fold(0.0, f64::max)
}
