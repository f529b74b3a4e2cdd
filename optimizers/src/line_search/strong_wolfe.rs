//! A line search for the strong Wolfe conditions.
//!
//! With $\varphi(\alpha) = f(x + \alpha d)$:
//! $$
//! \varphi(\alpha) \le \varphi(0) + c_1 \alpha \varphi'(0), \qquad
//! \lvert \varphi'(\alpha) \rvert \le c_2 \lvert \varphi'(0) \rvert
//! $$
//!
//! J. J. Moré and D. J. Thuente, *Line search algorithms with guaranteed sufficient decrease*, ACM
//! Transactions on Mathematical Software 20 (1994). Added to it are backing off from values that
//! are not finite, and the approximate conditions of W. W. Hager and H. Zhang, *A new conjugate
//! gradient method with guaranteed descent and an efficient line search*, SIAM Journal on
//! Optimization 16 (2005), where the values cannot tell points apart.

use super::{LineSearch, LineSearchEnd, failure, slope};
use crate::error::validate;
use crate::vector::{dot, step};
use crate::{Error, Point, Run, Stop};

const OWNER: &str = "strong Wolfe line search";

/// While no interval is known, the next trial is at most this many times the last advance away.
const EXTRAPOLATION: f64 = 4.0;
/// And at least this many times.
const MIN_EXTRAPOLATION: f64 = 1.1;
/// An interval that two trials did not shrink by this factor is bisected.
const SHRINKAGE: f64 = 0.66;
/// The trial past one whose value is not finite, as a share of the way there.
const BACK_OFF: f64 = 0.1;
/// An interval of this relative width is a point.
const RELATIVE_WIDTH: f64 = 1e-15;
/// Differences of values below this share of the value are rounding.
const ROUNDING: f64 = 1e-12;

/// Finds a step length for which the strong Wolfe conditions hold,
/// $$
/// \varphi(\alpha) \le \varphi(0) + c_1 \alpha \varphi'(0), \qquad
/// \lvert \varphi'(\alpha) \rvert \le c_2 \lvert \varphi'(0) \rvert, \qquad
/// \varphi(\alpha) = f(x + \alpha d)
/// $$
/// by safeguarded cubic and quadratic interpolation.
///
/// Values that are infinite or NaN are backed off from. Close to a minimum, where the difference of
/// values is rounding, the first condition is tested on slopes instead,
/// $\varphi'(\alpha) \le (2 c_1 - 1)\varphi'(0)$. If no point with a small slope is found within the
/// trials, the lowest point of sufficient decrease is taken.
///
/// Cost: one value and gradient a trial; most searches of a quasi-Newton method take one.
///
/// Source: J. J. Moré, D. J. Thuente, *Line search algorithms with guaranteed sufficient decrease*
/// (1994), section 4 for the trials; W. W. Hager, H. Zhang, *A new conjugate gradient method with
/// guaranteed descent and an efficient line search* (2005), equation 4.1 for the slopes.
///
/// # Examples
/// ```
/// use optimizers::{Lbfgs, StrongWolfe};
///
/// let exact = StrongWolfe::new().with_parameters(1e-4, 0.1)?;
/// let method = Lbfgs::new().with_line_search(exact);
/// # Ok::<(), optimizers::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct StrongWolfe {
    sufficient_decrease: f64,
    curvature: f64,
    max_trials: usize,
}

impl Default for StrongWolfe {
    fn default() -> Self {
        Self::new()
    }
}

impl StrongWolfe {
    /// $c_1 = 10^{-4}$, $c_2 = 0.9$, at most 40 trials.
    pub fn new() -> Self {
        Self { sufficient_decrease: 1e-4, curvature: 0.9, max_trials: 40 }
    }

    /// The parameters $0 < c_1 < \frac12$ and $c_1 < c_2 < 1$ of the two conditions.
    ///
    /// # Errors
    /// [`Error::InvalidValue`] outside of the domain.
    pub fn with_parameters(mut self, c1: f64, c2: f64) -> Result<Self, Error> {
        self.sufficient_decrease =
            validate(OWNER, "c1", c1, "in (0, 1/2)", |c1| c1 > 0.0 && c1 < 0.5)?;
        self.curvature = validate(OWNER, "c2", c2, "in (c1, 1)", |c2| c2 > c1 && c2 < 1.0)?;
        Ok(self)
    }

    /// The number of trials after which the search ends.
    #[must_use]
    pub fn with_max_trials(mut self, max_trials: usize) -> Self {
        self.max_trials = max_trials;
        self
    }
}

/// A step length with the value and slope there.
#[derive(Clone, Copy, Debug)]
struct Trial {
    alpha: f64,
    value: f64,
    slope: f64,
}

impl Trial {
    fn is_finite(&self) -> bool {
        self.alpha.is_finite() && self.value.is_finite() && self.slope.is_finite()
    }

    /// The same point of $\psi(\alpha) = \varphi(\alpha) - \alpha s$.
    fn tilted(self, s: f64) -> Self {
        Self { value: self.value - self.alpha * s, slope: self.slope - s, ..self }
    }
}

impl LineSearch for StrongWolfe {
    fn name(&self) -> &'static str {
        OWNER
    }

    fn search(
        &self,
        run: &mut Run<'_>,
        direction: &[f64],
        first: f64,
        trial: &mut Point,
    ) -> Result<LineSearchEnd, Stop> {
        let start = Trial { alpha: 0.0, value: run.point().value, slope: slope(run, direction) };
        // The slope of the line in Armijo's condition.
        let s = self.sufficient_decrease * start.slope;
        let mut interval = Interval { best: start, other: start, bracketed: false };
        let mut modified = true;
        let (mut width, mut previous_width) = (f64::INFINITY, f64::INFINITY);
        let (mut lower, mut upper) = (0.0, first + EXTRAPOLATION * first);
        let mut ceiling = f64::INFINITY;
        // The least step at which the slope rises: the decrease cannot exceed that step's promise.
        let mut rising = f64::INFINITY;
        let mut alpha = first;

        for _ in 0..self.max_trials {
            let current = evaluate(run, direction, alpha, trial)?;
            if !current.is_finite() {
                ceiling = alpha;
                let base = interval.best.alpha;
                alpha = base + BACK_OFF * (alpha - base);
                upper = upper.min(ceiling);
                if alpha == base {
                    break;
                }
                continue;
            }
            if current.slope >= 0.0 {
                rising = rising.min(alpha);
            }
            let armijo = start.value + alpha * s;
            let decreased = current.value <= armijo;
            if (decreased && current.slope.abs() <= self.curvature * -start.slope)
                || self.approximately_acceptable(&start, &current)
            {
                return Ok(LineSearchEnd::Found { step_length: alpha });
            }
            let collapsed = interval.bracketed
                && (alpha <= lower || alpha >= upper || upper - lower <= RELATIVE_WIDTH * upper);
            if collapsed {
                break;
            }
            if modified && decreased && current.slope >= 0.0 {
                modified = false;
            }
            // While no point with a decrease and a rising slope is known, the trials seek a
            // minimum of $\psi(\alpha) = \varphi(\alpha) - \varphi(0) - \alpha s$.
            alpha = if modified && current.value <= interval.best.value && !decreased {
                let mut tilted = interval.tilted(s);
                let next = tilted.update(current.tilted(s), lower, upper);
                interval = tilted.tilted(-s);
                next
            } else {
                interval.update(current, lower, upper)
            };
            if interval.bracketed {
                let present = (interval.other.alpha - interval.best.alpha).abs();
                if present >= SHRINKAGE * previous_width {
                    alpha = 0.5 * (interval.best.alpha + interval.other.alpha);
                }
                (previous_width, width) = (width, present);
                lower = interval.best.alpha.min(interval.other.alpha);
                upper = interval.best.alpha.max(interval.other.alpha);
            } else {
                lower = alpha + MIN_EXTRAPOLATION * (alpha - interval.best.alpha);
                upper = alpha + EXTRAPOLATION * (alpha - interval.best.alpha);
            }
            if alpha >= ceiling {
                alpha = 0.5 * (interval.best.alpha + ceiling);
            }
        }
        let best = interval.best;
        if best.alpha > 0.0
            && best.value <= start.value + best.alpha * s
            && best.value < start.value
        {
            evaluate(run, direction, best.alpha, trial)?;
            return Ok(LineSearchEnd::Found { step_length: best.alpha });
        }
        Ok(failure(run, -rising * start.slope))
    }
}

impl StrongWolfe {
    /// Whether the values are equal but for rounding, and the slopes say that the step is good.
    fn approximately_acceptable(&self, start: &Trial, current: &Trial) -> bool {
        let equal = (current.value - start.value).abs() <= ROUNDING * start.value.abs();
        let steep = self.curvature * start.slope;
        let flat = (2.0 * self.sufficient_decrease - 1.0) * start.slope;
        equal && current.slope >= steep && current.slope <= flat
    }
}

fn evaluate(
    run: &mut Run<'_>,
    direction: &[f64],
    alpha: f64,
    trial: &mut Point,
) -> Result<Trial, Stop> {
    step(&run.point().x, alpha, direction, &mut trial.x);
    run.evaluate(trial)?;
    Ok(Trial { alpha, value: trial.value, slope: dot(&trial.gradient, direction) })
}

/// The interval that holds the step length.
#[derive(Clone, Copy, Debug)]
struct Interval {
    /// The lowest trial so far.
    best: Trial,
    /// The other end; meaningless while nothing is bracketed.
    other: Trial,
    bracketed: bool,
}

impl Interval {
    fn tilted(self, s: f64) -> Self {
        Self { best: self.best.tilted(s), other: self.other.tilted(s), ..self }
    }

    /// Takes in `current` and returns the next trial: Moré and Thuente (1994), section 4, with
    /// their four cases.
    fn update(&mut self, current: Trial, lower: f64, upper: f64) -> f64 {
        let Self { best, other, .. } = *self;
        let opposite = current.slope * best.slope.signum() < 0.0;
        let mut next;
        if current.value > best.value {
            // Case 1: higher. The minimum is bracketed.
            let cubic = cubic_minimizer(best, current);
            let quadratic = quadratic_minimizer(best, current);
            let cubic_is_closer = (cubic - best.alpha).abs() < (quadratic - best.alpha).abs();
            next = if cubic_is_closer { cubic } else { cubic + 0.5 * (quadratic - cubic) };
            self.bracketed = true;
        } else if opposite {
            // Case 2: lower, and slopes of opposite signs. The minimum is bracketed.
            let cubic = cubic_minimizer(best, current);
            let secant = secant_minimizer(best, current);
            let cubic_is_farther = (cubic - current.alpha).abs() > (secant - current.alpha).abs();
            next = if cubic_is_farther { cubic } else { secant };
            self.bracketed = true;
        } else if current.slope.abs() < best.slope.abs() {
            // Case 3: lower, slopes of the same sign, and the slope flattens.
            let secant = secant_minimizer(best, current);
            let cubic = cubic_beyond(best, current).unwrap_or(if current.alpha > best.alpha {
                upper
            } else {
                lower
            });
            let cubic_is_closer = (cubic - current.alpha).abs() < (secant - current.alpha).abs();
            if self.bracketed {
                next = if cubic_is_closer { cubic } else { secant };
                let bound = current.alpha + SHRINKAGE * (other.alpha - current.alpha);
                next = if current.alpha > best.alpha { next.min(bound) } else { next.max(bound) };
            } else {
                next = if cubic_is_closer { secant } else { cubic };
                next = next.clamp(lower.min(upper), lower.max(upper));
            }
        } else if self.bracketed {
            // Case 4: lower, slopes of the same sign, and the slope does not flatten.
            next = cubic_minimizer(other, current);
        } else {
            next = if current.alpha > best.alpha { upper } else { lower };
        }
        if current.value > best.value {
            self.other = current;
        } else {
            if opposite {
                self.other = best;
            }
            self.best = current;
        }
        if !next.is_finite() {
            next = 0.5 * (self.best.alpha + self.other.alpha);
        }
        next
    }
}

/// The minimiser of the cubic through values and slopes at `a` and `b`.
fn cubic_minimizer(a: Trial, b: Trial) -> f64 {
    let theta = 3.0 * (a.value - b.value) / (b.alpha - a.alpha) + a.slope + b.slope;
    let scale = theta.abs().max(a.slope.abs()).max(b.slope.abs());
    let radicand = (theta / scale).powi(2) - (a.slope / scale) * (b.slope / scale);
    let gamma = scale * radicand.max(0.0).sqrt() * (b.alpha - a.alpha).signum();
    let (p, q) = (gamma - a.slope + theta, 2.0 * gamma - a.slope + b.slope);
    a.alpha + p / q * (b.alpha - a.alpha)
}

/// The minimiser of the same cubic if it lies beyond `b`, seen from `a`.
fn cubic_beyond(a: Trial, b: Trial) -> Option<f64> {
    let theta = 3.0 * (a.value - b.value) / (b.alpha - a.alpha) + a.slope + b.slope;
    let scale = theta.abs().max(a.slope.abs()).max(b.slope.abs());
    let radicand = (theta / scale).powi(2) - (a.slope / scale) * (b.slope / scale);
    let gamma = scale * radicand.max(0.0).sqrt() * (a.alpha - b.alpha).signum();
    let (p, q) = (gamma - b.slope + theta, gamma + (a.slope - b.slope) + gamma);
    let r = p / q;
    (r < 0.0 && gamma != 0.0).then_some(b.alpha + r * (a.alpha - b.alpha))
}

/// The minimiser of the parabola through the values at `a` and `b` and the slope at `a`.
fn quadratic_minimizer(a: Trial, b: Trial) -> f64 {
    let width = b.alpha - a.alpha;
    a.alpha + a.slope / ((a.value - b.value) / width + a.slope) / 2.0 * width
}

/// The zero of the line through the slopes at `a` and `b`.
fn secant_minimizer(a: Trial, b: Trial) -> f64 {
    b.alpha + b.slope / (b.slope - a.slope) * (a.alpha - b.alpha)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(f: impl Fn(f64) -> (f64, f64), alpha: f64) -> Trial {
        let (value, slope) = f(alpha);
        Trial { alpha, value, slope }
    }

    #[test]
    fn interpolants_are_exact_on_their_own_kind() {
        let parabola = |a: f64| ((a - 3.0).powi(2), 2.0 * (a - 3.0));
        let (a, b) = (at(parabola, 0.0), at(parabola, 1.0));
        for minimizer in [quadratic_minimizer, secant_minimizer, cubic_minimizer] {
            assert!((minimizer(a, b) - 3.0).abs() < 1e-12);
        }
        assert!((cubic_beyond(a, b).unwrap() - 3.0).abs() < 1e-12);
        let cubic = |a: f64| (a.powi(3) - 3.0 * a, 3.0 * a * a - 3.0);
        assert!((cubic_minimizer(at(cubic, 0.0), at(cubic, 2.5)) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn parameters_are_validated() {
        for (c1, c2) in [(0.0, 0.9), (0.5, 0.9), (0.2, 0.1), (1e-4, 1.0), (f64::NAN, 0.9)] {
            assert!(StrongWolfe::new().with_parameters(c1, c2).is_err());
        }
    }
}
