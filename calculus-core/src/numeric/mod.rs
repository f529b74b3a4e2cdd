//! Derivatives from values alone, with an estimate of their error.
//!
//! For checking exact derivatives, and for functions that cannot be written over
//! [`Real`](crate::Real); the complex step is for those that can, and independent of the rules by
//! which the crate `autodiff` works. [`Scheme`] names the schemes; [`Differences`] holds the scheme, the
//! length scale, the bounds and the accuracy of the values.
//!
//! | scheme | step | evaluations | relative error on a smooth function |
//! |---|---|---|---|
//! | [`forward_difference`] | $\varepsilon^{1/2}$ | 5 | $10^{-8}$ |
//! | [`central_difference`] | $\varepsilon^{1/3}$ | 7 | $10^{-11}$ |
//! | [`five_point_difference`] | $\varepsilon^{1/5}$ | 9 | $10^{-12}$ |
//! | [`ridders`] | from 0.1, shrinking | 13 to 28 | $10^{-14}$ |
//! | [`complex_step`] | $2^{-400}$ | 1 complex | $10^{-16}$ |
//!
//! [`Differences::without_errors`] spares the evaluations that serve the error estimate alone.
//! [`Differences`] has gradients, Jacobians and Hessians too, sparse ones by colouring;
//! [`richardson`] extrapolates any quantity to step 0.
//!
//! # What the error estimate covers
//! The estimate adds the truncation, from a comparison of steps, and the rounding of the values. A
//! quotient at a step some hundred times shorter has to confirm the result within that. So a kink at
//! the point, a jump beside it, a wave shorter than the step, or values less accurate than stated
//! give a larger error or [`Error::NotConverged`](crate::Error::NotConverged), not a wrong number.
//! It remains an estimate: values at a dozen points do not exclude that the function does something
//! else between them.

mod axis;
mod central;
mod complex;
mod confirmation;
mod differences;
mod estimate;
mod five_point;
mod forward;
mod gradient;
mod hessian;
mod jacobian;
mod quotient;
mod richardson;
mod ridders;
mod sparse;
mod tableau;

pub use central::central_difference;
pub use complex::{Complex, complex_step, complex_step_gradient, complex_step_jacobian};
pub use differences::{Differences, Scheme};
pub use estimate::Estimate;
pub use five_point::five_point_difference;
pub use forward::forward_difference;
pub use richardson::richardson;
pub use ridders::ridders;
