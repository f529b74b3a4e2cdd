//! Matrices that carry their derivative in one direction.
//!
//! A [`DualMatrix`] has the operations in which the matrix rules of `calculus-core` are written, so all
//! matrix functions of that crate run on it. Products, solves and factorisations of the value are those
//! of the kernels for numbers; the tangent follows by the pushforward of the operation, a formula in
//! matrices. No factorisation runs on dual numbers.

mod equations;
mod factorizations;
mod number;
mod operations;
mod output;
mod rows;
mod spectral;
mod tangent;

use calculus_core::Error;
use calculus_core::matrix::{Operations, zeros};
use faer::Mat;

use super::Scope;
use tangent::Tangent;

pub use number::DualNumber;
pub use output::MatrixOutput;
pub use rows::RowDerivatives;

/// A matrix with its derivative in one direction, $A + \dot A\,\varepsilon$ with $\varepsilon^2 = 0$.
///
/// Matrix functions of `calculus_core::matrix` take it as they take a matrix of numbers, and return
/// values with tangents $Df(A)\,\dot A$; [`matrix_jvp`](crate::matrix_jvp) does so for a whole
/// function. `M` is the kind of matrix of value and tangent: `faer::Mat<f64>` or `faer::Mat<f32>`, or a
/// `DualMatrix` again, for second and higher derivatives along directions.
///
/// A tangent that does not exist, as those of the eigenvectors of a repeated eigenvalue, is an error
/// only when the result depends on it: [`tangent`](Self::tangent) returns it. Matrices of constants
/// carry no tangent, and nothing is computed for one.
///
/// # Examples
/// ```
/// use autodiff::DualMatrix;
/// use calculus_core::matrix::{inverse, log_det};
/// use faer::mat;
///
/// let a = DualMatrix::new(mat![[4.0, 0.0], [0.0, 16.0]], mat![[1.0, 0.0], [0.0, 0.0]]);
/// let (y, _) = log_det::value(&a)?;
/// assert!((y.value() - 64.0_f64.ln()).abs() < 1e-15 && y.tangent()? == 0.25);
/// let inverse = inverse::value(&a)?;
/// assert_eq!(inverse.tangent()?, mat![[-0.0625, 0.0], [0.0, 0.0]]);
/// # Ok::<(), calculus_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct DualMatrix<M = Mat<f64>> {
    value: M,
    tangent: Tangent<M>,
}

impl<M: Operations> DualMatrix<M> {
    /// The matrix with this value and this tangent.
    ///
    /// # Panics
    /// If their shapes differ.
    #[track_caller]
    pub fn new(value: M, tangent: M) -> Self {
        Self::moving(value, tangent, Scope::NONE)
    }

    /// A constant: its tangent is 0.
    pub fn constant(value: M) -> Self {
        Self { value, tangent: Tangent::Zero }
    }

    /// The value.
    pub fn value(&self) -> &M {
        &self.value
    }

    /// The derivative.
    ///
    /// # Errors
    /// Of the operation that has no derivative in this direction.
    pub fn tangent(&self) -> Result<M, Error> {
        match &self.tangent {
            Tangent::Zero => Ok(zeros(self.value.rows(), self.value.columns())),
            Tangent::Along(tangent, _) => Ok(tangent.clone()),
            Tangent::Undefined(error) => Err(*error),
        }
    }

    /// A value that moves along the direction of one differentiation.
    #[track_caller]
    pub(crate) fn moving(value: M, tangent: M, scope: Scope) -> Self {
        assert_eq!(value.shape(), tangent.shape(), "a tangent has the shape of its matrix");
        Self { value, tangent: Tangent::Along(tangent, scope) }
    }

    /// A linear function.
    fn linear(&self, f: impl Fn(&M) -> M) -> Self {
        Self { value: f(&self.value), tangent: self.tangent.map(f) }
    }

    /// A linear function with values in the numbers.
    fn linear_number(&self, f: impl Fn(&M) -> M::Scalar) -> DualNumber<M> {
        DualNumber { value: f(&self.value), tangent: self.tangent.map(f) }
    }

    /// A function that is linear in each of two matrices.
    fn bilinear(&self, other: &Self, f: impl Fn(&M, &M) -> M) -> Self {
        let of_self = self.tangent.map(|t| f(t, &other.value));
        let of_other = other.tangent.map(|t| f(&self.value, t));
        Self { value: f(&self.value, &other.value), tangent: of_self.plus(of_other) }
    }
}
