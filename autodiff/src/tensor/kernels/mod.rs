//! Loops over slices, compiled once per instruction set and chosen when the program runs.
//!
//! A kernel is a struct with the slices and the function, implementing [`pulp::NullaryFnOnce`]; all
//! that it calls is `#[inline(always)]`, so that it is compiled with the vector instructions of the
//! variant that [`pulp::Arch`] selects. (Passing a closure to the dispatcher instead compiled the
//! loops for the baseline and ran up to 17 times slower.) Sums of products are written `a * b + c`:
//! `mul_add` would be a library call where there is no such instruction.

mod broadcast;
mod gemm;
mod pointwise;
mod reduce;
mod rows;
mod softmax;
mod special;

pub(crate) use broadcast::zip_broadcast;
pub(crate) use gemm::{Product, gemm};
pub(crate) use pointwise::{
    Function1, Function2, Function3, add_assign, map, zip, zip_assign, zip_update,
};
pub(crate) use reduce::{lane_sum, lane_sum_of, sum, sum_to};
pub(crate) use rows::{Rows, for_each_row};
pub(crate) use softmax::{RowSoftmax, row_max, softmax_rows};
pub(crate) use special::Kernels;

/// Whether a kernel replaces what its target holds or adds to it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Update {
    Replace,
    Add,
}

/// Runs a kernel with the widest vectors of this machine.
#[inline]
fn run<K: pulp::NullaryFnOnce>(kernel: K) -> K::Output {
    pulp::Arch::new().dispatch(kernel)
}
