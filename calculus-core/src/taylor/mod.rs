//! Taylor series and Taylor models.
//!
//! [`Series`] is the arithmetic of truncated power series of one variable, to any order;
//! [`MatrixSeries`] that of matrices that depend on one variable, with products, inverses, solves and
//! Cholesky factors; [`LinearModel`] and [`QuadraticModel`] are the Taylor polynomials of first and
//! second order of a function of several variables, with the bounds of their errors.

mod composition;
mod exponential;
mod hyperbolic;
mod operators;
mod piecewise;
mod power;
mod recurrence;
mod remainder;
mod series;
mod special;
mod table;
mod trigonometric;

mod matrix_cholesky;
mod matrix_series;
mod matrix_solve;

mod linear_model;
mod quadratic_model;

pub use linear_model::LinearModel;
pub use matrix_series::MatrixSeries;
pub use quadratic_model::QuadraticModel;
pub use remainder::lagrange_bound;
pub use series::Series;
