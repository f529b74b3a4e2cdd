//! The ring operations: sum, product, quotient and negation of series and numbers.

use core::ops::{Add, Div, Mul, Neg, Sub};

use super::Series;
use crate::Real;

impl<T: Real> Series<T> {
    /// $y = a/b$ from $a = y\,b$: $y_k = \bigl(a_k - \sum_{j<k} y_j b_{k-j}\bigr)/b_0$.
    ///
    /// Leading zeros that both have are a common factor $t^m$, which cancels; what is left is known
    /// to $m$ orders less.
    fn quotient(&self, other: &Self) -> Self {
        let order = self.order().min(other.order());
        let leading = |x: &Self| x.valuation().unwrap_or(order);
        let m = leading(self).min(leading(other)).min(order);
        let (a, b) = (&self.coefficients()[m..], &other.coefficients()[m..]);
        Self::recur(a[0] / b[0], order - m, |y, k| {
            let mut sum = a[k];
            for j in 0..k {
                sum -= y[j] * b[k - j];
            }
            sum / b[0]
        })
    }

    fn plus_number(&self, c: f64) -> Self {
        let value = self.value() + c;
        self.clone().with_value(value)
    }
}

impl<T: Real> Neg for &Series<T> {
    type Output = Series<T>;
    fn neg(self) -> Series<T> {
        self.map(|x| -x)
    }
}
impl<T: Real> Neg for Series<T> {
    type Output = Series<T>;
    fn neg(self) -> Series<T> {
        -&self
    }
}

/// Forwards an operator on all mixtures of values and references.
macro_rules! between_series {
    ($($trait:ident $method:ident |$a:ident, $b:ident| $result:expr;)*) => {$(
        impl<T: Real> $trait<&Series<T>> for &Series<T> {
            type Output = Series<T>;
            fn $method(self, other: &Series<T>) -> Series<T> {
                let ($a, $b) = (self, other);
                $result
            }
        }
        impl<T: Real> $trait<Series<T>> for &Series<T> {
            type Output = Series<T>;
            fn $method(self, other: Series<T>) -> Series<T> {
                $trait::$method(self, &other)
            }
        }
        impl<T: Real> $trait<&Series<T>> for Series<T> {
            type Output = Series<T>;
            fn $method(self, other: &Series<T>) -> Series<T> {
                $trait::$method(&self, other)
            }
        }
        impl<T: Real> $trait<Series<T>> for Series<T> {
            type Output = Series<T>;
            fn $method(self, other: Series<T>) -> Series<T> {
                $trait::$method(&self, &other)
            }
        }
    )*};
}
between_series! {
    Add add |a, b| a.zip(b, |a, b| a + b);
    Sub sub |a, b| a.zip(b, |a, b| a - b);
    Mul mul |a, b| a.product(b);
    Div div |a, b| a.quotient(b);
}

/// The same with a number, on the right (`x op c`) and on the left (`c op x`).
macro_rules! with_numbers {
    ($($trait:ident $method:ident |$x:ident, $c:ident| $right:expr, $left:expr;)*) => {$(
        impl<T: Real> $trait<f64> for &Series<T> {
            type Output = Series<T>;
            fn $method(self, number: f64) -> Series<T> {
                let ($x, $c) = (self, number);
                $right
            }
        }
        impl<T: Real> $trait<f64> for Series<T> {
            type Output = Series<T>;
            fn $method(self, number: f64) -> Series<T> {
                $trait::$method(&self, number)
            }
        }
        impl<T: Real> $trait<&Series<T>> for f64 {
            type Output = Series<T>;
            fn $method(self, series: &Series<T>) -> Series<T> {
                let ($x, $c) = (series, self);
                $left
            }
        }
        impl<T: Real> $trait<Series<T>> for f64 {
            type Output = Series<T>;
            fn $method(self, series: Series<T>) -> Series<T> {
                $trait::$method(self, &series)
            }
        }
    )*};
}
with_numbers! {
    Add add |x, c| x.plus_number(c), x.plus_number(c);
    Sub sub |x, c| x.plus_number(-c), (-x).plus_number(c);
    Mul mul |x, c| x.map(|a| a * c), x.map(|a| c * a);
    Div div |x, c| x.map(|a| a / c), Series::constant(T::from(c), x.order()).quotient(x);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_on_either_side() {
        let t = Series::variable(2.0, 2);
        assert_eq!((1.0 - &t).coefficients(), [-1.0, -1.0, 0.0]);
        assert_eq!((&t - 1.0).coefficients(), [1.0, 1.0, 0.0]);
        assert_eq!((3.0 * &t).coefficients(), [6.0, 3.0, 0.0]);
        assert_eq!((&t / 2.0).coefficients(), [1.0, 0.5, 0.0]);
        assert_eq!((8.0 / &t).coefficients(), [4.0, -2.0, 1.0]);
        assert_eq!((-t.clone() + 2.0).coefficients(), [0.0, -1.0, 0.0]);
        assert_eq!((2.0 + t.clone() * t).coefficients(), [6.0, 4.0, 1.0]);
    }

    #[test]
    fn the_smaller_order_counts() {
        let (a, b) = (Series::variable(1.0, 5), Series::variable(1.0, 2));
        for y in [&a + &b, &a - &b, &a * &b, &a / &b, &b / &a] {
            assert_eq!(y.order(), 2);
        }
    }

    #[test]
    fn common_leading_zeros_cancel() {
        let t = Series::variable(0.0, 6);
        let square = &t * &t;
        assert_eq!((&square / &t).coefficients(), [0.0, 1.0, 0.0, 0.0, 0.0, 0.0]);
        // (1 - cos t)/t² = 1/2 - t²/24 + ...
        let y = (1.0 - t.cos()) / &square;
        assert_eq!(y.coefficients(), [0.5, 0.0, -1.0 / 24.0, 0.0, 1.0 / 720.0]);
        // A pole remains one, and so does the indeterminate quotient of zeros.
        assert_eq!((1.0 / &t).value(), f64::INFINITY);
        assert!((&t / &square).value().is_infinite());
        assert!((0.0 * &t / (0.0 * &t)).value().is_nan());
        assert_eq!((0.0 * &t / &t).coefficients(), [0.0; 6]);
    }
}
