//! Hyperbolic functions of series and their inverses.

use super::Series;
use super::recurrence::{chain, convolution};
use crate::Real;
use crate::elementary::Unary;

impl<T: Real> Series<T> {
    /// $s = \sinh x$ and $c = \cosh x$ together, from $s' = c\,x'$ and $c' = s\,x'$.
    pub fn sinh_cosh(&self) -> (Self, Self) {
        let x = self.multiplied_by_index();
        let (mut s, mut c) = (vec![self.value().sinh()], vec![self.value().cosh()]);
        for k in 1..=self.order() {
            let (next_s, next_c) = (chain(&c, &x, k), chain(&s, &x, k));
            s.push(next_s);
            c.push(next_c);
        }
        (Self::new(s), Self::new(c))
    }

    /// $\sinh x$; see [`sinh_cosh`](Series::sinh_cosh).
    pub fn sinh(&self) -> Self {
        self.sinh_cosh().0
    }

    /// $\cosh x$; see [`sinh_cosh`](Series::sinh_cosh).
    pub fn cosh(&self) -> Self {
        self.sinh_cosh().1
    }

    /// $\tanh x$ from $y' = (1 - y^2)\,x'$.
    ///
    /// The value of $1 - y^2$ is taken from the table, where it keeps its digits in the tails.
    pub fn tanh(&self) -> Self {
        let value = self.value().tanh();
        let first_slope = Unary::Tanh.derivative(self.value(), value);
        self.with_slope_of_value(
            value,
            |y, k| {
                if k == 0 { first_slope } else { -convolution(y, y, k) }
            },
        )
    }

    /// $\operatorname{arsinh} x$ from $\sqrt{1 + x^2}\,y' = x'$.
    pub fn asinh(&self) -> Self {
        let one = Self::constant(T::from(1.0), self.order());
        self.with_inverse_slope(self.value().asinh(), &self.hypot(&one))
    }

    /// $\operatorname{arcosh} x$ from $\sqrt{x - 1}\sqrt{x + 1}\,y' = x'$.
    pub fn acosh(&self) -> Self {
        let b = (self - 1.0).sqrt() * (self + 1.0).sqrt();
        self.with_inverse_slope(self.value().acosh(), &b)
    }

    /// $\operatorname{artanh} x$ from $(1 - x^2)\,y' = x'$.
    pub fn atanh(&self) -> Self {
        self.with_inverse_slope(self.value().atanh(), &self.one_minus_square())
    }
}
