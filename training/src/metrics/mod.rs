//! How good predictions are.
//!
//! Each metric is a function of predictions and truth in `f64`, and `None` where it is not defined,
//! so that no division by zero turns into a NaN.

mod confusion;
mod mean;
mod regression;

pub use confusion::{ConfusionMatrix, accuracy};
pub use mean::WeightedMean;
pub use regression::{mean_absolute_error, r_squared};
