//! Linear equations.

use calculus_core::Error;
use calculus_core::matrix::{Lu, Matrix, Operations, Transpose, solve as rule};
use faer::Mat;

use super::rule::{Point, Recorded, Rule, Shape, record};
use super::{VarMatrix, matmul};
use crate::graph::block::BlockPattern;

/// The solution $X$ of the linear equations $AX = B$, one node.
///
/// $$\bar B = A^{-\top} \bar X, \qquad \bar A = -\bar B X^\top$$
///
/// $A$ is $n \times n$ and $B$ is $n \times k$. Where $A$ is singular, and where the solution
/// overflows, the results are NaN. Costs a factorisation of $n^3/3$ multiply-adds, which the
/// adjoints of a sweep reuse.
///
/// Source: Giles (2008), section 2.3.1.
///
/// # Panics
/// If $A$ is not square, or $B$ has another number of rows.
///
/// # Examples
/// ```
/// use autodiff::gradient;
/// use autodiff::matrix::{VarMatrix, solve};
/// let first = |v: &[_]| {
///     let a = VarMatrix::from_row_major(2, 2, &v[..4]);
///     solve(&a, &VarMatrix::column(&v[4..]))[(0, 0)]
/// };
/// let g = gradient(first, &[2.0, 0.0, 0.0, 4.0, /**/ 2.0, 2.0]);
/// assert_eq!(g, [-0.5, -0.25, 0.0, 0.0, /**/ 0.5, 0.0]);
/// ```
#[track_caller]
pub fn solve(a: &VarMatrix, b: &VarMatrix) -> VarMatrix {
    let n = a.assert_square("a solution of linear equations");
    let rows = b.rows();
    assert_eq!(rows, n, "{n} equations have right-hand sides of {n} rows, not of {rows}");
    record(Solve { n, columns: b.columns() }, &[a, b]).remove(0)
}

#[derive(Debug)]
pub(super) struct Solve {
    pub(super) n: usize,
    pub(super) columns: usize,
}

const NO: Transpose = Transpose::No;

impl Rule for Solve {
    type Factors = Lu<Mat<f64>>;
    const NAME: &'static str = "solve";

    fn sizes(&self) -> Vec<usize> {
        vec![self.n, self.columns]
    }

    fn operands(&self) -> Vec<Shape> {
        vec![(self.n, self.n), (self.n, self.columns)]
    }

    fn results(&self) -> Vec<Shape> {
        vec![(self.n, self.columns)]
    }

    fn pattern(&self) -> BlockPattern<'_> {
        let (entries, columns) = (self.n * self.n, self.columns);
        let operands = entries + self.n * columns;
        // Linear in the right-hand sides.
        let interacting = move |f: &mut dyn FnMut(usize, usize)| {
            (0..entries).for_each(|i| (i..operands).for_each(|j| f(i, j)));
        };
        BlockPattern::interacting(interacting).depending(move |result, f| {
            let same_column = (entries + result % columns..operands).step_by(columns);
            (0..entries).chain(same_column).for_each(f);
        })
    }

    fn factors(&self, x: &[Mat<f64>]) -> Result<Self::Factors, Error> {
        Ok(<Mat<f64> as Operations>::lu(x[0].view()))
    }

    fn value(&self, x: &[Mat<f64>], lu: &Self::Factors) -> Result<Vec<Mat<f64>>, Error> {
        Ok(vec![rule::from_factors(lu, NO, &x[1])?])
    }

    fn pushforward(
        &self,
        at: Point<'_, Self::Factors>,
        dx: &[Mat<f64>],
    ) -> Result<Vec<Mat<f64>>, Error> {
        Ok(vec![rule::pushforward(at.factors, NO, &at.y[0], &dx[0], &dx[1])?])
    }

    fn pullback(
        &self,
        at: Point<'_, Self::Factors>,
        g: &[Mat<f64>],
    ) -> Result<Vec<Mat<f64>>, Error> {
        let (a, b) = rule::pullback(at.factors, NO, &at.y[0], &g[0])?;
        Ok(vec![a, b])
    }

    fn record_pullback(&self, at: Recorded<'_>) -> Vec<Option<VarMatrix>> {
        let (a, x, g) = (&at.x[0], &at.y[0], &at.g[0]);
        let b = solve(&a.transposed(), g);
        let a = at.wanted[0].then(|| matmul(&b.negated(), &x.transposed()));
        vec![a, Some(b)]
    }
}
