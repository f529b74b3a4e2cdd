//! Backtracking until Armijo's condition holds.
//!
//! $$ f(x + \alpha d) \le f(x) + c\,\alpha\, \nabla f(x)^\top d $$
//!
//! L. Armijo, *Minimization of functions having Lipschitz continuous first partial derivatives*
//! (1966); J. Nocedal and S. J. Wright, *Numerical optimization* (2006), algorithm 3.1.

use super::{LineSearch, LineSearchEnd, failure, rounding, slope};
use crate::error::validate;
use crate::{Error, Point, Run, Stop, vector};

const OWNER: &str = "backtracking";

/// Shortens the step until the value decreases enough (Armijo's condition),
/// $f(x + \alpha d) \le f(x) + c\,\alpha\,\nabla f(x)^\top d$.
///
/// Each trial is the last one times $\rho$. Values that are infinite or NaN count as no decrease;
/// values that differ by rounding alone count as one if the slope along $d$ has become smaller.
///
/// Cost: one value a trial, one gradient at the end.
///
/// Source: J. Nocedal, S. J. Wright, *Numerical optimization* (2006), algorithm 3.1.
///
/// # Examples
/// ```
/// use optimizers::{Backtracking, ClosureProblem, GradientDescent, minimize};
///
/// // The logarithm is not defined on the left: those trials are backed off from.
/// let problem =
///     ClosureProblem::new(1, |x| x[0] - x[0].ln()).with_gradient(|x, g| g[0] = 1.0 - 1.0 / x[0]);
/// let method = GradientDescent::with_line_search(Backtracking::new().with_shrinkage(0.3)?);
/// let solution = minimize(&problem, &[5.0], &method)?;
/// assert!(solution.status.is_converged() && (solution.x[0] - 1.0).abs() < 1e-7);
/// # Ok::<(), optimizers::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Backtracking {
    sufficient_decrease: f64,
    shrinkage: f64,
    max_trials: usize,
}

impl Default for Backtracking {
    fn default() -> Self {
        Self::new()
    }
}

impl Backtracking {
    /// $c = 10^{-4}$, $\rho = \frac12$, at most 60 trials.
    pub fn new() -> Self {
        Self { sufficient_decrease: 1e-4, shrinkage: 0.5, max_trials: 60 }
    }

    /// The share $c$ of the promised decrease that is enough, of $(0, 1)$.
    ///
    /// # Errors
    /// [`Error::InvalidValue`] outside of the domain.
    pub fn with_sufficient_decrease(mut self, c: f64) -> Result<Self, Error> {
        self.sufficient_decrease = fraction("sufficient decrease", c)?;
        Ok(self)
    }

    /// The ratio $\rho$ of successive trials, of $(0, 1)$.
    ///
    /// # Errors
    /// [`Error::InvalidValue`] outside of the domain.
    pub fn with_shrinkage(mut self, rho: f64) -> Result<Self, Error> {
        self.shrinkage = fraction("shrinkage", rho)?;
        Ok(self)
    }

    /// The number of trials after which the search fails.
    #[must_use]
    pub fn with_max_trials(mut self, max_trials: usize) -> Self {
        self.max_trials = max_trials;
        self
    }
}

impl Backtracking {
    /// Whether the trial is good; its gradient is there if so.
    fn is_acceptable(
        &self,
        run: &mut Run<'_>,
        direction: &[f64],
        alpha: f64,
        slope: f64,
        trial: &mut Point,
    ) -> Result<bool, Stop> {
        let start = run.point().value;
        let equal = (trial.value - start).abs() <= rounding(run);
        let decreased = trial.value <= start + self.sufficient_decrease * alpha * slope;
        if !trial.value.is_finite() || !(decreased || equal) {
            return Ok(false);
        }
        run.evaluate_gradient(trial)?;
        // Where the values cannot tell the points apart, the slopes can.
        let flatter = vector::dot(&trial.gradient, direction).abs() < -slope;
        Ok(trial.gradient.iter().all(|g| g.is_finite()) && (flatter || !equal))
    }
}

fn fraction(name: &'static str, value: f64) -> Result<f64, Error> {
    validate(OWNER, name, value, "in (0, 1)", |v| v > 0.0 && v < 1.0)
}

impl LineSearch for Backtracking {
    fn name(&self) -> &'static str {
        OWNER
    }

    fn search(
        &self,
        run: &mut Run<'_>,
        direction: &[f64],
        first: f64,
        trial: &mut Point,
    ) -> Result<LineSearchEnd, Stop> {
        let slope = slope(run, direction);
        // A step whose promised decrease is this large shows in the values.
        let visible = 1e3 * rounding(run);
        let is_visible = |alpha: f64| -alpha * slope >= visible;
        // Until a visible step has shown otherwise, its promise stands.
        let mut attainable = if is_visible(first) { f64::INFINITY } else { 0.0 };
        let mut alpha = first;
        for _ in 0..self.max_trials {
            vector::step(&run.point().x, alpha, direction, &mut trial.x);
            run.evaluate_value(trial)?;
            if self.is_acceptable(run, direction, alpha, slope, trial)? {
                return Ok(LineSearchEnd::Found { step_length: alpha });
            }
            let excess = trial.value - run.point().value - alpha * slope;
            if is_visible(alpha) && trial.value.is_finite() && excess > 0.0 {
                // The decrease at the minimum of the parabola through this value.
                attainable = (alpha * slope).powi(2) / (4.0 * excess);
            }
            alpha *= self.shrinkage;
        }
        Ok(failure(run, attainable))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_are_validated() {
        for bad in [0.0, 1.0, -0.5, f64::NAN] {
            assert!(Backtracking::new().with_shrinkage(bad).is_err());
            assert!(Backtracking::new().with_sufficient_decrease(bad).is_err());
        }
    }
}
