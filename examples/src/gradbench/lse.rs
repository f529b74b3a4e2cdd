//! `lse`: the logarithm of a sum of exponentials.

use autodiff::{Function, vector};
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

/// $\ln \sum_i e^{x_i}$.
fn log_sum_exp<T: Real>(x: &[T]) -> T {
    vector::log_sum_exp(x)
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
            let mut f = timer.prepare(|| Function::new(log_sum_exp, &x));
            let mut gradient = vec![0.0; x.len()];
            timer.evaluate(|| f.gradient(&x, &mut gradient));
            timer.answer(&gradient)
        }
        _ => Err(Error::Function(function.to_string())),
    }
}
