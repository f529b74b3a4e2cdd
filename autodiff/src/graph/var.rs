//! The recorded variable.

use core::cmp::Ordering;
use core::fmt;
use core::iter::{Product, Sum};
use core::marker::PhantomData;
use core::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Sub, SubAssign};

use calculus_core::Real;
use calculus_core::elementary::{Binary, Unary};

use super::guard::Guard;
use super::op::Op;
use super::record::with_tape;

/// A variable of a recording: a value, and the number of the node that computes it.
///
/// 16 bytes, `Copy` and without a lifetime, so a plain generic function records. Operations append
/// to the recording under way on this thread; a comparison, or reading [`value`](Real::value),
/// leaves a guard, so that a replay elsewhere notices when it would go another way.
///
/// A variable belongs to the recording that made it. Used in another one, or after it has ended,
/// it panics with the remedy; it never yields a wrong number.
///
/// It cannot leave its thread:
/// ```compile_fail,E0277
/// fn send<T: Send>(_: T) {}
/// send(autodiff::Var::from(1.0));
/// ```
///
/// # Examples
/// ```
/// use autodiff::{Var, gradient};
/// use calculus_core::Real;
/// fn product<T: Real>(x: &[T]) -> T { x.iter().copied().product() }
/// assert_eq!(gradient(product, &[2.0, 3.0, 4.0]), [12.0, 8.0, 6.0]);
/// assert_eq!(size_of::<Var>(), 16);
/// ```
#[derive(Clone, Copy)]
pub struct Var {
    value: f64,
    index: u32,
    /// The recording it belongs to; 0 for a constant.
    generation: u32,
    thread_bound: PhantomData<*const ()>,
}

impl Var {
    #[inline(always)]
    pub(crate) fn recorded(value: f64, index: u32, generation: u32) -> Self {
        Self { value, index, generation, thread_bound: PhantomData }
    }

    /// The value, without leaving a guard.
    #[inline(always)]
    pub(crate) fn primal(self) -> f64 {
        self.value
    }

    #[inline(always)]
    pub(crate) fn index(self) -> u32 {
        self.index
    }

    #[inline(always)]
    pub(crate) fn generation(self) -> u32 {
        self.generation
    }

    /// Whether this is a number that no recording has made.
    #[inline(always)]
    pub fn is_constant(self) -> bool {
        self.generation == 0
    }

    #[inline(always)]
    fn is_number(self, number: f64) -> bool {
        self.is_constant() && self.value == number
    }

    /// Records an operation with one operand and an integer parameter.
    #[inline(always)]
    #[track_caller]
    fn unary(self, op: Op, parameter: u32, value: f64) -> Self {
        if self.is_constant() {
            return Self::from(value);
        }
        let name = with_tape(|tape| {
            let a = tape.operand(self)?;
            Ok(tape.push(op, a.raw(), parameter))
        });
        name.variable(value)
    }

    #[inline(always)]
    #[track_caller]
    fn binary(self, row: Binary, other: Self, value: f64) -> Self {
        if self.is_constant() && other.is_constant() {
            return Self::from(value);
        }
        let name = with_tape(|tape| {
            let (a, b) = (tape.operand(self)?, tape.operand(other)?);
            Ok(tape.push(Op::Binary(row), a.raw(), b.raw()))
        });
        name.variable(value)
    }

    /// Leaves a guard unless both sides are constants.
    #[track_caller]
    fn decide<R>(
        self,
        other: Self,
        decision: R,
        guard: impl FnOnce(super::node::Operand, super::node::Operand) -> Guard,
    ) -> R {
        if !(self.is_constant() && other.is_constant()) {
            with_tape(|tape| {
                let (a, b) = (tape.operand(self)?, tape.operand(other)?);
                tape.guard(guard(a, b));
                Ok(())
            });
        }
        decision
    }
}

impl From<f64> for Var {
    #[inline(always)]
    fn from(value: f64) -> Self {
        Self::recorded(value, 0, 0)
    }
}

impl Real for Var {
    #[track_caller]
    fn value(self) -> f64 {
        if !self.is_constant() {
            with_tape(|tape| {
                let a = tape.operand(self)?;
                tape.guard(Guard::Value { a, bits: self.value.to_bits() });
                Ok(())
            });
        }
        self.value
    }

    #[inline(always)]
    fn is_zero(self) -> bool {
        self.is_number(0.0)
    }

    #[inline(always)]
    #[track_caller]
    fn apply(self, function: Unary) -> Self {
        self.unary(Op::Unary(function), 0, function.value(self.value))
    }

    #[inline(always)]
    #[track_caller]
    fn combine(self, function: Binary, other: Self) -> Self {
        self.binary(function, other, function.value(self.value, other.value))
    }

    #[inline(always)]
    #[track_caller]
    fn powi(self, n: i32) -> Self {
        self.unary(Op::Powi, n as u32, self.value.powi(n))
    }

    #[inline(always)]
    #[track_caller]
    fn powf(self, p: f64) -> Self {
        let value = self.value.powf(p);
        if self.is_constant() {
            return Self::from(value);
        }
        let name = with_tape(|tape| {
            let (a, p) = (tape.operand(self)?, tape.operand(Self::from(p))?);
            Ok(tape.push(Op::Powf, a.raw(), p.raw()))
        });
        name.variable(value)
    }

    #[inline(always)]
    #[track_caller]
    fn polygamma(self, n: u32) -> Self {
        self.unary(Op::Polygamma, n, Real::polygamma(self.value, n))
    }

    #[inline(always)]
    #[track_caller]
    fn mul_add(self, a: impl Into<Self>, b: impl Into<Self>) -> Self {
        let (a, b) = (a.into(), b.into());
        let value = self.value.mul_add(a.value, b.value);
        if self.is_constant() && a.is_constant() && b.is_constant() {
            return Self::from(value);
        }
        let name = with_tape(|tape| {
            let operands = [tape.operand(self)?, tape.operand(a)?, tape.operand(b)?];
            let place = tape.list(operands);
            Ok(tape.push(Op::MulAdd, place, 0))
        });
        name.variable(value)
    }
}

impl Neg for Var {
    type Output = Self;
    #[inline(always)]
    #[track_caller]
    fn neg(self) -> Self {
        self.unary(Op::Unary(Unary::Neg), 0, -self.value)
    }
}

impl Add for Var {
    type Output = Self;
    #[inline(always)]
    #[track_caller]
    fn add(self, other: Self) -> Self {
        self.binary(Binary::Add, other, self.value + other.value)
    }
}

impl Sub for Var {
    type Output = Self;
    #[inline(always)]
    #[track_caller]
    fn sub(self, other: Self) -> Self {
        self.binary(Binary::Sub, other, self.value - other.value)
    }
}

impl Mul for Var {
    type Output = Self;
    /// Multiplication by the constant 1 is not recorded: $1 \cdot x = x$ holds to the last bit.
    #[inline(always)]
    #[track_caller]
    fn mul(self, other: Self) -> Self {
        if other.is_number(1.0) {
            return self;
        }
        if self.is_number(1.0) {
            return other;
        }
        self.binary(Binary::Mul, other, self.value * other.value)
    }
}

impl Div for Var {
    type Output = Self;
    #[inline(always)]
    #[track_caller]
    fn div(self, other: Self) -> Self {
        self.binary(Binary::Div, other, self.value / other.value)
    }
}

macro_rules! with_number {
    ($($trait:ident $method:ident;)*) => {$(
        impl $trait<f64> for Var {
            type Output = Self;
            #[inline(always)]
            #[track_caller]
            fn $method(self, other: f64) -> Self {
                $trait::$method(self, Self::from(other))
            }
        }
        impl $trait<Var> for f64 {
            type Output = Var;
            #[inline(always)]
            #[track_caller]
            fn $method(self, other: Var) -> Var {
                $trait::$method(Var::from(self), other)
            }
        }
    )*};
}
with_number! {
    Add add;
    Sub sub;
    Mul mul;
    Div div;
}

crate::scalar_traits!([] Var);
crate::sum_from_first_term!([] Var);

impl PartialEq for Var {
    #[track_caller]
    fn eq(&self, other: &Self) -> bool {
        let holds = self.value == other.value;
        self.decide(*other, holds, |a, b| Guard::Equal { a, b, holds })
    }
}

impl PartialOrd for Var {
    #[track_caller]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        let ordering = self.value.partial_cmp(&other.value);
        self.decide(*other, ordering, |a, b| Guard::Ordering { a, b, ordering })
    }
    #[track_caller]
    fn lt(&self, other: &Self) -> bool {
        let holds = self.value < other.value;
        self.decide(*other, holds, |a, b| Guard::Less { a, b, holds })
    }
    #[track_caller]
    fn le(&self, other: &Self) -> bool {
        let holds = self.value <= other.value;
        self.decide(*other, holds, |a, b| Guard::LessOrEqual { a, b, holds })
    }
    #[track_caller]
    fn gt(&self, other: &Self) -> bool {
        other.lt(self)
    }
    #[track_caller]
    fn ge(&self, other: &Self) -> bool {
        other.le(self)
    }
}

impl PartialEq<f64> for Var {
    #[track_caller]
    fn eq(&self, other: &f64) -> bool {
        *self == Self::from(*other)
    }
}

impl PartialOrd<f64> for Var {
    #[track_caller]
    fn partial_cmp(&self, other: &f64) -> Option<Ordering> {
        self.partial_cmp(&Self::from(*other))
    }
    #[track_caller]
    fn lt(&self, other: &f64) -> bool {
        *self < Self::from(*other)
    }
    #[track_caller]
    fn le(&self, other: &f64) -> bool {
        *self <= Self::from(*other)
    }
    #[track_caller]
    fn gt(&self, other: &f64) -> bool {
        *self > Self::from(*other)
    }
    #[track_caller]
    fn ge(&self, other: &f64) -> bool {
        *self >= Self::from(*other)
    }
}

impl fmt::Debug for Var {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_constant() {
            write!(f, "Var({})", self.value)
        } else {
            write!(f, "Var({} = %{})", self.value, self.index)
        }
    }
}
