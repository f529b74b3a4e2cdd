//! Sums and maps over rows: a Gaussian mixture, least squares, and gathers, value and gradient.

use std::hint::black_box;

use autodiff::{Function, Rows, Var, map_over, sum_over};
use calculus_core::Real;
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};

/// Numbers between -1 and 1 that look random.
fn noise(n: usize) -> Vec<f64> {
    (0..n).map(|k| ((k as f64 * 12.9898).sin() * 43758.5453).fract()).collect()
}

/// The log-likelihood of a Gaussian mixture without its constants: parameters are `k` weights, then
/// `k` means, then `k` lower triangular factors row by row, the logarithm of the diagonal in them.
fn mixture(parameters: &[Var], points: &[f64], d: usize, k: usize) -> Var {
    let triangle = d * (d + 1) / 2;
    let (weights, rest) = parameters.split_at(k);
    let (means, factors) = rest.split_at(k * d);
    let components = Rows::new(k).variables(weights).variables(means).variables(factors);
    sum_over(&Rows::new(points.len() / d).data(points), |x| {
        let terms = map_over(&components, |component| {
            let (weight, rest) = component.split_at(1);
            let (mean, factor) = rest.split_at(d);
            assert_eq!(factor.len(), triangle);
            let centered: Vec<Var> = x.iter().zip(mean).map(|(&x, &m)| x - m).collect();
            let (mut squares, mut trace) = (Var::from(0.0), Var::from(0.0));
            for i in 0..d {
                let row = &factor[i * (i + 1) / 2..][..i + 1];
                let mut y = row[i].exp() * centered[i];
                for j in 0..i {
                    y += row[j] * centered[j];
                }
                squares += y * y;
                trace += row[i];
            }
            weight[0] + trace - 0.5 * squares
        });
        let largest = terms.iter().fold(terms[0], |m: Var, &t| m.max(t));
        let sum: Var = terms.iter().map(|&t| (t - largest).exp()).sum();
        largest + sum.ln()
    })
}

fn value_and_gradient<F: Fn(&[Var]) -> Var>(c: &mut Criterion, name: &str, f: F, x: &[f64]) {
    let mut function = Function::new(f, x);
    let mut gradient = vec![0.0; x.len()];
    c.bench_function(name, |bencher| {
        bencher.iter_batched(
            || (),
            |()| function.value_and_gradient(black_box(x), &mut gradient),
            BatchSize::SmallInput,
        );
    });
}

fn gaussian_mixture(c: &mut Criterion) {
    for (d, k, n) in [(2, 5, 1000), (10, 25, 1000), (64, 25, 1000)] {
        let points = noise(n * d);
        let x: Vec<f64> = noise(k * (1 + d + d * (d + 1) / 2)).iter().map(|x| x * 0.3).collect();
        let name = format!("mixture d={d} k={k} n={n}");
        value_and_gradient(c, &name, |x| mixture(x, &points, d, k), &x);
    }
}

/// A sum of powers fitted to data.
fn powers(coefficients: &[Var], data: &[f64]) -> Var {
    sum_over(&Rows::new(data.len() / 2).data(data), |row| {
        let mut power = Var::from(1.0);
        let mut residual = -row[1];
        for &c in coefficients {
            residual += c * power;
            power *= row[0];
        }
        residual * residual
    })
}

fn least_squares(c: &mut Criterion) {
    let data = noise(2 * 2048);
    value_and_gradient(c, "powers n=2048", |x| powers(x, &data), &noise(128));
}

/// Projections of gathered points by gathered cameras, of nine and three parameters.
fn projections(x: &[Var], cameras: usize, which: &[u32], seen: &[u32]) -> Var {
    let rows = Rows::new(seen.len()).gather(&x[..9 * cameras], 9, which).gather(
        &x[9 * cameras..],
        3,
        seen,
    );
    sum_over(&rows, |row| {
        let (r, t, p) = (&row[..3], &row[3..9], &row[9..]);
        let angle = (r[0] * r[0] + r[1] * r[1] + r[2] * r[2] + 1e-3).sqrt();
        let (sin, cos) = (angle.sin() / angle, angle.cos());
        let dot = (r[0] * p[0] + r[1] * p[1] + r[2] * p[2]) * (1.0 - cos) / (angle * angle);
        let rotated = |i: usize| {
            let (j, k) = ((i + 1) % 3, (i + 2) % 3);
            p[i] * cos + (r[j] * p[k] - r[k] * p[j]) * sin + r[i] * dot + t[i]
        };
        let z = rotated(2) + 5.0;
        let (u, v) = (rotated(0) / z, rotated(1) / z);
        let square = u * u + v * v;
        let distortion = t[3] * (1.0 + square * (t[4] + t[5] * square));
        (u * distortion).powi(2) + (v * distortion).powi(2)
    })
}

fn gathers(c: &mut Criterion) {
    let (cameras, points, rows) = (20, 1000, 10_000);
    let which: Vec<u32> = (0..rows).map(|r| (r * 7 % cameras) as u32).collect();
    let seen: Vec<u32> = (0..rows).map(|r| (r * 13 % points) as u32).collect();
    let x = noise(9 * cameras + 3 * points);
    value_and_gradient(c, "projections n=10000", |x| projections(x, cameras, &which, &seen), &x);
}

criterion_group!(benches, gaussian_mixture, least_squares, gathers);
criterion_main!(benches);
