//! The largest elements and where they are.

use super::gather::{gather, pooled};
use crate::tensor::array::Tensor;
use crate::tensor::element::Element;
use crate::tensor::error::Error;
use crate::tensor::shape::Shape;

/// The position in `x`, read with a stride, of its first NaN, or else of its first largest element.
fn position_of_largest<T: Element>(x: impl Iterator<Item = T>) -> usize {
    let mut best = (0, T::NAN);
    for (i, value) in x.enumerate() {
        if i == 0 || value > best.1 || value.is_nan() {
            best = (i, value);
        }
        if value.is_nan() {
            break;
        }
    }
    best.0
}

impl<T: Element> Tensor<T> {
    /// Along an axis, the position of the largest element; of the first NaN if there is one, and of
    /// the first of several largest. In row-major order of the remaining axes.
    ///
    /// # Panics
    /// If the axis does not exist or has no elements.
    ///
    /// # Examples
    /// ```
    /// use autodiff::tensor::Tensor;
    ///
    /// let x = Tensor::from_slice(&[1.0, 3.0, 2.0, 6.0, 5.0, 4.0], &[2, 3])?;
    /// assert_eq!(x.argmax(1), [1, 0]);
    /// assert_eq!(x.argmax(0), [1, 1, 1]);
    /// # Ok::<(), autodiff::tensor::Error>(())
    /// ```
    #[track_caller]
    pub fn argmax(&self, axis: usize) -> Vec<usize> {
        if axis >= self.rank() {
            Error::AxisOutOfRange { op: "argmax", axis, rank: self.rank() }.raise();
        }
        let (outer, length, inner) = self.extents().split_at_axis(axis);
        if length == 0 {
            Error::IndexOutOfRange { op: "argmax", index: 0, length }.raise();
        }
        let x = self.as_slice();
        (0..outer * inner)
            .map(|i| {
                let start = i / inner * length * inner + i % inner;
                position_of_largest((0..length).map(|j| x[start + j * inner]))
            })
            .collect()
    }

    /// The largest elements along an axis, which is removed; NaN where there is one.
    ///
    /// The derivative goes to the element that [`argmax`](Tensor::argmax) names.
    ///
    /// # Panics
    /// If the axis does not exist or has no elements.
    ///
    /// # Examples
    /// ```
    /// use autodiff::tensor::Tensor;
    ///
    /// let x = Tensor::from_slice(&[1.0, 3.0, 2.0, 6.0, 5.0, 4.0], &[2, 3])?;
    /// assert_eq!(x.max_axis(1).as_slice(), [3.0, 6.0]);
    /// # Ok::<(), autodiff::tensor::Error>(())
    /// ```
    #[track_caller]
    pub fn max_axis(&self, axis: usize) -> Self {
        let mut positions = self.argmax(axis);
        let (_, length, inner) = self.extents().split_at_axis(axis);
        for (i, position) in positions.iter_mut().enumerate() {
            *position = i / inner * length * inner + *position * inner + i % inner;
        }
        let column = self.reshaped(Shape::of(&[self.len(), 1]));
        let picked = gather(&column, pooled(&positions), positions.len());
        picked.reshaped(self.extents().without(axis))
    }

    /// The largest element, a tensor without axes; NaN if one is.
    ///
    /// # Panics
    /// If there are no elements.
    #[track_caller]
    pub fn max(&self) -> Self {
        self.reshaped(Shape::of(&[self.len()])).max_axis(0)
    }
}
