//! First-order update rules on flat parameter vectors.

mod adam;
mod adamw;
mod decoupled_weight_decay;
mod moments;
mod optimizer;
mod rule;
mod sgd;
mod state;

pub use adam::Adam;
pub use adamw::AdamW;
pub use decoupled_weight_decay::DecoupledWeightDecay;
pub use optimizer::{Optimizer, StepSummary};
pub use rule::{Hyperparameter, Piece, UpdateRule};
pub use sgd::Sgd;
pub use state::{Scalar, Slot, State};
