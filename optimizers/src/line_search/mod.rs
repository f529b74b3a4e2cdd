//! Searches along a direction.

mod backtracking;
mod strong_wolfe;

use core::fmt::Debug;

pub use backtracking::Backtracking;
pub use strong_wolfe::StrongWolfe;

use crate::vector::dot;
use crate::{Point, Run, Status, Stop};

/// A search for a step length $\alpha$ along a direction $d$ of descent.
///
/// Object safe; evaluates through the [`Run`], within whose budgets it stays.
pub trait LineSearch: Debug {
    /// The name of the search, for messages.
    fn name(&self) -> &'static str;

    /// Searches from `run.point()` along `direction` $d$, $\nabla f^\top d < 0$, and tries `first`
    /// first. Where it succeeds, `trial` is the point $x + \alpha d$ with value and gradient.
    ///
    /// # Errors
    /// [`Stop`] when a budget of the run is used up.
    fn search(
        &self,
        run: &mut Run<'_>,
        direction: &[f64],
        first: f64,
        trial: &mut Point,
    ) -> Result<LineSearchEnd, Stop>;
}

/// How a line search ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LineSearchEnd {
    /// At an acceptable point.
    Found {
        /// The multiple of the direction.
        step_length: f64,
    },
    /// Without one.
    Failed {
        /// [`Status::LineSearchFailed`] or [`Status::PrecisionLimit`].
        status: Status,
    },
}

/// The end of a search that found nothing, where the slope promises a decrease of `attainable`.
fn failure(run: &Run<'_>, attainable: f64) -> LineSearchEnd {
    let drowned = attainable <= rounding(run);
    let status = if drowned { Status::PrecisionLimit } else { Status::LineSearchFailed };
    LineSearchEnd::Failed { status }
}

/// Differences of values near the present point that may be rounding.
fn rounding(run: &Run<'_>) -> f64 {
    (64.0 * f64::EPSILON * run.point().value.abs()).max(f64::MIN_POSITIVE)
}

/// $\nabla f(x)^\top d$ at the present point.
fn slope(run: &Run<'_>, direction: &[f64]) -> f64 {
    dot(&run.point().gradient, direction)
}
