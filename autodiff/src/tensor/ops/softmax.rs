//! Softmax and its logarithm.

use super::permute::copy_transposed;
use crate::tensor::array::Tensor;
use crate::tensor::element::Element;
use crate::tensor::error::Error;
use crate::tensor::kernels::{self, Function1, Rows};
use crate::tensor::sweep::Adjoints;
use crate::tensor::tape::{CONSTANT, Detail, Link, Rule, Saved, record};

/// $y_i = e^{x_i} / \sum_j e^{x_j}$: $\bar x = y \odot (\bar y - \langle \bar y, y \rangle)$.
#[derive(Debug)]
struct Softmax;

/// $y_i = x_i - \ln \sum_j e^{x_j}$: $\bar x = \bar y - e^y \sum_j \bar y_j$.
#[derive(Debug)]
struct LogSoftmax;

fn axis<T: Element>(saved: &Saved<T>) -> usize {
    let Detail::Axis(axis) = saved.detail else { unreachable!("a softmax has an axis") };
    axis
}

impl<T: Element> Rule<T> for Softmax {
    fn name(&self) -> &'static str {
        "softmax"
    }
    fn pullback(&self, saved: &Saved<T>, cotangent: &Tensor<T>, _: usize) -> Tensor<T> {
        let y = saved.output();
        let weighted = cotangent * y;
        let total = weighted.sum_axes(&[axis(saved)], true);
        weighted - y * total
    }
    fn accumulate(
        &self,
        saved: &mut Saved<T>,
        links: &[Link; 3],
        mut cotangent: Tensor<T>,
        adjoints: &mut Adjoints<'_, T>,
    ) {
        if links[0] == CONSTANT {
            return;
        }
        let last = axis(saved) + 1 == cotangent.rank();
        if last {
            let (y, width) = (saved.output().as_slice(), saved.shapes[0][axis(saved)]);
            kernels::for_each_row(cotangent.slice_mut(), width, &mut SoftmaxPullback { y });
            adjoints.add(links[0], cotangent);
        } else {
            adjoints.add(links[0], self.pullback(saved, &cotangent, 0));
        }
    }
}

impl<T: Element> Rule<T> for LogSoftmax {
    fn name(&self) -> &'static str {
        "log_softmax"
    }
    fn pullback(&self, saved: &Saved<T>, cotangent: &Tensor<T>, _: usize) -> Tensor<T> {
        let total = cotangent.sum_axes(&[axis(saved)], true);
        cotangent - saved.output().exp() * total
    }
}

/// $\bar x = y \odot (\bar y - \langle \bar y, y \rangle)$, in place of $\bar y$.
struct SoftmaxPullback<'a, T> {
    y: &'a [T],
}

impl<T: Element> Rows<T> for SoftmaxPullback<'_, T> {
    #[inline(always)]
    fn row(&mut self, index: usize, row: &mut [T]) {
        let y = &self.y[index * row.len()..][..row.len()];
        for (g, &y) in row.iter_mut().zip(y) {
            *g *= y;
        }
        let total = kernels::lane_sum(row);
        for (g, &y) in row.iter_mut().zip(y) {
            *g -= y * total;
        }
    }
}

/// The softmax of one row at a time.
struct SoftmaxRows;

impl<T: Element> Along<T> for SoftmaxRows {
    fn apply(x: &[T], out: &mut [T], width: usize) {
        kernels::softmax_rows(x, out, width, &mut ());
    }
}

/// The log-softmax of one row at a time.
struct LogSoftmaxRows;

impl<T: Element> Rows<T> for LogSoftmaxRows {
    #[inline(always)]
    fn row(&mut self, _: usize, row: &mut [T]) {
        let largest = kernels::row_max(row);
        for x in row.iter_mut() {
            *x -= largest;
        }
        let shift = kernels::lane_sum_of(row, Exp).ln();
        for x in row.iter_mut() {
            *x -= shift;
        }
    }
}

#[derive(Clone, Copy)]
struct Exp;

impl<T: Element> Function1<T> for Exp {
    #[inline(always)]
    fn at(self, x: T) -> T {
        x.vector_exp()
    }
}

impl<T: Element> Along<T> for LogSoftmaxRows {
    fn apply(x: &[T], out: &mut [T], width: usize) {
        out.copy_from_slice(x);
        kernels::for_each_row(out, width, &mut LogSoftmaxRows);
    }
}

/// A function of whole rows.
trait Along<T> {
    /// Applies it to each row of a row-major matrix.
    fn apply(x: &[T], out: &mut [T], width: usize);
}

#[track_caller]
fn along<T: Element, R: Along<T>>(
    x: &Tensor<T>,
    axis: usize,
    rule: &'static dyn Rule<T>,
    _: R,
) -> Tensor<T> {
    if axis >= x.rank() {
        Error::AxisOutOfRange { op: rule.name(), axis, rank: x.rank() }.raise();
    }
    let (_, width, inner) = x.extents().split_at_axis(axis);
    let mut out = Tensor::stale(x.extents());
    if inner == 1 {
        R::apply(x.as_slice(), out.slice_mut(), width);
    } else {
        // Bring the axis to the end by transposing each block, and back.
        let mut rows = Tensor::stale(x.extents());
        let mut results = Tensor::stale(x.extents());
        for (from, to) in blocks(x.as_slice(), rows.slice_mut(), width * inner) {
            copy_transposed(from, to, width, inner);
        }
        R::apply(rows.as_slice(), results.slice_mut(), width);
        for (from, to) in blocks(results.as_slice(), out.slice_mut(), width * inner) {
            copy_transposed(from, to, inner, width);
        }
    }
    record(rule, &[x], out, |saved, output| {
        saved.output = Some(output.clone());
        saved.detail = Detail::Axis(axis);
    })
}

fn blocks<'a, T>(
    x: &'a [T],
    out: &'a mut [T],
    size: usize,
) -> impl Iterator<Item = (&'a [T], &'a mut [T])> {
    x.chunks_exact(size.max(1)).zip(out.chunks_exact_mut(size.max(1)))
}

impl<T: Element> Tensor<T> {
    /// $y_i = e^{x_i} / \sum_j e^{x_j}$ along an axis.
    ///
    /// The largest element is subtracted first, so that nothing overflows. A row with NaN or
    /// $+\infty$, or of $-\infty$ only, has no softmax: all of it is NaN. $-\infty$ beside finite
    /// elements (a mask) gives 0.
    ///
    /// # Panics
    /// If the axis does not exist.
    ///
    /// # Examples
    /// ```
    /// use autodiff::tensor::Tensor;
    ///
    /// let x = Tensor::from_slice(&[1000.0, 1000.0, f64::NEG_INFINITY], &[1, 3])?;
    /// assert_eq!(x.softmax(1).as_slice(), [0.5, 0.5, 0.0]);
    /// # Ok::<(), autodiff::tensor::Error>(())
    /// ```
    #[track_caller]
    pub fn softmax(&self, axis: usize) -> Self {
        along(self, axis, &Softmax, SoftmaxRows)
    }

    /// $y_i = x_i - \ln \sum_j e^{x_j}$ along an axis, without overflow or underflow.
    ///
    /// Degenerate rows are NaN as for [`softmax`](Tensor::softmax); $-\infty$ beside finite
    /// elements stays $-\infty$.
    ///
    /// # Panics
    /// If the axis does not exist.
    #[track_caller]
    pub fn log_softmax(&self, axis: usize) -> Self {
        along(self, axis, &LogSoftmax, LogSoftmaxRows)
    }
}
