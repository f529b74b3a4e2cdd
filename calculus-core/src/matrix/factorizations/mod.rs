//! Factorisations.

mod complex;
pub(crate) mod scale;
pub(crate) mod ties;

pub mod cholesky;
pub mod eigen;
pub mod lu;
pub mod polar;
pub mod qr;
pub mod singular_values;
pub mod svd;
pub mod svd_full;
pub mod symmetric_eigen;
pub mod symmetric_eigenvalues;
