//! The recorded variable.

use core::cmp::Ordering;
use core::fmt;
use core::iter::{Product, Sum};
use core::marker::PhantomData;
use core::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Sub, SubAssign};

use calculus_core::Real;
use calculus_core::elementary::{Binary, Unary};

use super::buffer::{BUFFER, Buffer, Name};
use super::guard::Guard;
use super::node::Operand;
use super::op::Op;
use super::record::{list, operands, push, with_lists};

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
    // One word, so that a variable is passed and returned in two registers.
    name: Name,
    thread_bound: PhantomData<*const ()>,
}

impl Var {
    #[inline(always)]
    pub(crate) fn recorded(value: f64, name: Name) -> Self {
        Self { value, name, thread_bound: PhantomData }
    }

    /// The value, without leaving a guard.
    #[inline(always)]
    pub(crate) fn primal(self) -> f64 {
        self.value
    }

    #[inline(always)]
    pub(crate) fn name(self) -> Name {
        self.name
    }

    /// Whether this is a number that no recording has made.
    #[inline(always)]
    pub fn is_constant(self) -> bool {
        self.name.is_constant()
    }

    #[inline(always)]
    fn is_number(self, number: f64) -> bool {
        self.is_constant() && self.value == number
    }

    /// Records an operation with one operand and an integer parameter.
    #[inline(always)]
    #[track_caller]
    fn unary(self, op: Op, parameter: u32, value: f64) -> Self {
        let name = BUFFER.with(|buffer| {
            let made = buffer.made(self.name, self.name);
            made.then(|| buffer.push(op, self.name.index(), parameter, value))
        });
        match name {
            Some(name) => Self::recorded(value, name),
            None => self.unary_elsewhere(op, parameter, value),
        }
    }

    /// Records an operation of which an operand is not a variable of this recording, or that is not
    /// recorded in the buffer.
    #[inline(never)]
    #[track_caller]
    fn unary_elsewhere(self, op: Op, parameter: u32, value: f64) -> Self {
        if self.is_constant() {
            return Self::from(value);
        }
        let [a] = operands([self]);
        push(op, a.raw(), parameter, value)
    }

    #[inline(always)]
    #[track_caller]
    fn binary(self, row: Binary, other: Self, value: f64) -> Self {
        let op = Op::Binary(row);
        let name = BUFFER.with(|buffer| {
            let made = buffer.made(self.name, other.name);
            made.then(|| buffer.push(op, self.name.index(), other.name.index(), value))
        });
        match name {
            Some(name) => Self::recorded(value, name),
            None => self.binary_elsewhere(op, other, value),
        }
    }

    /// Records an operation of which one operand is a number, on the right side or the left.
    #[inline(always)]
    #[track_caller]
    fn with_number(self, row: Binary, number: f64, right: bool, value: f64) -> Self {
        if row == Binary::Mul && number == 1.0 {
            return self;
        }
        let op = Op::Binary(row);
        let name = BUFFER.with(|buffer| {
            let number = buffer.constant(number).filter(|_| buffer.made(self.name, self.name))?;
            let (a, b) =
                if right { (self.name.index(), number) } else { (number, self.name.index()) };
            Some(buffer.push(op, a, b, value))
        });
        match name {
            Some(name) => Self::recorded(value, name),
            None if right => self.binary_elsewhere(op, Self::from(number), value),
            None => Self::from(number).binary_elsewhere(op, self, value),
        }
    }

    /// As [`unary_elsewhere`](Self::unary_elsewhere).
    #[inline(never)]
    #[track_caller]
    fn binary_elsewhere(self, op: Op, other: Self, value: f64) -> Self {
        if self.is_constant() && other.is_constant() {
            return Self::from(value);
        }
        if op == Op::Binary(Binary::Mul) {
            if other.is_number(1.0) {
                return self;
            }
            if self.is_number(1.0) {
                return other;
            }
        }
        let known = BUFFER.with(|buffer| Some((self.known(buffer)?, other.known(buffer)?)));
        let (a, b) = known.unwrap_or_else(|| {
            let [a, b] = operands([self, other]);
            (a.raw(), b.raw())
        });
        push(op, a, b, value)
    }

    /// The operand that this is in the recording of a buffer, if that is known there.
    #[inline(always)]
    fn known(self, buffer: &Buffer) -> Option<u32> {
        if self.is_constant() {
            buffer.constant(self.value)
        } else {
            buffer.made(self.name, self.name).then(|| self.name.index())
        }
    }

    /// Records `self * a + b`.
    #[inline(never)]
    #[track_caller]
    fn fused(self, a: Self, b: Self, value: f64) -> Self {
        if self.is_constant() && a.is_constant() && b.is_constant() {
            return Self::from(value);
        }
        push(Op::MulAdd, list(operands([self, a, b])), 0, value)
    }

    /// Leaves a guard unless both sides are constants.
    #[track_caller]
    fn decide<R>(
        self,
        other: Self,
        decision: R,
        guard: impl FnOnce(Operand, Operand) -> Guard,
    ) -> R {
        if !(self.is_constant() && other.is_constant()) {
            with_lists(|tape| {
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
        Self::recorded(value, Name::CONSTANT)
    }
}

impl Real for Var {
    #[track_caller]
    fn value(self) -> f64 {
        if !self.is_constant() {
            with_lists(|tape| {
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

    // An exponent that the compiler knows makes it call another function, which may round otherwise
    // than that of a replay.
    #[inline(never)]
    #[track_caller]
    fn powf(self, p: f64) -> Self {
        let value = self.value.powf(p);
        if self.is_constant() {
            return Self::from(value);
        }
        let [a, p] = operands([self, Self::from(p)]);
        push(Op::Powf, a.raw(), p.raw(), value)
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
        self.fused(a, b, self.value.mul_add(a.value, b.value))
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
    ($($trait:ident $method:ident $op:tt;)*) => {$(
        impl $trait<f64> for Var {
            type Output = Self;
            #[inline(always)]
            #[track_caller]
            fn $method(self, other: f64) -> Self {
                self.with_number(Binary::$trait, other, true, self.value $op other)
            }
        }
        impl $trait<Var> for f64 {
            type Output = Var;
            #[inline(always)]
            #[track_caller]
            fn $method(self, other: Var) -> Var {
                other.with_number(Binary::$trait, self, false, self $op other.value)
            }
        }
    )*};
}
with_number! {
    Add add +;
    Sub sub -;
    Mul mul *;
    Div div /;
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
            write!(f, "Var({} = %{})", self.value, self.name.index())
        }
    }
}
