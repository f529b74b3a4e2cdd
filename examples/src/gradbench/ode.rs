//! `ode`: the classic Runge-Kutta method on a system in which each component drives the next.

use autodiff::{Function, Rows, Var, scan};
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

/// A step of length `h` by the method of fourth order (Kutta, 1901); `scratch` holds five vectors.
fn step<T: Real>(x: &[T], h: f64, y: &mut [T], scratch: &mut [Vec<T>; 5]) {
    let [k1, k2, k3, k4, stage] = scratch;
    slope(x, y, k1);
    advance(y, h / 2.0, k1, stage);
    slope(x, stage, k2);
    advance(y, h / 2.0, k2, stage);
    slope(x, stage, k3);
    advance(y, h, k3, stage);
    slope(x, stage, k4);
    for i in 0..y.len() {
        y[i] += h / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i]);
    }
}

fn scratch<T: Real>(n: usize) -> [Vec<T>; 5] {
    [(); 5].map(|()| vec![T::from(0.0); n])
}

/// The solution at the end, in `steps` steps from $y = 0$.
fn by_loop(x: &[f64], steps: usize) -> Vec<f64> {
    let mut y = vec![0.0; x.len()];
    let mut scratch = scratch(x.len());
    for _ in 0..steps {
        step(x, END / steps as f64, &mut y, &mut scratch);
    }
    y
}

/// The same, recorded as a recurrence.
fn by_scan(x: &[Var], steps: usize) -> Vec<Var> {
    let start = vec![Var::from(0.0); x.len()];
    scan(&Rows::new(steps), &start, |before, _| {
        let mut y = before.to_vec();
        step(x, END / steps as f64, &mut y, &mut scratch(x.len()));
        y
    })
}

/// The functions `primal` and `gradient`.
pub(super) fn evaluate(function: &str, input: &RawValue) -> Result<Answer, Error> {
    let Input { x, s } = decode(input)?;
    check("x", !x.is_empty(), "a list that is not empty")?;
    check("s", s >= 1, "at least 1")?;
    let mut timer = Timer::new(input)?;
    match function {
        "primal" => {
            let y = timer.evaluate(|| by_loop(&x, s));
            timer.answer(&y)
        }
        "gradient" => {
            let mut f = timer.prepare(|| Function::new(|x: &[Var]| by_scan(x, s)[x.len() - 1], &x));
            let mut gradient = vec![0.0; x.len()];
            timer.evaluate(|| f.gradient(&x, &mut gradient));
            timer.answer(&gradient)
        }
        _ => Err(Error::Function(function.to_string())),
    }
}
