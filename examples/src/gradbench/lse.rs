//! `lse`: the logarithm of a sum of exponentials.

use autodiff::{Function, Rows, Var, sum_over, vector};
use calculus_core::Real;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::Error;
use super::input::{check, decode};
use super::timing::{Answer, Timer};

#[derive(Deserialize)]
struct Input {
    x: Vec<f64>,
}

/// $A + \ln \sum_i e^{x_i - A}$ with $A = \max_i x_i$.
fn log_sum_exp(x: &[f64]) -> f64 {
    let a = x.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    a + x.iter().map(|x| (x - a).exp()).sum::<f64>().ln()
}

/// The same, recorded as a sum over rows.
fn over_rows(x: &[Var]) -> Var {
    let a = vector::maximum(x);
    let rows = Rows::new(x.len()).variables(x);
    a + sum_over(&rows, |row| (row[0] - a).exp()).ln()
}

/// The functions `primal` and `gradient`.
pub(super) fn evaluate(function: &str, input: &RawValue) -> Result<Answer, Error> {
    let Input { x } = decode(input)?;
    check("x", !x.is_empty(), "a list that is not empty")?;
    let mut timer = Timer::new(input)?;
    match function {
        "primal" => {
            let y = timer.evaluate(|| log_sum_exp(&x));
            timer.answer(&y)
        }
        "gradient" => {
            let mut f = timer.prepare(|| Function::new(over_rows, &x));
            let mut gradient = vec![0.0; x.len()];
            timer.evaluate(|| f.gradient(&x, &mut gradient));
            timer.answer(&gradient)
        }
        _ => Err(Error::Function(function.to_string())),
    }
}
