//! Derivatives from values alone, with an estimate of their error.
//!
//! For checking exact derivatives, and for functions that cannot be written over
//! [`Real`](crate::Real). [`Scheme`] names the schemes; [`Differences`] holds the scheme, the
//! length scale, the bounds and the accuracy of the values.
//!
//! | scheme | step | evaluations | relative error on a smooth function |
//! |---|---|---|---|
//! | [`forward_difference`] | $\varepsilon^{1/2}$ | 3 | $10^{-8}$ |
//! | [`central_difference`] | $\varepsilon^{1/3}$ | 5 | $10^{-11}$ |
//! | [`ridders`] | from 0.1, shrinking | 10 to 25 | $10^{-14}$ |
//!
//! [`Differences::without_errors`] spares the evaluations that serve the error estimate alone.
//!
//! A symmetric difference does not see a kink at the point itself: for $|x|$ at 0 it gives 0.

mod axis;
mod central;
mod differences;
mod estimate;
mod forward;
mod gradient;
mod hessian;
mod jacobian;
mod quotient;
mod ridders;

pub use central::central_difference;
pub use differences::{Differences, Scheme};
pub use estimate::Estimate;
pub use forward::forward_difference;
pub use ridders::ridders;
