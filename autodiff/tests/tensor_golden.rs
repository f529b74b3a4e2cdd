//! Values and pullbacks against numbers from multiple-precision arithmetic
//! (`golden/tensor.json`, whose origin is noted in it).

use autodiff::tensor::{Tensor, hessian_vector_product, value_and_gradient};
use serde_json::Value;

const FIXTURE: &str = include_str!("golden/tensor.json");

fn tensor(value: &Value) -> Tensor<f64> {
    let shape: Vec<usize> =
        value["shape"].as_array().unwrap().iter().map(|n| n.as_u64().unwrap() as usize).collect();
    let data = match &value["data"] {
        Value::Array(data) => data.iter().map(|x| x.as_f64().unwrap()).collect(),
        number => vec![number.as_f64().unwrap()],
    };
    Tensor::from_vec(data, &shape).unwrap()
}

/// The function of a fixture, of its operands in the order of `names`.
type Function = fn(&[Tensor<f64>]) -> Tensor<f64>;

fn functions() -> Vec<(&'static str, &'static [&'static str], Function)> {
    vec![
        ("hadamard", &["A", "B"], |x| &x[0] * &x[1]),
        ("scale", &["a", "A"], |x| &x[0] * &x[1]),
        ("transpose", &["A"], |x| x[0].transpose()),
        ("sum", &["A"], |x| x[0].sum()),
        ("row_sum", &["A"], |x| x[0].sum_axes(&[1], false)),
        ("matvec", &["A", "x"], |x| x[0].matmul(&x[1].reshape(&[x[1].len(), 1])).reshape(&[4])),
        ("dot", &["x", "y"], |x| (&x[0] * &x[1]).sum()),
        ("gram", &["A"], |x| x[0].matmul_tn(&x[0])),
        ("bilinear_form", &["x", "A", "y"], |x| {
            (x[0].reshape(&[1, 3]).matmul(&x[1]) * &x[2]).sum()
        }),
        ("congruence", &["B", "S"], |x| x[0].matmul(&x[1]).matmul_nt(&x[0])),
        ("norm_fro", &["A"], |x| x[0].square().sum().sqrt()),
        ("norm_fro_sq", &["A"], |x| x[0].square().sum()),
        ("norm_l3_vec", &["x"], |x| (x[0].abs().powi(3).sum().ln() / 3.0).exp()),
        ("cosine_similarity", &["x", "y"], |x| {
            (&x[0] * &x[1]).sum() / (x[0].square().sum() * x[1].square().sum()).sqrt()
        }),
        ("softmax", &["x"], |x| x[0].softmax(0)),
        ("softmax_cross_entropy", &["x", "t"], |x| -(x[0].log_softmax(0) * &x[1]).sum()),
        ("tanh", &["A"], |x| x[0].tanh()),
        ("softplus", &["A"], |x| x[0].softplus()),
        ("layernorm", &["x"], |x| {
            let centred = &x[0] - x[0].mean();
            &centred / (centred.square().mean() + 1e-5).sqrt()
        }),
        ("attention", &["Q", "K", "W"], |x| {
            (x[0].matmul_nt(&x[1]) / 2.0_f64.sqrt()).softmax(1).matmul(&x[2])
        }),
        ("pairwise_sqdist", &["X", "Y"], |x| {
            let difference = x[0].reshape(&[3, 1, 2]) - x[1].reshape(&[1, 4, 2]);
            difference.square().sum_axes(&[2], false)
        }),
        ("logistic_loss", &["w", "X", "y"], |x| {
            (-(x[1].matmul(&x[0].reshape(&[3, 1])).reshape(&[6]) * &x[2])).softplus().sum()
        }),
        ("matrix_factorization", &["Tm", "U", "W"], |x| {
            (&x[0] - x[1].matmul_nt(&x[2])).square().sum()
        }),
        ("rayleigh_quotient", &["x", "A"], |x| {
            let row = x[0].reshape(&[1, 4]);
            (row.matmul(&x[1]) * &row).sum() / x[0].square().sum()
        }),
    ]
}

// The numbers are exact; a few tens of operations are each rounded to half of 2.2e-16.
const TOLERANCE: f64 = 1e-13;

#[track_caller]
fn assert_close(name: &str, found: &Tensor<f64>, expected: &Tensor<f64>) {
    assert_eq!(found.shape(), expected.shape(), "{name}");
    let scale = expected.as_slice().iter().fold(1.0_f64, |m, x| m.max(x.abs()));
    for (a, b) in found.as_slice().iter().zip(expected.as_slice()) {
        assert!((a - b).abs() <= TOLERANCE * scale, "{name}: {a} instead of {b}");
    }
}

#[test]
fn values_and_pullbacks() {
    let fixture: Value = serde_json::from_str(FIXTURE).unwrap();
    let cases = fixture["functions"].as_array().unwrap();
    let functions = functions();
    assert_eq!(cases.len(), functions.len());
    for case in cases {
        let name = case["name"].as_str().unwrap();
        let (_, operands, f) = functions.iter().find(|f| f.0 == name).expect("a known function");
        let output = case["outputs"].as_object().unwrap().keys().next().unwrap();
        let x: Vec<_> = operands.iter().map(|key| tensor(&case["inputs"][*key])).collect();
        let cotangent = tensor(&case["cotangents"][output]);
        assert_close(name, &f(&x), &tensor(&case["outputs"][output]));
        let (_, pullback) = value_and_gradient(|x| (f(x) * &cotangent).sum(), &x);
        for (key, found) in operands.iter().zip(&pullback) {
            assert_close(name, found, &tensor(&case["vjp"][*key]));
        }
    }
}

#[test]
fn hessians() {
    let fixture: Value = serde_json::from_str(FIXTURE).unwrap();
    for case in fixture["hessians"].as_array().unwrap() {
        let name = case["name"].as_str().unwrap();
        let x = tensor(&case["x"]);
        let constants = &case["constants"];
        let f = |x: &[Tensor<f64>]| match name {
            "softmax_cross_entropy" => -(x[0].log_softmax(0) * tensor(&constants["t"])).sum(),
            _ => x[0].square().sum().sqrt(),
        };
        let expected = tensor(&case["hessian"]);
        let n = x.len();
        let mut found = Vec::new();
        for i in 0..n {
            let unit = Tensor::from_fn(&[n], |j| if i == j { 1.0 } else { 0.0 });
            found.extend(hessian_vector_product(f, std::slice::from_ref(&x), &[unit])[0].to_vec());
        }
        assert_close(name, &Tensor::from_vec(found, &[n, n]).unwrap(), &expected);
    }
}
