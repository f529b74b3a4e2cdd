//! The test kit (feature `testing`): derivatives against differences, optimizers on problems with
//! a known answer, schedules and resumption.
//!
//! Every check takes closures and slices, so it serves any type of any crate, and returns
//! `Result<(), `[`Failure`]`>`. The failure prints as a sentence that names the worst entry, also
//! where it is unwrapped, so that a test reads `check_gradient(f, gradient, &x).unwrap()`; a check
//! that has to fail, or that runs over a table, looks at the failure itself.
//!
//! | check | of |
//! |---|---|
//! | [`check_gradient`] | a gradient against differences of the values |
//! | [`check_hessian`] | a Hessian against differences of the gradient, and its symmetry |
//! | [`check_pushforward`], [`check_pullback`] | $Jv$ and $J^\top w$ against differences |
//! | [`check_adjoint`] | $\langle w, Jv\rangle = \langle J^\top w, v\rangle$ |
//! | [`check_optimizer`] | an optimizer on [`problems`] with a known minimum, and that it is deterministic |
//! | [`check_schedule`] | a schedule against its values, and that it is a pure function |
//! | [`check_resume`] | that a run which is saved and restored gives the same bits |
//! | [`check_close`] | two slices |
//!
//! Tolerances against differences are derived and not guessed: ten times the error that
//! [Ridders' scheme](crate::numeric::ridders()) states for the entry, plus $10^{-12}$ of the largest entry.
//!
//! # Examples
//! ```
//! use calculus_core::testing::{Failure, check_gradient};
//! let f = |x: &[f64]| x[0] * x[0] * x[1];
//!
//! check_gradient(f, |x| vec![2.0 * x[0] * x[1], x[0] * x[0]], &[3.0, 2.0]).unwrap();
//!
//! let failure = check_gradient(f, |x| vec![2.0 * x[0] * x[1], x[0]], &[3.0, 2.0]).unwrap_err();
//! assert!(matches!(failure, Failure::Mismatch { index: 1, found: 3.0, .. }));
//! ```

mod close;
mod derivatives;
mod directions;
mod failure;
mod optimizer;
mod resume;
mod schedule;

pub use close::{check_close, relative_error};
pub use derivatives::{
    check_adjoint, check_gradient, check_hessian, check_pullback, check_pushforward,
};
pub use failure::Failure;
pub use optimizer::{TestProblem, check_optimizer, problems};
pub use resume::check_resume;
pub use schedule::check_schedule;
