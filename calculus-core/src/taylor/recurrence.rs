//! The sums of which all recurrences consist.
//!
//! With $y = f(x)$ the chain rule $y' = d\,x'$ for $d = f'(x)$ reads, coefficient by coefficient,
//! $k\,y_k = \sum_{j=1}^{k} j\,x_j\,d_{k-j}$; only the coefficients of $d$ up to $k - 1$ occur, which
//! may therefore depend on those of $y$ already found.
//!
//! Source: A. Griewank, A. Walther (2008), *Evaluating Derivatives*, 2nd ed., proposition 13.1.

use super::Series;
use crate::Real;

/// $\sum_{j=0}^{k} a_j b_{k-j}$.
pub(super) fn convolution<T: Real>(a: &[T], b: &[T], k: usize) -> T {
    let mut sum = a[0] * b[k];
    for j in 1..=k {
        sum += a[j] * b[k - j];
    }
    sum
}

/// $\frac1k\sum_{j=1}^{k} \tilde x_j\,d_{k-j}$ with $\tilde x_j = j\,x_j$, from
/// [`Series::multiplied_by_index`]: the coefficient $k$ of $y$, where $y' = d\,x'$.
pub(super) fn chain<T: Real>(d: &[T], x: &[T], k: usize) -> T {
    let mut sum = T::from(0.0);
    // The oldest coefficients of d first, so that the sum does not wait for the last one.
    for j in (1..=k).rev() {
        // A coefficient that is exactly 0 stays 0 where the slope is infinite.
        if !x[j].is_zero() {
            sum += x[j] * d[k - j];
        }
    }
    sum / k as f64
}

/// $\bigl(x_k - \frac1k\sum_{j=1}^{k-1} j\,y_j\,b_{k-j}\bigr)/b_0$: the coefficient $k$ of $y$, where
/// $b\,y' = x'$.
pub(super) fn quotient_chain<T: Real>(x: &[T], b: &[T], y: &[T], k: usize) -> T {
    let mut sum = T::from(0.0);
    for j in 1..k {
        if !y[j].is_zero() {
            sum += j as f64 * (y[j] * b[k - j]);
        }
    }
    let numerator = x[k] - sum / k as f64;
    // A coefficient that is exactly 0 stays 0 where the slope is infinite.
    if numerator.is_zero() { numerator } else { numerator / b[0] }
}

impl<T: Real> Series<T> {
    /// $\tilde x_k = k\,x_k$, the coefficients of $t\,x'(t)$.
    pub(super) fn multiplied_by_index(&self) -> Vec<T> {
        self.coefficients().iter().enumerate().map(|(k, &x)| k as f64 * x).collect()
    }

    /// The series whose coefficient $k$ is computed from those before it.
    pub(super) fn recur(value: T, order: usize, next: impl Fn(&[T], usize) -> T) -> Self {
        let mut y = Vec::with_capacity(order + 1);
        y.push(value);
        for k in 1..=order {
            y.push(next(&y, k));
        }
        Self::new(y)
    }

    /// The series $y$ with $y(0)$ given and $y' = d\,x'$.
    pub(super) fn with_slope(&self, value: T, d: &Self) -> Self {
        let (x, d) = (self.multiplied_by_index(), d.coefficients());
        Self::recur(value, self.order(), |_, k| chain(d, &x, k))
    }

    /// The series $y$ with $y(0)$ given and $b\,y' = x'$.
    pub(super) fn with_inverse_slope(&self, value: T, b: &Self) -> Self {
        let (x, b) = (self.coefficients(), b.coefficients());
        Self::recur(value, self.order(), |y, k| quotient_chain(x, b, y, k))
    }

    /// The series $y$ with $y(0)$ given and $y' = s(y)\,x'$, where `slope(y, k)` is the coefficient
    /// $k$ of $s(y)$ from the coefficients of $y$ up to $k$.
    pub(super) fn with_slope_of_value(&self, value: T, slope: impl Fn(&[T], usize) -> T) -> Self {
        let x = self.multiplied_by_index();
        let (mut y, mut d) = (vec![value], vec![]);
        for k in 1..=self.order() {
            d.push(slope(&y, k - 1));
            y.push(chain(&d, &x, k));
        }
        Self::new(y)
    }
}
