//! Dual numbers with `N` tangents.

use core::any::TypeId;
use core::array;
use core::cmp::Ordering;
use core::fmt;
use core::iter::{Product, Sum};
use core::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Sub, SubAssign};

use calculus_core::Real;
use calculus_core::elementary::{Binary, Unary, powf_derivative, powi_derivative};

use crate::Var;

/// A value with its derivatives in `N` directions: $x + \sum_i \dot x_i\,\varepsilon_i$ with
/// $\varepsilon_i\varepsilon_j = 0$.
///
/// Arithmetic on duals carries the chain rule along: $f(x + \dot x\,\varepsilon) =
/// f(x) + f'(x)\,\dot x\,\varepsilon$ (Clifford, 1873; Wengert, 1964). One pass costs about
/// $1 + N$ evaluations, in SIMD lanes where `N` fills them. `Dual<Dual<f64>>` carries second
/// derivatives, and so on.
///
/// Comparisons look at the primal value alone. A tangent that is exactly 0 stays 0 through a
/// function or quotient whose derivative is infinite there, so a constant does not turn into NaN.
/// (Products and positive integer powers are spared the test, which would cost them up to a third of
/// their speed: $0 \cdot \infty$ in one of an infinite value is NaN.)
///
/// # Nesting
/// Two differentiations that share a scalar type would confuse their perturbations:
/// `derivative(|x| x * derivative(|y| x + y, 1.0), 1.0)` mixes the $\varepsilon$ of `x` with that
/// of `y` and gives 2 where 1 is right. Builds with debug assertions detect the mix and panic. The
/// cure is to lift: give the inner point the outer type and make the captured variable a constant
/// of the inner level with [`Dual::constant`]:
/// ```
/// use autodiff::{Dual, derivative};
/// let outer = derivative(
///     |x: Dual<f64>| x * derivative(|y| Dual::constant(x) + y, Dual::constant(1.0)),
///     1.0,
/// );
/// assert_eq!(outer, 1.0);
/// ```
/// Recorded variables ([`Var`](crate::Var)) nest without this precaution.
///
/// # Examples
/// ```
/// use autodiff::Dual;
/// use calculus_core::Real;
/// let x = Dual::<f64, 2>::new(3.0, [1.0, 0.0]);
/// let y = Dual::new(2.0, [0.0, 1.0]);
/// let z = x * y + x.sin();
/// assert_eq!(z.primal(), 6.0 + 3.0_f64.sin());
/// assert_eq!(z.tangent(), [2.0 + 3.0_f64.cos(), 3.0]);
/// ```
#[derive(Clone, Copy)]
pub struct Dual<T, const N: usize = 1> {
    value: T,
    tangent: [T; N],
    scope: Scope,
}

/// Which differentiation a tangent belongs to. Checked in builds with debug assertions, and of no
/// size in others.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Scope {
    #[cfg(debug_assertions)]
    id: u32,
}

impl Scope {
    /// The scope of constants, and of duals that are made by hand.
    pub(crate) const NONE: Self = Self {
        #[cfg(debug_assertions)]
        id: 0,
    };

    /// A scope unlike any other.
    pub(crate) fn fresh() -> Self {
        #[cfg(debug_assertions)]
        {
            use core::sync::atomic::{AtomicU32, Ordering};
            static NEXT: AtomicU32 = AtomicU32::new(1);
            Self { id: NEXT.fetch_add(1, Ordering::Relaxed).max(1) }
        }
        #[cfg(not(debug_assertions))]
        Self {}
    }

    /// The scope of a result that depends on two arguments.
    ///
    /// # Panics
    /// In builds with debug assertions, where the two belong to different differentiations.
    #[inline(always)]
    #[track_caller]
    pub(crate) fn join(self, other: Self) -> Self {
        #[cfg(debug_assertions)]
        {
            if self.id != 0 && other.id != 0 && self.id != other.id {
                confused();
            }
            Self { id: self.id | other.id }
        }
        #[cfg(not(debug_assertions))]
        {
            let _ = other;
            self
        }
    }
}

#[cfg(debug_assertions)]
#[cold]
#[track_caller]
fn confused() -> ! {
    panic!(
        "perturbation confusion: dual numbers of two nested differentiations meet in one \
         operation; give the inner point the outer type and lift the captured variable with \
         `Dual::constant`"
    )
}

impl<T: Real, const N: usize> Dual<T, N> {
    /// The dual number with the given value and tangents.
    #[inline(always)]
    pub fn new(value: T, tangent: [T; N]) -> Self {
        Self { value, tangent, scope: Scope::NONE }
    }

    /// A constant: all tangents 0.
    #[inline(always)]
    pub fn constant(value: T) -> Self {
        Self::new(value, [T::from(0.0); N])
    }

    /// The variable of direction `direction`: that tangent 1, the others 0.
    ///
    /// # Panics
    /// If `direction >= N`.
    #[inline(always)]
    #[track_caller]
    pub fn variable(value: T, direction: usize) -> Self {
        assert!(direction < N, "direction {direction} of a dual number with {N} tangents");
        // Compared, not stored at an index, the tangents are made in vector registers.
        Self::new(value, each(|i| T::from(if i == direction { 1.0 } else { 0.0 })))
    }

    /// The value without the tangents.
    #[inline(always)]
    pub fn primal(self) -> T {
        self.value
    }

    /// The derivatives in the `N` directions.
    #[inline(always)]
    pub fn tangent(self) -> [T; N] {
        self.tangent
    }

    #[inline(always)]
    pub(crate) fn with_scope(mut self, scope: Scope) -> Self {
        self.scope = scope;
        self
    }

    /// Checks that a result carries the tangents of the given differentiation and no other.
    #[inline(always)]
    #[track_caller]
    pub(crate) fn leave(self, scope: Scope) -> Self {
        self.scope.join(scope);
        self
    }

    /// The chain rule for one argument: value `y`, tangents $d\,\dot x$.
    #[inline(always)]
    fn chain(self, y: T, d: T) -> Self {
        let tangent = if TypeId::of::<T>() == TypeId::of::<f64>() {
            // A choice in each lane is cheaper than a branch, which would part the calls of the
            // functions and keep the tangents in memory between them.
            scaled(self.tangent, d)
        } else if is_finite(d) {
            each(|i| self.tangent[i] * d)
        } else {
            along_infinite_slope(self.tangent, d)
        };
        Self { value: y, tangent, scope: self.scope }
    }

    /// The chain rule for a slope that is known to be finite where the argument is.
    #[inline(always)]
    fn along(self, y: T, d: T) -> Self {
        Self { value: y, tangent: each(|i| self.tangent[i] * d), scope: self.scope }
    }

    /// The chain rule for two arguments: value `y`, tangents $d\,\dot a + e\,\dot b$.
    #[inline(always)]
    #[track_caller]
    fn chain_of_two(self, other: Self, y: T, d: T, e: T) -> Self {
        let tangent = if is_finite(d) && is_finite(e) {
            each(|i| self.tangent[i] * d + other.tangent[i] * e)
        } else {
            let a = along_infinite_slope(self.tangent, d);
            let b = along_infinite_slope(other.tangent, e);
            each(|i| a[i] + b[i])
        };
        Self { value: y, tangent, scope: self.scope.join(other.scope) }
    }
}

/// $d\,\dot x$ where $d$ may be infinite: what does not change has no derivative, not an undefined
/// one.
#[inline(always)]
fn scaled<T: Real, const N: usize>(tangent: [T; N], d: T) -> [T; N] {
    each(|i| if tangent[i].is_zero() { T::from(0.0) } else { tangent[i] * d })
}

/// The same, for a slope that is seldom met.
// By value: tangents that are passed by reference could not stay in registers elsewhere.
#[cold]
#[inline(never)]
fn along_infinite_slope<T: Real, const N: usize>(tangent: [T; N], d: T) -> [T; N] {
    scaled(tangent, d)
}

/// The tangents one by one.
#[inline(always)]
fn each<T, const N: usize>(tangent: impl FnMut(usize) -> T) -> [T; N] {
    array::from_fn(tangent)
}

/// Whether neither the number nor a derivative that it carries is infinite or NaN.
///
/// The difference of a recorded variable with itself would be recorded: it counts as not finite, and
/// the tangents are looked at one by one.
#[allow(clippy::eq_op)] // It is 0 for finite numbers alone.
#[inline(always)]
fn is_finite<T: Real>(x: T) -> bool {
    TypeId::of::<T>() != TypeId::of::<Var>() && (x - x).is_zero()
}

impl<T: Real, const N: usize> Real for Dual<T, N> {
    #[inline(always)]
    fn value(self) -> f64 {
        self.value.value()
    }

    #[inline(always)]
    fn is_zero(self) -> bool {
        self.value.is_zero() && self.tangent.iter().all(|t| t.is_zero())
    }

    #[inline(always)]
    fn apply(self, function: Unary) -> Self {
        let y = self.value.apply(function);
        let slope = function.derivative(self.value, y);
        match function {
            // Of bounded slope. Without a branch between them, sine and cosine are one call.
            Unary::Sin | Unary::Cos => self.along(y, slope),
            _ => self.chain(y, slope),
        }
    }

    #[inline(always)]
    #[track_caller]
    fn combine(self, function: Binary, other: Self) -> Self {
        let y = self.value.combine(function, other.value);
        let (da, db) = function.partials(self.value, other.value, y);
        let result = self.chain_of_two(other, y, da, db);
        // A cotangent that is 0 and stays 0 takes no part, however fast the slope grows.
        if matches!(function, Binary::ProductOrZero) && self.is_zero() {
            return Self { value: y, tangent: each(|_| T::from(0.0)), scope: result.scope };
        }
        result
    }

    #[inline(always)]
    fn powi(self, n: i32) -> Self {
        let (y, slope) = (self.value.powi(n), powi_derivative(self.value, n));
        // A positive power is a product.
        if n > 0 { self.along(y, slope) } else { self.chain(y, slope) }
    }

    #[inline(always)]
    fn powf(self, p: f64) -> Self {
        self.chain(self.value.powf(p), powf_derivative(self.value, p))
    }

    #[inline(always)]
    fn polygamma(self, n: u32) -> Self {
        self.chain(self.value.polygamma(n), self.value.polygamma(n + 1))
    }

    #[inline(always)]
    #[track_caller]
    fn mul_add(self, a: impl Into<Self>, b: impl Into<Self>) -> Self {
        let (a, b) = (a.into(), b.into());
        let value = self.value.mul_add(a.value, b.value);
        let product = self.chain_of_two(a, value, a.value, self.value);
        Self {
            value,
            tangent: each(|i| product.tangent[i] + b.tangent[i]),
            scope: product.scope.join(b.scope),
        }
    }
}

impl<T: Real, const N: usize> From<f64> for Dual<T, N> {
    #[inline(always)]
    fn from(value: f64) -> Self {
        Self::constant(T::from(value))
    }
}

impl<T: Real, const N: usize> Neg for Dual<T, N> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Self { value: -self.value, tangent: self.tangent.map(|t| -t), scope: self.scope }
    }
}

macro_rules! binary_operators {
    ($($trait:ident $method:ident
        |$a:ident, $b:ident, $i:ident| $value:expr, $tangent:expr;)*) => {$(
        impl<T: Real, const N: usize> $trait for Dual<T, N> {
            type Output = Self;
            #[inline(always)]
            #[track_caller]
            fn $method(self, other: Self) -> Self {
                let ($a, $b) = (self, other);
                Self {
                    value: $value,
                    tangent: each(|$i| $tangent),
                    scope: self.scope.join(other.scope),
                }
            }
        }
    )*};
}
binary_operators! {
    Add add |a, b, i| a.value + b.value, a.tangent[i] + b.tangent[i];
    Sub sub |a, b, i| a.value - b.value, a.tangent[i] - b.tangent[i];
}

impl<T: Real, const N: usize> Mul for Dual<T, N> {
    type Output = Self;
    // The derivative of a product is a sum.
    #[allow(clippy::suspicious_arithmetic_impl)]
    #[inline(always)]
    #[track_caller]
    fn mul(self, other: Self) -> Self {
        let (a, b) = (self, other);
        Self {
            value: a.value * b.value,
            tangent: each(|i| a.tangent[i] * b.value + b.tangent[i] * a.value),
            scope: a.scope.join(b.scope),
        }
    }
}

impl<T: Real, const N: usize> Div for Dual<T, N> {
    type Output = Self;
    #[inline(always)]
    #[track_caller]
    fn div(self, other: Self) -> Self {
        let y = self.value / other.value;
        let inverse = other.value.recip();
        let slope = -(y * inverse);
        let tangent = if is_finite(slope) {
            each(|i| (self.tangent[i] - y * other.tangent[i]) * inverse)
        } else {
            let a = along_infinite_slope(self.tangent, inverse);
            let b = along_infinite_slope(other.tangent, slope);
            each(|i| a[i] + b[i])
        };
        Self { value: y, tangent, scope: self.scope.join(other.scope) }
    }
}

// With a plain number on one side there is no second tangent to carry.
impl<T: Real, const N: usize> Add<f64> for Dual<T, N> {
    type Output = Self;
    #[inline(always)]
    fn add(self, other: f64) -> Self {
        Self { value: self.value + other, ..self }
    }
}
impl<T: Real, const N: usize> Sub<f64> for Dual<T, N> {
    type Output = Self;
    #[inline(always)]
    fn sub(self, other: f64) -> Self {
        Self { value: self.value - other, ..self }
    }
}
impl<T: Real, const N: usize> Mul<f64> for Dual<T, N> {
    type Output = Self;
    #[inline(always)]
    fn mul(self, other: f64) -> Self {
        Self {
            value: self.value * other,
            tangent: self.tangent.map(|t| t * other),
            scope: self.scope,
        }
    }
}
impl<T: Real, const N: usize> Div<f64> for Dual<T, N> {
    type Output = Self;
    #[inline(always)]
    fn div(self, other: f64) -> Self {
        Self {
            value: self.value / other,
            tangent: self.tangent.map(|t| t / other),
            scope: self.scope,
        }
    }
}
impl<T: Real, const N: usize> Add<Dual<T, N>> for f64 {
    type Output = Dual<T, N>;
    #[inline(always)]
    fn add(self, other: Dual<T, N>) -> Dual<T, N> {
        other + self
    }
}
impl<T: Real, const N: usize> Sub<Dual<T, N>> for f64 {
    type Output = Dual<T, N>;
    #[inline(always)]
    fn sub(self, other: Dual<T, N>) -> Dual<T, N> {
        Dual { value: self - other.value, tangent: other.tangent.map(|t| -t), scope: other.scope }
    }
}
impl<T: Real, const N: usize> Mul<Dual<T, N>> for f64 {
    type Output = Dual<T, N>;
    #[inline(always)]
    fn mul(self, other: Dual<T, N>) -> Dual<T, N> {
        other * self
    }
}
impl<T: Real, const N: usize> Div<Dual<T, N>> for f64 {
    type Output = Dual<T, N>;
    #[inline(always)]
    fn div(self, other: Dual<T, N>) -> Dual<T, N> {
        let y = self / other.value;
        other.chain(y, -(y / other.value))
    }
}

crate::scalar_traits!([T: Real, const N: usize] Dual<T, N>);

impl<T: Real, const N: usize> Sum for Dual<T, N> {
    #[inline(always)]
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        // Adding to -0 changes no bit, and a loop that starts with it has the terms inlined, which
        // one that takes the first of them aside has not.
        let zero = T::from(-0.0);
        iter.fold(Self::new(zero, [zero; N]), |sum, x| sum + x)
    }
}

impl<T: Real, const N: usize> PartialEq for Dual<T, N> {
    #[inline(always)]
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}
impl<T: Real, const N: usize> PartialEq<f64> for Dual<T, N> {
    #[inline(always)]
    fn eq(&self, other: &f64) -> bool {
        self.value == *other
    }
}
impl<T: Real, const N: usize> PartialOrd for Dual<T, N> {
    #[inline(always)]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.value.partial_cmp(&other.value)
    }
}
impl<T: Real, const N: usize> PartialOrd<f64> for Dual<T, N> {
    #[inline(always)]
    fn partial_cmp(&self, other: &f64) -> Option<Ordering> {
        self.value.partial_cmp(other)
    }
}

impl<T: fmt::Debug, const N: usize> fmt::Debug for Dual<T, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dual").field("value", &self.value).field("tangent", &self.tangent).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arithmetic_carries_the_chain_rule() {
        let x = Dual::<f64>::variable(3.0, 0);
        let f = (1.0 - x) * (x / 2.0) + 6.0 / x - x.powi(3);
        // f = x/2 - x^2/2 + 6/x - x^3, f' = 1/2 - x - 6/x^2 - 3x^2
        assert_eq!(f.primal(), 1.5 - 4.5 + 2.0 - 27.0);
        assert!((f.tangent()[0] - (0.5 - 3.0 - 6.0 / 9.0 - 27.0)).abs() < 1e-14);
    }

    #[test]
    fn constants_survive_infinite_slopes() {
        let zero = Dual::<f64, 2>::new(0.0, [1.0, 0.0]);
        assert_eq!(zero.sqrt().tangent(), [f64::INFINITY, 0.0]);
        assert_eq!(zero.powf(0.5).tangent(), [f64::INFINITY, 0.0]);
        assert_eq!(zero.powf(2.5).tangent(), [0.0, 0.0]);
        let constant = Dual::<f64>::constant(0.0);
        assert_eq!((constant.ln() - constant.sqrt()).tangent(), [0.0]);
        assert_eq!(
            (-1.0 * Dual::<f64>::variable(2.0, 0)).pow(Dual::constant(2.0)).tangent(),
            [4.0]
        );
    }

    #[test]
    fn quotients_at_infinite_slopes() {
        let zero = Dual::<f64>::constant(0.0);
        assert_eq!((1.0 / zero).tangent(), [0.0]);
        assert_eq!((Dual::constant(1.0) / zero).tangent(), [0.0]);
        let (a, b) = (Dual::<f64, 2>::variable(1.0, 0), Dual::variable(0.0, 1));
        assert_eq!((a / b).tangent(), [f64::INFINITY, f64::NEG_INFINITY]);
    }

    #[test]
    fn nested_duals_carry_second_derivatives() {
        let x = Dual::<Dual<f64>>::variable(Dual::variable(0.7, 0), 0);
        let y = x.sin() * x.exp();
        let second = 2.0 * 0.7_f64.exp() * 0.7_f64.cos();
        assert!((y.tangent()[0].tangent()[0] - second).abs() < 1e-15);
    }

    #[test]
    #[cfg(debug_assertions)]
    #[should_panic(expected = "perturbation confusion")]
    fn confusion_is_caught_in_debug_builds() {
        crate::derivative(|x| x * crate::derivative(|y| x + y, 1.0), 1.0);
    }

    #[test]
    #[cfg(debug_assertions)]
    #[should_panic(expected = "perturbation confusion")]
    fn an_outer_variable_as_inner_result_is_caught() {
        crate::derivative(|x| x * crate::derivative(|_| x, 1.0), 1.0);
    }
}
