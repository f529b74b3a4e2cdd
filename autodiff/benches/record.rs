//! Recording, and recording to sweep once, in operations a second.

use std::hint::black_box;

use autodiff::{Graph, Var, gradient};
use calculus_core::Real;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

fn rosenbrock<T: Real>(x: &[T]) -> T {
    x.windows(2).map(|w| 100.0 * (w[1] - w[0] * w[0]).powi(2) + (1.0 - w[0]).powi(2)).sum()
}

/// The determinant by expansion along the rows.
fn minor<T: Real>(a: &[T], n: usize, row: usize, columns: u32) -> T {
    let free = (0..n).filter(|c| columns >> c & 1 == 1);
    if row == n - 1 {
        return free.map(|c| a[row * n + c]).sum();
    }
    let term = |c: usize| a[row * n + c] * minor(a, n, row + 1, columns & !(1 << c));
    let mut sum = T::from(0.0);
    for (k, c) in free.enumerate() {
        if k % 2 == 0 { sum += term(c) } else { sum -= term(c) }
    }
    sum
}

fn bench(c: &mut Criterion) {
    let n = 1000;
    let x: Vec<f64> = (0..n).map(|i| 0.9 + 1e-4 * f64::from(i)).collect();
    let mut group = c.benchmark_group("record");
    let operations = Graph::record(rosenbrock, &x).len();
    group.throughput(Throughput::Elements(operations as u64));
    group.bench_function("rosenbrock", |b| {
        b.iter(|| drop(black_box(Graph::record(rosenbrock, black_box(&x)))))
    });
    group.bench_function("rosenbrock, and its gradient", |b| {
        b.iter(|| gradient(rosenbrock, black_box(&x[..])))
    });
    group.bench_function("rosenbrock, distinct", |b| {
        b.iter(|| drop(black_box(Graph::record_distinct(rosenbrock, black_box(&x)))))
    });
    let n = 8;
    let a: Vec<f64> = (0..n * n).map(|i| f64::from(i).sin()).collect();
    let determinant = |a: &[Var]| minor(a, n as usize, 0, (1 << n) - 1);
    let operations = Graph::record(determinant, &a).len();
    group.throughput(Throughput::Elements(operations as u64));
    group.sample_size(20);
    group.bench_function("determinant", |b| {
        b.iter(|| drop(black_box(Graph::record(determinant, black_box(&a)))))
    });
    group.bench_function("determinant, distinct", |b| {
        b.iter(|| drop(black_box(Graph::record_distinct(determinant, black_box(&a)))))
    });
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
