//! The numbers that go with dual matrices.

use core::ops::{Add, Div, Mul, Neg, Sub};

use calculus_core::Error;
use calculus_core::elementary::Unary;
use calculus_core::matrix::{Operations, Scalar};

use super::tangent::Tangent;

/// A number as it comes out of a [`DualMatrix`](super::DualMatrix), with its derivative: a trace, a
/// determinant, a norm.
///
/// # Examples
/// ```
/// use autodiff::{DualMatrix, DualNumber};
/// use calculus_core::matrix::trace;
/// use faer::mat;
///
/// let a = DualMatrix::new(mat![[1.0, 2.0], [3.0, 4.0]], mat![[1.0, 0.0], [0.0, 2.0]]);
/// let y: DualNumber = trace::value(&a)?;
/// assert_eq!((*y.value(), y.tangent()?), (5.0, 3.0));
/// # Ok::<(), calculus_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct DualNumber<M: Operations = faer::Mat<f64>> {
    pub(super) value: M::Scalar,
    pub(super) tangent: Tangent<M::Scalar>,
}

impl<M: Operations> DualNumber<M> {
    /// The value.
    pub fn value(&self) -> &M::Scalar {
        &self.value
    }

    /// The derivative.
    ///
    /// # Errors
    /// Of the operation that has no derivative in this direction.
    pub fn tangent(&self) -> Result<M::Scalar, Error> {
        match &self.tangent {
            Tangent::Zero => Ok(M::Scalar::constant(0.0)),
            Tangent::Along(tangent, _) => Ok(tangent.clone()),
            Tangent::Undefined(error) => Err(*error),
        }
    }

    /// The chain rule, where a tangent that is 0 stays 0 although the slope is infinite.
    fn chain(&self, value: M::Scalar, slope: impl FnOnce() -> M::Scalar) -> Self {
        let tangent = self.tangent.map(|t| {
            let slope = slope();
            if t.primal() == 0.0 && !slope.primal().is_finite() {
                M::Scalar::constant(0.0)
            } else {
                slope * t.clone()
            }
        });
        Self { value, tangent }
    }
}

impl<M: Operations> Scalar for DualNumber<M> {
    fn constant(x: f64) -> Self {
        Self { value: M::Scalar::constant(x), tangent: Tangent::Zero }
    }
    fn primal(&self) -> f64 {
        self.value.primal()
    }
    fn apply(&self, row: Unary) -> Self {
        // Matrices have the derivatives of the rows, of every order that is asked for.
        let slope = || {
            let argument = M::from_scalars(1, 1, core::slice::from_ref(&self.value));
            argument.map_derivative(row).entry(0, 0)
        };
        self.chain(self.value.apply(row), slope)
    }
    fn powf(&self, p: f64) -> Self {
        if p == 0.0 {
            return Self { value: self.value.powf(p), tangent: Tangent::Zero };
        }
        let slope = || self.value.powf(p - 1.0) * M::Scalar::constant(p);
        self.chain(self.value.powf(p), slope)
    }
}

impl<M: Operations> Neg for DualNumber<M> {
    type Output = Self;
    fn neg(self) -> Self {
        Self { tangent: self.tangent.map(|t| -t.clone()), value: -self.value }
    }
}

impl<M: Operations> Add for DualNumber<M> {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self { value: self.value + other.value, tangent: self.tangent.plus_number(other.tangent) }
    }
}

impl<M: Operations> Sub for DualNumber<M> {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        let tangent = self.tangent.plus_number(other.tangent.map(|t| -t.clone()));
        Self { value: self.value - other.value, tangent }
    }
}

impl<M: Operations> Mul for DualNumber<M> {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        let of_self = self.tangent.map(|t| t.clone() * other.value.clone());
        let of_other = other.tangent.map(|t| self.value.clone() * t.clone());
        Self { value: self.value * other.value, tangent: of_self.plus_number(of_other) }
    }
}

impl<M: Operations> Div for DualNumber<M> {
    type Output = Self;
    // The derivative of a quotient is a sum.
    #[allow(clippy::suspicious_arithmetic_impl)]
    fn div(self, other: Self) -> Self {
        let value = self.value / other.value.clone();
        let of_self = self.tangent.map(|t| t.clone() / other.value.clone());
        let of_other = other.tangent.map(|t| -(value.clone() * t.clone()) / other.value.clone());
        Self { value, tangent: of_self.plus_number(of_other) }
    }
}
