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

use super::axis::{Axis, Point};
use super::quotient::{Limit, Quotient, Sample};
use super::tableau::{Extrapolated, Steps};
use super::{Differences, Estimate, Scheme, central, forward};
use crate::Error;

/// The steps of a tableau.
///
/// The usual ratio 1.4 is a fraction of small integers, and a wave that has a zero of
/// $\sin(\omega h)$ at one step then has it at the next ones too; no power of $e^{1/3}$ is rational.
const STEPS: Steps = Steps { shrink: 1.395_612_425_086_089_5, check: RESTART };
/// The ratio by which the first step of a tableau shrinks from one to the next, and the step of the
/// confirmation from the last one: $c^{-7} = 0.097$.
const RESTART: f64 = 0.096_971_967_864_405_05;
/// The first relative step.
const FIRST_STEP: f64 = 0.1;
/// The relative step at which no shorter one is tried.
const LAST_STEP: f64 = 1e-9;
/// A tableau whose truncation is below this part of the slope needs no shorter steps.
const ACCEPTED: f64 = 1e-11;
/// An estimate whose error exceeds this part of the slope is a failure.
const TOLERATED: f64 = 1e-4;
/// A tableau whose truncation is below this part of the slope has seen a slope at all.
const CONSISTENT: f64 = 0.1;

/// The derivative of `f` at `x` by Ridders' extrapolation of central differences.
///
/// Accurate to some $10^{-13}$ relative for a smooth function. The length scale is taken as
/// $\max(1, |x|)$; [`Differences`] sets another one, and bounds. Costs 10 to 25 evaluations where
/// the first tableau converges, up to 25 per factor of ten below the scale otherwise, and three
/// that show a kink at $x$ itself.
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

impl<F: FnMut(f64) -> Result<Sample, Error>> Quotient<F> {
    /// Ridders' method with steps that shrink until the tableau converges.
    pub(super) fn extrapolated(&mut self) -> Result<Limit, Error> {
        let mut best: Option<Extrapolated> = None;
        let mut failure = None;
        let mut s = FIRST_STEP;
        while s > LAST_STEP {
            match self.tableau(s, STEPS) {
                Ok(tableau) => {
                    let accepted = tableau.truncation_below(ACCEPTED);
                    // Values that are rounded coarsely, as those of a single-precision function,
                    // form stairs, on one of which the shorter steps have stayed.
                    let consistent = |best: &Extrapolated| best.truncation_below(CONSISTENT);
                    if tableau.is_flat() && best.as_ref().is_some_and(consistent) {
                        break;
                    }
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
            (Some(best), _) if best.truncation_below(TOLERATED) => Ok(best.limit()),
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
}

/// The extrapolated difference along an axis.
pub(super) fn limit(
    f: &mut impl FnMut(f64) -> Result<Point, Error>,
    axis: Axis,
    at_x: f64,
    noise: f64,
) -> Result<Limit, Error> {
    let coordinate = axis.coordinate;
    if axis.is_symmetric() {
        let sample = |s: f64| central::symmetric(f, axis, at_x, noise, s);
        return Quotient { sample, order: 2, increment: 2, coordinate, errors: true }
            .extrapolated();
    }
    let sample = |s: f64| forward::quotient(f, axis, at_x, noise, s);
    Quotient { sample, order: 1, increment: 1, coordinate, errors: true }.extrapolated()
}
