//! The parts of the program `gradbench`: the protocol, the measurement, and one file per problem.
//!
//! Each problem is written as a user of the crates would write it: a function over any
//! [`Real`](calculus_core::Real), whose derivative is computed and nowhere written down. Recording
//! a function is part of the preparation and not measured; the replay is.

mod ba;
mod descent;
mod det;
mod gmm;
mod hello;
mod ht;
mod input;
mod kmeans;
mod llsq;
mod lse;
mod lstm;
mod ode;
mod particle;
mod protocol;
mod saddle;
mod timing;

pub use protocol::serve;

use serde_json::value::RawValue;
use timing::Answer;

/// Evaluates a function of a problem, given by its name, at an input.
type Evaluate = fn(&str, &RawValue) -> Result<Answer, Error>;

/// The problems by their names.
const PROBLEMS: [(&str, Evaluate); 12] = [
    ("ba", ba::evaluate),
    ("det", det::evaluate),
    ("gmm", gmm::evaluate),
    ("hello", hello::evaluate),
    ("ht", ht::evaluate),
    ("kmeans", kmeans::evaluate),
    ("llsq", llsq::evaluate),
    ("lse", lse::evaluate),
    ("lstm", lstm::evaluate),
    ("ode", ode::evaluate),
    ("particle", particle::evaluate),
    ("saddle", saddle::evaluate),
];

/// Why a message is answered with an error; every text is one line.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A line is not a message.
    #[error("malformed message: {0}")]
    Message(#[source] serde_json::Error),
    /// A message lacks a field that its kind must have.
    #[error("a message of kind {kind} has no {field}")]
    Missing {
        /// The kind of the message.
        kind: &'static str,
        /// The field that is not there.
        field: &'static str,
    },
    /// There is no such problem.
    #[error("no module {0}")]
    Module(String),
    /// A problem has no such function.
    #[error("no function {0} in this module")]
    Function(String),
    /// The input is not that of the problem.
    #[error("malformed input: {0}")]
    Input(#[source] serde_json::Error),
    /// A list of the input has the wrong length.
    #[error("{field} has length {found} instead of {expected}")]
    Length {
        /// The list.
        field: &'static str,
        /// The length that the other fields imply.
        expected: usize,
        /// Its length.
        found: usize,
    },
    /// An index of the input refers to nothing.
    #[error("{field} refers to {index}, but there are {count}")]
    Index {
        /// The list that holds the index.
        field: &'static str,
        /// The index.
        index: usize,
        /// The number of things that there are.
        count: usize,
    },
    /// A field of the input has a value that the problem is not defined for.
    #[error("{field} must be {condition}")]
    Domain {
        /// The field.
        field: &'static str,
        /// What it must be.
        condition: &'static str,
    },
    /// The result cannot be written down.
    #[error("the result cannot be written: {0}")]
    Output(#[source] serde_json::Error),
    /// The evaluation broke off.
    #[error("the evaluation failed: {0}")]
    Panic(String),
}

/// Evaluates a function of a problem.
fn evaluate(module: &str, function: &str, input: &RawValue) -> Result<Answer, Error> {
    let (_, evaluate) = PROBLEMS
        .iter()
        .find(|(name, _)| *name == module)
        .ok_or_else(|| Error::Module(module.to_string()))?;
    evaluate(function, input)
}
