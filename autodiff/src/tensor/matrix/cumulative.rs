//! Running sums down or up the columns.

use super::Number;
use crate::tensor::array::Tensor;
use crate::tensor::kernels;
use crate::tensor::tape::{Rule, Saved, record};

/// $y_{ij} = \sum_{k \le i} x_{kj}$, or $k \ge i$: each is the adjoint of the other.
#[derive(Debug)]
struct CumulativeSum {
    upwards: bool,
}

impl<T: Number> Rule<T> for CumulativeSum {
    fn name(&self) -> &'static str {
        "cumulative_sum"
    }
    fn pullback(&self, _: &Saved<T>, cotangent: &Tensor<T>, _: usize) -> Tensor<T> {
        sum(cotangent, !self.upwards)
    }
}

pub(super) fn sum<T: Number>(x: &Tensor<T>, upwards: bool) -> Tensor<T> {
    let (rows, columns) = (x.shape()[0], x.shape()[1]);
    let mut out = Tensor::stale(x.extents());
    let sums = out.slice_mut();
    sums.copy_from_slice(x.as_slice());
    for done in 1..rows {
        let row = if upwards { rows - 1 - done } else { done };
        let known = if upwards { row + 1 } else { row - 1 };
        let (head, tail) = sums.split_at_mut(row.max(known) * columns);
        let (head, tail) = (&mut head[row.min(known) * columns..], &mut tail[..columns]);
        let (target, known) = if upwards { (head, tail) } else { (tail, head) };
        kernels::add_assign(&mut target[..columns], &known[..columns]);
    }
    let rule =
        if upwards { &CumulativeSum { upwards: true } } else { &CumulativeSum { upwards: false } };
    record(rule, &[x], out, |_, _| {})
}
