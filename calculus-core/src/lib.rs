#![doc = include_str!("../README.md")]

mod error;
mod float;
mod objective;
mod real;
mod single;

pub mod elementary;
pub mod numeric;
#[cfg(feature = "testing")]
pub mod testing;

pub use error::Error;
pub use float::Float;
pub use numeric::{Differences, Estimate, Scheme, central_difference, forward_difference, ridders};
pub use objective::Objective;
pub use real::{Imply, ImplyInner, Real};
pub use single::F32;

/// What a program that differentiates usually imports.
pub mod prelude {
    pub use crate::{F32, Float, Objective, Real};
}
