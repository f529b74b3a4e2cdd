//! Gradients and directional derivatives of scalar functions.

use core::any::TypeId;

use calculus_core::Real;

use crate::forward::Scope;
use crate::graph::{Program, eager_gradient, is_recording, nested_gradient, record};
use crate::scalar::convert;
use crate::{Dual, Var};

/// The gradient $\nabla f(x)$ of a scalar function, in reverse mode.
///
/// The point may hold any scalar. At `f64` the function is recorded and swept back, at a multiple of
/// the cost of the function that does not depend on the number of variables. At [`Var`], inside another recording, the reverse sweep is itself recorded, so the result can be
/// differentiated again, to any order; variables of the outer recording may be captured. At
/// [`Dual`], the same replay runs on duals and gives Hessian-vector products.
///
/// To evaluate at many points, record once with [`Function`](crate::Function).
///
/// # Panics
/// If a variable of another recording is used; see [`Var`].
///
/// # Examples
/// ```
/// use autodiff::gradient;
/// use calculus_core::Real;
///
/// fn rosenbrock<T: Real>(x: &[T]) -> T {
///     100.0 * (x[1] - x[0] * x[0]).powi(2) + (1.0 - x[0]).powi(2)
/// }
/// assert_eq!(gradient(rosenbrock, &[1.0, 1.0]), [0.0, 0.0]);
///
/// // A closure, capturing data:
/// let data = [(0.0, 1.0), (1.0, 3.0)];
/// let g = gradient(|w| data.iter().map(|&(t, y)| (w[0] + w[1] * t - y).powi(2)).sum(), &[0.0, 0.0]);
/// assert_eq!(g, [-8.0, -6.0]);
/// ```
#[track_caller]
pub fn gradient<T: Real>(f: impl FnOnce(&[Var]) -> Var, x: &[T]) -> Vec<T> {
    value_and_gradient(f, x).1
}

/// The value $f(x)$ and the gradient $\nabla f(x)$; see [`gradient`].
///
/// # Panics
/// As [`gradient`].
///
/// # Examples
/// ```
/// use autodiff::value_and_gradient;
/// use calculus_core::Real;
/// let (value, gradient) = value_and_gradient(|x| x[0] * x[1].exp(), &[2.0, 0.0]);
/// assert_eq!((value, &gradient[..]), (2.0, &[1.0, 2.0][..]));
/// ```
#[track_caller]
pub fn value_and_gradient<T: Real>(f: impl FnOnce(&[Var]) -> Var, x: &[T]) -> (T, Vec<T>) {
    // Where nothing is recorded, variables are plain numbers.
    if TypeId::of::<T>() == TypeId::of::<Var>() && is_recording() {
        let x: Vec<Var> = x.iter().map(|&x| convert(x)).collect();
        let (y, gradient) = nested_gradient(f, &x);
        return (convert(y), gradient.into_iter().map(convert).collect());
    }
    let point: Vec<f64> = x.iter().map(|x| x.value()).collect();
    if TypeId::of::<T>() == TypeId::of::<f64>() || TypeId::of::<T>() == TypeId::of::<Var>() {
        let (y, gradient) = eager_gradient(f, &point);
        return (T::from(y), gradient.into_iter().map(T::from).collect());
    }
    let program = Program::new(record(f, &point));
    let mut workspace = program.workspace::<T>();
    program.forward(x.iter().copied(), &mut workspace);
    program.reverse([T::from(1.0)], &mut workspace);
    (program.output(&workspace, 0), program.input_adjoints(&workspace).to_vec())
}

/// The directional derivative $\nabla f(x)\cdot v$, by one dual evaluation.
///
/// # Panics
/// If `x` and `v` differ in length.
///
/// # Examples
/// ```
/// use autodiff::directional_derivative;
/// use calculus_core::Real;
/// let slope = directional_derivative(|x| x[0].powi(2) * x[1], &[3.0, 2.0], &[1.0, -1.0]);
/// assert_eq!(slope, 12.0 - 9.0);
/// ```
#[track_caller]
pub fn directional_derivative(
    f: impl FnOnce(&[Dual<f64>]) -> Dual<f64>,
    x: &[f64],
    v: &[f64],
) -> f64 {
    let scope = Scope::fresh();
    let point = along(x, v, scope);
    f(&point).leave(scope).tangent()[0]
}

/// The point `x` moving in direction `v`.
#[track_caller]
pub(super) fn along(x: &[f64], v: &[f64], scope: Scope) -> Vec<Dual<f64>> {
    assert_eq!(x.len(), v.len(), "a direction has as many entries as the point");
    x.iter().zip(v).map(|(&x, &v)| Dual::new(x, [v]).with_scope(scope)).collect()
}
