//! Dropout.

use crate::tensor::array::Tensor;
use crate::tensor::element::Element;
use crate::tensor::error::Error;

impl<T: Element> Tensor<T> {
    /// Each element set to zero with probability `rate`, the others multiplied by
    /// $1 / (1 - \text{rate})$, so that the expectation is unchanged (N. Srivastava et al., 2014,
    /// scaled while training).
    ///
    /// - `rate`: in [0, 1);
    /// - `uniform`: called once for each element in row-major order; returns numbers uniformly
    ///   distributed in [0, 1).
    ///
    /// # Panics
    /// If the rate is not in [0, 1).
    ///
    /// # Examples
    /// ```
    /// use autodiff::tensor::Tensor;
    ///
    /// let mut draws = [0.9, 0.1, 0.5, 0.4].into_iter();
    /// let x = Tensor::<f32>::ones(&[4]);
    /// let y = x.dropout(0.5, || draws.next().unwrap_or(0.0));
    /// assert_eq!(y.as_slice(), [2.0, 0.0, 2.0, 0.0]);
    /// ```
    #[track_caller]
    pub fn dropout(&self, rate: f64, mut uniform: impl FnMut() -> f64) -> Self {
        if !(0.0..1.0).contains(&rate) {
            Error::RateOutOfRange { rate }.raise();
        }
        if rate == 0.0 {
            return self.clone();
        }
        let kept = T::from_f64(1.0 / (1.0 - rate));
        let mask = Self::from_fn(self.shape(), |_| if uniform() < rate { T::ZERO } else { kept });
        self * &mask
    }
}
