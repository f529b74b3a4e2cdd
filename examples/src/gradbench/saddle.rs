//! `saddle`: the minimum of a maximum, where the outer descent needs the derivative of the value
//! that the inner one finds.

use autodiff::{Dual, Function, Var, gradient};
use calculus_core::Real;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::Error;
use super::descent::argmin;
use super::input::decode;
use super::timing::{Answer, Timer};

#[derive(Deserialize)]
struct Input {
    start: [f64; 2],
}

/// $(x_0^2 + x_1^2) - (y_0^2 + y_1^2)$
#[inline(always)]
fn f<T: Real>(x: [T; 2], y: [T; 2]) -> T {
    (x[0] * x[0] + x[1] * x[1]) - (y[0] * y[0] + y[1] * y[1])
}

/// The gradient of $f$ with respect to $y$, in one of the two modes.
trait Slope<T> {
    fn slope(&mut self, x: [T; 2], y: [T; 2]) -> [T; 2];
}

/// By dual numbers with two tangents.
struct Forward;

impl<T: Real> Slope<T> for Forward {
    #[inline(always)]
    fn slope(&mut self, x: [T; 2], [y0, y1]: [T; 2]) -> [T; 2] {
        let y = [Dual::variable(y0, 0), Dual::variable(y1, 1)];
        f(x.map(Dual::<T, 2>::constant), y).tangent()
    }
}

/// By a sweep back over $f$, recorded once.
struct Reverse(Function<fn(&[Var]) -> Var>);

impl Reverse {
    fn new() -> Self {
        Self(Function::new(|p| f([p[0], p[1]], [p[2], p[3]]), &[1.0; 4]))
    }
}

impl Slope<f64> for Reverse {
    fn slope(&mut self, x: [f64; 2], y: [f64; 2]) -> [f64; 2] {
        let mut slope = [0.0; 4];
        self.0.gradient(&[x[0], x[1], y[0], y[1]], &mut slope);
        [slope[2], slope[3]]
    }
}

/// The outer derivative goes forward over the sweep back, one direction after the other.
impl Slope<Dual<f64, 2>> for Reverse {
    fn slope(&mut self, x: [Dual<f64, 2>; 2], y: [Dual<f64, 2>; 2]) -> [Dual<f64, 2>; 2] {
        let variables = [x[0], x[1], y[0], y[1]];
        let point = variables.map(Dual::primal);
        let mut slope = [0.0; 4];
        self.0.gradient(&point, &mut slope);
        let change = [0, 1].map(|k| {
            let direction = variables.map(|v| v.tangent()[k]);
            let mut change = [0.0; 4];
            self.0.hvp(&point, &direction, &mut change);
            change
        });
        [2, 3].map(|i| Dual::new(slope[i], [change[0][i], change[1][i]]))
    }
}

/// By a sweep back that is itself recorded.
struct Nested;

impl Slope<Var> for Nested {
    fn slope(&mut self, x: [Var; 2], y: [Var; 2]) -> [Var; 2] {
        let slope = gradient(|y: &[Var]| f(x, [y[0], y[1]]), &y);
        [slope[0], slope[1]]
    }
}

/// The `y` that makes $f(x, y)$ largest, by descent on $-f$.
fn argmax_y<T: Real>(x: [T; 2], start: [f64; 2], inner: &mut impl Slope<T>) -> [T; 2] {
    let slope = |y| inner.slope(x, y).map(|slope| -slope);
    argmin(|y| -f(x, y), slope, start.map(T::from))
}

/// $\max_y f(x, y)$
fn max_y<T: Real>(x: [T; 2], start: [f64; 2], inner: &mut impl Slope<T>) -> T {
    f(x, argmax_y(x, start, inner))
}

/// The saddle point, where `outer` is the gradient of [`max_y`].
fn saddle(
    start: [f64; 2],
    inner: &mut impl Slope<f64>,
    outer: impl FnMut([f64; 2]) -> [f64; 2],
) -> [f64; 4] {
    let x = argmin(|x| max_y(x, start, inner), outer, start);
    let y = argmax_y(x, start, inner);
    [x[0], x[1], y[0], y[1]]
}

/// The outer gradient by dual numbers with two tangents.
fn forward(
    start: [f64; 2],
    inner: &mut impl Slope<f64>,
    inner_dual: &mut impl Slope<Dual<f64, 2>>,
) -> [f64; 4] {
    let outer = |[x0, x1]: [f64; 2]| {
        let x = [Dual::variable(x0, 0), Dual::variable(x1, 1)];
        max_y(x, start, inner_dual).tangent()
    };
    saddle(start, inner, outer)
}

/// The outer gradient by a sweep back over the recorded inner descent.
fn reverse<F>(start: [f64; 2], inner: &mut impl Slope<f64>, maximum: &mut Function<F>) -> [f64; 4]
where
    F: Fn(&[Var]) -> Var,
{
    let outer = |x: [f64; 2]| {
        let mut slope = [0.0; 2];
        maximum.gradient(&x, &mut slope);
        slope
    };
    saddle(start, inner, outer)
}

/// The functions `ff`, `fr`, `rf` and `rr`: the modes of the outer and of the inner derivative.
pub(super) fn evaluate(function: &str, input: &RawValue) -> Result<Answer, Error> {
    let Input { start } = decode(input)?;
    let mut timer = Timer::new(input)?;
    let point = match function {
        "ff" => timer.evaluate(|| forward(start, &mut Forward, &mut Forward)),
        "fr" => {
            let [mut inner, mut inner_dual] = timer.prepare(|| [(); 2].map(|()| Reverse::new()));
            timer.evaluate(|| forward(start, &mut inner, &mut inner_dual))
        }
        "rf" => {
            let maximum = |x: &[Var]| max_y([x[0], x[1]], start, &mut Forward);
            let mut maximum = timer.prepare(|| Function::new(maximum, &start));
            timer.evaluate(|| reverse(start, &mut Forward, &mut maximum))
        }
        "rr" => {
            let mut inner = timer.prepare(Reverse::new);
            let maximum = |x: &[Var]| max_y([x[0], x[1]], start, &mut Nested);
            let mut maximum = timer.prepare(|| Function::new(maximum, &start));
            timer.evaluate(|| reverse(start, &mut inner, &mut maximum))
        }
        _ => return Err(Error::Function(function.to_string())),
    };
    timer.answer(&point)
}
