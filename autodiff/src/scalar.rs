//! The conversions and compound operators that every scalar has, from the ones it defines.

use core::any::Any;

/// Implements `Sum` of references, `Product` and the compound assignments for a scalar.
macro_rules! scalar_traits {
    ([$($generics:tt)*] $type:ty) => {
        crate::scalar_traits!(@assign [$($generics)*] $type, AddAssign add_assign +);
        crate::scalar_traits!(@assign [$($generics)*] $type, SubAssign sub_assign -);
        crate::scalar_traits!(@assign [$($generics)*] $type, MulAssign mul_assign *);
        crate::scalar_traits!(@assign [$($generics)*] $type, DivAssign div_assign /);

        impl<'a, $($generics)*> Sum<&'a Self> for $type {
            #[inline]
            fn sum<I: Iterator<Item = &'a Self>>(iter: I) -> Self {
                iter.copied().sum()
            }
        }
        impl<$($generics)*> Product for $type {
            #[inline]
            fn product<I: Iterator<Item = Self>>(mut iter: I) -> Self {
                match iter.next() {
                    Some(first) => iter.fold(first, |product, x| product * x),
                    None => Self::from(1.0),
                }
            }
        }
    };
    (@assign [$($generics:tt)*] $type:ty, $trait:ident $method:ident $op:tt) => {
        impl<$($generics)*> $trait for $type {
            #[inline(always)]
            #[track_caller]
            fn $method(&mut self, other: Self) {
                *self = *self $op other;
            }
        }
        impl<$($generics)*> $trait<f64> for $type {
            #[inline(always)]
            #[track_caller]
            fn $method(&mut self, other: f64) {
                *self = *self $op other;
            }
        }
    };
}
pub(crate) use scalar_traits;

/// Implements `Sum` for a scalar.
macro_rules! sum_from_first_term {
    ([$($generics:tt)*] $type:ty) => {
        impl<$($generics)*> Sum for $type {
            #[inline]
            fn sum<I: Iterator<Item = Self>>(mut iter: I) -> Self {
                // The first term starts the sum: no operation is spent on adding it to zero.
                match iter.next() {
                    Some(first) => iter.fold(first, |sum, x| sum + x),
                    None => Self::from(0.0),
                }
            }
        }
    };
}
pub(crate) use sum_from_first_term;

/// A scalar as the type that it is known to be.
pub(crate) fn convert<A: Copy + 'static, B: Copy + 'static>(x: A) -> B {
    *(&x as &dyn Any).downcast_ref::<B>().expect("the caller has compared the types")
}
