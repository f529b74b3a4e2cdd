//! Series of numbers at order 10, and series of matrices.
//!
//! The yardstick of a series of matrices is one product (or one inverse) of plain matrices of the
//! same size.

use std::hint::black_box;

use calculus_core::matrix::{Matrix, Operations};
use calculus_core::taylor::{MatrixSeries, Series};
use criterion::{Criterion, criterion_group, criterion_main};
use faer::Mat;

const ORDER: usize = 10;
const SIZE: usize = 32;

fn series(c: &mut Criterion) {
    let mut group = c.benchmark_group("series of order 10");
    let x = Series::variable(0.7, ORDER).sin();
    let y = Series::variable(0.3, ORDER).exp();
    group.bench_function("product", |b| b.iter(|| black_box(&x) * black_box(&y)));
    group.bench_function("quotient", |b| b.iter(|| black_box(&x) / black_box(&y)));
    group.bench_function("exp", |b| b.iter(|| black_box(&x).exp()));
    group.bench_function("ln", |b| b.iter(|| black_box(&x).ln()));
    group.bench_function("sin and cos", |b| b.iter(|| black_box(&x).sin_cos()));
    group.bench_function("powf", |b| b.iter(|| black_box(&x).powf(2.5)));
    group.bench_function("ln_gamma", |b| b.iter(|| black_box(&x).ln_gamma()));
    let inner = &y - y.value();
    group.bench_function("composition", |b| b.iter(|| black_box(&x).compose(&inner)));
    group.bench_function("reversion", |b| b.iter(|| black_box(&inner).reversion()));
    group.finish();
}

fn matrices(c: &mut Criterion) {
    let entry = |k: usize, i: usize, j: usize| {
        let diagonal = if k == 0 && i == j { 2.0 * SIZE as f64 } else { 0.0 };
        diagonal + (1.3 * k as f64 + (i * j) as f64 + (i + j) as f64).sin()
    };
    let coefficient = |k| Mat::from_fn(SIZE, SIZE, |i, j| entry(k, i, j));
    let a = MatrixSeries::new((0..=ORDER).map(coefficient).collect::<Vec<Mat<f64>>>());
    let a = a.expect("the entries are finite");
    let plain = &a.coefficients()[0];
    let mut group = c.benchmark_group("matrices of size 32");
    group.bench_function("plain product", |b| b.iter(|| black_box(plain).matmul(plain)));
    group.bench_function("plain inverse", |b| {
        b.iter(|| Mat::lu_inverse(&Mat::lu(black_box(plain).as_ref())));
    });
    group.finish();
    let mut group = c.benchmark_group("matrix series of order 10, size 32");
    group.bench_function("product", |b| b.iter(|| black_box(&a).matmul(&a)));
    group.bench_function("inverse", |b| b.iter(|| black_box(&a).inverse()));
    group.bench_function("solve", |b| b.iter(|| black_box(&a).solve(&a)));
    group.bench_function("cholesky", |b| b.iter(|| black_box(&a).cholesky()));
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(20)
        .warm_up_time(std::time::Duration::from_millis(200))
        .measurement_time(std::time::Duration::from_millis(500));
    targets = series, matrices
}
criterion_main!(benches);
