//! Forward and backward passes of multilayer perceptrons, and single operations.

use autodiff::tensor::{Tensor, value_and_gradient_into};
use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;

fn numbers(shape: &[usize]) -> Tensor<f32> {
    Tensor::from_fn(shape, |i| ((i * 7919) % 1009) as f32 / 1009.0 - 0.5)
}

/// Loss and gradient of a ReLU network with softmax cross-entropy.
fn network(c: &mut Criterion, name: &str, widths: &[usize], batch: usize) {
    let count: usize = widths.windows(2).map(|w| w[0] * w[1] + w[1]).sum();
    let parameters = numbers(&[count]);
    let x = numbers(&[batch, widths[0]]);
    let labels: Vec<usize> = (0..batch).map(|i| i % widths[widths.len() - 1]).collect();
    let mut gradient = vec![0.0; count];
    c.bench_function(name, |b| {
        b.iter(|| {
            value_and_gradient_into(
                |p| {
                    let (mut h, mut at) = (x.clone(), 0);
                    for (layer, w) in widths.windows(2).enumerate() {
                        let weight = p.view(at..at + w[0] * w[1], &[w[0], w[1]]);
                        at += w[0] * w[1];
                        let bias = p.view(at..at + w[1], &[w[1]]);
                        at += w[1];
                        h = h.linear(&weight, Some(&bias));
                        if layer + 2 < widths.len() {
                            h = h.relu();
                        }
                    }
                    h.softmax_cross_entropy(&labels)
                },
                black_box(&parameters),
                &mut gradient,
            )
        });
    });
}

fn networks(c: &mut Criterion) {
    network(c, "value and gradient, 64-64-10, batch 32, f32", &[64, 64, 10], 32);
    network(c, "value and gradient, 784-256-128-10, batch 64, f32", &[784, 256, 128, 10], 64);
}

fn operations(c: &mut Criterion) {
    let (x, y, row) = (numbers(&[64, 256]), numbers(&[64, 256]), numbers(&[256]));
    let labels: Vec<usize> = (0..64).map(|i| i % 10).collect();
    let logits = numbers(&[64, 10]);
    let mut case = |name: &str, f: &dyn Fn() -> Tensor<f32>| {
        c.bench_function(&format!("{name}, 64x256, f32"), |b| b.iter(f));
    };
    case("add", &|| &x + &y);
    case("add a row", &|| &x + &row);
    case("relu", &|| x.relu());
    case("exp", &|| x.exp());
    case("tanh", &|| x.tanh());
    case("gelu", &|| x.gelu());
    case("sum over rows", &|| x.sum_axes(&[0], false));
    case("sum over columns", &|| x.sum_axes(&[1], false));
    case("softmax", &|| x.softmax(1));
    case("transpose", &|| x.transpose());
    c.bench_function("softmax cross-entropy, 64x10, f32", |b| {
        b.iter(|| logits.softmax_cross_entropy(&labels));
    });
}

criterion_group!(benches, networks, operations);
criterion_main!(benches);
