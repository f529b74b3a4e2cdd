//! Matrix products of row-major slices, by faer.

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};

use super::Update;

/// From how many multiply-adds on a product is shared between threads.
///
/// Measured on two cores: waking the second one costs 10 to 15 microseconds, and a product of half
/// this size gained nothing from it. Unlike a sequential product, a shared one allocates.
const PARALLEL_WORK: usize = 32 << 20;

/// `C = op(A) op(B)` or `C += op(A) op(B)`, where `op` transposes or does not.
#[derive(Debug)]
pub(crate) struct Product<'a, T> {
    /// Row-major, of shape `[k, m]` if transposed and `[m, k]` if not.
    pub(crate) a: &'a [T],
    pub(crate) transpose_a: bool,
    /// Row-major, of shape `[n, k]` if transposed and `[k, n]` if not.
    pub(crate) b: &'a [T],
    pub(crate) transpose_b: bool,
    pub(crate) m: usize,
    pub(crate) k: usize,
    pub(crate) n: usize,
}

/// Computes a product into `c`, row-major of shape `[m, n]`.
pub(crate) fn gemm<T: faer::traits::ComplexField>(
    product: &Product<'_, T>,
    c: &mut [T],
    update: Update,
) {
    let &Product { a, transpose_a, b, transpose_b, m, k, n } = product;
    let oriented = |data, transposed: bool, rows, columns| {
        if transposed {
            MatRef::from_row_major_slice(data, columns, rows).transpose()
        } else {
            MatRef::from_row_major_slice(data, rows, columns)
        }
    };
    let parallel = m * n * k >= PARALLEL_WORK;
    matmul(
        MatMut::from_row_major_slice_mut(c, m, n),
        match update {
            Update::Replace => Accum::Replace,
            Update::Add => Accum::Add,
        },
        oriented(a, transpose_a, m, k),
        oriented(b, transpose_b, k, n),
        faer::traits::math_utils::one(),
        if parallel { Par::rayon(0) } else { Par::Seq },
    );
}
