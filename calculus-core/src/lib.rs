#![doc = include_str!("../README.md")]

mod error;
mod float;
mod objective;
mod real;
mod single;

pub mod coloring;
pub mod curvature;
pub mod elementary;
pub mod matrix;
pub mod numeric;
pub mod taylor;
#[cfg(feature = "testing")]
pub mod testing;

pub use error::Error;
pub use float::Float;
pub use numeric::{
    Complex, Differences, Estimate, Scheme, central_difference, complex_step,
    complex_step_gradient, complex_step_jacobian, five_point_difference, forward_difference,
    richardson, ridders,
};
pub use objective::Objective;
pub use real::{Imply, ImplyInner, Real};
pub use single::F32;

/// What a program that differentiates usually imports.
pub mod prelude {
    pub use crate::{F32, Float, Objective, Real};
}
