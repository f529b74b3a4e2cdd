//! Directional derivatives of matrix functions.

use calculus_core::Error;

use crate::forward::{DualMatrix, MatrixOutput, RowDerivatives, Scope};

/// The value $f(A, B, \dots)$ of a function of matrices and its derivative in one direction,
/// $Df(A, B, \dots)[\dot A, \dot B, \dots]$.
///
/// The function is made of the matrix functions of `calculus_core::matrix`, at [`DualMatrix`]. Each is
/// evaluated once, by the kernels for numbers, and its pushforward gives the tangent from the factors:
/// the cost is one evaluation and a few products and solves for each operation. `x` and `v` are the
/// point and the direction, matrices of the same shapes. `M` is `faer::Mat<f64>` or `faer::Mat<f32>`;
/// or `DualMatrix` again inside another `matrix_jvp`, for second derivatives: matrices that the inner
/// function captures from the outer one are passed to it by [`DualMatrix::constant`].
///
/// # Errors
/// Those of the function, and that of an operation which has no derivative in this direction if the
/// result depends on it.
///
/// # Panics
/// If `x` and `v` differ in number or shapes. In builds with debug assertions, where an inner
/// differentiation captures an outer matrix without lifting it.
///
/// # Examples
/// The log-likelihood term $\ln\det S + d^\top S^{-1} d$ along a direction of $S$.
/// ```
/// use autodiff::{DualMatrix, matrix_jvp};
/// use calculus_core::matrix::{dot, log_det, solve_definite};
/// use faer::mat;
///
/// let d = DualMatrix::constant(mat![[1.0], [2.0]]);
/// let (s, v) = (mat![[2.0, 0.0], [0.0, 4.0]], mat![[1.0, 0.0], [0.0, 0.0]]);
/// let (value, slope) = matrix_jvp(
///     |s| {
///         let (x, _) = solve_definite::value(&s[0], &d)?;
///         Ok(log_det::value(&s[0])?.0 + dot::value(&d, &x)?)
///     },
///     &[s],
///     &[v],
/// )?;
/// assert!((value - (8.0_f64.ln() + 1.5)).abs() < 1e-15);
/// assert!((slope - (0.5 - 0.25)).abs() < 1e-15);
/// # Ok::<(), calculus_core::Error>(())
/// ```
#[track_caller]
pub fn matrix_jvp<M: RowDerivatives, O: MatrixOutput>(
    f: impl FnOnce(&[DualMatrix<M>]) -> Result<O, Error>,
    x: &[M],
    v: &[M],
) -> Result<(O::Value, O::Value), Error> {
    assert_eq!(x.len(), v.len(), "a direction has as many matrices as the point");
    let scope = Scope::fresh();
    let moving = |(x, v): (&M, &M)| DualMatrix::moving(x.clone(), v.clone(), scope);
    let point: Vec<_> = x.iter().zip(v).map(moving).collect();
    let y = f(&point)?;
    y.leave(scope);
    y.into_parts()
}
