//! Derivatives of functions of one variable.

use calculus_core::Real;

use crate::forward::Scope;
use crate::graph::{Program, record};
use crate::{Dual, Jet, Var};

/// The derivative $f'(x)$ of a function of one variable, by a dual number.
///
/// Costs about two evaluations. Nested calls give higher and mixed derivatives where the inner
/// point has the outer type; see [`Dual`] on capturing an outer variable.
///
/// # Panics
/// In builds with debug assertions, where an inner differentiation captures an outer variable
/// without lifting it.
///
/// # Examples
/// ```
/// use autodiff::derivative;
/// use calculus_core::Real;
/// assert_eq!(derivative(|x| x * x, 3.0), 6.0);
/// let second = derivative(|x| derivative(|y| y.sin(), x), 0.5);
/// assert_eq!(second, -0.5_f64.sin());
/// ```
#[track_caller]
pub fn derivative<T: Real>(f: impl FnOnce(Dual<T>) -> Dual<T>, x: T) -> T {
    let scope = Scope::fresh();
    let y = f(Dual::variable(x, 0).with_scope(scope));
    y.leave(scope).tangent()[0]
}

/// The highest order of [`nth_derivative`].
const HIGHEST: usize = 32;

/// The derivative $f^{(n)}(x)$ of order `n` of a function of one variable.
///
/// The function is recorded and replayed on Taylor series ([`Jet`]) of order `n`, which costs
/// $O(n^2)$ evaluations; nested dual numbers would cost $2^n$.
///
/// # Panics
/// If `n > 32`: the factorial alone then leaves no digit of meaning in most functions. Use
/// [`Jet`] directly for series of a higher order.
///
/// # Examples
/// ```
/// use autodiff::nth_derivative;
/// use calculus_core::Real;
/// assert_eq!(nth_derivative(|x| x.powi(5), 2.0, 3), 240.0);
/// let e = 1.0_f64.exp();
/// assert!((nth_derivative(|x| x.exp(), 1.0, 10) - e).abs() < 1e-14);
/// ```
#[track_caller]
pub fn nth_derivative(f: impl FnOnce(Var) -> Var, x: f64, n: usize) -> f64 {
    assert!(n <= HIGHEST, "derivatives up to order {HIGHEST} are offered, not {n}");
    let program = Program::new(record(|x: &[Var]| f(x[0]), &[x]));
    match n {
        0..=2 => replay::<2>(&program, x, n),
        3..=4 => replay::<4>(&program, x, n),
        5..=8 => replay::<8>(&program, x, n),
        9..=16 => replay::<16>(&program, x, n),
        _ => replay::<HIGHEST>(&program, x, n),
    }
}

fn replay<const K: usize>(program: &Program, x: f64, n: usize) -> f64 {
    let mut workspace = program.workspace::<Jet<f64, K>>();
    program.forward([Jet::variable(x)], &mut workspace);
    program.output(&workspace, 0).derivative(n)
}
