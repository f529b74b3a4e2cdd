//! The differentiable scalar: one trait, so that a function is written once.

use core::fmt::Debug;
use core::iter::{Product, Sum};
use core::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Sub, SubAssign};

use crate::elementary::{Binary, Unary};

/// States a bound on another type `T` in a supertrait, where it is implied at every use.
///
/// `where f64: Mul<Self>` on a trait has to be repeated by every function that uses the trait; a
/// bound on an associated type of a supertrait does not. The associated type is `T` itself. This
/// is what lets `2.0 * x` compile under the single bound `T: Real`.
pub trait Imply<T>: ImplyInner<T, Is = T> {}
impl<T, U> Imply<T> for U {}

/// The carrier of [`Imply`]; `Is` is always `T`.
pub trait ImplyInner<T> {
    /// `T`.
    type Is;
}
impl<T, U> ImplyInner<T> for U {
    type Is = T;
}

/// A real scalar that may carry derivatives.
///
/// `f64`, [`F32`](crate::F32), dual numbers, Taylor jets and recorded variables implement it, so a
/// function written once as `fn f<T: Real>(x: &[T]) -> T` can be evaluated, differentiated in
/// either mode, recorded and replayed. Literals are `f64` and may stand on either side:
/// `1.0 - x`, `2.0 * x`, `x / 3.0`, `x > 0.0`.
///
/// Every elementary function is a row of the table in [`elementary`](crate::elementary), where its
/// value, derivative, domain and boundary points are stated; a method here names the row.
///
/// # Implementing
/// A scalar supplies [`value`](Real::value), [`is_zero`](Real::is_zero), the four maps
/// [`apply`](Real::apply), [`combine`](Real::combine), [`powi`](Real::powi),
/// [`powf`](Real::powf), [`polygamma`](Real::polygamma), [`mul_add`](Real::mul_add) and the
/// operators; all the named functions follow.
///
/// # Examples
/// ```
/// use calculus_core::Real;
///
/// fn rosenbrock<T: Real>(x: &[T]) -> T {
///     x.windows(2).map(|w| 100.0 * (w[1] - w[0] * w[0]).powi(2) + (1.0 - w[0]).powi(2)).sum()
/// }
/// assert_eq!(rosenbrock(&[1.0, 1.0, 1.0]), 0.0);
/// assert_eq!(rosenbrock(&[-1.2, 1.0]), 24.199999999999996);
/// ```
///
/// Integers are not differentiable scalars:
/// ```compile_fail,E0277
/// # use calculus_core::Real;
/// fn square<T: Real>(x: T) -> T { x * x }
/// square(2_i32);
/// ```
/// and neither is a bare `f32`, because `2.0 * x` with an `f64` literal cannot be defined for it:
/// ```compile_fail,E0277
/// # use calculus_core::Real;
/// fn double<T: Real>(x: T) -> T { 2.0 * x }
/// double(1.5_f32); // use calculus_core::F32(1.5)
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a differentiable scalar",
    label = "expected `f64`, `F32`, `Dual<_>`, `Jet<_>` or `Var`",
    note = "write literals as `2.0`, not `2`; convert integers with `n as f64`; wrap `f32` as `F32`"
)]
pub trait Real:
    Copy
    + Debug
    + PartialOrd
    + PartialOrd<f64>
    + 'static
    + Neg<Output = Self>
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Add<f64, Output = Self>
    + Sub<f64, Output = Self>
    + Mul<f64, Output = Self>
    + Div<f64, Output = Self>
    + AddAssign
    + SubAssign
    + MulAssign
    + DivAssign
    + AddAssign<f64>
    + SubAssign<f64>
    + MulAssign<f64>
    + DivAssign<f64>
    + Sum
    + for<'a> Sum<&'a Self>
    + Product
    + From<f64>
    // The second block restates the built-in operators of `f64`: an implied bound shadows them,
    // and `1.0 / n` with `n: f64` inside a generic function would not compile without it.
    + Imply<
        f64,
        Is: Add<Self, Output = Self>
                + Sub<Self, Output = Self>
                + Mul<Self, Output = Self>
                + Div<Self, Output = Self>
                + Add<f64, Output = f64>
                + Sub<f64, Output = f64>
                + Mul<f64, Output = f64>
                + Div<f64, Output = f64>
                + for<'a> Add<&'a f64, Output = f64>
                + for<'a> Sub<&'a f64, Output = f64>
                + for<'a> Mul<&'a f64, Output = f64>
                + for<'a> Div<&'a f64, Output = f64>,
    >
{
    /// The primal value, with all derivative information dropped.
    ///
    /// Use it to print or to decide how to go on, not to compute the result: what is computed from
    /// it is a constant to every derivative. On a recorded variable it ties the recording to this
    /// very value, so that a replay elsewhere records again instead of reusing the decision.
    fn value(self) -> f64;

    /// Whether this is the constant zero: value zero and no derivative information.
    ///
    /// A reverse sweep skips zero adjoints, which keeps `0 * inf` out of the result.
    fn is_zero(self) -> bool;

    /// Applies a row of the table of unary functions.
    fn apply(self, function: Unary) -> Self;

    /// $y_i = f(x_i)$ for a row $f$ of the table and many arguments.
    ///
    /// `f64` uses the vector instructions of the processor ([`Unary::values`]), which are within 2
    /// units in the last place of [`apply`](Real::apply).
    ///
    /// # Panics
    /// If the slices differ in length.
    #[inline(always)]
    #[track_caller]
    fn apply_each(function: Unary, x: &[Self], y: &mut [Self]) {
        assert_eq!(x.len(), y.len(), "a value for each argument");
        for (y, x) in y.iter_mut().zip(x) {
            *y = x.apply(function);
        }
    }

    /// Applies a row of the table of binary functions.
    fn combine(self, function: Binary, other: Self) -> Self;

    /// $x^n$ for an integer $n$, with derivative $n x^{n-1}$, and $0$ for $n = 0$.
    fn powi(self, n: i32) -> Self;

    /// $x^p$ for a constant exponent, with derivative $p x^{p-1}$, and $0$ for $p = 0$.
    ///
    /// NaN for $x < 0$ unless $p$ is an integer. At $x = 0$ the pair of value and derivative is
    /// $(0, 0)$ for $p > 1$, $(0, 1)$ for $p = 1$, $(0, +\infty)$ for $0 < p < 1$.
    fn powf(self, p: f64) -> Self;

    /// The polygamma function $\psi^{(n)}(x) = \frac{d^{n+1}}{dx^{n+1}} \ln\Gamma(x)$.
    ///
    /// $\psi^{(0)}$ is [`digamma`](Real::digamma). The derivative is $\psi^{(n+1)}$. NaN at the
    /// poles $0, -1, -2, \dots$ and for $n > 168$.
    fn polygamma(self, n: u32) -> Self;

    /// $xa + b$, rounded once.
    fn mul_add(self, a: impl Into<Self>, b: impl Into<Self>) -> Self;

    /// $x^p$ where the exponent may depend on the inputs too.
    ///
    /// Partial derivatives $p x^{p-1}$ and $x^p \ln x$, the latter $0$ at $x = 0$, $p > 0$.
    #[inline(always)]
    fn pow(self, p: Self) -> Self {
        self.combine(Binary::Pow, p)
    }

    /// $\sqrt{x^2 + y^2}$ without overflow; partial derivatives $x/h$ and $y/h$, both $0$ at the
    /// origin (the subgradient of least norm).
    #[inline(always)]
    fn hypot(self, other: impl Into<Self>) -> Self {
        self.combine(Binary::Hypot, other.into())
    }

    /// The angle of the point $(x, y)$, called as `y.atan2(x)`, in $[-\pi, \pi]$; partial
    /// derivatives $x/h^2$ and $-y/h^2$ with $h^2 = x^2 + y^2$, NaN at the origin.
    #[inline(always)]
    fn atan2(self, x: impl Into<Self>) -> Self {
        self.combine(Binary::Atan2, x.into())
    }

    /// The smaller of the two, the other one where one is NaN; at a tie each side carries half of
    /// the derivative.
    #[inline(always)]
    fn min(self, other: impl Into<Self>) -> Self {
        self.combine(Binary::Min, other.into())
    }

    /// The larger of the two, the other one where one is NaN; at a tie each side carries half of
    /// the derivative.
    #[inline(always)]
    fn max(self, other: impl Into<Self>) -> Self {
        self.combine(Binary::Max, other.into())
    }

    /// [`sin`](Real::sin) and [`cos`](Real::cos).
    #[inline(always)]
    fn sin_cos(self) -> (Self, Self) {
        (self.sin(), self.cos())
    }

    /// $1/x$; see [`Unary::Recip`].
    #[inline(always)]
    fn recip(self) -> Self {
        self.apply(Unary::Recip)
    }
    /// $\sqrt{x}$; derivative $+\infty$ at 0; see [`Unary::Sqrt`].
    #[inline(always)]
    fn sqrt(self) -> Self {
        self.apply(Unary::Sqrt)
    }
    /// $x^{1/3}$; derivative $+\infty$ at 0; see [`Unary::Cbrt`].
    #[inline(always)]
    fn cbrt(self) -> Self {
        self.apply(Unary::Cbrt)
    }
    /// $e^x$; see [`Unary::Exp`].
    #[inline(always)]
    fn exp(self) -> Self {
        self.apply(Unary::Exp)
    }
    /// $2^x$; see [`Unary::Exp2`].
    #[inline(always)]
    fn exp2(self) -> Self {
        self.apply(Unary::Exp2)
    }
    /// $e^x - 1$ without cancellation; see [`Unary::ExpM1`].
    #[inline(always)]
    fn exp_m1(self) -> Self {
        self.apply(Unary::ExpM1)
    }
    /// $\ln x$; see [`Unary::Ln`].
    #[inline(always)]
    fn ln(self) -> Self {
        self.apply(Unary::Ln)
    }
    /// $\log_2 x$; see [`Unary::Log2`].
    #[inline(always)]
    fn log2(self) -> Self {
        self.apply(Unary::Log2)
    }
    /// $\log_{10} x$; see [`Unary::Log10`].
    #[inline(always)]
    fn log10(self) -> Self {
        self.apply(Unary::Log10)
    }
    /// $\ln(1 + x)$ without cancellation; see [`Unary::Ln1p`].
    #[inline(always)]
    fn ln_1p(self) -> Self {
        self.apply(Unary::Ln1p)
    }
    /// $\sin x$; see [`Unary::Sin`].
    #[inline(always)]
    fn sin(self) -> Self {
        self.apply(Unary::Sin)
    }
    /// $\cos x$; see [`Unary::Cos`].
    #[inline(always)]
    fn cos(self) -> Self {
        self.apply(Unary::Cos)
    }
    /// $\tan x$; see [`Unary::Tan`].
    #[inline(always)]
    fn tan(self) -> Self {
        self.apply(Unary::Tan)
    }
    /// $\arcsin x$; see [`Unary::Asin`].
    #[inline(always)]
    fn asin(self) -> Self {
        self.apply(Unary::Asin)
    }
    /// $\arccos x$; see [`Unary::Acos`].
    #[inline(always)]
    fn acos(self) -> Self {
        self.apply(Unary::Acos)
    }
    /// $\arctan x$; see [`Unary::Atan`].
    #[inline(always)]
    fn atan(self) -> Self {
        self.apply(Unary::Atan)
    }
    /// $\sinh x$; see [`Unary::Sinh`].
    #[inline(always)]
    fn sinh(self) -> Self {
        self.apply(Unary::Sinh)
    }
    /// $\cosh x$; see [`Unary::Cosh`].
    #[inline(always)]
    fn cosh(self) -> Self {
        self.apply(Unary::Cosh)
    }
    /// $\tanh x$; see [`Unary::Tanh`].
    #[inline(always)]
    fn tanh(self) -> Self {
        self.apply(Unary::Tanh)
    }
    /// $\operatorname{arsinh} x$; see [`Unary::Asinh`].
    #[inline(always)]
    fn asinh(self) -> Self {
        self.apply(Unary::Asinh)
    }
    /// $\operatorname{arcosh} x$; see [`Unary::Acosh`].
    #[inline(always)]
    fn acosh(self) -> Self {
        self.apply(Unary::Acosh)
    }
    /// $\operatorname{artanh} x$; see [`Unary::Atanh`].
    #[inline(always)]
    fn atanh(self) -> Self {
        self.apply(Unary::Atanh)
    }
    /// The error function; see [`Unary::Erf`].
    #[inline(always)]
    fn erf(self) -> Self {
        self.apply(Unary::Erf)
    }
    /// $1 - \operatorname{erf} x$ without cancellation; see [`Unary::Erfc`].
    #[inline(always)]
    fn erfc(self) -> Self {
        self.apply(Unary::Erfc)
    }
    /// $\ln|\Gamma(x)|$; see [`Unary::LnGamma`].
    #[inline(always)]
    fn ln_gamma(self) -> Self {
        self.apply(Unary::LnGamma)
    }
    /// $\psi(x) = \Gamma'(x)/\Gamma(x)$; see [`Unary::Digamma`].
    #[inline(always)]
    fn digamma(self) -> Self {
        self.apply(Unary::Digamma)
    }
    /// $1/(1 + e^{-x})$; see [`Unary::Sigmoid`].
    #[inline(always)]
    fn sigmoid(self) -> Self {
        self.apply(Unary::Sigmoid)
    }
    /// $\ln(1 + e^x)$ without overflow; see [`Unary::Softplus`].
    #[inline(always)]
    fn softplus(self) -> Self {
        self.apply(Unary::Softplus)
    }
    /// $|x|$; derivative 0 at 0; see [`Unary::Abs`].
    #[inline(always)]
    fn abs(self) -> Self {
        self.apply(Unary::Abs)
    }
    /// The sign bit as $\pm 1$, also at $\pm 0$, as `f64::signum` has it; see [`Unary::Signum`].
    #[inline(always)]
    fn signum(self) -> Self {
        self.apply(Unary::Signum)
    }
    /// $\lfloor x \rfloor$; derivative 0; see [`Unary::Floor`].
    #[inline(always)]
    fn floor(self) -> Self {
        self.apply(Unary::Floor)
    }
    /// $\lceil x \rceil$; derivative 0; see [`Unary::Ceil`].
    #[inline(always)]
    fn ceil(self) -> Self {
        self.apply(Unary::Ceil)
    }
    /// The nearest integer, halves away from zero; derivative 0; see [`Unary::Round`].
    #[inline(always)]
    fn round(self) -> Self {
        self.apply(Unary::Round)
    }
    /// The integer part; derivative 0; see [`Unary::Trunc`].
    #[inline(always)]
    fn trunc(self) -> Self {
        self.apply(Unary::Trunc)
    }
}

impl Real for f64 {
    #[inline(always)]
    fn value(self) -> f64 {
        self
    }
    #[inline(always)]
    fn is_zero(self) -> bool {
        self == 0.0
    }
    #[inline(always)]
    fn apply(self, function: Unary) -> Self {
        function.value(self)
    }
    #[track_caller]
    fn apply_each(function: Unary, x: &[Self], y: &mut [Self]) {
        function.values(x, y);
    }
    #[inline(always)]
    fn combine(self, function: Binary, other: Self) -> Self {
        function.value(self, other)
    }
    #[inline(always)]
    fn powi(self, n: i32) -> Self {
        // The same bits as the general loop, without the call where n is known at run time only.
        match n {
            2 => self * self,
            3 => self * self * self,
            _ => f64::powi(self, n),
        }
    }
    #[inline(always)]
    fn powf(self, p: f64) -> Self {
        f64::powf(self, p)
    }
    #[inline]
    fn polygamma(self, n: u32) -> Self {
        crate::elementary::special::polygamma(n, self)
    }
    #[inline(always)]
    fn mul_add(self, a: impl Into<Self>, b: impl Into<Self>) -> Self {
        f64::mul_add(self, a.into(), b.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Everything a page of numerical code does with literals, constants and integers.
    fn mixed<T: Real>(x: &[T]) -> T {
        let n = x.len() as f64;
        let half = 1.0 / 2.0;
        let scale = 1.0 / n + half * std::f64::consts::PI;
        let mut sum = T::from(0.0);
        for (i, &v) in x.iter().enumerate() {
            sum += (i as f64 + 1.0) * v;
            sum -= 0.5 * v.max(0.0);
        }
        sum *= 2.0;
        let mean = x.iter().sum::<T>() / n;
        if mean > 0.0 && 1.0 - mean < x[0] { sum * scale - mean } else { -sum }
    }

    #[test]
    fn literals_compile_on_both_sides() {
        assert!(
            (mixed(&[1.0, 2.0]) - ((5.0 - 1.5) * 2.0 * (0.5 + 0.5 * std::f64::consts::PI) - 1.5))
                .abs()
                < 1e-14
        );
        assert!(
            (mixed(&[crate::F32(1.0), crate::F32(2.0)]).value() - mixed(&[1.0, 2.0])).abs() < 1e-5
        );
    }
}
