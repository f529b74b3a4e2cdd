//! What the pictures have in common: size, title, colours, and numbers on axes.

use crate::error::{Error, Result};

use plotters::style::RGBColor;

/// The blue of Okabe and Ito's colours, which the colour-blind can tell apart.
pub(super) const BLUE: RGBColor = RGBColor(0, 114, 178);
/// The vermilion of Okabe and Ito's colours.
pub(super) const VERMILION: RGBColor = RGBColor(213, 94, 0);
/// Text and axes.
pub(super) const DARK: RGBColor = RGBColor(40, 40, 40);
/// Lines of the grid.
pub(super) const PALE: RGBColor = RGBColor(225, 225, 225);

/// How a picture is to look: its title, its size in pixels, and the scale of its vertical axis.
///
/// ```
/// use training::report::Figure;
///
/// let figure = Figure::default().with_title("digits").with_size(800, 600)?.logarithmic();
/// assert!(Figure::default().with_size(10, 10).is_err());
/// # Ok::<(), training::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    pub(super) title: Option<String>,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) logarithmic: bool,
}

/// 900 x 560 pixels, a title that says what is shown, a linear axis.
impl Default for Figure {
    fn default() -> Self {
        Self { title: None, width: 900, height: 560, logarithmic: false }
    }
}

impl Figure {
    /// Sets the title.
    pub fn with_title(self, title: impl Into<String>) -> Self {
        Self { title: Some(title.into()), ..self }
    }

    /// Sets width and height in pixels, each from 200 to 10 000.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidOption`] for other sizes.
    pub fn with_size(self, width: u32, height: u32) -> Result<Self> {
        for (name, value) in [("width", width), ("height", height)] {
            if !(200..=10_000).contains(&value) {
                return Err(Error::invalid_option(name, value, "from 200 to 10000 pixels"));
            }
        }
        Ok(Self { width, height, ..self })
    }

    /// Makes the vertical axis logarithmic; values that are not positive are then left out.
    pub fn logarithmic(self) -> Self {
        Self { logarithmic: true, ..self }
    }
}

/// Round numbers from `low` to `high`, about `count` of them, at a distance of 1, 2 or 5 times a
/// power of ten.
pub(super) fn round_ticks(low: f64, high: f64, count: usize) -> Vec<f64> {
    let rough = (high - low) / count as f64;
    let power = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0]
        .map(|factor| factor * power)
        .into_iter()
        .find(|step| *step >= rough * (1.0 - 1e-9));
    let Some(step) = step.filter(|step| step.is_normal() && (high / step).abs() < 1e9) else {
        return vec![low, high];
    };
    // An end that is a round number itself may miss it by a rounding.
    let (first, last) = ((low / step - 1e-9).ceil() as i64, (high / step + 1e-9).floor() as i64);
    // Dividing by a whole number gives the decimal fraction that `n * 0.1` just misses.
    let at = |n: i64| if step < 1.0 { n as f64 / (1.0 / step).round() } else { n as f64 * step };
    (first..=last).map(at).collect()
}

/// Ticks of a logarithmic axis between two positive numbers: powers of ten when there are many,
/// also their multiples by 2 and 5 when there are few, and round numbers within a decade.
pub(super) fn logarithmic_ticks(low: f64, high: f64) -> Vec<f64> {
    let decades = high.log10() - low.log10();
    let multiples: &[f64] = match decades {
        decades if decades < 1.0 => return round_ticks(low, high, 6),
        decades if decades < 3.0 => &[1.0, 2.0, 5.0],
        _ => &[1.0],
    };
    let stride = (decades / 10.0).ceil().max(1.0) as usize;
    let exponents = low.log10().floor() as i32..=high.log10().ceil() as i32;
    exponents
        .step_by(stride)
        .flat_map(|exponent| multiples.iter().map(move |factor| factor * 10f64.powi(exponent)))
        .filter(|tick| (low..=high).contains(tick))
        .collect()
}

/// A number in as few characters as are needed for about four digits.
pub(super) fn short(value: f64) -> String {
    let size = value.abs();
    if value == 0.0 {
        return "0".to_string();
    }
    if !(1e-3..1e5).contains(&size) {
        let text = format!("{value:.2e}");
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let mantissa = mantissa.trim_end_matches('0').trim_end_matches('.');
        return format!("{mantissa}e{exponent}");
    }
    let decimals = (3 - size.log10().floor() as i32).max(0) as usize;
    let text = format!("{value:.decimals$}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_string(),
        false => text,
    }
}

/// Turns what the drawing library reports into an error of this crate.
pub(super) fn drawing_error<E: std::fmt::Display>(
    picture: &'static str,
) -> impl Fn(E) -> Error + Copy {
    move |error| Error::Drawing { picture, reason: error.to_string().replace('\n', " ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round() {
        assert_eq!(round_ticks(0.0, 1.0, 5), [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]);
        assert_eq!(round_ticks(0.07, 0.33, 5), [0.1, 0.2, 0.3]);
        assert_eq!(round_ticks(1.0, 40.0, 10), [5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 35.0, 40.0]);
        assert_eq!(round_ticks(-2e-4, 2e-4, 4), [-2e-4, -1e-4, 0.0, 1e-4, 2e-4]);
        // A range of a few roundings has no round numbers inside.
        assert_eq!(round_ticks(1.0, 1.0 + f64::EPSILON, 5), [1.0, 1.0 + f64::EPSILON]);
    }

    #[test]
    fn logarithmic_ticks_are_few() {
        assert_eq!(logarithmic_ticks(0.04, 1.3), [0.05, 0.1, 0.2, 0.5, 1.0]);
        assert_eq!(logarithmic_ticks(1e-3, 20.0), [1e-3, 1e-2, 0.1, 1.0, 10.0]);
        assert_eq!(logarithmic_ticks(0.25, 0.6), [0.3, 0.4, 0.5, 0.6]);
        assert_eq!(logarithmic_ticks(0.1, 0.2).len(), 6);
        assert!(logarithmic_ticks(1e-300, 1e300).len() <= 12);
    }

    #[test]
    fn numbers_are_short() {
        for (value, text) in [
            (0.0, "0"),
            (1.0, "1"),
            (0.25, "0.25"),
            (0.012345, "0.01235"),
            (1234.0, "1234"),
            (12345.6, "12346"),
            (1e5, "1e5"),
            (-1.5e-4, "-1.5e-4"),
            (100.0, "100"),
        ] {
            assert_eq!(short(value), text);
        }
    }

    #[test]
    fn sizes_are_checked() {
        assert!(Figure::default().with_size(199, 500).is_err());
        assert!(Figure::default().with_size(500, 10_001).is_err());
        assert!(Figure::default().with_size(200, 10_000).is_ok());
    }
}
