//! The complex number and its arithmetic.

use core::cmp::Ordering;
use core::iter::{Product, Sum};
use core::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Sub, SubAssign};

use super::{binary, unary};
use crate::Real;
use crate::elementary::{Binary, Unary, special};

/// An imaginary part up to this one changes no real part.
pub(super) const INFINITESIMAL: f64 = 4.909_093_465_297_727e-91; // 2^-300

/// A complex number $a + ib$ as a scalar of functions written over [`Real`], for the
/// [complex step](super::complex_step).
///
/// The real part decides: comparisons, `min`, `max`, $|z| = \operatorname{sgn}(a)\,z$ and rounding
/// look at $a$ alone, and where a real function is not defined at $a$ the result is NaN, although
/// its complex continuation may have a value there.
///
/// # Which rows are continued
/// | rows | imaginary part |
/// |---|---|
/// | arithmetic, roots, powers, exponentials, logarithms, trigonometric and hyperbolic functions and their inverses, `sigmoid`, `softplus`, `hypot`, `atan2`, `pow` | that of the analytic continuation, for any $b$ |
/// | `erf`, `erfc`, `ln_gamma`, `digamma`, `polygamma` | $b f'(a)$ |
/// | `abs`, `min`, `max` | that of the chosen branch, the mean at a tie |
/// | `signum`, `floor`, `ceil`, `round`, `trunc` | 0 |
/// | any row at a point where its derivative is not continuous, as $\sqrt z$ at $a = 0$ | $b f'(a)$ as the [table](crate::elementary) has it |
///
/// What is carried to first order only is exact for the complex step and is no continuation for
/// larger $b$. Imaginary parts with $|b| \le 2^{-300}$ are taken for infinitesimal: the real part of a
/// row is then its value at $a$, to the bit, so that branches are taken as over `f64`, and the
/// product of two is dropped, so that $\sqrt{z^2}$ at $a = 0$ is not the root of $-b^2$. Where $a$ is
/// as short as an infinitesimal $b$, functions are to first order.
///
/// # Examples
/// ```
/// use calculus_core::Real;
/// use calculus_core::numeric::Complex;
/// let z = Complex::new(0.0, std::f64::consts::PI).exp();
/// assert!((z.re + 1.0).abs() < 1e-15 && z.im.abs() < 1e-15);
/// assert_eq!(2.0 * Complex::new(1.0, 3.0) - 1.0, Complex::new(1.0, 6.0));
/// assert_eq!(Complex::new(-2.0, 1.0).abs(), Complex::new(2.0, -1.0));
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Complex {
    /// The real part.
    pub re: f64,
    /// The imaginary part.
    pub im: f64,
}

impl Complex {
    /// $a + ib$.
    #[inline]
    pub const fn new(re: f64, im: f64) -> Self {
        Self { re, im }
    }

    /// `value` $+ ib\,$`slope`: a function to first order. No change times an infinite slope is none.
    pub(super) fn to_first_order(self, value: f64, slope: f64) -> Self {
        Self::new(value, if self.im == 0.0 { 0.0 } else { self.im * slope })
    }
}

/// The product of two imaginary parts; of infinitesimal ones it is 0.
#[inline]
fn second_order(b: f64, d: f64) -> f64 {
    let product = b * d;
    if product.abs() <= INFINITESIMAL * INFINITESIMAL { 0.0 } else { product }
}

impl From<f64> for Complex {
    #[inline]
    fn from(re: f64) -> Self {
        Self::new(re, 0.0)
    }
}

// As for every scalar, comparisons look at the value alone, which here is the real part.
impl PartialEq for Complex {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.re == other.re
    }
}
impl PartialOrd for Complex {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.re.partial_cmp(&other.re)
    }
}
impl PartialEq<f64> for Complex {
    #[inline]
    fn eq(&self, other: &f64) -> bool {
        self.re == *other
    }
}
impl PartialOrd<f64> for Complex {
    #[inline]
    fn partial_cmp(&self, other: &f64) -> Option<Ordering> {
        self.re.partial_cmp(other)
    }
}

impl Neg for Complex {
    type Output = Self;
    #[inline]
    fn neg(self) -> Self {
        Self::new(-self.re, -self.im)
    }
}
impl Add for Complex {
    type Output = Self;
    #[inline]
    fn add(self, other: Self) -> Self {
        Self::new(self.re + other.re, self.im + other.im)
    }
}
impl Sub for Complex {
    type Output = Self;
    #[inline]
    fn sub(self, other: Self) -> Self {
        Self::new(self.re - other.re, self.im - other.im)
    }
}
impl Mul for Complex {
    type Output = Self;
    #[inline]
    fn mul(self, other: Self) -> Self {
        Self::new(
            self.re * other.re - second_order(self.im, other.im),
            self.re * other.im + self.im * other.re,
        )
    }
}
impl Div for Complex {
    type Output = Self;
    /// With $y + iw = (a + ib)/(c + id)$: $y = (a + b d/c)/(c + d\,d/c)$ (Smith, 1962) and
    /// $w = (b - y d)/c$, which for $d \to 0$ is the quotient rule.
    #[inline]
    fn div(self, other: Self) -> Self {
        let (a, b, c, d) = (self.re, self.im, other.re, other.im);
        if c == 0.0 || b.abs().max(d.abs()) <= INFINITESIMAL {
            // By the real parts; a divisor of real part 0 is a division by zero.
            let y = a / c;
            return Self::new(y, if b == 0.0 && d == 0.0 { 0.0 } else { (b - y * d) / c });
        }
        if d.abs() <= c.abs() {
            let ratio = d / c;
            let y = (a + b * ratio) / (c + d * ratio);
            Self::new(y, (b - y * d) / c)
        } else {
            let ratio = c / d;
            let y = (a * ratio + b) / (c * ratio + d);
            Self::new(y, (y * c - a) / d)
        }
    }
}

/// The operators of a complex and a real number, and the assignments.
macro_rules! operators {
    ($($trait:ident $method:ident $assign_trait:ident $assign_method:ident $op:tt;)*) => {$(
        impl $trait<Complex> for f64 {
            type Output = Complex;
            #[inline]
            fn $method(self, other: Complex) -> Complex {
                Complex::from(self) $op other
            }
        }
        impl $assign_trait for Complex {
            #[inline]
            fn $assign_method(&mut self, other: Self) {
                *self = *self $op other;
            }
        }
        impl $assign_trait<f64> for Complex {
            #[inline]
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
impl Add<f64> for Complex {
    type Output = Self;
    #[inline]
    fn add(self, other: f64) -> Self {
        Self::new(self.re + other, self.im)
    }
}
impl Sub<f64> for Complex {
    type Output = Self;
    #[inline]
    fn sub(self, other: f64) -> Self {
        Self::new(self.re - other, self.im)
    }
}
impl Mul<f64> for Complex {
    type Output = Self;
    #[inline]
    fn mul(self, other: f64) -> Self {
        Self::new(self.re * other, self.im * other)
    }
}
impl Div<f64> for Complex {
    type Output = Self;
    #[inline]
    fn div(self, other: f64) -> Self {
        Self::new(self.re / other, self.im / other)
    }
}

impl Sum for Complex {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::from(0.0), |sum, z| sum + z)
    }
}
impl<'a> Sum<&'a Complex> for Complex {
    fn sum<I: Iterator<Item = &'a Self>>(iter: I) -> Self {
        iter.copied().sum()
    }
}
impl Product for Complex {
    fn product<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::from(1.0), |product, z| product * z)
    }
}

impl Real for Complex {
    #[inline]
    fn value(self) -> f64 {
        self.re
    }
    #[inline]
    fn is_zero(self) -> bool {
        self.re == 0.0 && self.im == 0.0
    }
    #[inline]
    fn apply(self, function: Unary) -> Self {
        unary::apply(function, self)
    }
    #[inline]
    fn combine(self, function: Binary, other: Self) -> Self {
        binary::combine(function, self, other)
    }
    #[inline]
    fn powi(self, n: i32) -> Self {
        unary::powi(self, n)
    }
    #[inline]
    fn powf(self, p: f64) -> Self {
        unary::powf(self, p)
    }
    /// To first order.
    fn polygamma(self, n: u32) -> Self {
        let slope = special::polygamma(n.saturating_add(1), self.re);
        self.to_first_order(special::polygamma(n, self.re), slope)
    }
    #[inline]
    fn mul_add(self, a: impl Into<Self>, b: impl Into<Self>) -> Self {
        let (a, b) = (a.into(), b.into());
        Self::new(
            self.re.mul_add(a.re, b.re) - second_order(self.im, a.im),
            self.re.mul_add(a.im, self.im.mul_add(a.re, b.im)),
        )
    }
}
