//! L-BFGS on the Rosenbrock function, recorded once and differentiated automatically.

use calculus_core::Real;
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use optimizers::{AutodiffProblem, ClosureProblem, Lbfgs, minimize};

fn chained_rosenbrock<T: Real>(x: &[T]) -> T {
    x.windows(2).map(|x| 100.0 * (x[1] - x[0] * x[0]).powi(2) + (1.0 - x[0]).powi(2)).sum()
}

fn by_hand(n: usize) -> ClosureProblem<'static> {
    let value_and_gradient = |x: &[f64], g: &mut [f64]| {
        g.fill(0.0);
        let mut value = 0.0;
        for i in 0..x.len() - 1 {
            let (t, u) = (x[i + 1] - x[i] * x[i], 1.0 - x[i]);
            value += 100.0 * t * t + u * u;
            g[i] -= 400.0 * x[i] * t + 2.0 * u;
            g[i + 1] += 200.0 * t;
        }
        value
    };
    ClosureProblem::new(n, move |x| value_and_gradient(x, &mut vec![0.0; x.len()]))
        .with_value_and_gradient(value_and_gradient)
}

fn rosenbrock(c: &mut Criterion) {
    let mut group = c.benchmark_group("lbfgs_rosenbrock");
    for n in [2, 100] {
        let start: Vec<f64> = (0..n).map(|i| if i % 2 == 0 { -1.2 } else { 1.0 }).collect();
        let recorded = AutodiffProblem::new(chained_rosenbrock, &start);
        let by_hand = by_hand(n);
        group.bench_function(BenchmarkId::new("autodiff", n), |b| {
            b.iter(|| minimize(&recorded, &start, &Lbfgs::new()));
        });
        group.bench_function(BenchmarkId::new("by hand", n), |b| {
            b.iter(|| minimize(&by_hand, &start, &Lbfgs::new()));
        });
    }
    group.finish();
}

criterion_group!(benches, rosenbrock);
criterion_main!(benches);
