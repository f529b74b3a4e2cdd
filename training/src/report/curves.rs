//! Curves over the epochs: losses and learning rates.

use plotters::prelude::*;

use super::axis::Axis;
use super::figure::{
    BLUE, DARK, Figure, PALE, VERMILION, drawing_error, logarithmic_ticks, round_ticks, short,
};
use super::history::History;
use crate::error::Result;

/// The training and the validation loss over the epochs as an SVG picture.
///
/// Losses that are not finite leave a gap, and a line below the title says how many there are. The
/// lowest validation loss is marked. An empty history gives axes and a remark.
///
/// # Errors
///
/// [`Error::Drawing`](crate::Error::Drawing) when the drawing library fails.
///
/// ```
/// use training::report::{Figure, History, loss_svg};
///
/// let svg = loss_svg(&History::default(), &Figure::default())?;
/// assert!(svg.starts_with("<svg"));
/// # Ok::<(), training::Error>(())
/// ```
pub fn loss_svg(history: &History, figure: &Figure) -> Result<String> {
    let epochs = &history.epochs;
    let train = epochs.iter().map(|record| (record.epoch, Some(record.train_loss)));
    let validation = epochs.iter().map(|record| (record.epoch, record.validation_loss));
    let mut curves = vec![
        Curve::new("training", BLUE, train, figure),
        Curve::new("validation", VERMILION, validation, figure),
    ];
    curves[1].mark_lowest = true;
    Chart { picture: "the loss curve", title: "Loss", y_label: "loss", curves }.draw(figure)
}

/// The learning rate over the epochs as an SVG picture.
///
/// # Errors
///
/// [`Error::Drawing`](crate::Error::Drawing) when the drawing library fails.
pub fn learning_rate_svg(history: &History, figure: &Figure) -> Result<String> {
    let rates = history.epochs.iter().map(|record| (record.epoch, Some(record.learning_rate)));
    Chart {
        picture: "the learning-rate curve",
        title: "Learning rate",
        y_label: "learning rate",
        curves: vec![Curve::new("learning rate", BLUE, rates, figure)],
    }
    .draw(figure)
}

/// The accuracy, or whatever metric the fit recorded, over the epochs as an SVG picture.
///
/// # Errors
///
/// [`Error::Drawing`](crate::Error::Drawing) when the drawing library fails.
pub fn metric_svg(history: &History, metric: &str, figure: &Figure) -> Result<String> {
    let epochs = &history.epochs;
    let train = epochs.iter().map(|record| (record.epoch, record.train_metric));
    let validation = epochs.iter().map(|record| (record.epoch, record.validation_metric));
    Chart {
        picture: "the metric curve",
        title: metric,
        y_label: metric,
        curves: vec![
            Curve::new("training", BLUE, train, figure),
            Curve::new("validation", VERMILION, validation, figure),
        ],
    }
    .draw(figure)
}

/// A point of a curve: epoch, counted from 1, and value.
type Point = (f64, f64);

/// One line of a chart, in pieces between the values that cannot be shown.
struct Curve {
    name: &'static str,
    color: RGBColor,
    pieces: Vec<Vec<Point>>,
    left_out: usize,
    mark_lowest: bool,
}

impl Curve {
    fn new(
        name: &'static str,
        color: RGBColor,
        values: impl Iterator<Item = (u64, Option<f64>)>,
        figure: &Figure,
    ) -> Self {
        let can_be_shown = |y: f64| y.is_finite() && (!figure.logarithmic || y > 0.0);
        let mut pieces = vec![Vec::new()];
        let mut left_out = 0;
        for (epoch, value) in values {
            match value {
                Some(y) if can_be_shown(y) => {
                    // Epochs are counted from 0, but the value is that after the epoch.
                    let point = (epoch as f64 + 1.0, y);
                    if let Some(piece) = pieces.last_mut() {
                        piece.push(point);
                    }
                }
                missing => {
                    left_out += usize::from(missing.is_some());
                    pieces.push(Vec::new());
                }
            }
        }
        pieces.retain(|piece| !piece.is_empty());
        Self { name, color, pieces, left_out, mark_lowest: false }
    }

    fn points(&self) -> impl Iterator<Item = Point> + '_ {
        self.pieces.iter().flatten().copied()
    }

    fn lowest(&self) -> Option<Point> {
        self.points().min_by(|a, b| a.1.total_cmp(&b.1))
    }
}

/// Curves over the epochs, with what is written around them.
struct Chart<'a> {
    picture: &'static str,
    title: &'a str,
    y_label: &'a str,
    curves: Vec<Curve>,
}

impl Chart<'_> {
    fn draw(&self, figure: &Figure) -> Result<String> {
        let mut svg = String::new();
        let root = SVGBackend::with_string(&mut svg, (figure.width, figure.height));
        self.draw_on(&root.into_drawing_area(), figure).map_err(drawing_error(self.picture))?;
        Ok(svg)
    }

    fn draw_on(
        &self,
        root: &DrawingArea<SVGBackend<'_>, plotters::coord::Shift>,
        figure: &Figure,
    ) -> Result<(), DrawingAreaErrorKind<std::io::Error>> {
        root.fill(&WHITE)?;
        let area = self.draw_heading(root, figure)?;

        // On a logarithmic axis it is the logarithm that is drawn; the ticks say the value.
        let scale = |y: f64| if figure.logarithmic { y.log10() } else { y };
        let value = |y: f64| if figure.logarithmic { 10f64.powf(y) } else { y };
        let (left, right) = padded(bounds(self.points().map(|(x, _)| x)), 0.015, |_| 0.5);
        let around = |y: f64| match y.abs() {
            _ if figure.logarithmic => 0.5,
            0.0 => 1.0,
            size => 0.2 * size,
        };
        let (bottom, top) = padded(bounds(self.points().map(|(_, y)| scale(y))), 0.05, around);
        let x_ticks = epoch_ticks(left, right);
        let y_ticks = match figure.logarithmic {
            true => logarithmic_ticks(value(bottom), value(top)),
            false => round_ticks(bottom, top, 6),
        };
        let y_ticks = y_ticks.into_iter().map(scale).collect();

        let text = ("sans-serif", 16).into_font().color(&DARK);
        let mut chart = ChartBuilder::on(&area)
            .margin_left(16)
            .margin_right(24)
            .margin_top(6)
            .margin_bottom(8)
            .x_label_area_size(52)
            .y_label_area_size(80)
            .build_cartesian_2d(
                Axis { low: left, high: right, ticks: x_ticks },
                Axis { low: bottom, high: top, ticks: y_ticks },
            )?;
        chart
            .configure_mesh()
            .axis_style(DARK)
            .bold_line_style(PALE)
            .light_line_style(TRANSPARENT)
            .x_desc("epoch")
            .y_desc(self.y_label)
            .axis_desc_style(("sans-serif", 18).into_font().color(&DARK))
            .label_style(text.clone())
            .x_label_formatter(&|x| format!("{x:.0}"))
            .y_label_formatter(&|y| short(value(*y)))
            .draw()?;

        for curve in self.curves.iter().filter(|curve| !curve.pieces.is_empty()) {
            let style = curve.color.stroke_width(2);
            for piece in &curve.pieces {
                chart.draw_series(LineSeries::new(
                    piece.iter().map(|&(x, y)| (x, scale(y))),
                    style,
                ))?;
            }
            // Points only where they do not run into each other, or where no line shows them.
            let is_sparse = curve.points().count() <= 60;
            let dots = curve.pieces.iter().filter(|piece| is_sparse || piece.len() == 1).flatten();
            chart.draw_series(
                dots.map(|&(x, y)| Circle::new((x, scale(y)), 3, curve.color.filled())),
            )?;
            let mut name = curve.name.to_string();
            if let Some((x, y)) = curve.lowest().filter(|_| curve.mark_lowest) {
                let ring = Circle::new((x, scale(y)), 7, curve.color.stroke_width(2));
                chart.draw_series([ring])?;
                name += &format!(", lowest {} in epoch {x}", short(y));
            }
            // The key of the legend; an empty series carries the name for all pieces.
            chart
                .draw_series(LineSeries::new(std::iter::empty(), style))?
                .label(name)
                .legend(move |(x, y)| PathElement::new([(x, y), (x + 22, y)], style));
        }
        if self.points().next().is_some() {
            chart
                .configure_series_labels()
                .position(self.legend_position((bottom, top), scale))
                .background_style(WHITE.mix(0.85))
                .border_style(PALE)
                .legend_area_size(30)
                .margin(12)
                .label_font(text)
                .draw()?;
        }
        root.present()
    }

    /// The corner on the right that the curves leave free: below when they end high.
    fn legend_position(
        &self,
        (bottom, top): (f64, f64),
        scale: impl Fn(f64) -> f64,
    ) -> SeriesLabelPosition {
        let (first, last) = bounds(self.points().map(|(x, _)| x));
        let right_third = first + (last - first) * 2.0 / 3.0;
        let ends: Vec<f64> = self
            .points()
            .filter(|(x, _)| *x >= right_third)
            .map(|(_, y)| (scale(y) - bottom) / (top - bottom))
            .collect();
        let height = ends.iter().sum::<f64>() / ends.len() as f64;
        match height > 0.5 {
            true => SeriesLabelPosition::LowerRight,
            false => SeriesLabelPosition::UpperRight,
        }
    }

    /// Writes the title and what must be said about the values; returns the area below.
    fn draw_heading<'a>(
        &self,
        root: &DrawingArea<SVGBackend<'a>, plotters::coord::Shift>,
        figure: &Figure,
    ) -> Result<
        DrawingArea<SVGBackend<'a>, plotters::coord::Shift>,
        DrawingAreaErrorKind<std::io::Error>,
    > {
        let title = figure.title.as_deref().unwrap_or(self.title);
        let area = root.titled(title, ("sans-serif", 24).into_font().color(&DARK))?;
        match self.remark(figure) {
            Some(remark) => area.titled(&remark, ("sans-serif", 15).into_font().color(&VERMILION)),
            None => Ok(area),
        }
    }

    /// What is not to be seen in the picture.
    fn remark(&self, figure: &Figure) -> Option<String> {
        let left_out: usize = self.curves.iter().map(|curve| curve.left_out).sum();
        let kind = if figure.logarithmic { "positive and finite" } else { "finite" };
        match (self.points().next(), left_out) {
            (None, 0) => Some("nothing was recorded".to_string()),
            (_, 0) => None,
            (_, 1) => Some(format!("1 value is not {kind} and is left out")),
            (_, n) => Some(format!("{n} values are not {kind} and are left out")),
        }
    }

    fn points(&self) -> impl Iterator<Item = Point> + '_ {
        self.curves.iter().flat_map(Curve::points)
    }
}

/// The smallest and the largest value; 0 and 1 when there are none.
fn bounds(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let empty = (f64::INFINITY, f64::NEG_INFINITY);
    let (low, high) = values.fold(empty, |(low, high), x| (low.min(x), high.max(x)));
    if low > high { (0.0, 1.0) } else { (low, high) }
}

/// An interval widened by a share of its length on both sides; one of no length, by an amount that
/// depends on the value.
fn padded((low, high): (f64, f64), share: f64, around: impl Fn(f64) -> f64) -> (f64, f64) {
    // Halving first keeps the length of the widest interval finite.
    let half = high / 2.0 - low / 2.0;
    let has_length = half > low.abs() * 1e-9;
    let padding = if has_length { 2.0 * share * half } else { around(low) };
    ((low - padding).max(f64::MIN / 4.0), (high + padding).min(f64::MAX / 4.0))
}

/// Whole numbers, at most about a dozen.
fn epoch_ticks(left: f64, right: f64) -> Vec<f64> {
    let mut ticks = round_ticks(left, right, 11);
    ticks.retain(|tick| tick.fract() == 0.0);
    ticks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::EpochRecord;
    use proptest::collection::vec;
    use proptest::prelude::*;

    fn history(losses: &[(f64, Option<f64>)]) -> History {
        let record =
            |(epoch, &(train_loss, validation_loss)): (usize, &(f64, Option<f64>))| EpochRecord {
                epoch: epoch as u64,
                step: 0,
                train_loss,
                train_metric: None,
                validation_loss,
                validation_metric: None,
                learning_rate: 0.1,
                seconds: 1.0,
            };
        History { epochs: losses.iter().enumerate().map(record).collect() }
    }

    fn loss(losses: &[(f64, Option<f64>)], figure: &Figure) -> String {
        loss_svg(&history(losses), figure).unwrap()
    }

    #[test]
    fn both_curves_are_named() {
        let svg = loss(&[(1.0, Some(1.2)), (0.5, Some(0.7)), (0.3, Some(0.8))], &Figure::default());
        assert!(svg.contains("training"));
        assert!(svg.contains("validation, lowest 0.7 in epoch 2"));
        assert!(svg.contains("#0072B2") && svg.contains("#D55E00"));
    }

    #[test]
    fn a_curve_without_values_has_no_legend() {
        let svg = loss(&[(1.0, None), (0.5, None)], &Figure::default());
        assert!(svg.contains("training") && !svg.contains("validation"));
    }

    #[test]
    fn empty_and_one_point_histories() {
        assert!(loss(&[], &Figure::default()).contains("nothing was recorded"));
        assert!(loss(&[], &Figure::default().logarithmic()).contains("nothing was recorded"));
        assert!(loss(&[(0.5, None)], &Figure::default()).contains("<circle"));
        assert!(loss(&[(0.0, None)], &Figure::default()).contains("<circle"));
    }

    #[test]
    fn values_that_cannot_be_shown_are_told() {
        let losses = [(1.0, None), (f64::NAN, None), (f64::INFINITY, None), (0.0, None)];
        let svg = loss(&losses, &Figure::default());
        assert!(svg.contains("2 values are not finite and are left out"));
        let svg = loss(&losses, &Figure::default().logarithmic());
        assert!(svg.contains("3 values are not positive and finite and are left out"));
        let svg = loss(&[(f64::NAN, None)], &Figure::default());
        assert!(svg.contains("1 value is not finite and is left out"));
    }

    #[test]
    fn titles_are_escaped() {
        let svg = loss(&[(1.0, None)], &Figure::default().with_title("a < b & c"));
        assert!(svg.contains("a &lt; b &amp; c"));
    }

    #[test]
    fn rates_and_metrics() {
        let history = history(&[(1.0, None), (0.5, None)]);
        let svg = learning_rate_svg(&history, &Figure::default()).unwrap();
        assert!(svg.contains("Learning rate"));
        let svg = metric_svg(&history, "accuracy", &Figure::default()).unwrap();
        assert!(svg.contains("accuracy") && svg.contains("nothing was recorded"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn no_history_makes_it_fail(
            losses in vec((any::<f64>(), proptest::option::of(any::<f64>())), 0..20),
            repeated in any::<f64>(), logarithmic: bool,
        ) {
            let figure = Figure::default();
            let figure = if logarithmic { figure.logarithmic() } else { figure };
            for losses in [losses, vec![(repeated, None); 3]] {
                let svg = loss(&losses, &figure);
                prop_assert!(svg.ends_with("</svg>\n"));
                prop_assert!(!svg.contains("NaN\""));
                // A chart has a dozen or so ticks on each axis, whatever the range is.
                prop_assert!(svg.matches("<text").count() < 60);
            }
        }
    }
}
