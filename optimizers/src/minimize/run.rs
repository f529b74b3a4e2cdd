//! A minimisation under way: the present point, the budgets and the tests.

use core::ops::ControlFlow;
use std::time::Instant;

use super::solution::{Record, Solution, Status, infinity_norm};
use crate::{Counted, Error, Evaluations, Problem, Quantity, Stopping};

/// A point with its value and gradient.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Point {
    /// The point.
    pub x: Vec<f64>,
    /// The value there.
    pub value: f64,
    /// The gradient there.
    pub gradient: Vec<f64>,
}

impl Point {
    fn is_finite(&self) -> bool {
        self.value.is_finite() && all_finite(&self.x) && all_finite(&self.gradient)
    }
}

/// What an observer sees of a run.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Iterate<'a> {
    /// The point, with value and gradient.
    pub point: &'a Point,
    /// The numbers that go into the history.
    pub record: &'a Record,
    /// The evaluations so far.
    pub evaluations: Evaluations,
}

/// Why a [`Method`](crate::Method) has to leave its loop. It is handed on with `?`.
#[derive(Clone, Debug, PartialEq)]
pub enum Stop {
    /// A test of the run fired.
    Status(Status),
    /// The problem lacks something.
    Error(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// A minimisation under way.
///
/// It holds the present point, evaluates the problem within the budgets, remembers the best point,
/// and applies the tests of the [`Stopping`] to every iterate. A [`Method`](crate::Method) and its
/// line search evaluate through it alone, so no loop can outlast the budgets.
pub struct Run<'a> {
    problem: Counted<'a>,
    stopping: &'a Stopping,
    observer: &'a mut dyn FnMut(&Iterate<'_>) -> ControlFlow<()>,
    started: Instant,
    point: Point,
    /// A point lower than the present one that was not accepted; its gradient may be missing.
    lower: Option<Point>,
    gradient_bound: f64,
    history: Vec<Record>,
}

impl<'a> Run<'a> {
    /// Evaluates the start.
    pub(super) fn start(
        problem: &'a dyn Problem,
        x0: &[f64],
        stopping: &'a Stopping,
        observer: &'a mut dyn FnMut(&Iterate<'_>) -> ControlFlow<()>,
    ) -> Result<Self, Error> {
        let (expected, found) = (problem.dimension(), x0.len());
        if expected != found {
            return Err(Error::StartDimension { expected, found });
        }
        finite(Quantity::Point, x0)?;
        let started = Instant::now();
        let problem = Counted::new(problem);
        let mut gradient = vec![0.0; found];
        let value = problem.value_and_gradient(x0, &mut gradient)?;
        finite(Quantity::Value, &[value])?;
        finite(Quantity::Gradient, &gradient)?;
        let gradient_bound = stopping.gradient_bound(infinity_norm(&gradient));
        let point = Point { x: x0.to_vec(), value, gradient };
        let (lower, history) = (None, Vec::new());
        Ok(Self { problem, stopping, observer, started, point, lower, gradient_bound, history })
    }

    /// Applies the tests to the start.
    pub(super) fn begin(&mut self) -> Result<(), Stop> {
        self.record(0.0, None)
    }

    /// The result, once the method has ended with `status`.
    pub(super) fn finish(mut self, status: Status) -> Result<Solution, Error> {
        if let Some(mut lower) =
            self.lower.take().filter(|l| !status.is_converged() && l.value < self.point.value)
        {
            if lower.gradient.is_empty() {
                lower.gradient.resize(lower.x.len(), 0.0);
                self.problem.gradient(&lower.x, &mut lower.gradient)?;
            }
            if lower.is_finite() {
                self.point = lower;
            }
        }
        let Point { x, value, gradient } = self.point;
        let iterations = self.history.len() - 1;
        let (evaluations, history) = (self.problem.evaluations(), self.history);
        Ok(Solution { x, value, gradient, status, iterations, evaluations, history })
    }

    /// The number of variables.
    pub fn dimension(&self) -> usize {
        self.point.x.len()
    }

    /// The present point.
    pub fn point(&self) -> &Point {
        &self.point
    }

    /// The number of steps taken so far.
    pub fn iteration(&self) -> usize {
        self.history.len().saturating_sub(1)
    }

    /// The evaluations so far.
    pub fn evaluations(&self) -> Evaluations {
        self.problem.evaluations()
    }

    /// The records so far.
    pub fn history(&self) -> &[Record] {
        &self.history
    }

    /// Sets value and gradient of `trial` from its `x`. They may be infinite or NaN.
    ///
    /// A step may overflow; the problem is not asked at an `x` that is not finite, where the value
    /// is NaN.
    ///
    /// # Errors
    /// [`Stop`] when a budget is used up, or the problem has no gradient.
    pub fn evaluate(&mut self, trial: &mut Point) -> Result<(), Stop> {
        self.check_budget()?;
        if !all_finite(&trial.x) {
            trial.value = f64::NAN;
            return Ok(());
        }
        trial.value = self.problem.value_and_gradient(&trial.x, &mut trial.gradient)?;
        if self.is_lowest(trial.value) && trial.is_finite() {
            self.lower.get_or_insert_default().clone_from(trial);
        }
        Ok(())
    }

    /// Sets the value of `trial` from its `x`, and not its gradient. It may be infinite or NaN, as
    /// for [`evaluate`](Self::evaluate).
    ///
    /// # Errors
    /// [`Stop`] when a budget is used up.
    pub fn evaluate_value(&mut self, trial: &mut Point) -> Result<(), Stop> {
        self.check_budget()?;
        if !all_finite(&trial.x) {
            trial.value = f64::NAN;
            return Ok(());
        }
        trial.value = self.problem.value(&trial.x);
        if self.is_lowest(trial.value) && trial.value.is_finite() {
            let lower = self.lower.get_or_insert_default();
            lower.x.clone_from(&trial.x);
            lower.value = trial.value;
            lower.gradient.clear();
        }
        Ok(())
    }

    /// Sets the gradient of `trial` from its `x`, whose value is known.
    ///
    /// # Errors
    /// [`Stop`] when a budget is used up, or the problem has no gradient.
    pub fn evaluate_gradient(&mut self, trial: &mut Point) -> Result<(), Stop> {
        self.check_time()?;
        self.problem.gradient(&trial.x, &mut trial.gradient)?;
        Ok(())
    }

    /// Writes $\nabla^2 f(x)\,v$ at the present point.
    ///
    /// # Errors
    /// [`Stop`] when a budget is used up, or the problem has no Hessian-vector product.
    pub fn hessian_vector_product(&mut self, v: &[f64], product: &mut [f64]) -> Result<(), Stop> {
        self.check_time()?;
        Ok(self.problem.hessian_vector_product(&self.point.x, v, product)?)
    }

    /// Writes $\nabla^2 f(x)$ at the present point, row by row.
    ///
    /// # Errors
    /// [`Stop`] when a budget is used up, or the problem has no Hessian.
    pub fn hessian(&mut self, hessian: &mut [f64]) -> Result<(), Stop> {
        self.check_time()?;
        Ok(self.problem.hessian(&self.point.x, hessian)?)
    }

    /// Moves to `trial`, which was [evaluated](Self::evaluate), and applies the tests. The previous
    /// point is left in `trial`.
    ///
    /// # Errors
    /// [`Stop`] when a test fires, or the trial is not finite; the run then stays where it is.
    pub fn accept(&mut self, trial: &mut Point, step_length: f64) -> Result<(), Stop> {
        if !trial.is_finite() {
            return Err(Stop::Status(Status::NonFinite));
        }
        core::mem::swap(&mut self.point, trial);
        if let Some(lower) = self.lower.as_mut().filter(|l| l.value >= self.point.value) {
            lower.value = f64::INFINITY; // its buffers serve the next one
        }
        self.record(step_length, Some(trial))
    }

    fn is_lowest(&self, value: f64) -> bool {
        value < self.lower.as_ref().map_or(self.point.value, |l| l.value.min(self.point.value))
    }

    fn check_time(&self) -> Result<(), Stop> {
        match self.stopping.time_limit() {
            Some(limit) if self.started.elapsed() >= limit => Err(Stop::Status(Status::TimeLimit)),
            _ => Ok(()),
        }
    }

    fn check_budget(&self) -> Result<(), Stop> {
        if self.problem.evaluations().values >= self.stopping.max_evaluations() {
            return Err(Stop::Status(Status::MaxEvaluations));
        }
        self.check_time()
    }

    /// Adds the present point to the history, shows it to the observer and applies the tests.
    fn record(&mut self, step_length: f64, previous: Option<&Point>) -> Result<(), Stop> {
        let gradient_norm = infinity_norm(&self.point.gradient);
        let evaluations = self.problem.evaluations();
        let record = Record {
            iteration: self.history.len(),
            value: self.point.value,
            gradient_norm,
            step_length,
            evaluations: evaluations.values,
        };
        tracing::trace!(
            iteration = record.iteration,
            value = record.value,
            gradient_norm,
            step_length,
            "iterate"
        );
        self.history.push(record);
        let iterate = Iterate { point: &self.point, record: &record, evaluations };
        let observed = (self.observer)(&iterate);
        let status = if gradient_norm <= self.gradient_bound {
            Status::GradientTolerance
        } else if observed.is_break() {
            Status::Observer
        } else if self.stopping.target_reached(self.point.value) {
            Status::TargetValue
        } else if previous.is_some_and(|p| self.stopping.value_stalls(p.value, self.point.value)) {
            Status::ValueTolerance
        } else if previous.is_some_and(|p| self.step_stalls(p)) {
            Status::StepTolerance
        } else if record.iteration >= self.stopping.max_iterations() {
            Status::MaxIterations
        } else {
            return Ok(());
        };
        Err(Stop::Status(status))
    }

    fn step_stalls(&self, previous: &Point) -> bool {
        let differences = self.point.x.iter().zip(&previous.x).map(|(x, y)| (x - y).abs());
        self.stopping.step_stalls(differences.fold(0.0, f64::max), infinity_norm(&self.point.x))
    }
}

impl core::fmt::Debug for Run<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Run")
            .field("point", &self.point)
            .field("problem", &self.problem)
            .finish_non_exhaustive()
    }
}

fn all_finite(values: &[f64]) -> bool {
    values.iter().all(|v| v.is_finite())
}

fn finite(what: Quantity, values: &[f64]) -> Result<(), Error> {
    match values.iter().position(|v| !v.is_finite()) {
        Some(index) => Err(Error::NonFiniteStart { what, index, value: values[index] }),
        None => Ok(()),
    }
}
