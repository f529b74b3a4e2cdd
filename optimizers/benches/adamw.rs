//! One AdamW step on `f32` parameters, on one thread and on two.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use optimizers::{AdamW, ClipByGlobalNorm, Optimizer, UpdateRule};

/// A network of 64-64-10, one of 784-256-128-10, and one that no cache holds.
const SIZES: [usize; 3] = [4_810, 235_146, 10_000_000];

fn update(c: &mut Criterion) {
    let mut group = c.benchmark_group("adamw_update");
    for threads in [1, 2] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        for n in SIZES {
            let rule = AdamW::new();
            let mut state = rule.init(n);
            let mut parameters = vec![0.5_f32; n];
            let gradient: Vec<f32> = (0..n).map(|i| (i as f32 * 0.37).sin()).collect();
            // Read parameters, gradient and two moments; write parameters and two moments.
            group.throughput(Throughput::Bytes(28 * n as u64));
            group.bench_function(BenchmarkId::new(format!("{threads} threads"), n), |b| {
                pool.install(|| {
                    b.iter(|| {
                        rule.update(&mut state, 1e-6, black_box(&mut parameters), &gradient);
                    });
                });
            });
        }
    }
    group.finish();
}

fn step(c: &mut Criterion) {
    let mut group = c.benchmark_group("optimizer_step_with_clipping");
    for n in SIZES {
        let mut optimizer = Optimizer::new(AdamW::new(), n)
            .with_transform(ClipByGlobalNorm::new(1e9).expect("a positive bound"));
        let mut parameters = vec![0.5_f32; n];
        let mut gradient: Vec<f32> = (0..n).map(|i| (i as f32 * 0.37).sin()).collect();
        group.throughput(Throughput::Elements(n as u64));
        group.bench_function(BenchmarkId::from_parameter(n), |b| {
            b.iter(|| optimizer.step(1e-6, black_box(&mut parameters), &mut gradient));
        });
    }
    group.finish();
}

criterion_group!(benches, update, step);
criterion_main!(benches);
