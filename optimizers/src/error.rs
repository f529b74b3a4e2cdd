//! What can go wrong.

use core::ops::Range;

use crate::first_order::Hyperparameter;

/// What can go wrong in this crate.
///
/// Not converging is not an error: it is a [`Status`](crate::Status) of the
/// [`Solution`](crate::Solution). Slices of the wrong length break a documented contract and panic.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A value of the configuration lies outside of its domain.
    #[error("{owner}: {name} must be {domain}, but is {value}")]
    InvalidValue {
        /// The rule, method or transform that was being configured.
        owner: &'static str,
        /// What was set.
        name: &'static str,
        /// The value that was given.
        value: f64,
        /// The values that are allowed, in words.
        domain: &'static str,
    },
    /// Two settings that exclude each other.
    #[error("{owner}: {conflict}")]
    Conflict {
        /// The rule, method or transform that was being configured.
        owner: &'static str,
        /// What excludes what.
        conflict: &'static str,
    },
    /// The rule has no such hyper-parameter.
    #[error("{rule} has no hyper-parameter {hyperparameter}")]
    NoSuchHyperparameter {
        /// The name of the rule.
        rule: &'static str,
        /// What was asked for.
        hyperparameter: Hyperparameter,
    },
    /// A state that another rule made.
    #[error("the state was made by {found} and cannot be continued by {expected}")]
    ForeignState {
        /// The rule that was to continue.
        expected: String,
        /// The rule that made the state.
        found: String,
    },
    /// A state whose slots or scalars are not those of the rule.
    #[error("{rule} keeps {expected:?} in its state, but the state holds {found:?}")]
    StateLayout {
        /// The name of the rule.
        rule: String,
        /// The names the rule keeps.
        expected: Vec<String>,
        /// The names found.
        found: Vec<String>,
    },
    /// A state for another number of parameters.
    #[error("slot {slot} of the state has length {found}, but there are {expected} parameters")]
    StateLength {
        /// The name of the slot.
        slot: String,
        /// The number of parameters.
        expected: usize,
        /// The length of the slot.
        found: usize,
    },
    /// A state that holds infinities or NaN.
    #[error("{name} of the state is {value} at index {index}")]
    NonFiniteState {
        /// The name of the slot or scalar.
        name: String,
        /// Where.
        index: usize,
        /// The value found.
        value: f64,
    },
    /// A state that holds a negative number where there is a mean of squares.
    #[error("{name} of the state is {value} at index {index}, but cannot be negative")]
    NegativeState {
        /// The name of the slot.
        name: String,
        /// Where.
        index: usize,
        /// The value found.
        value: f64,
    },
    /// A range of a group that does not lie inside of the parameters.
    #[error(
        "group {group}: the range {}..{} does not lie in 0..{dimension}", range.start, range.end
    )]
    RangeOutOfBounds {
        /// The name of the group.
        group: String,
        /// The range.
        range: Range<usize>,
        /// The number of parameters.
        dimension: usize,
    },
    /// Two groups that share parameters, or one that names some twice.
    #[error(
        "groups {first} and {second} overlap in {}..{}", range.start, range.end
    )]
    Overlap {
        /// The name of one group.
        first: String,
        /// The name of the other group.
        second: String,
        /// What they share.
        range: Range<usize>,
    },
    /// Two groups of one name.
    #[error("there are two groups named {name}")]
    DuplicateGroup {
        /// The name.
        name: String,
    },
    /// Groups made for another number of parameters.
    #[error("the groups are for {found} parameters, the optimizer has {expected}")]
    GroupDimension {
        /// The dimension of the optimizer.
        expected: usize,
        /// The dimension of the groups.
        found: usize,
    },
    /// The gradient handed to a step holds an infinity or NaN, or its norm overflows.
    ///
    /// Parameters and state are as they were before the step.
    #[error("step {step}: the gradient of group {group} is {value} at index {index}")]
    NonFiniteGradient {
        /// The number the step would have had, from 1.
        step: u64,
        /// The name of the group.
        group: String,
        /// The index in the flat vector of the first entry that is not finite; of the largest one
        /// where all are finite and the norm overflows.
        index: usize,
        /// The entry.
        value: f64,
    },
    /// The problem does not provide a quantity that the method needs.
    #[error("the problem does not provide {what}")]
    NotProvided {
        /// What is missing.
        what: Quantity,
    },
    /// The starting point, or the function there, is not finite.
    #[error("the start is not usable: {what} is {value} at index {index}")]
    NonFiniteStart {
        /// What is not finite.
        what: Quantity,
        /// The index of the first offending entry; 0 for the value.
        index: usize,
        /// What was found there.
        value: f64,
    },
    /// The starting point does not have the dimension of the problem.
    #[error("the problem has {expected} variables, the start has {found}")]
    StartDimension {
        /// The dimension of the problem.
        expected: usize,
        /// The length of the start.
        found: usize,
    },
}

/// A quantity that a [`Problem`](crate::Problem) may provide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Quantity {
    /// The point $x$ itself.
    Point,
    /// The value $f(x)$.
    Value,
    /// The gradient $\nabla f(x)$.
    Gradient,
    /// The Hessian $\nabla^2 f(x)$.
    Hessian,
    /// The product $\nabla^2 f(x)\,v$.
    HessianVectorProduct,
}

impl core::fmt::Display for Quantity {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Point => "the point",
            Self::Value => "the value",
            Self::Gradient => "the gradient",
            Self::Hessian => "the Hessian",
            Self::HessianVectorProduct => "the Hessian-vector product",
        })
    }
}

/// `Ok(value)` where `valid` holds of it, otherwise [`Error::InvalidValue`].
pub(crate) fn validate(
    owner: &'static str,
    name: &'static str,
    value: f64,
    domain: &'static str,
    valid: impl FnOnce(f64) -> bool,
) -> Result<f64, Error> {
    if valid(value) { Ok(value) } else { Err(Error::InvalidValue { owner, name, value, domain }) }
}

/// A finite number that is not negative.
pub(crate) fn non_negative(
    owner: &'static str,
    name: &'static str,
    value: f64,
) -> Result<f64, Error> {
    validate(owner, name, value, "finite and not negative", |v| v.is_finite() && v >= 0.0)
}

/// A finite number above zero.
pub(crate) fn positive(owner: &'static str, name: &'static str, value: f64) -> Result<f64, Error> {
    validate(owner, name, value, "finite and positive", |v| v.is_finite() && v > 0.0)
}

/// A number of $[0, 1)$: the decay of a moving average.
pub(crate) fn decay(owner: &'static str, name: &'static str, value: f64) -> Result<f64, Error> {
    validate(owner, name, value, "in [0, 1)", |v| (0.0..1.0).contains(&v))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_hold_the_values() {
        let error = decay("Adam", "beta1", 1.5).unwrap_err();
        assert_eq!(error.to_string(), "Adam: beta1 must be in [0, 1), but is 1.5");
        let error = Error::NotProvided { what: Quantity::HessianVectorProduct };
        assert_eq!(error.to_string(), "the problem does not provide the Hessian-vector product");
        let error = Error::RangeOutOfBounds { group: "bias".into(), range: 3..9, dimension: 5 };
        assert_eq!(error.to_string(), "group bias: the range 3..9 does not lie in 0..5");
    }

    #[test]
    fn nan_and_infinities_are_outside_of_every_domain() {
        for bad in [f64::NAN, f64::INFINITY, -1.0] {
            assert!(non_negative("a", "b", bad).is_err());
            assert!(positive("a", "b", bad).is_err());
            assert!(decay("a", "b", bad).is_err());
        }
        assert!(positive("a", "b", 0.0).is_err());
        assert_eq!(non_negative("a", "b", 0.0), Ok(0.0));
    }
}
