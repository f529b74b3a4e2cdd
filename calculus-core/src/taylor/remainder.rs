//! How far a Taylor polynomial is from its function: a bound, and an estimate.

use super::Series;
use crate::{Error, Real};

/// Lagrange's bound of the remainder, $\frac{M\,|t|^{n+1}}{(n+1)!}$.
///
/// It holds for a function whose derivative of order $n + 1$ is at most $M$ in size between the
/// point of expansion and the displacement $t$; `order` is $n$, `derivative_bound` is $M$. Rounding
/// is not included.
///
/// # Errors
/// [`Error::OutsideDomain`] if $M$ is negative or NaN, or $t$ is not finite.
///
/// # Examples
/// ```
/// use calculus_core::taylor::lagrange_bound;
/// // No derivative of the sine exceeds 1.
/// let bound = lagrange_bound(4, 0.5, 1.0)?;
/// let polynomial = 0.5 - 0.5_f64.powi(3) / 6.0;
/// assert!((0.5_f64.sin() - polynomial).abs() <= bound);
/// assert!((bound - 0.5_f64.powi(5) / 120.0).abs() < 1e-18);
/// # Ok::<(), calculus_core::Error>(())
/// ```
pub fn lagrange_bound(order: usize, t: f64, derivative_bound: f64) -> Result<f64, Error> {
    let invalid = |argument, domain, value| {
        Err(Error::OutsideDomain { op: "Lagrange bound", argument, domain, value })
    };
    if !t.is_finite() {
        return invalid("the displacement", "finite", t);
    }
    if derivative_bound.is_nan() || derivative_bound < 0.0 {
        return invalid("the bound of the derivative", "non-negative", derivative_bound);
    }
    if t == 0.0 {
        return Ok(0.0);
    }
    // A factor that underflows would make it NaN.
    if derivative_bound == f64::INFINITY {
        return Ok(derivative_bound);
    }
    // One factor at a time, because the power and the factorial overflow long before the quotient.
    Ok((1..=order + 1).fold(derivative_bound, |bound, k| bound * (t.abs() / k as f64)))
}

impl<T: Real> Series<T> {
    /// A bound of the error of [`evaluate`](Series::evaluate): [`lagrange_bound`] for this order.
    ///
    /// `derivative_bound` has to bound the derivative of order $n + 1$ between 0 and $t$.
    ///
    /// # Errors
    /// [`Error::OutsideDomain`] if the bound is negative or NaN, or $t$ is not finite.
    pub fn remainder_bound(&self, t: f64, derivative_bound: f64) -> Result<f64, Error> {
        lagrange_bound(self.order(), t, derivative_bound)
    }

    /// An estimate, from the last coefficients, of the error of [`evaluate`](Series::evaluate). It
    /// is not a bound.
    ///
    /// The coefficients that were cut are taken to go on like a geometric sequence,
    /// $|x_k| \approx |x_j|\,R^{j-k}$, with the
    /// [`radius_estimate`](Series::radius_estimate) $R$ and from the last two $x_j$ that are not
    /// zero: the larger of
    ///
    /// $$|x_j t^j| \frac{q^{n+1-j}}{1 - q}, \qquad q = |t|/R.$$
    ///
    /// Infinite where $q \ge 1$, and where fewer than three coefficients tell how the others go on.
    /// The estimate is too small where a later coefficient is larger than the last ones suggest,
    /// as for $t + t^{100}$ to order 10.
    ///
    /// # Examples
    /// ```
    /// use calculus_core::taylor::Series;
    /// let y = Series::variable(0.0, 12).exp();
    /// let error = (y.evaluate(0.5) - 0.5_f64.exp()).abs();
    /// let estimate = y.remainder_estimate(0.5);
    /// assert!(error <= estimate && estimate < 10.0 * error);
    /// ```
    pub fn remainder_estimate(&self, t: f64) -> f64 {
        let Some(radius) = self.radius_estimate() else { return f64::INFINITY };
        let q = t.abs() / radius;
        if q >= 1.0 || q.is_nan() {
            return f64::INFINITY;
        }
        self.nonzero_from_the_end()
            .take(2)
            .map(|(j, size)| {
                size * t.abs().powi(j as i32) * q.powi((self.order() + 1 - j) as i32) / (1.0 - q)
            })
            .fold(0.0, f64::max)
    }

    /// An estimate of the radius of convergence by the ratio test on the last coefficients.
    ///
    /// For the last two coefficients $x_k$ that are not zero, and the last $x_j \ne 0$ with
    /// $j \le k - 2$ each, the smaller $(|x_j|/|x_k|)^{1/(k-j)}$: a distance of 2 bridges the
    /// coefficients that vanish in even and odd functions. None where there are not enough of them,
    /// or one is not finite. For an entire function it grows with the order.
    ///
    /// # Examples
    /// ```
    /// use calculus_core::taylor::Series;
    /// let y = Series::variable(1.5, 20).recip(); // a pole at distance 1.5
    /// assert!((y.radius_estimate().unwrap() - 1.5).abs() < 1e-14);
    /// let y = Series::variable(0.0, 20).atan(); // poles at distance 1, at ±i
    /// assert!((y.radius_estimate().unwrap() - 1.0).abs() < 0.1);
    /// assert_eq!(Series::variable(0.0, 20).radius_estimate(), None);
    /// ```
    pub fn radius_estimate(&self) -> Option<f64> {
        if !self.is_finite() {
            return None;
        }
        let ratios = self.nonzero_from_the_end().take(2).filter_map(|(k, size)| {
            let (j, earlier) = self.nonzero_from_the_end().find(|(j, _)| j + 2 <= k)?;
            // The quotient of roots, because that of the coefficients may overflow.
            let root = 1.0 / (k - j) as f64;
            Some(earlier.powf(root) / size.powf(root))
        });
        ratios.reduce(f64::min)
    }

    /// The indices and sizes of the coefficients that are not zero, the last first.
    fn nonzero_from_the_end(&self) -> impl Iterator<Item = (usize, f64)> {
        let sizes = self.coefficients().iter().map(|x| x.value().abs()).enumerate();
        sizes.rev().filter(|&(_, size)| size != 0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_holds_and_is_attained_by_the_power() {
        let t = Series::variable(0.0, 6);
        for x in [-2.0, -0.3, 0.0, 1e-3, 0.7, 1.5_f64] {
            // Derivatives of the exponential between 0 and x are at most e^max(x, 0).
            let bound = t.exp().remainder_bound(x, x.max(0.0).exp()).unwrap();
            let error = (t.exp().evaluate(x) - x.exp()).abs();
            assert!(error <= bound + 4.0 * f64::EPSILON, "{x}: {error:e} above {bound:e}");
        }
        // x^7 has the constant derivative 7! of order 7, and its polynomial of order 6 is 0.
        let bound = lagrange_bound(6, 0.5, 5040.0).unwrap();
        assert!((bound - 0.5_f64.powi(7)).abs() < 1e-17);
        assert_eq!(lagrange_bound(3, 0.0, f64::INFINITY), Ok(0.0));
        assert_eq!(lagrange_bound(3, 5e-324, f64::INFINITY), Ok(f64::INFINITY));
        assert_eq!(lagrange_bound(0, -2.0, 3.0), Ok(6.0));
    }

    #[test]
    fn invalid_bounds_are_refused() {
        for (t, bound) in [(f64::NAN, 1.0), (f64::INFINITY, 1.0), (1.0, -1.0), (1.0, f64::NAN)] {
            assert!(matches!(lagrange_bound(2, t, bound), Err(Error::OutsideDomain { .. })));
        }
    }

    #[test]
    fn estimates_follow_the_error() {
        let t = Series::variable(0.0, 15);
        type Case = (Series<f64>, fn(f64) -> f64);
        let cases: [Case; 6] = [
            (t.exp(), f64::exp),
            (t.sin(), f64::sin),
            (t.cos(), f64::cos),
            (t.atan(), f64::atan),
            (t.ln_1p(), f64::ln_1p),
            ((1.0 + &t * &t * &t).recip(), |x| 1.0 / (1.0 + x * x * x)),
        ];
        for (series, f) in cases {
            for x in [0.3, -0.5, 0.6] {
                let error = (series.evaluate(x) - f(x)).abs();
                let estimate = series.remainder_estimate(x);
                assert!(error < 3.0 * estimate + 1e-15, "{x}: {error:e}, estimate {estimate:e}");
                assert!(estimate < 100.0 * error + 1e-15, "{x}: {error:e}, estimate {estimate:e}");
            }
        }
    }

    #[test]
    fn without_information_the_estimate_is_infinite() {
        assert_eq!(Series::constant(2.0, 5).remainder_estimate(0.1), f64::INFINITY);
        assert_eq!(Series::variable(2.0, 0).remainder_estimate(0.1), f64::INFINITY);
        assert_eq!(Series::variable(1.0, 9).recip().remainder_estimate(1.0), f64::INFINITY);
        assert_eq!(Series::variable(1.0, 9).recip().remainder_estimate(f64::NAN), f64::INFINITY);
        assert_eq!(Series::variable(-1.0, 3).sqrt().radius_estimate(), None);
        assert_eq!(Series::variable(1.0, 9).recip().remainder_estimate(0.0), 0.0);
    }
}
