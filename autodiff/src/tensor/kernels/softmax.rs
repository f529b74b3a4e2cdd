//! The softmax of the rows of a matrix.

use super::{lane_sum, run};
use crate::tensor::element::Element;

/// How many elements are worked on at a time: several rows at once if they are short, so that the
/// exponentials fill the vectors, and few enough to stay in cache between the passes.
const BLOCK: usize = 1024;

/// What becomes of a row after its exponentials have been summed.
pub(crate) trait RowSoftmax<T> {
    /// Sees a row after its largest element has been subtracted from it.
    #[inline(always)]
    fn shifted(&mut self, _index: usize, _row: &[T]) {}

    /// Sees the sum of the exponentials of a row.
    #[inline(always)]
    fn summed(&mut self, _index: usize, _sum: T) {}
}

impl<T> RowSoftmax<T> for () {}

struct Softmax<'a, T, R> {
    x: &'a [T],
    out: &'a mut [T],
    width: usize,
    rows: &'a mut R,
}

impl<T: Element, R: RowSoftmax<T>> pulp::NullaryFnOnce for Softmax<'_, T, R> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { x, out, width, rows } = self;
        let height = (BLOCK / width).max(1);
        let blocks = out.chunks_mut(height * width).zip(x.chunks(height * width));
        for (block, (out, x)) in blocks.enumerate() {
            let first = block * height;
            let both = out.chunks_exact_mut(width).zip(x.chunks_exact(width));
            for (i, (out, x)) in both.enumerate() {
                let largest = row_max(x);
                for (out, &x) in out.iter_mut().zip(x) {
                    *out = x - largest;
                }
                rows.shifted(first + i, out);
            }
            for x in out.iter_mut() {
                *x = x.vector_exp();
            }
            for (i, row) in out.chunks_exact_mut(width).enumerate() {
                let sum = lane_sum(row);
                rows.summed(first + i, sum);
                let inverse = T::ONE / sum;
                for x in row {
                    *x *= inverse;
                }
            }
        }
    }
}

/// Writes the softmax of each row of `x` to `out`, both row-major of the given width.
pub(crate) fn softmax_rows<T: Element, R: RowSoftmax<T>>(
    x: &[T],
    out: &mut [T],
    width: usize,
    rows: &mut R,
) {
    if width > 0 {
        run(Softmax { x, out, width, rows });
    }
}

/// The largest element. NaN is passed over; subtracting the result brings it back.
#[inline(always)]
pub(crate) fn row_max<T: Element>(row: &[T]) -> T {
    const LANES: usize = 16;
    let larger = |a: T, b: T| if b > a { b } else { a };
    let mut lanes = [-T::INFINITY; LANES];
    let mut chunks = row.chunks_exact(LANES);
    for chunk in &mut chunks {
        for (lane, &x) in lanes.iter_mut().zip(chunk) {
            *lane = if x > *lane { x } else { *lane };
        }
    }
    let mut largest = -T::INFINITY;
    for &x in chunks.remainder() {
        largest = larger(largest, x);
    }
    if row.len() >= LANES {
        for lane in lanes {
            largest = larger(largest, lane);
        }
    }
    largest
}
