//! Products of matrices, and of stacks of matrices.

use super::broadcast::sum_to;
use crate::tensor::array::Tensor;
use crate::tensor::element::Element;
use crate::tensor::error::Error;
use crate::tensor::kernels::{Product, Update, gemm};
use crate::tensor::shape::Shape;
use crate::tensor::sweep::Adjoints;
use crate::tensor::tape::{CONSTANT, Detail, Link, Rule, Saved, record};

/// $C = \mathrm{op}(A)\,\mathrm{op}(B)$: without transposition $\bar A = \bar C B^\top$ and
/// $\bar B = A^\top \bar C$ (M. Giles, "An extended collection of matrix derivative results for
/// forward and reverse mode algorithmic differentiation", 2008, section 2.2.1).
#[derive(Debug)]
struct MatMul;

fn transposed<T: Element>(saved: &Saved<T>) -> (bool, bool) {
    let Detail::Transposed(a, b) = saved.detail else { unreachable!("a product has flags") };
    (a, b)
}

impl<T: Element> Rule<T> for MatMul {
    fn name(&self) -> &'static str {
        "matmul"
    }

    fn pullback(&self, saved: &Saved<T>, cotangent: &Tensor<T>, which: usize) -> Tensor<T> {
        let (ta, tb) = transposed(saved);
        let part = match (which, ta, tb) {
            (0, false, _) => product(cotangent, saved.operand(1), false, !tb),
            (0, true, _) => product(saved.operand(1), cotangent, tb, true),
            (_, _, false) => product(saved.operand(0), cotangent, !ta, false),
            (_, _, true) => product(cotangent, saved.operand(0), true, ta),
        };
        sum_to(&part, saved.shapes[which])
    }

    fn accumulate(
        &self,
        saved: &mut Saved<T>,
        links: &[Link; 3],
        cotangent: Tensor<T>,
        adjoints: &mut Adjoints<'_, T>,
    ) {
        let (ta, tb) = transposed(saved);
        for (which, &link) in links.iter().enumerate() {
            if link == CONSTANT {
                continue;
            }
            if saved.shapes[0].rank() > 2 || saved.shapes[1].rank() > 2 {
                adjoints.add(link, self.pullback(saved, &cotangent, which));
            } else {
                let other = saved.operand(1 - which);
                adjoints.update(link, |target, update| match (which, ta, tb) {
                    (0, false, _) => matrix((&cotangent, false), (other, !tb), target, update),
                    (0, true, _) => matrix((other, tb), (&cotangent, true), target, update),
                    (_, _, false) => matrix((other, !ta), (&cotangent, false), target, update),
                    (_, _, true) => matrix((&cotangent, true), (other, ta), target, update),
                });
            }
        }
    }
}

/// The product of two matrices, whose inner extents fit, into a slice.
fn matrix<T: Element>(
    (a, transpose_a): (&Tensor<T>, bool),
    (b, transpose_b): (&Tensor<T>, bool),
    out: &mut [T],
    update: Update,
) {
    let (m, k) = oriented(&a.extents(), transpose_a);
    let (_, n) = oriented(&b.extents(), transpose_b);
    let (a, b) = (a.as_slice(), b.as_slice());
    gemm(&Product { a, transpose_a, b, transpose_b, m, k, n }, out, update);
}

/// Rows and columns of the last two axes, as the product sees them.
fn oriented(shape: &Shape, transposed: bool) -> (usize, usize) {
    let (rows, columns) = (shape[shape.rank() - 2], shape[shape.rank() - 1]);
    if transposed { (columns, rows) } else { (rows, columns) }
}

#[track_caller]
fn product<T: Element>(
    a: &Tensor<T>,
    b: &Tensor<T>,
    transpose_a: bool,
    transpose_b: bool,
) -> Tensor<T> {
    let mismatch = || -> ! {
        let (lhs, rhs) = (a.shape().to_vec(), b.shape().to_vec());
        Error::ShapeMismatch { op: "matmul", lhs, rhs }.raise()
    };
    let (shape_a, shape_b) = (a.extents(), b.extents());
    if a.rank() < 2 || b.rank() < 2 {
        mismatch();
    }
    let (m, k) = oriented(&shape_a, transpose_a);
    let (inner, n) = oriented(&shape_b, transpose_b);
    let stacks_a = Shape::of(&shape_a[..a.rank() - 2]);
    let stacks_b = Shape::of(&shape_b[..b.rank() - 2]);
    let Some(mut shape) = stacks_a.broadcast(&stacks_b) else { mismatch() };
    if k != inner {
        mismatch();
    }
    let stacks = shape;
    shape.push(m);
    shape.push(n);
    let mut out = Tensor::stale(shape);
    if stacks.rank() == 0 {
        matrix((a, transpose_a), (b, transpose_b), out.slice_mut(), Update::Replace);
    } else if stacks_b.rank() == 0 && !transpose_a {
        // The same right operand for all: one tall product.
        let (m, a, b) = (stacks.len() * m, a.as_slice(), b.as_slice());
        let tall = Product { a, transpose_a, b, transpose_b, m, k, n };
        gemm(&tall, out.slice_mut(), Update::Replace);
    } else {
        stacked(&stacks, (a, &stacks_a), (b, &stacks_b), out.slice_mut(), |a, b, out| {
            gemm(&Product { a, transpose_a, b, transpose_b, m, k, n }, out, Update::Replace);
        });
    }
    record(&MatMul, &[a, b], out, |saved, _| {
        saved.operands[0] = b.stamp().map(|_| a.clone());
        saved.operands[1] = a.stamp().map(|_| b.clone());
        saved.detail = Detail::Transposed(transpose_a, transpose_b);
    })
}

/// Calls `f` with each pair of matrices of two stacks, stretched to `stacks`, and their product.
fn stacked<T: Element>(
    stacks: &Shape,
    (a, stacks_a): (&Tensor<T>, &Shape),
    (b, stacks_b): (&Tensor<T>, &Shape),
    out: &mut [T],
    f: impl Fn(&[T], &[T], &mut [T]),
) {
    let count = stacks.len();
    if count == 0 || out.is_empty() {
        return;
    }
    let size = |t: &Tensor<T>, stacks: &Shape| t.len() / stacks.len();
    let (size_a, size_b) = (size(a, stacks_a), size(b, stacks_b));
    for (index, out) in out.chunks_exact_mut(out.len() / count).enumerate() {
        let (i, j) = (position(index, stacks, stacks_a), position(index, stacks, stacks_b));
        f(&a.as_slice()[i * size_a..][..size_a], &b.as_slice()[j * size_b..][..size_b], out);
    }
}

/// The position in an operand that is stretched to `shape`, of position `index` in `shape`.
fn position(mut index: usize, shape: &Shape, operand: &Shape) -> usize {
    let (mut result, mut stride) = (0, 1);
    for back in 1..=shape.rank() {
        let extent = shape[shape.rank() - back];
        if back <= operand.rank() {
            let own = operand[operand.rank() - back];
            result += if own == 1 { 0 } else { index % extent * stride };
            stride *= own;
        }
        index /= extent;
    }
    result
}

impl<T: Element> Tensor<T> {
    /// The matrix product $AB$ of `[m, k]` and `[k, n]`.
    ///
    /// Leading axes are stacks of matrices, stretched to a common shape like in arithmetic.
    /// Costs $2mkn$ operations.
    ///
    /// # Panics
    /// If an operand has fewer than two axes or the shapes do not fit.
    ///
    /// # Examples
    /// ```
    /// use autodiff::tensor::Tensor;
    ///
    /// let a = Tensor::from_slice(&[1.0, 2.0, 3.0, 4.0], &[2, 2])?;
    /// let x = Tensor::from_slice(&[1.0, -1.0], &[2, 1])?;
    /// assert_eq!(a.matmul(&x).as_slice(), [-1.0, -1.0]);
    /// # Ok::<(), autodiff::tensor::Error>(())
    /// ```
    #[track_caller]
    pub fn matmul(&self, other: &Self) -> Self {
        product(self, other, false, false)
    }

    /// $A^\top B$ of `[k, m]` and `[k, n]`, without forming the transpose.
    ///
    /// # Panics
    /// As for [`matmul`](Tensor::matmul).
    #[track_caller]
    pub fn matmul_tn(&self, other: &Self) -> Self {
        product(self, other, true, false)
    }

    /// $A B^\top$ of `[m, k]` and `[n, k]`, without forming the transpose.
    ///
    /// # Panics
    /// As for [`matmul`](Tensor::matmul).
    #[track_caller]
    pub fn matmul_nt(&self, other: &Self) -> Self {
        product(self, other, false, true)
    }

    /// $A^\top B^\top$ of `[k, m]` and `[n, k]`, without forming the transposes.
    ///
    /// # Panics
    /// As for [`matmul`](Tensor::matmul).
    #[track_caller]
    pub fn matmul_tt(&self, other: &Self) -> Self {
        product(self, other, true, true)
    }
}
