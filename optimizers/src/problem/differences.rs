//! Derivatives by central differences, for problems that have none.

use core::cell::RefCell;

use super::Problem;
use crate::Error;

/// A problem whose missing derivatives are central differences.
///
/// $$
/// \partial_i f(x) \approx \frac{f(x + h_i e_i) - f(x - h_i e_i)}{2 h_i}, \qquad
/// h_i = \varepsilon^{1/3} \max(1, \lvert x_i \rvert)
/// $$
///
/// and Hessian-vector products are differences of gradients along $v$. It is wrapped around a
/// problem by intent only: a gradient costs $2n$ values and is right to about $10^{-10}$ relative
/// to the scale of $f$, so that a minimiser cannot reach the tolerance that exact gradients allow.
/// A gradient of the problem's own is left as it is; differences of differences are not taken.
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
    point: RefCell<Vec<f64>>,
}

impl<P: Problem> FiniteDifferences<P> {
    /// `problem` with differences in place of what it lacks.
    pub fn new(problem: P) -> Self {
        let point = RefCell::new(vec![0.0; problem.dimension()]);
        Self { problem, point }
    }
}

/// The step for a variable of this size.
fn step(scale: f64) -> f64 {
    f64::EPSILON.cbrt() * scale.abs().max(1.0)
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
        let mut point = self.point.borrow_mut();
        point.copy_from_slice(x);
        for i in 0..x.len() {
            let h = step(x[i]);
            let (above, below) = (x[i] + h, x[i] - h);
            point[i] = above;
            let difference = self.problem.value(&point);
            point[i] = below;
            // The distance of the two points as they are represented.
            gradient[i] = (difference - self.problem.value(&point)) / (above - below);
            point[i] = x[i];
        }
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
        let largest = |v: &[f64]| v.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
        let length = largest(v);
        if length == 0.0 {
            product.fill(0.0);
            return Ok(());
        }
        let h = step(largest(x)) / length;
        let mut point = self.point.borrow_mut();
        let mut shift = |h: f64| {
            for ((p, x), v) in point.iter_mut().zip(x).zip(v) {
                *p = x + h * v;
            }
            point.clone()
        };
        self.problem.gradient(&shift(h), product)?;
        let mut below = vec![0.0; x.len()];
        self.problem.gradient(&shift(-h), &mut below)?;
        for (p, b) in product.iter_mut().zip(below) {
            *p = (*p - b) / (2.0 * h);
        }
        Ok(())
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
        problem.hessian_vector_product(&[3.0, 5.0], &[1.0, 2.0], &mut product).unwrap();
        assert!((product[0] - 22.0).abs() < 1e-7 && (product[1] - 6.0).abs() < 1e-7);
        problem.hessian_vector_product(&[3.0, 5.0], &[0.0, 0.0], &mut product).unwrap();
        assert_eq!(product, [0.0, 0.0]);
    }
}
