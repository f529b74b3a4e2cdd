//! The gradient in forward mode of this crate and of `num-dual`, and the plain function, in one run.
//!
//! Prints nanoseconds (the least of many batches, which a busy machine disturbs least) and ratios:
//! `cargo run --release --manifest-path autodiff/benches/peers/Cargo.toml`.

use std::hint::black_box;
use std::time::Instant;

use autodiff::{Differentiable, Dual, forward_gradient, forward_value_and_gradient, hessian};
use calculus_core::{Objective, Real};
use nalgebra::SVector;
use num_dual::{DualNum, DualSVec64, gradient};

/// The time of a call in nanoseconds: the least mean of 300 batches of some 20 microseconds.
fn time<R>(mut call: impl FnMut() -> R) -> f64 {
    let start = Instant::now();
    let mut calls = 0_u32;
    while start.elapsed().as_micros() < 2000 {
        black_box(call());
        calls += 1;
    }
    let batch = (calls / 100).max(1);
    let mean = |_| {
        let start = Instant::now();
        for _ in 0..batch {
            black_box(call());
        }
        start.elapsed().as_nanos() as f64 / f64::from(batch)
    };
    (0..300).map(mean).fold(f64::INFINITY, f64::min)
}

/// Rosenbrock's function.
struct Rosenbrock;

impl Objective for Rosenbrock {
    #[inline]
    fn value<T: Real>(&self, x: &[T]) -> T {
        let term = |w: &[T]| 100.0 * (w[1] - w[0] * w[0]).powi(2) + (1.0 - w[0]).powi(2);
        x.windows(2).map(term).sum()
    }
}

impl Rosenbrock {
    #[inline]
    fn num_dual<T: DualNum<Primitive = f64> + Copy, const N: usize>(x: SVector<T, N>) -> T {
        let term = |w: &[T]| (w[1] - w[0] * w[0]).powi(2) * 100.0 + (-w[0] + 1.0).powi(2);
        x.as_slice().windows(2).map(term).fold(T::zero(), |sum, t| sum + t)
    }
}

/// A sum of products of transcendental functions.
struct Waves;

impl Objective for Waves {
    #[inline]
    fn value<T: Real>(&self, x: &[T]) -> T {
        x.windows(2).map(|w| (w[0] * w[1]).sin() * (-0.5 * w[0]).exp() + w[1].ln_1p()).sum()
    }
}

impl Waves {
    #[inline]
    fn num_dual<T: DualNum<Primitive = f64> + Copy, const N: usize>(x: SVector<T, N>) -> T {
        let term = |w: &[T]| (w[0] * w[1]).sin() * (w[0] * -0.5).exp() + w[1].ln_1p();
        x.as_slice().windows(2).map(term).fold(T::zero(), |sum, t| sum + t)
    }
}

/// A product of all pairs, which is arithmetic alone.
struct Pairs;

impl Objective for Pairs {
    #[inline]
    fn value<T: Real>(&self, x: &[T]) -> T {
        let mut sum = T::from(0.0);
        for (i, &a) in x.iter().enumerate() {
            for &b in &x[i + 1..] {
                sum += (a - b) * (a * b) / (a * a + b);
            }
        }
        sum
    }
}

impl Pairs {
    #[inline]
    fn num_dual<T: DualNum<Primitive = f64> + Copy, const N: usize>(x: SVector<T, N>) -> T {
        let mut sum = T::zero();
        for (i, &a) in x.as_slice().iter().enumerate() {
            for &b in &x.as_slice()[i + 1..] {
                sum += (a - b) * (a * b) / (a * a + b);
            }
        }
        sum
    }
}

fn row(name: &str, n: usize, times: [f64; 5], error: f64) {
    let [plain, peer, fixed, picked, eight] = times;
    assert!(error < 1e-13, "{name}, n = {n}: the gradients differ by {error:e}");
    println!(
        "| {name} | {n} | {plain:.1} | {peer:.1} | {fixed:.1} | {picked:.1} | {eight:.1} | {:.1} | {:.1} | {:.1} |",
        peer / fixed,
        peer / picked,
        fixed / plain,
    );
}

macro_rules! compare {
    ($($objective:ident $name:literal: $($n:literal)*;)*) => {$($({
        let x: [f64; $n] = std::array::from_fn(|i| 0.7 + 0.05 * i as f64);
        let point = SVector::from(x);
        let peer = |x: SVector<DualSVec64<$n>, $n>| $objective::num_dual(x);
        let fixed = forward_value_and_gradient(|x| $objective.value(x), &x).1;
        let (expected, picked) = (gradient(peer, &point).1, $objective.forward_gradient(&x));
        let errors = (0..$n).map(|i| (fixed[i] - expected[i]).abs().max((picked[i] - expected[i]).abs()));
        let error = errors.fold(0.0, f64::max) / expected.norm();
        let times = [
            time(|| $objective.value(black_box(&x[..]))),
            time(|| gradient(peer, black_box(&point))),
            time(|| forward_value_and_gradient(|x| $objective.value(x), black_box(&x))),
            time(|| $objective.forward_gradient(black_box(&x[..]))),
            time(|| forward_gradient(|x| $objective.value(x), black_box(&x[..]))),
        ];
        row($name, $n, times, error);
    })*)*};
}

/// The Hessian by duals of duals, in one evaluation.
fn nested_hessian<const N: usize>(objective: &impl Objective, x: &[f64; N]) -> [[f64; N]; N] {
    let point: [Dual<Dual<f64, N>, N>; N] = std::array::from_fn(|i| {
        let unit = std::array::from_fn(|j| Dual::constant(if i == j { 1.0 } else { 0.0 }));
        Dual::new(Dual::variable(x[i], i), unit)
    });
    objective.value(&point).tangent().map(|row| row.tangent())
}

macro_rules! compare_hessians {
    ($($objective:ident $name:literal: $($n:literal)*;)*) => {$($({
        let x: [f64; $n] = std::array::from_fn(|i| 0.7 + 0.05 * i as f64);
        let plain = time(|| $objective.value(black_box(&x[..])));
        let nested = time(|| nested_hessian(&$objective, black_box(&x)));
        let graph = time(|| hessian(|x| $objective.value(x), black_box(&x[..])));
        let picked = time(|| $objective.hessian(black_box(&x[..])));
        let mut function = $objective.record(&x);
        let mut rows = [0.0; $n * $n];
        let replayed = time(|| function.hessian(black_box(&x), &mut rows));
        println!(
            "| {} | {} | {plain:.1} | {nested:.0} | {graph:.0} | {replayed:.0} | {picked:.0} |",
            $name, $n
        );
    })*)*};
}

fn main() {
    println!("nanoseconds; `num-dual` with static vectors");
    println!(
        "| function | n | plain | num-dual | array | objective | chunks of 8 | num-dual / array | num-dual / objective | array / plain |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|");
    compare! {
        Rosenbrock "Rosenbrock": 2 4 8 16;
        Waves "sin exp ln_1p": 2 4 8 16;
        Pairs "pairs": 2 4 8 16;
    }
    println!();
    println!("Hessians, nanoseconds");
    println!("| function | n | plain | nested duals | recorded | replayed | objective |");
    println!("|---|---|---|---|---|---|---|");
    compare_hessians! {
        Rosenbrock "Rosenbrock": 1 2 3 4 6 8 12 16;
        Waves "sin exp ln_1p": 2 4 8 16;
        Pairs "pairs": 2 4 8 16;
    }
}
