//! The sparse Hessian of the chained Rosenbrock function of 100,000 variables, beside one gradient.

use std::hint::black_box;

use autodiff::Function;
use calculus_core::Real;
use criterion::{Criterion, criterion_group, criterion_main};

fn rosenbrock<T: Real>(x: &[T]) -> T {
    x.windows(2).map(|w| 100.0 * (w[1] - w[0] * w[0]).powi(2) + (1.0 - w[0]).powi(2)).sum()
}

fn bench(c: &mut Criterion) {
    let n = 100_000;
    let x: Vec<f64> = (0..n).map(|i| 0.9 + 1e-6 * f64::from(i)).collect();
    let mut function = Function::new(rosenbrock, &x);
    let mut hessian = function.sparse_hessian();
    let mut g = vec![0.0; x.len()];

    let mut group = c.benchmark_group("rosenbrock_100000");
    group.sample_size(20);
    group.bench_function("value and gradient", |b| {
        b.iter(|| function.value_and_gradient(black_box(&x), &mut g))
    });
    group.bench_function("Hessian-vector product", |b| {
        let v = vec![1.0; x.len()];
        b.iter(|| function.hvp(black_box(&x), &v, &mut g))
    });
    group.bench_function("sparse Hessian", |b| b.iter(|| black_box(hessian.evaluate(&x).val()[7])));
    group.bench_function("pattern, colouring and recovery", |b| {
        b.iter(|| function.sparse_hessian())
    });
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
