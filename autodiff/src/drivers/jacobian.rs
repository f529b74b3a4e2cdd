//! Jacobians of vector functions, and their products with vectors.

use faer::Mat;

use super::gradient::along;
use crate::forward::Scope;
use crate::graph::{Outputs, Program, record};
use crate::{Dual, Function, Var};

/// The Jacobian $J_{ij} = \partial f_i/\partial x_j$ of shape `m` by `n`.
///
/// The function returns its components as an array or `Vec`. Forward mode in chunks of eight
/// columns, or reverse mode row by row, whichever needs fewer sweeps.
///
/// # Examples
/// ```
/// use autodiff::jacobian;
/// use calculus_core::Real;
///
/// fn polar<T: Real>(x: &[T]) -> Vec<T> {
///     vec![x[0] * x[1].cos(), x[0] * x[1].sin()]
/// }
/// let j = jacobian(polar, &[2.0, 0.0]);
/// assert_eq!((j[(0, 0)], j[(0, 1)]), (1.0, 0.0));
/// assert_eq!((j[(1, 0)], j[(1, 1)]), (0.0, 2.0));
/// ```
#[track_caller]
pub fn jacobian<O: Outputs<Var>>(f: impl Fn(&[Var]) -> O, x: &[f64]) -> Mat<f64> {
    Function::new(f, x).jacobian(x)
}

/// The Jacobian-vector product: the value $f(x)$ and $J(x)\,v$, by one dual evaluation.
///
/// # Panics
/// If `x` and `v` differ in length.
///
/// # Examples
/// ```
/// use autodiff::jvp;
/// let (y, tangent) = jvp(|x| [x[0] * x[1], x[0] + x[1]], &[2.0, 3.0], &[1.0, 0.0]);
/// assert_eq!((y, tangent), (vec![6.0, 5.0], vec![3.0, 1.0]));
/// ```
#[track_caller]
pub fn jvp<O: Outputs<Dual<f64>>>(
    f: impl FnOnce(&[Dual<f64>]) -> O,
    x: &[f64],
    v: &[f64],
) -> (Vec<f64>, Vec<f64>) {
    let scope = Scope::fresh();
    let point = along(x, v, scope);
    let outputs = f(&point).into_vec();
    outputs.into_iter().map(|y| (y.primal(), y.leave(scope).tangent()[0])).unzip()
}

/// The vector-Jacobian product: the value $f(x)$ and $J(x)^\top w$, by one reverse sweep.
///
/// # Panics
/// If `w` has not as many entries as `f` has outputs.
///
/// # Examples
/// ```
/// use autodiff::vjp;
/// let (y, cotangent) = vjp(|x| [x[0] * x[1], x[0] + x[1]], &[2.0, 3.0], &[1.0, 10.0]);
/// assert_eq!((y, cotangent), (vec![6.0, 5.0], vec![13.0, 12.0]));
/// ```
#[track_caller]
pub fn vjp<O: Outputs<Var>>(
    f: impl FnOnce(&[Var]) -> O,
    x: &[f64],
    w: &[f64],
) -> (Vec<f64>, Vec<f64>) {
    let program = Program::new(record(f, x));
    assert_eq!(w.len(), program.outputs(), "the function has {} outputs", program.outputs());
    let mut workspace = program.workspace::<f64>();
    program.forward(x.iter().copied(), &mut workspace);
    program.reverse(w.iter().copied(), &mut workspace);
    let values = (0..w.len()).map(|i| program.output(&workspace, i)).collect();
    (values, program.input_adjoints(&workspace).to_vec())
}
