//! Counting of evaluations.

use core::cell::Cell;

use super::Problem;
use crate::Error;

/// How often each quantity of a problem was evaluated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Evaluations {
    /// Points at which the value was taken, with or without the gradient.
    pub values: usize,
    /// Points at which the gradient was taken, with or without the value.
    pub gradients: usize,
    /// Hessians.
    pub hessians: usize,
    /// Hessian-vector products.
    pub hessian_vector_products: usize,
}

/// A problem that counts its evaluations.
///
/// # Examples
/// ```
/// use optimizers::{ClosureProblem, Counted, Problem};
///
/// let problem = ClosureProblem::new(1, |x| x[0].powi(2)).with_gradient(|x, g| g[0] = 2.0 * x[0]);
/// let counted = Counted::new(&problem);
/// counted.value(&[1.0]);
/// counted.value_and_gradient(&[1.0], &mut [0.0])?;
/// assert_eq!((counted.evaluations().values, counted.evaluations().gradients), (2, 1));
/// # Ok::<(), optimizers::Error>(())
/// ```
pub struct Counted<'a> {
    problem: &'a dyn Problem,
    evaluations: Cell<Evaluations>,
}

impl<'a> Counted<'a> {
    /// Counts from zero.
    pub fn new(problem: &'a dyn Problem) -> Self {
        Self { problem, evaluations: Cell::default() }
    }

    /// The counts so far.
    pub fn evaluations(&self) -> Evaluations {
        self.evaluations.get()
    }

    fn count(&self, change: impl FnOnce(&mut Evaluations)) {
        let mut evaluations = self.evaluations.get();
        change(&mut evaluations);
        self.evaluations.set(evaluations);
    }
}

impl core::fmt::Debug for Counted<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Counted")
            .field("dimension", &self.problem.dimension())
            .field("evaluations", &self.evaluations())
            .finish()
    }
}

impl Problem for Counted<'_> {
    fn dimension(&self) -> usize {
        self.problem.dimension()
    }

    fn value(&self, x: &[f64]) -> f64 {
        self.count(|e| e.values += 1);
        self.problem.value(x)
    }

    fn gradient(&self, x: &[f64], gradient: &mut [f64]) -> Result<(), Error> {
        self.count(|e| e.gradients += 1);
        self.problem.gradient(x, gradient)
    }

    fn value_and_gradient(&self, x: &[f64], gradient: &mut [f64]) -> Result<f64, Error> {
        self.count(|e| (e.values, e.gradients) = (e.values + 1, e.gradients + 1));
        self.problem.value_and_gradient(x, gradient)
    }

    fn hessian(&self, x: &[f64], hessian: &mut [f64]) -> Result<(), Error> {
        self.count(|e| e.hessians += 1);
        self.problem.hessian(x, hessian)
    }

    fn hessian_vector_product(
        &self,
        x: &[f64],
        v: &[f64],
        product: &mut [f64],
    ) -> Result<(), Error> {
        self.count(|e| e.hessian_vector_products += 1);
        self.problem.hessian_vector_product(x, v, product)
    }
}
