//! Stretching to a shape, and its transpose: summing over the stretched axes.

use crate::tensor::array::Tensor;
use crate::tensor::element::Element;
use crate::tensor::error::Error;
use crate::tensor::kernels::{self, Function2};
use crate::tensor::shape::Shape;
use crate::tensor::tape::{Rule, Saved, record};

/// $y_{ij} = x_j$: the pullback sums over the axes that were stretched.
#[derive(Debug)]
struct Broadcast;

impl<T: Element> Rule<T> for Broadcast {
    fn name(&self) -> &'static str {
        "broadcast_to"
    }
    fn pullback(&self, saved: &Saved<T>, cotangent: &Tensor<T>, _: usize) -> Tensor<T> {
        sum_to(cotangent, saved.shapes[0])
    }
}

/// $y_j = \sum_i x_{ij}$: the pullback repeats the cotangent.
#[derive(Debug)]
struct SumTo;

impl<T: Element> Rule<T> for SumTo {
    fn name(&self) -> &'static str {
        "sum"
    }
    fn pullback(&self, saved: &Saved<T>, cotangent: &Tensor<T>, _: usize) -> Tensor<T> {
        broadcast_to(cotangent, saved.shapes[0])
    }
}

#[derive(Clone, Copy)]
struct Left;

impl<T: Copy> Function2<T> for Left {
    #[inline(always)]
    fn at(self, x: T, _: T) -> T {
        x
    }
}

/// Stretches `x`, which fits, to `shape`.
pub(super) fn broadcast_to<T: Element>(x: &Tensor<T>, shape: Shape) -> Tensor<T> {
    if x.extents() == shape {
        return x.clone();
    }
    let mut out = Tensor::stale(shape);
    match x.as_slice() {
        &[value] => out.slice_mut().fill(value),
        data => {
            let operand = (data, &x.extents());
            kernels::zip_broadcast(&shape, operand, operand, out.slice_mut(), Left);
        }
    }
    record(&Broadcast, &[x], out, |_, _| {})
}

/// Sums `x` over the axes along which `shape` would be stretched to the shape of `x`.
pub(super) fn sum_to<T: Element>(x: &Tensor<T>, shape: Shape) -> Tensor<T> {
    if x.extents() == shape {
        return x.clone();
    }
    let mut out = Tensor::filled(shape, T::ZERO);
    kernels::sum_to((x.as_slice(), &x.extents()), (out.slice_mut(), &shape));
    record(&SumTo, &[x], out, |_, _| {})
}

impl<T: Element> Tensor<T> {
    /// Repeats the tensor along axes of extent 1 and new leading axes, as arithmetic does by
    /// itself.
    ///
    /// # Panics
    /// If the shapes do not fit.
    ///
    /// # Examples
    /// ```
    /// use autodiff::tensor::Tensor;
    ///
    /// let column = Tensor::from_slice(&[1.0, 2.0], &[2, 1])?;
    /// assert_eq!(column.broadcast_to(&[2, 3]).as_slice(), [1.0, 1.0, 1.0, 2.0, 2.0, 2.0]);
    /// # Ok::<(), autodiff::tensor::Error>(())
    /// ```
    #[track_caller]
    pub fn broadcast_to(&self, shape: &[usize]) -> Self {
        let target = Shape::of(shape);
        if !self.extents().broadcasts_to(&target) {
            let (lhs, rhs) = (self.shape().to_vec(), shape.to_vec());
            Error::ShapeMismatch { op: "broadcast_to", lhs, rhs }.raise();
        }
        broadcast_to(self, target)
    }
}
