//! Where a coordinate may be stepped without leaving its bounds.

use crate::Error;

/// The sides on which a function is evaluated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Side {
    Both,
    Above,
    Below,
}

/// A coordinate, the length over which the function is taken to vary, and the side to step to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Axis {
    pub(super) coordinate: usize,
    pub(super) x: f64,
    length: f64,
    side: Side,
}

/// A point on an axis and the value of the function there.
///
/// The schemes ask for it by a signed step relative to the length of the axis, so that axes of
/// several coordinates can be stepped at once.
pub(super) type Point = (f64, f64);

/// The ways to step from a point: the usual one, and one more where a bound is near.
pub(super) type Choices = (Axis, Option<Axis>);

impl Axis {
    /// Decides how `x` in `[low, high]` may be stepped.
    ///
    /// Far from the bounds the steps go both ways. Near a bound there are two candidates, because
    /// a bound may be a singularity (a logarithm at 0) or a mere constraint (a box): steps both
    /// ways on the scale of the distance to the bound suit the first, steps away from the bound
    /// on the ordinary scale suit the second.
    pub(super) fn choices(
        coordinate: usize,
        x: f64,
        scale: f64,
        (low, high): (f64, f64),
    ) -> Result<Choices, Error> {
        if !x.is_finite() {
            return Err(Error::NonFinitePoint { coordinate, x });
        }
        if !(low <= x && x <= high) {
            return Err(Error::OutsideBounds { coordinate, x, low, high });
        }
        let near = (x - low).min(high - x);
        let far = (x - low).max(high - x);
        // A step has to be many units in the last place of x.
        let least = 1e4 * f64::EPSILON * x.abs();
        if far <= least {
            return Err(Error::NoRoom { coordinate, x, low, high });
        }
        let both = Axis { coordinate, x, length: scale.min(near), side: Side::Both };
        let side = if high - x >= x - low { Side::Above } else { Side::Below };
        let away = Axis { coordinate, x, length: scale.min(far), side };
        Ok(match near {
            _ if near <= least => (away, None),
            _ if near < 0.1 * scale => (both, Some(away)),
            _ => (both, None),
        })
    }

    pub(super) fn is_symmetric(self) -> bool {
        self.side == Side::Both
    }

    /// The signed step $h$ of relative size `s`, not below a few units in the last place of $x$.
    pub(super) fn step(self, s: f64) -> f64 {
        let h = (s * self.length).max(4.0 * f64::EPSILON * self.x.abs());
        if self.side == Side::Below { -h } else { h }
    }

    /// The two points between which the difference is taken: $x \mp h$, or $x$ and $x + h$.
    pub(super) fn points(self, s: f64) -> (f64, f64) {
        let h = self.step(s);
        if self.is_symmetric() { (self.x - h, self.x + h) } else { (self.x, self.x + h) }
    }

    /// The point at the relative step `s`, behind $x$ where it is negative; on a one-sided axis all
    /// points are on that side.
    pub(super) fn point(self, s: f64) -> f64 {
        let h = self.step(s.abs());
        if s < 0.0 && self.is_symmetric() { self.x - h } else { self.x + h }
    }

    /// The ratio of the steps of relative size `shorter` and `longer`.
    pub(super) fn ratio(self, shorter: f64, longer: f64) -> f64 {
        self.step(shorter) / self.step(longer)
    }
}
