//! The cost of the value and of the derivative of every row of the table.
//!
//! Each measurement is one pass over 1024 points inside the domain.

use std::hint::black_box;

use calculus_core::Real;
use calculus_core::elementary::{Binary, Domain, Unary};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

const POINTS: usize = 1024;

/// Points spread over a domain, over $[-4, 4]$ where it is the whole line.
fn points(domain: Domain) -> Vec<f64> {
    let low = if domain.low.is_finite() { domain.low } else { -4.0 };
    let high = if domain.high.is_finite() { domain.high } else { low + 8.0 };
    (0..POINTS).map(|i| low + (high - low) * (i as f64 + 0.5) / POINTS as f64).collect()
}

fn unary(c: &mut Criterion) {
    let mut group = c.benchmark_group("unary");
    group.throughput(Throughput::Elements(POINTS as u64));
    for &row in Unary::ALL {
        let x = points(row.domain());
        group.bench_function(row.name(), |b| {
            b.iter(|| black_box(&x).iter().map(|&x| row.value(x)).sum::<f64>());
        });
    }
    group.finish();

    let mut group = c.benchmark_group("unary derivative");
    group.throughput(Throughput::Elements(POINTS as u64));
    for &row in Unary::ALL {
        let x = points(row.domain());
        let y: Vec<f64> = x.iter().map(|&x| row.value(x)).collect();
        group.bench_function(row.name(), |b| {
            let points = || black_box(&x).iter().zip(&y);
            b.iter(|| points().map(|(&x, &y)| row.derivative(x, y)).sum::<f64>());
        });
    }
    group.finish();
}

fn lanes(c: &mut Criterion) {
    let mut group = c.benchmark_group("unary lanes");
    group.throughput(Throughput::Elements(POINTS as u64));
    let mut y = vec![0.0; POINTS];
    for &row in Unary::ALL {
        let x = points(row.domain());
        group.bench_function(row.name(), |b| b.iter(|| row.values(black_box(&x), &mut y)));
    }
    group.finish();

    let mut group = c.benchmark_group("binary lanes");
    group.throughput(Throughput::Elements(POINTS as u64));
    let a = points(Domain::open(0.0, 4.0));
    let b: Vec<f64> = a.iter().rev().copied().collect();
    for &row in Binary::ALL {
        group.bench_function(row.name(), |bencher| {
            bencher.iter(|| row.values(black_box(&a), &b, &mut y));
        });
    }
    group.finish();
}

fn binary(c: &mut Criterion) {
    let mut group = c.benchmark_group("binary");
    group.throughput(Throughput::Elements(POINTS as u64));
    let a = points(Domain::open(0.0, 4.0));
    let b: Vec<f64> = a.iter().rev().copied().collect();
    for &row in Binary::ALL {
        group.bench_function(row.name(), |bencher| {
            let pairs = || black_box(&a).iter().zip(&b);
            bencher.iter(|| pairs().map(|(&a, &b)| row.value(a, b)).sum::<f64>());
        });
    }
    group.finish();
}

fn parameterized(c: &mut Criterion) {
    let mut group = c.benchmark_group("with a parameter");
    group.throughput(Throughput::Elements(POINTS as u64));
    let x = points(Domain::open(0.0, 16.0));
    type Row = (&'static str, fn(f64) -> f64);
    let rows: [Row; 5] = [
        ("powi 3", |x| Real::powi(x, black_box(3))),
        ("powi 31", |x| Real::powi(x, black_box(31))),
        ("powf 2.5", |x| Real::powf(x, black_box(2.5))),
        ("polygamma 1", |x| x.polygamma(black_box(1))),
        ("polygamma 4", |x| x.polygamma(black_box(4))),
    ];
    for (name, f) in rows {
        group.bench_function(name, |b| {
            b.iter(|| black_box(&x).iter().map(|&x| f(x)).sum::<f64>());
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(20)
        .warm_up_time(std::time::Duration::from_millis(200))
        .measurement_time(std::time::Duration::from_millis(500));
    targets = unary, lanes, binary, parameterized
}
criterion_main!(benches);
