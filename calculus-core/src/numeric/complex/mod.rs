//! Complex numbers as scalars, and the derivative by a complex step.
//!
//! $$f'(x) = \frac{\operatorname{Im} f(x + ih)}{h} + \frac{h^2}{6} f'''(\xi)$$
//!
//! Nothing is subtracted, so the step may be so short that $h^2$ is nothing, and the derivative is as
//! accurate as the values. It needs a function that is evaluated over a complex scalar: any function
//! written over [`Real`](crate::Real) is.
//!
//! Sources: J. N. Lyness, C. B. Moler (1967), *Numerical differentiation of analytic functions*, SIAM
//! Journal on Numerical Analysis 4(2), 202-210; W. Squire, G. Trapp (1998), *Using complex variables
//! to estimate derivatives of real functions*, SIAM Review 40(1), 110-112; J. R. R. A. Martins,
//! P. Sturdza, J. J. Alonso (2003), *The complex-step derivative approximation*, ACM Transactions on
//! Mathematical Software 29(3), 245-262, for comparisons and the absolute value.

mod binary;
mod number;
mod step;
mod unary;

pub use number::Complex;
pub use step::{complex_step, complex_step_gradient, complex_step_jacobian};
