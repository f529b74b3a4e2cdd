//! Exponentials and logarithms of series, and the logistic functions.

use core::f64::consts::{LN_2, LN_10, LOG2_E};

use super::Series;
use super::recurrence::{chain, convolution};
use crate::Real;

impl<T: Real> Series<T> {
    /// $e^x$ from $y' = y\,x'$: $k\,y_k = \sum_{j=1}^{k} j\,x_j\,y_{k-j}$.
    pub fn exp(&self) -> Self {
        let x = self.multiplied_by_index();
        Self::recur(self.value().exp(), self.order(), |y, k| chain(y, &x, k))
    }

    /// $2^x$ from $y' = (\ln 2)\,y\,x'$.
    pub fn exp2(&self) -> Self {
        let x = self.multiplied_by_index();
        Self::recur(self.value().exp2(), self.order(), |y, k| LN_2 * chain(y, &x, k))
    }

    /// $e^x - 1$, with the value exact near 0.
    pub fn exp_m1(&self) -> Self {
        self.exp().with_value(self.value().exp_m1())
    }

    /// $\ln x$ from $x\,y' = x'$:
    /// $x_0 y_k = x_k - \frac1k\sum_{j=1}^{k-1} j\,y_j\,x_{k-j}$.
    pub fn ln(&self) -> Self {
        self.with_inverse_slope(self.value().ln(), self)
    }

    /// $\log_2 x = (\ln x) \log_2 e$.
    pub fn log2(&self) -> Self {
        (LOG2_E * self.ln()).with_value(self.value().log2())
    }

    /// $\log_{10} x = \ln x/\ln 10$.
    pub fn log10(&self) -> Self {
        (self.ln() / LN_10).with_value(self.value().log10())
    }

    /// $\ln(1 + x)$ from $(1 + x)\,y' = x'$, with the value exact near 0.
    pub fn ln_1p(&self) -> Self {
        self.with_inverse_slope(self.value().ln_1p(), &(1.0 + self))
    }

    /// $\sigma(x) = 1/(1 + e^{-x})$ from $y' = y\,(1 - y)\,x'$.
    ///
    /// The value of $1 - y$ is $\sigma(-x)$, which keeps its digits where $y$ rounds to 1.
    pub fn sigmoid(&self) -> Self {
        let mirrored = (-self.value()).sigmoid();
        self.with_slope_of_value(self.value().sigmoid(), |y, k| match k {
            0 => y[0] * mirrored,
            // y (1 - y), where the coefficients of 1 - y are those of -y from the first on.
            _ => y[k] * mirrored - convolution(&y[1..], y, k - 1),
        })
    }

    /// $\ln(1 + e^x)$ from $y' = \sigma(x)\,x'$.
    pub fn softplus(&self) -> Self {
        self.with_slope(self.value().softplus(), &self.sigmoid())
    }
}
