//! Quasi-Newton methods.

mod lbfgs;

pub use lbfgs::Lbfgs;
