//! The tableau of Richardson's extrapolation to step 0.
//!
//! With quotients $D(h), D(h/c), D(h/c^2), \dots$ in the first column, whose error is a series in
//! $h^p, h^{p+q}, h^{p+2q}, \dots$, the entry
//!
//! $$A_{i,j} = \frac{c^{p+(j-1)q} A_{i,j-1} - A_{i-1,j-1}}{c^{p+(j-1)q} - 1}$$
//!
//! is rid of $j$ terms. The entry that differs least from its two parents is the estimate, and that
//! difference its error.
//!
//! Sources: L. F. Richardson, J. A. Gaunt (1927), *The deferred approach to the limit*,
//! Philosophical Transactions A 226, 299-361; C. J. F. Ridders (1982) for the choice of the entry.

use super::quotient::{Limit, Quotient, Sample};
use crate::Error;

/// The rows of the tableau.
const ROWS: usize = 10;

/// The steps of a tableau.
#[derive(Clone, Copy, Debug)]
pub(super) struct Steps {
    /// The ratio $c$ of successive steps.
    pub(super) shrink: f64,
    /// The ratio to the last step of the one that has to confirm the estimate.
    pub(super) check: f64,
}

/// What a tableau gives.
pub(super) struct Extrapolated {
    pub(super) value: f64,
    pub(super) truncation: f64,
    rounding: f64,
    /// The size of the derivative, by which errors are judged: that of the estimate or of the
    /// quotient at the shortest step, which still is a scale where the derivative vanishes.
    slope: f64,
    /// The last step, and by how much the slope changes over it.
    step: f64,
    bend: f64,
}

impl Extrapolated {
    pub(super) fn error(&self) -> f64 {
        self.truncation + self.rounding
    }

    /// Whether the truncation is below a part of the slope, or below the rounding, beyond which
    /// no step can bring it.
    pub(super) fn truncation_below(&self, part: f64) -> bool {
        (self.error() + self.slope).is_finite()
            && self.truncation <= (part * self.slope).max(self.rounding)
    }

    /// Whether the values do not differ at all.
    pub(super) fn is_flat(&self) -> bool {
        self.slope == 0.0
    }

    /// Takes the distance to a result of shorter steps for the error where that is larger than
    /// both errors together.
    pub(super) fn refuted_by(&mut self, shorter: &Extrapolated) {
        let distance = (self.value - shorter.value).abs();
        if distance > self.error() + shorter.error() {
            self.truncation = distance;
        }
    }

    pub(super) fn limit(&self) -> Limit {
        Limit { value: self.value, error: self.error(), step: self.step, bend: self.bend }
    }
}

impl<F: FnMut(f64) -> Result<Sample, Error>> Quotient<F> {
    /// One tableau from the relative step `first`.
    pub(super) fn tableau(&mut self, first: f64, steps: Steps) -> Result<Extrapolated, Error> {
        let mut s = first;
        let mut last = (self.sample)(s)?;
        let mut above = [last.value; ROWS];
        let mut worse_rows = 0;
        let mut best = Extrapolated {
            value: last.value,
            truncation: f64::INFINITY,
            rounding: last.rounding,
            slope: 0.0,
            step: first,
            bend: 0.0,
        };
        for i in 1..ROWS {
            s /= steps.shrink;
            last = (self.sample)(s)?;
            let mut row = [last.value; ROWS];
            let mut amplification = 1.0;
            for j in 1..=i {
                let factor = steps.shrink.powi(self.order + (j as i32 - 1) * self.increment);
                row[j] = (factor * row[j - 1] - above[j - 1]) / (factor - 1.0);
                amplification *= (factor + 1.0) / (factor - 1.0);
                let truncation = (row[j] - row[j - 1]).abs().max((row[j] - above[j - 1]).abs());
                let rounding = amplification * last.rounding;
                if truncation + rounding < best.error() {
                    (best.value, best.truncation, best.rounding) = (row[j], truncation, rounding);
                }
            }
            // Higher orders only get worse from here on (twice, because one entry may be close by
            // accident), or nothing is left but rounding, which grows as the steps shrink.
            let worse = (row[i] - above[i - 1]).abs() >= 2.0 * best.error();
            worse_rows = if worse { worse_rows + 1 } else { 0 };
            if worse_rows == 2 || best.truncation <= 0.5 * best.rounding {
                break;
            }
            above = row;
        }
        // A much shorter step has to come closer, up to rounding. Where it does not, the steps
        // were too long, or the values are less accurate than supposed: its distance is the error.
        let check = (self.sample)(steps.check * s)?;
        let distance = (check.value - best.value).abs();
        let closer = 0.5 * (last.value - best.value).abs();
        if distance > closer + best.error() + 4.0 * check.rounding {
            best.truncation = distance;
        }
        best.slope = best.value.abs().max(last.value.abs());
        best.step = s;
        best.bend = last.bend.max((last.value - best.value).abs());
        Ok(best)
    }
}
