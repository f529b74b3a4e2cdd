//! Difference quotients as functions of the step, and what every scheme makes of them.

use super::Estimate;
use crate::Error;

/// A difference quotient at one step, with the rounding error that the values bring in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sample {
    pub(super) value: f64,
    pub(super) rounding: f64,
}

/// A difference quotient $D(s)$ as a function of the relative step $s$, where
/// $D(s) = D(0) + c_0 s^{p} + c_1 s^{p+q} + c_2 s^{p+2q} + \dots$
pub(super) struct Quotient<F: FnMut(f64) -> Result<Sample, Error>> {
    pub(super) sample: F,
    /// The order $p$ of the leading error.
    pub(super) order: i32,
    /// The increment $q$ of the orders that follow.
    pub(super) increment: i32,
    pub(super) coordinate: usize,
    /// Whether the error at a fixed step is estimated.
    pub(super) errors: bool,
}

/// The better of the estimates that the candidates give.
///
/// A candidate that fails counts for nothing as long as another one succeeds.
pub(super) fn better(
    first: Result<Estimate, Error>,
    second: Option<Result<Estimate, Error>>,
) -> Result<Estimate, Error> {
    match (first, second) {
        (first, None) => first,
        (Err(_), Some(second @ Ok(_))) => second,
        (Ok(first), Some(Ok(second))) if second.error < first.error => Ok(second),
        (first, Some(_)) => first,
    }
}

impl<F: FnMut(f64) -> Result<Sample, Error>> Quotient<F> {
    /// The quotient at the fixed step `s`, without an estimate of its error: it is infinite.
    fn once(&mut self, s: f64) -> Result<Estimate, Error> {
        let (value, error) = ((self.sample)(s)?.value, f64::INFINITY);
        if value.is_finite() {
            Ok(Estimate { value, error })
        } else {
            Err(Error::NotConverged { coordinate: self.coordinate, value, error })
        }
    }

    /// The quotient at the fixed step `s`, with the truncation measured against the step `2s`:
    /// $D(2s) - D(s) \approx (2^p - 1)(D(s) - D(0))$.
    ///
    /// The factor $1/(2^p - 1)$ is replaced by 2 for $p = 1$ and by 1 for $p = 2$, on the safe
    /// side by 2 and 3, because the next orders are not seen.
    pub(super) fn fixed(&mut self, s: f64) -> Result<Estimate, Error> {
        if !self.errors {
            return self.once(s);
        }
        let fine = (self.sample)(s)?;
        let coarse = (self.sample)(2.0 * s)?;
        let safety = if self.order == 1 { 2.0 } else { 1.0 };
        let truncation = safety * (coarse.value - fine.value).abs();
        let (value, error) = (fine.value, truncation + fine.rounding);
        if error.is_finite() {
            Ok(Estimate { value, error })
        } else {
            // The quotient itself overflowed.
            Err(Error::NotConverged { coordinate: self.coordinate, value, error })
        }
    }
}
