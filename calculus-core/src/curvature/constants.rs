//! The Lipschitz constant of a gradient and the constant of strong convexity.
//!
//! The constants $L$ and $\mu$ on which step sizes and rates of convergence rest:
//!
//! $$\|\nabla f(x) - \nabla f(y)\| \le L\, \|x - y\|, \qquad
//!   (\nabla f(x) - \nabla f(y))'(x - y) \ge \mu\, \|x - y\|^2.$$
//!
//! For a quadratic with Hessian $H$ they are $\max|\lambda_i|$ and $\lambda_{min}$. For another
//! function the same quotients at sampled pairs, or eigenvalues at sampled points, bound the
//! constants from one side only: $L$ is at least the largest one seen, $\mu$ at most the smallest.
//!
//! Source: Y. Nesterov (2004), *Introductory Lectures on Convex Optimization*, theorems 2.1.5,
//! 2.1.9 and 2.1.11.

use faer::{Mat, MatRef};

use super::conditioning::{FixedStep, fixed_step, optimal_fixed_step};
use super::symmetric::{Symmetric, check_points, check_vector};
use super::vector::{dot, norm};
use crate::Error;

/// The constants of a quadratic function, which are exact up to rounding.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct QuadraticConstants {
    /// $L = \max|\lambda_i|$.
    pub lipschitz: f64,
    /// $\mu = \lambda_{min}$; negative for a function that is not convex.
    pub strong_convexity: f64,
}

impl QuadraticConstants {
    /// $\kappa = L/\mu$; infinite unless $\mu > 0$.
    pub fn condition_number(&self) -> f64 {
        if self.strong_convexity > 0.0 {
            self.lipschitz / self.strong_convexity
        } else {
            f64::INFINITY
        }
    }

    /// The step $2/(\mu + L)$, see [`optimal_fixed_step`].
    ///
    /// # Errors
    /// [`Error::OutsideDomain`] unless $\mu > 0$.
    pub fn optimal_fixed_step(&self) -> Result<FixedStep, Error> {
        optimal_fixed_step(self.strong_convexity, self.lipschitz)
    }

    /// The step $1/L$, see [`fixed_step`].
    ///
    /// # Errors
    /// [`Error::OutsideDomain`] unless $\mu \ge 0$ and $L > 0$.
    pub fn fixed_step(&self) -> Result<FixedStep, Error> {
        fixed_step(self.strong_convexity, self.lipschitz)
    }
}

/// One-sided bounds on the constants of a function, from a sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SampledConstants {
    /// A lower bound on $L$: the largest quotient that was seen. A step of $1/L$ that is computed
    /// from it may be too long.
    pub lipschitz_lower_bound: f64,
    /// An upper bound on $\mu$: the smallest quotient that was seen. If it is negative the function
    /// is not convex; if it is positive it may still not be convex.
    pub strong_convexity_upper_bound: f64,
    /// The number of pairs, or of Hessians, in the sample.
    pub checks: usize,
}

/// The constants of the quadratic $\tfrac12 x'Hx + b'x + c$.
///
/// `h` is $n \times n$ with $n \ge 1$; both triangles are read. Costs the eigenvalues, $O(n^3)$.
///
/// # Errors
/// [`Error::NotSquare`], [`Error::NonFiniteEntry`], [`Error::OutsideDomain`] for an asymmetric or
/// an empty matrix, [`Error::NoConvergence`] if the eigenvalues cannot be computed.
///
/// # Examples
/// ```
/// use calculus_core::curvature::quadratic_constants;
/// use faer::mat;
/// let constants = quadratic_constants(mat![[2.0, 0.0], [0.0, 10.0]].as_ref())?;
/// assert!((constants.lipschitz - 10.0).abs() < 1e-14);
/// assert!((constants.strong_convexity - 2.0).abs() < 1e-14);
/// let optimal = constants.optimal_fixed_step()?;
/// assert!((optimal.step - 1.0 / 6.0).abs() < 1e-15);
/// assert!((optimal.rate - 2.0 / 3.0).abs() < 1e-15);
/// # Ok::<(), calculus_core::Error>(())
/// ```
pub fn quadratic_constants(h: MatRef<'_, f64>) -> Result<QuadraticConstants, Error> {
    let op = "quadratic_constants";
    let values = Symmetric::new(op, h)?.eigenvalues(op)?;
    match (values.first(), values.last()) {
        (Some(&smallest), Some(&largest)) => {
            let lipschitz = f64::max(smallest.abs(), largest.abs());
            Ok(QuadraticConstants { lipschitz, strong_convexity: smallest })
        }
        _ => {
            let (argument, domain) = ("the number of rows", "at least 1");
            Err(Error::OutsideDomain { op, argument, domain, value: 0.0 })
        }
    }
}

/// Bounds on the constants from gradients at sampled points: a lower bound on $L$ and an upper
/// bound on $\mu$.
///
/// $$L \ge \max \frac{\|\nabla f(x) - \nabla f(y)\|}{\|x - y\|}, \qquad
///   \mu \le \min \frac{(\nabla f(x) - \nabla f(y))'(x - y)}{\|x - y\|^2}$$
///
/// over all pairs of different points. `gradient(x, g)` writes $\nabla f(x)$ to `g`. Neither bound
/// is a certificate. The gradients' own errors are divided by $\|x - y\|$, so points very close to
/// each other make the bounds meaningless. Costs a gradient a point and $O(n)$ a pair.
///
/// # Errors
/// [`Error::NonFiniteEntry`] for a point or a gradient, [`Error::ShapeMismatch`] for points of
/// different lengths, [`Error::OutsideDomain`] for fewer than two different points, or a distance
/// that overflows.
///
/// # Examples
/// ```
/// use calculus_core::curvature::{sample_box, sampled_constants};
/// // f = x⁴/12 on [-1, 1]: L = 1, μ = 0.
/// let points = sample_box(&[-1.0], &[1.0], 40, 0)?;
/// let constants = sampled_constants(|x, g| g[0] = x[0].powi(3) / 3.0, &points)?;
/// assert!(constants.lipschitz_lower_bound <= 1.0 && constants.lipschitz_lower_bound > 0.9);
/// assert!(constants.strong_convexity_upper_bound >= 0.0);
/// # Ok::<(), calculus_core::Error>(())
/// ```
pub fn sampled_constants(
    mut gradient: impl FnMut(&[f64], &mut [f64]),
    points: &[Vec<f64>],
) -> Result<SampledConstants, Error> {
    let op = "sampled_constants";
    check_points(op, points)?;
    let mut gradients = Vec::with_capacity(points.len());
    for x in points {
        let mut g = vec![0.0; x.len()];
        gradient(x, &mut g);
        check_vector(op, &g)?;
        gradients.push(g);
    }
    let mut constants = nothing_seen();
    for i in 0..points.len() {
        for j in 0..i {
            let difference = |a: &[f64], b: &[f64]| -> Vec<f64> {
                a.iter().zip(b).map(|(a, b)| a - b).collect()
            };
            let mut s = difference(&points[i], &points[j]);
            let mut y = difference(&gradients[i], &gradients[j]);
            let length = norm(&s);
            if length == 0.0 {
                continue;
            }
            if length == f64::INFINITY {
                let (argument, domain) = ("the distance of two points", "finite");
                return Err(Error::OutsideDomain { op, argument, domain, value: length });
            }
            s.iter_mut().chain(&mut y).for_each(|x| *x /= length);
            check_vector(op, &y)?;
            constants.see(dot(&y, &s), norm(&y));
        }
    }
    constants.seen(op, "the number of pairs of different points")
}

/// Bounds on the constants from Hessians at sampled points: a lower bound on $L$ and an upper bound
/// on $\mu$.
///
/// $$L \ge \max_x \max_i |\lambda_i(\nabla^2 f(x))|, \qquad
///   \mu \le \min_x \lambda_{min}(\nabla^2 f(x))$$
///
/// Neither bound is a certificate. Costs a Hessian and its eigenvalues, $O(n^3)$, a point.
///
/// # Errors
/// [`Error::NonFiniteEntry`] for a point, [`Error::OutsideDomain`] for an empty sample, and those
/// of [`quadratic_constants`].
///
/// # Examples
/// ```
/// use calculus_core::curvature::{sample_box, sampled_hessian_constants};
/// use faer::mat;
/// // f = cos x: L = 1, μ = -1.
/// let points = sample_box(&[-4.0], &[4.0], 200, 0)?;
/// let constants = sampled_hessian_constants(|x| mat![[-x[0].cos()]], &points)?;
/// assert!((constants.lipschitz_lower_bound - 1.0).abs() < 1e-3);
/// assert!((constants.strong_convexity_upper_bound + 1.0).abs() < 1e-3);
/// # Ok::<(), calculus_core::Error>(())
/// ```
pub fn sampled_hessian_constants(
    mut hessian: impl FnMut(&[f64]) -> Mat<f64>,
    points: &[Vec<f64>],
) -> Result<SampledConstants, Error> {
    let op = "sampled_hessian_constants";
    let mut constants = nothing_seen();
    for x in points {
        check_vector(op, x)?;
        let here = quadratic_constants(hessian(x).as_ref())?;
        constants.see(here.strong_convexity, here.lipschitz);
    }
    constants.seen(op, "the number of points")
}

const fn nothing_seen() -> SampledConstants {
    SampledConstants {
        lipschitz_lower_bound: 0.0,
        strong_convexity_upper_bound: f64::INFINITY,
        checks: 0,
    }
}

impl SampledConstants {
    fn see(&mut self, curvature: f64, lipschitz: f64) {
        self.strong_convexity_upper_bound = self.strong_convexity_upper_bound.min(curvature);
        self.lipschitz_lower_bound = self.lipschitz_lower_bound.max(lipschitz);
        self.checks += 1;
    }

    fn seen(self, op: &'static str, argument: &'static str) -> Result<Self, Error> {
        if self.checks > 0 {
            return Ok(self);
        }
        Err(Error::OutsideDomain { op, argument, domain: "at least 1", value: 0.0 })
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample_box;
    use super::*;
    use faer::mat;
    use proptest::prelude::*;

    #[test]
    fn quadratics_of_either_sign() {
        let constants = quadratic_constants(mat![[1.0, 2.0], [2.0, 1.0]].as_ref()).unwrap();
        assert!((constants.lipschitz - 3.0).abs() < 1e-14);
        assert!((constants.strong_convexity + 1.0).abs() < 1e-14);
        assert_eq!(constants.condition_number(), f64::INFINITY);
        assert!(constants.optimal_fixed_step().is_err());
        assert!(constants.fixed_step().is_err());
        let concave = quadratic_constants(mat![[-5.0]].as_ref()).unwrap();
        assert_eq!((concave.lipschitz, concave.strong_convexity), (5.0, -5.0));
        let large = quadratic_constants(mat![[1e300, 0.0], [0.0, 2e300]].as_ref()).unwrap();
        assert!((large.condition_number() - 2.0).abs() < 1e-14);
    }

    #[test]
    fn empty_input() {
        assert!(quadratic_constants(Mat::zeros(0, 0).as_ref()).is_err());
        assert!(sampled_constants(|_, _| {}, &[]).is_err());
        let apart = [vec![1e308], vec![-1e308]];
        assert!(sampled_constants(|x, g| g.copy_from_slice(x), &apart).is_err());
        assert!(sampled_constants(|_, _| {}, &[vec![1.0], vec![1.0]]).is_err());
        assert!(sampled_hessian_constants(|_| mat![[1.0]], &[]).is_err());
        let points = [vec![1.0], vec![2.0]];
        assert!(sampled_constants(|_, g| g[0] = f64::NAN, &points).is_err());
    }

    proptest! {
        /// On a quadratic the sampled bounds lie on their side of the exact constants.
        #[test]
        fn sampled_bounds_lie_on_their_side(
            entries in prop::collection::vec(-1.0..1.0_f64, 9),
            seed in any::<u64>(),
        ) {
            let a = Mat::from_fn(3, 3, |i, j| entries[3 * i + j]);
            let h = &a + a.transpose();
            let exact = quadratic_constants(h.as_ref()).unwrap();
            let points = sample_box(&[-1.0; 3], &[1.0; 3], 10, seed).unwrap();
            let gradient = |x: &[f64], g: &mut [f64]| {
                for i in 0..3 {
                    g[i] = (0..3).map(|j| h[(i, j)] * x[j]).sum();
                }
            };
            let sampled = sampled_constants(gradient, &points).unwrap();
            // Rounding of the gradients over the distance of the closest points.
            prop_assert!(sampled.lipschitz_lower_bound <= exact.lipschitz + 1e-12);
            prop_assert!(sampled.strong_convexity_upper_bound >= exact.strong_convexity - 1e-12);
            prop_assert_eq!(sampled.checks, 45);
        }
    }
}
