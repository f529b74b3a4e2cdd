//! A number with its uncertainty.

/// A numerical estimate with an estimate of its absolute error.
///
/// The error adds the truncation of the formula, measured by comparing two steps, and the rounding
/// of the function values, $\varepsilon(|f| + |x f'|)/h$, or is the distance to a quotient at a much
/// shorter step where that is larger. It is an estimate and not a bound: it
/// supposes that the function is evaluated to a few units in the last place, or to the
/// [noise](super::Differences::noise) that was stated.
///
/// # Examples
/// ```
/// use calculus_core::numeric::central_difference;
/// let slope = central_difference(|x| x.exp(), 1.0)?;
/// assert!((slope.value - 1.0_f64.exp()).abs() <= slope.error);
/// assert!(slope.relative_error() < 1e-9);
/// # Ok::<(), calculus_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Estimate<V = f64> {
    /// The estimate: a number, or the entries of a gradient or of a row-major matrix.
    pub value: V,
    /// The estimated absolute error, of the same shape.
    pub error: V,
}

impl Estimate<f64> {
    /// The error divided by $|$value$|$; infinite for a value of 0 that is not exact.
    pub fn relative_error(self) -> f64 {
        if self.error == 0.0 { 0.0 } else { self.error / self.value.abs() }
    }
}

impl Estimate<Vec<f64>> {
    /// An estimate of `length` entries, all zero and exact.
    pub(super) fn zeros(length: usize) -> Self {
        Self { value: vec![0.0; length], error: vec![0.0; length] }
    }

    /// The entry `index`.
    ///
    /// # Panics
    /// If `index` is out of range.
    #[track_caller]
    pub fn entry(&self, index: usize) -> Estimate {
        Estimate { value: self.value[index], error: self.error[index] }
    }

    pub(super) fn set(&mut self, index: usize, entry: Estimate) {
        self.value[index] = entry.value;
        self.error[index] = entry.error;
    }
}
