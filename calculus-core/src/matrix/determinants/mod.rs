//! Determinants, their logarithms, and cofactors.

mod cofactors;

pub mod adjugate;
pub mod det;
pub mod log_abs_det;
pub mod log_det;
