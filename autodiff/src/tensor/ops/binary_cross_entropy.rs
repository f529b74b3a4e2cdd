//! The loss of a yes-or-no classifier that returns logits.

use crate::tensor::array::Tensor;
use crate::tensor::element::Element;
use crate::tensor::error::Error;
use crate::tensor::kernels::{self, Function2};
use crate::tensor::sweep::Adjoints;
use crate::tensor::tape::{CONSTANT, Link, Rule, Saved, record};

/// $\ell = \frac1n \sum_i \left(\ln(1 + e^{x_i}) - t_i x_i\right)$:
/// $\bar x = \frac{\bar\ell}{n} (\sigma(x) - t)$, $\bar t = -\frac{\bar\ell}{n} x$.
#[derive(Debug)]
struct BinaryCrossEntropy;

impl<T: Element> Rule<T> for BinaryCrossEntropy {
    fn name(&self) -> &'static str {
        "binary_cross_entropy_with_logits"
    }

    fn pullback(&self, saved: &Saved<T>, cotangent: &Tensor<T>, which: usize) -> Tensor<T> {
        let (x, t) = (saved.operand(0), saved.operand(1));
        let scale = cotangent / T::from_usize(x.len());
        if which == 0 { (x.sigmoid() - t) * scale } else { -(x * scale) }
    }

    fn accumulate(
        &self,
        saved: &mut Saved<T>,
        links: &[Link; 3],
        cotangent: Tensor<T>,
        adjoints: &mut Adjoints<'_, T>,
    ) {
        let (x, t) = (saved.operand(0), saved.operand(1));
        if links[0] != CONSTANT {
            let slope = Slope { scale: cotangent.item() / T::from_usize(x.len()) };
            adjoints.update(links[0], |target, update| {
                kernels::zip_update(x.as_slice(), t.as_slice(), target, update, slope);
            });
        }
        if links[1] != CONSTANT {
            adjoints.add(links[1], self.pullback(saved, &cotangent, 1));
        }
    }
}

/// $s\,(\sigma(x) - t)$
#[derive(Clone, Copy)]
struct Slope<T> {
    scale: T,
}

impl<T: Element> Function2<T> for Slope<T> {
    #[inline(always)]
    fn at(self, x: T, t: T) -> T {
        self.scale * (T::ONE / (T::ONE + (-x).vector_exp()) - t)
    }
}

/// $\ln(1 + e^x) - t x$, written without overflow.
#[derive(Clone, Copy)]
struct Loss;

impl<T: Element> Function2<T> for Loss {
    #[inline(always)]
    fn at(self, x: T, t: T) -> T {
        let positive = if x <= T::ZERO { T::ZERO } else { x };
        positive - t * x + (-x.abs()).vector_exp().ln_1p()
    }
}

impl<T: Element> Tensor<T> {
    /// The mean binary cross-entropy of targets under the logistic function of logits, a tensor
    /// without axes.
    ///
    /// $$ \ell = -\frac1n \sum_i \left(t_i \ln \sigma(x_i) + (1 - t_i) \ln(1 - \sigma(x_i))\right)
    ///    = \frac1n \sum_i \left(\ln(1 + e^{x_i}) - t_i x_i\right) $$
    ///
    /// - `self`: the logits $x$, any shape;
    /// - `targets`: $t$, of the same shape, usually 0 or 1; smoothed targets lie between.
    ///
    /// Does not overflow for finite logits; NaN if there are no elements.
    ///
    /// # Panics
    /// If the shapes differ.
    ///
    /// # Examples
    /// ```
    /// use autodiff::tensor::Tensor;
    ///
    /// let x = Tensor::from_slice(&[0.0, 1000.0], &[2])?;
    /// let t = Tensor::from_slice(&[0.0, 1.0], &[2])?;
    /// let loss = x.binary_cross_entropy_with_logits(&t).item();
    /// assert!((loss - 0.5 * 2.0_f64.ln()).abs() < 1e-15);
    /// # Ok::<(), autodiff::tensor::Error>(())
    /// ```
    #[track_caller]
    pub fn binary_cross_entropy_with_logits(&self, targets: &Self) -> Self {
        if self.extents() != targets.extents() {
            let (lhs, rhs) = (self.shape().to_vec(), targets.shape().to_vec());
            Error::ShapeMismatch { op: "binary_cross_entropy_with_logits", lhs, rhs }.raise();
        }
        let mut losses = Self::stale(self.extents());
        kernels::zip(self.as_slice(), targets.as_slice(), losses.slice_mut(), Loss);
        let mean = kernels::sum(losses.as_slice()) / T::from_usize(self.len());
        record(&BinaryCrossEntropy, &[self, targets], Self::scalar(mean), |saved, _| {
            saved.operands = [Some(self.clone()), Some(targets.clone()), None];
        })
    }
}
