//! Second derivatives of scalar functions.

use calculus_core::Objective;
use faer::Mat;

use crate::forward::Scope;
use crate::{Dual, Function, Var};

/// The Hessian $H_{ij} = \partial^2 f/\partial x_i\partial x_j$ of shape `n` by `n`.
///
/// Forward over reverse: the recorded function is swept on duals, eight columns at a time, which
/// costs about $n/8$ gradients on SIMD duals. Recording the function costs more than all of them for a
/// few variables: at one point
/// [`Differentiable::hessian`](crate::Differentiable::hessian) is faster there, and at many points
/// [`Function::hessian`](crate::Function::hessian).
///
/// # Examples
/// ```
/// use autodiff::hessian;
/// use calculus_core::Real;
/// let h = hessian(|x| x[0].powi(3) * x[1], &[2.0, 5.0]);
/// assert_eq!((h[(0, 0)], h[(0, 1)]), (60.0, 12.0));
/// assert_eq!((h[(1, 0)], h[(1, 1)]), (12.0, 0.0));
/// ```
#[track_caller]
pub fn hessian(f: impl Fn(&[Var]) -> Var, x: &[f64]) -> Mat<f64> {
    let rows = row_major(f, x);
    Mat::from_fn(x.len(), x.len(), |i, j| rows[i * x.len() + j])
}

#[track_caller]
fn row_major(f: impl Fn(&[Var]) -> Var, x: &[f64]) -> Vec<f64> {
    let mut rows = vec![0.0; x.len() * x.len()];
    Function::new(f, x).hessian(x, &mut rows);
    rows
}

/// The most variables for which the Hessian of an objective comes from duals of duals.
const FEW: usize = 8;

/// The Hessian of an objective, and the value, by whichever way is cheaper at one point.
///
/// Duals of duals take one evaluation with $(1 + n)^2$ numbers for each, and record nothing: for up to
/// [`FEW`] variables that is six times as fast as recording, preparing and sweeping a graph, or more.
/// They multiply 0 by an infinite number where a graph does not, so what is not finite is computed
/// again.
#[track_caller]
pub(super) fn objective_hessian<O: Objective + ?Sized>(objective: &O, x: &[f64]) -> Mat<f64> {
    let nested = match x.len() {
        0 => return Mat::new(),
        1 => nested_duals::<O, 1>(objective, x),
        2 => nested_duals::<O, 2>(objective, x),
        3 => nested_duals::<O, 3>(objective, x),
        4 => nested_duals::<O, 4>(objective, x),
        5..=6 => nested_duals::<O, 6>(objective, x),
        7..=FEW => nested_duals::<O, FEW>(objective, x),
        _ => return hessian(|x| objective.value(x), x),
    };
    if nested.is_all_finite() { nested } else { hessian(|x| objective.value(x), x) }
}

/// The Hessian by one evaluation on duals of duals with `N` tangents each, of `N` variables at most.
#[track_caller]
fn nested_duals<O: Objective + ?Sized, const N: usize>(objective: &O, x: &[f64]) -> Mat<f64> {
    let (inner, outer) = (Scope::fresh(), Scope::fresh());
    let unit = |i: usize| Dual::<Dual<f64, N>, N>::variable(Dual::constant(0.0), i).tangent();
    let mut point = [Dual::constant(Dual::constant(0.0)); N];
    for (i, (dual, &x)) in point.iter_mut().zip(x).enumerate() {
        let value = Dual::variable(x, i).with_scope(inner);
        *dual = Dual::new(value, unit(i)).with_scope(outer);
    }
    let y = objective.value(&point[..x.len()]).leave(outer);
    let rows = y.tangent().map(|row| row.leave(inner).tangent());
    Mat::from_fn(x.len(), x.len(), |i, j| rows[i][j])
}

/// The Hessian-vector product $\nabla^2 f(x)\,v$ without the Hessian, at about the cost of two
/// gradients (Pearlmutter, 1994).
///
/// # Panics
/// If `x` and `v` differ in length.
///
/// # Examples
/// ```
/// use autodiff::hvp;
/// use calculus_core::Real;
/// let product = hvp(|x| x[0].powi(3) * x[1], &[2.0, 5.0], &[1.0, 1.0]);
/// assert_eq!(product, [72.0, 12.0]);
/// ```
#[track_caller]
pub fn hvp(f: impl Fn(&[Var]) -> Var, x: &[f64], v: &[f64]) -> Vec<f64> {
    let mut product = vec![0.0; x.len()];
    Function::new(f, x).hvp(x, v, &mut product);
    product
}

/// The Laplacian $\sum_i \partial^2 f/\partial x_i^2$, the trace of the Hessian.
///
/// Costs as much as [`hessian`].
///
/// # Examples
/// ```
/// use autodiff::laplacian;
/// use calculus_core::Real;
/// let squares = laplacian(|x| x.iter().map(|&x| x * x).sum(), &[1.0, 2.0, 3.0]);
/// assert_eq!(squares, 6.0);
/// ```
#[track_caller]
pub fn laplacian(f: impl Fn(&[Var]) -> Var, x: &[f64]) -> f64 {
    row_major(f, x).iter().step_by(x.len() + 1).sum()
}
