//! Derivatives against numbers from 60- and 80-digit arithmetic.

use autodiff::{Function, Jet, Var, hessian, value_and_gradient};
use calculus_core::Real;
use serde_json::Value;

fn fixture(text: &str) -> Value {
    serde_json::from_str(text).expect("the fixture is JSON")
}

fn numbers(value: &Value) -> Vec<f64> {
    let array = value.as_array().expect("an array of numbers");
    array.iter().map(|v| v.as_f64().expect("a number")).collect()
}

fn named<T: Real>(name: &str, x: T) -> T {
    let sqrt_2 = 2.0_f64.sqrt();
    match name {
        "exp" => x.exp(),
        "expm1" => x.exp_m1(),
        "log" => x.ln(),
        "log1p" => x.ln_1p(),
        "sin" => x.sin(),
        "cos" => x.cos(),
        "tan" => x.tan(),
        "tanh" => x.tanh(),
        "sinh" => x.sinh(),
        "cosh" => x.cosh(),
        "asin" => x.asin(),
        "acos" => x.acos(),
        "atan" => x.atan(),
        "asinh" => x.asinh(),
        "acosh" => x.acosh(),
        "atanh" => x.atanh(),
        "sqrt" => x.sqrt(),
        "cbrt" => x.cbrt(),
        "rsqrt" => x.sqrt().recip(),
        "reciprocal" => x.recip(),
        "pow_2.5" => x.powf(2.5),
        "pow_-1.5" => x.powf(-1.5),
        "pow_int_7" => x.powi(7),
        "exp2" => x.exp2(),
        "log2" => x.log2(),
        "log10" => x.log10(),
        "erf" => x.erf(),
        "erfc" => x.erfc(),
        "normal_cdf" => 0.5 * (-x / sqrt_2).erfc(),
        "lgamma" => x.ln_gamma(),
        "digamma" => x.digamma(),
        "gamma" => x.ln_gamma().exp(),
        "sigmoid" => x.sigmoid(),
        "softplus" => x.softplus(),
        "logit" => (x / (1.0 - x)).ln(),
        "gelu_exact" => 0.5 * x * (1.0 + (x / sqrt_2).erf()),
        "silu" => x * x.sigmoid(),
        "sec" => x.cos().recip(),
        "exp_sin" => x.sin().exp(),
        "xx" => x.pow(x),
        "gauss" => (-x * x).exp(),
        "asin_sqrt" => x.sqrt().asin(),
        other => panic!("no function of the name {other}"),
    }
}

#[test]
fn taylor_coefficients_to_order_ten() {
    let data = fixture(include_str!("golden/taylor.json"));
    for case in data["series"].as_array().unwrap() {
        let name = case["function"].as_str().unwrap();
        let x = case["x0"].as_f64().unwrap();
        let expected = numbers(&case["coefficients"]);
        let jet = named(name, Jet::<f64, 10>::variable(x));
        let scale = expected.iter().fold(0.0_f64, |m, c| m.max(c.abs()));
        for (k, &c) in expected.iter().enumerate() {
            let got = jet.coefficient(k);
            // Coefficients that cancel keep their digits relative to the largest.
            let error = (got - c).abs() / c.abs().max(1e-2 * scale);
            assert!(error < 1e-12, "{name} at {x}, order {k}: {got:e}, expected {c:e} ({error:e})");
        }
    }
}

struct Constants<'a>(&'a Value);

impl Constants<'_> {
    fn get(&self, name: &str) -> Vec<f64> {
        numbers(&self.0[name]["data"])
    }
}

/// A matrix-vector product with a matrix of numbers, row by row.
fn times<T: Real>(matrix: &[f64], x: &[T]) -> Vec<T> {
    matrix.chunks(x.len()).map(|row| row.iter().zip(x).map(|(&a, &x)| a * x).sum()).collect()
}

fn dot<T: Real>(x: &[T], y: &[T]) -> T {
    x.iter().zip(y).map(|(&x, &y)| x * y).sum()
}

fn determinant<T: Real>(m: &[T]) -> T {
    m[0] * (m[4] * m[8] - m[5] * m[7]) - m[1] * (m[3] * m[8] - m[5] * m[6])
        + m[2] * (m[3] * m[7] - m[4] * m[6])
}

/// The adjugate of a 3 by 3 matrix.
fn adjugate<T: Real>(m: &[T]) -> [T; 9] {
    let minor = |a: usize, b: usize, c: usize, d: usize| m[a] * m[d] - m[b] * m[c];
    [
        minor(4, 5, 7, 8),
        -minor(1, 2, 7, 8),
        minor(1, 2, 4, 5),
        -minor(3, 5, 6, 8),
        minor(0, 2, 6, 8),
        -minor(0, 2, 3, 5),
        minor(3, 4, 6, 7),
        -minor(0, 1, 6, 7),
        minor(0, 1, 3, 4),
    ]
}

fn objective<T: Real>(name: &str, constants: &Constants<'_>, x: &[T]) -> T {
    match name {
        "quadratic_form" => dot(x, &times(&constants.get("A"), x)),
        "logistic_loss" => times(&constants.get("X"), x)
            .into_iter()
            .zip(constants.get("y"))
            .map(|(z, y)| (-y * z).softplus())
            .sum(),
        "softmax_cross_entropy" => {
            let partition = x.iter().map(|x| x.exp()).sum::<T>().ln();
            x.iter().zip(constants.get("t")).map(|(&x, t)| t * (partition - x)).sum()
        }
        "rosenbrock" => {
            x.windows(2).map(|w| 100.0 * (w[1] - w[0] * w[0]).powi(2) + (1.0 - w[0]).powi(2)).sum()
        }
        "himmelblau" => (x[0] * x[0] + x[1] - 11.0).powi(2) + (x[0] + x[1] * x[1] - 7.0).powi(2),
        "norm2" => dot(x, x).sqrt(),
        "rayleigh_quotient" => dot(x, &times(&constants.get("A"), x)) / dot(x, x),
        "matrix_factorization_U" => {
            let (target, w) = (constants.get("Tm"), constants.get("W"));
            let mut sum = T::from(0.0);
            for i in 0..4 {
                for j in 0..5 {
                    let product = x[2 * i] * w[2 * j] + x[2 * i + 1] * w[2 * j + 1];
                    sum += (target[5 * i + j] - product).powi(2);
                }
            }
            sum
        }
        "det" => determinant(x),
        "tr_inverse" => {
            let adjugate = adjugate(x);
            (adjugate[0] + adjugate[4] + adjugate[8]) / determinant(x)
        }
        "gaussian_nll_S" => {
            let d = constants.get("d");
            let symmetric: Vec<T> = (0..9).map(|k| 0.5 * (x[k] + x[3 * (k % 3) + k / 3])).collect();
            let solved = times_variable(&adjugate(&symmetric), &d);
            let distance = d.iter().zip(solved).map(|(&d, s)| d * s).sum::<T>();
            let determinant = determinant(&symmetric);
            0.5 * (determinant.ln() + distance / determinant)
        }
        "quartic_norm" => {
            let residual = times(&constants.get("A"), x);
            residual.into_iter().zip(constants.get("b")).map(|(r, b)| (r - b).powi(4)).sum()
        }
        other => panic!("no objective of the name {other}"),
    }
}

fn times_variable<T: Real>(matrix: &[T], x: &[f64]) -> Vec<T> {
    matrix.chunks(x.len()).map(|row| row.iter().zip(x).map(|(&a, &x)| a * x).sum()).collect()
}

#[test]
fn values_gradients_and_hessians() {
    let data = fixture(include_str!("golden/hessians.json"));
    for case in data["hessians"].as_array().unwrap() {
        let name = case["name"].as_str().unwrap();
        let constants = Constants(&case["constants"]);
        let x = numbers(&case["x"]["data"]);
        let (gradient, second) =
            (numbers(&case["gradient"]["data"]), numbers(&case["hessian"]["data"]));
        let expected_value = case["value"]["data"]
            .as_array()
            .map_or_else(|| case["value"].as_f64().unwrap(), |values| values[0].as_f64().unwrap());

        let f = |x: &[Var]| objective(name, &constants, x);
        let (value, got) = value_and_gradient(f, &x);
        let close = |got: f64, expected: f64, scale: f64| {
            (got - expected).abs() <= 1e-12 * expected.abs().max(1e-2 * scale)
        };
        assert!(close(value, expected_value, 1.0), "{name}: {value} against {expected_value}");
        let scale = gradient.iter().fold(0.0_f64, |m, g| m.max(g.abs()));
        for (i, (&g, &e)) in got.iter().zip(&gradient).enumerate() {
            assert!(close(g, e, scale), "{name}: gradient {i} is {g:e}, expected {e:e}");
        }
        let h = hessian(f, &x);
        let scale = second.iter().fold(0.0_f64, |m, g| m.max(g.abs()));
        for i in 0..x.len() {
            for j in 0..x.len() {
                let (g, e) = (h[(i, j)], second[i * x.len() + j]);
                assert!(close(g, e, scale), "{name}: Hessian ({i}, {j}) is {g:e}, expected {e:e}");
            }
        }
        // Recorded elsewhere and replayed here, the answer is the same; adjoints may be added up in
        // another order.
        let elsewhere: Vec<f64> = x.iter().map(|x| x + 0.25).collect();
        let mut function = Function::new(f, &elsewhere);
        let mut replayed = vec![0.0; x.len()];
        assert_eq!(function.value_and_gradient(&x, &mut replayed), value);
        let scale = got.iter().fold(0.0_f64, |m, g| m.max(g.abs()));
        for (&replayed, &eager) in replayed.iter().zip(&got) {
            assert!(close(replayed, eager, scale), "{name}: {replayed:e} replayed, {eager:e}");
        }
    }
}
