//! The cost of colouring large patterns and of recovering matrices from their products.

use std::hint::black_box;
use std::time::Duration;

use calculus_core::coloring::{
    BidirectionalRecovery, DirectRecovery, Order, Pattern, SubstitutionRecovery, acyclic_coloring,
    acyclic_coloring_in, color_bidirectional, color_columns, color_columns_in, star_coloring,
    star_coloring_in,
};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use faer::Mat;

/// Symmetric patterns: the Hessian of the chained Rosenbrock function, an arrow, two stencils on a
/// grid.
fn patterns() -> [(&'static str, Pattern); 4] {
    [
        ("tridiagonal 100000", Pattern::banded(100_000, 1, 1)),
        ("arrow 100000", Pattern::arrow(100_000)),
        ("five-point 1000 x 1000", Pattern::five_point_grid(1000, 1000)),
        ("nine-point 1000 x 1000", Pattern::nine_point_grid(1000, 1000)),
    ]
}

fn coloring(c: &mut Criterion) {
    for (name, pattern) in patterns() {
        let mut group = c.benchmark_group(name);
        group.throughput(Throughput::Elements(pattern.nonzeros() as u64));
        group.sample_size(10).warm_up_time(Duration::from_millis(500));
        group.measurement_time(Duration::from_secs(2));
        group.bench_function("columns", |b| b.iter(|| color_columns(black_box(&pattern))));
        group.bench_function("bidirectional", |b| {
            b.iter(|| color_bidirectional(black_box(&pattern)));
        });
        group.bench_function("star", |b| b.iter(|| star_coloring(black_box(&pattern))));
        group.bench_function("acyclic", |b| b.iter(|| acyclic_coloring(black_box(&pattern))));
        group.finish();
    }
}

fn orders(c: &mut Criterion) {
    let pattern = Pattern::five_point_grid(1000, 1000);
    let mut group = c.benchmark_group("orders on five-point 1000 x 1000");
    group.throughput(Throughput::Elements(pattern.nonzeros() as u64));
    group.sample_size(10).warm_up_time(Duration::from_millis(500));
    group.measurement_time(Duration::from_secs(2));
    for order in Order::ALL {
        group.bench_function(format!("columns {order:?}"), |b| {
            b.iter(|| color_columns_in(black_box(&pattern), order));
        });
        group.bench_function(format!("star {order:?}"), |b| {
            b.iter(|| star_coloring_in(black_box(&pattern), order));
        });
        group.bench_function(format!("acyclic {order:?}"), |b| {
            b.iter(|| acyclic_coloring_in(black_box(&pattern), order));
        });
    }
    group.finish();
}

fn recovery(c: &mut Criterion) {
    let pattern = Pattern::five_point_grid(1000, 1000);
    let n = pattern.columns();
    let mut values = vec![0.0; pattern.nonzeros()];
    let mut group = c.benchmark_group("recovery on five-point 1000 x 1000");
    group.throughput(Throughput::Elements(pattern.nonzeros() as u64));
    group.sample_size(10).warm_up_time(Duration::from_millis(500));
    group.measurement_time(Duration::from_secs(2));

    let columns = color_columns(&pattern);
    let direct = DirectRecovery::by_columns(&pattern, &columns).expect("a colouring");
    let products = Mat::<f64>::zeros(n, columns.count());
    group.bench_function("columns", |b| {
        b.iter(|| direct.recover_into(black_box(products.as_ref()), &mut values));
    });

    let bicoloring = color_bidirectional(&pattern);
    let both = BidirectionalRecovery::new(&pattern, &bicoloring).expect("a bicolouring");
    let forward = Mat::<f64>::zeros(n, bicoloring.column_count());
    let reverse = Mat::<f64>::zeros(bicoloring.row_count(), n);
    group.bench_function("bidirectional", |b| {
        b.iter(|| both.recover_into(black_box(forward.as_ref()), reverse.as_ref(), &mut values));
    });

    let star = star_coloring(&pattern).expect("a symmetric pattern");
    let direct = DirectRecovery::by_star(&pattern, &star).expect("a star colouring");
    let products = Mat::<f64>::zeros(n, star.count());
    group.bench_function("star", |b| {
        b.iter(|| direct.recover_into(black_box(products.as_ref()), &mut values));
    });

    let acyclic = acyclic_coloring(&pattern).expect("a symmetric pattern");
    let substitution = SubstitutionRecovery::new(&pattern, &acyclic).expect("an acyclic colouring");
    let products = Mat::<f64>::zeros(n, acyclic.count());
    group.bench_function("substitution", |b| {
        b.iter(|| substitution.recover_into(black_box(products.as_ref()), &mut values));
    });
    group.bench_function("preparing substitution", |b| {
        b.iter(|| SubstitutionRecovery::new(black_box(&pattern), &acyclic));
    });
    group.finish();
}

criterion_group!(benches, coloring, orders, recovery);
criterion_main!(benches);
