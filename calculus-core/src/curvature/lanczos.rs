//! Extreme eigenvalues from Hessian-vector products, by Lanczos' method.
//!
//! From a random unit vector the method builds an orthonormal basis $Q_m$ of the Krylov space in
//! which $H$ is tridiagonal,
//!
//! $$H Q_m = Q_m T_m + \beta_m q_{m+1} e_m', \qquad
//!   T_m = \begin{pmatrix} \alpha_1 & \beta_1 \\ \beta_1 & \alpha_2 & \ddots \\
//!   & \ddots & \ddots \end{pmatrix}.$$
//!
//! An eigenpair $(\theta, s)$ of $T_m$ gives the Ritz pair $(\theta, Q_m s)$ of $H$ with the
//! residual $\|H Q_m s - \theta Q_m s\| = |\beta_m s_m|$, so that some eigenvalue of $H$ lies within
//! $|\beta_m s_m|$ of $\theta$. The new vector is orthogonalised against all of the basis, twice;
//! without that, rounding makes copies of eigenvalues that have converged. Where $\beta_m$ vanishes
//! the basis spans an invariant subspace, and the method goes on from a new random direction
//! orthogonal to it.
//!
//! Sources: C. Lanczos (1950), *An iteration method for the solution of the eigenvalue problem*,
//! Journal of Research of the National Bureau of Standards 45, 255-282; B. N. Parlett (1998), *The
//! Symmetric Eigenvalue Problem*, chapter 13.

use faer::Mat;

use super::random::Random;
use super::symmetric::{Symmetric, check_vector};
use super::vector::{add_scaled, max_norm, norm, normalize, orthogonalize};
use crate::Error;

/// What an operator may deviate from symmetry by, relative to its norm.
const ASYMMETRY: f64 = 1e-3;
/// Up to this many products the small eigenproblem is solved after each, then after every tenth.
const CHECKED_EACH: usize = 20;

/// The tridiagonal matrix of an operator in a basis that grows.
pub(super) struct Krylov<'a, F> {
    product: F,
    random: &'a mut Random,
    op: &'static str,
    n: usize,
    /// $q_1, \dots, q_m$, and $q_{m+1}$ as long as there is one.
    pub(super) basis: Vec<Vec<f64>>,
    /// $\alpha_1, \dots, \alpha_m$.
    diagonal: Vec<f64>,
    /// $\beta_1, \dots, \beta_m$.
    off_diagonal: Vec<f64>,
}

impl<'a, F: FnMut(&[f64], &mut [f64])> Krylov<'a, F> {
    /// The process from the unit vector `start`.
    pub(super) fn new(
        op: &'static str,
        product: F,
        start: Vec<f64>,
        random: &'a mut Random,
    ) -> Self {
        let (n, basis) = (start.len(), vec![start]);
        Self { product, random, op, n, basis, diagonal: vec![], off_diagonal: vec![] }
    }

    /// $m$.
    pub(super) fn steps(&self) -> usize {
        self.diagonal.len()
    }

    /// Whether the basis spans the whole space.
    pub(super) fn is_complete(&self) -> bool {
        self.steps() == self.n
    }

    /// Whether the basis spans an invariant subspace.
    pub(super) fn is_invariant(&self) -> bool {
        self.off_diagonal.last() == Some(&0.0)
    }

    /// The largest entry of the tridiagonal matrix: its norm within a factor of 3.
    fn size(&self) -> f64 {
        max_norm(&self.diagonal).max(max_norm(&self.off_diagonal))
    }

    /// One product: $\alpha_m$, $\beta_m$ and $q_{m+1}$.
    pub(super) fn step(&mut self) -> Result<(), Error> {
        let m = self.steps();
        let mut w = vec![0.0; self.n];
        (self.product)(&self.basis[m], &mut w);
        check_vector(self.op, &w)?;
        let length = norm(&w);
        let coefficients = orthogonalize(&mut w, &self.basis);
        self.check_symmetry(&coefficients, length)?;
        self.diagonal.push(coefficients[m]);
        let mut beta = normalize(&mut w);
        // What orthogonalisation leaves of a vector in the span of the basis is rounding.
        if beta <= self.n as f64 * f64::EPSILON * self.size().max(length) {
            beta = 0.0;
        }
        if self.is_complete() {
            beta = 0.0;
        } else if beta == 0.0 {
            let direction = self.orthogonal_direction();
            self.basis.push(direction);
        } else {
            self.basis.push(w);
        }
        self.off_diagonal.push(beta);
        Ok(())
    }

    /// A symmetric operator has $q_i'Hq_m = 0$ for $i < m - 1$ and $\beta_{m-1}$ for $i = m - 1$.
    fn check_symmetry(&self, coefficients: &[f64], length: f64) -> Result<(), Error> {
        let m = self.steps();
        let scale = self.size().max(length);
        let expected = |i: usize| if i + 1 == m { self.off_diagonal[i] } else { 0.0 };
        let deviation = (0..m).map(|i| (coefficients[i] - expected(i)).abs()).fold(0.0, f64::max);
        if deviation <= ASYMMETRY * scale {
            return Ok(());
        }
        Err(Error::OutsideDomain {
            op: self.op,
            argument: "the asymmetry of the operator relative to its norm",
            domain: "at most 0.001",
            value: deviation / scale,
        })
    }

    fn orthogonal_direction(&mut self) -> Vec<f64> {
        loop {
            let mut q = self.random.direction(self.n);
            orthogonalize(&mut q, &self.basis);
            // Below this length two passes may not have been enough.
            if normalize(&mut q) > 1e-3 / (self.n as f64).sqrt() {
                orthogonalize(&mut q, &self.basis);
                normalize(&mut q);
                return q;
            }
        }
    }

    /// The eigenvalues of $T_m$ in increasing order, with its eigenvectors as columns.
    pub(super) fn ritz(&self) -> Result<(Vec<f64>, Mat<f64>), Error> {
        let m = self.steps();
        let t = Mat::from_fn(m, m, |i, j| {
            if i == j {
                self.diagonal[i]
            } else if i.abs_diff(j) == 1 {
                self.off_diagonal[i.min(j)]
            } else {
                0.0
            }
        });
        Symmetric::new(self.op, t.as_ref())?.eigenvectors(self.op)
    }

    /// The Ritz pair of column `k` of the eigenvectors `s`.
    fn pair(&self, values: &[f64], s: &Mat<f64>, k: usize) -> RitzPair {
        let m = self.steps();
        let mut vector = vec![0.0; self.n];
        for (i, q) in self.basis[..m].iter().enumerate() {
            add_scaled(&mut vector, s[(i, k)], q);
        }
        let residual_bound = self.off_diagonal[m - 1] * s[(m - 1, k)].abs();
        RitzPair { value: values[k], vector, residual_bound }
    }
}

/// An approximate eigenvalue with its vector and its error.
#[derive(Clone, Debug, PartialEq)]
pub struct RitzPair {
    /// The Ritz value $\theta$.
    pub value: f64,
    /// The Ritz vector $v$ of length 1.
    pub vector: Vec<f64>,
    /// $\|Hv - \theta v\| = |\beta_m s_m|$ in exact arithmetic: an eigenvalue lies within this
    /// distance of $\theta$. Rounding adds some $\varepsilon\|H\|$.
    pub residual_bound: f64,
}

/// The two ends of a spectrum.
#[derive(Clone, Debug, PartialEq)]
pub struct ExtremeEigenvalues {
    /// The smallest Ritz value, an upper bound on $\lambda_{min}$ up to rounding.
    pub smallest: RitzPair,
    /// The largest Ritz value, a lower bound on $\lambda_{max}$ up to rounding.
    pub largest: RitzPair,
    /// The number of products that were computed.
    pub products: usize,
    /// Whether both residuals are within the tolerance.
    pub converged: bool,
}

/// Lanczos' method with full reorthogonalisation: configuration.
///
/// By default at most 300 products, a tolerance of $10^{-8}$ and the seed 0.
///
/// # Examples
/// ```
/// use calculus_core::curvature::Lanczos;
/// // The second difference on 200 points, given by its product with a vector alone.
/// let laplacian = |v: &[f64], y: &mut [f64]| {
///     let at = |i: usize| v.get(i).copied().unwrap_or(0.0);
///     for i in 0..v.len() {
///         y[i] = 2.0 * v[i] - at(i + 1) - at(i.wrapping_sub(1));
///     }
/// };
/// let ends = Lanczos::new().extreme_eigenvalues(200, laplacian)?;
/// let exact = |k: f64| 2.0 - 2.0 * (std::f64::consts::PI * k / 201.0).cos();
/// assert!(ends.converged);
/// assert!((ends.largest.value - exact(200.0)).abs() <= ends.largest.residual_bound + 1e-14);
/// assert!((ends.smallest.value - exact(1.0)).abs() <= ends.smallest.residual_bound + 1e-14);
/// # Ok::<(), calculus_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lanczos {
    max_products: usize,
    tolerance: f64,
    seed: u64,
}

impl Default for Lanczos {
    fn default() -> Self {
        Self { max_products: 300, tolerance: 1e-8, seed: 0 }
    }
}

impl Lanczos {
    /// The default configuration.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the largest number of products, which is also the largest size of the basis.
    ///
    /// # Errors
    /// [`Error::OutsideDomain`] for 0.
    pub fn max_products(mut self, max_products: usize) -> Result<Self, Error> {
        if max_products == 0 {
            let (op, argument) = ("Lanczos::max_products", "max_products");
            return Err(Error::OutsideDomain { op, argument, domain: "at least 1", value: 0.0 });
        }
        self.max_products = max_products;
        Ok(self)
    }

    /// Sets the residual at which both ends count as converged, relative to the largest $|\theta|$.
    ///
    /// The error of an eigenvalue that is well separated is about the square of its residual.
    ///
    /// # Errors
    /// [`Error::OutsideDomain`] unless the tolerance lies in $(0, 1)$.
    pub fn tolerance(mut self, tolerance: f64) -> Result<Self, Error> {
        if !(tolerance > 0.0 && tolerance < 1.0) {
            let (op, argument) = ("Lanczos::tolerance", "tolerance");
            return Err(Error::OutsideDomain {
                op,
                argument,
                domain: "in (0, 1)",
                value: tolerance,
            });
        }
        self.tolerance = tolerance;
        Ok(self)
    }

    /// Sets the seed of the random directions.
    pub const fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// The smallest and the largest eigenvalue of a symmetric operator on vectors of length `n`.
    ///
    /// `product(v, y)` writes $Hv$ to `y`. The largest Ritz value is never above $\lambda_{max}$, and
    /// the smallest never below $\lambda_{min}$, up to rounding: a function whose Hessian is only
    /// seen through products may always have a larger one in a direction that was not looked at. With
    /// a random start the chance of missing an end entirely is negligible.
    ///
    /// Not converging is told by `converged`; the residual bounds hold anyway. A symmetry that fails
    /// by more than a thousandth of the norm is found out on the way.
    ///
    /// Costs $m$ products for a basis of $m$ vectors, memory for $m n$ numbers and $O(m^2 n)$.
    ///
    /// # Errors
    /// [`Error::OutsideDomain`] for $n = 0$ or an operator that is not symmetric,
    /// [`Error::NonFiniteEntry`] for a product that is not finite.
    pub fn extreme_eigenvalues(
        &self,
        n: usize,
        product: impl FnMut(&[f64], &mut [f64]),
    ) -> Result<ExtremeEigenvalues, Error> {
        let op = "Lanczos::extreme_eigenvalues";
        if n == 0 {
            let (argument, domain) = ("n", "at least 1");
            return Err(Error::OutsideDomain { op, argument, domain, value: 0.0 });
        }
        let mut random = Random::new(self.seed);
        let start = random.direction(n);
        let mut krylov = Krylov::new(op, product, start, &mut random);
        let mut restarted = false;
        loop {
            // In exact arithmetic the first invariant subspace already has both ends. One more
            // direction guards against a start that happened to lie in the wrong subspace.
            let was_invariant = krylov.is_invariant();
            krylov.step()?;
            restarted |= was_invariant;
            let steps = krylov.steps();
            let last = krylov.is_complete() || steps >= self.max_products;
            let due = steps <= CHECKED_EACH || steps.is_multiple_of(10) || krylov.is_invariant();
            if !last && !due {
                continue;
            }
            let (values, s) = krylov.ritz()?;
            let (smallest, largest) = (values[0], values[steps - 1]);
            let bound = self.tolerance * smallest.abs().max(largest.abs());
            let beta = krylov.off_diagonal[steps - 1];
            let residual = |k: usize| beta * s[(steps - 1, k)].abs();
            let small = residual(0) <= bound && residual(steps - 1) <= bound;
            let converged = small && (!krylov.is_invariant() || restarted || krylov.is_complete());
            if last || converged {
                return Ok(ExtremeEigenvalues {
                    smallest: krylov.pair(&values, &s, 0),
                    largest: krylov.pair(&values, &s, steps - 1),
                    products: steps,
                    converged: small,
                });
            }
        }
    }
}

/// The product with a matrix.
#[cfg(test)]
pub(super) fn multiply(h: &Mat<f64>) -> impl FnMut(&[f64], &mut [f64]) + '_ {
    |v, y| {
        for (i, y) in y.iter_mut().enumerate() {
            *y = (0..v.len()).map(|j| h[(i, j)] * v[j]).sum();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::vector::dot;
    use super::*;
    use faer::{Side, mat};
    use proptest::prelude::*;

    fn ends(h: &Mat<f64>) -> ExtremeEigenvalues {
        Lanczos::new().extreme_eigenvalues(h.nrows(), multiply(h)).unwrap()
    }

    #[test]
    fn one_coordinate() {
        let ends = ends(&mat![[-3.0]]);
        assert_eq!((ends.smallest.value, ends.largest.value), (-3.0, -3.0));
        assert_eq!(ends.largest.residual_bound, 0.0);
        assert!(ends.converged);
        assert_eq!(ends.products, 1);
    }

    #[test]
    fn the_zero_operator_and_the_identity() {
        let zero = ends(&Mat::zeros(50, 50));
        assert_eq!((zero.smallest.value, zero.largest.value), (0.0, 0.0));
        assert!(zero.converged && zero.products == 2);
        let identity = ends(&Mat::identity(50, 50));
        assert!((identity.smallest.value - 1.0).abs() < 1e-14);
        assert!((identity.largest.value - 1.0).abs() < 1e-14);
        assert!(identity.converged && identity.products == 2);
    }

    #[test]
    fn repeated_eigenvalues_break_down_and_are_found() {
        // Three different eigenvalues: an invariant subspace after three products.
        let h = Mat::from_fn(60, 60, |i, j| if i == j { [1.0, 2.0, -5.0][i % 3] } else { 0.0 });
        let ends = ends(&h);
        assert!((ends.smallest.value + 5.0).abs() < 1e-13);
        assert!((ends.largest.value - 2.0).abs() < 1e-13);
        assert!(ends.converged && ends.products <= 6);
    }

    #[test]
    fn a_start_in_an_invariant_subspace_goes_on_outside_it() {
        // Started at e_1, the process must find the eigenvalue 7 of e_3 by restarts.
        let h = mat![[1.0, 0.0, 0.0], [0.0, 2.0, 0.0], [0.0, 0.0, 7.0]];
        let mut random = Random::new(0);
        let mut krylov = Krylov::new("test", multiply(&h), vec![1.0, 0.0, 0.0], &mut random);
        krylov.step().unwrap();
        assert!(krylov.is_invariant());
        krylov.step().unwrap();
        krylov.step().unwrap();
        assert!(krylov.is_complete());
        let (values, _) = krylov.ritz().unwrap();
        for (value, exact) in values.iter().zip([1.0, 2.0, 7.0]) {
            assert!((value - exact).abs() < 1e-14);
        }
    }

    #[test]
    fn extreme_sizes() {
        for scale in [1e-300, 1e300] {
            let h = mat![[scale, 0.5 * scale], [0.5 * scale, -scale]];
            let exact = 1.25_f64.sqrt();
            let ends = ends(&h);
            assert!((ends.largest.value / scale - exact).abs() < 1e-14);
            assert!((ends.smallest.value / scale + exact).abs() < 1e-14);
        }
    }

    #[test]
    fn bad_input() {
        let lanczos = Lanczos::new();
        assert!(lanczos.extreme_eigenvalues(0, |_, _| {}).is_err());
        let nan = lanczos.extreme_eigenvalues(2, |_, y| y[1] = f64::NAN);
        assert!(matches!(nan, Err(Error::NonFiniteEntry { row: 1, .. })));
        let h = mat![[1.0, 1.0, 0.0], [0.0, 2.0, 1.0], [0.0, 0.0, 3.0]];
        let asymmetric = lanczos.extreme_eigenvalues(3, multiply(&h));
        assert!(matches!(asymmetric, Err(Error::OutsideDomain { .. })));
        assert!(lanczos.max_products(0).is_err());
        assert!(lanczos.tolerance(0.0).is_err());
        assert!(lanczos.tolerance(f64::NAN).is_err());
    }

    #[test]
    fn too_few_products_are_reported() {
        let h = Mat::from_fn(40, 40, |i, j| if i == j { (i + 1) as f64 } else { 0.0 });
        let lanczos = Lanczos::new().max_products(5).unwrap();
        let ends = lanczos.extreme_eigenvalues(40, multiply(&h)).unwrap();
        assert!(!ends.converged);
        assert_eq!(ends.products, 5);
        assert!(ends.largest.value <= 40.0 && ends.smallest.value >= 1.0);
        assert!(ends.largest.residual_bound > 0.0);
    }

    proptest! {
        #[test]
        fn the_ends_are_those_of_the_dense_eigenvalues(
            n in 1_usize..20,
            entries in prop::collection::vec(-1.0..1.0_f64, 400),
            seed in any::<u64>(),
        ) {
            let a = Mat::from_fn(n, n, |i, j| entries[20 * i + j]);
            let h = &a + a.transpose();
            let exact = h.self_adjoint_eigenvalues(Side::Lower).unwrap();
            let ends = Lanczos::new().seed(seed).extreme_eigenvalues(n, multiply(&h)).unwrap();
            prop_assert!(ends.converged);
            // Eigenvalues are at most the residual away; rounding adds n eps |H|.
            let size = exact[0].abs().max(exact[n - 1].abs());
            let rounding = 10.0 * n as f64 * f64::EPSILON * size;
            let within = |pair: &RitzPair, exact: f64| {
                (pair.value - exact).abs() <= pair.residual_bound + rounding
            };
            prop_assert!(within(&ends.smallest, exact[0]));
            prop_assert!(within(&ends.largest, exact[n - 1]));
            // The residual bound is the residual.
            let RitzPair { value, vector, residual_bound } = ends.largest;
            let mut residual = vec![0.0; n];
            multiply(&h)(&vector, &mut residual);
            add_scaled(&mut residual, -value, &vector);
            prop_assert!((norm(&residual) - residual_bound).abs() <= rounding);
            prop_assert!((dot(&vector, &vector) - 1.0).abs() < 1e-13);
        }
    }
}
