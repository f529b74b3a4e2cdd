//! Level lines of a function of two variables, with the paths of minimisers on them.

use std::ops::Range;
use std::path::Path as FilePath;

use plotters::prelude::*;

use super::DrawingError;

/// The iterates of a method, to be drawn as a line with dots.
pub struct Path<'a> {
    /// What the legend says.
    pub label: &'a str,
    /// The points in order.
    pub points: &'a [(f64, f64)],
    /// The colour of line and dots.
    pub colour: RGBColor,
}

/// Draws level lines of `f` over a rectangle, at the given levels, and the paths on top of them.
///
/// # Errors
/// If the file cannot be written.
pub fn contour(
    file: &FilePath,
    title: &str,
    f: impl Fn(f64, f64) -> f64,
    (x, y): (Range<f64>, Range<f64>),
    levels: &[f64],
    paths: &[Path<'_>],
) -> Result<(), DrawingError> {
    let root = SVGBackend::new(file, (760, 560)).into_drawing_area();
    root.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&root)
        .caption(title, ("sans-serif", 20))
        .margin(14)
        .x_label_area_size(40)
        .y_label_area_size(50)
        .build_cartesian_2d(x.clone(), y.clone())?;
    chart.configure_mesh().x_desc("x").y_desc("y").light_line_style(WHITE).draw()?;

    for segment in level_lines(&f, &x, &y, levels) {
        chart.draw_series([PathElement::new(segment, RGBColor(170, 180, 195))])?;
    }
    for path in paths {
        let colour = path.colour;
        let points = thinned(path.points, (x.end - x.start) / 700.0, (y.end - y.start) / 500.0);
        chart
            .draw_series(LineSeries::new(points.iter().copied(), colour.stroke_width(2)))?
            .label(path.label)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(2)));
        chart.draw_series(points.iter().map(|&p| Circle::new(p, 2, colour.filled())))?;
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperRight)
        .background_style(WHITE.mix(0.85))
        .border_style(BLACK.mix(0.3))
        .draw()?;
    root.present()?;
    Ok(())
}

/// The points without those that lie within a pixel, `dx` by `dy`, of the one drawn before.
fn thinned(points: &[(f64, f64)], dx: f64, dy: f64) -> Vec<(f64, f64)> {
    let mut kept: Vec<(f64, f64)> = Vec::new();
    for &(x, y) in points {
        if kept.last().is_none_or(|&(u, v)| ((x - u) / dx).hypot((y - v) / dy) >= 2.0) {
            kept.push((x, y));
        }
    }
    kept.extend(points.last());
    kept
}

/// The level lines as short segments, by marching squares on a grid of 160 by 160 cells.
fn level_lines(
    f: &impl Fn(f64, f64) -> f64,
    x: &Range<f64>,
    y: &Range<f64>,
    levels: &[f64],
) -> Vec<Vec<(f64, f64)>> {
    const CELLS: usize = 160;
    let at = |range: &Range<f64>, i: usize| {
        range.start + (range.end - range.start) * i as f64 / CELLS as f64
    };
    let mut segments = Vec::new();
    for i in 0..CELLS {
        for j in 0..CELLS {
            let corners = [(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1)]
                .map(|(i, j)| (at(x, i), at(y, j)))
                .map(|(x, y)| ((x, y), f(x, y)));
            for &level in levels {
                let crossing = (0..4).filter_map(|k| {
                    let ((p, a), (q, b)) = (corners[k], corners[(k + 1) % 4]);
                    let t = (level - a) / (b - a);
                    let crosses = (a < level) != (b < level);
                    crosses.then_some((p.0 + t * (q.0 - p.0), p.1 + t * (q.1 - p.1)))
                });
                let crossings: Vec<_> = crossing.collect();
                segments.extend(crossings.chunks_exact(2).map(|pair| pair.to_vec()));
            }
        }
    }
    segments
}
