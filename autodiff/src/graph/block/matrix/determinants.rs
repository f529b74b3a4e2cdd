//! Determinants and their logarithms.

use core::marker::PhantomData;
use std::sync::Arc;

use calculus_core::Error;
use calculus_core::matrix::{self, Lu, Matrix};
use faer::Mat;

use super::cofactors::cofactors;
use super::rule::{Point, Recorded, Rule, Shape, block, record};
use super::{VarMatrix, inverse};
use crate::Var;
use crate::graph::block::{Block, BlockPattern};

/// The determinant $y = \det A$, one node.
///
/// $$\bar A = \bar y\,\mathrm{cof}(A) = \bar y\,y A^{-\top}$$
///
/// First and second derivatives are right for a singular matrix too, recorded or not; third ones go
/// by the inverse and are NaN there. A determinant that overflows is NaN. Costs $n^3/3$ multiply-adds,
/// $2n^3/3$ for the adjoint, and complete pivoting for second derivatives.
///
/// Source: Giles (2008), section 2.2.4.
///
/// # Panics
/// If $A$ is not square.
///
/// # Examples
/// ```
/// use autodiff::gradient;
/// use autodiff::matrix::{VarMatrix, det};
/// let g = gradient(|a| det(&VarMatrix::from_row_major(2, 2, a)), &[1.0, 2.0, 2.0, 4.0]);
/// assert_eq!(g, [4.0, -2.0, -2.0, 1.0]);
/// ```
#[track_caller]
pub fn det(a: &VarMatrix) -> Var {
    recorded::<Det>(a)
}

/// The logarithm of the modulus of the determinant, $y = \ln|\det A|$, one node.
///
/// $$\bar A = \bar y\,A^{-\top}$$
///
/// Does not overflow at any size. Where $A$ is singular the value is NaN. Costs as [`det`].
///
/// Source: Giles (2008), section 2.2.4.
///
/// # Panics
/// If $A$ is not square.
///
/// # Examples
/// ```
/// use autodiff::gradient;
/// use autodiff::matrix::{VarMatrix, log_abs_det};
/// let g = gradient(|a| log_abs_det(&VarMatrix::from_row_major(2, 2, a)), &[0.0, 2.0, 2.0, 0.0]);
/// assert_eq!(g, [0.0, 0.5, 0.5, 0.0]);
/// ```
#[track_caller]
pub fn log_abs_det(a: &VarMatrix) -> Var {
    recorded::<LogAbsDet>(a)
}

/// The logarithm of the determinant of the positive definite matrix $S = \mathrm{sym}(A)$,
/// $y = \ln\det S$, one node.
///
/// $$\bar A = \bar y\,S^{-1}$$
///
/// Where the symmetric part of the square matrix $A$ is not positive definite, the value is NaN. Costs
/// $n^3/6$ multiply-adds, and $n^3/3$ for the adjoint.
///
/// Source: Petersen and Pedersen (2012), equation 57.
///
/// # Panics
/// If $A$ is not square.
///
/// # Examples
/// ```
/// use autodiff::gradient;
/// use autodiff::matrix::{VarMatrix, log_det};
/// let g = gradient(|a| log_det(&VarMatrix::from_row_major(2, 2, a)), &[4.0, 0.0, 0.0, 0.25]);
/// assert_eq!(g, [0.25, 0.0, 0.0, 4.0]);
/// ```
#[track_caller]
pub fn log_det(a: &VarMatrix) -> Var {
    recorded::<LogDet>(a)
}

/// What tells the three functions apart.
trait Determinant: core::fmt::Debug + Send + Sync + 'static {
    type Factors: Send + Sync + 'static;
    const NAME: &'static str;

    fn value(a: &Mat<f64>) -> Result<(f64, Self::Factors), Error>;

    /// The gradient at numbers.
    fn gradient(a: &Mat<f64>, factors: &Self::Factors) -> Result<Mat<f64>, Error>;

    /// Whether there may be a second derivative by these two entries.
    fn interact(a: (usize, usize), b: (usize, usize)) -> bool;

    /// The gradient, recorded.
    fn recorded_gradient(a: &VarMatrix) -> VarMatrix;
}

#[derive(Debug)]
struct Det;

impl Determinant for Det {
    type Factors = Lu<Mat<f64>>;
    const NAME: &'static str = "det";

    fn value(a: &Mat<f64>) -> Result<(f64, Self::Factors), Error> {
        matrix::det::value(a)
    }

    fn gradient(a: &Mat<f64>, lu: &Self::Factors) -> Result<Mat<f64>, Error> {
        matrix::det::pullback(a, lu, &1.0)
    }

    /// Linear in each row and in each column.
    fn interact((i, j): (usize, usize), (k, l): (usize, usize)) -> bool {
        i != k && j != l
    }

    fn recorded_gradient(a: &VarMatrix) -> VarMatrix {
        cofactors(a)
    }
}

#[derive(Debug)]
struct LogAbsDet;

impl Determinant for LogAbsDet {
    type Factors = Lu<Mat<f64>>;
    const NAME: &'static str = "log_abs_det";

    fn value(a: &Mat<f64>) -> Result<(f64, Self::Factors), Error> {
        matrix::log_abs_det::value(a).map(|(_, y, lu)| (y, lu))
    }

    fn gradient(_: &Mat<f64>, lu: &Self::Factors) -> Result<Mat<f64>, Error> {
        matrix::log_abs_det::pullback(lu, &1.0)
    }

    fn interact(_: (usize, usize), _: (usize, usize)) -> bool {
        true
    }

    fn recorded_gradient(a: &VarMatrix) -> VarMatrix {
        inverse(a).transposed()
    }
}

#[derive(Debug)]
struct LogDet;

impl Determinant for LogDet {
    /// The Cholesky factor.
    type Factors = Mat<f64>;
    const NAME: &'static str = "log_det";

    fn value(a: &Mat<f64>) -> Result<(f64, Self::Factors), Error> {
        matrix::log_det::value(&a.symmetric())
    }

    fn gradient(_: &Mat<f64>, l: &Self::Factors) -> Result<Mat<f64>, Error> {
        matrix::log_det::pullback(l, &1.0)
    }

    fn interact(_: (usize, usize), _: (usize, usize)) -> bool {
        true
    }

    fn recorded_gradient(a: &VarMatrix) -> VarMatrix {
        inverse(&a.symmetric())
    }
}

/// A determinant of a matrix with as many rows.
#[derive(Debug)]
struct DeterminantOf<D> {
    n: usize,
    function: PhantomData<D>,
}

#[track_caller]
fn recorded<D: Determinant>(a: &VarMatrix) -> Var {
    let n = a.assert_square("a determinant");
    record(DeterminantOf::<D> { n, function: PhantomData }, &[a])[0][(0, 0)]
}

/// The block of a determinant of this name, of a matrix with as many rows.
pub(super) fn built_in(name: &str, n: usize, operands: usize) -> Option<Arc<dyn Block>> {
    fn of<D: Determinant>(n: usize, operands: usize) -> Option<Arc<dyn Block>> {
        block(DeterminantOf::<D> { n, function: PhantomData }, operands)
    }
    match name {
        Det::NAME => of::<Det>(n, operands),
        LogAbsDet::NAME => of::<LogAbsDet>(n, operands),
        LogDet::NAME => of::<LogDet>(n, operands),
        _ => None,
    }
}

/// A matrix with this one entry.
fn one_by_one(y: f64) -> Vec<Mat<f64>> {
    vec![Mat::from_fn(1, 1, |_, _| y)]
}

impl<D: Determinant> Rule for DeterminantOf<D> {
    type Factors = (f64, D::Factors);
    const NAME: &'static str = D::NAME;

    fn sizes(&self) -> Vec<usize> {
        vec![self.n]
    }

    fn operands(&self) -> Vec<Shape> {
        vec![(self.n, self.n)]
    }

    fn results(&self) -> Vec<Shape> {
        vec![(1, 1)]
    }

    fn pattern(&self) -> BlockPattern<'_> {
        let n = self.n;
        BlockPattern::interacting(move |f| {
            for (a, b) in (0..n * n).flat_map(|a| (a..n * n).map(move |b| (a, b))) {
                if D::interact((a / n, a % n), (b / n, b % n)) {
                    f(a, b);
                }
            }
        })
    }

    fn factors(&self, x: &[Mat<f64>]) -> Result<Self::Factors, Error> {
        D::value(&x[0])
    }

    fn value(&self, _: &[Mat<f64>], (y, _): &Self::Factors) -> Result<Vec<Mat<f64>>, Error> {
        Ok(one_by_one(*y))
    }

    fn pushforward(
        &self,
        at: Point<'_, Self::Factors>,
        dx: &[Mat<f64>],
    ) -> Result<Vec<Mat<f64>>, Error> {
        let gradient = D::gradient(&at.x[0], &at.factors.1)?;
        Ok(one_by_one(gradient.inner(&dx[0])))
    }

    fn pullback(
        &self,
        at: Point<'_, Self::Factors>,
        g: &[Mat<f64>],
    ) -> Result<Vec<Mat<f64>>, Error> {
        Ok(vec![D::gradient(&at.x[0], &at.factors.1)?.scaled(g[0][(0, 0)])])
    }

    fn record_pullback(&self, at: Recorded<'_>) -> Vec<Option<VarMatrix>> {
        let gradient = D::recorded_gradient(&at.x[0]);
        vec![Some(gradient.scaled(at.g[0][(0, 0)]))]
    }
}
