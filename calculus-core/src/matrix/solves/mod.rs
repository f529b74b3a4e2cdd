//! Inverses and solutions of linear equations.

pub mod cayley;
pub mod cholesky_solve;
pub mod inverse;
pub mod least_norm;
pub mod least_squares;
pub mod lyapunov;
pub mod pseudoinverse;
pub mod schur_complement;
pub mod solve;
pub mod solve_definite;
pub mod solve_right;
pub mod solve_triangular;
pub mod sylvester;
