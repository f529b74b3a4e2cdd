//! The elementary functions over slices, in the vector instructions of the processor.
//!
//! [`Unary::values`] and [`Binary::values`] are what one usually calls. The functions of this
//! module are for programs that evaluate several functions within one dispatched region: they
//! are called in the body of a [`Task`], with the `FUSED` that the task is given.
//!
//! A value depends on its argument and on `FUSED` alone, not on the length of the slice nor on its
//! place there. It is within 2 units in the last place of the scalar function, and the special values
//! are the same: zeros with their signs, infinities, NaN outside the domain.
//!
//! | largest distance measured | functions |
//! |---|---|
//! | 0 ulp | `neg`, `recip`, `sqrt`, `cbrt`, `powi`, the piecewise rows, `ln_gamma`, `digamma` |
//! | 1 ulp | `exp`, `exp2`, `exp_m1`, `ln`, `log2`, `ln_1p`, `sin`, `cos`, `tan`, `asin`, `acos`, `atan`, `asinh`, `acosh`, `atanh`, `erf`, `pow`, `hypot`, `atan2` |
//! | 2 ulp | `log10`, `sinh`, `cosh`, `tanh`, `sigmoid`, `softplus`, `erfc` |
//!
//! `ln_gamma` and `digamma` are loops over the scalar functions, as are powers where there is no
//! fused multiply-add.

#![allow(clippy::excessive_precision, reason = "coefficients as fdlibm prints them")]

mod arithmetic;
mod dispatch;
mod error_function;
mod exponential;
mod hyperbolic;
mod inverse_trigonometric;
mod logarithm;
mod power;
mod roots;
mod trigonometric;

pub use dispatch::{Task, dispatch};

use super::{Binary, Unary};

/// $y_i = f(x_i)$ for a row $f$ of the table; called inside a [`Task`].
///
/// # Panics
/// If the slices differ in length.
#[inline(always)]
#[track_caller]
pub fn unary<const FUSED: bool>(function: Unary, x: &[f64], y: &mut [f64]) {
    match function {
        Unary::Neg => each(x, y, |x| Unary::Neg.value(x)),
        Unary::Recip => each(x, y, |x| Unary::Recip.value(x)),
        Unary::Sqrt => each(x, y, |x| Unary::Sqrt.value(x)),
        Unary::Cbrt => each(x, y, roots::cbrt::<FUSED>),
        Unary::Exp => each(x, y, exponential::exp::<FUSED>),
        Unary::Exp2 => each(x, y, exponential::exp2::<FUSED>),
        Unary::ExpM1 => each(x, y, exponential::exp_m1::<FUSED>),
        Unary::Ln => each(x, y, logarithm::ln::<FUSED>),
        Unary::Log2 => each(x, y, logarithm::log2::<FUSED>),
        Unary::Log10 => each(x, y, logarithm::log10::<FUSED>),
        Unary::Ln1p => each(x, y, logarithm::ln_1p::<FUSED>),
        Unary::Sin => {
            each(x, y, trigonometric::sin::<FUSED>);
            beyond_reduction(x, y, f64::sin);
        }
        Unary::Cos => {
            each(x, y, trigonometric::cos::<FUSED>);
            beyond_reduction(x, y, f64::cos);
        }
        Unary::Tan => {
            each(x, y, trigonometric::tan::<FUSED>);
            beyond_reduction(x, y, f64::tan);
        }
        Unary::Asin => each(x, y, inverse_trigonometric::asin::<FUSED>),
        Unary::Acos => each(x, y, inverse_trigonometric::acos::<FUSED>),
        Unary::Atan => each(x, y, inverse_trigonometric::atan::<FUSED>),
        Unary::Sinh => each(x, y, hyperbolic::sinh::<FUSED>),
        Unary::Cosh => each(x, y, hyperbolic::cosh::<FUSED>),
        Unary::Tanh => each(x, y, hyperbolic::tanh::<FUSED>),
        Unary::Asinh => each(x, y, hyperbolic::asinh::<FUSED>),
        Unary::Acosh => each(x, y, hyperbolic::acosh::<FUSED>),
        Unary::Atanh => each(x, y, hyperbolic::atanh::<FUSED>),
        Unary::Erf => each(x, y, error_function::erf::<FUSED>),
        Unary::Erfc => each(x, y, error_function::erfc::<FUSED>),
        Unary::LnGamma => each(x, y, |x| Unary::LnGamma.value(x)),
        Unary::Digamma => each(x, y, |x| Unary::Digamma.value(x)),
        Unary::Sigmoid => each(x, y, exponential::sigmoid::<FUSED>),
        Unary::Softplus => each(x, y, logarithm::softplus::<FUSED>),
        Unary::Abs => each(x, y, |x| Unary::Abs.value(x)),
        Unary::Signum => each(x, y, |x| Unary::Signum.value(x)),
        Unary::Sign => each(x, y, |x| Unary::Sign.value(x)),
        Unary::Floor => each(x, y, |x| Unary::Floor.value(x)),
        Unary::Ceil => each(x, y, |x| Unary::Ceil.value(x)),
        Unary::Round => each(x, y, |x| Unary::Round.value(x)),
        Unary::Trunc => each(x, y, |x| Unary::Trunc.value(x)),
    }
}

/// $y_i = f(a_i, b_i)$ for a row $f$ of the table; called inside a [`Task`].
///
/// # Panics
/// If the slices differ in length.
#[inline(always)]
#[track_caller]
pub fn binary<const FUSED: bool>(function: Binary, a: &[f64], b: &[f64], y: &mut [f64]) {
    match function {
        Binary::Add => each2(a, b, y, |a, b| Binary::Add.value(a, b)),
        Binary::Sub => each2(a, b, y, |a, b| Binary::Sub.value(a, b)),
        Binary::Mul => each2(a, b, y, |a, b| Binary::Mul.value(a, b)),
        Binary::Div => each2(a, b, y, |a, b| Binary::Div.value(a, b)),
        Binary::Pow if FUSED => each2(a, b, y, power::powf::<FUSED>),
        // Without the fused operation the scalar function is the faster one.
        Binary::Pow => each2(a, b, y, f64::powf),
        Binary::Hypot => each2(a, b, y, roots::hypot::<FUSED>),
        Binary::Atan2 => each2(a, b, y, inverse_trigonometric::atan2::<FUSED>),
        Binary::Min => each2(a, b, y, |a, b| Binary::Min.value(a, b)),
        Binary::Max => each2(a, b, y, |a, b| Binary::Max.value(a, b)),
        Binary::Above => each2(a, b, y, |a, b| Binary::Above.value(a, b)),
        Binary::RatioOrZero => each2(a, b, y, |a, b| Binary::RatioOrZero.value(a, b)),
        Binary::ProductOrZero => each2(a, b, y, |a, b| Binary::ProductOrZero.value(a, b)),
    }
}

/// $y_i = x_i^n$ for an integer $n$, the same bits as `f64::powi`; called inside a [`Task`].
///
/// # Panics
/// If the slices differ in length.
#[inline(always)]
#[track_caller]
pub fn powi<const FUSED: bool>(x: &[f64], n: i32, y: &mut [f64]) {
    equal_lengths(x, y);
    const LANES: usize = 32;
    let (blocks, rest) = x.as_chunks::<LANES>();
    let (out, out_rest) = y.as_chunks_mut::<LANES>();
    out.iter_mut().zip(blocks).for_each(|(y, &x)| *y = power::powi(x, n));
    out_rest.iter_mut().zip(rest).for_each(|(y, &x)| [*y] = power::powi([x], n));
}

/// $y_i = x_i^p$; called inside a [`Task`].
///
/// # Panics
/// If the slices differ in length.
#[inline(always)]
#[track_caller]
pub fn powf<const FUSED: bool>(x: &[f64], p: f64, y: &mut [f64]) {
    if p == 2.0 {
        each(x, y, |x| x * x);
    } else if FUSED {
        each(x, y, |x| power::powf::<FUSED>(x, p));
    } else {
        each(x, y, |x| x.powf(p));
    }
}

impl Unary {
    /// $y_i = f(x_i)$ in the vector instructions of the processor.
    ///
    /// # Panics
    /// If the slices differ in length.
    ///
    /// # Examples
    /// ```
    /// use calculus_core::elementary::Unary;
    /// let mut y = [0.0; 3];
    /// Unary::Sqrt.values(&[1.0, 4.0, 9.0], &mut y);
    /// assert_eq!(y, [1.0, 2.0, 3.0]);
    /// ```
    #[track_caller]
    pub fn values(self, x: &[f64], y: &mut [f64]) {
        equal_lengths(x, y);
        dispatch(UnaryValues { function: self, x, y });
    }
}

impl Binary {
    /// $y_i = f(a_i, b_i)$ in the vector instructions of the processor.
    ///
    /// # Panics
    /// If the slices differ in length.
    ///
    /// # Examples
    /// ```
    /// use calculus_core::elementary::Binary;
    /// let mut y = [0.0; 2];
    /// Binary::Hypot.values(&[3.0, 5.0], &[4.0, 12.0], &mut y);
    /// assert_eq!(y, [5.0, 13.0]);
    /// ```
    #[track_caller]
    pub fn values(self, a: &[f64], b: &[f64], y: &mut [f64]) {
        equal_lengths(a, y);
        equal_lengths(b, y);
        dispatch(BinaryValues { function: self, a, b, y });
    }
}

struct UnaryValues<'a> {
    function: Unary,
    x: &'a [f64],
    y: &'a mut [f64],
}

impl Task for UnaryValues<'_> {
    type Output = ();

    #[inline(always)]
    fn run<const FUSED: bool>(self) {
        unary::<FUSED>(self.function, self.x, self.y);
    }
}

struct BinaryValues<'a> {
    function: Binary,
    a: &'a [f64],
    b: &'a [f64],
    y: &'a mut [f64],
}

impl Task for BinaryValues<'_> {
    type Output = ();

    #[inline(always)]
    fn run<const FUSED: bool>(self) {
        binary::<FUSED>(self.function, self.a, self.b, self.y);
    }
}

#[inline(always)]
#[track_caller]
fn equal_lengths(x: &[f64], y: &[f64]) {
    assert!(
        x.len() == y.len(),
        "{} arguments for {} values: pass slices of one length",
        x.len(),
        y.len()
    );
}

#[inline(always)]
#[track_caller]
fn each(x: &[f64], y: &mut [f64], f: impl Fn(f64) -> f64) {
    equal_lengths(x, y);
    y.iter_mut().zip(x).for_each(|(y, &x)| *y = f(x));
}

#[inline(always)]
#[track_caller]
fn each2(a: &[f64], b: &[f64], y: &mut [f64], f: impl Fn(f64, f64) -> f64) {
    equal_lengths(a, y);
    equal_lengths(b, y);
    y.iter_mut().zip(a).zip(b).for_each(|((y, &a), &b)| *y = f(a, b));
}

/// Replaces the values whose arguments are too large for the reduction of the trigonometric kernels.
#[inline(always)]
fn beyond_reduction(x: &[f64], y: &mut [f64], f: impl Fn(f64) -> f64) {
    let beyond = |x: f64| x.abs() > trigonometric::REDUCTION_LIMIT;
    if x.iter().fold(false, |any, &x| any | beyond(x)) {
        y.iter_mut().zip(x).filter(|(_, x)| beyond(**x)).for_each(|(y, &x)| *y = f(x));
    }
}
