//! Everything that can go wrong in this crate, as one type.

use thiserror::Error;

/// The result of an operation of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error of this crate.
///
/// ```
/// use schedulers::StepDecay;
///
/// let error = StepDecay::new(0.1, 0, 0.5).unwrap_err();
/// assert_eq!(error.to_string(), "period is 0, it must be at least 1 step");
/// ```
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum Error {
    /// A parameter is infinite or not a number.
    #[error("{parameter} is {value}, it must be finite")]
    NotFinite {
        /// The name of the parameter.
        parameter: &'static str,
        /// The value that was given.
        value: f64,
    },
    /// A parameter is negative.
    #[error("{parameter} is {value}, it must not be negative")]
    Negative {
        /// The name of the parameter.
        parameter: &'static str,
        /// The value that was given.
        value: f64,
    },
    /// A parameter is outside an open interval.
    #[error("{parameter} is {value}, it must be above {lower} and below {upper}")]
    OutOfRange {
        /// The name of the parameter.
        parameter: &'static str,
        /// The value that was given.
        value: f64,
        /// The value must be above this.
        lower: f64,
        /// The value must be below this.
        upper: f64,
    },
    /// A number of steps that something is divided by is zero.
    #[error("{parameter} is 0, it must be at least 1 step")]
    ZeroSteps {
        /// The name of the parameter.
        parameter: &'static str,
    },
    /// Milestones are not in ascending order.
    #[error("milestone {next} at index {index} is below the one before it, {previous}")]
    UnsortedMilestones {
        /// The position of the milestone that is too small, counted from 0.
        index: usize,
        /// The milestone before it.
        previous: u64,
        /// The milestone that is too small.
        next: u64,
    },
    /// A schedule gave a value that no hyper-parameter can have.
    #[error(
        "the schedule gives {value} at step {step}, it must give a finite number of at least 0"
    )]
    ScheduledValue {
        /// The step, counted from 0.
        step: u64,
        /// The value of the schedule.
        value: f64,
    },
    /// The optimizer refused a value or a step.
    #[cfg(feature = "optimizers")]
    #[error(transparent)]
    Optimizer(optimizers::Error),
}

/// Passes on a parameter that is a finite number of at least 0.
pub(crate) fn non_negative(parameter: &'static str, value: f64) -> Result<f64> {
    match value {
        value if !value.is_finite() => Err(Error::NotFinite { parameter, value }),
        value if value < 0.0 => Err(Error::Negative { parameter, value }),
        value => Ok(value),
    }
}

/// Passes on a parameter that is a finite number above 0.
pub(crate) fn positive(parameter: &'static str, value: f64) -> Result<f64> {
    match non_negative(parameter, value)? {
        0.0 => Err(Error::OutOfRange { parameter, value, lower: 0.0, upper: f64::INFINITY }),
        value => Ok(value),
    }
}

/// Passes on a number of steps of at least 1.
pub(crate) fn at_least_one_step(parameter: &'static str, steps: u64) -> Result<u64> {
    match steps {
        0 => Err(Error::ZeroSteps { parameter }),
        steps => Ok(steps),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_hold_the_value() {
        let message = |result: Result<f64>| result.unwrap_err().to_string();
        assert_eq!(message(non_negative("initial", f64::NAN)), "initial is NaN, it must be finite");
        assert_eq!(
            message(non_negative("initial", -0.5)),
            "initial is -0.5, it must not be negative"
        );
        assert_eq!(message(positive("gamma", 0.0)), "gamma is 0, it must be above 0 and below inf");
    }

    #[test]
    fn boundary_values() {
        assert_eq!(non_negative("a", -0.0), Ok(0.0));
        assert_eq!(non_negative("a", f64::MAX), Ok(f64::MAX));
        assert!(non_negative("a", f64::INFINITY).is_err());
        assert!(non_negative("a", f64::NEG_INFINITY).is_err());
        assert!(positive("a", -0.0).is_err());
        assert_eq!(positive("a", 5e-324), Ok(5e-324));
        assert!(at_least_one_step("a", 0).is_err());
        assert_eq!(at_least_one_step("a", u64::MAX), Ok(u64::MAX));
    }
}
