//! How a step size evolves.
//!
//! A [`Schedule`] is a value that depends on the number of the step and on nothing else. So a run
//! that is resumed needs its step counter, and nothing is replayed. Numbers and closures are
//! schedules, and so are the ones of this crate:
//!
//! | schedule | `at(t)` |
//! |---|---|
//! | [`Constant`] | `value` |
//! | [`StepDecay`] | `initial * gamma^floor(t / period)` |
//! | [`MultiStepDecay`] | `initial * gamma^(number of milestones up to t)` |
//! | [`ExponentialDecay`] | `initial * gamma^t` |
//! | [`CosineAnnealing`] | `minimum + (initial - minimum) * (1 + cos(pi t / steps)) / 2` |
//! | [`Linear`] | a straight line, then constant; [`Linear::warmup`] starts at 0 |
//!
//! They are put together with [`then`](Schedule::then) (one after the other),
//! [`chain`](Schedule::chain) (the product) and [`scaled`](Schedule::scaled). What depends on how
//! training goes is [`ReduceOnPlateau`], whose memory is a plain [`PlateauState`].
//!
//! ```
//! use schedulers::{CosineAnnealing, Linear, Schedule};
//!
//! // A hundred steps of warm-up to 0.01, then annealing over nine hundred.
//! let rate = Linear::warmup(0.01, 100)?.then(100, CosineAnnealing::new(0.01, 0.0, 900)?);
//! assert_eq!(rate.at(50), 0.005);
//! assert_eq!(rate.at(100), 0.01);
//! assert_eq!(rate.at(5000), 0.0);
//! # Ok::<(), schedulers::Error>(())
//! ```
//!
//! # Features
//!
//! `optimizers` (on by default): `ScheduledOptimizer`, which drives the learning rate and further
//! hyper-parameters of an optimizer by schedules. Without it the crate depends on `thiserror`
//! alone.

#[cfg(feature = "optimizers")]
mod attach;
mod compose;
mod constant;
mod cosine;
mod error;
mod exponential;
mod interpolate;
mod linear;
mod multi_step;
mod plateau;
mod power;
mod schedule;
mod step;

#[cfg(feature = "optimizers")]
pub use attach::ScheduledOptimizer;
pub use compose::{Chain, Scaled, Then};
pub use constant::Constant;
pub use cosine::CosineAnnealing;
pub use error::{Error, Result};
pub use exponential::ExponentialDecay;
pub use linear::Linear;
pub use multi_step::MultiStepDecay;
pub use plateau::{Mode, PlateauState, ReduceOnPlateau, Threshold};
pub use schedule::Schedule;
pub use step::StepDecay;

/// What most programs that use this crate need.
///
/// ```
/// use schedulers::prelude::*;
///
/// assert_eq!(StepDecay::new(1.0, 10, 0.5)?.chain(0.5).at(10), 0.25);
/// # Ok::<(), schedulers::Error>(())
/// ```
pub mod prelude {
    #[cfg(feature = "optimizers")]
    pub use crate::ScheduledOptimizer;
    pub use crate::{
        Constant, CosineAnnealing, ExponentialDecay, Linear, MultiStepDecay, PlateauState,
        ReduceOnPlateau, Schedule, StepDecay,
    };
}

/// The example of `README.md`, compiled and run.
#[cfg(all(doctest, feature = "optimizers"))]
#[doc = include_str!("../README.md")]
struct Readme;
