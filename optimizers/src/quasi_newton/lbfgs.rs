//! L-BFGS: quasi-Newton with limited memory.
//!
//! $$ x_{k+1} = x_k - \alpha_k H_k \nabla f(x_k) $$
//!
//! where $H_k$ is the BFGS approximation of the inverse Hessian from the last $m$ pairs
//! $s_i = x_{i+1} - x_i$, $y_i = \nabla f(x_{i+1}) - \nabla f(x_i)$, applied without being formed.
//!
//! J. Nocedal, *Updating quasi-Newton matrices with limited storage*, Mathematics of Computation 35
//! (1980); J. Nocedal and S. J. Wright, *Numerical optimization* (2006), algorithms 7.4 and 7.5.

use crate::error::validate;
use crate::line_search::{LineSearch, LineSearchEnd, StrongWolfe};
use crate::minimize::infinity_norm;
use crate::vector::{add_scaled, dot, norm};
use crate::{Error, Method, Point, Run, Status, Stop};

/// L-BFGS with a line search for the strong Wolfe conditions.
///
/// The default for smooth functions of any number of variables. It needs gradients only and keeps
/// $2m$ vectors.
///
/// A pair whose curvature $s^\top y$ is not positive beyond rounding is skipped. If a line search
/// fails, the memory is dropped and the search repeated along the gradient, before the run ends.
/// Twenty steps that neither lower the value nor flatten the gradient end it with
/// [`Status::PrecisionLimit`].
///
/// Cost: about $4mn$ multiplications an iteration besides the evaluations.
///
/// Source: J. Nocedal, S. J. Wright, *Numerical optimization* (2006), algorithms 7.4 and 7.5, and
/// equation 7.20 for the scaling.
///
/// # Examples
/// ```
/// use optimizers::{ClosureProblem, Lbfgs, minimize};
///
/// // The chained Rosenbrock function of 50 variables.
/// let n = 50;
/// let value = |x: &[f64]| -> f64 {
///     x.windows(2).map(|w| 100.0 * (w[1] - w[0] * w[0]).powi(2) + (1.0 - w[0]).powi(2)).sum()
/// };
/// let problem = ClosureProblem::new(n, value).with_gradient(|x, g| {
///     g.fill(0.0);
///     for i in 0..x.len() - 1 {
///         let t = x[i + 1] - x[i] * x[i];
///         g[i] += -400.0 * x[i] * t - 2.0 * (1.0 - x[i]);
///         g[i + 1] += 200.0 * t;
///     }
/// });
/// let solution = minimize(&problem, &vec![0.5; n], &Lbfgs::new())?;
/// assert!(solution.status.is_converged());
/// assert!(solution.x.iter().all(|x| (x - 1.0).abs() < 1e-6));
/// # Ok::<(), optimizers::Error>(())
/// ```
#[derive(Debug)]
pub struct Lbfgs {
    memory: usize,
    search: Box<dyn LineSearch>,
}

impl Default for Lbfgs {
    fn default() -> Self {
        Self::new()
    }
}

impl Lbfgs {
    /// A memory of $m = 10$ pairs and [`StrongWolfe`] with its defaults.
    pub fn new() -> Self {
        Self { memory: 10, search: Box::new(StrongWolfe::new()) }
    }

    /// The number $m \ge 1$ of pairs that are kept.
    ///
    /// # Errors
    /// [`Error::InvalidValue`] for 0.
    pub fn with_memory(mut self, memory: usize) -> Result<Self, Error> {
        validate("L-BFGS", "memory", memory as f64, "at least 1", |m| m >= 1.0)?;
        self.memory = memory;
        Ok(self)
    }

    /// Another line search.
    #[must_use]
    pub fn with_line_search(mut self, search: impl LineSearch + 'static) -> Self {
        self.search = Box::new(search);
        self
    }
}

impl Method for Lbfgs {
    fn name(&self) -> &'static str {
        "L-BFGS"
    }

    fn run(&self, run: &mut Run<'_>) -> Result<Status, Stop> {
        let n = run.dimension();
        let mut memory = Memory::new(self.memory);
        let mut trial = Point { x: vec![0.0; n], value: 0.0, gradient: vec![0.0; n] };
        let mut direction = vec![0.0; n];
        let mut progress = Progress::new(run.point());
        loop {
            memory.direction(&run.point().gradient, &mut direction);
            let descends = dot(&run.point().gradient, &direction) < 0.0; // false for NaN
            if !descends {
                memory.clear();
                memory.direction(&run.point().gradient, &mut direction);
            }
            let first = if memory.is_empty() { first_step(run.point()) } else { 1.0 };
            match self.search.search(run, &direction, first, &mut trial)? {
                LineSearchEnd::Found { step_length } => {
                    run.accept(&mut trial, step_length)?;
                    memory.push(run.point(), &trial);
                    if progress.has_ended(run.point()) {
                        return Ok(Status::PrecisionLimit);
                    }
                }
                LineSearchEnd::Failed { status } if memory.is_empty() => return Ok(status),
                LineSearchEnd::Failed { .. } => memory.clear(),
            }
        }
    }
}

/// The length of a step along the gradient, which has no natural one: a hundredth of the size of the
/// point, or of the relative decrease where the point is the origin, or as good as the origin beside
/// the step that this decrease takes.
///
/// W. W. Hager and H. Zhang, *A new conjugate gradient method with guaranteed descent and an
/// efficient line search* (2005), step I0.
fn first_step(point: &Point) -> f64 {
    let (size, slope) = (infinity_norm(&point.x), infinity_norm(&point.gradient));
    let by_point = 0.01 * size / slope;
    let by_value = 0.01 * point.value.abs() / dot(&point.gradient, &point.gradient);
    if by_point > f64::EPSILON * by_value {
        by_point
    } else if by_value > 0.0 {
        by_value
    } else {
        1.0 / slope
    }
}

/// The lowest value and flattest gradient so far, and the steps since one of them fell.
struct Progress {
    value: f64,
    gradient_norm: f64,
    steps_without: usize,
}

impl Progress {
    /// So many steps without progress are rounding.
    const PATIENCE: usize = 20;

    fn new(point: &Point) -> Self {
        let gradient_norm = infinity_norm(&point.gradient);
        Self { value: point.value, gradient_norm, steps_without: 0 }
    }

    fn has_ended(&mut self, point: &Point) -> bool {
        let gradient_norm = infinity_norm(&point.gradient);
        let progress = point.value < self.value || gradient_norm < self.gradient_norm;
        self.value = self.value.min(point.value);
        self.gradient_norm = self.gradient_norm.min(gradient_norm);
        self.steps_without = if progress { 0 } else { self.steps_without + 1 };
        self.steps_without >= Self::PATIENCE
    }
}

/// The last pairs, from the oldest to the newest.
struct Memory {
    capacity: usize,
    pairs: std::collections::VecDeque<Pair>,
    /// The buffers of the next pair.
    spare: Pair,
    /// The coefficients of the first loop.
    alpha: Vec<f64>,
}

/// $s = x_{k+1} - x_k$, $y = \nabla f_{k+1} - \nabla f_k$.
#[derive(Default)]
struct Pair {
    s: Vec<f64>,
    y: Vec<f64>,
    /// $1 / s^\top y$.
    rho: f64,
    /// $s^\top y / y^\top y$.
    gamma: f64,
}

impl Memory {
    fn new(capacity: usize) -> Self {
        let (pairs, spare) = Default::default();
        Self { capacity, pairs, spare, alpha: Vec::new() }
    }

    fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    fn clear(&mut self) {
        self.pairs.clear();
    }

    /// Takes in the step from `previous` to `current`.
    fn push(&mut self, current: &Point, previous: &Point) {
        let mut pair = core::mem::take(&mut self.spare);
        difference(&mut pair.s, &current.x, &previous.x);
        difference(&mut pair.y, &current.gradient, &previous.gradient);
        let (sy, yy) = (dot(&pair.s, &pair.y), dot(&pair.y, &pair.y));
        let rounding = f64::EPSILON * norm(&pair.s) * yy.sqrt();
        pair.rho = 1.0 / sy;
        pair.gamma = sy / yy;
        if !(sy > rounding && pair.rho.is_finite() && pair.gamma > 0.0 && pair.gamma.is_finite()) {
            self.spare = pair;
            return;
        }
        if self.pairs.len() == self.capacity {
            self.spare = self.pairs.pop_front().unwrap_or_default();
        }
        self.pairs.push_back(pair);
        self.alpha.resize(self.pairs.len(), 0.0);
    }

    /// Writes $-H \nabla f$: algorithm 7.4, with $H_0 = \gamma I$.
    fn direction(&mut self, gradient: &[f64], direction: &mut [f64]) {
        for (d, g) in direction.iter_mut().zip(gradient) {
            *d = -g;
        }
        for (pair, alpha) in self.pairs.iter().zip(&mut self.alpha).rev() {
            *alpha = pair.rho * dot(&pair.s, direction);
            add_scaled(direction, -*alpha, &pair.y);
        }
        if let Some(newest) = self.pairs.back() {
            direction.iter_mut().for_each(|d| *d *= newest.gamma);
        }
        for (pair, alpha) in self.pairs.iter().zip(&self.alpha) {
            let beta = pair.rho * dot(&pair.y, direction);
            add_scaled(direction, alpha - beta, &pair.s);
        }
    }
}

fn difference(result: &mut Vec<f64>, a: &[f64], b: &[f64]) {
    result.clear();
    result.extend(a.iter().zip(b).map(|(a, b)| a - b));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_validated() {
        assert!(Lbfgs::new().with_memory(0).is_err());
        assert!(Lbfgs::new().with_memory(usize::MAX).is_ok());
    }

    #[test]
    fn the_newest_pair_is_met_exactly() {
        // The secant equation H y = s holds for the newest pair whatever came before.
        let point = |x: [f64; 3], gradient: [f64; 3]| Point {
            x: x.to_vec(),
            value: 0.0,
            gradient: gradient.to_vec(),
        };
        let points = [
            point([0.0, 0.0, 0.0], [1.0, -2.0, 0.5]),
            point([1.0, 2.0, -1.0], [2.0, 1.0, -0.5]),
            point([0.5, 3.0, 1.0], [1.5, 4.0, 2.0]),
            point([1.5, 2.0, 0.0], [3.5, 2.0, 1.5]),
        ];
        let mut memory = Memory::new(2);
        for pair in points.windows(2) {
            memory.push(&pair[1], &pair[0]);
        }
        assert_eq!(memory.pairs.len(), 2);
        let newest = memory.pairs.back().unwrap();
        let (s, y) = (newest.s.clone(), newest.y.clone());
        let mut direction = [0.0; 3];
        memory.direction(&y, &mut direction);
        for (d, s) in direction.iter().zip(s) {
            assert!((d + s).abs() < 1e-14);
        }
    }

    #[test]
    fn negative_curvature_is_skipped() {
        let mut memory = Memory::new(3);
        let point = |x: f64, g: f64| Point { x: vec![x], value: 0.0, gradient: vec![g] };
        memory.push(&point(1.0, -2.0), &point(0.0, -1.0));
        memory.push(&point(1.0, -1.0), &point(0.0, -1.0));
        assert!(memory.is_empty());
    }
}
