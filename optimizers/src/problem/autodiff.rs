//! A problem whose derivatives are exact and automatic.

use core::cell::RefCell;

use autodiff::{Function, Var};
use calculus_core::Objective;

use super::Problem;
use crate::Error;

type Recordable<'a> = Box<dyn Fn(&[Var]) -> Var + 'a>;

/// A [`Problem`] made of the function alone: gradient, Hessian and Hessian-vector products are exact,
/// by automatic differentiation.
///
/// The function is recorded once and replayed at every point ([`autodiff::Function`]); it is
/// recorded again only where it takes another branch. An evaluation allocates nothing.
///
/// Cost: a gradient is a small multiple of the value, whatever $n$; a Hessian is $n$ times that.
///
/// # Examples
/// ```
/// use calculus_core::Real;
/// use optimizers::{AutodiffProblem, Lbfgs, minimize};
///
/// fn rosenbrock<T: Real>(x: &[T]) -> T {
///     100.0 * (x[1] - x[0] * x[0]).powi(2) + (1.0 - x[0]).powi(2)
/// }
///
/// let x0 = [-1.2, 1.0];
/// let problem = AutodiffProblem::new(rosenbrock, &x0);
/// let solution = minimize(&problem, &x0, &Lbfgs::new())?;
/// assert!(solution.status.is_converged());
/// assert!((solution.x[0] - 1.0).abs() < 1e-8 && (solution.x[1] - 1.0).abs() < 1e-8);
/// # Ok::<(), optimizers::Error>(())
/// ```
pub struct AutodiffProblem<'a> {
    function: RefCell<Function<Recordable<'a>>>,
    dimension: usize,
}

impl<'a> AutodiffProblem<'a> {
    /// Records `f` at `x0`; the point decides the branches of the first recording and no more.
    ///
    /// # Panics
    /// As [`Function::new`].
    #[track_caller]
    pub fn new(f: impl Fn(&[Var]) -> Var + 'a, x0: &[f64]) -> Self {
        let function = Function::new(Box::new(f) as Recordable<'a>, x0);
        Self { function: RefCell::new(function), dimension: x0.len() }
    }

    /// Records an [`Objective`], a generic function that carries data, at `x0`.
    ///
    /// # Panics
    /// As [`Function::new`].
    ///
    /// # Examples
    /// ```
    /// use calculus_core::{Objective, Real};
    /// use optimizers::{AutodiffProblem, Problem};
    ///
    /// struct Distance(Vec<f64>);
    ///
    /// impl Objective for Distance {
    ///     fn value<T: Real>(&self, x: &[T]) -> T {
    ///         x.iter().zip(&self.0).map(|(&x, &c)| (x - c).powi(2)).sum()
    ///     }
    /// }
    ///
    /// let problem = AutodiffProblem::from_objective(Distance(vec![1.0, 2.0]), &[0.0, 0.0]);
    /// let mut gradient = [0.0; 2];
    /// assert_eq!(problem.value_and_gradient(&[0.0, 0.0], &mut gradient)?, 5.0);
    /// assert_eq!(gradient, [-2.0, -4.0]);
    /// # Ok::<(), optimizers::Error>(())
    /// ```
    #[track_caller]
    pub fn from_objective(objective: impl Objective + 'a, x0: &[f64]) -> Self {
        Self::new(move |x| objective.value(x), x0)
    }

    /// How often the function was recorded: once, and once more for every branch that changed.
    pub fn recordings(&self) -> u64 {
        self.function.borrow().recordings()
    }
}

impl core::fmt::Debug for AutodiffProblem<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("AutodiffProblem")
            .field("dimension", &self.dimension)
            .field("recordings", &self.recordings())
            .finish()
    }
}

impl Problem for AutodiffProblem<'_> {
    fn dimension(&self) -> usize {
        self.dimension
    }

    fn value(&self, x: &[f64]) -> f64 {
        self.function.borrow_mut().value(x)
    }

    fn gradient(&self, x: &[f64], gradient: &mut [f64]) -> Result<(), Error> {
        self.function.borrow_mut().gradient(x, gradient);
        Ok(())
    }

    fn value_and_gradient(&self, x: &[f64], gradient: &mut [f64]) -> Result<f64, Error> {
        Ok(self.function.borrow_mut().value_and_gradient(x, gradient))
    }

    fn hessian(&self, x: &[f64], hessian: &mut [f64]) -> Result<(), Error> {
        self.function.borrow_mut().hessian(x, hessian);
        Ok(())
    }

    fn hessian_vector_product(
        &self,
        x: &[f64],
        v: &[f64],
        product: &mut [f64],
    ) -> Result<(), Error> {
        self.function.borrow_mut().hvp(x, v, product);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use calculus_core::Real;

    use super::*;

    #[test]
    fn all_derivatives_are_there() {
        let problem = AutodiffProblem::new(|x| x[0].powi(2) * x[1] + x[1].exp(), &[0.0, 0.0]);
        let (x, e) = ([3.0, 0.5], 0.5_f64.exp());
        let (mut gradient, mut hessian, mut product) = ([0.0; 2], [0.0; 4], [0.0; 2]);
        assert_eq!(problem.value(&x), 4.5 + e);
        problem.gradient(&x, &mut gradient).unwrap();
        problem.hessian(&x, &mut hessian).unwrap();
        problem.hessian_vector_product(&x, &[1.0, -1.0], &mut product).unwrap();
        assert_eq!(gradient, [3.0, 9.0 + e]);
        assert_eq!(hessian, [1.0, 6.0, 6.0, e]);
        assert_eq!(product, [-5.0, 6.0 - e]);
        assert_eq!((problem.dimension(), problem.recordings()), (2, 1));
    }
}
