//! Parts along any axis, and putting parts together.

use core::ops::Range;

use crate::tensor::array::Tensor;
use crate::tensor::element::Element;
use crate::tensor::error::Error;
use crate::tensor::shape::Shape;
use crate::tensor::tape::{Detail, Rule, Saved, record};

/// $y_i = x_{a+i}$ along one axis: the pullback puts the cotangent among zeros.
#[derive(Debug)]
struct Narrow;

impl<T: Element> Rule<T> for Narrow {
    fn name(&self) -> &'static str {
        "narrow"
    }
    fn pullback(&self, saved: &Saved<T>, cotangent: &Tensor<T>, _: usize) -> Tensor<T> {
        let (axis, start) = part(saved);
        pad(cotangent, axis, start, saved.shapes[0])
    }
}

/// The transpose of [`Narrow`].
#[derive(Debug)]
struct Pad;

impl<T: Element> Rule<T> for Pad {
    fn name(&self) -> &'static str {
        "narrow"
    }
    fn pullback(&self, saved: &Saved<T>, cotangent: &Tensor<T>, _: usize) -> Tensor<T> {
        let (axis, start) = part(saved);
        narrow(cotangent, axis, start..start + saved.shapes[0][axis])
    }
}

/// $z = (x, y)$ along one axis: each part gets its part of the cotangent.
#[derive(Debug)]
struct Concatenate;

impl<T: Element> Rule<T> for Concatenate {
    fn name(&self) -> &'static str {
        "concatenate"
    }
    fn pullback(&self, saved: &Saved<T>, cotangent: &Tensor<T>, which: usize) -> Tensor<T> {
        let (axis, middle) = part(saved);
        let range = if which == 0 { 0..middle } else { middle..cotangent.shape()[axis] };
        narrow(cotangent, axis, range)
    }
}

fn part<T: Element>(saved: &Saved<T>) -> (usize, usize) {
    let Detail::Part { axis, start } = saved.detail else { unreachable!("a part has a place") };
    (axis, start)
}

fn narrow<T: Element>(x: &Tensor<T>, axis: usize, range: Range<usize>) -> Tensor<T> {
    let (_, length, inner) = x.extents().split_at_axis(axis);
    let mut out = Tensor::stale(x.extents().with(axis, range.len()));
    if !out.is_empty() {
        let size = range.len() * inner;
        let blocks = x.as_slice().chunks_exact(length * inner);
        for (to, from) in out.slice_mut().chunks_exact_mut(size).zip(blocks) {
            to.copy_from_slice(&from[range.start * inner..][..size]);
        }
    }
    record(&Narrow, &[x], out, |saved, _| saved.detail = Detail::Part { axis, start: range.start })
}

/// Copies `x` to where it starts along the axis of the larger `out`.
fn place<T: Element>(x: &Tensor<T>, axis: usize, start: usize, out: &mut Tensor<T>) {
    let (_, length, inner) = out.extents().split_at_axis(axis);
    if !x.is_empty() {
        let size = x.shape()[axis] * inner;
        let blocks = out.slice_mut().chunks_exact_mut(length * inner);
        for (to, from) in blocks.zip(x.as_slice().chunks_exact(size)) {
            to[start * inner..][..size].copy_from_slice(from);
        }
    }
}

fn pad<T: Element>(x: &Tensor<T>, axis: usize, start: usize, shape: Shape) -> Tensor<T> {
    let mut out = Tensor::filled(shape, T::ZERO);
    place(x, axis, start, &mut out);
    record(&Pad, &[x], out, |saved, _| saved.detail = Detail::Part { axis, start })
}

impl<T: Element> Tensor<T> {
    /// The part `range` along an axis, copied. Along the first axis [`rows`](Tensor::rows) does the
    /// same without a copy.
    ///
    /// # Panics
    /// If the axis does not exist or the range reaches past its end.
    ///
    /// # Examples
    /// ```
    /// use autodiff::tensor::Tensor;
    ///
    /// let x = Tensor::from_slice(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], &[2, 3])?;
    /// assert_eq!(x.narrow(1, 1..3).as_slice(), [2.0, 3.0, 5.0, 6.0]);
    /// # Ok::<(), autodiff::tensor::Error>(())
    /// ```
    #[track_caller]
    pub fn narrow(&self, axis: usize, range: Range<usize>) -> Self {
        let Some(&length) = self.shape().get(axis) else {
            Error::AxisOutOfRange { op: "narrow", axis, rank: self.rank() }.raise()
        };
        if range.start > range.end || range.end > length {
            let index = range.start.max(range.end);
            Error::IndexOutOfRange { op: "narrow", index, length }.raise();
        }
        narrow(self, axis, range)
    }

    /// `self` followed by `other` along an axis.
    ///
    /// # Panics
    /// If the axis does not exist or the other extents differ.
    ///
    /// # Examples
    /// ```
    /// use autodiff::tensor::Tensor;
    ///
    /// let x = Tensor::from_slice(&[1.0, 2.0], &[2, 1])?;
    /// assert_eq!(x.concatenate(&(&x * 10.0), 1).as_slice(), [1.0, 10.0, 2.0, 20.0]);
    /// # Ok::<(), autodiff::tensor::Error>(())
    /// ```
    #[track_caller]
    pub fn concatenate(&self, other: &Self, axis: usize) -> Self {
        let rank = self.rank();
        if axis >= rank {
            Error::AxisOutOfRange { op: "concatenate", axis, rank }.raise();
        }
        if other.rank() != rank || self.extents().with(axis, 0) != other.extents().with(axis, 0) {
            let (lhs, rhs) = (self.shape().to_vec(), other.shape().to_vec());
            Error::ShapeMismatch { op: "concatenate", lhs, rhs }.raise();
        }
        let middle = self.shape()[axis];
        let mut out = Self::stale(self.extents().with(axis, middle + other.shape()[axis]));
        place(self, axis, 0, &mut out);
        place(other, axis, middle, &mut out);
        record(&Concatenate, &[self, other], out, |saved, _| {
            saved.detail = Detail::Part { axis, start: middle };
        })
    }
}
