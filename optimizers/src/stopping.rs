//! When a minimisation stops.

use core::time::Duration;

use crate::Error;
use crate::error::non_negative;

const OWNER: &str = "stopping";

/// When a minimisation stops.
///
/// A run converges when the gradient is small,
/// $$ \lVert \nabla f(x) \rVert_\infty \le \epsilon_a + \epsilon_r \lVert \nabla f(x_0) \rVert_\infty, $$
/// and that is the only test which counts as convergence. The tests on the change of the value and
/// of the point are off unless set: they tell that progress is slow, not that a minimum is near.
/// The budgets are shared with the line search, so no inner loop can outlast them.
///
/// # Examples
/// ```
/// use core::time::Duration;
/// use optimizers::Stopping;
///
/// let stopping = Stopping::default()
///     .with_gradient_tolerance(1e-6, 0.0)?
///     .with_max_iterations(500)
///     .with_time_limit(Duration::from_secs(10));
/// assert_eq!(stopping.max_iterations(), 500);
/// # Ok::<(), optimizers::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Stopping {
    gradient_absolute: f64,
    gradient_relative: f64,
    value: Option<(f64, f64)>,
    step: Option<(f64, f64)>,
    target: Option<f64>,
    max_iterations: usize,
    max_evaluations: usize,
    time_limit: Option<Duration>,
}

impl Default for Stopping {
    /// $\epsilon_a = 10^{-8}$, $\epsilon_r = 0$; at most 10,000 iterations and 100,000 evaluations.
    fn default() -> Self {
        Self {
            gradient_absolute: 1e-8,
            gradient_relative: 0.0,
            value: None,
            step: None,
            target: None,
            max_iterations: 10_000,
            max_evaluations: 100_000,
            time_limit: None,
        }
    }
}

impl Stopping {
    /// Converges at $\lVert \nabla f(x) \rVert_\infty \le$ `absolute` $+$ `relative`
    /// $\lVert \nabla f(x_0) \rVert_\infty$.
    ///
    /// # Errors
    /// [`Error::InvalidValue`] if one is negative or not finite.
    pub fn with_gradient_tolerance(mut self, absolute: f64, relative: f64) -> Result<Self, Error> {
        self.gradient_absolute = non_negative(OWNER, "absolute gradient tolerance", absolute)?;
        self.gradient_relative = non_negative(OWNER, "relative gradient tolerance", relative)?;
        Ok(self)
    }

    /// Stops at $\lvert f_{k+1} - f_k \rvert \le$ `absolute` $+$ `relative`
    /// $\max(\lvert f_k \rvert, \lvert f_{k+1} \rvert)$.
    ///
    /// # Errors
    /// [`Error::InvalidValue`] if one is negative or not finite.
    pub fn with_value_tolerance(mut self, absolute: f64, relative: f64) -> Result<Self, Error> {
        let absolute = non_negative(OWNER, "absolute value tolerance", absolute)?;
        self.value = Some((absolute, non_negative(OWNER, "relative value tolerance", relative)?));
        Ok(self)
    }

    /// Stops at $\lVert x_{k+1} - x_k \rVert_\infty \le$ `absolute` $+$ `relative`
    /// $\lVert x_{k+1} \rVert_\infty$.
    ///
    /// # Errors
    /// [`Error::InvalidValue`] if one is negative or not finite.
    pub fn with_step_tolerance(mut self, absolute: f64, relative: f64) -> Result<Self, Error> {
        let absolute = non_negative(OWNER, "absolute step tolerance", absolute)?;
        self.step = Some((absolute, non_negative(OWNER, "relative step tolerance", relative)?));
        Ok(self)
    }

    /// Stops at $f(x) \le$ `target`.
    #[must_use]
    pub fn with_target_value(mut self, target: f64) -> Self {
        self.target = Some(target);
        self
    }

    /// Stops past this many iterations.
    #[must_use]
    pub fn with_max_iterations(mut self, max_iterations: usize) -> Self {
        self.max_iterations = max_iterations;
        self
    }

    /// Stops before the function is evaluated at more points than this; at the start it always is.
    #[must_use]
    pub fn with_max_evaluations(mut self, max_evaluations: usize) -> Self {
        self.max_evaluations = max_evaluations;
        self
    }

    /// Stops before the first evaluation past this time; the start always is evaluated.
    #[must_use]
    pub fn with_time_limit(mut self, time_limit: Duration) -> Self {
        self.time_limit = Some(time_limit);
        self
    }

    /// The bound on the number of iterations.
    pub fn max_iterations(&self) -> usize {
        self.max_iterations
    }

    /// The bound on the number of points at which the function is evaluated.
    pub fn max_evaluations(&self) -> usize {
        self.max_evaluations
    }

    /// The bound on the time.
    pub fn time_limit(&self) -> Option<Duration> {
        self.time_limit
    }

    /// The bound on $\lVert \nabla f(x) \rVert_\infty$, for a run whose first gradient has the norm
    /// `initial`.
    pub fn gradient_bound(&self, initial: f64) -> f64 {
        self.gradient_absolute + self.gradient_relative * initial
    }

    /// Whether a change of the value is so small that the run stops.
    pub(crate) fn value_stalls(&self, previous: f64, value: f64) -> bool {
        self.value.is_some_and(|(absolute, relative)| {
            (previous - value).abs() <= absolute + relative * previous.abs().max(value.abs())
        })
    }

    /// Whether a change of the point by `step`, to a point of norm `norm`, is so small that the run
    /// stops.
    pub(crate) fn step_stalls(&self, step: f64, norm: f64) -> bool {
        self.step.is_some_and(|(absolute, relative)| step <= absolute + relative * norm)
    }

    /// Whether the value is as low as was asked for.
    pub(crate) fn target_reached(&self, value: f64) -> bool {
        self.target.is_some_and(|target| value <= target)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tolerances_are_validated() {
        for bad in [-1.0, f64::NAN, f64::INFINITY] {
            assert!(Stopping::default().with_gradient_tolerance(bad, 0.0).is_err());
            assert!(Stopping::default().with_value_tolerance(0.0, bad).is_err());
            assert!(Stopping::default().with_step_tolerance(bad, 0.0).is_err());
        }
    }

    #[test]
    fn what_is_not_set_never_fires() {
        let stopping = Stopping::default();
        assert!(!stopping.value_stalls(1.0, 1.0));
        assert!(!stopping.step_stalls(0.0, 1.0));
        assert!(!stopping.target_reached(f64::MIN));
        let stopping = stopping.with_value_tolerance(0.0, 0.0).unwrap().with_target_value(2.0);
        assert!(stopping.value_stalls(1.0, 1.0) && !stopping.value_stalls(1.0, 0.9));
        assert!(stopping.target_reached(2.0) && !stopping.target_reached(f64::NAN));
    }
}
