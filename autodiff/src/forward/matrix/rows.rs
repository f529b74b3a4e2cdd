//! The derivatives of the rows of the table of elementary functions, for each entry.

use calculus_core::Real;
use calculus_core::elementary::Unary;
use calculus_core::matrix::{Element, Matrix, Operations};
use faer::{Mat, MatRef};

use super::DualMatrix;
use crate::forward::Jet;

/// The highest derivative of a row is that of a [`Jet`] and one more.
const MAX_ORDER: usize = 8;

/// Matrices that have the derivatives of the elementary functions to every order up to 9: what a
/// [`DualMatrix`] is made of.
pub trait RowDerivatives: Operations {
    /// The derivative of the given order of the function of every entry; order 0 is the function.
    ///
    /// # Panics
    /// If `order > 9`.
    fn row_derivative(a: Self::View<'_>, row: Unary, order: usize) -> Self;
}

impl<T: Element> RowDerivatives for Mat<T> {
    fn row_derivative(a: MatRef<'_, T>, row: Unary, order: usize) -> Self {
        match order {
            0 => Matrix::map(&a, row),
            1 => Matrix::map_derivative(&a, row),
            _ => Mat::from_fn(a.nrows(), a.ncols(), |i, j| {
                T::from_f64(higher_derivative(row, order, a[(i, j)].to_f64()))
            }),
        }
    }
}

fn higher_derivative(row: Unary, order: usize, x: f64) -> f64 {
    assert!(order <= MAX_ORDER + 1, "{row:?}: derivatives to order {} are known", MAX_ORDER + 1);
    let x = Jet::<f64, MAX_ORDER>::variable(x);
    row.derivative(x, x.apply(row)).derivative(order - 1)
}

impl<M: RowDerivatives> RowDerivatives for DualMatrix<M> {
    fn row_derivative(a: &Self, row: Unary, order: usize) -> Self {
        let value = M::row_derivative(a.value.view(), row, order);
        let slope = || M::row_derivative(a.value.view(), row, order + 1);
        Self { value, tangent: a.tangent.map(|t| along(&slope(), t)) }
    }
}

/// The slope times a tangent, and 0 where the tangent is 0 although the slope is infinite: what does
/// not change has no derivative, not an undefined one.
pub(super) fn along<M: Operations>(slope: &M, tangent: &M) -> M {
    let product = slope.hadamard(tangent);
    if M::all_finite(product.view()) {
        return product;
    }
    let (rows, columns) = product.shape();
    let kept = |i, j| tangent.primal(i, j) != 0.0 || slope.primal(i, j).is_finite();
    M::gather(product.view(), rows, columns, |i, j| kept(i, j).then_some((i, j)))
}
