//! Truncated Taylor series of a function of one variable.

use super::recurrence::convolution;
use crate::Real;

/// A truncated power series $x(t) = \sum_{k=0}^{n} x_k t^k + O(t^{n+1})$ of an order $n$ that is
/// chosen at run time.
///
/// The coefficients are $x_k = x^{(k)}(0)/k!$; $t$ is the displacement from the point of expansion.
/// A function of [`Series::variable`] has the Taylor coefficients of the function at $x_0$. The
/// operators `+ - * /` take series and numbers, by value or by reference; every row of the tables
/// [`Unary`](crate::elementary::Unary) and [`Binary`](crate::elementary::Binary) is a method.
///
/// A result is known to the smaller of the orders of its operands. A product costs $n^2/2$
/// multiplications, an elementary function one to three times as much; of the gamma family and of
/// [`compose`](Series::compose), which are compositions, $n^3/6$.
///
/// # Where there is no expansion
/// The point has to be finite. Where a function has no Taylor expansion the coefficients follow the
/// table of elementary functions: NaN outside the domain, an infinite slope at $\sqrt 0$, the
/// subgradient of least norm at a kink. [`is_finite`](Series::is_finite) tells. A coefficient that is
/// exactly zero stays zero through an infinite slope, so a constant remains one.
///
/// # Source
/// A. Griewank, A. Walther (2008), *Evaluating Derivatives*, 2nd ed., SIAM, section 13.2 and
/// tables 13.1 and 13.2.
///
/// # Examples
/// ```
/// use calculus_core::taylor::Series;
/// let t = Series::variable(0.0, 4);
/// let y = t.exp() / (1.0 - &t); // 1 + 2t + 5/2 t² + 8/3 t³ + 65/24 t⁴
/// for (c, expected) in y.coefficients().iter().zip([1.0, 2.0, 2.5, 8.0 / 3.0, 65.0 / 24.0]) {
///     assert!((c - expected).abs() < 1e-15);
/// }
/// assert_eq!(y.nth_derivative(2), 5.0);
/// // sin(t)/t: common factors t cancel, each at the cost of one order.
/// assert_eq!((t.sin() / &t).coefficients(), [1.0, 0.0, -1.0 / 6.0, 0.0]);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Series<T> {
    /// Never empty.
    coefficients: Vec<T>,
}

impl<T: Real> Series<T> {
    /// The series with the given coefficients of $1, t, t^2, \dots$
    ///
    /// # Panics
    /// If there are none: a series of order $n$ has $n + 1$ coefficients.
    #[track_caller]
    pub fn new(coefficients: impl Into<Vec<T>>) -> Self {
        let coefficients = coefficients.into();
        assert!(!coefficients.is_empty(), "a series of order n has n + 1 coefficients, got none");
        Self { coefficients }
    }

    /// The series of a function with the given derivatives $f(x_0), f'(x_0), f''(x_0), \dots$
    ///
    /// $x_k = f^{(k)}(x_0)/k!$.
    ///
    /// # Panics
    /// If there are none.
    ///
    /// # Examples
    /// ```
    /// use calculus_core::taylor::Series;
    /// let y = Series::from_derivatives(&[1.0, 1.0, 1.0, 1.0]); // exp at 0
    /// assert_eq!(y.coefficients(), [1.0, 1.0, 0.5, 1.0 / 6.0]);
    /// ```
    #[track_caller]
    pub fn from_derivatives(derivatives: &[T]) -> Self {
        let mut factorial = 1.0;
        let coefficients = derivatives.iter().enumerate().map(|(k, &derivative)| {
            factorial *= k.max(1) as f64;
            derivative / factorial
        });
        Self::new(coefficients.collect::<Vec<_>>())
    }

    /// The constant series.
    pub fn constant(value: T, order: usize) -> Self {
        let mut coefficients = vec![T::from(0.0); order + 1];
        coefficients[0] = value;
        Self { coefficients }
    }

    /// The series $x_0 + t$.
    pub fn variable(value: T, order: usize) -> Self {
        let mut series = Self::constant(value, order);
        if let Some(slope) = series.coefficients.get_mut(1) {
            *slope = T::from(1.0);
        }
        series
    }

    /// The order $n$ to which the series is known.
    pub fn order(&self) -> usize {
        self.coefficients.len() - 1
    }

    /// The coefficients of $1, t, \dots, t^n$.
    pub fn coefficients(&self) -> &[T] {
        &self.coefficients
    }

    /// The coefficient of $t^k$.
    ///
    /// # Panics
    /// If $k$ exceeds the order.
    #[track_caller]
    pub fn coefficient(&self, k: usize) -> T {
        let order = self.order();
        assert!(k <= order, "the coefficient {k} of a series of order {order}");
        self.coefficients[k]
    }

    /// The value at $t = 0$, which is the coefficient 0.
    pub fn value(&self) -> T {
        self.coefficients[0]
    }

    /// The derivative of order $k$ at $t = 0$: $k!\,x_k$.
    ///
    /// # Panics
    /// If $k$ exceeds the order.
    #[track_caller]
    pub fn nth_derivative(&self, k: usize) -> T {
        // One factor at a time: 171! overflows where the derivative may not.
        (2..=k).fold(self.coefficient(k), |derivative, i| derivative * i as f64)
    }

    /// Whether all coefficients are finite.
    pub fn is_finite(&self) -> bool {
        self.coefficients.iter().all(|x| x.value().is_finite())
    }

    /// The index of the first coefficient that is not zero; none for the zero series.
    pub fn valuation(&self) -> Option<usize> {
        self.coefficients.iter().position(|x| !x.is_zero())
    }

    /// The same series to a lower order; to its own order where that is lower.
    pub fn truncated(&self, order: usize) -> Self {
        Self { coefficients: self.coefficients[..=order.min(self.order())].to_vec() }
    }

    /// The series times a number that may carry derivatives.
    pub fn scaled(&self, factor: T) -> Self {
        self.map(|x| factor * x)
    }

    /// The derivative $x'(t) = \sum_k (k + 1)\,x_{k+1} t^k$, known to one order less.
    ///
    /// # Panics
    /// If the order is 0: nothing is known about the derivative.
    #[track_caller]
    pub fn derivative(&self) -> Self {
        assert!(self.order() > 0, "a series of order 0 does not determine its derivative");
        let terms = self.coefficients.iter().enumerate().skip(1);
        Self { coefficients: terms.map(|(k, &x)| k as f64 * x).collect() }
    }

    /// The integral $c + \int_0^t x(s)\,ds = c + \sum_k \frac{x_k}{k+1} t^{k+1}$, known to one order
    /// more.
    ///
    /// # Examples
    /// ```
    /// use calculus_core::taylor::Series;
    /// let t = Series::variable(0.0, 5);
    /// let arctangent = (1.0 / (1.0 + &t * &t)).integral(0.0);
    /// assert_eq!(arctangent, Series::variable(0.0, 6).atan());
    /// assert_eq!(arctangent.derivative().order(), 5);
    /// ```
    pub fn integral(&self, constant: T) -> Self {
        let terms = self.coefficients.iter().enumerate().map(|(k, &x)| x / (k + 1) as f64);
        Self { coefficients: core::iter::once(constant).chain(terms).collect() }
    }

    /// The polynomial $\sum_{k=0}^{n} x_k t^k$ at a displacement, by Horner's rule.
    ///
    /// How far it is from the function:
    /// [`remainder_bound`](Series::remainder_bound),
    /// [`remainder_estimate`](Series::remainder_estimate).
    pub fn evaluate(&self, t: T) -> T {
        let terms = self.coefficients.iter().rev().copied();
        terms.reduce(|sum, x| sum * t + x).unwrap_or_else(|| T::from(0.0))
    }

    /// The polynomial about another point: the coefficients of $x(s + t)$ in powers of $t$.
    ///
    /// $x_k \leftarrow \sum_{j \ge k} \binom{j}{k} x_j s^{j-k}$, by repeated synthetic division in
    /// $n^2/2$ multiplications. Exact for a polynomial; the Taylor coefficient $k$ of a function is
    /// off by what was cut, $O(s^{n+1-k})$.
    ///
    /// Source: D. E. Knuth (1997), *The Art of Computer Programming*, vol. 2, 3rd ed., section
    /// 4.6.4.
    ///
    /// # Examples
    /// ```
    /// use calculus_core::taylor::Series;
    /// let cube = Series::new([0.0, 0.0, 0.0, 1.0]);
    /// assert_eq!(cube.shift(2.0).coefficients(), [8.0, 12.0, 6.0, 1.0]); // (2 + t)³
    /// ```
    pub fn shift(&self, s: T) -> Self {
        let mut x = self.coefficients.clone();
        for k in 0..self.order() {
            for j in (k..self.order()).rev() {
                let above = x[j + 1];
                x[j] += s * above;
            }
        }
        Self { coefficients: x }
    }

    /// Termwise map.
    pub(super) fn map(&self, f: impl Fn(T) -> T) -> Self {
        Self { coefficients: self.coefficients.iter().map(|&x| f(x)).collect() }
    }

    /// Termwise combination, to the smaller order.
    pub(super) fn zip(&self, other: &Self, f: impl Fn(T, T) -> T) -> Self {
        let pairs = self.coefficients.iter().zip(&other.coefficients);
        Self { coefficients: pairs.map(|(&a, &b)| f(a, b)).collect() }
    }

    /// The Cauchy product, to the smaller order.
    pub(super) fn product(&self, other: &Self) -> Self {
        let order = self.order().min(other.order());
        let (a, b) = (self.coefficients(), other.coefficients());
        Self { coefficients: (0..=order).map(|k| convolution(a, b, k)).collect() }
    }

    /// The same series with another value at 0, for values that are known better.
    pub(super) fn with_value(mut self, value: T) -> Self {
        self.coefficients[0] = value;
        self
    }

    /// $x(t)/t^m$, where the first $m$ coefficients are zero; $m$ is at most the order.
    pub(super) fn without_factor(&self, m: usize) -> Self {
        Self { coefficients: self.coefficients[m..].to_vec() }
    }

    /// $t^m x(t)$ to an order up to $n + m$.
    pub(super) fn with_factor(&self, m: usize, order: usize) -> Self {
        let zeros = core::iter::repeat_n(T::from(0.0), m);
        let coefficients = zeros.chain(self.coefficients.iter().copied()).take(order + 1);
        Self { coefficients: coefficients.collect() }
    }

    /// Whether all coefficients but the value are the constant 0.
    pub(super) fn is_constant(&self) -> bool {
        self.coefficients[1..].iter().all(|x| x.is_zero())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn series_of_order_zero_are_numbers() {
        let x = Series::variable(3.0, 0);
        assert_eq!((x.order(), x.value(), x.coefficients()), (0, 3.0, [3.0].as_slice()));
        assert_eq!((&x * &x + 1.0).coefficients(), [10.0]);
        assert_eq!(x.shift(5.0), x);
        assert_eq!(x.evaluate(7.0), 3.0);
        assert_eq!(x.integral(1.0).coefficients(), [1.0, 3.0]);
        assert_eq!(x.exp().coefficients(), [3.0_f64.exp()]);
    }

    #[test]
    #[should_panic(expected = "n + 1 coefficients")]
    fn a_series_without_coefficients_is_refused() {
        let _ = Series::<f64>::new([]);
    }

    #[test]
    #[should_panic(expected = "does not determine its derivative")]
    fn a_number_has_no_derivative() {
        let _ = Series::constant(1.0, 0).derivative();
    }

    #[test]
    #[should_panic(expected = "the coefficient 4 of a series of order 3")]
    fn coefficients_beyond_the_order_are_unknown() {
        let _ = Series::variable(1.0, 3).coefficient(4);
    }

    #[test]
    fn high_derivatives_do_not_overflow_on_the_way() {
        let mut x = Series::constant(0.0, 175);
        x.coefficients[175] = 1e-320;
        assert!(x.nth_derivative(175).is_finite());
    }

    #[test]
    fn integration_undoes_differentiation() {
        let x = Series::new([2.0, -1.0, 0.5, 4.0]);
        assert_eq!(x.derivative().integral(2.0), x);
        assert_eq!(x.truncated(1).coefficients(), [2.0, -1.0]);
        assert_eq!(x.truncated(9), x);
        assert_eq!(x.scaled(2.0).coefficients(), [4.0, -2.0, 1.0, 8.0]);
    }

    #[test]
    fn a_shift_agrees_with_evaluation_and_is_undone() {
        let x = Series::new([0.3, -1.25, 2.0, 0.75, -0.5]);
        let y = x.shift(0.5);
        assert!((y.evaluate(0.25) - x.evaluate(0.75)).abs() < 1e-15);
        let back = y.shift(-0.5);
        for (a, b) in back.coefficients().iter().zip(x.coefficients()) {
            assert!((a - b).abs() < 1e-15);
        }
    }
}
