//! Layers, the ways to combine them, and the model that binds them to parameters.

mod activation;
mod context;
mod dense;
mod dropout;
mod flatten;
mod layer;
mod model;
mod residual;
mod sequential;

pub use activation::Activation;
pub(crate) use context::step_generator;
pub use context::{Context, Phase};
pub use dense::Dense;
pub use dropout::Dropout;
pub use flatten::Flatten;
pub use layer::Layer;
pub(crate) use model::EVALUATION_CHUNK;
pub use model::Model;
pub use residual::Residual;
pub use sequential::Sequential;

#[cfg(test)]
mod testing;
