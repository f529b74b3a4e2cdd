//! The affine map of a dense layer.

use super::broadcast::sum_to;
use crate::tensor::array::Tensor;
use crate::tensor::element::Element;
use crate::tensor::error::Error;
use crate::tensor::kernels::{self, Product, Update, gemm};
use crate::tensor::shape::Shape;
use crate::tensor::sweep::Adjoints;
use crate::tensor::tape::{CONSTANT, Link, Rule, Saved, record};

/// $Y = X W + \mathbf 1 b^\top$: $\bar X = \bar Y W^\top$, $\bar W = X^\top \bar Y$,
/// $\bar b = \bar Y^\top \mathbf 1$.
#[derive(Debug)]
struct Linear;

/// The number of rows of $X$ and $Y$, of which either may have no columns.
fn rows(x: &Shape) -> usize {
    x[..x.rank() - 1].iter().product()
}

impl<T: Element> Rule<T> for Linear {
    fn name(&self) -> &'static str {
        "linear"
    }

    fn pullback(&self, saved: &Saved<T>, cotangent: &Tensor<T>, which: usize) -> Tensor<T> {
        let (inputs, outputs) = (saved.shapes[1][0], saved.shapes[1][1]);
        match which {
            0 => cotangent.matmul_nt(saved.operand(1)),
            1 => {
                let rows = rows(&saved.shapes[0]);
                let x = saved.operand(0).reshape(&[rows, inputs]);
                x.matmul_tn(&cotangent.reshape(&[rows, outputs]))
            }
            _ => sum_to(cotangent, Shape::of(&[outputs])),
        }
    }

    fn accumulate(
        &self,
        saved: &mut Saved<T>,
        links: &[Link; 3],
        cotangent: Tensor<T>,
        adjoints: &mut Adjoints<'_, T>,
    ) {
        let (inputs, outputs) = (saved.shapes[1][0], saved.shapes[1][1]);
        let rows = rows(&saved.shapes[0]);
        let g = cotangent.as_slice();
        if links[2] != CONSTANT {
            adjoints.update(links[2], |target, update| {
                if update == Update::Replace {
                    target.fill(T::ZERO);
                }
                kernels::sum_to((g, &cotangent.extents()), (target, &Shape::of(&[outputs])));
            });
        }
        if links[1] != CONSTANT {
            let x = saved.operand(0).as_slice();
            let product = Product {
                a: x,
                transpose_a: true,
                b: g,
                transpose_b: false,
                m: inputs,
                k: rows,
                n: outputs,
            };
            adjoints.update(links[1], |target, update| gemm(&product, target, update));
        }
        if links[0] != CONSTANT {
            let w = saved.operand(1).as_slice();
            let product = Product {
                a: g,
                transpose_a: false,
                b: w,
                transpose_b: true,
                m: rows,
                k: outputs,
                n: inputs,
            };
            adjoints.update(links[0], |target, update| gemm(&product, target, update));
        }
    }
}

impl<T: Element> Tensor<T> {
    /// The affine map $Y = XW + \mathbf 1 b^\top$ of a dense layer, as one operation.
    ///
    /// - `self`: $X$ of shape `[..., inputs]`, one example a row;
    /// - `weight`: $W$ of shape `[inputs, outputs]`;
    /// - `bias`: $b$ of shape `[outputs]`, if any.
    ///
    /// # Panics
    /// If the shapes do not fit.
    ///
    /// # Examples
    /// ```
    /// use autodiff::tensor::Tensor;
    ///
    /// let x = Tensor::from_slice(&[1.0, 2.0], &[1, 2])?;
    /// let w = Tensor::from_slice(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], &[2, 3])?;
    /// let b = Tensor::from_slice(&[0.5, 0.0, -0.5], &[3])?;
    /// assert_eq!(x.linear(&w, Some(&b)).as_slice(), [9.5, 12.0, 14.5]);
    /// # Ok::<(), autodiff::tensor::Error>(())
    /// ```
    #[track_caller]
    pub fn linear(&self, weight: &Self, bias: Option<&Self>) -> Self {
        let mismatch = |lhs: &Self, rhs: &Self| -> ! {
            let (lhs, rhs) = (lhs.shape().to_vec(), rhs.shape().to_vec());
            Error::ShapeMismatch { op: "linear", lhs, rhs }.raise()
        };
        let &[inputs, outputs] = weight.shape() else { mismatch(self, weight) };
        if self.shape().last() != Some(&inputs) {
            mismatch(self, weight);
        }
        let rows = rows(&self.extents());
        let mut out = Tensor::stale(self.extents().with(self.rank() - 1, outputs));
        let mut update = Update::Replace;
        if let Some(bias) = bias {
            if bias.shape() != [outputs] {
                mismatch(weight, bias);
            }
            for row in out.slice_mut().chunks_exact_mut(outputs.max(1)) {
                row.copy_from_slice(bias.as_slice());
            }
            update = Update::Add;
        }
        let product = Product {
            a: self.as_slice(),
            transpose_a: false,
            b: weight.as_slice(),
            transpose_b: false,
            m: rows,
            k: inputs,
            n: outputs,
        };
        gemm(&product, out.slice_mut(), update);
        let saved = |saved: &mut Saved<T>, _: &Self| {
            saved.operands[0] = weight.stamp().map(|_| self.clone());
            saved.operands[1] = self.stamp().map(|_| weight.clone());
        };
        match bias {
            Some(bias) => record(&Linear, &[self, weight, bias], out, saved),
            None => record(&Linear, &[self, weight], out, saved),
        }
    }
}
