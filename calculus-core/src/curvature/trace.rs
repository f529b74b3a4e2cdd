//! The trace from Hessian-vector products: Hutchinson's estimate and Hutch++.
//!
//! For a random vector $z$ of signs, $E[z'Hz] = \operatorname{tr} H$. The mean over $m$ vectors is
//! Hutchinson's estimate; its variance is $2(\|H\|_F^2 - \sum h_{ii}^2)/m$. Hutch++ computes the
//! trace on the range of $HS$ for a random $S$ exactly, and estimates that of the rest: with an
//! orthonormal basis $Q$ of the range of $HS$,
//!
//! $$\operatorname{tr} H = \operatorname{tr}(Q'HQ) + \operatorname{tr}((I - QQ')H(I - QQ')),$$
//!
//! where the rest is small if the spectrum decays. Its error is $O(1/m)$ for a positive
//! semidefinite matrix in place of $O(1/\sqrt m)$, and 0 if the rank is at most $m/3$.
//!
//! Sources: M. F. Hutchinson (1990), *A stochastic estimator of the trace of the influence matrix
//! for Laplacian smoothing splines*, Communications in Statistics 19(2), 433-450; R. A. Meyer,
//! C. Musco, C. Musco, D. P. Woodruff (2021), *Hutch++: Optimal stochastic trace estimation*, SOSA,
//! algorithm 1.

use super::random::Random;
use super::symmetric::check_vector;
use super::vector::{dot, norm, normalize, orthogonalize};
use crate::Error;

/// An estimate of a trace with its uncertainty.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TraceEstimate {
    /// The estimate.
    pub value: f64,
    /// The standard error of the mean over the random vectors,
    /// $\sqrt{\sum (t_i - \bar t)^2 / (m (m-1))}$; 0 where nothing had to be estimated.
    ///
    /// With few vectors it is itself uncertain: for a matrix whose off-diagonal part is one entry it
    /// may be 0 by chance.
    pub standard_error: f64,
    /// The number of products that were computed.
    pub products: usize,
}

/// Stochastic estimation of traces: configuration.
///
/// # Examples
/// ```
/// use calculus_core::curvature::StochasticTrace;
/// // H = diag(1, 1/4, 1/9, ...) + u u' with u = (1, ..., 1)
/// let n = 1000;
/// let diagonal = |i: usize| ((i + 1) as f64).powi(-2);
/// let product = |v: &[f64], y: &mut [f64]| {
///     let sum: f64 = v.iter().sum();
///     for i in 0..n {
///         y[i] = diagonal(i) * v[i] + sum;
///     }
/// };
/// let exact = n as f64 + (0..n).map(diagonal).sum::<f64>();
///
/// let trace = StochasticTrace::new(60)?;
/// let plain = trace.hutchinson(n, product)?;
/// let plus_plus = trace.hutch_plus_plus(n, product)?;
/// assert!((plain.value - exact).abs() < 4.0 * plain.standard_error); // some 180
/// assert!((plus_plus.value - exact).abs() < 0.05);
/// assert!(plus_plus.standard_error < 0.05);
/// # Ok::<(), calculus_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StochasticTrace {
    products: usize,
    seed: u64,
}

impl StochasticTrace {
    /// Estimates that may compute `products` Hessian-vector products, with the seed 0.
    ///
    /// # Errors
    /// [`Error::OutsideDomain`] for fewer than 6: Hutch++ splits them into three parts, and a
    /// standard error needs two random vectors.
    pub fn new(products: usize) -> Result<Self, Error> {
        if products < 6 {
            return Err(Error::OutsideDomain {
                op: "StochasticTrace::new",
                argument: "products",
                domain: "at least 6",
                value: products as f64,
            });
        }
        Ok(Self { products, seed: 0 })
    }

    /// Sets the seed of the random vectors.
    pub const fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// The trace of an operator on vectors of length `n`, by Hutchinson's estimate.
    ///
    /// `product(v, y)` writes $Hv$ to `y`. Exact, with standard error 0, for a diagonal operator. The
    /// operator need not be symmetric. Costs the configured number of products.
    ///
    /// # Errors
    /// [`Error::NonFiniteEntry`] for a product that is not finite, [`Error::OutsideDomain`] if the
    /// estimate overflows.
    pub fn hutchinson(
        &self,
        n: usize,
        mut product: impl FnMut(&[f64], &mut [f64]),
    ) -> Result<TraceEstimate, Error> {
        let op = "StochasticTrace::hutchinson";
        let mut random = Random::new(self.seed);
        let mut y = vec![0.0; n];
        let mut samples = Vec::with_capacity(self.products);
        for _ in 0..self.products {
            let z = random.signs(n);
            apply(op, &mut product, &z, &mut y)?;
            samples.push(dot(&z, &y));
        }
        estimate(op, 0.0, &samples, self.products)
    }

    /// The trace of a symmetric operator on vectors of length `n`, by Hutch++.
    ///
    /// `product(v, y)` writes $Hv$ to `y`. A third of the products each goes into the random range,
    /// the trace on it, and the estimate of the rest. Exact up to rounding if the rank of $H$ is at
    /// most a third of the products, or if $n$ is: then the rest is not estimated. For an operator
    /// that is not symmetric the estimate is unbiased too, but not as accurate.
    ///
    /// Costs at most the configured number of products $m$, memory for $mn/3$ numbers and
    /// $O(m^2 n)$.
    ///
    /// # Errors
    /// [`Error::NonFiniteEntry`] for a product that is not finite, [`Error::OutsideDomain`] if the
    /// estimate overflows.
    pub fn hutch_plus_plus(
        &self,
        n: usize,
        mut product: impl FnMut(&[f64], &mut [f64]),
    ) -> Result<TraceEstimate, Error> {
        let op = "StochasticTrace::hutch_plus_plus";
        let mut random = Random::new(self.seed);
        let mut y = vec![0.0; n];
        let mut products = 0;
        let third = self.products / 3;
        let mut basis: Vec<Vec<f64>> = Vec::with_capacity(third.min(n));
        let mut spans_range = false;
        while products < third && basis.len() < n && !spans_range {
            // Normal, not signs: two vectors of few signs may be equal.
            let z = random.direction(n);
            apply(op, &mut product, &z, &mut y)?;
            products += 1;
            let mut q = y.clone();
            let length = norm(&q);
            orthogonalize(&mut q, &basis);
            // A product that lies in the span of the others up to rounding: with probability 1 they
            // span the range.
            spans_range = normalize(&mut q) <= 8.0 * n as f64 * f64::EPSILON * length;
            if !spans_range {
                // Rounding of a short remainder may not be orthogonal.
                orthogonalize(&mut q, &basis);
                normalize(&mut q);
                basis.push(q);
            }
        }
        let mut on_range = 0.0;
        for q in &basis {
            apply(op, &mut product, q, &mut y)?;
            products += 1;
            on_range += dot(q, &y);
        }
        let left = if basis.len() == n { 0 } else { self.products - products };
        // A confirmation is enough where the range is spanned.
        let left = if spans_range { left.min(2) } else { left };
        let mut samples = Vec::with_capacity(left);
        for _ in 0..left {
            let mut z = random.signs(n);
            orthogonalize(&mut z, &basis);
            apply(op, &mut product, &z, &mut y)?;
            samples.push(dot(&z, &y));
        }
        estimate(op, on_range, &samples, products + left)
    }
}

fn apply(
    op: &'static str,
    product: &mut impl FnMut(&[f64], &mut [f64]),
    v: &[f64],
    y: &mut [f64],
) -> Result<(), Error> {
    product(v, y);
    check_vector(op, y)
}

/// `exact` plus the mean of the samples, with its standard error.
pub(super) fn estimate(
    op: &'static str,
    exact: f64,
    samples: &[f64],
    products: usize,
) -> Result<TraceEstimate, Error> {
    let count = samples.len() as f64;
    let (mean, standard_error) = if samples.is_empty() {
        (0.0, 0.0)
    } else {
        // Divided first, the sum of large samples does not overflow.
        let mean = samples.iter().map(|t| t / count).sum::<f64>();
        let deviations: Vec<f64> = samples.iter().map(|t| t - mean).collect();
        (mean, norm(&deviations) / (count * (count - 1.0)).sqrt())
    };
    let value = exact + mean;
    if value.is_finite() && standard_error.is_finite() {
        return Ok(TraceEstimate { value, standard_error, products });
    }
    Err(Error::OutsideDomain { op, argument: "the estimate", domain: "finite", value })
}

#[cfg(test)]
mod tests {
    use super::super::lanczos::multiply;
    use super::*;
    use faer::{Mat, mat};
    use proptest::prelude::*;

    fn trace(h: &Mat<f64>) -> f64 {
        (0..h.nrows()).map(|i| h[(i, i)]).sum()
    }

    #[test]
    fn hutchinson_is_exact_for_a_diagonal() {
        let h = mat![[1.0, 0.0], [0.0, -4.0]];
        let estimate = StochasticTrace::new(6).unwrap().hutchinson(2, multiply(&h)).unwrap();
        assert_eq!(estimate, TraceEstimate { value: -3.0, standard_error: 0.0, products: 6 });
    }

    #[test]
    fn small_and_zero_operators() {
        let config = StochasticTrace::new(12).unwrap();
        for n in [0, 1, 5] {
            let zero = Mat::zeros(n, n);
            let nothing = config.hutch_plus_plus(n, multiply(&zero)).unwrap();
            assert_eq!((nothing.value, nothing.standard_error), (0.0, 0.0));
            assert_eq!(config.hutchinson(n, multiply(&zero)).unwrap().value, 0.0);
        }
        let h = mat![[-2.5]];
        let estimate = config.hutch_plus_plus(1, multiply(&h)).unwrap();
        assert_eq!((estimate.value, estimate.products), (-2.5, 2));
    }

    #[test]
    fn the_standard_error_is_that_of_the_theory() {
        let n = 30;
        let h = Mat::from_fn(n, n, |i, j| ((i * j) as f64).cos() + ((i + j) as f64).sin());
        let h = &h + h.transpose();
        let m = 4000;
        let estimate = StochasticTrace::new(m).unwrap().hutchinson(n, multiply(&h)).unwrap();
        let diagonal: f64 = (0..n).map(|i| h[(i, i)].powi(2)).sum();
        let theory = (2.0 * (h.norm_l2().powi(2) - diagonal) / m as f64).sqrt();
        // The variance of 4000 samples is known to some per cent.
        assert!((estimate.standard_error / theory - 1.0).abs() < 0.1);
        assert!((estimate.value - trace(&h)).abs() < 4.0 * theory);
    }

    #[test]
    fn hutch_plus_plus_is_better_where_the_spectrum_decays() {
        let n = 100;
        // A rotated diagonal 1/k²: H = R D R with the reflection R = I - 2 u u'.
        let u = vec![1.0 / (n as f64).sqrt(); n];
        let r = Mat::from_fn(n, n, |i, j| f64::from(u8::from(i == j)) - 2.0 * u[i] * u[j]);
        let d = Mat::from_fn(n, n, |i, j| if i == j { ((i + 1) as f64).powi(-2) } else { 0.0 });
        let h = &r * &d * &r;
        let (mut plain, mut plus_plus) = (0.0, 0.0);
        for seed in 0..20 {
            let config = StochasticTrace::new(30).unwrap().seed(seed);
            let error = |e: TraceEstimate| (e.value - trace(&h)).powi(2);
            plain += error(config.hutchinson(n, multiply(&h)).unwrap());
            plus_plus += error(config.hutch_plus_plus(n, multiply(&h)).unwrap());
        }
        assert!(plus_plus < 0.25 * plain, "{plus_plus} {plain}");
    }

    #[test]
    fn extreme_sizes_and_bad_input() {
        let h = mat![[1e300, 1e299], [1e299, 1e300]];
        let config = StochasticTrace::new(9).unwrap();
        let estimate = config.hutch_plus_plus(2, multiply(&h)).unwrap();
        assert!((estimate.value / 2e300 - 1.0).abs() < 1e-14);
        assert!(config.hutchinson(2, multiply(&h)).unwrap().standard_error.is_finite());
        assert!(StochasticTrace::new(5).is_err());
        let nan = |_: &[f64], y: &mut [f64]| y[0] = f64::NAN;
        assert!(matches!(config.hutchinson(1, nan), Err(Error::NonFiniteEntry { .. })));
        assert!(matches!(config.hutch_plus_plus(1, nan), Err(Error::NonFiniteEntry { .. })));
        let h = mat![[1e308, 0.0], [0.0, 1e308]];
        assert!(matches!(config.hutchinson(2, multiply(&h)), Err(Error::OutsideDomain { .. })));
    }

    proptest! {
        #[test]
        fn hutch_plus_plus_is_exact_for_low_rank(
            rank in 0_usize..4,
            entries in prop::collection::vec(-1.0..1.0_f64, 90),
            seed in any::<u64>(),
        ) {
            let n = 30;
            let u = Mat::from_fn(n, rank, |i, j| entries[3 * i + j]);
            let h = &u * u.transpose();
            let config = StochasticTrace::new(15).unwrap().seed(seed);
            let estimate = config.hutch_plus_plus(n, multiply(&h)).unwrap();
            // Vectors of signs leave the range at sqrt(n) times its rounding, twice.
            let rounding = 100.0 * n as f64 * f64::EPSILON * (1.0 + trace(&h));
            prop_assert!((estimate.value - trace(&h)).abs() < rounding);
            prop_assert!(estimate.standard_error < rounding);
        }
    }
}
