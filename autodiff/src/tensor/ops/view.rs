//! Contiguous pieces and new shapes of the same memory; also the inputs of a differentiation.

use core::ops::Range;

use crate::tensor::array::Tensor;
use crate::tensor::element::Element;
use crate::tensor::error::Error;
use crate::tensor::kernels::{self, Update};
use crate::tensor::shape::Shape;
use crate::tensor::sweep::Adjoints;
use crate::tensor::tape::{CONSTANT, Detail, Link, Rule, Saved, record};

/// An input of a differentiation; of an inner one, a copy of what the outer one knows.
#[derive(Debug)]
pub(crate) struct Leaf;

impl<T: Element> Rule<T> for Leaf {
    fn name(&self) -> &'static str {
        "gradient"
    }
    fn pullback(&self, _: &Saved<T>, cotangent: &Tensor<T>, _: usize) -> Tensor<T> {
        cotangent.clone()
    }
}

/// $y = x_{a..b}$, reshaped. The adjoint of `x` is the adjoint of `y` at its place.
#[derive(Debug)]
struct View;

impl<T: Element> Rule<T> for View {
    fn name(&self) -> &'static str {
        "view"
    }
    fn pullback(&self, saved: &Saved<T>, cotangent: &Tensor<T>, _: usize) -> Tensor<T> {
        embed(cotangent, offset(saved), saved.shapes[0])
    }
    fn is_view(&self) -> bool {
        true
    }
}

/// The opposite of [`View`]: zeros, with a piece filled.
#[derive(Debug)]
struct Embed;

impl<T: Element> Rule<T> for Embed {
    fn name(&self) -> &'static str {
        "view"
    }
    fn pullback(&self, saved: &Saved<T>, cotangent: &Tensor<T>, _: usize) -> Tensor<T> {
        let start = offset(saved);
        view(cotangent, start..start + saved.shapes[0].len(), saved.shapes[0])
    }
    fn accumulate(
        &self,
        saved: &mut Saved<T>,
        links: &[Link; 3],
        cotangent: Tensor<T>,
        adjoints: &mut Adjoints<'_, T>,
    ) {
        if links[0] != CONSTANT {
            let range = offset(saved)..offset(saved) + saved.shapes[0].len();
            adjoints.update(links[0], |target, update| match update {
                Update::Replace => target.copy_from_slice(&cotangent.as_slice()[range]),
                Update::Add => kernels::add_assign(target, &cotangent.as_slice()[range]),
            });
        }
    }
}

fn offset<T: Element>(saved: &Saved<T>) -> usize {
    let Detail::Offset(offset) = saved.detail else { unreachable!("a view has an offset") };
    offset
}

#[track_caller]
fn view<T: Element>(x: &Tensor<T>, range: Range<usize>, shape: Shape) -> Tensor<T> {
    let start = range.start;
    record(&View, &[x], x.piece(range, shape), |saved, _| saved.detail = Detail::Offset(start))
}

fn embed<T: Element>(x: &Tensor<T>, start: usize, shape: Shape) -> Tensor<T> {
    let mut out = Tensor::filled(shape, T::ZERO);
    out.slice_mut()[start..start + x.len()].copy_from_slice(x.as_slice());
    record(&Embed, &[x], out, |saved, _| saved.detail = Detail::Offset(start))
}

impl<T: Element> Tensor<T> {
    /// The elements `range`, counted in row-major order, as a tensor of another shape. Shares the
    /// memory: O(1).
    ///
    /// # Panics
    /// If the range reaches past the end, or is not as long as the shape needs.
    ///
    /// # Examples
    /// ```
    /// use autodiff::tensor::Tensor;
    ///
    /// let flat = Tensor::from_fn(&[10], |i| i as f32);
    /// assert_eq!(flat.view(4..10, &[2, 3]).as_slice(), [4.0, 5.0, 6.0, 7.0, 8.0, 9.0]);
    /// ```
    #[track_caller]
    pub fn view(&self, range: Range<usize>, shape: &[usize]) -> Self {
        if range.start > range.end || range.end > self.len() {
            let index = range.start.max(range.end);
            Error::IndexOutOfRange { op: "view", index, length: self.len() }.raise();
        }
        let shape = Shape::of(shape);
        if shape.len() != range.len() {
            Error::ElementCount { shape: shape.to_vec(), found: range.len() }.raise();
        }
        view(self, range, shape)
    }

    /// The same elements in row-major order with other extents: O(1).
    ///
    /// # Panics
    /// If the number of elements would change.
    #[track_caller]
    pub fn reshape(&self, shape: &[usize]) -> Self {
        self.view(0..self.len(), shape)
    }

    #[track_caller]
    pub(crate) fn reshaped(&self, shape: Shape) -> Self {
        view(self, 0..self.len(), shape)
    }

    /// Rows `range` of the first axis: O(1).
    ///
    /// # Panics
    /// If there is no axis, or the range reaches past the end.
    #[track_caller]
    pub fn rows(&self, range: Range<usize>) -> Self {
        let Some(&length) = self.shape().first() else {
            Error::AxisOutOfRange { op: "rows", axis: 0, rank: 0 }.raise()
        };
        if range.start > range.end || range.end > length {
            let index = range.start.max(range.end);
            Error::IndexOutOfRange { op: "rows", index, length }.raise();
        }
        let width: usize = self.shape()[1..].iter().product();
        let shape = self.extents().with(0, range.len());
        view(self, range.start * width..range.end * width, shape)
    }
}
