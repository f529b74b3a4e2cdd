//! A confusion matrix as a picture.

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::figure::{BLUE, DARK, Figure, PALE, drawing_error};
use crate::error::Result;
use crate::metrics::ConfusionMatrix;

/// Above this number of classes a cell is too small for its count.
const MOST_CLASSES_WITH_COUNTS: usize = 30;

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type DrawResult = Result<(), DrawingAreaErrorKind<std::io::Error>>;

/// A confusion matrix as an SVG picture.
///
/// Rows are the true classes, columns the predicted ones. The darker a cell, the larger its share
/// of the items of its true class; the number in it is the count. The title is followed by the
/// accuracy. The scale of the axis does not matter here.
///
/// # Errors
///
/// [`Error::Drawing`](crate::Error::Drawing) when the drawing library fails.
///
/// ```
/// use training::metrics::ConfusionMatrix;
/// use training::report::{Figure, confusion_svg};
///
/// let mut matrix = ConfusionMatrix::new(3);
/// matrix.record_all(&[0, 1, 2, 2], &[0, 1, 2, 1]);
/// let svg = confusion_svg(&matrix, &Figure::default().with_size(600, 600)?)?;
/// assert!(svg.contains("predicted class"));
/// assert!(svg.contains("accuracy 75.00% of 4"));
/// # Ok::<(), training::Error>(())
/// ```
pub fn confusion_svg(matrix: &ConfusionMatrix, figure: &Figure) -> Result<String> {
    let mut svg = String::new();
    let root = SVGBackend::with_string(&mut svg, (figure.width, figure.height));
    draw(&root.into_drawing_area(), matrix, figure)
        .map_err(drawing_error("the confusion matrix"))?;
    Ok(svg)
}

fn draw(root: &Area<'_>, matrix: &ConfusionMatrix, figure: &Figure) -> DrawResult {
    root.fill(&WHITE)?;
    let accuracy = match matrix.accuracy() {
        Some(accuracy) => format!("accuracy {:.2}% of {}", 100.0 * accuracy, matrix.total()),
        None => "nothing was recorded".to_string(),
    };
    let title = figure.title.as_deref().unwrap_or("Confusion matrix");
    let heading = format!("{title}: {accuracy}");
    let area = root.titled(&heading, ("sans-serif", 22).into_font().color(&DARK))?;

    let (width, height) = area.dim_in_pixel();
    let (left, top, right, bottom) = (72, 12, 116, 64);
    let side = (width as i32 - left - right).min(height as i32 - top - bottom).max(1);
    // The matrix and its scale are centred together.
    let x = left + (width as i32 - left - right - side) / 2;
    draw_cells(&area, matrix, (x, top), side)?;
    draw_axes(&area, matrix.classes(), (x, top), side)?;
    draw_scale(&area, (x + side + 24, top), side)?;
    root.present()
}

fn draw_cells(
    area: &Area<'_>,
    matrix: &ConfusionMatrix,
    origin: (i32, i32),
    side: i32,
) -> DrawResult {
    let classes = matrix.classes();
    let edges = Edges { origin, side, classes };
    let size = (side as f64 / classes as f64 * 0.36).clamp(6.0, 20.0);
    for label in 0..classes {
        let of_label = matrix.support(label);
        for prediction in 0..classes {
            let count = matrix.count(label, prediction);
            let share = if of_label > 0 { count as f64 / of_label as f64 } else { 0.0 };
            let corners =
                [edges.corner(prediction, label), edges.corner(prediction + 1, label + 1)];
            area.draw(&Rectangle::new(corners, shade(share).filled()))?;
            area.draw(&Rectangle::new(corners, PALE))?;
            // A zero is what is hoped for outside of the diagonal: nothing to be read there.
            if classes <= MOST_CLASSES_WITH_COUNTS && (count > 0 || label == prediction) {
                let color = if share > 0.5 { WHITE } else { DARK };
                let style = centered(size, &color);
                area.draw(&Text::new(count.to_string(), edges.center(prediction, label), style))?;
            }
        }
    }
    area.draw(&Rectangle::new([edges.corner(0, 0), edges.corner(classes, classes)], DARK))
}

fn draw_axes(area: &Area<'_>, classes: usize, origin: (i32, i32), side: i32) -> DrawResult {
    let edges = Edges { origin, side, classes };
    let size = (side as f64 / classes as f64 * 0.5).clamp(8.0, 16.0);
    // As many class numbers as have room.
    let stride = (classes as f64 * 18.0 / side as f64).ceil().max(1.0) as usize;
    for class in (0..classes).step_by(stride) {
        let (x, _) = edges.center(class, 0);
        let (_, y) = edges.center(0, class);
        let name = class.to_string();
        let below = (x, origin.1 + side + 14);
        area.draw(&Text::new(name.clone(), below, centered(size, &DARK)))?;
        let style = centered(size, &DARK).pos(Pos::new(HPos::Right, VPos::Center));
        area.draw(&Text::new(name, (origin.0 - 8, y), style))?;
    }
    let middle = side / 2;
    let below = (origin.0 + middle, origin.1 + side + 42);
    area.draw(&Text::new("predicted class", below, centered(18.0, &DARK)))?;
    area.draw(&Text::new("true class", (origin.0 - 48, origin.1 + middle), turned(18)))
}

/// What the colours mean.
fn draw_scale(area: &Area<'_>, (x, y): (i32, i32), side: i32) -> DrawResult {
    let (width, steps) = (16, 50);
    let at = |step: i32| y + side - side * step / steps;
    for step in 0..steps {
        let color = shade((f64::from(step) + 0.5) / f64::from(steps));
        let corners = [(x, at(step + 1)), (x + width, at(step))];
        area.draw(&Rectangle::new(corners, color.filled()))?;
    }
    area.draw(&Rectangle::new([(x, y), (x + width, y + side)], DARK))?;
    for quarter in 0..=4 {
        let style = centered(14.0, &DARK).pos(Pos::new(HPos::Left, VPos::Center));
        let place = (x + width + 6, y + side - side * quarter / 4);
        area.draw(&Text::new(format!("{}%", 25 * quarter), place, style))?;
    }
    let place = (x + width + 64, y + side / 2);
    area.draw(&Text::new("share of the true class", place, turned(16)))
}

/// Where the cells of a square matrix are.
struct Edges {
    origin: (i32, i32),
    side: i32,
    classes: usize,
}

impl Edges {
    fn corner(&self, column: usize, row: usize) -> (i32, i32) {
        let along = |index: usize| (self.side as usize * index / self.classes) as i32;
        (self.origin.0 + along(column), self.origin.1 + along(row))
    }

    fn center(&self, column: usize, row: usize) -> (i32, i32) {
        let (a, b) = (self.corner(column, row), self.corner(column + 1, row + 1));
        ((a.0 + b.0) / 2, (a.1 + b.1) / 2)
    }
}

/// From white for 0 to blue for 1; the root keeps small shares visible.
fn shade(share: f64) -> RGBColor {
    let part = share.clamp(0.0, 1.0).sqrt();
    let mix = |full: u8| (255.0 + (f64::from(full) - 255.0) * part).round() as u8;
    RGBColor(mix(BLUE.0), mix(BLUE.1), mix(BLUE.2))
}

fn centered(size: f64, color: &RGBColor) -> TextStyle<'static> {
    ("sans-serif", size).into_font().color(color).pos(Pos::new(HPos::Center, VPos::Center))
}

/// Text that runs upwards.
fn turned(size: i32) -> TextStyle<'static> {
    let font = ("sans-serif", size).into_font().transform(FontTransform::Rotate270);
    font.color(&DARK).pos(Pos::new(HPos::Center, VPos::Center))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(classes: usize) -> ConfusionMatrix {
        let mut matrix = ConfusionMatrix::new(classes);
        for label in 0..classes {
            (0..=label).for_each(|_| matrix.record(label, label));
            matrix.record(label, (label + 1) % classes);
        }
        matrix
    }

    #[test]
    fn small_and_large_matrices() {
        for classes in [1, 2, 10, 30, 31, 200] {
            let svg = confusion_svg(&matrix(classes), &Figure::default()).unwrap();
            assert!(svg.ends_with("</svg>\n"), "{classes}");
            assert!(svg.matches("<rect").count() > classes * classes);
            // In the title 1, on the axes 2 and the class numbers, on the scale 6.
            let on_axes = 1 + 2 + 2 * classes + 6;
            let texts = svg.matches("<text").count();
            let has_counts = texts > on_axes;
            assert_eq!(has_counts, classes <= MOST_CLASSES_WITH_COUNTS, "{classes}: {texts}");
        }
    }

    #[test]
    fn an_empty_matrix_and_the_smallest_picture() {
        let figure = Figure::default().with_size(200, 200).unwrap();
        let svg = confusion_svg(&ConfusionMatrix::new(10), &figure).unwrap();
        assert!(svg.contains("nothing was recorded"));
    }

    #[test]
    fn shades_run_from_white_to_blue() {
        assert_eq!(shade(0.0), WHITE);
        assert_eq!(shade(1.0), BLUE);
        assert!(shade(0.01).0 < 240);
    }
}
