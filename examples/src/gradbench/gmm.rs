//! `gmm`: the logarithm of the posterior density of a mixture of Gaussians with a Wishart prior.

use std::f64::consts::{LN_2, PI};
use std::sync::Arc;

use autodiff::{Function, Rows, Var, map_over, sum_over, vector};
use calculus_core::Real;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::Error;
use super::input::{check, check_length, decode, flatten};
use super::timing::{Answer, Nested, Timer};

#[derive(Deserialize)]
struct Input {
    d: usize,
    k: usize,
    n: usize,
    m: f64,
    gamma: f64,
    x: Vec<Vec<f64>>,
    alpha: Vec<f64>,
    mu: Vec<Vec<f64>>,
    q: Vec<Vec<f64>>,
    l: Vec<Vec<f64>>,
}

/// The gradient, in the shapes of the parameters.
#[derive(Serialize)]
struct Gradient<'a> {
    alpha: &'a [f64],
    mu: Nested<'a>,
    q: Nested<'a>,
    l: Nested<'a>,
}

/// What is given and not differentiated.
struct Mixture {
    dimension: usize,
    components: usize,
    /// The points, one after the other.
    points: Arc<[f64]>,
    /// Degrees of freedom of the Wishart prior beyond the least possible.
    m: f64,
    gamma: f64,
}

/// Scalars for each component: weights, means, logarithms of the diagonals, lower triangles.
struct Parameters<'a, T> {
    alpha: &'a [T],
    mu: &'a [T],
    q: &'a [T],
    l: &'a [T],
}

/// What the density at a point depends on, for each component: the logarithm of its largest value,
/// its mean, and the factor of its inverse covariance.
struct Components<'a, T> {
    height: Vec<T>,
    mu: &'a [T],
    diagonal: &'a [T],
    /// The lower triangles row by row.
    lower: Vec<T>,
}

impl Mixture {
    /// The number of entries below the diagonal.
    fn triangle(&self) -> usize {
        self.dimension * (self.dimension - 1) / 2
    }

    fn parameters<'a, T>(&self, all: &'a [T]) -> Parameters<'a, T> {
        let (alpha, rest) = all.split_at(self.components);
        let (mu, rest) = rest.split_at(self.components * self.dimension);
        let (q, l) = rest.split_at(self.components * self.dimension);
        Parameters { alpha, mu, q, l }
    }

    /// The logarithm of the density of all points, given as a function, and of the prior.
    fn log_posterior<T: Real>(
        &self,
        parameters: &[T],
        log_likelihood: impl Fn(&Components<T>) -> T,
    ) -> T {
        let d = self.dimension;
        let Parameters { alpha, mu, q, l } = self.parameters(parameters);
        let diagonal: Vec<T> = q.iter().map(|q| q.exp()).collect();
        let log_det: Vec<T> = q.chunks_exact(d).map(|q| q.iter().sum()).collect();
        let height = alpha.iter().zip(&log_det).map(|(&a, &c)| a + c).collect();
        let n = (self.points.len() / d) as f64;
        let lower = l.chunks_exact(self.triangle().max(1)).flat_map(|l| by_rows(d, l)).collect();
        log_likelihood(&Components { height, mu, diagonal: &diagonal, lower })
            - n * (0.5 * d as f64 * (2.0 * PI).ln() + vector::log_sum_exp(alpha))
            + self.log_prior(&diagonal, &log_det, l)
    }

    /// $\sum_i \ln \sum_k e^{\beta_{ik}}$, point after point.
    fn by_loops<T: Real>(&self, components: &Components<T>) -> T {
        let (d, triangle) = (self.dimension, self.triangle());
        let Components { height, mu, diagonal, lower } = components;
        let mut beta = vec![T::from(0.0); self.components];
        let [mut x, mut y] = [(); 2].map(|()| vec![T::from(0.0); d]);
        let log_density = |point: &[f64]| {
            x.iter_mut().zip(point).for_each(|(x, &point)| *x = T::from(point));
            for k in 0..self.components {
                let [mu, diagonal] = [mu, diagonal].map(|table| &table[k * d..][..d]);
                let lower = &lower[k * triangle..][..triangle];
                centred(&x, mu, &mut y);
                beta[k] = height[k] - 0.5 * squared_norm(diagonal, lower, &y);
            }
            vector::log_sum_exp(&beta)
        };
        self.points.chunks_exact(d).map(log_density).sum()
    }

    /// The same, recorded as a sum over points of a function of all components.
    fn over_rows(&self, components: &Components<Var>) -> Var {
        let d = self.dimension;
        let Components { height, mu, diagonal, lower } = components;
        let points = Rows::new(self.points.len() / d).data(self.points.clone());
        let components = Rows::new(self.components)
            .variables(height)
            .variables(mu)
            .variables(diagonal)
            .variables(lower);
        sum_over(&points, |x| {
            let beta = map_over(&components, |row| {
                let (mu, rest) = row[1..].split_at(d);
                let (diagonal, lower) = rest.split_at(d);
                let mut y = vec![Var::from(0.0); d];
                centred(x, mu, &mut y);
                row[0] - 0.5 * squared_norm(diagonal, lower, &y)
            });
            vector::log_sum_exp(&beta)
        })
    }

    /// The logarithm of the Wishart density of the inverse covariances.
    fn log_prior<T: Real>(&self, diagonal: &[T], log_det: &[T], l: &[T]) -> T {
        let squares = diagonal.iter().chain(l).map(|&v| v * v).sum::<T>();
        let log_dets = log_det.iter().sum::<T>();
        self.log_normaliser() - 0.5 * self.gamma.powi(2) * squares + self.m * log_dets
    }

    /// $K \left(\nu D (\ln\gamma - \tfrac12\ln 2) - \ln\Gamma_D(\nu/2)\right)$ with $\nu = D + m + 1$
    fn log_normaliser(&self) -> f64 {
        let d = self.dimension as f64;
        let nu = d + self.m + 1.0;
        let log_gamma: f64 = (1..=self.dimension)
            .map(|j| Real::ln_gamma(nu / 2.0 + (1.0 - j as f64) / 2.0))
            .sum::<f64>()
            + d * (d - 1.0) / 4.0 * PI.ln();
        self.components as f64 * (nu * d * (self.gamma.ln() - 0.5 * LN_2) - log_gamma)
    }
}

/// The entries below a diagonal row by row, where they are given column by column.
fn by_rows<T: Real>(d: usize, columns: &[T]) -> impl Iterator<Item = T> {
    // Column j starts after j columns of d - 1, d - 2, ... entries.
    let start = move |j: usize| j * (2 * d - 1 - j) / 2;
    (1..d).flat_map(move |i| (0..i).map(move |j| columns[start(j) + i - j - 1]))
}

/// $y = x - \mu$
fn centred<T: Real>(x: &[T], mu: &[T], y: &mut [T]) {
    for j in 0..x.len() {
        y[j] = x[j] - mu[j];
    }
}

/// $\lVert Q y \rVert^2$ with the lower triangle of $Q$ row by row.
fn squared_norm<T: Real>(diagonal: &[T], lower: &[T], y: &[T]) -> T {
    let mut rest = lower;
    let mut sum = T::from(0.0);
    for i in 0..y.len() {
        let (row, below) = rest.split_at(i);
        let z = diagonal[i] * y[i] + vector::dot(row, &y[..i]);
        sum += z * z;
        rest = below;
    }
    sum
}

/// The functions `objective` and `jacobian`.
pub(super) fn evaluate(function: &str, input: &RawValue) -> Result<Answer, Error> {
    let input_fields: Input = decode(input)?;
    let (mixture, parameters) = input_fields.check()?;
    let mut timer = Timer::new(input)?;
    match function {
        "objective" => {
            let y = timer.evaluate(|| {
                mixture.log_posterior(&parameters, |components| mixture.by_loops(components))
            });
            timer.answer(&y)
        }
        "jacobian" => {
            let f = |p: &[Var]| mixture.log_posterior(p, |c| mixture.over_rows(c));
            let mut f = timer.prepare(|| Function::new(f, &parameters));
            let mut gradient = vec![0.0; parameters.len()];
            timer.evaluate(|| f.gradient(&parameters, &mut gradient));
            let Parameters { alpha, mu, q, l } = mixture.parameters(&gradient);
            let rows = |values, width| Nested { values, width, count: mixture.components };
            let d = mixture.dimension;
            timer.answer(&Gradient {
                alpha,
                mu: rows(mu, d),
                q: rows(q, d),
                l: rows(l, mixture.triangle()),
            })
        }
        _ => Err(Error::Function(function.to_string())),
    }
}

impl Input {
    fn check(self) -> Result<(Mixture, Vec<f64>), Error> {
        let Self { d, k, n, m, gamma, x, alpha, mu, q, l } = self;
        check("d", d >= 1, "at least 1")?;
        check("k", k >= 1, "at least 1")?;
        check("m", m >= 0.0, "at least 0")?;
        check("gamma", gamma > 0.0, "above 0")?;
        check_length("x", n, x.len())?;
        check_length("alpha", k, alpha.len())?;
        check_length("mu", k, mu.len())?;
        check_length("q", k, q.len())?;
        check_length("l", k, l.len())?;
        let parameters = [
            alpha,
            flatten("mu", &mu, d)?,
            flatten("q", &q, d)?,
            flatten("l", &l, d * (d - 1) / 2)?,
        ];
        let points = flatten("x", &x, d)?.into();
        Ok((Mixture { dimension: d, components: k, points, m, gamma }, parameters.concat()))
    }
}
