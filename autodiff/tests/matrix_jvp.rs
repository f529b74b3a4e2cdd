//! Matrix functions on matrices with tangents: values and first derivatives against golden numbers and
//! difference quotients, second derivatives by nesting against difference quotients of the first.

#[path = "matrix_jvp/degenerate.rs"]
mod degenerate;
#[path = "matrix_jvp/functions.rs"]
mod functions;
#[path = "matrix_jvp/golden.rs"]
mod golden;

use autodiff::{DualMatrix, matrix_jvp};
use calculus_core::Error;
use calculus_core::matrix::Operations;
use faer::Mat;

type Outputs<M> = Result<Vec<M>, Error>;

/// A function on any kind of matrix.
trait Function {
    fn value<M: Operations>(x: &[M]) -> Outputs<M>;
}

/// One number as a matrix.
fn number<M: Operations>(x: M::Scalar) -> M {
    M::from_scalars(1, 1, &[x])
}

/// Whether the two are equal to `tolerance`, relative to the largest entry.
#[track_caller]
fn close(name: &str, found: &[Mat<f64>], expected: &[Mat<f64>], tolerance: f64, least: f64) {
    assert_eq!(found.len(), expected.len(), "{name}");
    for (found, expected) in found.iter().zip(expected) {
        assert_eq!(found.shape(), expected.shape(), "{name}");
        let (error, size) = ((found - expected).norm_max(), expected.norm_max().max(least));
        assert!(error <= tolerance * size, "{name}: {found:?} for {expected:?}, by {error:e}");
    }
}

/// Entries in (-1, 1) without a pattern that a decomposition would notice.
fn entries(rows: usize, columns: usize, seed: usize) -> Mat<f64> {
    Mat::from_fn(rows, columns, |i, j| {
        let k = (i * 7 + j * 3 + seed * 11 + 1) as f64;
        (k * k * 0.731 + k * 1.17).sin()
    })
}

/// $(f(A + hE) - f(A - hE))/2h$.
fn quotient(
    f: impl Fn(&[Mat<f64>]) -> Vec<Mat<f64>>,
    x: &[Mat<f64>],
    v: &[Mat<f64>],
) -> Vec<Mat<f64>> {
    let h = 1e-5;
    let at = |h: f64| f(&x.iter().zip(v).map(|(x, v)| x + v * h).collect::<Vec<_>>());
    at(h).iter().zip(at(-h)).map(|(ahead, behind)| (ahead - behind) * (0.5 / h)).collect()
}

/// The value, the first derivative along `v`, and the second along `v` and another direction.
fn check<F: Function>(
    name: &str,
    x: &[Mat<f64>],
    v: &[Mat<f64>],
) -> (Vec<Mat<f64>>, Vec<Mat<f64>>) {
    let plain = F::value(x).unwrap_or_else(|error| panic!("{name}: {error}"));
    let first = |x: &[Mat<f64>]| {
        matrix_jvp(|x| F::value(x), x, v).unwrap_or_else(|error| panic!("{name}: {error}"))
    };
    let (values, tangents) = first(x);
    close(name, &values, &plain, 1e-13, 1.0);
    // The error of the quotient is h^2 times a third derivative, and rounding over h.
    let quotients = quotient(|x| F::value(x).unwrap(), x, v);
    close(name, &tangents, &quotients, 1e-7, 1.0);

    let other: Vec<_> =
        x.iter().enumerate().map(|(k, x)| entries(x.nrows(), x.ncols(), 40 + k)).collect();
    let directions: Vec<_> = v.iter().map(|v| DualMatrix::constant(v.clone())).collect();
    let inner = |x: &[DualMatrix]| Ok(matrix_jvp(|x| F::value(x), x, &directions)?.1);
    let (again, second) = matrix_jvp(inner, x, &other).unwrap_or_else(|e| panic!("{name}: {e}"));
    close(name, &again, &tangents, 1e-11, 1.0);
    let quotients = quotient(|x| first(x).1, x, &other);
    close(name, &second, &quotients, 1e-6, 1.0);
    (values, tangents)
}

/// The columns with the signs that make these entries of the diagonal have the given signs: a kernel
/// may choose others from one point to the next.
fn signed<M: Operations>(vectors: &M, signs: &[f64]) -> M {
    let wrong = |j: usize| vectors.primal(j, j).signum() * signs[j];
    M::from_fn(vectors.columns(), 1, |j, _| if j < signs.len() { wrong(j) } else { 1.0 })
}
