//! Functions of series that consist of pieces: absolute value, extrema, steps.

use core::cmp::Ordering;

use super::Series;
use crate::Real;
use crate::elementary::{Binary, Unary};

impl<T: Real> Series<T> {
    /// $|x|$: $x$ or $-x$, whichever is positive beside the point.
    ///
    /// At a zero of odd order, as that of $|t|$, the average of the expansions on both sides, which
    /// is zero.
    pub fn abs(&self) -> Self {
        let value = self.value().abs();
        match self.sign_beside() {
            _ if self.value() != self.value() => self.clone(),
            Ordering::Greater => self.clone().with_value(value),
            Ordering::Less => (-self).with_value(value),
            Ordering::Equal => Self::constant(value, self.order()),
        }
    }

    /// The larger of the two beside the point, the other one where one is NaN.
    ///
    /// The constant coefficients decide, or where they agree, the first that do not. Where the
    /// series cross, the average of both, as in the table: each side carries half of the derivative.
    pub fn max(&self, other: &Self) -> Self {
        self.extremum(other, Binary::Max, Ordering::Greater)
    }

    /// The smaller of the two beside the point; see [`max`](Series::max).
    pub fn min(&self, other: &Self) -> Self {
        self.extremum(other, Binary::Min, Ordering::Less)
    }

    /// The sign bit of the value as $\pm 1$, a constant.
    pub fn signum(&self) -> Self {
        self.step(Unary::Signum)
    }

    /// $-1$, $0$ or $1$ by the sign of the value, a constant.
    pub fn sign(&self) -> Self {
        self.step(Unary::Sign)
    }

    /// $\lfloor x_0 \rfloor$, a constant.
    pub fn floor(&self) -> Self {
        self.step(Unary::Floor)
    }

    /// $\lceil x_0 \rceil$, a constant.
    pub fn ceil(&self) -> Self {
        self.step(Unary::Ceil)
    }

    /// The integer nearest to the value, halves away from zero, a constant.
    pub fn round(&self) -> Self {
        self.step(Unary::Round)
    }

    /// The integer part of the value, a constant.
    pub fn trunc(&self) -> Self {
        self.step(Unary::Trunc)
    }

    /// A function with derivative 0.
    fn step(&self, row: Unary) -> Self {
        Self::constant(self.value().apply(row), self.order())
    }

    fn extremum(&self, other: &Self, row: Binary, first: Ordering) -> Self {
        let order = self.order().min(other.order());
        let value = self.value().combine(row, other.value());
        let side = (self - other).sign_beside();
        let y = if self.value() != self.value() {
            other.truncated(order)
        } else if other.value() != other.value() || side == first {
            self.truncated(order)
        } else if side == first.reverse() {
            other.truncated(order)
        } else {
            0.5 * (self + other)
        };
        y.with_value(value)
    }

    /// The sign of the series on both sides of the point, or equal where it differs: that of the
    /// first coefficient that is not zero, if its order is even.
    fn sign_beside(&self) -> Ordering {
        let mut terms = self.coefficients().iter().enumerate();
        match terms.find(|(_, x)| **x != 0.0) {
            Some((k, &x)) if k.is_multiple_of(2) && x > 0.0 => Ordering::Greater,
            Some((k, &x)) if k.is_multiple_of(2) && x < 0.0 => Ordering::Less,
            _ => Ordering::Equal,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_constant_coefficient_takes_the_branch() {
        let t = Series::variable(-2.0, 3);
        assert_eq!((t.abs() * &t).coefficients(), [-4.0, 4.0, -1.0, 0.0]);
        let one = Series::constant(1.0, 3);
        assert_eq!(t.max(&one).coefficients(), [1.0, 0.0, 0.0, 0.0]);
        assert_eq!(t.min(&one), t);
        assert_eq!((0.4 + &t).floor().coefficients(), [-2.0, 0.0, 0.0, 0.0]);
        assert_eq!(t.sign(), t.signum());
    }

    #[test]
    fn ties_are_decided_beside_the_point() {
        let t = Series::variable(0.0, 4);
        let square = &t * &t;
        let zero = Series::constant(0.0, 4);
        assert_eq!(t.abs(), zero);
        assert_eq!(square.abs(), square);
        assert_eq!((-&square).abs(), square);
        assert_eq!(square.max(&zero), square);
        assert_eq!(square.min(&zero), zero);
        assert_eq!(t.max(&zero).coefficients(), [0.0, 0.5, 0.0, 0.0, 0.0]);
        assert_eq!(t.max(&t), t);
    }

    #[test]
    fn the_other_one_where_one_is_nan() {
        let nan = Series::new([f64::NAN, 7.0]);
        let t = Series::variable(1.0, 1);
        for y in [t.max(&nan), nan.max(&t), t.min(&nan), nan.min(&t)] {
            assert_eq!(y, t);
        }
        assert!(nan.abs().value().is_nan());
    }
}
