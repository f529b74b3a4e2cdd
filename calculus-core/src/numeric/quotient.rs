//! Difference quotients as functions of the step, and their values at a fixed step.

use super::Estimate;
use crate::Error;

/// A difference quotient at one step.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sample {
    pub(super) value: f64,
    /// The rounding error that the values of the function bring in.
    pub(super) rounding: f64,
    /// By how much the slope changes over the step, which grows at least as the step does.
    pub(super) bend: f64,
}

impl Sample {
    pub(super) fn new(value: f64, rounding: f64) -> Self {
        Self { value, rounding, bend: 0.0 }
    }
}

/// What quotients at some steps say about the limit at step 0.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limit {
    pub(super) value: f64,
    pub(super) error: f64,
    /// The shortest relative step.
    pub(super) step: f64,
    /// The bend at that step.
    pub(super) bend: f64,
}

impl Limit {
    pub(super) fn estimate(self) -> Estimate {
        Estimate { value: self.value, error: self.error }
    }
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
    /// The quotient at the fixed step `s`: see [`extrapolated_from`](Self::extrapolated_from).
    pub(super) fn fixed(&mut self, s: f64) -> Result<Limit, Error> {
        self.extrapolated_from(s, 0)
    }

    /// The quotient at the steps $s, 2s, \dots, 2^l s$, from which the leading $l$ terms of the
    /// error are eliminated, with the truncation measured against the same from the step $2s$ on:
    /// $D(2s) - D(s) \approx (2^p - 1)(D(s) - D(0))$ for the order $p$ that is left.
    ///
    /// The factor $1/(2^p - 1)$ is taken three times, on the safe side because the next orders are
    /// not seen, and at most 2. Where the first order is left, the next one may well cancel it in
    /// that difference, beside an inflection; the one between $4s$ and $2s$ then tells.
    pub(super) fn extrapolated_from(&mut self, s: f64, levels: usize) -> Result<Limit, Error> {
        let order = self.order + levels as i32 * self.increment;
        let comparisons = match self.errors {
            true if order == 1 => 2,
            true => 1,
            false => 0,
        };
        let samples: Vec<Sample> = (0..=levels + comparisons)
            .map(|k| (self.sample)(s * f64::powi(2.0, k as i32)))
            .collect::<Result<_, _>>()?;
        let eliminated: Vec<Sample> =
            samples.windows(levels + 1).map(|samples| self.eliminated(samples)).collect();
        let Sample { value, rounding, .. } = eliminated[0];
        let bend = samples[0].bend.max((samples[0].value - value).abs());
        if !self.errors && value.is_finite() {
            return Ok(Limit { value, error: f64::INFINITY, step: s, bend });
        }
        let mut safety = (3.0 / (f64::powi(2.0, order) - 1.0)).min(2.0);
        let mut truncation = 0.0_f64;
        for pair in eliminated.windows(2) {
            truncation = truncation.max(safety * (pair[1].value - pair[0].value).abs());
            safety /= f64::powi(2.0, order);
        }
        let error = truncation + rounding;
        if value.is_finite() && error.is_finite() {
            Ok(Limit { value, error, step: s, bend })
        } else {
            // The quotient itself overflowed.
            Err(Error::NotConverged { coordinate: self.coordinate, value, error })
        }
    }

    /// Richardson's elimination of the leading errors from quotients at $s, 2s, 4s, \dots$
    fn eliminated(&self, samples: &[Sample]) -> Sample {
        let mut row = samples.to_vec();
        for level in 0..samples.len() - 1 {
            let factor = f64::powi(2.0, self.order + level as i32 * self.increment);
            for k in 0..samples.len() - 1 - level {
                let (fine, coarse) = (row[k], row[k + 1]);
                row[k] = Sample::new(
                    (factor * fine.value - coarse.value) / (factor - 1.0),
                    (factor * fine.rounding + coarse.rounding) / (factor - 1.0),
                );
            }
        }
        row[0]
    }
}
