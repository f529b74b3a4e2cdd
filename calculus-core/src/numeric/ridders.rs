//! Ridders' extrapolated differences: the accurate scheme.
//!
//! The error of a central difference is a series in $h^2$. With the quotients $D(h_0)$,
//! $D(h_0/c)$, $D(h_0/c^2), \dots$ for $c = e^{1/3}$ in the first column, Neville's tableau
//!
//! $$A_{i,j} = \frac{c^{2j} A_{i,j-1} - A_{i-1,j-1}}{c^{2j} - 1}$$
//!
//! removes one order per column. The entry that differs least from its two parents is the
//! estimate, and that difference its error. The first step may be large, so rounding is amplified
//! little: seven more digits than a central difference at the cost of some ten evaluations.
//!
//! Extrapolation from steps that are longer than the function's own scale gives a number without
//! meaning ($\sin 100x$ from $h_0 = 0.1$). Two things prevent that here: a quotient at a tenth of
//! the last step has to confirm the extrapolated value, or its distance is taken for the error; and
//! a tableau that does not converge is set up again with steps ten times shorter. If none
//! converges, the result is a failure.
//!
//! Sources: C. J. F. Ridders (1982), *Accurate computation of F'(x) and F'(x)F''(x)*, Advances in
//! Engineering Software 4(2), 75-76; W. H. Press et al. (2007), *Numerical Recipes*, 3rd ed.,
//! section 5.7.

use super::axis::Axis;
use super::quotient::{Quotient, Sample};
use super::{Differences, Estimate, Scheme, central};
use crate::Error;

/// The ratio $c$ of successive steps. The usual 1.4 is a fraction of small integers, and a wave that
/// has a zero of $\sin(\omega h)$ at one step then has it at the next ones too; no power of
/// $e^{1/3}$ is rational.
const SHRINK: f64 = 1.395_612_425_086_089_5;
/// The ratio by which the first step of a tableau shrinks from one to the next, and the step of the
/// confirmation from the last one: $c^{-7} = 0.097$.
const RESTART: f64 = 0.096_971_967_864_405_05;
/// The rows of the tableau.
const ROWS: usize = 10;
/// The first relative step.
const FIRST_STEP: f64 = 0.1;
/// The relative step at which no shorter one is tried.
const LAST_STEP: f64 = 1e-9;
/// A tableau whose truncation is below this part of the slope needs no shorter steps.
const ACCEPTED: f64 = 1e-11;
/// An estimate whose error exceeds this part of the slope is a failure.
const TOLERATED: f64 = 1e-4;

/// The derivative of `f` at `x` by Ridders' extrapolation of central differences.
///
/// Accurate to some $10^{-13}$ relative for a smooth function. The length scale is taken as
/// $\max(1, |x|)$; [`Differences`] sets another one, and bounds. Costs 10 to 25 evaluations where
/// the first tableau converges, up to 25 per factor of ten below the scale otherwise.
///
/// # Errors
/// [`Error::NotConverged`] where no step gives consistent quotients, [`Error::NonFiniteValue`] and
/// [`Error::NonFinitePoint`] where `f` or `x` is not finite. Steps at which `f` is not finite are
/// shortened first.
///
/// # Examples
/// ```
/// use calculus_core::numeric::ridders;
/// let slope = ridders(|x| (100.0 * x).sin(), 0.7)?;
/// let exact = 100.0 * 70.0_f64.cos();
/// assert!((slope.value - exact).abs() <= slope.error);
/// assert!(slope.relative_error() < 1e-10);
///
/// assert!(ridders(f64::cbrt, 0.0).is_err()); // vertical
/// # Ok::<(), calculus_core::Error>(())
/// ```
pub fn ridders(f: impl FnMut(f64) -> f64, x: f64) -> Result<Estimate, Error> {
    Differences::new(Scheme::Ridders).derivative(f, x)
}

/// What a tableau gives.
struct Extrapolated {
    value: f64,
    truncation: f64,
    rounding: f64,
    /// The size of the derivative, by which errors are judged: that of the estimate or of the
    /// quotient at the shortest step, which still is a scale where the derivative vanishes.
    slope: f64,
}

impl Extrapolated {
    fn error(&self) -> f64 {
        self.truncation + self.rounding
    }

    /// Whether the truncation is below a part of the slope, or below the rounding, beyond which
    /// no step can bring it.
    fn truncation_below(&self, part: f64) -> bool {
        (self.error() + self.slope).is_finite()
            && self.truncation <= (part * self.slope).max(self.rounding)
    }

    /// Takes the distance to a result of shorter steps for the error where that is larger than
    /// both errors together.
    fn refuted_by(&mut self, shorter: &Extrapolated) {
        let distance = (self.value - shorter.value).abs();
        if distance > self.error() + shorter.error() {
            self.truncation = distance;
        }
    }
}

impl<F: FnMut(f64) -> Result<Sample, Error>> Quotient<F> {
    /// Ridders' method with steps that shrink until the tableau converges.
    pub(super) fn extrapolated(&mut self) -> Result<Estimate, Error> {
        let mut best: Option<Extrapolated> = None;
        let mut failure = None;
        let mut s = FIRST_STEP;
        while s > LAST_STEP {
            match self.tableau(s) {
                Ok(tableau) => {
                    let accepted = tableau.truncation_below(ACCEPTED);
                    if let Some(best) = &mut best {
                        best.refuted_by(&tableau);
                    }
                    if best.as_ref().is_none_or(|best| tableau.error() < best.error()) {
                        best = Some(tableau);
                    }
                    if accepted {
                        break;
                    }
                }
                // The step may have left the domain; a shorter one may not.
                Err(error @ Error::NonFiniteValue { .. }) => failure = Some(error),
                Err(error) => return Err(error),
            }
            s *= RESTART;
        }
        match (best, failure) {
            (Some(best), _) if best.truncation_below(TOLERATED) => {
                Ok(Estimate { value: best.value, error: best.error() })
            }
            (Some(best), _) => Err(self.not_converged(&best)),
            (None, Some(failure)) => Err(failure),
            (None, None) => unreachable!("a tableau is an estimate or a failure"),
        }
    }

    fn not_converged(&self, tableau: &Extrapolated) -> Error {
        Error::NotConverged {
            coordinate: self.coordinate,
            value: tableau.value,
            error: tableau.error(),
        }
    }

    /// One tableau from the relative step `first`.
    fn tableau(&mut self, first: f64) -> Result<Extrapolated, Error> {
        let mut s = first;
        let mut last = (self.sample)(s)?;
        let mut above = [last.value; ROWS];
        let mut worse_rows = 0;
        let mut best = Extrapolated {
            value: last.value,
            truncation: f64::INFINITY,
            rounding: last.rounding,
            slope: 0.0,
        };
        for i in 1..ROWS {
            s /= SHRINK;
            last = (self.sample)(s)?;
            let mut row = [last.value; ROWS];
            let mut amplification = 1.0;
            for j in 1..=i {
                let factor = SHRINK.powi(self.order + (j as i32 - 1) * self.increment);
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
        // A step ten times shorter has to come closer, up to rounding. Where it does not, the steps
        // were too long, or the values are less accurate than supposed: its distance is the error.
        let check = (self.sample)(RESTART * s)?;
        let distance = (check.value - best.value).abs();
        let closer = 0.5 * (last.value - best.value).abs();
        if distance > closer + best.error() + 4.0 * check.rounding {
            best.truncation = distance;
        }
        best.slope = best.value.abs().max(last.value.abs());
        Ok(best)
    }
}

/// The extrapolated difference along an axis.
pub(super) fn estimate(
    f: &mut impl FnMut(f64) -> Result<f64, Error>,
    axis: Axis,
    noise: f64,
) -> Result<Estimate, Error> {
    let order = if axis.is_symmetric() { 2 } else { 1 };
    let sample = |s: f64| central::symmetric(f, axis, noise, s);
    let coordinate = axis.coordinate;
    Quotient { sample, order, increment: order, coordinate, errors: true }.extrapolated()
}
