//! The operations, one file each: forward computation, differentiable pullback, and a fused kernel
//! for first derivatives where it pays.

mod binary;
mod binary_cross_entropy;
mod broadcast;
mod cross_entropy;
mod dropout;
mod extremum;
mod gather;
mod linear;
mod matmul;
mod narrow;
mod permute;
mod powi;
mod reduce;
mod softmax;
mod unary;
pub(crate) mod view;
