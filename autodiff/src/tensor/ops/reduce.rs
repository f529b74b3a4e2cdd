//! Sums and means over all elements or over some axes.

use super::broadcast::sum_to;
use crate::tensor::array::Tensor;
use crate::tensor::element::Element;
use crate::tensor::shape::{Axes, Shape};

/// The shape with the axes of a set reduced to 1, and without them.
fn reduced<T: Element>(x: &Tensor<T>, axes: Axes) -> (Shape, Shape) {
    let (mut kept, mut dropped) = (x.extents(), Shape::SCALAR);
    for (axis, &extent) in x.shape().iter().enumerate() {
        if axes.contains(axis) {
            kept = kept.with(axis, 1);
        } else {
            dropped.push(extent);
        }
    }
    (kept, dropped)
}

impl<T: Element> Tensor<T> {
    /// The sum of all elements, a tensor without axes; 0 if there are none.
    #[track_caller]
    pub fn sum(&self) -> Self {
        sum_to(self, Shape::SCALAR)
    }

    /// The mean of all elements, a tensor without axes; NaN if there are none.
    #[track_caller]
    pub fn mean(&self) -> Self {
        self.sum() / T::from_usize(self.len())
    }

    /// The sum over some axes, which keep the extent 1 or are removed.
    ///
    /// # Panics
    /// If an axis does not exist.
    ///
    /// # Examples
    /// ```
    /// use autodiff::tensor::Tensor;
    ///
    /// let x = Tensor::from_slice(&[1.0, 2.0, 3.0, 4.0], &[2, 2])?;
    /// assert_eq!(x.sum_axes(&[0], false).as_slice(), [4.0, 6.0]);
    /// assert_eq!(x.sum_axes(&[1], true).shape(), [2, 1]);
    /// # Ok::<(), autodiff::tensor::Error>(())
    /// ```
    #[track_caller]
    pub fn sum_axes(&self, axes: &[usize], keep_dims: bool) -> Self {
        let (kept, dropped) = reduced(self, Axes::of("sum_axes", axes, self.rank()));
        let sum = sum_to(self, kept);
        if keep_dims || kept == dropped { sum } else { sum.reshaped(dropped) }
    }

    /// The mean over some axes, which keep the extent 1 or are removed; NaN over no elements.
    ///
    /// # Panics
    /// If an axis does not exist.
    #[track_caller]
    pub fn mean_axes(&self, axes: &[usize], keep_dims: bool) -> Self {
        let set = Axes::of("mean_axes", axes, self.rank());
        let over = self.shape().iter().enumerate().filter(|(axis, _)| set.contains(*axis));
        let count: usize = over.map(|(_, &extent)| extent).product();
        self.sum_axes(axes, keep_dims) / T::from_usize(count)
    }
}
