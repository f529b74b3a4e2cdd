//! Second derivatives of scalar functions.

use faer::Mat;

use crate::{Function, Var};

/// The Hessian $H_{ij} = \partial^2 f/\partial x_i\partial x_j$ of shape `n` by `n`.
///
/// Forward over reverse: the recorded function is swept on duals, eight columns at a time, which
/// costs about $n/8$ gradients on SIMD duals.
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
