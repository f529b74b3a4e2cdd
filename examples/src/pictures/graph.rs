//! A recorded graph, drawn in layers from the inputs up to the outputs.

use std::path::Path;

use autodiff::{Graph, Operand};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::DrawingError;

const BOX: (i32, i32) = (190, 54);
const GAP: (i32, i32) = (50, 60);
const MARGIN: i32 = 40;

/// A line of text below the name of each input and node, such as its value and derivative.
pub type GraphLabels = Vec<String>;

/// Draws `graph` to the SVG file `path`; `labels` has an entry for each input and node.
///
/// Each node stands one layer above the highest of its operands. Inputs are blue, outputs green.
///
/// # Errors
/// If the file cannot be written.
///
/// # Panics
/// If `labels` has not an entry for each input and node.
pub fn graph(
    path: &Path,
    title: &str,
    graph: &Graph,
    labels: &GraphLabels,
) -> Result<(), DrawingError> {
    let count = graph.inputs() + graph.len();
    assert_eq!(labels.len(), count, "a label for each input and node");

    let mut names: Vec<String> = (0..graph.inputs()).map(|i| format!("x{i}")).collect();
    let mut layer = vec![0; graph.inputs()];
    let mut edges = Vec::new();
    for node in graph.nodes() {
        let operands: Vec<Operand> = node.operands.into_iter().flatten().collect();
        let variables = || operands.iter().filter(|o| !o.is_constant()).map(|o| o.index());
        layer.push(1 + variables().map(|k| layer[k]).max().unwrap_or(0));
        edges.extend(variables().map(|from| (from, node.index)));
        let arguments: Vec<String> = operands
            .iter()
            .map(|o| match o.is_constant() {
                true => graph.constants()[o.index()].to_string(),
                false => format!("%{}", o.index()),
            })
            .chain(node.parameter.map(|n| n.to_string()))
            .collect();
        names.push(format!("%{} = {}({})", node.index, node.op, arguments.join(", ")));
    }

    // Nodes of a layer stand side by side, centred.
    let layers = layer.iter().max().map_or(1, |m| m + 1);
    let mut widths = vec![0; layers];
    let places: Vec<i32> = layer
        .iter()
        .map(|&l| {
            widths[l] += 1;
            widths[l] - 1
        })
        .collect();
    let widest = widths.iter().max().copied().unwrap_or(1);
    let width = widest * (BOX.0 + GAP.0) - GAP.0 + 2 * MARGIN;
    let height = layers as i32 * (BOX.1 + GAP.1) - GAP.1 + 2 * MARGIN + 40;
    let centre = |k: usize| {
        let l = layer[k];
        let offset = 2 * places[k] - (widths[l] - 1);
        let x = width / 2 + offset * (BOX.0 + GAP.0) / 2;
        let y = height - MARGIN - BOX.1 / 2 - l as i32 * (BOX.1 + GAP.1);
        (x, y)
    };

    let width = width.max(420);
    let root = SVGBackend::new(path, (width as u32, height as u32)).into_drawing_area();
    root.fill(&WHITE)?;
    let centred = |size: i32| {
        ("sans-serif", size)
            .into_font()
            .into_text_style(&root)
            .pos(Pos::new(HPos::Center, VPos::Center))
    };
    root.draw(&Text::new(title.to_owned(), (width / 2, MARGIN / 2 + 4), centred(18)))?;

    for (from, to) in edges {
        let ((x0, y0), (x1, y1)) = (centre(from), centre(to));
        let (start, end) = ((x0, y0 - BOX.1 / 2), (x1, y1 + BOX.1 / 2));
        let (dx, dy) = (f64::from(end.0 - start.0), f64::from(end.1 - start.1));
        // An edge that skips layers bends out to the side, past the boxes between.
        let skips = layer[to] - layer[from] > 1 && (x1 - x0).abs() < BOX.0;
        let line = match skips {
            true => {
                let side = x0 + BOX.0 / 2 + GAP.0 / 2;
                vec![start, (side, start.1 - GAP.1 / 2), (side, end.1 + GAP.1 / 2), end]
            }
            false => vec![start, end],
        };
        let before = if skips { line[2] } else { start };
        root.draw(&PathElement::new(line, BLACK.mix(0.6).stroke_width(1)))?;
        let (dx, dy) = match skips {
            true => (f64::from(end.0 - before.0), f64::from(end.1 - before.1)),
            false => (dx, dy),
        };
        let length = dx.hypot(dy).max(1.0);
        let (ux, uy) = (dx / length, dy / length);
        let barb = |side: f64| {
            let x = f64::from(end.0) - 9.0 * ux + side * 4.0 * uy;
            let y = f64::from(end.1) - 9.0 * uy - side * 4.0 * ux;
            (x.round() as i32, y.round() as i32)
        };
        root.draw(&Polygon::new(vec![end, barb(1.0), barb(-1.0)], BLACK.mix(0.6).filled()))?;
    }

    let is_output = |k: usize| graph.outputs().iter().any(|o| !o.is_constant() && o.index() == k);
    for (k, (name, label)) in names.iter().zip(labels).enumerate() {
        let (x, y) = centre(k);
        let corners = [(x - BOX.0 / 2, y - BOX.1 / 2), (x + BOX.0 / 2, y + BOX.1 / 2)];
        let fill = match (k < graph.inputs(), is_output(k)) {
            (true, _) => RGBColor(222, 235, 250),
            (_, true) => RGBColor(223, 243, 223),
            _ => RGBColor(245, 245, 245),
        };
        root.draw(&Rectangle::new(corners, fill.filled()))?;
        root.draw(&Rectangle::new(corners, BLACK.mix(0.7).stroke_width(1)))?;
        root.draw(&Text::new(name.clone(), (x, y - 11), centred(15)))?;
        root.draw(&Text::new(label.clone(), (x, y + 12), centred(13)))?;
    }
    root.present()?;
    Ok(())
}
