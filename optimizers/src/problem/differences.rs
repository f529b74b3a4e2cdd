//! Derivatives by differences, for problems that have none.

use calculus_core::Differences;

use super::Problem;
use crate::Error;
use crate::minimize::infinity_norm;

/// A problem whose missing derivatives are [`Differences`], by default central ones.
///
/// $$
/// \partial_i f(x) \approx \frac{f(x + h_i e_i) - f(x - h_i e_i)}{2 h_i}, \qquad
/// h_i = \varepsilon^{1/3} \max(1, \lvert x_i \rvert)
/// $$
///
/// and Hessian-vector products are differences of gradients along $v$, of
/// which they take three. It is wrapped around a
/// problem by intent only: a gradient costs $2n + 1$ values and is right to about $10^{-10}$ relative
/// to the scale of $f$, so that a minimiser cannot reach the tolerance that exact gradients allow.
/// A gradient of the problem's own is left as it is; differences of differences are not taken.
///
/// Where there is no difference, because the function is not finite beside the point, the derivative
/// is NaN, from which a minimiser backs off.
///
/// Source: J. Nocedal, S. J. Wright, *Numerical optimization* (2006), equations 8.7 and 8.20.
///
/// # Examples
/// ```
/// use optimizers::{ClosureProblem, FiniteDifferences, Lbfgs, Stopping, minimize_with};
///
/// let problem = ClosureProblem::new(2, |x| (x[0] - 1.0).powi(2) + x[1].cosh());
/// let stopping = Stopping::default().with_gradient_tolerance(1e-6, 0.0)?;
/// let solution =
///     minimize_with(&FiniteDifferences::new(problem), &[0.0, 1.0], &Lbfgs::new(), &stopping)?;
/// assert!(solution.status.is_converged());
/// assert!((solution.x[0] - 1.0).abs() < 1e-6);
/// # Ok::<(), optimizers::Error>(())
/// ```
#[derive(Debug)]
pub struct FiniteDifferences<P> {
    problem: P,
    differences: Differences,
}

impl<P: Problem> FiniteDifferences<P> {
    /// `problem` with central differences in place of what it lacks.
    pub fn new(problem: P) -> Self {
        Self { problem, differences: Differences::default().without_errors() }
    }

    /// Uses another scheme for the gradient, or other scales, bounds or noise.
    ///
    /// # Panics
    /// The evaluation of a gradient panics if a scale or bounds were set coordinate by coordinate,
    /// for another number of coordinates.
    ///
    /// # Examples
    /// ```
    /// use calculus_core::{Differences, Scheme};
    /// use optimizers::{ClosureProblem, FiniteDifferences, Problem};
    ///
    /// // The logarithm is not defined at 0 and below.
    /// let problem = ClosureProblem::new(1, |x| x[0].ln());
    /// let differences = Differences::new(Scheme::Ridders).bounds(0.0, f64::INFINITY)?;
    /// let problem = FiniteDifferences::new(problem).with_differences(differences);
    /// let mut gradient = [0.0];
    /// problem.gradient(&[1e-3], &mut gradient)?;
    /// assert!((gradient[0] - 1e3).abs() < 1e-9);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_differences(mut self, differences: Differences) -> Self {
        self.differences = differences;
        self
    }
}

/// Writes an estimate, or NaN where there is none.
fn write(
    estimate: Result<calculus_core::Estimate<Vec<f64>>, calculus_core::Error>,
    to: &mut [f64],
) {
    match estimate {
        Ok(estimate) => to.copy_from_slice(&estimate.value),
        Err(_) => to.fill(f64::NAN),
    }
}

impl<P: Problem> Problem for FiniteDifferences<P> {
    fn dimension(&self) -> usize {
        self.problem.dimension()
    }

    fn value(&self, x: &[f64]) -> f64 {
        self.problem.value(x)
    }

    fn gradient(&self, x: &[f64], gradient: &mut [f64]) -> Result<(), Error> {
        match self.problem.gradient(x, gradient) {
            Err(Error::NotProvided { .. }) => {}
            done => return done,
        }
        write(self.differences.gradient(|x| self.problem.value(x), x), gradient);
        Ok(())
    }

    fn hessian(&self, x: &[f64], hessian: &mut [f64]) -> Result<(), Error> {
        self.problem.hessian(x, hessian)
    }

    fn hessian_vector_product(
        &self,
        x: &[f64],
        v: &[f64],
        product: &mut [f64],
    ) -> Result<(), Error> {
        match self.problem.hessian_vector_product(x, v, product) {
            Err(Error::NotProvided { .. }) => {}
            done => return done,
        }
        let length = infinity_norm(v);
        if length == 0.0 {
            product.fill(0.0);
            return Ok(());
        }
        // The derivative of t -> gradient(x + t u) along u = v / |v|, on the scale of the point.
        let mut failure = None;
        let along = |t: &[f64]| {
            let shift = |(x, v): (&f64, &f64)| x + t[0] * (v / length);
            let point: Vec<f64> = x.iter().zip(v).map(shift).collect();
            let mut gradient = vec![0.0; x.len()];
            if let Err(error) = self.problem.gradient(&point, &mut gradient) {
                failure = Some(error);
            }
            gradient
        };
        let differences = Differences::default().without_errors().scale(infinity_norm(x).max(1.0));
        write(differences.and_then(|differences| differences.jacobian(along, &[0.0])), product);
        product.iter_mut().for_each(|p| *p *= length);
        failure.map_or(Ok(()), Err)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ClosureProblem, Quantity};

    #[test]
    fn differences_are_close() {
        let value = |x: &[f64]| x[0].sin() * x[1].exp();
        let problem = FiniteDifferences::new(ClosureProblem::new(2, value));
        let (x, mut gradient) = ([0.7, -0.3], [0.0; 2]);
        assert_eq!(problem.value_and_gradient(&x, &mut gradient), Ok(value(&x)));
        let exact = [x[0].cos() * x[1].exp(), value(&x)];
        assert!((gradient[0] - exact[0]).abs() < 1e-10 && (gradient[1] - exact[1]).abs() < 1e-10);
        assert_eq!(
            problem.hessian_vector_product(&x, &x, &mut gradient),
            Err(Error::NotProvided { what: Quantity::Gradient })
        );
    }

    #[test]
    fn exact_gradients_are_kept_and_give_products() {
        let problem = ClosureProblem::new(2, |x| x[0] * x[0] * x[1]).with_gradient(|x, g| {
            g[0] = 2.0 * x[0] * x[1];
            g[1] = x[0] * x[0];
        });
        let problem = FiniteDifferences::new(problem);
        let (mut gradient, mut product) = ([0.0; 2], [0.0; 2]);
        problem.gradient(&[3.0, 5.0], &mut gradient).unwrap();
        assert_eq!(gradient, [30.0, 9.0]);
        for scale in [1.0, 1e-200, 1e200] {
            let v = [scale, 2.0 * scale];
            problem.hessian_vector_product(&[3.0, 5.0], &v, &mut product).unwrap();
            let product = product.map(|p| p / scale);
            assert!((product[0] - 22.0).abs() < 1e-7 && (product[1] - 6.0).abs() < 1e-7);
        }
        problem.hessian_vector_product(&[3.0, 5.0], &[0.0, 0.0], &mut product).unwrap();
        assert_eq!(product, [0.0, 0.0]);
    }

    #[test]
    fn where_the_function_is_not_finite_there_is_no_difference() {
        let problem = FiniteDifferences::new(ClosureProblem::new(1, |x| x[0].ln()));
        let mut gradient = [0.0];
        for x in [0.0, -1.0, 1e-9, f64::NAN, f64::INFINITY] {
            problem.gradient(&[x], &mut gradient).unwrap();
            assert!(gradient[0].is_nan(), "{x}");
        }
        problem.hessian_vector_product(&[1.0], &[f64::NAN], &mut gradient).unwrap_err();
        let problem = ClosureProblem::new(1, |x| x[0].ln()).with_gradient(|x, g| g[0] = 1.0 / x[0]);
        let problem = FiniteDifferences::new(problem);
        for v in [f64::NAN, f64::INFINITY] {
            problem.hessian_vector_product(&[1.0], &[v], &mut gradient).unwrap();
            assert!(gradient[0].is_nan(), "{v}");
        }
    }
}
