//! Matrix functions of recorded variables that are one node of a graph each.
//!
//! A [`VarMatrix`] is a matrix of variables. The functions of this module compute with the kernels of
//! [`calculus_core::matrix`] and record a single node, whose derivatives are the rules of that crate,
//! so a factorisation is never differentiated operation by operation. Pullbacks are recorded in the
//! same functions, hence derivatives of every order exist.
//!
//! Where a function of that crate returns an error (a singular matrix, one that is not positive
//! definite, an entry that is not finite), the results are NaN, in the first evaluation as in
//! replays; where there is a value and no derivative, the derivative is NaN. Shapes that do not fit
//! panic.
//!
//! # Examples
//! The logarithm of a Gaussian likelihood, up to a constant:
//! ```
//! use autodiff::matrix::{VarMatrix, cholesky, log_det, solve_triangular};
//! use autodiff::{gradient, vector};
//! use calculus_core::matrix::Triangle;
//!
//! let g = gradient(
//!     |s| {
//!         let covariance = VarMatrix::from_row_major(2, 2, s);
//!         let l = cholesky(&covariance);
//!         let x = VarMatrix::constant(faer::mat![[2.0], [0.0]].as_ref());
//!         let z = solve_triangular(&l, Triangle::Lower, &x);
//!         -0.5 * (vector::squared_norm(z.as_slice()) + log_det(&covariance))
//!     },
//!     &[1.0, 0.0, 0.0, 1.0],
//! );
//! assert_eq!(g, [1.5, 0.0, 0.0, -0.5]);
//! ```

mod cholesky;
mod cofactors;
mod determinants;
mod eigen;
mod inverse;
mod matmul;
mod rule;
mod scalars;
mod solve;
mod solve_triangular;
mod var_matrix;

pub use cholesky::cholesky;
pub use determinants::{det, log_abs_det, log_det};
pub use eigen::{symmetric_eigen, symmetric_eigenvalues};
pub use inverse::inverse;
pub use matmul::matmul;
pub use scalars::{frobenius, trace};
pub use solve::solve;
pub use solve_triangular::solve_triangular;
pub use var_matrix::VarMatrix;

use std::sync::Arc;

use self::cholesky::Cholesky;
use self::cofactors::CofactorMatrix;
use self::eigen::SymmetricEigen;
use self::inverse::Inverse;
use self::matmul::MatMul;
use self::rule::{Rule, block};
use self::solve::Solve;
use self::solve_triangular::{SolveTriangular, TRIANGLES};
use super::Block;

/// The block of a name and sizes, if there is one for as many operands.
pub(super) fn built_in(name: &str, sizes: &[usize], operands: usize) -> Option<Arc<dyn Block>> {
    match (name, sizes) {
        (MatMul::NAME, &[m, k, n]) => block(MatMul { lhs: (m, k), rhs: (k, n) }, operands),
        (Solve::NAME, &[n, columns]) => block(Solve { n, columns }, operands),
        (SolveTriangular::NAME, &[n, columns, triangle]) => {
            let &triangle = TRIANGLES.get(triangle)?;
            block(SolveTriangular { n, columns, triangle }, operands)
        }
        (Inverse::NAME, &[n]) => block(Inverse { n }, operands),
        (CofactorMatrix::NAME, &[n]) => block(CofactorMatrix { n }, operands),
        (Cholesky::NAME, &[n]) => block(Cholesky { n }, operands),
        (SymmetricEigen::NAME, &[n]) => block(SymmetricEigen { n }, operands),
        (_, &[n]) => determinants::built_in(name, n, operands),
        _ => None,
    }
}
