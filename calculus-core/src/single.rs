//! `f32` as a differentiable scalar.

use core::cmp::Ordering;
use core::fmt;
use core::iter::{Product, Sum};
use core::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Sub, SubAssign};

use crate::Real;
use crate::elementary::{Binary, Unary};

/// A single-precision number that is a [`Real`] scalar.
///
/// A bare `f32` cannot be one: `2.0 * x` with an `f64` literal needs `f64: Mul<f32>`, which only
/// the standard library could define. Every operation is computed in double precision and rounded
/// once to `f32`, so elementary functions are correct to the last bit but for rare double rounding.
///
/// # Examples
/// ```
/// use calculus_core::{F32, Real};
/// fn f<T: Real>(x: T) -> T { 1.0 - 2.0 * x.exp() }
/// assert_eq!(f(F32(0.0)), F32(-1.0));
/// assert_eq!(f(F32(1.0)).0, (1.0 - 2.0 * 1.0_f64.exp() as f32));
/// ```
#[derive(Clone, Copy, Default, PartialEq, PartialOrd)]
#[repr(transparent)]
pub struct F32(pub f32);

impl F32 {
    #[inline(always)]
    fn rounded(x: f64) -> Self {
        Self(x as f32)
    }
}

impl fmt::Debug for F32 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl fmt::Display for F32 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl From<f64> for F32 {
    #[inline(always)]
    fn from(x: f64) -> Self {
        Self::rounded(x)
    }
}
impl From<f32> for F32 {
    #[inline(always)]
    fn from(x: f32) -> Self {
        Self(x)
    }
}
impl From<F32> for f32 {
    #[inline(always)]
    fn from(x: F32) -> Self {
        x.0
    }
}
impl From<F32> for f64 {
    #[inline(always)]
    fn from(x: F32) -> Self {
        f64::from(x.0)
    }
}

impl PartialEq<f64> for F32 {
    #[inline(always)]
    fn eq(&self, other: &f64) -> bool {
        f64::from(self.0) == *other
    }
}
impl PartialOrd<f64> for F32 {
    #[inline(always)]
    fn partial_cmp(&self, other: &f64) -> Option<Ordering> {
        f64::from(self.0).partial_cmp(other)
    }
}

macro_rules! operators {
    ($($trait:ident $method:ident $assign_trait:ident $assign_method:ident $op:tt;)*) => {$(
        impl $trait for F32 {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                Self(self.0 $op other.0)
            }
        }
        impl $trait<f64> for F32 {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: f64) -> Self {
                Self::rounded(f64::from(self.0) $op other)
            }
        }
        impl $trait<F32> for f64 {
            type Output = F32;
            #[inline(always)]
            fn $method(self, other: F32) -> F32 {
                F32::rounded(self $op f64::from(other.0))
            }
        }
        impl $assign_trait for F32 {
            #[inline(always)]
            fn $assign_method(&mut self, other: Self) {
                *self = *self $op other;
            }
        }
        impl $assign_trait<f64> for F32 {
            #[inline(always)]
            fn $assign_method(&mut self, other: f64) {
                *self = *self $op other;
            }
        }
    )*};
}
operators! {
    Add add AddAssign add_assign +;
    Sub sub SubAssign sub_assign -;
    Mul mul MulAssign mul_assign *;
    Div div DivAssign div_assign /;
}

impl Neg for F32 {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Sum for F32 {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self(0.0), |sum, x| sum + x)
    }
}
impl<'a> Sum<&'a F32> for F32 {
    fn sum<I: Iterator<Item = &'a Self>>(iter: I) -> Self {
        iter.copied().sum()
    }
}
impl Product for F32 {
    fn product<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self(1.0), |product, x| product * x)
    }
}

impl Real for F32 {
    #[inline(always)]
    fn value(self) -> f64 {
        f64::from(self.0)
    }
    #[inline(always)]
    fn is_zero(self) -> bool {
        self.0 == 0.0
    }
    #[inline(always)]
    fn apply(self, function: Unary) -> Self {
        Self::rounded(function.value(self.value()))
    }
    #[inline(always)]
    fn combine(self, function: Binary, other: Self) -> Self {
        Self::rounded(function.value(self.value(), other.value()))
    }
    #[inline(always)]
    fn powi(self, n: i32) -> Self {
        Self::rounded(self.value().powi(n))
    }
    #[inline(always)]
    fn powf(self, p: f64) -> Self {
        Self::rounded(self.value().powf(p))
    }
    #[inline]
    fn polygamma(self, n: u32) -> Self {
        Self::rounded(Real::polygamma(self.value(), n))
    }
    #[inline(always)]
    fn mul_add(self, a: impl Into<Self>, b: impl Into<Self>) -> Self {
        Self(self.0.mul_add(a.into().0, b.into().0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_unary_row_rounds_the_double_result() {
        for &row in Unary::ALL {
            for x in [0.25_f32, 0.75, 1.5] {
                let expected = row.value(f64::from(x)) as f32;
                let got = F32(x).apply(row).0;
                assert!(got == expected || (got.is_nan() && expected.is_nan()), "{}", row.name());
            }
        }
    }

    #[test]
    fn operators_act_in_single_precision() {
        assert_eq!((F32(1.0) + F32(f32::EPSILON / 4.0)).0, 1.0);
        assert_eq!((1.0 - F32(0.5)).0, 0.5);
        let mut x = F32(3.0);
        x /= 2.0;
        assert_eq!(x, 1.5);
        assert!(x > 1.0 && x < F32(2.0));
        assert_eq!([F32(1.0), F32(2.0)].iter().sum::<F32>().0, 3.0);
    }
}
