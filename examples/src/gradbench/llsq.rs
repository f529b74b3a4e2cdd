//! `llsq`: least squares for the coefficients of a polynomial.

use autodiff::Function;
use calculus_core::Real;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::Error;
use super::input::{check, decode};
use super::timing::{Answer, Timer};

#[derive(Deserialize)]
struct Input {
    x: Vec<f64>,
    n: usize,
}

/// The abscissa $t_i = -1 + 2i/(n - 1)$.
fn abscissa(i: usize, n: usize) -> f64 {
    -1.0 + 2.0 * i as f64 / (n - 1) as f64
}

/// The residual $\operatorname{sign} t - \sum_j x_j t^j$, with $\operatorname{sign} 0 = 0$.
fn residual<T: Real>(x: &[T], t: f64) -> T {
    let sign = if t == 0.0 { 0.0 } else { t.signum() };
    let mut power = 1.0;
    let mut polynomial = T::from(0.0);
    for &x in x {
        polynomial += x * power;
        power *= t;
    }
    sign - polynomial
}

/// $\frac12 \sum_i r_i^2$
fn half_sum_of_squares<T: Real>(x: &[T], n: usize) -> T {
    0.5 * (0..n).map(|i| residual(x, abscissa(i, n)).powi(2)).sum::<T>()
}

/// The functions `primal` and `gradient`.
pub(super) fn evaluate(function: &str, input: &RawValue) -> Result<Answer, Error> {
    let Input { x, n } = decode(input)?;
    check("n", n >= 2, "at least 2")?;
    let mut timer = Timer::new(input)?;
    match function {
        "primal" => {
            let y = timer.evaluate(|| half_sum_of_squares(&x, n));
            timer.answer(&y)
        }
        "gradient" => {
            let mut f = timer.prepare(|| Function::new(move |x| half_sum_of_squares(x, n), &x));
            let mut gradient = vec![0.0; x.len()];
            timer.evaluate(|| f.gradient(&x, &mut gradient));
            timer.answer(&gradient)
        }
        _ => Err(Error::Function(function.to_string())),
    }
}
