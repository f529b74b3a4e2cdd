//! Minimisation of smooth functions without constraints.

mod gradient_descent;
mod run;
mod solution;

use core::fmt::Debug;
use core::ops::ControlFlow;

pub use gradient_descent::GradientDescent;
pub use run::{Iterate, Point, Run, Stop};
pub(crate) use solution::infinity_norm;
pub use solution::{Record, Solution, Status};

use crate::{Error, Problem, Stopping};

/// A method of minimisation: immutable configuration that drives a [`Run`].
///
/// # Examples
/// A method of one's own, with a fixed step along the negative gradient:
/// ```
/// use optimizers::{ClosureProblem, Method, Run, Status, Stop, minimize};
///
/// #[derive(Debug)]
/// struct FixedStep(f64);
///
/// impl Method for FixedStep {
///     fn name(&self) -> &'static str {
///         "fixed step"
///     }
///     fn run(&self, run: &mut Run<'_>) -> Result<Status, Stop> {
///         let mut trial = run.point().clone();
///         loop {
///             for (x, g) in trial.x.iter_mut().zip(&run.point().gradient) {
///                 *x -= self.0 * g;
///             }
///             run.evaluate(&mut trial)?;
///             run.accept(&mut trial, self.0)?; // leaves the loop when a test fires
///             trial.clone_from(run.point());
///         }
///     }
/// }
///
/// let problem = ClosureProblem::new(1, |x| x[0].powi(2)).with_gradient(|x, g| g[0] = 2.0 * x[0]);
/// let solution = minimize(&problem, &[1.0], &FixedStep(0.25))?;
/// assert_eq!(solution.status, Status::GradientTolerance);
/// # Ok::<(), optimizers::Error>(())
/// ```
pub trait Method: Debug {
    /// The name of the method, for messages.
    fn name(&self) -> &'static str;

    /// Iterates until the run stops it, or until it can go no further and says why.
    ///
    /// # Errors
    /// [`Stop`], from the run: a test that fired, or an error of the problem.
    fn run(&self, run: &mut Run<'_>) -> Result<Status, Stop>;
}

/// Minimises `problem` from `x0` with the default [`Stopping`].
///
/// # Errors
/// [`Error::StartDimension`] or [`Error::NonFiniteStart`] for a start that cannot be used,
/// [`Error::NotProvided`] if the method needs a derivative that the problem does not have. Not
/// converging is no error but a [`Status`].
///
/// # Examples
/// ```
/// use optimizers::{ClosureProblem, Lbfgs, minimize};
///
/// let problem = ClosureProblem::new(1, |x| x[0].cosh()).with_gradient(|x, g| g[0] = x[0].sinh());
/// let solution = minimize(&problem, &[3.0], &Lbfgs::new())?;
/// assert!(solution.status.is_converged());
/// assert!(solution.x[0].abs() < 1e-8 && solution.value == 1.0);
/// # Ok::<(), optimizers::Error>(())
/// ```
pub fn minimize(problem: &dyn Problem, x0: &[f64], method: &dyn Method) -> Result<Solution, Error> {
    minimize_with(problem, x0, method, &Stopping::default())
}

/// Minimises `problem` from `x0` and stops as `stopping` says.
///
/// # Errors
/// As [`minimize`].
///
/// # Examples
/// ```
/// use optimizers::{ClosureProblem, Lbfgs, Status, Stopping, minimize_with};
///
/// let problem = ClosureProblem::new(1, |x| x[0].powi(4)).with_gradient(|x, g| g[0] = 4.0 * x[0].powi(3));
/// let stopping = Stopping::default().with_max_iterations(2);
/// let solution = minimize_with(&problem, &[3.0], &Lbfgs::new(), &stopping)?;
/// assert_eq!((solution.status, solution.iterations), (Status::MaxIterations, 2));
/// # Ok::<(), optimizers::Error>(())
/// ```
pub fn minimize_with(
    problem: &dyn Problem,
    x0: &[f64],
    method: &dyn Method,
    stopping: &Stopping,
) -> Result<Solution, Error> {
    minimize_observed(problem, x0, method, stopping, &mut |_| ControlFlow::Continue(()))
}

/// Minimises `problem` from `x0` and shows every iterate to `observer`, which may stop the run.
///
/// The observer sees the start as iterate 0. The test of convergence takes precedence over it.
///
/// # Errors
/// As [`minimize`].
///
/// # Examples
/// ```
/// use core::ops::ControlFlow;
/// use optimizers::{ClosureProblem, Lbfgs, Status, Stopping, minimize_observed};
///
/// let problem = ClosureProblem::new(1, |x| x[0].powi(4)).with_gradient(|x, g| g[0] = 4.0 * x[0].powi(3));
/// let mut values = Vec::new();
/// let solution =
///     minimize_observed(&problem, &[3.0], &Lbfgs::new(), &Stopping::default(), &mut |iterate| {
///         values.push(iterate.point.value);
///         if iterate.point.value < 1e-3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
///     })?;
/// assert_eq!(solution.status, Status::Observer);
/// assert_eq!((values[0], values.last()), (81.0, Some(&solution.value)));
/// # Ok::<(), optimizers::Error>(())
/// ```
pub fn minimize_observed(
    problem: &dyn Problem,
    x0: &[f64],
    method: &dyn Method,
    stopping: &Stopping,
    observer: &mut dyn FnMut(&Iterate<'_>) -> ControlFlow<()>,
) -> Result<Solution, Error> {
    let mut run = Run::start(problem, x0, stopping, observer)?;
    let status = match run.begin() {
        Err(stop) => Err(stop),
        Ok(()) => method.run(&mut run),
    };
    let status = match status {
        Ok(status) | Err(Stop::Status(status)) => status,
        Err(Stop::Error(error)) => return Err(error),
    };
    let solution = run.finish(status)?;
    tracing::debug!(
        method = method.name(),
        status = %solution.status,
        iterations = solution.iterations,
        value = solution.value,
        "minimisation ended"
    );
    Ok(solution)
}
