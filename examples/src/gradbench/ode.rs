//! `ode`: the classic Runge-Kutta method on a system in which each component drives the next.

use autodiff::Function;
use calculus_core::Real;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::Error;
use super::input::{check, decode};
use super::timing::{Answer, Timer};

/// The time at which the solution is sought.
const END: f64 = 2.0;

#[derive(Deserialize)]
struct Input {
    x: Vec<f64>,
    s: usize,
}

/// $f_0(y) = x_0$ and $f_i(y) = x_i y_{i-1}$
fn slope<T: Real>(x: &[T], y: &[T], f: &mut [T]) {
    f[0] = x[0];
    for i in 1..x.len() {
        f[i] = x[i] * y[i - 1];
    }
}

/// $y + hk$
fn advance<T: Real>(y: &[T], h: f64, k: &[T], result: &mut [T]) {
    for i in 0..y.len() {
        result[i] = y[i] + h * k[i];
    }
}

/// The solution at the end, in `steps` steps from $y = 0$ (Kutta, 1901).
fn runge_kutta<T: Real>(x: &[T], steps: usize) -> Vec<T> {
    let zeros = vec![T::from(0.0); x.len()];
    let mut y = zeros.clone();
    let [mut k1, mut k2, mut k3, mut k4, mut stage] = [(); 5].map(|()| zeros.clone());
    let h = END / steps as f64;
    for _ in 0..steps {
        slope(x, &y, &mut k1);
        advance(&y, h / 2.0, &k1, &mut stage);
        slope(x, &stage, &mut k2);
        advance(&y, h / 2.0, &k2, &mut stage);
        slope(x, &stage, &mut k3);
        advance(&y, h, &k3, &mut stage);
        slope(x, &stage, &mut k4);
        for i in 0..y.len() {
            y[i] += h / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i]);
        }
    }
    y
}

/// The last component of the solution.
fn last<T: Real>(x: &[T], steps: usize) -> T {
    runge_kutta(x, steps)[x.len() - 1]
}

/// The functions `primal` and `gradient`.
pub(super) fn evaluate(function: &str, input: &RawValue) -> Result<Answer, Error> {
    let Input { x, s } = decode(input)?;
    check("x", !x.is_empty(), "a list that is not empty")?;
    check("s", s >= 1, "at least 1")?;
    let mut timer = Timer::new(input)?;
    match function {
        "primal" => {
            let y = timer.evaluate(|| runge_kutta(&x, s));
            timer.answer(&y)
        }
        "gradient" => {
            let mut f = timer.prepare(|| Function::new(move |x| last(x, s), &x));
            let mut gradient = vec![0.0; x.len()];
            timer.evaluate(|| f.gradient(&x, &mut gradient));
            timer.answer(&gradient)
        }
        _ => Err(Error::Function(function.to_string())),
    }
}
