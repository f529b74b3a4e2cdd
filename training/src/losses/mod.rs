//! Losses: what a fit makes small.

mod binary_cross_entropy;
pub(crate) mod loss;
mod mean_squared_error;
mod softmax_cross_entropy;

pub use binary_cross_entropy::BinaryCrossEntropy;
pub use loss::{Loss, TargetBatch};
pub use mean_squared_error::MeanSquaredError;
pub use softmax_cross_entropy::SoftmaxCrossEntropy;

#[cfg(test)]
mod testing;
