//! Machine floating-point numbers: what slices of parameters, moments and tensors are made of.

use core::fmt::{Debug, Display, LowerExp};
use core::iter::{Product, Sum};
use core::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Sub, SubAssign};

mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

/// A machine floating-point number, `f32` or `f64`.
///
/// [`Float`] is what array code is generic over: update rules, tensors, data sets. It carries no
/// derivative; a function that is to be differentiated is generic over [`Real`](crate::Real).
/// The trait is sealed, so that kernels may rely on the two IEEE formats.
///
/// # Examples
/// ```
/// use calculus_core::Float;
///
/// fn norm<T: Float>(x: &[T]) -> T {
///     x.iter().map(|&v| v * v).sum::<T>().sqrt()
/// }
/// assert_eq!(norm(&[3.0_f32, 4.0]), 5.0);
/// assert_eq!(norm(&[3.0_f64, 4.0]), 5.0);
/// ```
pub trait Float:
    sealed::Sealed
    + Copy
    + Debug
    + Display
    + LowerExp
    + Default
    + PartialEq
    + PartialOrd
    + Send
    + Sync
    + 'static
    + Neg<Output = Self>
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + AddAssign
    + SubAssign
    + MulAssign
    + DivAssign
    + Sum
    + Product
    + for<'a> Sum<&'a Self>
{
    /// The name of the type, `"f32"` or `"f64"`.
    const NAME: &'static str;
    /// Zero.
    const ZERO: Self;
    /// One.
    const ONE: Self;
    /// The distance from 1 to the next larger number.
    const EPSILON: Self;
    /// Positive infinity.
    const INFINITY: Self;
    /// The most negative finite number.
    const MIN: Self;
    /// The largest finite number.
    const MAX: Self;
    /// The smallest positive normal number.
    const MIN_POSITIVE: Self;
    /// Not a number.
    const NAN: Self;

    /// The nearest number of this type.
    fn from_f64(x: f64) -> Self;
    /// The nearest number of this type.
    fn from_f32(x: f32) -> Self;
    /// The nearest number of this type to an integer.
    fn from_usize(n: usize) -> Self;
    /// Exact for both formats.
    fn to_f64(self) -> f64;
    /// The nearest `f32`.
    fn to_f32(self) -> f32;

    /// $\sqrt{x}$.
    fn sqrt(self) -> Self;
    /// $e^x$.
    fn exp(self) -> Self;
    /// $e^x - 1$ without cancellation at small $x$.
    fn exp_m1(self) -> Self;
    /// $\ln x$.
    fn ln(self) -> Self;
    /// $\ln(1 + x)$ without cancellation at small $x$.
    fn ln_1p(self) -> Self;
    /// $\sin x$.
    fn sin(self) -> Self;
    /// $\cos x$.
    fn cos(self) -> Self;
    /// $\tanh x$.
    fn tanh(self) -> Self;
    /// The error function $\frac{2}{\sqrt\pi}\int_0^x e^{-t^2}\,dt$.
    fn erf(self) -> Self;
    /// $x^n$ for an integer $n$.
    fn powi(self, n: i32) -> Self;
    /// $x^p$.
    fn powf(self, p: Self) -> Self;
    /// $|x|$.
    fn abs(self) -> Self;
    /// The sign of $x$ as IEEE has it: $\pm 1$ also for $\pm 0$; NaN for NaN.
    fn signum(self) -> Self;
    /// The larger of the two; the other one where one is NaN.
    fn max(self, other: Self) -> Self;
    /// The smaller of the two; the other one where one is NaN.
    fn min(self, other: Self) -> Self;
    /// $xa + b$, rounded once.
    fn mul_add(self, a: Self, b: Self) -> Self;
    /// The largest integer not above $x$.
    fn floor(self) -> Self;
    /// Whether $x$ is neither infinite nor NaN.
    fn is_finite(self) -> bool;
    /// Whether $x$ is NaN.
    fn is_nan(self) -> bool;
}

macro_rules! float {
    ($type:ident, $erf:path) => {
        impl Float for $type {
            const NAME: &'static str = stringify!($type);
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            const EPSILON: Self = $type::EPSILON;
            const INFINITY: Self = $type::INFINITY;
            const MIN: Self = $type::MIN;
            const MAX: Self = $type::MAX;
            const MIN_POSITIVE: Self = $type::MIN_POSITIVE;
            const NAN: Self = $type::NAN;

            #[inline(always)]
            fn from_f64(x: f64) -> Self {
                x as Self
            }
            #[inline(always)]
            fn from_f32(x: f32) -> Self {
                x as Self
            }
            #[inline(always)]
            fn from_usize(n: usize) -> Self {
                n as Self
            }
            #[inline(always)]
            fn to_f64(self) -> f64 {
                self as f64
            }
            #[inline(always)]
            fn to_f32(self) -> f32 {
                self as f32
            }
            #[inline(always)]
            fn erf(self) -> Self {
                $erf(self)
            }
            float!(@forward $type: sqrt exp exp_m1 ln ln_1p sin cos tanh abs signum floor);
            #[inline(always)]
            fn powi(self, n: i32) -> Self {
                $type::powi(self, n)
            }
            #[inline(always)]
            fn powf(self, p: Self) -> Self {
                $type::powf(self, p)
            }
            #[inline(always)]
            fn max(self, other: Self) -> Self {
                $type::max(self, other)
            }
            #[inline(always)]
            fn min(self, other: Self) -> Self {
                $type::min(self, other)
            }
            #[inline(always)]
            fn mul_add(self, a: Self, b: Self) -> Self {
                $type::mul_add(self, a, b)
            }
            #[inline(always)]
            fn is_finite(self) -> bool {
                $type::is_finite(self)
            }
            #[inline(always)]
            fn is_nan(self) -> bool {
                $type::is_nan(self)
            }
        }
    };
    (@forward $type:ident: $($name:ident)*) => {
        $(#[inline(always)]
        fn $name(self) -> Self {
            $type::$name(self)
        })*
    };
}

float!(f32, libm::erff);
float!(f64, libm::erf);

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip<T: Float>() {
        for x in [0.0, -0.0, 1.0, -2.5, f64::INFINITY] {
            assert_eq!(T::from_f64(x).to_f64().to_bits(), x.to_bits());
        }
        assert!(T::from_f64(f64::NAN).is_nan());
        assert!(!T::INFINITY.is_finite() && T::MAX.is_finite());
        assert_eq!(T::ONE + T::EPSILON / T::from_f64(4.0), T::ONE);
        assert_eq!(T::from_usize(7).to_f64(), 7.0);
        assert_eq!(T::ZERO.erf(), T::ZERO);
    }

    #[test]
    fn both_formats_convert_exactly() {
        round_trip::<f32>();
        round_trip::<f64>();
    }
}
