//! Points at which a decomposition has no derivative and a function of it may have one.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::slice::from_ref;

use autodiff::tensor::{Tensor, gradient, hessian_vector_product};
use calculus_core::matrix::spectral_function::{self, Exp};
use calculus_core::matrix::{
    Matrix, Operations, Part, det, eigen, frobenius, lambda_max, lu, nuclear, p_norm, qr, spectral,
    svd, symmetric_eigen, symmetric_eigenvalues, symmetric_exp, symmetric_log, trace_function,
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
    let found = hessian_vector_product(by_trace, from_ref(&a), from_ref(&e));
    close("trace_function", &matrix(&found[0]), &expected, 1e-15);
    let by_matrix = |x: &[Tensor<f64>]| symmetric_exp::value(&x[0]).unwrap().0.sum_of_diagonal();
    let found = hessian_vector_product(by_matrix, from_ref(&a), from_ref(&e));
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
    let text = message(|| gradient(weighted, from_ref(&a)));
    let expected = "symmetric_eigen: no derivative exists where the values 0 and 1 are 0e0 apart";
    assert_eq!(text, expected);
    let weighted = |x: &[Tensor<f64>]| svd::value(&x[0]).unwrap().u.inner(&c);
    let text = message(|| gradient(weighted, from_ref(&a)));
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
    let text = message(|| gradient(|x| lu::value(&x[0]).unwrap().packed.sum(), from_ref(&a)));
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

/// At 0 a norm has a kink; its subgradient of least norm is 0.
#[test]
fn norms_of_zero() {
    let norms: [fn(&[Tensor<f64>]) -> Tensor<f64>; 4] = [
        |x| frobenius::value(&x[0]).unwrap(),
        |x| p_norm::value(&x[0], 3.0).unwrap(),
        |x| nuclear::value(&x[0]).unwrap().0,
        |x| spectral::value(&x[0]).unwrap().0,
    ];
    for norm in norms {
        assert_eq!(gradient(norm, &[Tensor::zeros(&[3, 2])])[0].as_slice(), [0.0; 6]);
    }
}

/// Infinite entries outside a part, or below a running sum, do not spread.
#[test]
fn what_is_left_out_does_not_spread() {
    let a = Tensor::from_slice(&[1.0, f64::INFINITY, 2.0, 3.0], &[2, 2]).unwrap();
    assert_eq!(Matrix::part(&a, Part::Lower).as_slice(), [1.0, 0.0, 2.0, 3.0]);
    assert_eq!(a.transpose().cumulative(false).as_slice()[..2], [1.0, 2.0]);
    assert_eq!(a.cumulative(true).as_slice(), [3.0, f64::INFINITY, 2.0, 3.0]);
}

/// The second derivative of $\sum_i w_i^2$ is $2E$ where eigenvalues are different. Where they are
/// equal the eigenvalues do not tell it, even if the gradient is 0; it must not be something else.
#[test]
fn squares_of_repeated_values_are_refused_a_second_derivative() {
    let e = tensor(&symmetric(2, 3));
    let squares = |x: &[Tensor<f64>]| symmetric_eigenvalues::value(&x[0]).unwrap().0.square().sum();
    let zero = Tensor::<f64>::zeros(&[2, 2]);
    let text = message(|| hessian_vector_product(squares, from_ref(&zero), from_ref(&e)));
    let expected = "symmetric_eigen: no derivative exists where the values 0 and 1 are 0e0 apart";
    assert_eq!(text, expected);
    let squares = |x: &[Tensor<f64>]| svd::value(&x[0]).unwrap().s.square().sum();
    let text = message(|| hessian_vector_product(squares, from_ref(&zero), from_ref(&e)));
    assert!(text.starts_with("svd: no derivative exists"), "{text}");
    // A single zero: the left vector of a tall matrix of rank 1.
    let tall = Tensor::from_slice(&[1.0, 0.0, 0.0, 0.0, 0.0, 0.0], &[3, 2]).unwrap();
    let direction = tensor(&entries(3, 2, 4));
    let text = message(|| hessian_vector_product(squares, &[tall], &[direction]));
    assert_eq!(text, "svd: no derivative exists where the values 1 and 1 are 0e0 apart");
    // The gradient is one, also inside another differentiation that does not ask for more.
    assert_eq!(gradient(squares, from_ref(&zero))[0].as_slice(), [0.0; 4]);
    let inner = |x: &[Tensor<f64>]| &x[1] * gradient(squares, &x[..1])[0].sum();
    assert_eq!(gradient(inner, &[zero, Tensor::scalar(0.0)])[1].item(), 0.0);
}

/// The largest value does not tell apart the other ones, which may be repeated: with $A =
/// \mathrm{diag}(0, 0, 2)$ the last row and column of the second derivative of $\lambda^2$ are those
/// of $2E$, and the rest is 0.
#[test]
fn squares_of_the_largest_value_have_a_second_derivative() {
    let a = Tensor::from_fn(&[3, 3], |i| if i == 8 { 2.0 } else { 0.0 });
    let e = symmetric(3, 4);
    let last = |i: usize, j: usize| i == 2 || j == 2;
    let expected = Mat::from_fn(3, 3, |i, j| if last(i, j) { 2.0 * e[(i, j)] } else { 0.0 });
    let largest = |x: &[Tensor<f64>]| lambda_max::value(&x[0]).unwrap().0.square();
    let found = hessian_vector_product(largest, from_ref(&a), &[tensor(&e)]);
    close("lambda_max", &matrix(&found[0]), &expected, 1e-15);
    let norm = |x: &[Tensor<f64>]| spectral::value(&x[0]).unwrap().0.square();
    let found = hessian_vector_product(norm, &[a], &[tensor(&e)]);
    close("spectral", &matrix(&found[0]), &expected, 1e-15);
}

#[test]
fn empty_matrices() {
    let a = Tensor::<f64>::zeros(&[0, 0]);
    let trace = |x: &[Tensor<f64>]| trace_function::value(&Exp, &x[0]).unwrap();
    assert_eq!(gradient(trace, from_ref(&a))[0].shape(), [0, 0]);
    let determinant = |x: &[Tensor<f64>]| det::value(&x[0]).unwrap().0;
    assert_eq!(gradient(determinant, from_ref(&a))[0].shape(), [0, 0]);
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
