//! Tensors without axes as the numbers that go with matrices.

use calculus_core::elementary::Unary;
use calculus_core::matrix::Scalar;

use super::Number;
use super::rows::{apply, power};
use crate::tensor::array::Tensor;

impl<T: Number> Scalar for Tensor<T> {
    fn constant(x: f64) -> Self {
        Self::scalar(T::from_f64(x))
    }
    fn primal(&self) -> f64 {
        self.item().to_f64()
    }
    fn apply(&self, row: Unary) -> Self {
        apply(self, row, 0)
    }
    fn powf(&self, p: f64) -> Self {
        power(self, p)
    }
}
