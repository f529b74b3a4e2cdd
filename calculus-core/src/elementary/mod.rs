//! The table of elementary functions: name, value, derivative, domain and boundary points.
//!
//! A row is all that the rest of the workspace knows of a function. `f64`, dual numbers, jets, the
//! op codes of recorded graphs and the tests read the same row, so a function cannot be there
//! without its derivative, and cannot be there without a test.
//!
//! * [`Unary`]: functions of one argument, in [`unary`](self) order.
//! * [`Binary`]: functions of two arguments with both partial derivatives.
//! * [`Domain`] and [`Boundary`]: where a function is defined, and what is promised at the edge.

mod binary;
mod domain;
pub mod lanes;
mod power;
pub mod special;
mod unary;

pub use binary::Binary;
pub use domain::{Boundary, Domain};
pub use power::{powf_derivative, powi_derivative};
pub use unary::Unary;
