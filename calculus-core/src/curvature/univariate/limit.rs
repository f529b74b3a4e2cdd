//! Limits of functions, by extrapolation.
//!
//! The function is evaluated at distances $h_k = s\,c^{-k}$ from the point (at $s\,c^k$ for a limit
//! at infinity). Where $f(x_0 + h) = f_0 + \sum a_i h^{p_i}$, whatever the exponents, the values are
//! a sum of geometric sequences, which Wynn's epsilon algorithm takes to its limit. An extrapolated
//! value is only believed if the values themselves come closer to it: the algorithm also gives
//! numbers to sequences that diverge, and $1/x$ has the antilimit 0.
//!
//! Rounding of the function is not seen by extrapolation: two sets of samples, one shifted by
//! $\sqrt c$, have to agree, and their difference is part of the error.
//!
//! The ratio $c = \sqrt e$ is irrational with all of its powers, so that the samples of an
//! oscillation do not fall on points of equal phase, as powers of 2 do for $\sin(2\pi/x)$.

use super::epsilon::EpsilonTable;
use crate::{Error, Estimate};

/// The ratio $c$ of successive distances.
const RATIO: f64 = 1.648_721_270_700_128_2;
/// The largest number of samples: distances down to $e^{-50}$ of the first one.
const SAMPLES: usize = 100;
/// The samples in which values have to come closer to a limit, or are seen to move.
const WINDOW: usize = 4;
/// The relative error at which no more samples are taken.
const ACCEPTED: f64 = 1e-12;
/// The relative error above which there is no result.
const TOLERATED: f64 = 1e-8;

/// Where a limit is taken, and from which side.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Approach {
    /// $x \to x_0$ from below.
    Left(f64),
    /// $x \to x_0$ from above.
    Right(f64),
    /// $x \to x_0$ from both sides, which have to agree.
    Both(f64),
    /// $x \to \infty$.
    Infinity,
    /// $x \to -\infty$.
    NegativeInfinity,
}

/// The limit of a function, with default settings: see [`Limit`].
///
/// # Errors
/// As [`Limit::evaluate`].
///
/// # Examples
/// ```
/// use calculus_core::Error;
/// use calculus_core::curvature::univariate::{Approach, limit};
/// let sinc = limit(|x: f64| x.sin() / x, Approach::Both(0.0))?;
/// assert!((sinc.value - 1.0).abs() <= sinc.error && sinc.error < 1e-10);
///
/// let e = limit(|x: f64| (1.0 + 1.0 / x).powf(x), Approach::Infinity)?;
/// assert!((e.value - 1.0_f64.exp()).abs() <= e.error && e.error < 1e-8);
///
/// assert!(matches!(limit(|x| 1.0 / x, Approach::Right(0.0)), Err(Error::Divergent { .. })));
/// let oscillation = limit(|x: f64| (1.0 / x).sin(), Approach::Right(0.0));
/// assert!(matches!(oscillation, Err(Error::Oscillating { .. })));
/// # Ok::<(), Error>(())
/// ```
pub fn limit(f: impl FnMut(f64) -> f64, approach: Approach) -> Result<Estimate, Error> {
    Limit::new(approach)?.evaluate(f)
}

/// A limit: where it is taken, and the distance of the first sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limit {
    approach: Approach,
    scale: f64,
}

impl Limit {
    /// The limit at `approach`, sampled from a distance of $\max(1, |x_0|)$ inwards, or from 1
    /// outwards for a limit at infinity.
    ///
    /// # Errors
    /// [`Error::NonFinitePoint`] if the point is not finite.
    pub fn new(approach: Approach) -> Result<Self, Error> {
        let scale = match approach {
            Approach::Left(x) | Approach::Right(x) | Approach::Both(x) => {
                if !x.is_finite() {
                    return Err(Error::NonFinitePoint { coordinate: 0, x });
                }
                x.abs().max(1.0)
            }
            Approach::Infinity | Approach::NegativeInfinity => 1.0,
        };
        Ok(Self { approach, scale })
    }

    /// Sets the distance of the first sample: a length over which the function varies.
    ///
    /// # Errors
    /// [`Error::InvalidScale`] unless it is positive and finite.
    pub fn scale(mut self, scale: f64) -> Result<Self, Error> {
        if !(scale > 0.0 && scale.is_finite()) {
            return Err(Error::InvalidScale { scale });
        }
        self.scale = scale;
        Ok(self)
    }

    /// The limit of `f`, with an estimate of its error.
    ///
    /// The point itself is never evaluated. Samples at which `f` is NaN are skipped as long as they
    /// come before the first finite value: the first distance may leave the domain. Accurate to some
    /// ten digits where $f$ is a power series in $h^p$; less where $f$ itself cancels, as
    /// $(1 - \cos x)/x^2$, which the error estimate includes. What happens only far below the scale,
    /// as the pole of $x + 10^{-10}/x$, is not seen. Costs 20 to 40 evaluations a side, at
    /// most 200.
    ///
    /// # Errors
    /// [`Error::Divergent`] where the values grow without bound, [`Error::Oscillating`] where they do
    /// not settle or the two sides disagree, [`Error::NoConvergence`] where they settle too slowly to
    /// tell the limit to eight digits (as $1/\ln x$ at 0), [`Error::NonFiniteValue`] where $f$ is NaN
    /// close to the limit.
    pub fn evaluate(&self, mut f: impl FnMut(f64) -> f64) -> Result<Estimate, Error> {
        let scale = self.scale;
        match self.approach {
            Approach::Left(x) => one_sided(&|k| Some(x - shrinking(x, scale, k)?), &mut f),
            Approach::Right(x) => one_sided(&|k| Some(x + shrinking(x, scale, k)?), &mut f),
            Approach::Infinity => one_sided(&|k| growing(scale, k), &mut f),
            Approach::NegativeInfinity => one_sided(&|k| Some(-growing(scale, k)?), &mut f),
            Approach::Both(x) => {
                let right = one_sided(&|k| Some(x + shrinking(x, scale, k)?), &mut f)?;
                let left = one_sided(&|k| Some(x - shrinking(x, scale, k)?), &mut f)?;
                agreement(left, right)
            }
        }
    }
}

/// The distance $s\,c^{-k}$, unless it is lost in the digits of `x`.
fn shrinking(x: f64, scale: f64, k: f64) -> Option<f64> {
    let distance = scale * RATIO.powf(-k);
    (distance > 1e-11 * x.abs()).then_some(distance)
}

/// The distance $s\,c^k$, unless it overflows.
fn growing(scale: f64, k: f64) -> Option<f64> {
    let distance = scale * RATIO.powf(k);
    distance.is_finite().then_some(distance)
}

/// The limit along the points `at(k)` and `at(k + 1/2)` for $k = 0, 1, \dots$
fn one_sided(
    at: &dyn Fn(f64) -> Option<f64>,
    f: &mut dyn FnMut(f64) -> f64,
) -> Result<Estimate, Error> {
    let first = along(&|k| at(k as f64), f)?;
    let second = along(&|k| at(k as f64 + 0.5), f)?;
    agreement(first, second)
}

/// One of two estimates of the same number, with their difference in the error.
fn agreement(a: Estimate, b: Estimate) -> Result<Estimate, Error> {
    let distance = (a.value - b.value).abs();
    let size = a.value.abs().max(b.value.abs());
    // Neither error knows of the rounding of the function, hence the allowance.
    if distance > 10.0 * (a.error + b.error) + TOLERATED * size {
        let (low, high) = (a.value.min(b.value), a.value.max(b.value));
        return Err(Error::Oscillating { op: "limit", low, high });
    }
    let value = if a.error < b.error { a.value } else { b.value };
    Ok(Estimate { value, error: f64::max(a.error, b.error) + 4.0 * distance })
}

/// The limit along a sequence of points.
fn along(
    at: &dyn Fn(usize) -> Option<f64>,
    f: &mut dyn FnMut(f64) -> f64,
) -> Result<Estimate, Error> {
    let mut table = EpsilonTable::default();
    let mut values: Vec<f64> = Vec::new();
    let mut best: Option<Candidate> = None;
    let mut last = f64::NAN;
    for (k, x) in (0..SAMPLES).map_while(|k| at(k).map(|x| (k, x))) {
        let value = f(x);
        if !value.is_finite() {
            if values.is_empty() {
                continue;
            }
            if value.is_infinite() && grows(&values) {
                return Err(Error::Divergent { op: "limit", x, value });
            }
            let found = best.filter(|best| best.is_accepted(TOLERATED, &values, at, f));
            let failure = Error::NonFiniteValue { coordinate: 0, x, value };
            return found.map(Candidate::with_rounding).ok_or(failure);
        }
        values.push(value);
        last = x;
        let estimates = [table.push(value), standing(&values)];
        let size = largest(&values);
        for estimate in estimates.into_iter().flatten() {
            let better = best.is_none_or(|best| estimate.error <= best.estimate.error);
            if better && approaches(&values, estimate) {
                best = Some(Candidate { estimate, size, sample: k });
            }
        }
        let Some(found) = best else { continue };
        // Rounding of the function grows as the distance shrinks: where all later estimates are
        // worse by far, more samples cannot help.
        let past = estimates.into_iter().flatten().all(|e| e.error > 1e4 * found.estimate.error);
        let tolerance = if past { TOLERATED } else { ACCEPTED };
        if found.is_accepted(tolerance, &values, at, f) {
            return Ok(found.with_rounding());
        }
    }
    let found = best.filter(|best| best.is_accepted(TOLERATED, &values, at, f));
    found.map(Candidate::with_rounding).ok_or_else(|| failure(last, &values))
}

/// An estimate of the limit.
#[derive(Clone, Copy)]
struct Candidate {
    estimate: Estimate,
    /// The size of the largest value that it was made from.
    size: f64,
    /// The number $k$ of the last sample that it was made from.
    sample: usize,
}

impl Candidate {
    /// Whether the error is small and the limit is confirmed.
    fn is_accepted(
        &self,
        tolerance: f64,
        values: &[f64],
        at: &dyn Fn(usize) -> Option<f64>,
        f: &mut dyn FnMut(f64) -> f64,
    ) -> bool {
        let further = [3, 5, 8, 10].map(|steps| self.sample + steps);
        self.is_within(tolerance)
            && self.is_confirmed(values, &mut further.into_iter().filter_map(at).map(f))
    }

    /// Whether the error is small: against the value, or for a value that cannot be told from 0
    /// against the values that it was made from.
    fn is_within(&self, tolerance: f64) -> bool {
        let Estimate { value, error } = self.estimate;
        let zero = value.abs() <= 10.0 * error && error <= 0.1 * tolerance * self.size;
        error <= tolerance * value.abs() || zero
    }

    /// Whether values closer to the limit are not as far from it as the first samples: an
    /// oscillation of constant size has an antilimit, and no limit.
    ///
    /// The comparison is with the first samples, because the function may be rounded more and more.
    fn is_confirmed(&self, values: &[f64], further: &mut dyn Iterator<Item = f64>) -> bool {
        let Estimate { value, error } = self.estimate;
        let distance = |x: f64| (x - value).abs();
        let first = &values[..values.len().div_ceil(2)];
        let farthest = first.iter().map(|x| distance(*x)).fold(0.0, f64::max);
        let allowed = (0.7 * farthest).max(error).max(8.0 * f64::EPSILON * value.abs());
        further.filter(|x| !x.is_nan()).all(|x| distance(x) <= allowed)
    }

    fn with_rounding(self) -> Estimate {
        let Estimate { value, error } = self.estimate;
        // The sums of the table lose some digits; its differences are no bounds.
        Estimate { value, error: 4.0 * error + 64.0 * f64::EPSILON * value.abs() }
    }
}

fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |max, x| max.max(x.abs()))
}

/// The last value, as far as the last ones have come to a standstill.
fn standing(values: &[f64]) -> Option<Estimate> {
    let tail = values.len().checked_sub(WINDOW).map(|first| &values[first..])?;
    let value = tail[WINDOW - 1];
    // The rest of a geometric series of ratio up to 3/4.
    let error = 4.0 * tail.iter().map(|x| (x - value).abs()).fold(0.0, f64::max);
    Some(Estimate { value, error })
}

/// Whether the values come closer to the candidate.
fn approaches(values: &[f64], candidate: Estimate) -> bool {
    let Some(first) = values.len().checked_sub(WINDOW + 1) else { return false };
    let distance = |x: f64| (x - candidate.value).abs();
    let (before, now) = (distance(values[first]), distance(values[values.len() - 1]));
    let rounding = 8.0 * f64::EPSILON * candidate.value.abs();
    now <= 0.95 * before || now <= candidate.error + rounding
}

/// Whether the values move in one direction with steps that do not become shorter.
fn grows(values: &[f64]) -> bool {
    let steps: Vec<f64> = values.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let Some(first) = steps.len().checked_sub(WINDOW) else { return false };
    let tail = &steps[first..];
    let one_way = tail.iter().all(|s| *s > 0.0) || tail.iter().all(|s| *s < 0.0);
    // Compared with the step halfway, so that slow growth is told from slow convergence.
    one_way && tail[WINDOW - 1].abs() >= 0.7 * steps[steps.len() / 2].abs()
}

/// Why there is no limit.
fn failure(x: f64, values: &[f64]) -> Error {
    let op = "limit";
    let iterations = values.len();
    let Some(&value) = values.last() else {
        return Error::NoConvergence { op, iterations };
    };
    let tail = &values[iterations.saturating_sub(20)..];
    let low = tail.iter().copied().fold(f64::INFINITY, f64::min);
    let high = tail.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let earlier = largest(&values[..iterations / 2]);
    if grows(values) || largest(tail) > 1e3 * earlier {
        return Error::Divergent { op, x, value };
    }
    let turns = tail.windows(3).filter(|w| (w[1] - w[0]) * (w[2] - w[1]) < 0.0).count();
    // Turning without coming to rest; a noise that is small against the values is no oscillation.
    if turns >= 3 && high - low > TOLERATED * largest(values) {
        return Error::Oscillating { op, low, high };
    }
    Error::NoConvergence { op, iterations }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_limit(f: impl FnMut(f64) -> f64, approach: Approach, exact: f64, accuracy: f64) {
        let found = limit(f, approach).unwrap();
        let distance = (found.value - exact).abs();
        assert!(distance <= found.error, "{found:?} is not {exact}");
        assert!(found.error <= accuracy, "{found:?}");
    }

    #[test]
    fn removable_singularities() {
        use Approach::*;
        assert_limit(|x| x.sin() / x, Both(0.0), 1.0, 1e-11);
        assert_limit(|x| (x.exp() - 1.0) / x, Both(0.0), 1.0, 1e-9);
        assert_limit(|x| (1.0 - x.cos()) / (x * x), Both(0.0), 0.5, 1e-7);
        assert_limit(|x| (x.tan() - x) / x.powi(3), Right(0.0), 1.0 / 3.0, 1e-5);
        assert_limit(|x| (x * x - 4.0) / (x - 2.0), Both(2.0), 4.0, 1e-9);
        assert_limit(|x| x.ln() / (x - 1.0), Both(1.0), 1.0, 1e-9);
        assert_limit(|x: f64| (x.sqrt() - 1e3) / (x - 1e6), Both(1e6), 5e-4, 1e-12);
    }

    #[test]
    fn fractional_powers_and_logarithms() {
        use Approach::*;
        assert_limit(|x: f64| 2.0 + x.sqrt() - x, Right(0.0), 2.0, 1e-9);
        assert_limit(|x: f64| x.powf(0.3), Right(0.0), 0.0, 1e-9);
        assert_limit(|x: f64| x * x.ln(), Right(0.0), 0.0, 1e-9);
        assert_limit(|x: f64| x.powf(x), Right(0.0), 1.0, 1e-8);
        assert_limit(|x| x, Both(0.0), 0.0, 1e-12);
        assert_limit(|_| 7.0, Both(3.0), 7.0, 1e-12);
        assert_limit(|_| 0.0, Both(3.0), 0.0, 0.0);
    }

    #[test]
    fn one_sided_and_at_infinity() {
        use Approach::*;
        assert_limit(f64::signum, Right(0.0), 1.0, 1e-12);
        assert_limit(f64::signum, Left(0.0), -1.0, 1e-12);
        assert_limit(f64::atan, Infinity, std::f64::consts::FRAC_PI_2, 1e-10);
        assert_limit(f64::tanh, NegativeInfinity, -1.0, 1e-12);
        assert_limit(|x| (3.0 * x * x + x) / (x * x - 1.0), Infinity, 3.0, 1e-9);
        assert_limit(|x| (x * x + x).sqrt() - x, Infinity, 0.5, 1e-7);
        assert_limit(|x| x * x * (-x).exp(), Infinity, 0.0, 1e-9);
        assert_limit(|x| (1.0 / x).exp(), Left(0.0), 0.0, 1e-9);
    }

    #[test]
    fn an_oscillation_that_dies_out() {
        assert_limit(|x| x * (1.0 / x).sin(), Approach::Both(0.0), 0.0, 1e-9);
        assert_limit(|x| x.sin() / x, Approach::Infinity, 0.0, 1e-9);
    }

    #[test]
    fn divergence() {
        use Approach::*;
        let diverges = |f: &dyn Fn(f64) -> f64, approach| {
            matches!(limit(f, approach), Err(Error::Divergent { .. }))
        };
        assert!(diverges(&|x| 1.0 / x, Right(0.0)));
        assert!(diverges(&|x| 1.0 / x, Both(0.0)));
        assert!(diverges(&|x| 1.0 / (x * x), Left(0.0)));
        assert!(diverges(&|x| x.ln(), Right(0.0)));
        assert!(diverges(&|x| (1.0 / x).exp(), Right(0.0)));
        assert!(diverges(&|x| x, Infinity));
        assert!(diverges(&|x| x.exp(), Infinity));
        assert!(diverges(&|x| x.powi(3), NegativeInfinity));
        assert!(diverges(&|x| x.ln(), Infinity));
        assert!(diverges(&|x| x.sin() / (x * x), Right(0.0)));
    }

    #[test]
    fn oscillation_and_jumps() {
        use Approach::*;
        let oscillates = |f: &dyn Fn(f64) -> f64, approach| {
            matches!(limit(f, approach), Err(Error::Oscillating { .. }))
        };
        assert!(oscillates(&|x| (1.0 / x).sin(), Right(0.0)));
        assert!(oscillates(&|x| (std::f64::consts::TAU / x).sin(), Left(0.0)));
        assert!(oscillates(&|x| x.cos(), Infinity));
        assert!(oscillates(&|x| x.ln().sin(), Right(0.0)));
        assert!(oscillates(&|x| 2.0 + 0.1 * x.ln().sin(), Infinity));
        assert!(oscillates(&|x| 100.0 + 1e-4 * (1.0 / x).sin(), Right(0.0)));
        assert!(oscillates(&|x| 5.0 + 1e-3 * x.sin(), Infinity));
        match limit(f64::signum, Both(0.0)) {
            Err(Error::Oscillating { low, high, .. }) => assert_eq!((low, high), (-1.0, 1.0)),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn convergence_that_is_too_slow_is_not_a_limit() {
        let slow = limit(|x: f64| 1.0 / x.ln(), Approach::Right(0.0));
        assert!(slow.is_err(), "{slow:?}");
    }

    #[test]
    fn domains_and_scales() {
        // The first samples lie outside the domain.
        let f = |x: f64| (1e-3 - x).sqrt();
        assert_limit(f, Approach::Right(0.0), 1e-3_f64.sqrt(), 1e-9);
        let fast = |x: f64| (1e6 * x).sin() / x;
        let found = Limit::new(Approach::Right(0.0)).unwrap().scale(1e-6).unwrap();
        let found = found.evaluate(fast).unwrap();
        assert!((found.value - 1e6).abs() <= found.error && found.error < 1e-4);
        let nan = limit(|_| f64::NAN, Approach::Infinity);
        assert!(matches!(nan, Err(Error::NoConvergence { iterations: 0, .. })));
        let late = |x: f64| if x > 0.5 { x } else { f64::NAN };
        let nan = limit(late, Approach::Right(0.0));
        assert!(matches!(nan, Err(Error::NonFiniteValue { .. })));
        assert!(Limit::new(Approach::Left(f64::NAN)).is_err());
        assert!(Limit::new(Approach::Infinity).unwrap().scale(0.0).is_err());
    }
}
