//! Numbers of a matrix that are numbers of its entries as a vector.

use super::VarMatrix;
use crate::{Var, vector};

/// The trace $\sum_i a_{ii}$, one node.
///
/// # Examples
/// ```
/// use autodiff::gradient;
/// use autodiff::matrix::{VarMatrix, trace};
/// let g = gradient(|a| trace(&VarMatrix::from_row_major(2, 2, a)), &[1.0, 2.0, 3.0, 4.0]);
/// assert_eq!(g, [1.0, 0.0, 0.0, 1.0]);
/// ```
#[track_caller]
pub fn trace(a: &VarMatrix) -> Var {
    vector::sum(&a.diagonal())
}

/// The Frobenius norm $\sqrt{\sum_{ij} a_{ij}^2}$, one node; see [`vector::norm`].
///
/// # Examples
/// ```
/// use autodiff::gradient;
/// use autodiff::matrix::{VarMatrix, frobenius};
/// let g = gradient(|a| frobenius(&VarMatrix::from_row_major(2, 2, a)), &[3.0, 0.0, 0.0, 4.0]);
/// assert_eq!(g, [0.6, 0.0, 0.0, 0.8]);
/// ```
#[track_caller]
pub fn frobenius(a: &VarMatrix) -> Var {
    vector::norm(a.as_slice())
}
