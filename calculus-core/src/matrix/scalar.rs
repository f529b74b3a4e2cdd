//! The numbers that go with a kind of matrix.

use core::fmt::Debug;
use core::ops::{Add, Div, Mul, Neg, Sub};

use crate::elementary::Unary;
use crate::{F32, Real};

/// A number as it comes out of a matrix: a trace, a determinant, a norm.
///
/// It is what rules compute with, so it is `f64` for a matrix of `f64`, and for a recorded matrix it
/// is a recorded number.
pub trait Scalar:
    Clone
    + Debug
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
{
    /// A number without derivative.
    fn constant(x: f64) -> Self;
    /// The value, for decisions; what is computed from it is not differentiated.
    fn primal(&self) -> f64;
    /// A row of the table of elementary functions.
    fn apply(&self, row: Unary) -> Self;
    /// $x^p$ with a constant exponent.
    fn powf(&self, p: f64) -> Self;
}

impl Scalar for f64 {
    fn constant(x: f64) -> Self {
        x
    }
    fn primal(&self) -> f64 {
        *self
    }
    fn apply(&self, row: Unary) -> Self {
        Real::apply(*self, row)
    }
    fn powf(&self, p: f64) -> Self {
        Real::powf(*self, p)
    }
}

impl Scalar for f32 {
    fn constant(x: f64) -> Self {
        x as f32
    }
    fn primal(&self) -> f64 {
        f64::from(*self)
    }
    fn apply(&self, row: Unary) -> Self {
        Real::apply(F32(*self), row).0
    }
    fn powf(&self, p: f64) -> Self {
        Real::powf(F32(*self), p).0
    }
}
