//! From a function to a derivative of it, in one call.
//!
//! | call | gives | method |
//! |---|---|---|
//! | [`derivative`], [`nth_derivative`] | $f'(x)$, $f^{(n)}(x)$ | dual number, Taylor jet |
//! | [`gradient`], [`value_and_gradient`] | $\nabla f(x)$ | reverse |
//! | [`forward_gradient`], [`forward_value_and_gradient`] | $\nabla f(x)$ | duals, a chunk of directions at a time |
//! | [`directional_derivative`] | $\nabla f(x)\cdot v$ | one dual |
//! | [`jacobian`], [`jvp`], [`vjp`] | $J$, $Jv$, $J^\top w$ | forward or reverse |
//! | [`hessian`], [`hvp`], [`laplacian`] | $\nabla^2 f$, $\nabla^2 f\,v$, $\operatorname{tr}\nabla^2 f$ | forward over reverse |
//! | [`matrix_jvp`] | $Df(A)\,\dot A$ of matrix functions | pushforwards of the matrix rules |
//!
//! Each takes a plain generic function or a closure; a struct that implements
//! [`Objective`](calculus_core::Objective) has the same as methods of [`Differentiable`].

mod derivative;
mod forward;
mod gradient;
mod hessian;
mod jacobian;
mod matrix;
mod objective;

pub use derivative::{derivative, nth_derivative};
pub use forward::{forward_gradient, forward_gradient_chunked, forward_value_and_gradient};
pub use gradient::{directional_derivative, gradient, value_and_gradient};
pub use hessian::{hessian, hvp, laplacian};
pub use jacobian::{jacobian, jvp, vjp};
pub use matrix::matrix_jvp;
pub use objective::Differentiable;
