//! Condition numbers, and the step sizes of gradient descent that follow from them.
//!
//! On a quadratic whose eigenvalues lie in $[\mu, L]$, a step $\alpha$ multiplies the error along
//! an eigenvector by $1 - \alpha\lambda$, so that the distance from the minimum shrinks by
//! $\max(|1 - \alpha\mu|, |1 - \alpha L|)$. It is least where both are equal:
//!
//! $$\alpha = \frac{2}{\mu + L}, \qquad \frac{\kappa - 1}{\kappa + 1}, \quad \kappa = L/\mu.$$
//!
//! The same step and rate hold for every function with these constants.
//!
//! Sources: B. T. Polyak (1964), *Some methods of speeding up the convergence of iteration
//! methods*, USSR Computational Mathematics and Mathematical Physics 4(5), 1-17; Y. Nesterov
//! (2004), *Introductory Lectures on Convex Optimization*, theorem 2.1.15.

use faer::MatRef;

use super::scaling::{binary_exponent, scaled};
use super::symmetric::check_finite;
use crate::Error;

/// A step size of gradient descent with its guaranteed rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FixedStep {
    /// The step $\alpha$ in $x - \alpha\nabla f(x)$.
    pub step: f64,
    /// The factor by which a step multiplies the distance from the minimum at most.
    pub rate: f64,
}

impl FixedStep {
    /// The number of steps after which the distance from the minimum is `reduction` times what it
    /// was, at most: $\ln(\text{reduction}) / \ln(\text{rate})$, infinite for a rate of 1.
    ///
    /// # Errors
    /// [`Error::OutsideDomain`] unless $0 < \text{reduction} \le 1$.
    pub fn steps_for(&self, reduction: f64) -> Result<f64, Error> {
        if !(reduction > 0.0 && reduction <= 1.0) {
            let (op, argument) = ("FixedStep::steps_for", "reduction");
            return Err(Error::OutsideDomain {
                op,
                argument,
                domain: "in (0, 1]",
                value: reduction,
            });
        }
        Ok(match self.rate {
            0.0 => 1.0,
            1.0 => f64::INFINITY,
            rate => (reduction.ln() / rate.ln()).ceil(),
        })
    }
}

/// The best fixed step of gradient descent, $2/(\mu + L)$, with the rate $(\kappa-1)/(\kappa+1)$.
///
/// For a function that is $\mu$-strongly convex with an $L$-Lipschitz gradient, $0 < \mu \le L$.
///
/// # Errors
/// [`Error::OutsideDomain`] unless $0 < \mu \le L < \infty$ and $2/L < \infty$.
///
/// # Examples
/// ```
/// use calculus_core::curvature::optimal_fixed_step;
/// let optimal = optimal_fixed_step(1.0, 9.0)?;
/// assert_eq!(optimal.step, 0.2);
/// assert!((optimal.rate - 0.8).abs() < 1e-15);
/// assert_eq!(optimal.steps_for(1e-6)?, 62.0);
/// # Ok::<(), calculus_core::Error>(())
/// ```
pub fn optimal_fixed_step(strong_convexity: f64, lipschitz: f64) -> Result<FixedStep, Error> {
    let op = "optimal_fixed_step";
    check_lipschitz(op, lipschitz)?;
    if !(strong_convexity > 0.0 && strong_convexity <= lipschitz) {
        let (argument, domain) =
            ("strong_convexity", "positive and at most the Lipschitz constant");
        return Err(Error::OutsideDomain { op, argument, domain, value: strong_convexity });
    }
    let (mu, l) = (strong_convexity, lipschitz);
    Ok(FixedStep { step: 1.0 / (0.5 * mu + 0.5 * l), rate: (1.0 - mu / l) / (1.0 + mu / l) })
}

/// The step of gradient descent $1/L$, which needs no $\mu$, with the rate $1 - \mu/L$.
///
/// `strong_convexity` is $\mu \ge 0$; with 0 the rate is 1, and a convex function still decreases as
/// $L\|x_0 - x^*\|^2 / 2k$.
///
/// # Errors
/// [`Error::OutsideDomain`] unless $0 \le \mu \le L$, $0 < L < \infty$ and $2/L < \infty$.
///
/// # Examples
/// ```
/// use calculus_core::curvature::fixed_step;
/// let safe = fixed_step(1.0, 4.0)?;
/// assert_eq!((safe.step, safe.rate), (0.25, 0.75));
/// # Ok::<(), calculus_core::Error>(())
/// ```
pub fn fixed_step(strong_convexity: f64, lipschitz: f64) -> Result<FixedStep, Error> {
    let op = "fixed_step";
    check_lipschitz(op, lipschitz)?;
    if !(strong_convexity >= 0.0 && strong_convexity <= lipschitz) {
        let (argument, domain) = ("strong_convexity", "in [0, the Lipschitz constant]");
        return Err(Error::OutsideDomain { op, argument, domain, value: strong_convexity });
    }
    Ok(FixedStep { step: 1.0 / lipschitz, rate: 1.0 - strong_convexity / lipschitz })
}

fn check_lipschitz(op: &'static str, lipschitz: f64) -> Result<(), Error> {
    // The longest of the steps is 2 / L.
    if lipschitz > 0.0 && lipschitz.is_finite() && (2.0 / lipschitz).is_finite() {
        return Ok(());
    }
    let (argument, domain) = ("lipschitz", "positive and finite, as its reciprocal");
    Err(Error::OutsideDomain { op, argument, domain, value: lipschitz })
}

/// The condition number in the 2-norm, $\kappa_2(A) = \sigma_{max}/\sigma_{min}$.
///
/// `a` is any matrix with at least one row and column; for a symmetric positive definite one it is
/// $\lambda_{max}/\lambda_{min}$. Infinite if the smallest singular value is computed as 0. A value
/// above $1/\varepsilon$ says that the matrix is singular to working precision, no more. Costs the
/// singular values, $O(mn\min(m,n))$.
///
/// # Errors
/// [`Error::NonFiniteEntry`], [`Error::OutsideDomain`] for an empty matrix, and
/// [`Error::NoConvergence`] if the singular values cannot be computed.
///
/// # Examples
/// ```
/// use calculus_core::curvature::condition_number;
/// use faer::mat;
/// assert!((condition_number(mat![[3.0, 0.0], [0.0, -0.5]].as_ref())? - 6.0).abs() < 1e-14);
/// assert_eq!(condition_number(mat![[1.0, 0.0], [0.0, 0.0]].as_ref())?, f64::INFINITY);
/// # Ok::<(), calculus_core::Error>(())
/// ```
pub fn condition_number(a: MatRef<'_, f64>) -> Result<f64, Error> {
    let op = "condition_number";
    check_finite(op, a)?;
    let values = scaled(a, -binary_exponent(a))
        .singular_values()
        .map_err(|_| Error::NoConvergence { op, iterations: 30 * a.nrows().min(a.ncols()) })?;
    match (values.first(), values.last()) {
        (Some(_), Some(&0.0)) => Ok(f64::INFINITY),
        (Some(largest), Some(smallest)) => Ok(largest / smallest),
        _ => {
            let (argument, domain) = ("the number of singular values", "at least 1");
            Err(Error::OutsideDomain { op, argument, domain, value: 0.0 })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use faer::{Mat, mat};

    #[test]
    fn known_condition_numbers() {
        assert_eq!(condition_number(mat![[-7.0]].as_ref()).unwrap(), 1.0);
        assert_eq!(condition_number(Mat::zeros(2, 3).as_ref()).unwrap(), f64::INFINITY);
        // The Hilbert matrix of order 5: 476607.250...
        let hilbert = Mat::from_fn(5, 5, |i, j| 1.0 / (i + j + 1) as f64);
        let kappa = condition_number(hilbert.as_ref()).unwrap();
        assert!((kappa - 476_607.250_242).abs() < 1e-3, "{kappa}");
        for scale in [1e-300, 1e300] {
            let a = mat![[scale, 0.0], [0.0, 4.0 * scale], [0.0, 0.0]];
            assert!((condition_number(a.as_ref()).unwrap() - 4.0).abs() < 1e-14);
        }
    }

    #[test]
    fn bad_input() {
        assert!(condition_number(Mat::zeros(0, 0).as_ref()).is_err());
        assert!(condition_number(mat![[f64::NAN]].as_ref()).is_err());
        assert!(optimal_fixed_step(0.0, 1.0).is_err());
        assert!(optimal_fixed_step(2.0, 1.0).is_err());
        assert!(optimal_fixed_step(f64::NAN, 1.0).is_err());
        assert!(optimal_fixed_step(1.0, f64::INFINITY).is_err());
        assert!(optimal_fixed_step(1e-320, 1e-320).is_err());
        assert!(fixed_step(0.0, 0.0).is_err());
        assert!(fixed_step(-1.0, 1.0).is_err());
        let step = FixedStep { step: 1.0, rate: 0.5 };
        assert!(step.steps_for(0.0).is_err() && step.steps_for(2.0).is_err());
    }

    #[test]
    fn the_rate_is_met_and_no_step_is_better() {
        let (mu, l) = (0.3, 7.0);
        let worst = |step: f64| f64::max((1.0 - step * mu).abs(), (1.0 - step * l).abs());
        let optimal = optimal_fixed_step(mu, l).unwrap();
        assert!((worst(optimal.step) - optimal.rate).abs() < 1e-14);
        assert!(worst(1.01 * optimal.step) > optimal.rate);
        assert!(worst(0.99 * optimal.step) > optimal.rate);
        let safe = fixed_step(mu, l).unwrap();
        assert!((worst(safe.step) - safe.rate).abs() < 1e-14);
    }

    #[test]
    fn extreme_sizes() {
        let step = optimal_fixed_step(1e308, 1e308).unwrap();
        assert_eq!(step, FixedStep { step: 1e-308, rate: 0.0 });
        assert_eq!(step.steps_for(1e-6).unwrap(), 1.0);
        assert_eq!(fixed_step(0.0, 1.0).unwrap().steps_for(0.5).unwrap(), f64::INFINITY);
    }
}
