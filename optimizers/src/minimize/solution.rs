//! The result of a minimisation.

use core::fmt::{Display, Formatter};

use crate::Evaluations;

/// Where a minimisation ended, why, and what it took.
///
/// `x`, `value` and `gradient` always belong to one point. Where the run converged, it is the last
/// iterate; where it did not, the point of the lowest value that was seen, be it inside a line
/// search that failed.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Solution {
    /// The point.
    pub x: Vec<f64>,
    /// The value there.
    pub value: f64,
    /// The gradient there.
    pub gradient: Vec<f64>,
    /// Why the run ended.
    pub status: Status,
    /// How many steps were taken.
    pub iterations: usize,
    /// How often the problem was evaluated.
    pub evaluations: Evaluations,
    /// One record for each iterate, from the start on.
    pub history: Vec<Record>,
}

impl Solution {
    /// $\lVert \nabla f(x) \rVert_\infty$.
    pub fn gradient_norm(&self) -> f64 {
        infinity_norm(&self.gradient)
    }
}

/// One iterate of a run.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Record {
    /// The number of the iterate; the start is 0.
    pub iteration: usize,
    /// The value.
    pub value: f64,
    /// $\lVert \nabla f \rVert_\infty$.
    pub gradient_norm: f64,
    /// The multiple of the search direction that led here; 0 at the start.
    pub step_length: f64,
    /// The points evaluated so far.
    pub evaluations: usize,
}

/// Why a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Status {
    /// Converged: the gradient is as small as was asked for.
    GradientTolerance,
    /// The value changed too little; the gradient is not small.
    ValueTolerance,
    /// The point changed too little; the gradient is not small.
    StepTolerance,
    /// The value is as low as was asked for; the gradient is not small.
    TargetValue,
    /// The number of iterations is used up.
    MaxIterations,
    /// The number of evaluations is used up.
    MaxEvaluations,
    /// The time is used up.
    TimeLimit,
    /// The observer stopped the run.
    Observer,
    /// The line search found no acceptable point, though the gradient promises one.
    LineSearchFailed,
    /// No further progress: the decrease that the gradient promises is below the rounding of the
    /// values.
    PrecisionLimit,
    /// A curvature $d^\top \nabla^2 f\, d \le 0$ where the method needs a positive one.
    NotConvex,
    /// The iterates left the domain of the function: the value or gradient is not finite.
    NonFinite,
}

impl Status {
    /// Whether the gradient test was met, the only one that counts as convergence.
    pub fn is_converged(self) -> bool {
        self == Self::GradientTolerance
    }
}

impl Display for Status {
    fn fmt(&self, f: &mut Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::GradientTolerance => "converged: the gradient is small",
            Self::ValueTolerance => "not converged: the value changes too little",
            Self::StepTolerance => "not converged: the point changes too little",
            Self::TargetValue => "not converged: the target value is reached",
            Self::MaxIterations => "not converged: out of iterations",
            Self::MaxEvaluations => "not converged: out of evaluations",
            Self::TimeLimit => "not converged: out of time",
            Self::Observer => "not converged: stopped by the observer",
            Self::LineSearchFailed => "not converged: the line search failed",
            Self::PrecisionLimit => "not converged: at the limit of precision",
            Self::NotConvex => "not converged: the curvature is not positive",
            Self::NonFinite => "not converged: the value or gradient is not finite",
        })
    }
}

/// $\lVert v \rVert_\infty$, NaN where an entry is NaN.
pub(crate) fn infinity_norm(v: &[f64]) -> f64 {
    let larger = |norm: f64, v: &f64| if norm.is_nan() || v.abs() <= norm { norm } else { v.abs() };
    v.iter().fold(0.0, larger)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_norm_does_not_hide_nan() {
        assert!(infinity_norm(&[f64::NAN, 1.0]).is_nan());
        assert!(infinity_norm(&[1.0, f64::NAN]).is_nan());
        assert_eq!(infinity_norm(&[1.0, f64::NEG_INFINITY, 2.0]), f64::INFINITY);
        assert_eq!(infinity_norm(&[-0.0]), 0.0);
        assert_eq!(infinity_norm(&[]), 0.0);
    }

    #[test]
    fn only_the_gradient_test_is_convergence() {
        assert!(Status::GradientTolerance.is_converged());
        assert!(!Status::ValueTolerance.is_converged() && !Status::PrecisionLimit.is_converged());
        assert!(Status::LineSearchFailed.to_string().starts_with("not converged"));
    }
}
