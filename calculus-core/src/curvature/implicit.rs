//! Derivatives of functions that are given implicitly.
//!
//! Where $F(x, \theta) = 0$ and $F_x = \partial F/\partial x$ is regular, $x$ is a function of
//! $\theta$ nearby, with
//!
//! $$\frac{dx}{d\theta} = -F_x^{-1} F_\theta.$$
//!
//! The pushforward of a tangent $\dot\theta$ solves $F_x \dot x = -F_\theta\dot\theta$; the
//! pullback of a cotangent $\bar x$ is $\bar\theta = -F_\theta'\lambda$ with $F_x'\lambda = \bar x$.
//! $F_x$ is factored once for both, after its rows and columns were scaled by powers of 2: the
//! units of the equations and of the unknowns do not decide whether it is regular.
//!
//! Sources: S. G. Krantz, H. R. Parks (2002), *The Implicit Function Theorem*, theorem 3.3.1;
//! N. J. Higham (1988), *FORTRAN codes for estimating the one-norm of a real or complex matrix*,
//! ACM Transactions on Mathematical Software 14, 381-396 (the condition estimate).

use faer::linalg::solvers::{PartialPivLu, Solve};
use faer::{Mat, MatRef};

use super::scaling::{equilibrate_columns, equilibrate_rows, scale_rows};
use super::symmetric::{check_finite, check_square};
use crate::Error;

/// The implicit function $x(\theta)$ at a point, with $F_x$ factored.
///
/// # Examples
/// ```
/// use calculus_core::curvature::ImplicitFunction;
/// use faer::mat;
/// // x² + y² = a, x y = b at (x, y) = (2, 1).
/// let f_x = mat![[4.0, 2.0], [1.0, 2.0]];
/// let f_theta = mat![[-1.0, 0.0], [0.0, -1.0]];
/// let solution = ImplicitFunction::new(f_x.as_ref(), f_theta.as_ref())?;
/// let derivative = solution.jacobian(); // [[1/3, -1/3], [-1/6, 2/3]]
/// assert!((derivative[(0, 0)] - 1.0 / 3.0).abs() < 1e-15);
/// assert!((derivative[(1, 1)] - 2.0 / 3.0).abs() < 1e-15);
/// let pulled = solution.pullback(&[1.0, 0.0])?;
/// assert!((pulled[1] + 1.0 / 3.0).abs() < 1e-15);
/// # Ok::<(), calculus_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct ImplicitFunction {
    /// The factors of $2^{r_i} F_x 2^{c_j}$.
    factors: PartialPivLu<f64>,
    /// $r_i$.
    row_exponents: Vec<i32>,
    /// $c_j$.
    column_exponents: Vec<i32>,
    f_theta: Mat<f64>,
    /// $\|F_x\|_1$.
    norm: f64,
}

impl ImplicitFunction {
    /// Factors $F_x$.
    ///
    /// `f_x` is $n \times n$, $\partial F_i/\partial x_j$; `f_theta` is $n \times p$,
    /// $\partial F_i/\partial\theta_k$; both at a solution of $F = 0$, which is not checked. Costs
    /// $2n^3/3$.
    ///
    /// # Errors
    /// [`Error::Singular`] where a pivot of the scaled $F_x$ is at most $n\varepsilon$ in size: there
    /// is no derivative, or none can be told from rounding. [`Error::NotSquare`],
    /// [`Error::ShapeMismatch`], [`Error::NonFiniteEntry`].
    pub fn new(f_x: MatRef<'_, f64>, f_theta: MatRef<'_, f64>) -> Result<Self, Error> {
        let op = "ImplicitFunction::new";
        check_square(op, f_x)?;
        let n = f_x.nrows();
        if f_theta.nrows() != n {
            return Err(Error::ShapeMismatch { op, lhs: f_x.shape(), rhs: f_theta.shape() });
        }
        check_finite(op, f_x)?;
        check_finite(op, f_theta)?;
        let (equilibrated, row_exponents) = equilibrate_rows(f_x);
        let (equilibrated, column_exponents) = equilibrate_columns(equilibrated.as_ref());
        let factors = equilibrated.partial_piv_lu();
        let u = factors.U();
        for index in 0..n {
            let pivot = u[(index, index)];
            // Written so that a NaN is refused too.
            let regular = pivot.abs() > n as f64 * f64::EPSILON;
            if !regular {
                return Err(Error::Singular { op, index, pivot });
            }
        }
        let column_sum = |j: usize| (0..n).map(|i| f_x[(i, j)].abs()).sum::<f64>();
        let norm = (0..n).map(column_sum).fold(0.0, f64::max);
        let f_theta = f_theta.to_owned();
        Ok(Self { factors, row_exponents, column_exponents, f_theta, norm })
    }

    /// The number $n$ of unknowns.
    pub fn unknowns(&self) -> usize {
        self.f_theta.nrows()
    }

    /// The number $p$ of parameters.
    pub fn parameters(&self) -> usize {
        self.f_theta.ncols()
    }

    /// $F_x^{-1} B$.
    fn solve(&self, b: MatRef<'_, f64>) -> Mat<f64> {
        let b = scale_rows(b, &self.row_exponents);
        scale_rows(self.factors.solve(&b).as_ref(), &self.column_exponents)
    }

    /// $F_x'^{-1} B$.
    fn solve_transpose(&self, b: MatRef<'_, f64>) -> Mat<f64> {
        let mut b = scale_rows(b, &self.column_exponents);
        self.factors.solve_transpose_in_place(&mut b);
        scale_rows(b.as_ref(), &self.row_exponents)
    }

    /// The derivative $dx/d\theta = -F_x^{-1}F_\theta$, $n \times p$. Costs $2n^2 p$.
    pub fn jacobian(&self) -> Mat<f64> {
        -self.solve(self.f_theta.as_ref())
    }

    /// The tangent $\dot x = -F_x^{-1}F_\theta\dot\theta$, of length $n$.
    ///
    /// `tangent` is $\dot\theta$, of length $p$. Costs $2n^2 + 2np$.
    ///
    /// # Errors
    /// [`Error::NonFiniteEntry`].
    ///
    /// # Panics
    /// If the tangent does not have length $p$.
    #[track_caller]
    pub fn pushforward(&self, tangent: &[f64]) -> Result<Vec<f64>, Error> {
        let tangent = as_column("ImplicitFunction::pushforward", tangent, self.parameters())?;
        Ok(negated(&self.solve((&self.f_theta * tangent).as_ref())))
    }

    /// The cotangent $\bar\theta = -F_\theta' F_x'^{-1}\bar x$, of length $p$.
    ///
    /// `cotangent` is $\bar x$, of length $n$. Costs $2n^2 + 2np$.
    ///
    /// # Errors
    /// [`Error::NonFiniteEntry`].
    ///
    /// # Panics
    /// If the cotangent does not have length $n$.
    #[track_caller]
    pub fn pullback(&self, cotangent: &[f64]) -> Result<Vec<f64>, Error> {
        let cotangent = as_column("ImplicitFunction::pullback", cotangent, self.unknowns())?;
        Ok(negated(&(self.f_theta.transpose() * self.solve_transpose(cotangent))))
    }

    /// An estimate of the condition number $\|F_x\|_1 \|F_x^{-1}\|_1$, hardly ever too small by more
    /// than a factor of 3.
    ///
    /// The relative error of a derivative is about this number times $\varepsilon$. It depends on the
    /// units of the equations and of the unknowns. 1 for $n = 0$. Costs some ten solves.
    pub fn condition_estimate(&self) -> f64 {
        let n = self.unknowns();
        if n == 0 {
            return 1.0;
        }
        // Hager's ascent on |F_x^{-1} x|_1 over the unit vectors of the 1-norm.
        let mut x = Mat::from_fn(n, 1, |_, _| 1.0 / n as f64);
        let mut estimate = 0.0;
        for _ in 0..5 {
            let y = self.solve(x.as_ref());
            let length = one_norm(&y);
            if length <= estimate {
                break;
            }
            estimate = length;
            let sign = Mat::from_fn(n, 1, |i, _| if y[(i, 0)] < 0.0 { -1.0 } else { 1.0 });
            let z = self.solve_transpose(sign.as_ref());
            let inner: f64 = (0..n).map(|i| z[(i, 0)] * x[(i, 0)]).sum();
            let largest = (0..n)
                .fold(0, |best, i| if z[(i, 0)].abs() > z[(best, 0)].abs() { i } else { best });
            if z[(largest, 0)].abs() <= inner {
                break;
            }
            x = Mat::from_fn(n, 1, |i, _| if i == largest { 1.0 } else { 0.0 });
        }
        // Higham's safeguard against cancellation: an alternating vector of growing entries.
        let b = Mat::from_fn(n, 1, |i, _| {
            let size = 1.0 + i as f64 / f64::max(1.0, n as f64 - 1.0);
            if i % 2 == 0 { size } else { -size }
        });
        let safeguard = 2.0 * one_norm(&self.solve(b.as_ref())) / (3.0 * n as f64);
        self.norm * f64::max(estimate, safeguard)
    }
}

fn one_norm(x: &Mat<f64>) -> f64 {
    (0..x.nrows()).map(|i| x[(i, 0)].abs()).sum()
}

fn negated(x: &Mat<f64>) -> Vec<f64> {
    (0..x.nrows()).map(|i| -x[(i, 0)]).collect()
}

#[track_caller]
fn as_column<'a>(op: &'static str, x: &'a [f64], length: usize) -> Result<MatRef<'a, f64>, Error> {
    assert_eq!(x.len(), length, "{op}: {} components in place of {length}", x.len());
    let x = MatRef::from_column_major_slice(x, length, 1);
    check_finite(op, x)?;
    Ok(x)
}

#[cfg(test)]
mod tests {
    use super::*;
    use faer::mat;
    use proptest::prelude::*;

    #[test]
    fn one_equation() {
        // x² = a at x = 3: dx/da = 1/(2x).
        let root = ImplicitFunction::new(mat![[6.0]].as_ref(), mat![[-1.0]].as_ref()).unwrap();
        assert!((root.jacobian()[(0, 0)] - 1.0 / 6.0).abs() < 1e-16);
        assert_eq!(root.condition_estimate(), 1.0);
    }

    #[test]
    fn no_equations_and_no_parameters() {
        let nothing = ImplicitFunction::new(Mat::zeros(0, 0).as_ref(), Mat::zeros(0, 2).as_ref());
        let nothing = nothing.unwrap();
        assert_eq!(nothing.jacobian().shape(), (0, 2));
        assert!(nothing.pushforward(&[1.0, 2.0]).unwrap().is_empty());
        assert_eq!(nothing.pullback(&[]).unwrap(), [0.0, 0.0]);
        assert_eq!(nothing.condition_estimate(), 1.0);
        let fixed = ImplicitFunction::new(mat![[2.0]].as_ref(), Mat::zeros(1, 0).as_ref()).unwrap();
        assert_eq!(fixed.pushforward(&[]).unwrap(), [0.0]);
        assert!(fixed.pullback(&[1.0]).unwrap().is_empty());
    }

    #[test]
    fn singular_systems_are_refused_with_their_pivot() {
        let theta = Mat::zeros(2, 1);
        let new = |f_x: &Mat<f64>| ImplicitFunction::new(f_x.as_ref(), theta.as_ref());
        let zero = new(&Mat::zeros(2, 2)).unwrap_err();
        assert!(matches!(zero, Error::Singular { index: 0, pivot: 0.0, .. }));
        // 0.1 * 3 is not 0.3, so that elimination leaves a rounding error.
        let nearly = new(&mat![[0.1, 0.3], [0.3, 0.9]]).unwrap_err();
        assert!(matches!(nearly, Error::Singular { index: 1, .. }), "{nearly}");
        // Badly scaled is not singular.
        let scaled = new(&mat![[1e-200, 0.0], [0.0, 1e150]]).unwrap();
        assert!(scaled.condition_estimate() > 1e300); // it depends on the units
        assert!(new(&mat![[1e-200, 1e-200], [1e150, -1e150]]).is_ok());
    }

    #[test]
    fn bad_input() {
        let one = Mat::<f64>::identity(1, 1);
        let wide = ImplicitFunction::new(Mat::zeros(1, 2).as_ref(), one.as_ref());
        assert!(matches!(wide, Err(Error::NotSquare { .. })));
        let rows = ImplicitFunction::new(one.as_ref(), Mat::zeros(2, 2).as_ref());
        assert!(matches!(rows, Err(Error::ShapeMismatch { rhs: (2, 2), .. })));
        let nan = ImplicitFunction::new(one.as_ref(), mat![[f64::NAN]].as_ref());
        assert!(matches!(nan, Err(Error::NonFiniteEntry { .. })));
        let good = ImplicitFunction::new(one.as_ref(), one.as_ref()).unwrap();
        assert!(good.pushforward(&[f64::NAN]).is_err());
        assert!(good.pullback(&[f64::INFINITY]).is_err());
    }

    #[test]
    #[should_panic(expected = "2 components in place of 1")]
    fn tangents_of_another_length() {
        let one = Mat::<f64>::identity(1, 1);
        let _ = ImplicitFunction::new(one.as_ref(), one.as_ref()).unwrap().pushforward(&[1.0, 2.0]);
    }

    #[test]
    fn the_condition_of_the_hilbert_matrix() {
        // kappa_1 of order 6 is 2.907e7 (Higham, 2002, table 28.1).
        let hilbert = Mat::from_fn(6, 6, |i, j| 1.0 / (i + j + 1) as f64);
        let f = ImplicitFunction::new(hilbert.as_ref(), Mat::zeros(6, 0).as_ref()).unwrap();
        assert!((f.condition_estimate() / 2.907e7 - 1.0).abs() < 1e-3);
    }

    proptest! {
        #[test]
        fn the_maps_are_adjoint_and_solve_the_equation(
            n in 1_usize..6,
            p in 1_usize..4,
            entries in prop::collection::vec(-1.0..1.0_f64, 60),
        ) {
            let f_x = Mat::from_fn(n, n, |i, j| {
                entries[6 * i + j] + if i == j { n as f64 } else { 0.0 }
            });
            let f_theta = Mat::from_fn(n, p, |i, j| entries[36 + 3 * i + j]);
            let f = ImplicitFunction::new(f_x.as_ref(), f_theta.as_ref()).unwrap();
            let residual = &f_x * f.jacobian() + &f_theta;
            prop_assert!(residual.norm_max() < 1e-13);
            let (tangent, cotangent) = (&entries[..p], &entries[6..6 + n]);
            let forward: f64 =
                f.pushforward(tangent).unwrap().iter().zip(cotangent).map(|(a, b)| a * b).sum();
            let back: f64 =
                f.pullback(cotangent).unwrap().iter().zip(tangent).map(|(a, b)| a * b).sum();
            prop_assert!((forward - back).abs() < 1e-13);
        }
    }
}
