//! A user's own operation.

use core::fmt;
use std::sync::Arc;

use super::{At, Evaluate, Memory, Replay, call};
use crate::Var;

/// An operation $y = f(x)$ with derivatives of the user's own, which is one node of a graph.
///
/// For what cannot be written as operations on [`Var`]: code in another language, a table, a solver
/// with a known derivative. Recorded by [`apply_primitive`]; checked by the functions
/// `check_pushforward`, `check_pullback` and `check_adjoint` of `calculus_core::testing`, or by
/// `check_primitive` of this crate (feature `testing`), which calls them all.
///
/// Results are written to slices of the right length that hold NaN before, so that an entry forgotten
/// is no wrong number. An operation depends on its inputs alone: it is evaluated whenever a graph is
/// replayed, possibly by several threads at once.
///
/// # Examples
/// $y = \sqrt{x_0^2 + x_1^2}$ with its gradient $(x_0, x_1)/y$ and its second derivatives:
/// ```
/// use autodiff::{Primitive, Var, apply_primitive, gradient, hessian};
/// use std::sync::Arc;
///
/// struct Length;
///
/// impl Primitive for Length {
///     fn name(&self) -> &str { "length" }
///     fn outputs(&self, _: usize) -> usize { 1 }
///     fn value(&self, x: &[f64], y: &mut [f64]) {
///         y[0] = x[0].hypot(x[1]);
///     }
///     fn pushforward(&self, x: &[f64], dx: &[f64], y: &[f64], dy: &mut [f64]) {
///         dy[0] = (x[0] * dx[0] + x[1] * dx[1]) / y[0];
///     }
///     fn pullback(&self, x: &[f64], y: &[f64], g: &[f64], gx: &mut [f64]) {
///         gx[0] = g[0] * x[0] / y[0];
///         gx[1] = g[0] * x[1] / y[0];
///     }
///     fn pullback_pushforward(
///         &self, x: &[f64], dx: &[f64], y: &[f64], g: &[f64], dg: &[f64], dgx: &mut [f64],
///     ) {
///         let dy = (x[0] * dx[0] + x[1] * dx[1]) / y[0];
///         for k in 0..2 {
///             dgx[k] = (dg[0] * x[k] + g[0] * (dx[k] - x[k] * dy / y[0])) / y[0];
///         }
///     }
/// }
///
/// let length = Arc::new(Length);
/// let f = |x: &[Var]| apply_primitive(length.clone(), x)[0] * x[0];
/// assert_eq!(gradient(f, &[3.0, 4.0]), [6.8, 2.4]);
/// let h = hessian(f, &[3.0, 4.0]);
/// assert!((h[(0, 1)] - 0.512).abs() < 1e-15 && (h[(1, 0)] - 0.512).abs() < 1e-15);
/// ```
pub trait Primitive: Send + Sync + 'static {
    /// The name that graphs are printed with.
    fn name(&self) -> &str;

    /// The number of outputs for as many inputs.
    fn outputs(&self, inputs: usize) -> usize;

    /// The value $f(x)$, written to `y`.
    fn value(&self, x: &[f64], y: &mut [f64]);

    /// The tangent $\dot y = J(x)\,\dot x$ of the outputs, written to `dy`; `y` is the value at `x`.
    fn pushforward(&self, x: &[f64], dx: &[f64], y: &[f64], dy: &mut [f64]);

    /// The adjoint $\bar x = J(x)^\top g$ of the inputs, written to `gx`; `y` is the value at `x`.
    fn pullback(&self, x: &[f64], y: &[f64], g: &[f64], gx: &mut [f64]);

    /// The tangent of $\bar x = J(x)^\top g$ where $x$ moves by `dx` and $g$ by `dg`, written to
    /// `dgx`: what second derivatives need.
    ///
    /// $$\sum_k g_k \nabla^2 f_k(x)\,\dot x + J(x)^\top \dot g$$
    ///
    /// # Panics
    /// By default, with the request to implement it.
    fn pullback_pushforward(
        &self,
        x: &[f64],
        dx: &[f64],
        y: &[f64],
        g: &[f64],
        dg: &[f64],
        dgx: &mut [f64],
    ) {
        let _ = (x, dx, y, g, dg, dgx);
        panic!(
            "a second derivative of the primitive `{}` is asked for: implement \
             `Primitive::pullback_pushforward`, which gives it",
            self.name()
        )
    }
}

/// Records a user's operation at the variables `x` and returns its outputs.
///
/// At constants it computes and records nothing. First derivatives in every mode and, with
/// [`Primitive::pullback_pushforward`], second ones; a third one panics.
///
/// Cost: one call of the operation for each evaluation or sweep, and one more for each tangent.
///
/// # Panics
/// If a variable of another recording is among the inputs; see [`Var`].
///
/// # Examples
/// See [`Primitive`].
#[track_caller]
pub fn apply_primitive(primitive: Arc<dyn Primitive>, x: &[Var]) -> Vec<Var> {
    let (inputs, outputs) = (x.len(), primitive.outputs(x.len()));
    call(Arc::new(Value(Operation { primitive, inputs, outputs })), x)
}

/// Makes the vector as many NaN.
fn blank(numbers: &mut Vec<f64>, n: usize) {
    numbers.clear();
    numbers.resize(n, f64::NAN);
}

fn primals<T: Replay>(x: &[T]) -> Vec<f64> {
    x.iter().map(|&x| x.primal()).collect()
}

/// Writes values without tangents.
fn write<T: Replay>(out: &mut [T], values: &[f64]) {
    for (out, &value) in out.iter_mut().zip(values) {
        *out = T::from(value);
    }
}

fn is_zero(x: &[f64]) -> bool {
    x.iter().all(|&x| x == 0.0)
}

/// Numbers and one of their tangents, kept from one evaluation to the next.
#[derive(Default)]
struct Numbers {
    values: Vec<f64>,
    tangent: Vec<f64>,
}

impl Numbers {
    /// Takes the values of `x`.
    fn take_values<T: Replay>(&mut self, x: &[T]) {
        self.values.clear();
        self.values.extend(x.iter().map(|&x| x.primal()));
    }

    /// Takes the tangents of `x` in direction `k`.
    fn take_tangents<T: Replay>(&mut self, x: &[T], k: usize) {
        self.tangent.clear();
        self.tangent.extend(x.iter().map(|&x| x.direction(k)));
    }

    /// Writes the tangent in direction `k`.
    fn write_tangent<T: Replay>(&self, out: &mut [T], k: usize) {
        for (out, &tangent) in out.iter_mut().zip(&self.tangent) {
            let known = *out;
            let other = |j| if j == k { tangent } else { known.direction(j) };
            *out = T::with_directions(known.primal(), other);
        }
    }
}

/// The numbers that an evaluation passes to the user's functions.
#[derive(Default)]
struct Buffers {
    x: Numbers,
    y: Numbers,
    g: Numbers,
    gx: Numbers,
}

/// A user's operation with its lengths.
#[derive(Clone)]
struct Operation {
    primitive: Arc<dyn Primitive>,
    inputs: usize,
    outputs: usize,
}

impl fmt::Debug for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({} -> {})", self.primitive.name(), self.inputs, self.outputs)
    }
}

/// $y = f(x)$.
#[derive(Debug)]
struct Value(Operation);

/// $\bar x = J(x)^\top g$; the operands are $x$, $y$ and $g$. $y$ is there to be reused and not to be
/// differentiated: it depends on $x$, and the derivative by $x$ is the whole one.
#[derive(Debug)]
struct Pullback(Operation);

/// The adjoints of $x$ and $g$ for the cotangent $h$ of a pullback; the operands are $x$, $y$, $g$ and
/// $h$. Since Hessians are symmetric, they are the tangent of the pullback where $x$ moves along $h$,
/// and the tangent of $f$ along $h$.
#[derive(Debug)]
struct SecondPullback(Operation);

impl Operation {
    /// $x$, $y$, $g$, and what follows.
    fn parts<'a, T>(&self, operands: &'a [T]) -> (&'a [T], &'a [T], &'a [T], &'a [T]) {
        let (x, rest) = operands.split_at(self.inputs);
        let (y, rest) = rest.split_at(self.outputs);
        let (g, rest) = rest.split_at(self.outputs);
        (x, y, g, rest)
    }

    /// The adjoints of $x$, and their tangents.
    fn pull_back<T: Replay>(&self, x: &[T], y: &[T], g: &[T], gx: &mut [T], memory: &mut Memory) {
        let kept: &mut Buffers = memory.get_or_insert_with(Buffers::default);
        kept.x.take_values(x);
        kept.y.take_values(y);
        kept.g.take_values(g);
        blank(&mut kept.gx.values, gx.len());
        self.primitive.pullback(
            &kept.x.values,
            &kept.y.values,
            &kept.g.values,
            &mut kept.gx.values,
        );
        write(gx, &kept.gx.values);
        for k in 0..T::TANGENTS {
            kept.x.take_tangents(x, k);
            kept.g.take_tangents(g, k);
            if is_zero(&kept.x.tangent) && is_zero(&kept.g.tangent) {
                continue;
            }
            blank(&mut kept.gx.tangent, gx.len());
            self.primitive.pullback_pushforward(
                &kept.x.values,
                &kept.x.tangent,
                &kept.y.values,
                &kept.g.values,
                &kept.g.tangent,
                &mut kept.gx.tangent,
            );
            kept.gx.write_tangent(gx, k);
        }
    }

    /// The adjoints of $x$ and $g$ for the cotangent $h$ of the pullback at $x$, $y$ and $g$.
    fn second(&self, x: &[f64], y: &[f64], g: &[f64], h: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let (mut gx, mut gg) = (vec![f64::NAN; self.inputs], vec![f64::NAN; self.outputs]);
        let still = vec![0.0; self.outputs];
        self.primitive.pullback_pushforward(x, h, y, g, &still, &mut gx);
        self.primitive.pushforward(x, h, y, &mut gg);
        (gx, gg)
    }

    #[track_caller]
    fn third_derivative(&self) -> ! {
        panic!(
            "a third derivative of the primitive `{}` is asked for; a primitive has two: write it as \
             operations on `Var` where more are needed",
            self.primitive.name()
        )
    }
}

impl Evaluate for Value {
    fn name(&self) -> &str {
        self.0.primitive.name()
    }

    fn results(&self, _: usize) -> usize {
        self.0.outputs
    }

    fn evaluate<T: Replay>(&self, x: &[T], y: &mut [T], memory: &mut Memory) {
        let primitive = &self.0.primitive;
        let kept: &mut Buffers = memory.get_or_insert_with(Buffers::default);
        kept.x.take_values(x);
        blank(&mut kept.y.values, y.len());
        primitive.value(&kept.x.values, &mut kept.y.values);
        write(y, &kept.y.values);
        for k in 0..T::TANGENTS {
            kept.x.take_tangents(x, k);
            blank(&mut kept.y.tangent, y.len());
            let (point, moved) = (&kept.x.values, &kept.x.tangent);
            primitive.pushforward(point, moved, &kept.y.values, &mut kept.y.tangent);
            kept.y.write_tangent(y, k);
        }
    }

    fn pull_back<T: Replay>(&self, At { x, y, g }: At<'_, T>, gx: &mut [T], memory: &mut Memory) {
        self.0.pull_back(x, y, g, gx, memory);
    }

    fn record_pullback(&self, At { x, y, g }: At<'_, Var>, _: &[bool]) -> Vec<Var> {
        call(Arc::new(Pullback(self.0.clone())), &[x, y, g].concat())
    }
}

impl Evaluate for Pullback {
    fn name(&self) -> &str {
        "pullback"
    }

    fn results(&self, _: usize) -> usize {
        self.0.inputs
    }

    fn evaluate<T: Replay>(&self, operands: &[T], gx: &mut [T], memory: &mut Memory) {
        let (x, y, g, _) = self.0.parts(operands);
        self.0.pull_back(x, y, g, gx, memory);
    }

    fn pull_back<T: Replay>(&self, at: At<'_, T>, adjoints: &mut [T], _: &mut Memory) {
        let (x, y, g, _) = self.0.parts(at.x);
        let moves =
            at.x.iter().chain(at.g).any(|v| (0..T::TANGENTS).any(|k| v.direction(k) != 0.0));
        if moves {
            self.0.third_derivative();
        }
        let (gx, gg) = self.0.second(&primals(x), &primals(y), &primals(g), &primals(at.g));
        let values = [gx, vec![0.0; y.len()], gg].concat();
        write(adjoints, &values);
    }

    fn record_pullback(&self, at: At<'_, Var>, _: &[bool]) -> Vec<Var> {
        let both = call(Arc::new(SecondPullback(self.0.clone())), &[at.x, at.g].concat());
        let (gx, gg) = both.split_at(self.0.inputs);
        [gx, &vec![Var::from(0.0); self.0.outputs], gg].concat()
    }
}

impl Evaluate for SecondPullback {
    fn name(&self) -> &str {
        "second_pullback"
    }

    fn results(&self, _: usize) -> usize {
        self.0.inputs + self.0.outputs
    }

    fn evaluate<T: Replay>(&self, operands: &[T], adjoints: &mut [T], _: &mut Memory) {
        let moves = operands.iter().any(|v| (0..T::TANGENTS).any(|k| v.direction(k) != 0.0));
        if moves {
            self.0.third_derivative();
        }
        let (x, y, g, h) = self.0.parts(operands);
        let (gx, gg) = self.0.second(&primals(x), &primals(y), &primals(g), &primals(h));
        let values = [gx, gg].concat();
        write(adjoints, &values);
    }

    fn pull_back<T: Replay>(&self, _: At<'_, T>, _: &mut [T], _: &mut Memory) {
        self.0.third_derivative();
    }

    fn record_pullback(&self, _: At<'_, Var>, _: &[bool]) -> Vec<Var> {
        self.0.third_derivative();
    }
}
