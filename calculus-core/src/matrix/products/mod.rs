//! Products of matrices.

pub mod bilinear_form;
pub mod congruence;
pub mod cross;
pub mod dot;
pub mod gram;
pub mod kron;
pub mod matmul;
pub mod matvec;
pub mod outer;
pub mod power;
pub mod quadratic_form;
pub mod trace_chain;
pub mod trace_product;
