//! Trigonometric functions of series and their inverses.

use super::Series;
use super::recurrence::{chain, convolution};
use crate::Real;

impl<T: Real> Series<T> {
    /// $s = \sin x$ and $c = \cos x$ together, from $s' = c\,x'$ and $c' = -s\,x'$.
    pub fn sin_cos(&self) -> (Self, Self) {
        let x = self.multiplied_by_index();
        let (sine, cosine) = self.value().sin_cos();
        let (mut s, mut c) = (vec![sine], vec![cosine]);
        for k in 1..=self.order() {
            let (next_s, next_c) = (chain(&c, &x, k), -chain(&s, &x, k));
            s.push(next_s);
            c.push(next_c);
        }
        (Self::new(s), Self::new(c))
    }

    /// $\sin x$; see [`sin_cos`](Series::sin_cos).
    pub fn sin(&self) -> Self {
        self.sin_cos().0
    }

    /// $\cos x$; see [`sin_cos`](Series::sin_cos).
    pub fn cos(&self) -> Self {
        self.sin_cos().1
    }

    /// $\tan x$ from $y' = (1 + y^2)\,x'$.
    pub fn tan(&self) -> Self {
        self.with_slope_of_value(self.value().tan(), |y, k| {
            let square = convolution(y, y, k);
            if k == 0 { 1.0 + square } else { square }
        })
    }

    /// $\arcsin x$ from $\sqrt{1 - x^2}\,y' = x'$.
    pub fn asin(&self) -> Self {
        self.with_inverse_slope(self.value().asin(), &self.one_minus_square().sqrt())
    }

    /// $\arccos x$ from $-\sqrt{1 - x^2}\,y' = x'$.
    pub fn acos(&self) -> Self {
        self.with_inverse_slope(self.value().acos(), &-self.one_minus_square().sqrt())
    }

    /// $\arctan x$ from $(1 + x^2)\,y' = x'$.
    pub fn atan(&self) -> Self {
        self.with_inverse_slope(self.value().atan(), &(1.0 + self * self))
    }

    /// The angle $\theta$ of the point with ordinate $a$ and abscissa $b$, called as `a.atan2(&b)`,
    /// from $(a^2 + b^2)\,\theta' = b\,a' - a\,b'$; not even a first coefficient at the origin.
    pub fn atan2(&self, abscissa: &Self) -> Self {
        let order = self.order().min(abscissa.order());
        let value = self.value().atan2(abscissa.value());
        if self.is_constant() && abscissa.is_constant() {
            return Self::constant(value, order);
        }
        // The angle does not depend on the length, and squares of numbers near 1 do not overflow.
        let length = self.value().hypot(abscissa.value());
        let (a, b) = (self.map(|a| a / length), abscissa.map(|b| b / length));
        let squares = &a * &a + &b * &b;
        let squares = squares.coefficients();
        let (slope_a, slope_b) = (a.multiplied_by_index(), b.multiplied_by_index());
        Self::recur(value, order, |angle, k| {
            let sum = chain(b.coefficients(), &slope_a, k) - chain(a.coefficients(), &slope_b, k);
            let known = (1..k).map(|j| j as f64 * (angle[j] * squares[k - j])).sum::<T>();
            (sum - known / k as f64) / squares[0]
        })
    }

    /// $1 - x^2$, whose value is rounded once and therefore exact near $\pm 1$.
    pub(super) fn one_minus_square(&self) -> Self {
        let value = (-self.value()).mul_add(self.value(), 1.0);
        (-(self * self)).with_value(value)
    }
}
