//! Gradient descent.
//!
//! $$ x_{k+1} = x_k - \alpha_k \nabla f(x_k) $$

use super::{Method, Point, Run, Status, Stop, infinity_norm};
use crate::error::positive;
use crate::line_search::{Backtracking, LineSearch, LineSearchEnd};
use crate::{Error, vector};

/// Gradient descent, $x_{k+1} = x_k - \alpha_k \nabla f(x_k)$.
///
/// The step length $\alpha_k$ is [fixed](Self::fixed), [exact](Self::exact) for quadratics, or
/// found by [backtracking](Self::backtracking) or another [line search](Self::with_line_search).
/// On a quadratic with condition number $\kappa$, exact steps shrink $f - f^*$ by at least
/// $\left(\frac{\kappa - 1}{\kappa + 1}\right)^2$ in each iteration.
///
/// Cost: one gradient an iteration, and what the line search takes.
///
/// Source: J. Nocedal, S. J. Wright, *Numerical optimization* (2006), section 3.3; A.-L. Cauchy,
/// *Méthode générale pour la résolution des systèmes d'équations simultanées* (1847).
///
/// # Examples
/// ```
/// use optimizers::{ClosureProblem, GradientDescent, minimize};
///
/// let problem = ClosureProblem::new(2, |x| x[0].powi(2) + 5.0 * x[1].powi(2)).with_gradient(|x, g| {
///     g[0] = 2.0 * x[0];
///     g[1] = 10.0 * x[1];
/// });
/// for method in [GradientDescent::fixed(0.1)?, GradientDescent::backtracking()] {
///     let solution = minimize(&problem, &[1.0, 1.0], &method)?;
///     assert!(solution.status.is_converged());
/// }
/// # Ok::<(), optimizers::Error>(())
/// ```
#[derive(Debug)]
pub struct GradientDescent {
    step: Step,
}

#[derive(Debug)]
enum Step {
    Fixed(f64),
    Exact,
    Search(Box<dyn LineSearch>),
}

impl GradientDescent {
    /// Always the step length $\alpha > 0$. The run ends with [`Status::NonFinite`] if it diverges.
    ///
    /// # Errors
    /// [`Error::InvalidValue`] outside of the domain.
    pub fn fixed(step_length: f64) -> Result<Self, Error> {
        let step_length = positive("gradient descent", "step length", step_length)?;
        Ok(Self { step: Step::Fixed(step_length) })
    }

    /// The step length that minimises a quadratic along the gradient,
    /// $\alpha = \frac{g^\top g}{g^\top H g}$, from one Hessian-vector product.
    ///
    /// On a function that is not quadratic this is the minimiser of its second-order model; the
    /// value may then increase. A curvature that is not positive ends the run with
    /// [`Status::NotConvex`].
    pub fn exact() -> Self {
        Self { step: Step::Exact }
    }

    /// The step length by [`Backtracking`].
    pub fn backtracking() -> Self {
        Self::with_line_search(Backtracking::new())
    }

    /// The step length that `search` finds. Its first trial is the minimiser of the parabola that
    /// repeats the decrease of the iteration before (Nocedal and Wright, equation 3.60).
    pub fn with_line_search(search: impl LineSearch + 'static) -> Self {
        Self { step: Step::Search(Box::new(search)) }
    }
}

/// $2 (f_k - f_{k-1}) / \varphi'(0)$, within a factor of ten of the step before.
fn first_trial(run: &Run<'_>, previous: Option<f64>) -> f64 {
    let gradient = &run.point().gradient;
    let (Some(step), [.., before, now]) = (previous, run.history()) else {
        // A step no longer than the point, or than 1.
        let size = infinity_norm(&run.point().x).max(1.0);
        return 1.0_f64.min(size / vector::norm(gradient));
    };
    let trial = 2.0 * (before.value - now.value) / vector::dot(gradient, gradient);
    if trial > 0.0 { trial.clamp(0.1 * step, 10.0 * step) } else { step }
}

impl Method for GradientDescent {
    fn name(&self) -> &'static str {
        "gradient descent"
    }

    fn run(&self, run: &mut Run<'_>) -> Result<Status, Stop> {
        let n = run.dimension();
        let mut trial = Point { x: vec![0.0; n], value: 0.0, gradient: vec![0.0; n] };
        let mut direction = vec![0.0; n];
        let mut previous = None;
        loop {
            let gradient = &run.point().gradient;
            for (d, g) in direction.iter_mut().zip(gradient) {
                *d = -g;
            }
            let step_length = match &self.step {
                Step::Fixed(step_length) => *step_length,
                Step::Exact => {
                    run.hessian_vector_product(&direction, &mut trial.gradient)?;
                    let curvature = vector::dot(&direction, &trial.gradient);
                    let step_length = vector::dot(&direction, &direction) / curvature;
                    if !(curvature > 0.0 && step_length.is_finite()) {
                        return Ok(Status::NotConvex);
                    }
                    step_length
                }
                Step::Search(search) => {
                    let first = first_trial(run, previous);
                    match search.search(run, &direction, first, &mut trial)? {
                        LineSearchEnd::Found { step_length } => step_length,
                        LineSearchEnd::Failed { status } => return Ok(status),
                    }
                }
            };
            if !matches!(self.step, Step::Search(_)) {
                vector::step(&run.point().x, step_length, &direction, &mut trial.x);
                run.evaluate(&mut trial)?;
            }
            run.accept(&mut trial, step_length)?;
            previous = Some(step_length);
        }
    }
}
