//! The Hessian of a scalar function by second differences of its values.
//!
//! On the diagonal, with the points $a$ and $b$ beside $x$ (on both sides of it, or on one) and
//! the slopes $f[x, a]$ and $f[x, b]$ towards them,
//!
//! $$f''(x) \approx 2\,\frac{f[x, b] - f[x, a]}{b - a},$$
//!
//! and off it
//!
//! $$\frac{\partial^2 f}{\partial x_i \partial x_j} \approx
//! \frac{f(b_i, b_j) - f(b_i, a_j) - f(a_i, b_j) + f(a_i, a_j)}{(b_i - a_i)(b_j - a_j)},$$
//!
//! of second order for points on both sides and of first order otherwise. Rounding grows as
//! $\varepsilon/h^2$, so that the best step is $\varepsilon^{1/4} L$ and half of the digits
//! remain; extrapolation by Ridders' scheme, which starts from long steps, keeps some ten.
//!
//! Source: P. E. Gill, W. Murray, M. H. Wright (1981), *Practical Optimization*, sections 4.6.1
//! and 8.6.

use super::axis::{Axis, Choices};
use super::quotient::{Quotient, Sample, better};
use super::{Differences, Estimate, Scheme, confirmation};
use crate::Error;

impl Differences {
    /// The Hessian of `f: R^n -> R` at `x` from its values, row-major, $n \times n$, symmetric.
    ///
    /// With [`Scheme::Ridders`] second differences are extrapolated, with [`Scheme::FivePoint`] the
    /// leading error is eliminated; the other schemes take a fixed step. Costs about $6n^2$
    /// evaluations with a fixed step, $8n^2$ with five points. Where a gradient can be
    /// evaluated, its [`jacobian`](Self::jacobian) is more accurate and cheaper.
    ///
    /// # Errors
    /// As [`derivative`](Self::derivative); the error names the coordinate of the row.
    ///
    /// # Panics
    /// If a scale or bounds were set coordinate by coordinate, for another number of coordinates.
    ///
    /// # Examples
    /// ```
    /// use calculus_core::numeric::{Differences, Scheme};
    /// let hessian = Differences::new(Scheme::Ridders)
    ///     .hessian(|x| x[0].powi(2) * x[1].exp(), &[1.0, 0.0])?;
    /// for (entry, exact) in hessian.value.iter().zip([2.0, 2.0, 2.0, 1.0]) {
    ///     assert!((entry - exact).abs() < 1e-9);
    /// }
    /// # Ok::<(), calculus_core::Error>(())
    /// ```
    #[track_caller]
    pub fn hessian(
        &self,
        mut f: impl FnMut(&[f64]) -> f64,
        x: &[f64],
    ) -> Result<Estimate<Vec<f64>>, Error> {
        self.check_lengths(x.len());
        let n = x.len();
        let mut hessian = Estimate::zeros(n * n);
        let axes = (0..n).map(|i| self.axes(i, x[i])).collect::<Result<Vec<_>, _>>()?;
        let mut point = x.to_vec();
        for i in 0..n {
            for j in 0..=i {
                let mut at = |coordinate: usize, s: f64, t: f64| {
                    (point[i], point[j]) = (s, t);
                    let value = f(&point);
                    (point[i], point[j]) = (x[i], x[j]);
                    if value.is_finite() {
                        return Ok(value);
                    }
                    let x = if coordinate == i { s } else { t };
                    Err(Error::NonFiniteValue { coordinate, x, value })
                };
                let entry = if i == j {
                    self.diagonal(axes[i], &mut |t| at(i, t, t))?
                } else {
                    self.mixed(axes[i], axes[j], &mut |s, t| at(i, s, t))?
                };
                hessian.set(i * n + j, entry);
                hessian.set(j * n + i, entry);
            }
        }
        Ok(hessian)
    }

    /// $f''(x)$ along an axis.
    fn diagonal(
        &self,
        (first, second): Choices,
        f: &mut dyn FnMut(f64) -> Result<f64, Error>,
    ) -> Result<Estimate, Error> {
        let noise = self.relative_noise();
        let at_x = f(first.x)?;
        let errors = self.has_errors() || second.is_some();
        let mut estimate = |axis: Axis| {
            let x = axis.x;
            let order = if axis.is_symmetric() { 2 } else { 1 };
            self.second_order(order, axis.coordinate, errors, &mut |s| {
                let h = axis.step(s);
                let (a, b) =
                    if axis.is_symmetric() { (x - h, x + h) } else { (x + h, x + 2.0 * h) };
                let (slope_a, slope_b) = ((f(a)? - at_x) / (a - x), (f(b)? - at_x) / (b - x));
                let value = 2.0 * (slope_b - slope_a) / (b - a);
                let size = at_x.abs() + (x * slope_a).abs().max((x * slope_b).abs());
                Ok(Sample::new(value, 4.0 * noise * size / (h * h)))
            })
        };
        let first = estimate(first);
        better(first, second.map(estimate))
    }

    /// $\partial^2 f/\partial x_i \partial x_j$ along two axes.
    fn mixed(
        &self,
        (first_i, second_i): Choices,
        (first_j, second_j): Choices,
        f: &mut dyn FnMut(f64, f64) -> Result<f64, Error>,
    ) -> Result<Estimate, Error> {
        let noise = self.relative_noise();
        let near_bounds = second_i.is_some() || second_j.is_some();
        let errors = self.has_errors() || near_bounds;
        let mut estimate = |(i, j): (Axis, Axis)| {
            let order = if i.is_symmetric() && j.is_symmetric() { 2 } else { 1 };
            self.second_order(order, i.coordinate, errors, &mut |s| {
                let ((a_i, b_i), (a_j, b_j)) = (i.points(s), j.points(s));
                let area = (b_i - a_i) * (b_j - a_j);
                let (aa, ab, ba, bb) = (f(a_i, a_j)?, f(a_i, b_j)?, f(b_i, a_j)?, f(b_i, b_j)?);
                let value = (bb - ba - ab + aa) / area;
                let slopes =
                    ((bb - ab) / (b_i - a_i) * i.x).abs() + ((bb - ba) / (b_j - a_j) * j.x).abs();
                let size = aa.abs().max(ab.abs()).max(ba.abs()).max(bb.abs()) + slopes;
                Ok(Sample::new(value, 4.0 * noise * size / area.abs()))
            })
        };
        let first = estimate((first_i, first_j));
        let second = near_bounds
            .then(|| estimate((second_i.unwrap_or(first_i), second_j.unwrap_or(first_j))));
        better(first, second)
    }

    /// The limit of a second difference, by the scheme.
    fn second_order(
        &self,
        order: i32,
        coordinate: usize,
        errors: bool,
        sample: &mut dyn FnMut(f64) -> Result<Sample, Error>,
    ) -> Result<Estimate, Error> {
        let noise = self.relative_noise();
        let mut quotient = Quotient { sample, order, increment: order, coordinate, errors };
        // The step that balances truncation h^p against rounding noise/h^2.
        let balanced = |p: i32| noise.powf(1.0 / f64::from(2 + p));
        let limit = match self.scheme() {
            Scheme::Ridders => quotient.extrapolated(),
            // The longest of the steps, 4s, is doubled on one-sided axes.
            Scheme::FivePoint => quotient.extrapolated_from(balanced(2 * order).min(0.1), 1),
            Scheme::Forward | Scheme::Central => quotient.fixed(balanced(order).min(0.1)),
        }?;
        if limit.error.is_infinite() {
            return Ok(limit.estimate());
        }
        // As for first derivatives, a step that is many times shorter has to confirm the result.
        let s = noise.cbrt().min(noise.powf(1.0 / 12.0) * limit.step);
        let probe = (quotient.sample)(s)?;
        let probe = Sample { rounding: 2.0 * probe.rounding, ..probe };
        confirmation::confirmed(limit, probe, s / limit.step, coordinate)
    }
}
