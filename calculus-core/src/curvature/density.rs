//! The spectral density of a Hessian, by stochastic Lanczos quadrature.
//!
//! For a random unit vector $z$, $m$ steps of Lanczos' method give the Gauss quadrature of the
//! spectral measure that $z$ sees: nodes at the Ritz values $\theta_k$, weights $\tau_k^2$, the
//! squares of the first components of the eigenvectors of $T_m$. The mean over vectors estimates
//! the density of eigenvalues, and with it traces of functions,
//!
//! $$\operatorname{tr} f(H) \approx \frac{n}{p} \sum_{l=1}^{p} \sum_k \tau_{lk}^2 f(\theta_{lk}).$$
//!
//! Source: S. Ubaru, J. Chen, Y. Saad (2017), *Fast estimation of tr(f(A)) via stochastic Lanczos
//! quadrature*, SIAM Journal on Matrix Analysis and Applications 38(4), 1075-1099.

use super::lanczos::Krylov;
use super::random::Random;
use super::trace::{TraceEstimate, estimate};
use super::vector::normalize;
use crate::Error;

/// A node of the density with its weight.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Node {
    eigenvalue: f64,
    weight: f64,
}

/// An estimate of how the eigenvalues of an operator are distributed.
#[derive(Clone, Debug, PartialEq)]
pub struct SpectralDensity {
    n: usize,
    products: usize,
    /// One quadrature for each random vector; the weights of each add up to 1.
    quadratures: Vec<Vec<Node>>,
}

/// Stochastic Lanczos quadrature: configuration.
///
/// By default 30 steps from each of 10 random vectors, and the seed 0.
///
/// # Examples
/// ```
/// use calculus_core::curvature::StochasticLanczos;
/// // 900 eigenvalues 0.01 and 100 eigenvalues 5.
/// let product = |v: &[f64], y: &mut [f64]| {
///     for i in 0..1000 {
///         y[i] = if i < 900 { 0.01 * v[i] } else { 5.0 * v[i] };
///     }
/// };
/// let density = StochasticLanczos::new().spectral_density(1000, product)?;
/// let large = density.trace_of(|x| if x > 1.0 { 1.0 } else { 0.0 })?;
/// assert!((large.value - 100.0).abs() < 1e-9); // signs see a diagonal exactly
/// let log_determinant = density.trace_of(f64::ln)?;
/// let exact = 900.0 * 0.01_f64.ln() + 100.0 * 5.0_f64.ln();
/// assert!((log_determinant.value - exact).abs() < 1e-9);
/// # Ok::<(), calculus_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StochasticLanczos {
    steps: usize,
    vectors: usize,
    seed: u64,
}

impl Default for StochasticLanczos {
    fn default() -> Self {
        Self { steps: 30, vectors: 10, seed: 0 }
    }
}

impl StochasticLanczos {
    /// The default configuration.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the number of steps from each vector. With $m$ steps the quadratures are exact for
    /// polynomials of degree $2m - 1$.
    ///
    /// # Errors
    /// [`Error::OutsideDomain`] for 0.
    pub fn steps(mut self, steps: usize) -> Result<Self, Error> {
        if steps == 0 {
            let (op, argument) = ("StochasticLanczos::steps", "steps");
            return Err(Error::OutsideDomain { op, argument, domain: "at least 1", value: 0.0 });
        }
        self.steps = steps;
        Ok(self)
    }

    /// Sets the number of random vectors.
    ///
    /// # Errors
    /// [`Error::OutsideDomain`] for fewer than 2, which have no standard error.
    pub fn vectors(mut self, vectors: usize) -> Result<Self, Error> {
        if vectors < 2 {
            let (op, argument) = ("StochasticLanczos::vectors", "vectors");
            let value = vectors as f64;
            return Err(Error::OutsideDomain { op, argument, domain: "at least 2", value });
        }
        self.vectors = vectors;
        Ok(self)
    }

    /// Sets the seed of the random vectors.
    pub const fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Estimates how the eigenvalues of a symmetric operator on vectors of length `n` are
    /// distributed.
    ///
    /// `product(v, y)` writes $Hv$ to `y`. Costs `vectors` times `steps` products, fewer where an
    /// invariant subspace ends the process, and memory for `steps` times $n$ numbers.
    ///
    /// # Errors
    /// [`Error::OutsideDomain`] for $n = 0$ or an operator that is not symmetric,
    /// [`Error::NonFiniteEntry`] for a product that is not finite.
    pub fn spectral_density(
        &self,
        n: usize,
        mut product: impl FnMut(&[f64], &mut [f64]),
    ) -> Result<SpectralDensity, Error> {
        let op = "StochasticLanczos::spectral_density";
        if n == 0 {
            let (argument, domain) = ("n", "at least 1");
            return Err(Error::OutsideDomain { op, argument, domain, value: 0.0 });
        }
        let mut random = Random::new(self.seed);
        let mut products = 0;
        let mut quadratures = Vec::with_capacity(self.vectors);
        for _ in 0..self.vectors {
            let mut start = random.signs(n);
            normalize(&mut start);
            let mut krylov = Krylov::new(op, &mut product, start, &mut random);
            while krylov.steps() < self.steps && !krylov.is_invariant() {
                krylov.step()?;
            }
            products += krylov.steps();
            let (values, s) = krylov.ritz()?;
            let node = |(k, &eigenvalue)| Node { eigenvalue, weight: s[(0, k)] * s[(0, k)] };
            quadratures.push(values.iter().enumerate().map(node).collect());
        }
        Ok(SpectralDensity { n, products, quadratures })
    }
}

impl SpectralDensity {
    /// The trace of a function of the operator, $\operatorname{tr} f(H)$, with its standard error.
    ///
    /// The standard error is that of the random vectors; the error of the quadrature comes on top
    /// where $f$ is far from a polynomial on the spectrum.
    ///
    /// # Errors
    /// [`Error::OutsideDomain`] if `f` is not finite at a node.
    pub fn trace_of(&self, mut f: impl FnMut(f64) -> f64) -> Result<TraceEstimate, Error> {
        let mut integral = |quadrature: &Vec<Node>| {
            let terms = quadrature.iter().map(|node| node.weight * f(node.eigenvalue));
            self.n as f64 * terms.sum::<f64>()
        };
        let samples: Vec<f64> = self.quadratures.iter().map(&mut integral).collect();
        estimate("SpectralDensity::trace_of", 0.0, &samples, self.products)
    }

    /// The density at `x`, smoothed by a Gaussian of standard deviation `width`:
    /// $\frac1p\sum_{lk} \tau_{lk}^2\, \mathcal N(x - \theta_{lk}; 0, \text{width}^2)$, of integral 1.
    ///
    /// # Errors
    /// [`Error::OutsideDomain`] unless `width` is positive and finite.
    pub fn smoothed(&self, x: f64, width: f64) -> Result<f64, Error> {
        if !(width > 0.0 && width.is_finite()) {
            let (op, argument) = ("SpectralDensity::smoothed", "width");
            let domain = "positive and finite";
            return Err(Error::OutsideDomain { op, argument, domain, value: width });
        }
        let gaussian =
            |node: &Node| node.weight * (-0.5 * ((x - node.eigenvalue) / width).powi(2)).exp();
        let sum: f64 = self.quadratures.iter().flatten().map(gaussian).sum();
        let vectors = self.quadratures.len() as f64;
        Ok(sum / (vectors * width * std::f64::consts::TAU.sqrt()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::lanczos::multiply;
    use super::*;
    use faer::{Mat, mat};

    fn density(h: &Mat<f64>, steps: usize, vectors: usize) -> SpectralDensity {
        let config = StochasticLanczos::new().steps(steps).unwrap().vectors(vectors).unwrap();
        config.seed(4).spectral_density(h.nrows(), multiply(h)).unwrap()
    }

    #[test]
    fn the_first_moments_are_those_of_hutchinson() {
        let h = Mat::from_fn(12, 12, |i, j| 1.0 / (i + j + 1) as f64);
        let density = density(&h, 3, 200);
        let count = density.trace_of(|_| 1.0).unwrap();
        assert!((count.value - 12.0).abs() < 1e-12);
        let exact: f64 = (0..12).map(|i| h[(i, i)]).sum();
        let trace = density.trace_of(|x| x).unwrap();
        assert!((trace.value - exact).abs() < 4.0 * trace.standard_error);
        // Exact for polynomials of degree 5, whatever the vectors: tr H² = |H|_F².
        let square = density.trace_of(|x| x * x).unwrap();
        assert!((square.value - h.norm_l2().powi(2)).abs() < 4.0 * square.standard_error);
    }

    #[test]
    fn a_smoothed_density_integrates_to_one() {
        let h = mat![[1.0, 0.5], [0.5, 2.0]];
        let density = density(&h, 5, 3);
        let step = 0.01;
        let sum: f64 =
            (-500..800).map(|i| density.smoothed(f64::from(i) * step, 0.2).unwrap()).sum();
        assert!((sum * step - 1.0).abs() < 1e-10);
        assert!(density.smoothed(0.0, 0.0).is_err());
        assert!(density.smoothed(0.0, f64::NAN).is_err());
    }

    #[test]
    fn boundary_cases() {
        let zero = density(&Mat::zeros(4, 4), 3, 2);
        assert_eq!(zero.trace_of(|x| x).unwrap().value, 0.0);
        assert!(zero.trace_of(f64::ln).is_err());
        let config = StochasticLanczos::new();
        assert!(config.spectral_density(0, |_, _| {}).is_err());
        assert!(config.spectral_density(2, |_, y| y[0] = f64::NAN).is_err());
        assert!(config.steps(0).is_err());
        assert!(config.vectors(1).is_err());
    }
}
