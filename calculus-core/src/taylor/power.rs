//! Powers and roots of series.

use super::Series;
use super::recurrence::chain;
use crate::Real;

impl<T: Real> Series<T> {
    /// $1/x$ from $x\,y = 1$: $x_0 y_k = -\sum_{j=1}^{k} x_j\,y_{k-j}$.
    pub fn recip(&self) -> Self {
        let x = self.coefficients();
        Self::recur(self.value().recip(), self.order(), |y, k| {
            let mut sum = T::from(0.0);
            for j in (1..=k).rev() {
                if !x[j].is_zero() {
                    sum += x[j] * y[k - j];
                }
            }
            if sum.is_zero() { sum } else { -sum / x[0] }
        })
    }

    /// $\sqrt x$ from $y^2 = x$: $2 y_0 y_k = x_k - \sum_{j=1}^{k-1} y_j\,y_{k-j}$.
    pub fn sqrt(&self) -> Self {
        let value = self.value().sqrt();
        if self.value() == 0.0 {
            return self.power_at_zero(value, T::from(0.5));
        }
        let x = self.coefficients();
        Self::recur(value, self.order(), |y, k| {
            let mut sum = x[k];
            for j in 1..k {
                sum -= y[j] * y[k - j];
            }
            sum / (2.0 * value)
        })
    }

    /// $x^{1/3}$; see [`powf`](Series::powf).
    pub fn cbrt(&self) -> Self {
        self.power(self.value().cbrt(), T::from(1.0 / 3.0))
    }

    /// $x^n$ for an integer $n$; exact at zeros of $x$ too.
    pub fn powi(&self, n: i32) -> Self {
        self.power(self.value().powi(n), T::from(f64::from(n)))
    }

    /// $x^p$ for a constant exponent, from $x\,y' = p\,x'\,y$:
    /// $k\,x_0\,y_k = \sum_{j=1}^{k} (pj - (k - j))\,x_j\,y_{k-j}$.
    ///
    /// At a zero of $x$ of order $m$: exact for a non-negative integer $p$. Otherwise there are
    /// $\lceil mp \rceil$ derivatives, which are zero; for $m = 1$ the next coefficient is infinite,
    /// and all others are NaN.
    pub fn powf(&self, p: f64) -> Self {
        self.power(self.value().powf(p), T::from(p))
    }

    /// $x^p$ where the exponent is a series too: $e^{p \ln x}$ for $x > 0$.
    ///
    /// For $x \le 0$ the exponent has to be constant, or the higher coefficients are NaN.
    pub fn pow(&self, exponent: &Self) -> Self {
        let order = self.order().min(exponent.order());
        let value = self.value().pow(exponent.value());
        if exponent.is_constant() {
            return self.truncated(order).power(value, exponent.value());
        }
        let logarithm = (exponent * self.ln()).multiplied_by_index();
        Self::recur(value, order, |y, k| chain(y, &logarithm, k))
    }

    /// $\sqrt{a^2 + b^2}$ without overflow, from $y\,y' = a\,a' + b\,b'$.
    ///
    /// Where both have a zero of even order $m$, $t^m$ is taken out. At a kink, as that of $|t|$,
    /// the average of the expansions on both sides, which is zero.
    pub fn hypot(&self, other: &Self) -> Self {
        let order = self.order().min(other.order());
        let value = self.value().hypot(other.value());
        if value == 0.0 {
            let zeros = [self, other].into_iter().filter_map(Self::valuation).min();
            return match zeros {
                Some(m) if m > 0 && m <= order && m.is_multiple_of(2) => {
                    let (a, b) = (self.without_factor(m), other.without_factor(m));
                    a.hypot(&b).with_factor(m, order)
                }
                _ => Self::constant(value, order),
            };
        }
        // Divided by the value, all numbers in the recurrence are near 1.
        let (a, b) = (self.map(|a| a / value), other.map(|b| b / value));
        let (slope_a, slope_b) = (a.multiplied_by_index(), b.multiplied_by_index());
        let (a, b) = (a.coefficients(), b.coefficients());
        let unit = Self::recur(T::from(1.0), order, |y, k| {
            let known = (1..k).map(|j| j as f64 * (y[j] * y[k - j])).sum::<T>();
            chain(a, &slope_a, k) + chain(b, &slope_b, k) - known / k as f64
        });
        unit.map(|y| y * value).with_value(value)
    }

    /// $x^p$ with the value given.
    ///
    /// The recurrence divides by $x_0$, and from a $y_0$ that has underflowed or overflowed it would
    /// find nothing, although the derivatives may be ordinary numbers, such as those of $x^2$ at
    /// $10^{-200}$: then $y' = p\,x^{p-1}\,x'$ is integrated.
    fn power(&self, value: T, p: T) -> Self {
        let order = self.order();
        if self.value() == 0.0 {
            return self.power_at_zero(value, p);
        }
        let size = if value < 0.0 { -value } else { value };
        if order > 0 && (size < f64::MIN_POSITIVE || size == f64::INFINITY) {
            return self.power_by_slope(value, p);
        }
        let x = self.coefficients();
        Self::recur(value, order, |y, k| {
            let mut sum = T::from(0.0);
            for j in (1..=k).rev() {
                let factor = p * j as f64 - (k - j) as f64;
                sum += factor * (x[j] * y[k - j]);
            }
            sum / (k as f64 * x[0])
        })
    }

    fn power_by_slope(&self, value: T, p: T) -> Self {
        let shorter = self.truncated(self.order() - 1);
        let lower = shorter.power(self.value().pow(p - 1.0), p - 1.0);
        self.with_slope(value, &lower.scaled(p))
    }

    /// $(t^m z)^p = t^{mp} z^p$ where $z_0 \ne 0$.
    fn power_at_zero(&self, value: T, p: T) -> Self {
        let order = self.order();
        let exponent = p.value();
        let Some(m) = self.valuation().filter(|_| exponent != 0.0) else {
            return Self::constant(value, order);
        };
        if m == 0 {
            // The value is zero and carries derivatives: nothing can be taken out.
            return if order > 0 {
                self.power_by_slope(value, p)
            } else {
                Self::constant(value, 0)
            };
        }
        let z = self.without_factor(m);
        let zeros = m as f64 * exponent;
        if exponent > 0.0 && exponent.fract() == 0.0 {
            if zeros > order as f64 {
                return Self::constant(value, order);
            }
            let power = z.power(z.value().pow(p), p);
            return power.with_factor(zeros as usize, order);
        }
        // The first derivative that does not exist.
        let first = zeros.ceil().max(1.0);
        Self::recur(value, order, |_, k| {
            if (k as f64) < first {
                T::from(0.0)
            } else if k as f64 == first && m == 1 {
                p * z.value() * f64::INFINITY
            } else {
                T::from(f64::NAN)
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_at_zero_are_exact() {
        let t = Series::variable(0.0, 4);
        for cube in [t.powi(3), t.powf(3.0), t.pow(&Series::constant(3.0, 4)), &t * &t * &t] {
            assert_eq!(cube.coefficients(), [0.0, 0.0, 0.0, 1.0, 0.0]);
        }
        assert_eq!((2.0 * &t + &t * &t).powi(2).coefficients(), [0.0, 0.0, 4.0, 4.0, 1.0]);
        assert_eq!(t.powi(0).coefficients(), [1.0, 0.0, 0.0, 0.0, 0.0]);
        assert_eq!(t.powi(7).coefficients(), [0.0; 5]);
        assert_eq!(Series::constant(0.0, 2).sqrt().coefficients(), [0.0; 3]);
        let high = Series::variable(0.0, 60).powi(i32::MAX);
        assert_eq!(high.coefficients(), [0.0; 61]);
    }

    #[test]
    fn a_power_that_is_not_smooth_at_zero_says_from_which_order_on() {
        let t = Series::variable(0.0, 4);
        assert_eq!(t.powf(2.5).coefficients()[..4], [0.0, 0.0, 0.0, f64::INFINITY]);
        assert!(t.powf(2.5).coefficient(4).is_nan());
        assert_eq!(t.sqrt().coefficients()[..2], [0.0, f64::INFINITY]);
        assert_eq!((-&t).cbrt().coefficients()[..2], [0.0, f64::NEG_INFINITY]);
        assert_eq!((-&t).sqrt().coefficient(1), f64::NEG_INFINITY);
        assert!((&t * &t).sqrt().coefficient(1).is_nan()); // |t|
        let reciprocal = [f64::INFINITY, f64::NEG_INFINITY];
        assert_eq!(t.recip().coefficients()[..2], reciprocal);
        assert_eq!(t.powi(-1).coefficients()[..2], reciprocal);
    }

    #[test]
    fn powers_that_underflow_or_overflow_keep_their_derivatives() {
        for x in [1e-170, -1e-200, 5e-324, 1e160, -1e200] {
            let t = Series::variable(x, 3);
            for y in [t.powi(2), t.powf(2.0), &t * &t] {
                assert_eq!(y.coefficients()[1..], [2.0 * x, 1.0, 0.0]);
            }
        }
    }

    #[test]
    fn lengths_neither_overflow_nor_lose_even_zeros() {
        let t = Series::variable(0.0, 4);
        let square = &t * &t;
        let y = (3.0 * &square).hypot(&(4.0 * &square));
        assert_eq!(y.coefficients(), [0.0, 0.0, 5.0, 0.0, 0.0]);
        assert_eq!(t.hypot(&t).coefficients(), [0.0; 5]);
        let y = Series::variable(3e200, 1).hypot(&Series::constant(4e200, 1));
        assert!((y.coefficient(1) - 0.6).abs() < 1e-15);
        assert!((y.value() / 5e200 - 1.0).abs() < 1e-15);
    }
}
