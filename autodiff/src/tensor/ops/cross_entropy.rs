//! The loss of a classifier that returns logits.

use crate::tensor::array::Tensor;
use crate::tensor::element::Element;
use crate::tensor::error::Error;
use crate::tensor::kernels::{self, RowSoftmax, Rows};
use crate::tensor::shape::Shape;
use crate::tensor::storage::Storage;
use crate::tensor::sweep::Adjoints;
use crate::tensor::tape::{CONSTANT, Link, Rule, Saved, record};

/// $\ell = \frac1b \sum_i \left(\ln \sum_j e^{x_{ij}} - x_{i c_i}\right)$:
/// $\bar x = \frac{\bar\ell}{b} \left(\mathrm{softmax}(x) - \text{one-hot}(c)\right)$.
#[derive(Debug)]
struct SoftmaxCrossEntropy;

impl<T: Element> Rule<T> for SoftmaxCrossEntropy {
    fn name(&self) -> &'static str {
        "softmax_cross_entropy"
    }

    fn pullback(&self, saved: &Saved<T>, cotangent: &Tensor<T>, _: usize) -> Tensor<T> {
        let x = saved.operand(0);
        let mut one_hot = Tensor::filled(x.extents(), T::ZERO);
        let width = x.shape()[1];
        for (i, &label) in labels(saved).iter().enumerate() {
            one_hot.slice_mut()[i * width + label] = T::ONE;
        }
        let scale = cotangent / T::from_usize(x.shape()[0]);
        (x.softmax(1) - one_hot) * scale
    }

    fn accumulate(
        &self,
        saved: &mut Saved<T>,
        links: &[Link; 3],
        cotangent: Tensor<T>,
        adjoints: &mut Adjoints<'_, T>,
    ) {
        if links[0] == CONSTANT {
            return;
        }
        // The softmax was computed with the loss and is nobody else's: it becomes the adjoint.
        let mut p = saved.operands[1].take().expect("the rule saved the softmax");
        let scale = cotangent.item() / T::from_usize(p.shape()[0]);
        let width = p.shape()[1];
        let rows = &mut Scaled { scale, labels: labels(saved) };
        kernels::for_each_row(p.slice_mut(), width, rows);
        adjoints.add(links[0], p);
    }
}

fn labels<T: Element>(saved: &Saved<T>) -> &[usize] {
    &saved.indices.as_ref().expect("the rule saved the labels").as_slice()[..saved.shapes[0][0]]
}

/// $(p - \text{one-hot}) \cdot s$, in place of $p$.
struct Scaled<'a, T> {
    scale: T,
    labels: &'a [usize],
}

impl<T: Element> Rows<T> for Scaled<'_, T> {
    #[inline(always)]
    fn row(&mut self, index: usize, row: &mut [T]) {
        row[self.labels[index]] -= T::ONE;
        for p in row {
            *p *= self.scale;
        }
    }
}

/// Adds up $\ln \sum_j e^{x_j - m} - (x_c - m)$ for the largest element $m$ of each row.
struct Losses<'a, T> {
    labels: &'a [usize],
    total: T,
}

impl<T: Element> RowSoftmax<T> for Losses<'_, T> {
    #[inline(always)]
    fn shifted(&mut self, index: usize, row: &[T]) {
        self.total -= row[self.labels[index]];
    }
    #[inline(always)]
    fn summed(&mut self, _: usize, sum: T) {
        self.total += sum.ln();
    }
}

impl<T: Element> Tensor<T> {
    /// The mean cross-entropy of class labels under the softmax of logits, a tensor without axes.
    ///
    /// $$ \ell = \frac1b \sum_{i=1}^b \left(\ln \sum_j e^{x_{ij}} - x_{i c_i}\right) $$
    ///
    /// - `self`: the logits $x$, shape `[b, classes]`;
    /// - `labels`: the classes $c$, length $b$, each below the number of classes.
    ///
    /// Does not overflow. A row with NaN or $+\infty$, or of $-\infty$ only, makes the loss NaN; so
    /// does an empty batch.
    ///
    /// # Panics
    /// If the logits do not have two axes, there are not as many labels as rows, or a label is not
    /// below the number of classes.
    ///
    /// # Examples
    /// ```
    /// use autodiff::tensor::Tensor;
    ///
    /// let logits = Tensor::from_slice(&[0.0, 0.0, 0.0, 3.0_f64.ln()], &[2, 2])?;
    /// let loss = logits.softmax_cross_entropy(&[0, 1]).item();
    /// assert!((loss - (2.0_f64.ln() + (4.0_f64 / 3.0).ln()) / 2.0).abs() < 1e-15);
    /// # Ok::<(), autodiff::tensor::Error>(())
    /// ```
    #[track_caller]
    pub fn softmax_cross_entropy(&self, labels: &[usize]) -> Self {
        let &[rows, classes] = self.shape() else {
            let (lhs, rhs) = (self.shape().to_vec(), vec![labels.len()]);
            Error::ShapeMismatch { op: "softmax_cross_entropy", lhs, rhs }.raise()
        };
        if labels.len() != rows {
            let (lhs, rhs) = (self.shape().to_vec(), vec![labels.len()]);
            Error::ShapeMismatch { op: "softmax_cross_entropy", lhs, rhs }.raise();
        }
        if let Some((row, &label)) = labels.iter().enumerate().find(|(_, label)| **label >= classes)
        {
            Error::LabelOutOfRange { label, row, classes }.raise();
        }
        let mut softmax = Self::stale(self.extents());
        let mut losses = Losses { labels, total: T::ZERO };
        kernels::softmax_rows(self.as_slice(), softmax.slice_mut(), classes, &mut losses);
        let out = Tensor::filled(Shape::SCALAR, losses.total / T::from_usize(rows));
        record(&SoftmaxCrossEntropy, &[self], out, |saved, _| {
            let (mut indices, _) = Storage::stale(rows);
            let kept = indices.get_mut().expect("a fresh buffer is not shared");
            kept[..rows].copy_from_slice(labels);
            saved.indices = Some(indices);
            saved.operands = [Some(self.clone()), Some(softmax), None];
        })
    }
}
