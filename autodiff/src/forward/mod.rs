//! Forward mode: derivatives carried along with the value.
//!
//! * [`Dual`]: first derivatives in `N` directions at once; nested for higher and mixed orders.
//! * [`Jet`]: the Taylor coefficients of a function of one variable, to any fixed order.
//! * [`DualMatrix`]: a matrix with its derivative in one direction, for matrix functions.

mod dual;
mod jet;
mod matrix;

pub use dual::Dual;
pub(crate) use dual::Scope;
pub use jet::Jet;
pub use matrix::{DualMatrix, DualNumber, MatrixOutput, RowDerivatives};
