//! The error functions and the gamma family of series.

use super::Series;
use super::recurrence::chain;
use crate::Real;
use crate::elementary::Unary;

impl<T: Real> Series<T> {
    /// $\operatorname{erf} x$ from $y' = \frac{2}{\sqrt\pi} e^{-x^2}\,x'$.
    pub fn erf(&self) -> Self {
        self.with_gaussian_slope(Unary::Erf)
    }

    /// $1 - \operatorname{erf} x$, with the value exact in the right tail.
    pub fn erfc(&self) -> Self {
        self.with_gaussian_slope(Unary::Erfc)
    }

    /// $\ln|\Gamma(x)|$ from $y' = \psi(x)\,x'$; to order 169, as [`polygamma`](Series::polygamma).
    pub fn ln_gamma(&self) -> Self {
        self.with_slope(self.value().ln_gamma(), &self.digamma())
    }

    /// The digamma function $\psi(x)$; see [`polygamma`](Series::polygamma).
    pub fn digamma(&self) -> Self {
        self.polygamma(0)
    }

    /// The polygamma function $\psi^{(n)}(x)$, whose Taylor coefficients
    /// $\psi^{(n+k)}(x_0)/k!$ are composed with $x$.
    ///
    /// Coefficients beyond $k = 168 - n$ are NaN.
    pub fn polygamma(&self, n: u32) -> Self {
        let mut factorial = 1.0;
        let outer = (0..=self.order()).map(|k| {
            factorial *= k.max(1) as f64;
            // Orders above 168 are NaN; the cast of an order above u32 is not.
            let order = u32::try_from(k).map_or(u32::MAX, |k| n.saturating_add(k));
            self.value().polygamma(order) / factorial
        });
        let outer = Self::new(outer.collect::<Vec<_>>());
        outer.compose_displacement(&self.clone().with_value(T::from(0.0)))
    }

    /// The slope $\pm\frac{2}{\sqrt\pi} e^{-x^2}$ has the value that the table gives it, which keeps
    /// its digits in the tails, and satisfies $d' = d\,(-x^2)'$.
    fn with_gaussian_slope(&self, row: Unary) -> Self {
        let value = self.value().apply(row);
        let slope = row.derivative(self.value(), value);
        let exponent = (-(self * self)).multiplied_by_index();
        let d = Self::recur(slope, self.order(), |d, k| chain(d, &exponent, k));
        self.with_slope(value, &d)
    }
}
