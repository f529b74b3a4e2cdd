//! Another order of the axes.

use crate::tensor::array::Tensor;
use crate::tensor::element::Element;
use crate::tensor::error::Error;
use crate::tensor::shape::{MAX_RANK, Shape};
use crate::tensor::tape::{Detail, Rule, Saved, record};

/// $y_{i_{p(0)} i_{p(1)} \dots} = x_{i_0 i_1 \dots}$: the pullback applies the inverse order.
#[derive(Debug)]
struct Permute;

impl<T: Element> Rule<T> for Permute {
    fn name(&self) -> &'static str {
        "permute"
    }
    fn pullback(&self, saved: &Saved<T>, cotangent: &Tensor<T>, _: usize) -> Tensor<T> {
        let Detail::Permutation(order) = saved.detail else { unreachable!("there is an order") };
        let mut inverse = [0; MAX_RANK];
        for (to, &from) in order.iter().enumerate().take(cotangent.rank()) {
            inverse[from as usize] = to as u8;
        }
        permute(cotangent, inverse)
    }
}

#[track_caller]
fn permute<T: Element>(x: &Tensor<T>, order: [u8; MAX_RANK]) -> Tensor<T> {
    let rank = x.rank();
    let mut shape = Shape::SCALAR;
    let mut strides = [0; MAX_RANK];
    for (axis, &from) in order.iter().enumerate().take(rank) {
        shape.push(x.shape()[from as usize]);
        strides[axis] = x.shape()[from as usize + 1..].iter().product();
    }
    let mut out = Tensor::stale(shape);
    copy_strided(x.as_slice(), &shape, &strides[..rank], out.slice_mut());
    record(&Permute, &[x], out, |saved, _| saved.detail = Detail::Permutation(order))
}

/// `out[i, j, ...] = x[i * strides[0] + j * strides[1] + ...]`, in blocks of the last two axes so
/// that both sides are read and written within cached lines.
fn copy_strided<T: Copy>(x: &[T], shape: &[usize], strides: &[usize], out: &mut [T]) {
    const BLOCK: usize = 16;
    match (shape, strides) {
        ([], _) => out[0] = x[0],
        (&[n], &[stride]) => {
            for i in 0..n {
                out[i] = x[i * stride];
            }
        }
        (&[m, n], &[down, across]) => {
            for top in (0..m).step_by(BLOCK) {
                for left in (0..n).step_by(BLOCK) {
                    for i in top..(top + BLOCK).min(m) {
                        for j in left..(left + BLOCK).min(n) {
                            out[i * n + j] = x[i * down + j * across];
                        }
                    }
                }
            }
        }
        _ => {
            let size: usize = shape[1..].iter().product();
            for (i, out) in out.chunks_exact_mut(size.max(1)).enumerate() {
                copy_strided(&x[i * strides[0]..], &shape[1..], &strides[1..], out);
            }
        }
    }
}

/// The transpose of a row-major matrix.
pub(super) fn copy_transposed<T: Copy>(x: &[T], out: &mut [T], rows: usize, columns: usize) {
    copy_strided(x, &[columns, rows], &[1, columns], out);
}

impl<T: Element> Tensor<T> {
    /// The axes in another order: axis `i` of the result is axis `order[i]` of `self`.
    ///
    /// # Panics
    /// If `order` does not name each axis once.
    ///
    /// # Examples
    /// ```
    /// use autodiff::tensor::Tensor;
    ///
    /// let x = Tensor::<f32>::zeros(&[2, 3, 4]);
    /// assert_eq!(x.permute(&[2, 0, 1]).shape(), [4, 2, 3]);
    /// ```
    #[track_caller]
    pub fn permute(&self, order: &[usize]) -> Self {
        let rank = self.rank();
        let mut chosen = [0; MAX_RANK];
        let mut seen = [false; MAX_RANK];
        assert_eq!(order.len(), rank, "permute: {rank} axes are to be ordered by {order:?}");
        for (slot, &axis) in chosen.iter_mut().zip(order) {
            if axis >= rank {
                Error::AxisOutOfRange { op: "permute", axis, rank }.raise();
            }
            assert!(!seen[axis], "permute: axis {axis} occurs twice in {order:?}");
            seen[axis] = true;
            *slot = axis as u8;
        }
        permute(self, chosen)
    }

    /// The matrix transpose: the last two axes exchanged. Products need no explicit transpose, see
    /// [`matmul_tn`](Tensor::matmul_tn).
    ///
    /// # Panics
    /// If there are fewer than two axes.
    #[track_caller]
    pub fn transpose(&self) -> Self {
        let rank = self.rank();
        if rank < 2 {
            Error::AxisOutOfRange { op: "transpose", axis: 1, rank }.raise();
        }
        let mut order = [0, 1, 2, 3, 4, 5];
        order.swap(rank - 2, rank - 1);
        permute(self, order)
    }
}
