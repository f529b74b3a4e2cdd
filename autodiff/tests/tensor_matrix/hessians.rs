//! Second derivatives against multiple-precision numbers: the `hessians` of
//! `calculus-core/tests/golden/matcalc.json`, whose conventions are noted in it.

use std::slice::from_ref;

use autodiff::tensor::{Tensor, hessian_vector_product, value_and_gradient};
use calculus_core::matrix::{
    Matrix, cholesky, cross_entropy, det, frobenius, gaussian_negative_log_likelihood, inverse,
    lambda_max, logistic_loss, matrix_factorization, nuclear, quadratic_form, rayleigh_quotient,
    spectral, spectral_function, symmetrise, trace_function,
};
use serde_json::Value;

type Numbers = Tensor<f64>;

const FIXTURE: &str = include_str!("../../../calculus-core/tests/golden/matcalc.json");

/// A vector is a column.
fn tensor(value: &Value) -> Numbers {
    let extents = value["shape"].as_array().unwrap().iter();
    let mut shape: Vec<usize> = extents.map(|n| n.as_u64().unwrap() as usize).collect();
    shape.resize(2, 1);
    let data = value["data"].as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect();
    Tensor::from_vec(data, &shape).unwrap()
}

/// The function of a case at `x`, of the constants of the case.
fn function(name: &str, x: &Numbers, constants: &Value) -> Numbers {
    let constant = |name: &str| tensor(&constants[name]);
    match name {
        "quadratic_form" => quadratic_form::value(x, &constant("A")).unwrap(),
        "logistic_loss" => logistic_loss::value(x, &constant("X"), &constant("y")).unwrap().0,
        "softmax_cross_entropy" => cross_entropy::value(x, &constant("t")).unwrap().0,
        "rosenbrock" => {
            let (head, tail) = (x.rows(0..3), x.rows(1..4));
            ((&tail - head.square()).square() * 100.0 + (1.0 - head).square()).sum()
        }
        "himmelblau" => {
            let (x, y) = (x.entry(0, 0), x.entry(1, 0));
            (x.square() + &y - 11.0).square() + (&x + y.square() - 7.0).square()
        }
        "spectral_norm" => spectral::value(x).unwrap().0,
        "nuclear_norm" => nuclear::value(x).unwrap().0,
        "lambda_max" => lambda_max::value(&symmetrise::value(x).unwrap()).unwrap().0,
        "norm2" => frobenius::value(x).unwrap(),
        "rayleigh_quotient" => rayleigh_quotient::value(x, &constant("A")).unwrap(),
        "matrix_factorization_U" => {
            matrix_factorization::value(&constant("Tm"), x, &constant("W")).unwrap().0
        }
        "tr_inverse" => inverse::value(x).unwrap().sum_of_diagonal(),
        "det" => det::value(x).unwrap().0,
        "tr_expm_sym" => {
            trace_function::value(&spectral_function::Exp, &symmetrise::value(x).unwrap()).unwrap()
        }
        "gaussian_nll_S" => {
            let (s, d) = (symmetrise::value(x).unwrap(), constant("d"));
            let l = cholesky::value(&s).unwrap();
            let mean = Tensor::zeros(d.shape());
            gaussian_negative_log_likelihood::value(&d, &mean, &l).unwrap().0
        }
        "quartic_norm" => (constant("A").matmul(x) - constant("b")).powi(4).sum(),
        other => panic!("no function for the case {other}"),
    }
}

/// 1e-10 relative to the largest entry: the singular and eigenvectors of the cases amplify rounding
/// by the inverse gaps, at most some hundreds.
#[track_caller]
fn assert_close(name: &str, found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len(), "{name}");
    let size = expected.iter().fold(1.0_f64, |size, x| size.max(x.abs()));
    for (i, (found, expected)) in found.iter().zip(expected).enumerate() {
        let error = (found - expected).abs();
        assert!(error <= 1e-10 * size, "{name}[{i}]: {found} instead of {expected}");
    }
}

#[test]
fn values_gradients_and_hessians_of_the_golden_cases() {
    let fixture: Value = serde_json::from_str(FIXTURE).unwrap();
    let cases = fixture["hessians"].as_array().unwrap();
    assert!(cases.len() >= 16);
    for case in cases {
        let (name, x) = (case["name"].as_str().unwrap(), tensor(&case["x"]));
        // The constant of the density is left out of the case or not: only derivatives count.
        let f = |x: &[Numbers]| function(name, &x[0], &case["constants"]);
        let (value, gradient) = value_and_gradient(f, from_ref(&x));
        if name != "gaussian_nll_S" {
            assert_close(name, value.as_slice(), &[case["value"].as_f64().unwrap()]);
        }
        assert_close(name, gradient[0].as_slice(), tensor(&case["gradient"]).as_slice());
        let hessian = tensor(&case["hessian"]);
        for (k, expected) in hessian.as_slice().chunks(x.len()).enumerate() {
            let unit = Tensor::from_fn(x.shape(), |i| f64::from(i == k));
            let row = hessian_vector_product(f, from_ref(&x), &[unit]);
            assert_close(name, row[0].as_slice(), expected);
        }
    }
}
