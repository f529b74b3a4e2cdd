//! Forward mode: derivatives carried along with the value.
//!
//! * [`Dual`]: first derivatives in `N` directions at once; nested for higher and mixed orders.
//! * [`Jet`]: the Taylor coefficients of a function of one variable, to any fixed order.

mod dual;
mod jet;

pub use dual::Dual;
pub(crate) use dual::Scope;
pub use jet::Jet;
