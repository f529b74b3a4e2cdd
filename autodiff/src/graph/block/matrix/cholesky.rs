//! The Cholesky factor.

use calculus_core::Error;
use calculus_core::matrix::{Matrix, Part, Triangle, cholesky as rule};
use faer::Mat;

use super::rule::{Point, Recorded, Rule, Shape, record};
use super::{VarMatrix, matmul, solve_triangular};
use crate::Var;
use crate::graph::block::BlockPattern;

/// The Cholesky factor $L$, lower triangular with a positive diagonal, of
/// $\mathrm{sym}(A) = LL^\top$, one node.
///
/// $$\bar A = \mathrm{sym}(L^{-\top} \Phi(L^\top \bar L) L^{-1})$$
///
/// where $\Phi$ takes the lower triangle and halves its diagonal. Where the symmetric part of the
/// square matrix $A$ is not positive definite, the results are NaN. Costs $n^3/6$ multiply-adds, and
/// about $n^3$ for the adjoint.
///
/// Source: Murray (2016), equations 8 and 9.
///
/// # Panics
/// If $A$ is not square.
///
/// # Examples
/// ```
/// use autodiff::gradient;
/// use autodiff::matrix::{VarMatrix, cholesky};
/// let g = gradient(|a| cholesky(&VarMatrix::from_row_major(2, 2, a))[(1, 1)], &[4.0, 2.0, 2.0, 5.0]);
/// assert_eq!(g, [0.0625, -0.125, -0.125, 0.25]);
/// ```
#[track_caller]
pub fn cholesky(a: &VarMatrix) -> VarMatrix {
    let n = a.assert_square("a Cholesky factor");
    // Above the diagonal the factor is the constant 0.
    record(Cholesky { n }, &[a]).remove(0).part(Part::Lower)
}

#[derive(Debug)]
pub(super) struct Cholesky {
    pub(super) n: usize,
}

impl Rule for Cholesky {
    type Factors = ();
    const NAME: &'static str = "cholesky";

    fn sizes(&self) -> Vec<usize> {
        vec![self.n]
    }

    fn operands(&self) -> Vec<Shape> {
        vec![(self.n, self.n)]
    }

    fn results(&self) -> Vec<Shape> {
        vec![(self.n, self.n)]
    }

    fn pattern(&self) -> BlockPattern<'_> {
        let n = self.n;
        BlockPattern::dense().depending(move |result, f| {
            let (i, j) = (result / n, result % n);
            // Of row i, and of the rows and columns up to j; above the diagonal the factor is 0.
            let rows = (0..=j).chain((i > j).then_some(i)).filter(|_| j <= i);
            for (k, l) in rows.flat_map(|k| (0..=j).map(move |l| (k, l))) {
                f(k * n + l);
                f(l * n + k);
            }
        })
    }

    fn factors(&self, _: &[Mat<f64>]) -> Result<(), Error> {
        Ok(())
    }

    fn value(&self, x: &[Mat<f64>], (): &()) -> Result<Vec<Mat<f64>>, Error> {
        Ok(vec![rule::value(&x[0].symmetric())?])
    }

    fn pushforward(&self, at: Point<'_, ()>, dx: &[Mat<f64>]) -> Result<Vec<Mat<f64>>, Error> {
        Ok(vec![rule::pushforward(&at.y[0], &dx[0])?])
    }

    fn pullback(&self, at: Point<'_, ()>, g: &[Mat<f64>]) -> Result<Vec<Mat<f64>>, Error> {
        Ok(vec![rule::pullback(&at.y[0], &g[0])?])
    }

    fn record_pullback(&self, at: Recorded<'_>) -> Vec<Option<VarMatrix>> {
        let transposed = at.y[0].part(Part::Lower).transposed();
        let phi = halved_lower(&matmul(&transposed, &at.g[0].part(Part::Lower)));
        let left = solve_triangular(&transposed, Triangle::Upper, &phi);
        let both = solve_triangular(&transposed, Triangle::Upper, &left.transposed());
        vec![Some(both.symmetric())]
    }
}

/// $\Phi(A)$: the lower triangle with half of the diagonal.
fn halved_lower(a: &VarMatrix) -> VarMatrix {
    VarMatrix::from_fn(a.rows(), a.columns(), |i, j| match i.cmp(&j) {
        core::cmp::Ordering::Less => Var::from(0.0),
        core::cmp::Ordering::Equal => 0.5 * a[(i, j)],
        core::cmp::Ordering::Greater => a[(i, j)],
    })
}
