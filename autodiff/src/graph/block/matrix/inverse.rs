//! Inverse matrices.

use calculus_core::Error;
use calculus_core::matrix::inverse as rule;
use faer::Mat;

use super::rule::{Point, Recorded, Rule, Shape, record};
use super::{VarMatrix, matmul};

/// The inverse $C = A^{-1}$ of a square matrix, one node.
///
/// $$\bar A = -C^\top \bar C C^\top$$
///
/// Where $A$ is singular, and where the inverse overflows, the results are NaN. Costs $n^3$
/// multiply-adds, and two products for the adjoint; to solve equations, [`solve`](super::solve) is
/// faster and more accurate.
///
/// Source: Giles (2008), section 2.2.3.
///
/// # Panics
/// If $A$ is not square.
///
/// # Examples
/// ```
/// use autodiff::gradient;
/// use autodiff::matrix::{VarMatrix, inverse, trace};
/// let g = gradient(|a| trace(&inverse(&VarMatrix::from_row_major(2, 2, a))), &[2.0, 0.0, 0.0, 4.0]);
/// assert_eq!(g, [-0.25, 0.0, 0.0, -0.0625]);
/// ```
#[track_caller]
pub fn inverse(a: &VarMatrix) -> VarMatrix {
    let n = a.assert_square("an inverse");
    record(Inverse { n }, &[a]).remove(0)
}

#[derive(Debug)]
pub(super) struct Inverse {
    pub(super) n: usize,
}

impl Rule for Inverse {
    type Factors = ();
    const NAME: &'static str = "inverse";

    fn sizes(&self) -> Vec<usize> {
        vec![self.n]
    }

    fn operands(&self) -> Vec<Shape> {
        vec![(self.n, self.n)]
    }

    fn results(&self) -> Vec<Shape> {
        vec![(self.n, self.n)]
    }

    fn factors(&self, _: &[Mat<f64>]) -> Result<(), Error> {
        Ok(())
    }

    fn value(&self, x: &[Mat<f64>], (): &()) -> Result<Vec<Mat<f64>>, Error> {
        Ok(vec![rule::value(&x[0])?])
    }

    fn pushforward(&self, at: Point<'_, ()>, dx: &[Mat<f64>]) -> Result<Vec<Mat<f64>>, Error> {
        Ok(vec![rule::pushforward(&at.y[0], &dx[0])?])
    }

    fn pullback(&self, at: Point<'_, ()>, g: &[Mat<f64>]) -> Result<Vec<Mat<f64>>, Error> {
        Ok(vec![rule::pullback(&at.y[0], &g[0])?])
    }

    fn record_pullback(&self, at: Recorded<'_>) -> Vec<Option<VarMatrix>> {
        let transposed = at.y[0].transposed();
        vec![Some(matmul(&matmul(&transposed, &at.g[0]), &transposed).negated())]
    }
}
