//! A problem made of closures.

use super::Problem;
use crate::{Error, Quantity};

type Value<'a> = Box<dyn Fn(&[f64]) -> f64 + 'a>;
type IntoSlice<'a> = Box<dyn Fn(&[f64], &mut [f64]) + 'a>;
type ValueAndGradient<'a> = Box<dyn Fn(&[f64], &mut [f64]) -> f64 + 'a>;
type Product<'a> = Box<dyn Fn(&[f64], &[f64], &mut [f64]) + 'a>;

/// A [`Problem`] made of closures: the value, and those derivatives that are at hand.
///
/// # Examples
/// ```
/// use optimizers::{ClosureProblem, Error, Lbfgs, Quantity, Problem, minimize};
///
/// let rosenbrock = |x: &[f64]| 100.0 * (x[1] - x[0] * x[0]).powi(2) + (1.0 - x[0]).powi(2);
/// let problem = ClosureProblem::new(2, rosenbrock).with_gradient(|x, g| {
///     let t = x[1] - x[0] * x[0];
///     g[0] = -400.0 * x[0] * t - 2.0 * (1.0 - x[0]);
///     g[1] = 200.0 * t;
/// });
///
/// let solution = minimize(&problem, &[-1.2, 1.0], &Lbfgs::new())?;
/// assert!(solution.status.is_converged());
/// assert!((solution.x[0] - 1.0).abs() < 1e-6 && (solution.x[1] - 1.0).abs() < 1e-6);
///
/// let missing = problem.hessian(&[0.0, 0.0], &mut [0.0; 4]);
/// assert_eq!(missing, Err(Error::NotProvided { what: Quantity::Hessian }));
/// # Ok::<(), Error>(())
/// ```
pub struct ClosureProblem<'a> {
    dimension: usize,
    value: Value<'a>,
    gradient: Option<IntoSlice<'a>>,
    value_and_gradient: Option<ValueAndGradient<'a>>,
    hessian: Option<IntoSlice<'a>>,
    product: Option<Product<'a>>,
}

impl<'a> ClosureProblem<'a> {
    /// The function `value` of `dimension` variables.
    pub fn new(dimension: usize, value: impl Fn(&[f64]) -> f64 + 'a) -> Self {
        Self {
            dimension,
            value: Box::new(value),
            gradient: None,
            value_and_gradient: None,
            hessian: None,
            product: None,
        }
    }

    /// Adds the gradient, written into the second argument.
    #[must_use]
    pub fn with_gradient(mut self, gradient: impl Fn(&[f64], &mut [f64]) + 'a) -> Self {
        self.gradient = Some(Box::new(gradient));
        self
    }

    /// Adds a closure that returns the value and writes the gradient into the second argument, for
    /// where that is cheaper than both alone.
    #[must_use]
    pub fn with_value_and_gradient(
        mut self,
        value_and_gradient: impl Fn(&[f64], &mut [f64]) -> f64 + 'a,
    ) -> Self {
        self.value_and_gradient = Some(Box::new(value_and_gradient));
        self
    }

    /// Adds the Hessian, written row by row into the second argument.
    #[must_use]
    pub fn with_hessian(mut self, hessian: impl Fn(&[f64], &mut [f64]) + 'a) -> Self {
        self.hessian = Some(Box::new(hessian));
        self
    }

    /// Adds the product of the Hessian with the second argument, written into the third.
    #[must_use]
    pub fn with_hessian_vector_product(
        mut self,
        product: impl Fn(&[f64], &[f64], &mut [f64]) + 'a,
    ) -> Self {
        self.product = Some(Box::new(product));
        self
    }
}

impl core::fmt::Debug for ClosureProblem<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("ClosureProblem")
            .field("dimension", &self.dimension)
            .field("gradient", &(self.gradient.is_some() || self.value_and_gradient.is_some()))
            .field("hessian", &self.hessian.is_some())
            .field("hessian_vector_product", &(self.product.is_some() || self.hessian.is_some()))
            .finish()
    }
}

impl Problem for ClosureProblem<'_> {
    fn dimension(&self) -> usize {
        self.dimension
    }

    fn value(&self, x: &[f64]) -> f64 {
        (self.value)(x)
    }

    fn gradient(&self, x: &[f64], gradient: &mut [f64]) -> Result<(), Error> {
        match (&self.gradient, &self.value_and_gradient) {
            (Some(f), _) => f(x, gradient),
            (None, Some(f)) => drop(f(x, gradient)),
            (None, None) => return Err(Error::NotProvided { what: Quantity::Gradient }),
        }
        Ok(())
    }

    fn value_and_gradient(&self, x: &[f64], gradient: &mut [f64]) -> Result<f64, Error> {
        if let Some(f) = &self.value_and_gradient {
            return Ok(f(x, gradient));
        }
        self.gradient(x, gradient)?;
        Ok(self.value(x))
    }

    fn hessian(&self, x: &[f64], hessian: &mut [f64]) -> Result<(), Error> {
        let f = self.hessian.as_ref().ok_or(Error::NotProvided { what: Quantity::Hessian })?;
        f(x, hessian);
        Ok(())
    }

    fn hessian_vector_product(
        &self,
        x: &[f64],
        v: &[f64],
        product: &mut [f64],
    ) -> Result<(), Error> {
        let Some(f) = &self.product else {
            return super::product_from_hessian(self, x, v, product);
        };
        f(x, v, product);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_has_a_name() {
        let problem = ClosureProblem::new(2, |x| x[0] * x[1]);
        let (x, mut out) = ([1.0, 2.0], [0.0; 4]);
        let missing = |what| Err(Error::NotProvided { what });
        assert_eq!(problem.gradient(&x, &mut out[..2]), missing(Quantity::Gradient));
        assert_eq!(
            problem.value_and_gradient(&x, &mut out[..2]).map(drop),
            missing(Quantity::Gradient)
        );
        assert_eq!(problem.hessian(&x, &mut out), missing(Quantity::Hessian));
        assert_eq!(
            problem.hessian_vector_product(&x, &x, &mut out[..2]),
            missing(Quantity::HessianVectorProduct)
        );
    }

    #[test]
    fn one_closure_serves_value_and_gradient() {
        let problem = ClosureProblem::new(1, |x| x[0] * x[0]).with_value_and_gradient(|x, g| {
            g[0] = 2.0 * x[0];
            x[0] * x[0]
        });
        let mut gradient = [0.0];
        assert_eq!(problem.value_and_gradient(&[3.0], &mut gradient), Ok(9.0));
        problem.gradient(&[-1.0], &mut gradient).unwrap();
        assert_eq!(gradient, [-2.0]);
    }

    #[test]
    fn products_come_from_the_hessian() {
        let problem = ClosureProblem::new(2, |x| x[0] * x[1] + x[0] * x[0])
            .with_hessian(|_, h| h.copy_from_slice(&[2.0, 1.0, 1.0, 0.0]));
        let mut product = [0.0; 2];
        problem.hessian_vector_product(&[5.0, 6.0], &[1.0, 2.0], &mut product).unwrap();
        assert_eq!(product, [4.0, 1.0]);
    }
}
