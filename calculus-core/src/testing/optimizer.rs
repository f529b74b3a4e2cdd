//! Optimizers on problems with a known minimum.

use super::failure::{Failure, same_bits};

/// A function to minimise, with its gradient, a start and its least value.
#[derive(Clone, Debug)]
pub struct TestProblem {
    /// What it is called.
    pub name: &'static str,
    /// The function.
    pub value: fn(&[f64]) -> f64,
    /// Its gradient.
    pub gradient: fn(&[f64]) -> Vec<f64>,
    /// Where to start.
    pub start: Vec<f64>,
    /// The least value.
    pub minimum: f64,
}

/// Problems in the order of their difficulty: the sphere $\sum x_i^2$ in five dimensions, the
/// quadratic $\frac12\sum_i i\,x_i^2$ in ten, and the valley of H. H. Rosenbrock (1960), *An
/// automatic method for finding the greatest or least value of a function*, The Computer Journal
/// 3(3), 175-184.
pub fn problems() -> Vec<TestProblem> {
    vec![
        TestProblem {
            name: "sphere",
            value: |x| x.iter().map(|x| x * x).sum(),
            gradient: |x| x.iter().map(|x| 2.0 * x).collect(),
            start: vec![1.0, -2.0, 3.0, -0.5, 0.25],
            minimum: 0.0,
        },
        TestProblem {
            name: "quadratic",
            value: |x| (1..).zip(x).map(|(i, x)| 0.5 * f64::from(i) * x * x).sum(),
            gradient: |x| (1..).zip(x).map(|(i, x)| f64::from(i) * x).collect(),
            start: vec![1.0; 10],
            minimum: 0.0,
        },
        TestProblem {
            name: "rosenbrock",
            value: |x| 100.0 * (x[1] - x[0] * x[0]).powi(2) + (1.0 - x[0]).powi(2),
            gradient: |x| {
                let slope = 200.0 * (x[1] - x[0] * x[0]);
                vec![-2.0 * x[0] * slope - 2.0 * (1.0 - x[0]), slope]
            },
            start: vec![-1.2, 1.0],
            minimum: 0.0,
        },
    ]
}

/// Checks an optimizer on problems: after `steps` steps the value has to be within
/// `tolerance`$\,(f(x_0) - f_{\min})$ of the minimum, and a second run has to give the same bits.
///
/// `new` makes a fresh optimizer for a dimension, as a closure of the parameters, which it moves,
/// and the gradient there.
///
/// # Errors
/// [`Failure::NotMinimized`] (also where a parameter became NaN) and
/// [`Failure::NotReproducible`].
///
/// # Examples
/// ```
/// use calculus_core::testing::{check_optimizer, problems};
/// let gradient_descent = |_dimension: usize| {
///     |x: &mut [f64], g: &[f64]| x.iter_mut().zip(g).for_each(|(x, g)| *x -= 0.1 * g)
/// };
/// check_optimizer(gradient_descent, &problems()[..2], 100, 1e-6).unwrap();
///
/// let failure = check_optimizer(gradient_descent, &problems(), 100, 1e-6).unwrap_err();
/// assert!(failure.to_string().starts_with("on rosenbrock the value after 100 steps is NaN"));
/// ```
pub fn check_optimizer<S: FnMut(&mut [f64], &[f64])>(
    mut new: impl FnMut(usize) -> S,
    problems: &[TestProblem],
    steps: usize,
    tolerance: f64,
) -> Result<(), Failure> {
    for problem in problems {
        let mut run = || {
            let mut x = problem.start.clone();
            let mut step = new(x.len());
            for _ in 0..steps {
                let gradient = (problem.gradient)(&x);
                step(&mut x, &gradient);
            }
            x
        };
        let x = run();
        let (minimum, found) = (problem.minimum, (problem.value)(&x));
        let tolerance = tolerance * ((problem.value)(&problem.start) - minimum);
        let reached = found - minimum <= tolerance; // false for NaN
        if !reached {
            let problem = problem.name;
            return Err(Failure::NotMinimized { problem, steps, found, minimum, tolerance });
        }
        same_bits("optimizer run twice", &run(), &x)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::check_gradient;

    #[test]
    fn the_gradients_of_the_problems_are_right() {
        for problem in problems() {
            check_gradient(problem.value, problem.gradient, &problem.start).unwrap();
        }
    }
}
