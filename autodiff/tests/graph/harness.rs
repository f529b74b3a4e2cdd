//! Two ways to write a function, and whether they are the same.

use autodiff::{Function, Var, gradient, hessian};

/// Some point of as many numbers.
pub(crate) fn point(n: usize) -> Vec<f64> {
    (0..n).map(|i| 0.3 + (i as f64 * 0.7).sin()).collect()
}

pub(crate) fn assert_close(ours: &[f64], reference: &[f64]) {
    let scale = reference.iter().fold(1e-300, |m: f64, r| m.max(r.abs()));
    assert_eq!(ours.len(), reference.len());
    for (a, b) in ours.iter().zip(reference) {
        assert!((a - b).abs() <= 1e-13 * scale, "{ours:?}\n{reference:?}");
    }
}

/// The entries of a matrix, row by row.
pub(crate) fn entries(m: &faer::Mat<f64>) -> Vec<f64> {
    (0..m.nrows()).flat_map(|i| (0..m.ncols()).map(move |j| m[(i, j)])).collect()
}

/// Asserts that two functions have the same derivatives, to the third, at a point, and the same
/// values, gradients and Hessian-vector products replayed at another.
pub(crate) fn assert_same(
    f: impl Fn(&[Var]) -> Var + Copy,
    reference: impl Fn(&[Var]) -> Var + Copy,
    n: usize,
) {
    let x = point(n);
    assert_close(&gradient(f, &x), &gradient(reference, &x));
    assert_close(&entries(&hessian(f, &x)), &entries(&hessian(reference, &x)));
    // Third derivatives along a direction, by gradients of gradients.
    let along = |f: &dyn Fn(&[Var]) -> Var, x: &[Var]| -> Var {
        let g = gradient(f, x);
        let slope: Var = g.iter().zip(1..).map(|(&g, k)| g * (1.0 / f64::from(k))).sum();
        slope
    };
    let third = |f: &dyn Fn(&[Var]) -> Var| gradient(|x| along(&|x| along(f, x), x), &x);
    assert_close(&third(&f), &third(&reference));
    // Replayed elsewhere.
    let y: Vec<f64> = x.iter().map(|x| 0.5 - x).collect();
    let (mut ours, mut plain) = (Function::new(f, &x), Function::new(reference, &x));
    assert_close(&[ours.value(&y)], &[plain.value(&y)]);
    let (mut a, mut b) = (vec![0.0; n], vec![0.0; n]);
    ours.gradient(&y, &mut a);
    plain.gradient(&y, &mut b);
    assert_close(&a, &b);
    ours.hvp(&y, &x, &mut a);
    plain.hvp(&y, &x, &mut b);
    assert_close(&a, &b);
}
