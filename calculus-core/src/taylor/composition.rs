//! Composition of series and its inverse.

use super::Series;
use crate::{Error, Real};

impl<T: Real> Series<T> {
    /// The composition $f(g(t)) = \sum_k f_k\,g(t)^k$ of this series $f$ with `inner`, $g$.
    ///
    /// A series is one in the displacement from its point of expansion, so $g(0)$ has to be 0. For
    /// a function $f$ that was expanded at $x_0$ and an inner function with the value $x_0$, that
    /// is `f.compose(&(g - x0))`.
    ///
    /// Horner's rule with products to the order that counts: $n^3/6$ multiplications.
    ///
    /// # Errors
    /// [`Error::OutsideDomain`] unless $g(0) = 0$.
    ///
    /// # Examples
    /// ```
    /// use calculus_core::taylor::Series;
    /// let t = Series::variable(0.0, 5);
    /// let logarithm = Series::variable(2.0, 5).ln(); // at 2
    /// let inner = 2.0 + t.sin();
    /// let y = logarithm.compose(&(&inner - 2.0))?;
    /// for (a, b) in y.coefficients().iter().zip(inner.ln().coefficients()) {
    ///     assert!((a - b).abs() < 1e-15);
    /// }
    /// assert!(logarithm.compose(&inner).is_err());
    /// # Ok::<(), calculus_core::Error>(())
    /// ```
    pub fn compose(&self, inner: &Self) -> Result<Self, Error> {
        if inner.value() == 0.0 {
            Ok(self.compose_displacement(inner))
        } else {
            Err(Error::OutsideDomain {
                op: "series composition",
                argument: "the value of the inner series",
                domain: "0",
                value: inner.value().value(),
            })
        }
    }

    /// [`compose`](Series::compose) with a series whose value is 0.
    pub(super) fn compose_displacement(&self, inner: &Self) -> Self {
        let order = self.order().min(inner.order());
        let f = self.coefficients();
        let mut y = Self::constant(f[order], 0);
        for k in (0..order).rev() {
            // y g = t (y g/t): what is multiplied by g another k times counts to order n - k only.
            let product = &y * inner.without_factor(1);
            y = product.with_factor(1, order - k).with_value(f[k]);
        }
        y
    }

    /// The reversion: the series $t(s)$ that undoes $s = x(t) - x_0$.
    ///
    /// Lagrange's formula: with $h(t) = (x(t) - x_0)/t$,
    ///
    /// $$t_k = \frac1k [t^{k-1}]\,h(t)^{-k}, \qquad t_0 = 0,$$
    ///
    /// where each power costs $n^2$ operations. It is the Taylor series of the inverse function:
    /// that of $x$ at $x_0$ is the point of expansion of $x$ plus $t(s)$.
    ///
    /// # Errors
    /// [`Error::Singular`] where $x_1 = 0$ or the order is 0, [`Error::OutsideDomain`] for a
    /// coefficient that is infinite or NaN.
    ///
    /// Source: P. Henrici (1974), *Applied and Computational Complex Analysis*, vol. 1, theorem
    /// 1.9a.
    ///
    /// # Examples
    /// ```
    /// use calculus_core::taylor::Series;
    /// let t = Series::variable(0.0, 7);
    /// let arcsine = t.sin().reversion()?;
    /// for (a, b) in arcsine.coefficients().iter().zip(t.asin().coefficients()) {
    ///     assert!((a - b).abs() < 1e-15);
    /// }
    /// # Ok::<(), calculus_core::Error>(())
    /// ```
    pub fn reversion(&self) -> Result<Self, Error> {
        const OP: &str = "series reversion";
        let invalid = self.coefficients().iter().map(|x| x.value()).find(|x| !x.is_finite());
        if let Some(value) = invalid {
            let (argument, domain) = ("a coefficient", "finite");
            return Err(Error::OutsideDomain { op: OP, argument, domain, value });
        }
        let slope = self.coefficients().get(1).map_or(0.0, |x| x.value());
        if slope == 0.0 {
            return Err(Error::Singular { op: OP, index: 1, pivot: slope });
        }
        let h = self.without_factor(1);
        Ok(Self::recur(T::from(0.0), self.order(), |_, k| {
            let power = h.truncated(k - 1).powf(-(k as f64));
            power.coefficient(k - 1) / k as f64
        }))
    }
}
