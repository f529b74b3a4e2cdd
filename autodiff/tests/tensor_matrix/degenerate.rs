//! Points at which a decomposition has no derivative and a function of it may have one.

use std::panic::{AssertUnwindSafe, catch_unwind};

use autodiff::tensor::{Tensor, gradient, hessian_vector_product};
use calculus_core::matrix::spectral_function::{self, Exp};
use calculus_core::matrix::{
    Matrix, Operations, det, eigen, frobenius, lambda_max, lu, nuclear, p_norm, qr, spectral, svd,
    symmetric_eigen, symmetric_eigenvalues, symmetric_exp, symmetric_log, trace_function,
};
use faer::Mat;

use super::{close, entries, matrix, symmetric, tensor};

/// The message of the panic.
fn message<R>(f: impl FnOnce() -> R) -> String {
    let Err(payload) = catch_unwind(AssertUnwindSafe(f)) else { panic!("no panic") };
    match payload.downcast::<String>() {
        Ok(text) => *text,
        Err(payload) => payload.downcast::<&str>().map(|text| text.to_string()).unwrap(),
    }
}

/// At $A = cI$ the second derivative of $\mathrm{tr}\,e^A$ is $e^c E$.
#[test]
fn trace_of_the_exponential_at_repeated_eigenvalues() {
    let a = Tensor::from_fn(&[3, 3], |i| if i % 4 == 0 { 0.5 } else { 0.0 });
    let e = tensor(&symmetric(3, 1));
    let expected = matrix(&e) * 0.5_f64.exp();
    let by_trace = |x: &[Tensor<f64>]| trace_function::value(&Exp, &x[0]).unwrap();
    let found = hessian_vector_product(by_trace, &[a.clone()], &[e.clone()]);
    close("trace_function", &matrix(&found[0]), &expected, 1e-15);
    let by_matrix = |x: &[Tensor<f64>]| symmetric_exp::value(&x[0]).unwrap().0.sum_of_diagonal();
    let found = hessian_vector_product(by_matrix, &[a.clone()], &[e.clone()]);
    close("symmetric_exp", &matrix(&found[0]), &expected, 1e-14);
    // The eigenvalues themselves do not tell it: they have no second derivative there.
    let by_values = |x: &[Tensor<f64>]| symmetric_eigenvalues::value(&x[0]).unwrap().0.exp().sum();
    let text = message(|| hessian_vector_product(by_values, &[a], &[e]));
    let expected = "symmetric_eigen: no derivative exists where the values 0 and 1 are 0e0 apart";
    assert_eq!(text, expected);
}

/// One pair repeated, one eigenvalue apart: the divided differences of the exponential.
#[test]
fn trace_of_the_exponential_at_a_repeated_pair() {
    let w = [1.0_f64, 1.0, 2.0];
    let a = Tensor::from_fn(&[3, 3], |i| if i % 4 == 0 { w[i / 4] } else { 0.0 });
    let e = symmetric(3, 2);
    let divided = |i: usize, j: usize| match w[j] - w[i] {
        0.0 => w[i].exp(),
        gap => (w[j].exp() - w[i].exp()) / gap,
    };
    let expected = Mat::from_fn(3, 3, |i, j| divided(i, j) * e[(i, j)]);
    let f = |x: &[Tensor<f64>]| trace_function::value(&Exp, &x[0]).unwrap();
    let found = hessian_vector_product(f, &[a], &[tensor(&e)]);
    close("trace_function", &matrix(&found[0]), &expected, 1e-14);
}

#[test]
fn a_third_derivative_of_a_spectral_function_is_refused() {
    let a = tensor(&symmetric(2, 3));
    let sum = |x: &[Tensor<f64>]| symmetric_exp::value(&x[0]).unwrap().0.square().sum();
    let product = |x: &[Tensor<f64>]| {
        let e = Tensor::ones(&[2, 2]);
        hessian_vector_product(sum, x, &[e]).swap_remove(0).sum()
    };
    let text = message(|| gradient(product, &[a]));
    assert_eq!(text, "symmetric_exp: a spectral function has its first two derivatives");
}

#[test]
fn vectors_of_repeated_eigenvalues_have_no_derivative() {
    let a: Tensor<f64> = calculus_core::matrix::identity(2);
    let c = tensor(&entries(2, 2, 4));
    let weighted = |x: &[Tensor<f64>]| symmetric_eigen::value(&x[0]).unwrap().1.inner(&c);
    let text = message(|| gradient(weighted, &[a.clone()]));
    let expected = "symmetric_eigen: no derivative exists where the values 0 and 1 are 0e0 apart";
    assert_eq!(text, expected);
    let weighted = |x: &[Tensor<f64>]| svd::value(&x[0]).unwrap().u.inner(&c);
    let text = message(|| gradient(weighted, &[a.clone()]));
    assert!(text.starts_with("svd: no derivative exists where the values 0 and 1"), "{text}");
    // The thread can go on, and a loss that does not see them has its gradient.
    let largest = |x: &[Tensor<f64>]| lambda_max::value(&x[0]).unwrap().0;
    assert_eq!(gradient(largest, &[a])[0].as_slice(), [0.5, 0.0, 0.0, 0.5]);
}

#[test]
fn a_defective_matrix_has_no_derivative() {
    let a = Tensor::from_slice(&[1.0, 1.0, 0.0, 1.0], &[2, 2]).unwrap();
    let text = message(|| gradient(|x| eigen::value(&x[0]).unwrap().values.sum(), &[a]));
    assert!(text.starts_with("eigen: no derivative exists where the values 0 and 1"), "{text}");
}

#[test]
fn factors_of_a_singular_matrix_have_no_derivative() {
    let a: Tensor<f64> = Tensor::ones(&[3, 3]);
    let text = message(|| gradient(|x| lu::value(&x[0]).unwrap().packed.sum(), &[a.clone()]));
    assert_eq!(text, "lu: the matrix is singular, pivot 1 is 0");
    let text = message(|| gradient(|x| qr::value(&x[0]).unwrap().1.sum(), &[a]));
    assert!(text.starts_with("qr: the matrix is singular, pivot 1 is"), "{text}");
    // What cannot be evaluated at all is an error, not a panic.
    assert!(symmetric_log::value(&Tensor::<f64>::zeros(&[2, 2])).is_err());
}

/// The nuclear norm is smooth where singular values are equal: at $I$ the gradient is the
/// orthogonal factor, whose derivative is the skew part.
#[test]
fn nuclear_norm_at_the_identity() {
    let (a, e) = (calculus_core::matrix::identity(3), entries(3, 3, 5));
    let norm = |x: &[Tensor<f64>]| nuclear::value(&x[0]).unwrap().0;
    let found = hessian_vector_product(norm, &[a], &[tensor(&e)]);
    close("nuclear", &matrix(&found[0]), &e.skew(), 1e-14);
}

/// A determinant of 0 has the cofactors for its gradient where the last pivot alone is 0.
#[test]
fn determinant_of_a_singular_matrix() {
    let a = Tensor::from_slice(&[1.0, 2.0, 2.0, 4.0], &[2, 2]).unwrap();
    let g = gradient(|x| det::value(&x[0]).unwrap().0, &[a]);
    close("det", &matrix(&g[0]), &faer::mat![[4.0, -2.0], [-2.0, 1.0]], 1e-15);
}

/// At 0 the norm has a kink; its subgradient of least norm is 0.
#[test]
fn norms_of_zero() {
    let a = Tensor::<f64>::zeros(&[3, 2]);
    let g = gradient(|x| frobenius::value(&x[0]).unwrap(), &[a.clone()]);
    println!("frobenius {:?}", g[0]);
    let g = gradient(|x| p_norm::value(&x[0], 3.0).unwrap(), &[a.clone()]);
    println!("p_norm {:?}", g[0]);
    let g = gradient(|x| nuclear::value(&x[0]).unwrap().0, &[a.clone()]);
    println!("nuclear {:?}", g[0]);
    let g = gradient(|x| spectral::value(&x[0]).unwrap().0, &[a.clone()]);
    println!("spectral {:?}", g[0]);
}

#[test]
fn empty_matrices() {
    let a = Tensor::<f64>::zeros(&[0, 0]);
    let trace = |x: &[Tensor<f64>]| trace_function::value(&Exp, &x[0]).unwrap();
    assert_eq!(gradient(trace, &[a.clone()])[0].shape(), [0, 0]);
    let determinant = |x: &[Tensor<f64>]| det::value(&x[0]).unwrap().0;
    assert_eq!(gradient(determinant, &[a.clone()])[0].shape(), [0, 0]);
    let function = |x: &[Tensor<f64>]| spectral_function::value(&Exp, &x[0]).unwrap().0.sum();
    assert_eq!(gradient(function, &[a])[0].shape(), [0, 0]);
    let wide = Tensor::<f64>::zeros(&[0, 3]);
    assert_eq!(<Tensor<f64> as Operations>::transpose(&wide).shape(), [3, 0]);
}

#[test]
#[should_panic(expected = "a matrix is a tensor with two axes, not of shape [2]")]
fn a_vector_without_its_second_axis_is_no_matrix() {
    let _ = symmetric_eigen::value(&Tensor::<f64>::zeros(&[2]));
}
