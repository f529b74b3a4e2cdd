//! The parameters of a model: one flat vector, and a layout that names its pieces.

mod initializer;
mod layout;
mod values;

pub use initializer::{Fan, Initializer};
pub use layout::{Layout, LayoutBuilder, LayoutEntry, ParameterId};
pub use values::Parameters;
