//! Value against value and pullback of the matrix functions that factor something.
//!
//! `benches/matrix_peers.py` runs this and NumPy, SciPy, JAX and PyTorch one after the other and
//! prints the ratios. `RAYON_NUM_THREADS=1` makes it sequential.

use std::hint::black_box;

use calculus_core::matrix::{
    Transpose, cholesky, inverse, log_det, lu, matmul, qr, singular_values, solve, svd,
    symmetric_eigen,
};
use criterion::{BenchmarkGroup, Criterion, criterion_group, criterion_main};
use faer::Mat;

type Group<'a> = BenchmarkGroup<'a, criterion::measurement::WallTime>;

/// Numbers in (-1, 1) that are the same in every run.
fn matrix(rows: usize, columns: usize, seed: u64) -> Mat<f64> {
    let mut state = seed;
    Mat::from_fn(rows, columns, |_, _| {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    })
}

/// The two measurements of one function.
fn pair(group: &mut Group<'_>, name: &str, mut value: impl FnMut(), mut both: impl FnMut()) {
    group.bench_function(format!("{name}/value"), |b| b.iter(&mut value));
    group.bench_function(format!("{name}/value and pullback"), |b| b.iter(&mut both));
}

fn bench(c: &mut Criterion) {
    if std::env::var("RAYON_NUM_THREADS").as_deref() == Ok("1") {
        faer::set_global_parallelism(faer::Par::Seq);
    }
    let (no, one) = (Transpose::No, 1.0);
    for n in [64, 256, 512] {
        let mut group = c.benchmark_group(format!("matrix/{n}"));
        group.sample_size(10);
        let general = matrix(n, n, 1) + Mat::<f64>::identity(n, n) * faer::Scale(2.0);
        let b = matrix(n, n, 2);
        let vector = matrix(n, 1, 3);
        let definite = &b * b.transpose() + Mat::<f64>::identity(n, n) * faer::Scale(n as f64);
        let symmetric = &b + b.transpose();
        let (cotangent, cotangent_2) = (matrix(n, n, 4), matrix(n, n, 5));
        let (column, column_2) = (matrix(n, 1, 6), matrix(n, 1, 7));

        pair(
            &mut group,
            "matmul",
            || drop(black_box(matmul::value(&general, no, &b, no))),
            || {
                let c = matmul::value(&general, no, &b, no);
                drop(black_box((c, matmul::pullback(&general, no, &b, no, &cotangent))));
            },
        );
        pair(
            &mut group,
            "solve",
            || drop(black_box(solve::value(&general, no, &vector))),
            || {
                let (x, lu) = solve::value(&general, no, &vector).unwrap();
                drop(black_box(solve::pullback(&lu, no, &x, &column)));
            },
        );
        pair(
            &mut group,
            "inverse",
            || drop(black_box(inverse::value(&general))),
            || {
                let inverse = inverse::value(&general).unwrap();
                drop(black_box(inverse::pullback(&inverse, &cotangent)));
            },
        );
        pair(
            &mut group,
            "cholesky",
            || drop(black_box(cholesky::value(&definite))),
            || {
                let l = cholesky::value(&definite).unwrap();
                drop(black_box(cholesky::pullback(&l, &cotangent)));
            },
        );
        pair(
            &mut group,
            "log_det",
            || drop(black_box(log_det::value(&definite))),
            || {
                let (_, l) = log_det::value(&definite).unwrap();
                drop(black_box(log_det::pullback(&l, &one)));
            },
        );
        pair(
            &mut group,
            "lu",
            || drop(black_box(lu::value(&general))),
            || {
                let lu = lu::value(&general).unwrap();
                drop(black_box(lu::pullback(&lu, &cotangent, &cotangent_2)));
            },
        );
        pair(
            &mut group,
            "qr",
            || drop(black_box(qr::value(&general))),
            || {
                let (q, r) = qr::value(&general).unwrap();
                drop(black_box(qr::pullback(&q, &r, &cotangent, &cotangent_2)));
            },
        );
        pair(
            &mut group,
            "symmetric_eigen",
            || drop(black_box(symmetric_eigen::value(&symmetric))),
            || {
                let (w, v) = symmetric_eigen::value(&symmetric).unwrap();
                drop(black_box(symmetric_eigen::pullback(&w, &v, &column, &cotangent)));
            },
        );
        pair(
            &mut group,
            "svd",
            || drop(black_box(svd::value(&general))),
            || {
                let factors = svd::value(&general).unwrap();
                drop(black_box(svd::pullback(&factors, &cotangent, &column_2, &cotangent_2)));
            },
        );
        group.bench_function("singular_values/value", |b| {
            b.iter(|| drop(black_box(singular_values::value(&general))));
        });
        group.finish();
    }
}

criterion_group!(benches, bench);
criterion_main!(benches);
