//! Truncated Taylor series of a function of one variable.

use core::cmp::Ordering;
use core::fmt;
use core::iter::{Product, Sum};
use core::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Sub, SubAssign};

use calculus_core::Real;
use calculus_core::elementary::{Binary, Unary, powf_derivative, powi_derivative};

/// The Taylor coefficients $x_0, x_1, \dots, x_K$ of $x(t) = \sum_k x_k t^k$.
///
/// Arithmetic on jets is arithmetic of power series truncated at order `K`; applied to
/// [`Jet::variable`], a function yields its own coefficients $f^{(k)}(x_0)/k!$. A product costs
/// $O(K^2)$, against $2^K$ for `K` nested duals.
///
/// # Method
/// For $y = f(x)$ the chain rule $y' = d\,x'$ with $d = f'(x)$ gives
/// $k\,y_k = \sum_{j=1}^{k} j\,x_j\,d_{k-j}$ (Griewank and Walther, Evaluating Derivatives, 2nd ed.,
/// 2008, section 13.2). The series $d$ comes from the row of the table, evaluated on series one
/// order shorter; the functions whose derivative needs $y$ itself (`exp`, powers, `tan`,
/// `sigmoid`, ...) have it from the coefficients found so far.
///
/// # Examples
/// ```
/// use autodiff::Jet;
/// use calculus_core::Real;
/// let t = Jet::<f64, 4>::variable(0.0);
/// let y = t.exp() / (1.0 - t); // 1 + 2t + 5/2 t² + 8/3 t³ + 65/24 t⁴
/// for (k, c) in [1.0, 2.0, 2.5, 8.0 / 3.0, 65.0 / 24.0].into_iter().enumerate() {
///     assert!((y.coefficient(k) - c).abs() < 1e-15);
/// }
/// assert_eq!(y.derivative(2), 5.0);
/// ```
#[derive(Clone, Copy)]
pub struct Jet<T, const K: usize> {
    value: T,
    /// Coefficients of $t, t^2, \dots, t^K$; those past `order` are not kept up.
    higher: [T; K],
    /// The order to which this series is computed, at most `K`.
    order: usize,
}

impl<T: Real, const K: usize> Jet<T, K> {
    /// The constant series.
    #[inline]
    pub fn constant(value: T) -> Self {
        Self { value, higher: [T::from(0.0); K], order: K }
    }

    /// The series $x_0 + t$.
    #[inline]
    pub fn variable(value: T) -> Self {
        let mut jet = Self::constant(value);
        if K > 0 {
            jet.higher[0] = T::from(1.0);
        }
        jet
    }

    /// The series with the given value and coefficients of $t, \dots, t^K$.
    #[inline]
    pub fn new(value: T, higher: [T; K]) -> Self {
        Self { value, higher, order: K }
    }

    /// The coefficient of $t^k$.
    ///
    /// # Panics
    /// If `k > K`.
    #[inline]
    #[track_caller]
    pub fn coefficient(&self, k: usize) -> T {
        if k == 0 { self.value } else { self.higher[k - 1] }
    }

    /// The derivative of order `k`, $k!$ times the coefficient of $t^k$.
    ///
    /// # Panics
    /// If `k > K`.
    #[track_caller]
    pub fn derivative(&self, k: usize) -> T {
        let factorial = (1..=k).map(|i| i as f64).product::<f64>();
        self.coefficient(k) * factorial
    }

    #[inline]
    fn set(&mut self, k: usize, coefficient: T) {
        if k == 0 {
            self.value = coefficient;
        } else {
            self.higher[k - 1] = coefficient;
        }
    }

    /// A series of which nothing but the value is known yet.
    fn start(value: T, order: usize) -> Self {
        Self { value, higher: [T::from(0.0); K], order }
    }

    /// The same series computed to a lower order.
    fn truncated(mut self, order: usize) -> Self {
        self.order = self.order.min(order);
        self
    }

    /// A function of two series, each of which carries its own partial derivative, one order
    /// shorter.
    fn by_partials(
        self,
        function: Binary,
        other: Self,
        partials: impl FnOnce(Self, Self) -> (Self, Self),
    ) -> Self {
        let order = self.order.min(other.order);
        let mut y = Self::start(self.value.combine(function, other.value), order);
        if order > 0 {
            let (da, db) = partials(self.truncated(order - 1), other.truncated(order - 1));
            for k in 1..=order {
                y.set(k, self.integral(&da, k) + other.integral(&db, k));
            }
        }
        y
    }

    fn is_finite(&self) -> bool {
        (0..=self.order).all(|k| self.coefficient(k).value().is_finite())
    }

    /// Termwise combination of two series.
    #[inline(always)]
    fn zip(self, other: Self, f: impl Fn(T, T) -> T) -> Self {
        let order = self.order.min(other.order);
        let mut y = Self::start(f(self.value, other.value), order);
        for k in 1..=order {
            y.set(k, f(self.coefficient(k), other.coefficient(k)));
        }
        y
    }

    #[inline(always)]
    fn map(self, f: impl Fn(T) -> T) -> Self {
        let mut y = Self::start(f(self.value), self.order);
        for k in 1..=self.order {
            y.set(k, f(self.coefficient(k)));
        }
        y
    }

    /// $\sum_{j=1}^{k} \frac{j}{k}\,x_j\,d_{k-j}$: the coefficient of the integral of $d\,x'$.
    fn integral(&self, d: &Self, k: usize) -> T {
        let mut sum = T::from(0.0);
        for j in 1..=k {
            let (x, slope) = (self.coefficient(j), d.coefficient(k - j));
            // A coefficient that is exactly 0 stays 0 where the slope is infinite.
            if !x.is_zero() {
                sum += (j as f64 / k as f64) * (x * slope);
            }
        }
        sum
    }

    /// $x^p$ for a number $p$, with the value given.
    fn powf_with_value(self, value: T, p: f64) -> Self {
        self.power(value, T::from(p), |x| powf_derivative(x, p))
    }

    /// Whether all coefficients but the value are the constant 0.
    fn is_constant(&self) -> bool {
        (1..=self.order).all(|k| self.coefficient(k).is_zero())
    }

    /// The series $y$ with $y(0)$ given and $y' = d\,x'$, where $d$ depends on $x$ alone.
    fn integrate(self, value: T, slope: impl FnOnce(Self) -> Self) -> Self {
        let mut y = Self::start(value, self.order);
        if self.order > 0 {
            let d = slope(self.truncated(self.order - 1));
            for k in 1..=self.order {
                y.set(k, self.integral(&d, k));
            }
        }
        y
    }

    /// The series $y$ with $y(0)$ given and $y' = s(y)\,x'$; `next(y, k)` is the coefficient $k$ of
    /// $s(y)$ from the first $k$ coefficients of $y$.
    fn solve(self, value: T, next: impl Fn(&Self, usize) -> T) -> Self {
        let mut y = Self::start(value, self.order);
        let mut d = Self::start(next(&y, 0), self.order);
        for k in 1..=self.order {
            y.set(k, self.integral(&d, k));
            d.set(k, next(&y, k));
        }
        y
    }

    /// $(yz)_k = \sum_{j=0}^{k} y_j z_{k-j}$.
    fn product(y: &Self, z: &Self, k: usize) -> T {
        let mut sum = y.value * z.coefficient(k);
        for j in 1..=k {
            sum += y.coefficient(j) * z.coefficient(k - j);
        }
        sum
    }

    /// $y = x^p$ from $x\,y' = p\,x'\,y$: $k x_0 y_k = \sum_{j=1}^{k} (pj - (k - j))\,x_j y_{k-j}$.
    ///
    /// That divides by $x_0$, and from a $y_0$ that has underflowed or overflowed it would find
    /// nothing, although the derivatives may be ordinary numbers, such as those of $x^2$ at
    /// $10^{-200}$: then the series is integrated from `slope`, $p\,x^{p-1}$.
    fn power(self, value: T, p: T, slope: impl FnOnce(Self) -> Self) -> Self {
        let size = if value < 0.0 { -value } else { value };
        if self.value == 0.0 || size < f64::MIN_POSITIVE || size == f64::INFINITY {
            return self.integrate(value, slope);
        }
        let mut y = Self::start(value, self.order);
        for k in 1..=self.order {
            let mut sum = T::from(0.0);
            for j in 1..=k {
                let factor = p * j as f64 - (k - j) as f64;
                sum += factor * (self.coefficient(j) * y.coefficient(k - j));
            }
            y.set(k, sum / (k as f64 * self.value));
        }
        y
    }
}

impl<T: Real, const K: usize> Real for Jet<T, K> {
    fn value(self) -> f64 {
        self.value.value()
    }

    fn is_zero(self) -> bool {
        (0..=self.order).all(|k| self.coefficient(k).is_zero())
    }

    fn apply(self, function: Unary) -> Self {
        let value = self.value.apply(function);
        match function {
            Unary::Neg => -self,
            // These rows state their derivative through the value, which is not there yet.
            Unary::Exp => self.solve(value, |y, k| y.coefficient(k)),
            Unary::Exp2 => self.solve(value, |y, k| y.coefficient(k) * core::f64::consts::LN_2),
            Unary::Recip => self.powf_with_value(value, -1.0),
            Unary::Sqrt => self.powf_with_value(value, 0.5),
            Unary::Cbrt => self.powf_with_value(value, 1.0 / 3.0),
            Unary::Tan => {
                self.solve(value, |y, k| Self::product(y, y, k) + if k == 0 { 1.0 } else { 0.0 })
            }
            Unary::Sigmoid => {
                // sigma' = sigma(x) sigma(-x), where sigma(-x) has its value to full precision.
                let mirrored = (-self.value).apply(function);
                self.solve(value, |y, k| {
                    let mut z = -*y;
                    z.value = mirrored;
                    Self::product(y, &z, k)
                })
            }
            // The others state it through the argument; NaN in place of the value would show.
            _ => self.integrate(value, |x| function.derivative(x, Self::from(f64::NAN))),
        }
    }

    fn combine(self, function: Binary, other: Self) -> Self {
        match function {
            Binary::Add => self + other,
            Binary::Sub => self - other,
            Binary::Mul => self * other,
            Binary::Div => self / other,
            Binary::RatioOrZero if other.value != 0.0 => self / other,
            // Its partial derivatives are such ratios too: all of them are 0 there.
            Binary::RatioOrZero => Self::constant(self.value.combine(function, other.value)),
            Binary::ProductOrZero if self.is_finite() && other.is_finite() => self * other,
            Binary::Pow if other.is_constant() => {
                let value = self.value.combine(function, other.value);
                let p = other.value;
                self.power(value, p, |x| {
                    if p.is_zero() { Self::from(0.0) } else { x.pow(other - 1.0).map(|y| p * y) }
                })
            }
            // a^b = exp(b ln a)
            Binary::Pow if self.value > 0.0 => {
                let value = self.value.combine(function, other.value);
                (other * self.ln()).solve(value, |y, k| y.coefficient(k))
            }
            // Both partial derivatives and a^b itself come from one power, a^(b-1).
            Binary::Pow => self.by_partials(function, other, |a, b| {
                let power = a.pow(b - 1.0);
                let value = a.combine(Binary::ProductOrZero, power);
                let da = b.combine(Binary::ProductOrZero, power);
                (da, value.combine(Binary::ProductOrZero, a.ln()))
            }),
            _ => self.by_partials(function, other, |a, b| {
                function.partials(a, b, a.combine(function, b))
            }),
        }
    }

    fn powi(self, n: i32) -> Self {
        let value = self.value.powi(n);
        self.power(value, T::from(f64::from(n)), |x| powi_derivative(x, n))
    }

    fn powf(self, p: f64) -> Self {
        self.powf_with_value(self.value.powf(p), p)
    }

    fn polygamma(self, n: u32) -> Self {
        self.integrate(self.value.polygamma(n), |x| x.polygamma(n + 1))
    }

    fn mul_add(self, a: impl Into<Self>, b: impl Into<Self>) -> Self {
        let (a, b) = (a.into(), b.into());
        let mut y = self * a + b;
        y.value = self.value.mul_add(a.value, b.value);
        y
    }
}

impl<T: Real, const K: usize> From<f64> for Jet<T, K> {
    #[inline]
    fn from(value: f64) -> Self {
        Self::constant(T::from(value))
    }
}

impl<T: Real, const K: usize> Neg for Jet<T, K> {
    type Output = Self;
    fn neg(self) -> Self {
        self.map(|x| -x)
    }
}
impl<T: Real, const K: usize> Add for Jet<T, K> {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        self.zip(other, |a, b| a + b)
    }
}
impl<T: Real, const K: usize> Sub for Jet<T, K> {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self.zip(other, |a, b| a - b)
    }
}
impl<T: Real, const K: usize> Mul for Jet<T, K> {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        let order = self.order.min(other.order);
        let mut y = Self::start(self.value * other.value, order);
        for k in 1..=order {
            y.set(k, Self::product(&self, &other, k));
        }
        y
    }
}
impl<T: Real, const K: usize> Div for Jet<T, K> {
    type Output = Self;
    /// From $a = y b$: $y_k = (a_k - \sum_{j<k} y_j b_{k-j})/b_0$.
    fn div(self, other: Self) -> Self {
        let order = self.order.min(other.order);
        let mut y = Self::start(self.value / other.value, order);
        for k in 1..=order {
            let mut sum = self.coefficient(k);
            for j in 0..k {
                sum -= y.coefficient(j) * other.coefficient(k - j);
            }
            y.set(k, sum / other.value);
        }
        y
    }
}

macro_rules! with_number {
    ($($trait:ident $method:ident |$x:ident, $c:ident| $right:expr, $left:expr;)*) => {$(
        impl<T: Real, const K: usize> $trait<f64> for Jet<T, K> {
            type Output = Self;
            fn $method(self, other: f64) -> Self {
                let ($x, $c) = (self, other);
                $right
            }
        }
        impl<T: Real, const K: usize> $trait<Jet<T, K>> for f64 {
            type Output = Jet<T, K>;
            // c / x is c times the reciprocal series.
            #[allow(clippy::suspicious_arithmetic_impl)]
            fn $method(self, other: Jet<T, K>) -> Jet<T, K> {
                let ($x, $c) = (other, self);
                $left
            }
        }
    )*};
}
with_number! {
    Add add |x, c| Jet { value: x.value + c, ..x }, Jet { value: c + x.value, ..x };
    Sub sub |x, c| Jet { value: x.value - c, ..x }, (-x) + c;
    Mul mul |x, c| x.map(|a| a * c), x.map(|a| c * a);
    Div div |x, c| x.map(|a| a / c), x.apply(Unary::Recip) * c;
}

crate::scalar_traits!([T: Real, const K: usize] Jet<T, K>);
crate::sum_from_first_term!([T: Real, const K: usize] Jet<T, K>);

impl<T: Real, const K: usize> PartialEq for Jet<T, K> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}
impl<T: Real, const K: usize> PartialEq<f64> for Jet<T, K> {
    fn eq(&self, other: &f64) -> bool {
        self.value == *other
    }
}
impl<T: Real, const K: usize> PartialOrd for Jet<T, K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.value.partial_cmp(&other.value)
    }
}
impl<T: Real, const K: usize> PartialOrd<f64> for Jet<T, K> {
    fn partial_cmp(&self, other: &f64) -> Option<Ordering> {
        self.value.partial_cmp(other)
    }
}

impl<T: fmt::Debug, const K: usize> fmt::Debug for Jet<T, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Jet").field("value", &self.value).field("higher", &self.higher).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_at_zero_are_exact() {
        let t = Jet::<f64, 4>::variable(0.0);
        let cube = t.powi(3);
        assert_eq!([0, 1, 2, 3, 4].map(|k| cube.coefficient(k)), [0.0, 0.0, 0.0, 1.0, 0.0]);
        let root = t.powf(2.5);
        assert_eq!([0, 1, 2].map(|k| root.coefficient(k)), [0.0; 3]);
        assert_eq!(root.coefficient(3), f64::INFINITY);
        assert_eq!(t.powf(2.0).coefficient(2), 1.0);
        assert_eq!(t.sqrt().coefficient(1), f64::INFINITY);
    }

    #[test]
    fn powers_that_underflow_or_overflow_keep_their_derivatives() {
        for x in [1e-170, -1e-200, 5e-324, 1e160, -1e200] {
            let t = Jet::<f64, 3>::variable(x);
            for y in [t.powi(2), t.powf(2.0), t.pow(2.0.into()), t * t] {
                assert_eq!([1, 2, 3].map(|k| y.coefficient(k)), [2.0 * x, 1.0, 0.0]);
            }
            assert_eq!(t.powi(3).coefficient(2), 3.0 * x);
        }
        assert!(Jet::<f64, 3>::variable(f64::NEG_INFINITY).sqrt().coefficient(2).is_nan());
    }

    /// A rule that asks for itself more than once would take exponentially long.
    #[test]
    fn high_orders_at_degenerate_points_end() {
        for x in [0.0, -1.5] {
            let y = Jet::<f64, 32>::variable(x).pow(3.0.into());
            assert_eq!(
                [1, 2, 3, 4, 32].map(|k| y.coefficient(k)),
                [3.0 * x * x, 3.0 * x, 1.0, 0.0, 0.0]
            );
        }
        let t = Jet::<f64, 32>::variable(0.0);
        assert_eq!(t.hypot(t).coefficient(32), 0.0);
    }

    #[test]
    fn a_power_of_zero_with_a_varying_exponent_is_quick() {
        // x^(x + 2) at 0: value and slope are 0; it ends at any order.
        let y = Jet::<f64, 32>::variable(0.0);
        let y = y.pow(y + 2.0);
        assert_eq!((y.coefficient(0), y.coefficient(1)), (0.0, 0.0));
    }

    #[test]
    fn the_sign_of_a_series_is_constant() {
        let t = Jet::<f64, 3>::variable(-2.0);
        let y = t.abs() * t;
        assert_eq!([0, 1, 2, 3].map(|k| y.coefficient(k)), [-4.0, 4.0, -1.0, 0.0]);
        assert_eq!(t.max(1.0).coefficient(1), 0.0);
    }
}
