//! Third derivatives, and single precision.

use std::slice::from_ref;

use autodiff::tensor::{Tensor, gradient, hessian_vector_product};
use calculus_core::elementary::Unary;
use calculus_core::matrix::{Matrix, det, inverse, log_det, logm, sqrtm, symmetric_eigen};

/// The derivatives of $g(t)$ at 0 up to the third.
fn derivatives_on_a_line(g: impl Fn(&Tensor<f64>) -> Tensor<f64>) -> [f64; 3] {
    let origin = Tensor::scalar(0.0);
    let first = |t: &[Tensor<f64>]| gradient(|t| g(&t[0]), t).swap_remove(0);
    let second = |t: &[Tensor<f64>]| gradient(first, t).swap_remove(0);
    let at = from_ref(&origin);
    [first(at).item(), second(at).item(), gradient(second, at)[0].item()]
}

#[track_caller]
fn assert_derivatives(found: [f64; 3], expected: [f64; 3]) {
    for (found, expected) in found.into_iter().zip(expected) {
        assert!((found - expected).abs() <= 1e-12 * expected.abs().max(1.0), "{found} {expected}");
    }
}

fn spd() -> (Tensor<f64>, Tensor<f64>) {
    let a = Tensor::from_slice(&[2.0, 1.0, 1.0, 3.0], &[2, 2]).unwrap();
    let e = Tensor::from_slice(&[1.0, -0.5, -0.5, 2.0], &[2, 2]).unwrap();
    (a, e)
}

/// $d = \det(A + tE) = 5 + 8t + 7t^2/4$.
#[test]
fn log_det_on_a_line() {
    let (a, e) = spd();
    let found = derivatives_on_a_line(|t| log_det::value(&(&a + &e * t)).unwrap().0);
    let (d, d1, d2) = (5.0, 8.0, 3.5);
    let first = d1 / d;
    let second = d2 / d - first * first;
    let third = -3.0 * d1 * d2 / (d * d) + 2.0 * first * first * first;
    assert_derivatives(found, [first, second, third]);
}

/// $\mathrm{tr}(A + tE)^{-1} = (5 + 3t)/d$.
#[test]
fn trace_of_the_inverse_on_a_line() {
    let (a, e) = spd();
    let found =
        derivatives_on_a_line(|t| inverse::value(&(&a + &e * t)).unwrap().sum_of_diagonal());
    // c_k of (5 + 3t)/(5 + 8t + 1.75 t^2) by long division.
    let c0 = 1.0;
    let c1 = (3.0 - 8.0 * c0) / 5.0;
    let c2 = (-8.0 * c1 - 1.75 * c0) / 5.0;
    let c3 = (-8.0 * c2 - 1.75 * c1) / 5.0;
    assert_derivatives(found, [c1, 2.0 * c2, 6.0 * c3]);
}

#[test]
fn a_determinant_on_a_line_is_a_polynomial() {
    let (a, e) = spd();
    let found = derivatives_on_a_line(|t| det::value(&(&a + &e * t)).unwrap().0);
    assert_derivatives(found, [8.0, 3.5, 0.0]);
}

/// The eigenvalues of $[[t, 1], [1, -t]]$ are $\pm\sqrt{1 + t^2} = \pm(1 + t^2/2 - \dots)$, those of
/// $[[1 + t, 1], [1, 1 - t]]$ are 1 more.
#[test]
fn eigenvalues_on_a_line() {
    let a = Tensor::from_slice(&[1.0, 1.0, 1.0, 1.0], &[2, 2]).unwrap();
    let e = Tensor::from_slice(&[1.0, 0.0, 0.0, -1.0], &[2, 2]).unwrap();
    let found = derivatives_on_a_line(|t| {
        let (w, _) = symmetric_eigen::value(&(&a + &e * t)).unwrap();
        w.entry(1, 0)
    });
    assert_derivatives(found, [0.0, 1.0, 0.0]);
}

/// A square root and a logarithm that commute with their direction: functions of numbers.
#[test]
fn functions_of_general_matrices_on_a_line() {
    let a = Tensor::from_slice(&[4.0, 0.0, 0.0, 9.0], &[2, 2]).unwrap();
    let e = Tensor::from_slice(&[1.0, 0.0, 0.0, 2.0], &[2, 2]).unwrap();
    let root = |t: &Tensor<f64>| sqrtm::value(&(&a + &e * t)).unwrap().value.sum_of_diagonal();
    let expected = [
        0.5 / 2.0 + 2.0 * 0.5 / 3.0,
        -0.25 / 8.0 - 4.0 * 0.25 / 27.0,
        0.375 / 32.0 + 8.0 * 0.375 / 243.0,
    ];
    assert_derivatives(derivatives_on_a_line(root), expected);
    let logarithm = |t: &Tensor<f64>| logm::value(&(&a + &e * t)).unwrap().value.sum_of_diagonal();
    let expected = [1.0 / 4.0 + 2.0 / 9.0, -1.0 / 16.0 - 4.0 / 81.0, 2.0 / 64.0 + 16.0 / 729.0];
    assert_derivatives(derivatives_on_a_line(logarithm), expected);
}

#[test]
fn rows_of_the_table_have_higher_derivatives() {
    let x = 0.7_f64;
    let found =
        derivatives_on_a_line(|t| Matrix::map(&(t + x).reshape(&[1, 1]), Unary::Tanh).total());
    let y = x.tanh();
    let first = 1.0 - y * y;
    assert_derivatives(found, [first, -2.0 * y * first, first * (6.0 * y * y - 2.0)]);
    // (x^2.5)''' = 2.5 * 1.5 * 0.5 x^-0.5
    let found = derivatives_on_a_line(|t| (t + x).reshape(&[1, 1]).powered(2.5).total());
    assert_derivatives(found, [2.5 * x.powf(1.5), 3.75 * x.sqrt(), 1.875 / x.sqrt()]);
    // The square has no fourth power rule to run into at 0.
    let found = derivatives_on_a_line(|t| t.reshape(&[1, 1]).powered(2.0).total());
    assert_derivatives(found, [0.0, 2.0, 0.0]);
}

#[test]
fn single_precision() {
    let (a, e) = spd();
    let single = |x: &Tensor<f64>| Tensor::from_fn(x.shape(), |i| x.as_slice()[i] as f32);
    let double =
        hessian_vector_product(|x| log_det::value(&x[0]).unwrap().0, from_ref(&a), from_ref(&e));
    let found =
        hessian_vector_product(|x| log_det::value(&x[0]).unwrap().0, &[single(&a)], &[single(&e)]);
    for (found, expected) in found[0].as_slice().iter().zip(double[0].as_slice()) {
        assert!((f64::from(*found) - expected).abs() < 1e-6);
    }
    let root = |x: &[Tensor<f32>]| sqrtm::value(&x[0]).unwrap().value.sum_of_diagonal();
    let g = gradient(root, &[single(&a)]);
    // The gradient of tr A^{1/2} is A^{-1/2}/2, whose square is A^{-1}/4.
    let square = g[0].matmul(&g[0]);
    for (found, expected) in square.as_slice().iter().zip([0.15_f32, -0.05, -0.05, 0.1]) {
        assert!((found - expected).abs() < 1e-6);
    }
}
