//! The Taylor polynomial of second order of a function of several variables.

use faer::{Mat, MatRef};

use super::LinearModel;
use super::linear_model::{check_constant, check_length, dot, norm, power_bound};
use crate::Error;
use crate::matrix::check::{finite, square};
use crate::matrix::{Matrix, Operations, Transpose, Triangle};

/// The quadratic model $m(d) = f(a) + g^\top d + \frac12 d^\top H d$ of a function at a displacement
/// $d$ from a point $a$, where $g = \nabla f(a)$ and $H = \nabla^2 f(a)$.
///
/// If the Hessian of $f$ is Lipschitz continuous with the constant $M$ between $a$ and $a + d$,
///
/// $$|f(a + d) - m(d)| \le \frac{M}{6}\|d\|^3, \qquad
/// \|\nabla f(a + d) - \nabla m(d)\| \le \frac{M}{2}\|d\|^2.$$
///
/// # Source
/// Y. Nesterov (2004), *Introductory Lectures on Convex Optimization*, lemma 1.2.4.
///
/// # Examples
/// ```
/// use calculus_core::taylor::QuadraticModel;
/// use faer::mat;
/// // f(x, y) = exp(x) + y² at the origin; f''' = exp(x) <= e^0.2 up to x = 0.2.
/// let model = QuadraticModel::new(1.0, vec![1.0, 0.0], mat![[1.0, 0.0], [0.0, 2.0]])?;
/// let d = [0.2, -0.3];
/// let exact = 0.2_f64.exp() + 0.09;
/// assert!((exact - model.value(&d)).abs() <= model.error_bound(&d, 0.2_f64.exp())?);
/// assert_eq!(model.minimizer()?, [-1.0, 0.0]);
/// # Ok::<(), calculus_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct QuadraticModel {
    linear: LinearModel,
    hessian: Mat<f64>,
}

impl QuadraticModel {
    /// The model from $f(a)$, the gradient, of length $n$, and the Hessian, $n \times n$, at $a$.
    ///
    /// Of a matrix that is not symmetric, as one from differences, the symmetric part is taken.
    ///
    /// # Errors
    /// [`Error::OutsideDomain`] and [`Error::NonFiniteEntry`] unless all numbers are finite,
    /// [`Error::NotSquare`], [`Error::ShapeMismatch`].
    pub fn new(value: f64, gradient: Vec<f64>, hessian: Mat<f64>) -> Result<Self, Error> {
        const OP: &str = "quadratic model";
        let linear = LinearModel::new(value, gradient)?;
        let n = linear.dimension();
        if square(OP, &hessian)? != n {
            return Err(Error::ShapeMismatch { op: OP, lhs: hessian.shape(), rhs: (n, n) });
        }
        finite(OP, &hessian)?;
        // Half of each, because the sum may overflow.
        let half = hessian.scaled(0.5);
        Ok(Self { linear, hessian: half.plus(&half.transposed()) })
    }

    /// The number of variables $n$.
    pub fn dimension(&self) -> usize {
        self.linear.dimension()
    }

    /// The model without its quadratic term.
    pub fn linear(&self) -> &LinearModel {
        &self.linear
    }

    /// The Hessian $H$ of the model, the same everywhere.
    pub fn hessian(&self) -> MatRef<'_, f64> {
        self.hessian.as_ref()
    }

    /// $m(d) = f(a) + g^\top d + \frac12 d^\top H d$.
    ///
    /// # Panics
    /// If the length of `d` is not $n$.
    #[track_caller]
    pub fn value(&self, d: &[f64]) -> f64 {
        self.linear.value(d) + 0.5 * self.curvature(d)
    }

    /// $\nabla m(d) = g + Hd$.
    ///
    /// # Panics
    /// If the length of `d` is not $n$.
    #[track_caller]
    pub fn gradient(&self, d: &[f64]) -> Vec<f64> {
        let product = self.hessian_times(d);
        self.linear.gradient().iter().zip(product).map(|(g, h)| g + h).collect()
    }

    /// $d^\top H d$, the second derivative of $m(td)$ in $t$.
    ///
    /// # Panics
    /// If the length of `d` is not $n$.
    #[track_caller]
    pub fn curvature(&self, d: &[f64]) -> f64 {
        dot(d, &self.hessian_times(d))
    }

    /// The bound $\frac{M}{6}\|d\|^3$ of $|f(a + d) - m(d)|$.
    ///
    /// `lipschitz` is $M$ with $\|\nabla^2 f(x) - \nabla^2 f(y)\|_2 \le M\|x - y\|$ between $a$ and
    /// $a + d$.
    ///
    /// # Errors
    /// [`Error::OutsideDomain`] if $M$ is negative or NaN.
    ///
    /// # Panics
    /// If the length of `d` is not $n$.
    #[track_caller]
    pub fn error_bound(&self, d: &[f64], lipschitz: f64) -> Result<f64, Error> {
        check_length(d, self.dimension());
        check_constant("the Lipschitz constant of the Hessian", lipschitz)?;
        Ok(power_bound(lipschitz / 6.0, norm(d), 3))
    }

    /// The bound $\frac{M}{2}\|d\|^2$ of $\|\nabla f(a + d) - \nabla m(d)\|$; `lipschitz` is $M$ as
    /// in [`error_bound`](Self::error_bound).
    ///
    /// # Errors
    /// [`Error::OutsideDomain`] if $M$ is negative or NaN.
    ///
    /// # Panics
    /// If the length of `d` is not $n$.
    #[track_caller]
    pub fn gradient_error_bound(&self, d: &[f64], lipschitz: f64) -> Result<f64, Error> {
        check_length(d, self.dimension());
        check_constant("the Lipschitz constant of the Hessian", lipschitz)?;
        Ok(power_bound(lipschitz / 2.0, norm(d), 2))
    }

    /// The interval $m(d) \mp \frac{M}{6}\|d\|^3$ in which $f(a + d)$ lies.
    ///
    /// # Errors
    /// [`Error::OutsideDomain`] if $M$ is negative or NaN.
    ///
    /// # Panics
    /// If the length of `d` is not $n$.
    #[track_caller]
    pub fn bounds(&self, d: &[f64], lipschitz: f64) -> Result<(f64, f64), Error> {
        let (value, error) = (self.value(d), self.error_bound(d, lipschitz)?);
        Ok((value - error, value + error))
    }

    /// The minimiser $d = -H^{-1} g$ of the model, Newton's step, by a Cholesky factorisation.
    ///
    /// # Errors
    /// [`Error::NotPositiveDefinite`]: then the model has no strict minimum.
    pub fn minimizer(&self) -> Result<Vec<f64>, Error> {
        let n = self.dimension();
        let l = Mat::cholesky("minimizer of a quadratic model", self.hessian.as_ref())?;
        let negative = Mat::from_fn(n, 1, |i, _| -self.linear.gradient()[i]);
        let y = l.solve_triangular(Triangle::Lower, Transpose::No, &negative);
        let d = l.solve_triangular(Triangle::Lower, Transpose::Yes, &y);
        Ok((0..n).map(|i| d[(i, 0)]).collect())
    }

    #[track_caller]
    fn hessian_times(&self, d: &[f64]) -> Vec<f64> {
        let n = self.dimension();
        check_length(d, n);
        let rows =
            (0..n).map(|i| d.iter().enumerate().map(|(j, d)| self.hessian[(i, j)] * d).sum());
        rows.collect()
    }
}

#[cfg(test)]
mod tests {
    use faer::mat;

    use super::*;

    #[test]
    fn invalid_arguments_are_refused() {
        let new = |gradient: &[f64], hessian| QuadraticModel::new(0.0, gradient.to_vec(), hessian);
        assert!(matches!(new(&[1.0], Mat::zeros(1, 2)), Err(Error::NotSquare { .. })));
        assert!(matches!(
            new(&[1.0], Mat::zeros(2, 2)),
            Err(Error::ShapeMismatch { lhs: (2, 2), rhs: (1, 1), .. })
        ));
        assert!(matches!(
            new(&[1.0], mat![[f64::NAN]]),
            Err(Error::NonFiniteEntry { row: 0, column: 0, .. })
        ));
        assert!(matches!(new(&[f64::NAN], mat![[1.0]]), Err(Error::OutsideDomain { .. })));
        let model = new(&[1.0], mat![[1.0]]).unwrap();
        assert!(model.error_bound(&[1.0], -1.0).is_err());
        assert!(model.gradient_error_bound(&[1.0], f64::NAN).is_err());
    }

    #[test]
    fn an_indefinite_model_has_no_minimiser() {
        let hessian = mat![[1.0, 2.0], [2.0, 1.0]];
        let model = QuadraticModel::new(0.0, vec![1.0, 1.0], hessian).unwrap();
        assert!(matches!(
            model.minimizer(),
            Err(Error::NotPositiveDefinite { index: 1, pivot: -3.0, .. })
        ));
        assert_eq!(model.curvature(&[1.0, -1.0]), -2.0);
    }

    #[test]
    fn the_minimiser_is_where_the_gradient_vanishes() {
        let hessian = mat![[4.0, 1.0, 0.0], [1.0, 3.0, -1.0], [0.0, -1.0, 2.0]];
        let model = QuadraticModel::new(7.0, vec![1.0, -2.0, 0.5], hessian).unwrap();
        let d = model.minimizer().unwrap();
        assert!(model.gradient(&d).iter().all(|g| g.abs() < 1e-15));
        for step in [[0.1, 0.0, 0.0], [0.0, -0.1, 0.2], [0.05, 0.05, 0.05]] {
            let beside: Vec<f64> = d.iter().zip(step).map(|(d, s)| d + s).collect();
            let above = model.value(&beside) - model.value(&d);
            assert!((above - 0.5 * model.curvature(&step)).abs() < 1e-14);
        }
    }

    #[test]
    fn the_symmetric_part_counts_and_does_not_overflow() {
        let model = QuadraticModel::new(0.0, vec![0.0; 2], mat![[1.0, 4.0], [0.0, 1.0]]).unwrap();
        assert_eq!(model.hessian(), mat![[1.0, 2.0], [2.0, 1.0]]);
        let model = QuadraticModel::new(0.0, vec![0.0], mat![[f64::MAX]]).unwrap();
        assert_eq!(model.hessian()[(0, 0)], f64::MAX);
    }

    #[test]
    fn a_function_without_variables_is_its_value() {
        let model = QuadraticModel::new(5.0, vec![], Mat::zeros(0, 0)).unwrap();
        assert_eq!((model.value(&[]), model.minimizer()), (5.0, Ok(vec![])));
        assert_eq!(model.bounds(&[], f64::INFINITY), Ok((5.0, 5.0)));
    }
}
