//! `particle`: a charge is placed so that a particle, repelled by it, lands at the origin. The
//! force is the gradient of a potential, and the descent needs the derivative of the path.

use autodiff::{Dual, Function, Var, derivative, gradient};
use calculus_core::Real;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::Error;
use super::descent::argmin;
use super::input::decode;
use super::timing::{Answer, Timer};

/// The length of a time step.
const STEP: f64 = 0.1;
/// A particle that has not landed after as many steps never will.
const MOST_STEPS: usize = 1_000_000;

#[derive(Deserialize)]
struct Input {
    w: f64,
}

/// The potential of two charges, at $(10, 10 - w)$ and $(10, 0)$.
// Inlined, so that nested dual numbers stay in registers.
#[inline(always)]
fn potential<T: Real>([x, y]: [T; 2], w: T) -> T {
    inverse_distance(x - 10.0, y - (10.0 - w)) + inverse_distance(x - 10.0, y)
}

#[inline(always)]
fn inverse_distance<T: Real>(x: T, y: T) -> T {
    (x * x + y * y).sqrt().recip()
}

/// The gradient of the potential with respect to the place, in one of the two modes.
trait Slope<T> {
    fn slope(&mut self, place: [T; 2], w: T) -> [T; 2];
}

/// By dual numbers with two tangents.
struct Forward;

impl<T: Real> Slope<T> for Forward {
    #[inline(always)]
    fn slope(&mut self, [x, y]: [T; 2], w: T) -> [T; 2] {
        let place = [Dual::variable(x, 0), Dual::variable(y, 1)];
        potential(place, Dual::<T, 2>::constant(w)).tangent()
    }
}

/// By a sweep back over the potential of place and charge, recorded once.
struct Reverse(Function<fn(&[Var]) -> Var>);

impl Reverse {
    fn new() -> Self {
        Self(Function::new(|p| potential([p[0], p[1]], p[2]), &[0.0, 8.0, 0.0]))
    }
}

impl Slope<f64> for Reverse {
    fn slope(&mut self, [x, y]: [f64; 2], w: f64) -> [f64; 2] {
        let mut slope = [0.0; 3];
        self.0.gradient(&[x, y, w], &mut slope);
        [slope[0], slope[1]]
    }
}

/// The outer derivative goes forward over the sweep back.
impl Slope<Dual<f64>> for Reverse {
    fn slope(&mut self, [x, y]: [Dual<f64>; 2], w: Dual<f64>) -> [Dual<f64>; 2] {
        let point = [x, y, w].map(Dual::primal);
        let direction = [x, y, w].map(|v| v.tangent()[0]);
        let (mut slope, mut change) = ([0.0; 3], [0.0; 3]);
        self.0.gradient(&point, &mut slope);
        self.0.hvp(&point, &direction, &mut change);
        [0, 1].map(|i| Dual::new(slope[i], [change[i]]))
    }
}

/// By a sweep back that is itself recorded.
struct Nested;

impl Slope<Var> for Nested {
    fn slope(&mut self, place: [Var; 2], w: Var) -> [Var; 2] {
        let slope = gradient(|p: &[Var]| potential([p[0], p[1]], w), &place);
        [slope[0], slope[1]]
    }
}

/// The square of the place where the particle lands, by Euler's method; NaN if it never does.
fn landing<T: Real>(w: T, force: &mut impl Slope<T>) -> T {
    let mut p = [T::from(0.0), T::from(8.0)];
    let mut v = [T::from(0.75), T::from(0.0)];
    for _ in 0..MOST_STEPS {
        let a = force.slope(p, w).map(|slope| -slope);
        p = [0, 1].map(|i| p[i] + STEP * v[i]);
        if p[1] <= 0.0 {
            let rest = -p[1] / v[1];
            let x = p[0] + rest * v[0];
            return x * x;
        }
        v = [0, 1].map(|i| v[i] + STEP * a[i]);
    }
    T::from(f64::NAN)
}

/// The best `w`, with the outer derivative by a dual number.
fn forward(w: f64, inner: &mut impl Slope<f64>, inner_dual: &mut impl Slope<Dual<f64>>) -> f64 {
    let value = |[w]: [f64; 1]| landing(w, inner);
    let slope = |[w]: [f64; 1]| [derivative(|w| landing(w, inner_dual), w)];
    argmin(value, slope, [w])[0]
}

/// The best `w`, with the outer derivative by a sweep back over the recorded path.
fn reverse<F>(w: f64, inner: &mut impl Slope<f64>, path: &mut Function<F>) -> f64
where
    F: Fn(&[Var]) -> Var,
{
    let value = |[w]: [f64; 1]| landing(w, inner);
    let slope = |[w]: [f64; 1]| {
        let mut slope = [0.0];
        path.gradient(&[w], &mut slope);
        slope
    };
    argmin(value, slope, [w])[0]
}

/// The functions `ff`, `fr`, `rf` and `rr`: the modes of the outer and of the inner derivative.
pub(super) fn evaluate(function: &str, input: &RawValue) -> Result<Answer, Error> {
    let Input { w } = decode(input)?;
    let mut timer = Timer::new(input)?;
    let best = match function {
        "ff" => timer.evaluate(|| forward(w, &mut Forward, &mut Forward)),
        "fr" => {
            let [mut inner, mut inner_dual] = timer.prepare(|| [(); 2].map(|()| Reverse::new()));
            timer.evaluate(|| forward(w, &mut inner, &mut inner_dual))
        }
        "rf" => {
            let mut path =
                timer.prepare(|| Function::new(|w: &[Var]| landing(w[0], &mut Forward), &[w]));
            timer.evaluate(|| reverse(w, &mut Forward, &mut path))
        }
        "rr" => {
            let mut inner = timer.prepare(Reverse::new);
            let mut path =
                timer.prepare(|| Function::new(|w: &[Var]| landing(w[0], &mut Nested), &[w]));
            timer.evaluate(|| reverse(w, &mut inner, &mut path))
        }
        _ => return Err(Error::Function(function.to_string())),
    };
    timer.answer(&best)
}
