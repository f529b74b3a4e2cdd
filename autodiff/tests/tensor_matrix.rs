//! Tensors as matrices of `calculus_core::matrix`: first derivatives against the plain pullbacks,
//! second derivatives against numbers from multiple-precision arithmetic, higher ones against closed
//! forms, and degenerate points.

#[path = "tensor_matrix/degenerate.rs"]
mod degenerate;
#[path = "tensor_matrix/hessians.rs"]
mod hessians;
#[path = "tensor_matrix/higher.rs"]
mod higher;
#[path = "tensor_matrix/pullbacks.rs"]
mod pullbacks;

use autodiff::tensor::Tensor;
use calculus_core::matrix::{Matrix, Operations};
use faer::Mat;

/// Entries in (-1, 1) without a pattern that a decomposition would notice.
fn entries(rows: usize, columns: usize, seed: usize) -> Mat<f64> {
    Mat::from_fn(rows, columns, |i, j| {
        let k = (i * 7 + j * 3 + seed * 11 + 1) as f64;
        (k * k * 0.731 + k * 1.17).sin()
    })
}

/// Far from singular.
fn regular(n: usize, seed: usize) -> Mat<f64> {
    entries(n, n, seed) + Mat::<f64>::identity(n, n) * 3.0
}

fn symmetric(n: usize, seed: usize) -> Mat<f64> {
    entries(n, n, seed).symmetric()
}

/// Symmetric and positive definite.
fn definite(n: usize, seed: usize) -> Mat<f64> {
    let a = entries(n, n, seed);
    &a * a.transpose() + Mat::<f64>::identity(n, n)
}

fn tensor(a: &Mat<f64>) -> Tensor<f64> {
    <Tensor<f64> as Operations>::from_fn(a.nrows(), a.ncols(), |i, j| a[(i, j)])
}

fn matrix(a: &Tensor<f64>) -> Mat<f64> {
    Mat::from_fn(a.shape()[0], a.shape()[1], |i, j| a.primal(i, j))
}

/// Whether the two are equal to `tolerance`, relative to the largest entry and 1.
#[track_caller]
fn close(name: &str, found: &Mat<f64>, expected: &Mat<f64>, tolerance: f64) {
    assert_eq!(found.shape(), expected.shape(), "{name}");
    let (error, size) = ((found - expected).norm_max(), expected.norm_max().max(1.0));
    assert!(error <= tolerance * size, "{name}: {found:?} instead of {expected:?}, by {error:e}");
}
