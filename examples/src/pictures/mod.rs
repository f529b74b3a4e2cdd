//! The pictures that the examples draw, as SVG.

mod contour;
mod graph;

pub use contour::{Path, contour};
pub use graph::{GraphLabels, graph};

/// What plotters reports when a picture cannot be drawn or written.
pub type DrawingError = Box<dyn std::error::Error>;
