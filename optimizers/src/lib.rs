#![doc = include_str!("../README.md")]

mod error;
mod first_order;
mod groups;
mod kernel;
mod line_search;
mod minimize;
mod problem;
mod quasi_newton;
mod stopping;
mod transform;
mod vector;

pub use error::{Error, Quantity};
pub use first_order::{
    Adam, AdamW, DecoupledWeightDecay, Hyperparameter, Optimizer, Piece, Scalar, Sgd, Slot, State,
    StepSummary, UpdateRule,
};
pub use groups::{Group, Groups};
pub use line_search::{Backtracking, LineSearch, LineSearchEnd, StrongWolfe};
pub use minimize::{
    GradientDescent, Iterate, Method, Point, Record, Run, Solution, Status, Stop, minimize,
    minimize_observed, minimize_with,
};
pub use problem::{
    AutodiffProblem, ClosureProblem, Counted, Evaluations, FiniteDifferences, Problem,
};
pub use quasi_newton::Lbfgs;
pub use stopping::Stopping;
pub use transform::{ClipByGlobalNorm, ClipByValue, GradientTransform, L1, L2};

/// What a program that minimises or trains usually imports.
pub mod prelude {
    pub use crate::{
        Adam, AdamW, AutodiffProblem, ClipByGlobalNorm, ClipByValue, ClosureProblem,
        DecoupledWeightDecay, GradientDescent, GradientTransform, Group, Groups, Hyperparameter,
        L1, L2, Lbfgs, Method, Optimizer, Problem, Sgd, Solution, State, Status, Stopping,
        UpdateRule, minimize, minimize_observed, minimize_with,
    };
}
