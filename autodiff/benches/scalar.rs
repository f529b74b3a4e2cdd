//! Scalar differentiation: Rosenbrock's function of 1,000 variables, by every method.

use std::hint::black_box;

use autodiff::{Dual, Function, forward_gradient, forward_gradient_chunked, gradient};
use calculus_core::Real;
use criterion::{Criterion, criterion_group, criterion_main};

fn rosenbrock<T: Real>(x: &[T]) -> T {
    x.windows(2).map(|w| 100.0 * (w[1] - w[0] * w[0]).powi(2) + (1.0 - w[0]).powi(2)).sum()
}

fn bench(c: &mut Criterion) {
    let n = 1000;
    let x: Vec<f64> = (0..n).map(|i| 0.9 + 1e-4 * f64::from(i)).collect();
    let v = vec![1.0; x.len()];
    let mut group = c.benchmark_group("rosenbrock_1000");

    group.bench_function("value, plain f64", |b| b.iter(|| rosenbrock(black_box(&x[..]))));
    group.bench_function("value, replayed", |b| {
        let mut function = Function::new(rosenbrock, &x);
        b.iter(|| function.value(black_box(&x)))
    });
    group.bench_function("gradient, recorded once and replayed", |b| {
        let mut function = Function::new(rosenbrock, &x);
        let mut g = vec![0.0; x.len()];
        b.iter(|| function.value_and_gradient(black_box(&x), &mut g))
    });
    group.bench_function("gradient, recorded at every call", |b| {
        b.iter(|| gradient(rosenbrock, black_box(&x[..])))
    });
    group.bench_function("Hessian-vector product, replayed", |b| {
        let mut function = Function::new(rosenbrock, &x);
        let mut product = vec![0.0; x.len()];
        b.iter(|| function.hvp(black_box(&x), &v, &mut product))
    });
    group.bench_function("64 gradients at a time", |b| {
        let points = x.repeat(64);
        let mut function = Function::new(rosenbrock, &x);
        let (mut values, mut gradients) = (vec![0.0; 64], vec![0.0; points.len()]);
        b.iter(|| function.gradient_many(black_box(&points), &mut values, &mut gradients));
    });
    group.sample_size(10);
    group.bench_function("gradient, duals, chunks of 8", |b| {
        b.iter(|| forward_gradient(rosenbrock, black_box(&x[..])))
    });
    group.bench_function("gradient, duals, chunks of 16", |b| {
        b.iter(|| forward_gradient_chunked(rosenbrock::<Dual<f64, 16>>, black_box(&x[..])))
    });
    group.finish();

    let mut group = c.benchmark_group("rosenbrock_10");
    let x = &x[..10];
    group.bench_function("value, plain f64", |b| b.iter(|| rosenbrock(black_box(x))));
    group.bench_function("gradient, replayed", |b| {
        let mut function = Function::new(rosenbrock, x);
        let mut g = [0.0; 10];
        b.iter(|| function.value_and_gradient(black_box(x), &mut g))
    });
    group.bench_function("gradient, duals, chunks of 8", |b| {
        b.iter(|| forward_gradient(rosenbrock, black_box(x)))
    });
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
