//! The drivers as methods of an objective.

use calculus_core::Objective;
use faer::Mat;

use crate::{Function, Var};

/// The derivatives of an [`Objective`], as methods.
///
/// # Examples
/// ```
/// use autodiff::Differentiable;
/// use calculus_core::{Objective, Real};
///
/// struct Quadratic { centre: [f64; 2] }
/// impl Objective for Quadratic {
///     fn value<T: Real>(&self, x: &[T]) -> T {
///         x.iter().zip(&self.centre).map(|(&x, &c)| (x - c).powi(2)).sum()
///     }
/// }
/// let quadratic = Quadratic { centre: [1.0, 2.0] };
/// assert_eq!(quadratic.gradient(&[2.0, 2.0]), [2.0, 0.0]);
/// assert_eq!(quadratic.hvp(&[2.0, 2.0], &[0.0, 1.0]), [0.0, 2.0]);
/// assert_eq!(quadratic.laplacian(&[0.0, 0.0]), 4.0);
/// ```
pub trait Differentiable: Objective {
    /// $\nabla f(x)$; see [`gradient`](crate::gradient()).
    fn gradient(&self, x: &[f64]) -> Vec<f64> {
        crate::gradient(|x| self.value(x), x)
    }

    /// $f(x)$ and $\nabla f(x)$; see [`value_and_gradient`](crate::value_and_gradient).
    fn value_and_gradient(&self, x: &[f64]) -> (f64, Vec<f64>) {
        crate::value_and_gradient(|x| self.value(x), x)
    }

    /// $\nabla f(x)$ in forward mode, with as many directions at a time as suit the number of
    /// variables: 1, 2, 3, 4, 6, 8, 12 or 16, so that few tangents are computed in vain. The better
    /// choice for up to a few dozen variables; see [`forward_gradient`](crate::forward_gradient),
    /// which always takes eight.
    fn forward_gradient(&self, x: &[f64]) -> Vec<f64> {
        super::forward::objective_gradient(self, x)
    }

    /// $\nabla f(x)\cdot v$; see [`directional_derivative`](crate::directional_derivative).
    ///
    /// # Panics
    /// If `x` and `v` differ in length.
    #[track_caller]
    fn directional_derivative(&self, x: &[f64], v: &[f64]) -> f64 {
        crate::directional_derivative(|x| self.value(x), x, v)
    }

    /// $\nabla^2 f(x)$, for up to eight variables by duals of duals, which record nothing, beyond by
    /// [`hessian`](crate::hessian()).
    fn hessian(&self, x: &[f64]) -> Mat<f64> {
        super::hessian::objective_hessian(self, x)
    }

    /// $\nabla^2 f(x)\,v$; see [`hvp`](crate::hvp).
    ///
    /// # Panics
    /// If `x` and `v` differ in length.
    #[track_caller]
    fn hvp(&self, x: &[f64], v: &[f64]) -> Vec<f64> {
        crate::hvp(|x| self.value(x), x, v)
    }

    /// $\sum_i \partial^2 f/\partial x_i^2$; see [`laplacian`](crate::laplacian).
    fn laplacian(&self, x: &[f64]) -> f64 {
        Differentiable::hessian(self, x).diagonal().column_vector().iter().sum()
    }

    /// The objective recorded at `x`, to be replayed at many points.
    fn record(&self, x: &[f64]) -> Function<impl Fn(&[Var]) -> Var + '_> {
        Function::new(|x: &[Var]| self.value(x), x)
    }
}

impl<O: Objective + ?Sized> Differentiable for O {}
