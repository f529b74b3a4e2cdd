//! The cases of the golden file.

use core::slice::from_ref;

use calculus_core::elementary::Unary;
use calculus_core::matrix::spectral_function;
use calculus_core::matrix::*;
use faer::Mat;
use serde_json::Value;

use super::{Function, Outputs, check, close, number, signed};

const FIXTURE: &str = include_str!("../../../calculus-core/tests/golden/matcalc.json");

/// A matrix of a golden case; a vector is a column.
fn matrix(entry: &Value) -> Mat<f64> {
    let numbers = |value: &Value| -> Vec<f64> {
        match value {
            Value::Array(list) => list.iter().map(|x| x.as_f64().expect("a number")).collect(),
            other => vec![other.as_f64().expect("a number")],
        }
    };
    let (shape, data) = (numbers(&entry["shape"]), numbers(&entry["data"]));
    let rows = shape.first().map_or(1, |&m| m as usize);
    let columns = shape.get(1).map_or(1, |&n| n as usize);
    Mat::from_fn(rows, columns, |i, j| data[i * columns + j])
}

fn case<F: Function>(case: &Value, inputs: &[&str], outputs: &[&str]) {
    let name = case["name"].as_str().expect("a name");
    let matrices = |key: &str, names: &[&str]| -> Vec<Mat<f64>> {
        names.iter().map(|name| matrix(&case[key][name])).collect()
    };
    let (x, v) = (matrices("inputs", inputs), matrices("tangents", inputs));
    let (values, tangents) = check::<F>(name, &x, &v);
    close(name, &values, &matrices("outputs", outputs), 1e-12, 1e-300);
    close(name, &tangents, &matrices("jvp", outputs), 1e-12, 1e-300);
}

/// One row for each case: its name, inputs and outputs, and the function.
macro_rules! golden {
    ($($name:literal [$($input:ident)*] [$($output:ident)*] |$x:ident| $value:expr;)*) => {
        #[test]
        fn directional_derivatives_are_the_golden_ones() {
            let file: Value = serde_json::from_str(FIXTURE).expect("valid JSON");
            let cases = file["functions"].as_array().expect("functions");
            let mut found = 0;
            $({
                struct Row;
                impl Function for Row {
                    fn value<M: Operations>($x: &[M]) -> Outputs<M> {
                        Ok($value.into())
                    }
                }
                for golden in cases.iter().filter(|case| case["name"] == $name) {
                    case::<Row>(golden, &[$(stringify!($input)),*], &[$(stringify!($output)),*]);
                    found += 1;
                }
            })*
            assert_eq!(found, cases.len(), "a golden case has no row");
        }
    };
}

const NO: Transpose = Transpose::No;
const YES: Transpose = Transpose::Yes;

golden! {
    "add" [A B] [C] |x| [add::value(&x[0], &x[1])?];
    "sub" [A B] [C] |x| [sub::value(&x[0], &x[1])?];
    "hadamard" [A B] [C] |x| [hadamard::value(&x[0], &x[1])?];
    "elementwise_pow" [A B] [C] |x| [elementwise_pow::value(&x[0], &x[1])?];
    "scale" [a A] [C] |x| [scale::value(&x[0].entry(0, 0), &x[1])?];
    "transpose" [A] [C] |x| [transpose::value(&x[0])?];
    "sum" [A] [y] |x| [number(sum::value(&x[0])?)];
    "row_sum" [A] [y] |x| [row_sums::value(&x[0])?];
    "diag_extract" [A] [y] |x| [diagonal::value(&x[0])?];
    "diag_embed" [x] [D] |x| [diagonal_matrix::value(&x[0])?];
    "tril" [A] [C] |x| [triangular_part::value(&x[0], Part::Lower)?];
    "cumsum" [x] [y] |x| [cumulative_sum::value(&x[0], Direction::Down)?];
    "matvec" [A x] [y] |x| [matvec::value(&x[0], &x[1])?];
    "dot" [x y] [z] |x| [number(dot::value(&x[0], &x[1])?)];
    "gram" [A] [C] |x| [gram::value(&x[0], NO)?];
    "bilinear_form" [x A y] [z] |x| [number(bilinear_form::value(&x[0], &x[1], &x[2])?)];
    "congruence" [B S] [C] |x| [congruence::value(&x[0], &x[1])?];
    "kron" [A B] [C] |x| [kron::value(&x[0], &x[1])?];
    "cross" [a b] [c] |x| [cross::value(&x[0], &x[1])?];
    "det" [A] [y] |x| [number(det::value(&x[0])?.0)];
    "log_abs_det" [A] [y] |x| [number(log_abs_det::value(&x[0])?.1)];
    "logdet_spd" [A] [y] |x| [number(log_det::value(&x[0].symmetric())?.0)];
    "inverse" [A] [C] |x| [inverse::value(&x[0])?];
    "solve_vec" [A b] [x] |x| [solve::value(&x[0], NO, &x[1])?.0];
    "solve_mat" [A B] [X] |x| [solve::value(&x[0], NO, &x[1])?.0];
    "solve_right" [B A] [X] |x| [solve_right::value(&x[0], &x[1])?.0];
    "solve_lower" [L B] [X] |x| [solve_triangular::value(&x[0], Triangle::Lower, NO, &x[1])?];
    "solve_upper_trans" [U B] [X]
        |x| [solve_triangular::value(&x[0], Triangle::Upper, YES, &x[1])?];
    "solve_unit_lower" [L B] [X]
        |x| [solve_triangular::value(&x[0], Triangle::UnitLower, NO, &x[1])?];
    "solve_spd" [A B] [X] |x| [solve_definite::value(&x[0].symmetric(), &x[1])?.0];
    "sylvester" [A B C] [X] |x| [sylvester::value(&x[0], &x[1], &x[2])?.0];
    "pinv_tall" [A] [C] |x| [pseudoinverse::value(&x[0], None)?.0];
    "lstsq_min_norm" [A b] [x] |x| [least_norm::value(&x[0], &x[1])?.x];
    "schur_complement" [A B C D] [S]
        |x| [schur_complement::value(&x[0], &x[1], &x[2], &x[3])?.s];
    "cayley" [W] [Q] |x| [cayley::value(&x[0])?.0];
    "cholesky" [A] [L] |x| [cholesky::value(&x[0].symmetric())?];
    "qr_thin" [A] [Q R] |x| <[M; 2]>::from(qr::value(&x[0])?);
    "qr_square" [A] [Q R] |x| <[M; 2]>::from(qr::value(&x[0])?);
    "eigh" [A] [w V] |x| {
        let (w, v) = symmetric_eigen::value(&x[0].symmetric())?;
        let signs = signed(&v, &[-1.0, 1.0, -1.0, -1.0]);
        [w, v.scaled_columns(&signs)]
    };
    "lambda_max" [A] [y] |x| [number(lambda_max::value(&x[0].symmetric())?.0)];
    "svd_tall" [A] [U s V] |x| {
        let svd = svd::value(&x[0])?;
        let signs = signed(&svd.u, &[1.0, -1.0, 1.0]);
        [svd.u.scaled_columns(&signs), svd.s, svd.v.scaled_columns(&signs)]
    };
    "svd_wide" [A] [U s V] |x| {
        let svd = svd::value(&x[0])?;
        let signs = signed(&svd.u, &[-1.0, -1.0, 1.0]);
        [svd.u.scaled_columns(&signs), svd.s, svd.v.scaled_columns(&signs)]
    };
    "svd_square" [A] [U s V] |x| {
        let svd = svd::value(&x[0])?;
        let signs = signed(&svd.u, &[-1.0, 1.0, 1.0, 1.0]);
        [svd.u.scaled_columns(&signs), svd.s, svd.v.scaled_columns(&signs)]
    };
    "polar" [A] [Q H] |x| { let polar = polar::value(&x[0])?; [polar.q, polar.h] };
    "expm" [A] [C] |x| [expm::value(&x[0])?.value];
    "sqrtm_spd" [A] [C] |x| [symmetric_sqrt::value(&x[0].symmetric())?.0];
    "inv_sqrtm_spd" [A] [C] |x| [symmetric_inverse_sqrt::value(&x[0].symmetric())?.0];
    "powm_spd_0.3" [A] [C] |x| [symmetric_power::value(&x[0].symmetric(), 0.3)?.0];
    "sqrtm_general" [A] [C] |x| [sqrtm::value(&x[0])?.value];
    "logm_general" [A] [C] |x| [logm::value(&x[0])?.value];
    "tr_expm" [A] [y] |x| [number(trace::value(&expm::value(&x[0])?.value)?)];
    "norm_fro" [A] [y] |x| [number(frobenius::value(&x[0])?)];
    "norm_fro_sq" [A] [y] |x| [number(frobenius_squared::value(&x[0])?)];
    "norm_spectral" [A] [y] |x| [number(spectral::value(&x[0])?.0)];
    "norm_ky_fan_2" [A] [y] |x| [number(ky_fan::value(&x[0], 2)?.0)];
    "norm_l2_vec" [x] [y] |x| [number(p_norm::value(&x[0], 2.0)?)];
    "norm_l1_vec" [x] [y] |x| [number(p_norm::value(&x[0], 1.0)?)];
    "norm_linf_vec" [x] [y] |x| [number(p_norm::value(&x[0], f64::INFINITY)?)];
    "norm_l3_vec" [x] [y] |x| [number(p_norm::value(&x[0], 3.0)?)];
    "norm_induced_1" [A] [y] |x| [number(induced_one::value(&x[0])?)];
    "cosine_similarity" [x y] [z] |x| [number(cosine_similarity::value(&x[0], &x[1])?.0)];
    "softmax" [x] [p] |x| [softmax::value(&x[0])?];
    "softmax_cross_entropy" [x t] [y] |x| [number(cross_entropy::value(&x[0], &x[1])?.0)];
    "tanh" [A] [C] |x| [map::value(&x[0], Unary::Tanh)?];
    "softplus" [A] [C] |x| [softplus::value(&x[0])?];
    "layernorm" [x] [y] |x| [layer_norm::value(&x[0], 1e-5)?.0];
    "attention" [Q K W] [O] |x| [attention::value(&x[0], &x[1], &x[2])?.0];
    "pairwise_sqdist" [X Y] [D] |x| [pairwise_squared_distances::value(&x[0], &x[1])?];
    "gaussian_nll" [x mu S] [y] |x| {
        let l = cholesky::value(&x[2].symmetric())?;
        [number(gaussian_negative_log_likelihood::value(&x[0], &x[1], &l)?.0)]
    };
    "logistic_loss" [w X y] [f] |x| [number(logistic_loss::value(&x[0], &x[1], &x[2])?.0)];
    "matrix_factorization" [Tm U W] [f]
        |x| [number(matrix_factorization::value(&x[0], &x[1], &x[2])?.0)];
    "rayleigh_quotient" [x A] [y] |x| [number(rayleigh_quotient::value(&x[0], &x[1])?)];
}

/// The functions of symmetric matrices whose second derivative along directions is a function of the
/// library: the tangent of the pushforward is it.
#[test]
fn a_pushforward_has_its_own_tangent() {
    use autodiff::{DualMatrix, matrix_jvp};
    let a = super::entries(3, 3, 1).symmetric();
    let (e, g) = (super::entries(3, 3, 2).symmetric(), super::entries(3, 3, 3).symmetric());
    let f = |x: &[DualMatrix]| {
        let (_, spectrum) = spectral_function::value(&spectral_function::Exp, &x[0])?;
        let e = DualMatrix::constant(e.clone());
        spectral_function::pushforward(&spectral_function::Exp, &spectrum, &e)
    };
    let (_, tangent) = matrix_jvp(f, from_ref(&a), from_ref(&g)).unwrap();
    let (_, spectrum) = spectral_function::value(&spectral_function::Exp, &a).unwrap();
    let expected =
        spectral_function::second_pushforward(&spectral_function::Exp, &spectrum, &e, &g).unwrap();
    close("second derivative", &[tangent], &[expected], 1e-14, 1.0);
}
