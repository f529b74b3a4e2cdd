//! `llsq`: least squares for the coefficients of a polynomial.

use autodiff::{Function, Rows, Var, sum_over};
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

/// The abscissae $t_i = -1 + 2i/(n - 1)$, each with its sign, which is 0 at 0.
fn abscissae(n: usize) -> impl Iterator<Item = [f64; 2]> {
    let abscissa = move |i| -1.0 + 2.0 * i as f64 / (n - 1) as f64;
    let sign = |t: f64| if t == 0.0 { 0.0 } else { t.signum() };
    (0..n).map(abscissa).map(move |t| [t, sign(t)])
}

/// The square of the residual $\operatorname{sign} t - \sum_j x_j t^j$.
fn squared_residual<T: Real>(x: &[T], t: T, sign: T) -> T {
    let mut power = T::from(1.0);
    let mut polynomial = T::from(0.0);
    for &x in x {
        polynomial += x * power;
        power *= t;
    }
    (sign - polynomial).powi(2)
}

/// $\frac12 \sum_i r_i^2$
fn by_loop(x: &[f64], n: usize) -> f64 {
    0.5 * abscissae(n).map(|[t, sign]| squared_residual(x, t, sign)).sum::<f64>()
}

/// The same, recorded as a sum over rows.
fn over_rows(x: &[Var], n: usize) -> Var {
    let rows = Rows::new(n).data(abscissae(n).flatten().collect::<Vec<_>>());
    0.5 * sum_over(&rows, |row| squared_residual(x, row[0], row[1]))
}

/// The functions `primal` and `gradient`.
pub(super) fn evaluate(function: &str, input: &RawValue) -> Result<Answer, Error> {
    let Input { x, n } = decode(input)?;
    check("n", n >= 2, "at least 2")?;
    let mut timer = Timer::new(input)?;
    match function {
        "primal" => {
            let y = timer.evaluate(|| by_loop(&x, n));
            timer.answer(&y)
        }
        "gradient" => {
            let mut f = timer.prepare(|| Function::new(move |x| over_rows(x, n), &x));
            let mut gradient = vec![0.0; x.len()];
            timer.evaluate(|| f.gradient(&x, &mut gradient));
            timer.answer(&gradient)
        }
        _ => Err(Error::Function(function.to_string())),
    }
}
