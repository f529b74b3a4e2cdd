//! The update rules against trajectories of PyTorch (`golden/first_order_traces.json`).

use optimizers::{Adam, AdamW, Optimizer, Sgd, UpdateRule};
use serde_json::Value;

/// The largest relative error of an entry.
const TOLERANCE: f64 = 1e-12;

fn golden() -> Value {
    serde_json::from_str(include_str!("golden/first_order_traces.json")).unwrap()
}

fn vector(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

fn matrix(value: &Value) -> Vec<Vec<f64>> {
    value.as_array().unwrap().iter().map(vector).collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

type Gradient = Box<dyn Fn(&[f64]) -> Vec<f64>>;

/// The hand-written gradients of the problems.
fn gradient_of(problem: &str, data: &Value) -> Gradient {
    match problem {
        "rosenbrock" => Box::new(|x| {
            let t = x[1] - x[0] * x[0];
            vec![-400.0 * x[0] * t - 2.0 * (1.0 - x[0]), 200.0 * t]
        }),
        "quadratic" => {
            let (a, b) = (matrix(&data["A"]), vector(&data["b"]));
            Box::new(move |x| a.iter().zip(&b).map(|(row, b)| dot(row, x) - b).collect())
        }
        "logreg" => {
            let (rows, labels) = (matrix(&data["X"]), vector(&data["y"]));
            Box::new(move |w| {
                let mut gradient = vec![0.0; w.len()];
                for (row, y) in rows.iter().zip(&labels) {
                    let residual = 1.0 / (1.0 + (-dot(row, w)).exp()) - y;
                    for (g, x) in gradient.iter_mut().zip(row) {
                        *g += x * residual / labels.len() as f64;
                    }
                }
                gradient
            })
        }
        other => panic!("unknown problem {other}"),
    }
}

fn rule_of(optimizer: &str, hyper: &Value) -> Box<dyn UpdateRule<f64>> {
    let number = |name: &str| hyper[name].as_f64();
    let flag = |name: &str| hyper[name].as_bool().unwrap_or(false);
    let weight_decay = number("weight_decay").unwrap();
    if optimizer == "SGD" {
        let mut rule = Sgd::new().with_weight_decay(weight_decay).unwrap();
        if let Some(momentum) = number("momentum") {
            rule = rule.with_momentum(momentum).unwrap();
        }
        if let Some(dampening) = number("dampening") {
            rule = rule.with_dampening(dampening).unwrap();
        }
        if flag("nesterov") {
            rule = rule.with_nesterov().unwrap();
        }
        return Box::new(if flag("maximize") { rule.maximizing() } else { rule });
    }
    let betas = vector(&hyper["betas"]);
    let epsilon = number("eps").unwrap_or(1e-8);
    macro_rules! configured {
        ($rule:ident) => {{
            let rule = $rule::new().with_betas(betas[0], betas[1]).unwrap();
            let rule = rule.with_epsilon(epsilon).unwrap();
            let rule = rule.with_weight_decay(weight_decay).unwrap();
            Box::new(if flag("amsgrad") { rule.with_amsgrad() } else { rule })
        }};
    }
    match optimizer {
        "Adam" => configured!(Adam),
        "AdamW" => configured!(AdamW),
        other => panic!("unknown rule {other}"),
    }
}

fn distance(x: &[f64], reference: &[f64]) -> f64 {
    x.iter().zip(reference).fold(0.0_f64, |m, (x, r)| m.max((x - r).abs() / r.abs()))
}

#[test]
fn trajectories_are_those_of_pytorch() {
    let golden = golden();
    let traces = golden["traces"].as_array().unwrap();
    assert_eq!(traces.len(), 59);
    for trace in traces {
        let (name, problem) = (trace["optimizer"].as_str().unwrap(), &trace["problem"]);
        let data = &golden["problems"][problem.as_str().unwrap()];
        let gradient = gradient_of(problem.as_str().unwrap(), data);
        let rule = rule_of(name, &trace["hyper"]);
        let learning_rate = trace["hyper"]["lr"].as_f64().unwrap();
        let sign = if trace["hyper"]["maximize"] == true { -1.0 } else { 1.0 };

        let mut x = vector(&data["x0"]);
        let mut optimizer = Optimizer::new(rule, x.len());
        for step in 1..=100 {
            let mut g = gradient(&x);
            g.iter_mut().for_each(|g| *g *= sign);
            optimizer.step(learning_rate, &mut x, &mut g).unwrap();
            let reference = &trace["x"][step.to_string()];
            if !reference.is_null() {
                let error = distance(&x, &vector(reference));
                assert!(
                    error < TOLERANCE,
                    "{name} on {problem} with {} is off by {error:e} at step {step}",
                    trace["hyper"]
                );
            }
        }
    }
}
