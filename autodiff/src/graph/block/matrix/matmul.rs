//! Products of matrices.

use calculus_core::Error;
use calculus_core::matrix::{Transpose, matmul as product};
use faer::Mat;

use super::VarMatrix;
use super::rule::{Point, Recorded, Rule, Shape, record};
use crate::graph::block::BlockPattern;

/// The product $C = AB$, one node.
///
/// $$\bar A = \bar C B^\top, \qquad \bar B = A^\top \bar C$$
///
/// $A$ is $m \times k$ and $B$ is $k \times n$. Costs $mkn$ multiply-adds, and as much for each
/// adjoint.
///
/// # Panics
/// If $A$ has not as many columns as $B$ has rows.
///
/// # Examples
/// ```
/// use autodiff::gradient;
/// use autodiff::matrix::{VarMatrix, matmul, trace};
/// let square = |x: &[_]| {
///     let a = VarMatrix::from_row_major(2, 2, x);
///     trace(&matmul(&a, &a))
/// };
/// assert_eq!(gradient(square, &[1.0, 2.0, 3.0, 4.0]), [2.0, 6.0, 4.0, 8.0]);
/// ```
#[track_caller]
pub fn matmul(a: &VarMatrix, b: &VarMatrix) -> VarMatrix {
    let (lhs, rhs) = ((a.rows(), a.columns()), (b.rows(), b.columns()));
    assert_eq!(lhs.1, rhs.0, "a product of matrices of shapes {lhs:?} and {rhs:?}");
    record(MatMul { lhs, rhs }, &[a, b]).remove(0)
}

#[derive(Debug)]
pub(super) struct MatMul {
    pub(super) lhs: Shape,
    pub(super) rhs: Shape,
}

const NO: Transpose = Transpose::No;

impl Rule for MatMul {
    type Factors = ();
    const NAME: &'static str = "matmul";

    fn sizes(&self) -> Vec<usize> {
        vec![self.lhs.0, self.lhs.1, self.rhs.1]
    }

    fn operands(&self) -> Vec<Shape> {
        vec![self.lhs, self.rhs]
    }

    fn results(&self) -> Vec<Shape> {
        vec![(self.lhs.0, self.rhs.1)]
    }

    fn pattern(&self) -> BlockPattern<'_> {
        let ((m, k), n) = (self.lhs, self.rhs.1);
        let (a, b) = (move |i, l| i * k + l, move |l, j| m * k + l * n + j);
        let interacting = move |f: &mut dyn FnMut(usize, usize)| {
            for (i, l) in (0..m).flat_map(|i| (0..k).map(move |l| (i, l))) {
                (0..n).for_each(|j| f(a(i, l), b(l, j)));
            }
        };
        BlockPattern::interacting(interacting).depending(move |result, f| {
            let (i, j) = (result / n, result % n);
            (0..k).for_each(|l| f(a(i, l)));
            (0..k).for_each(|l| f(b(l, j)));
        })
    }

    fn factors(&self, _: &[Mat<f64>]) -> Result<(), Error> {
        Ok(())
    }

    fn value(&self, x: &[Mat<f64>], (): &()) -> Result<Vec<Mat<f64>>, Error> {
        Ok(vec![product::value(&x[0], NO, &x[1], NO)?])
    }

    fn pushforward(&self, at: Point<'_, ()>, dx: &[Mat<f64>]) -> Result<Vec<Mat<f64>>, Error> {
        Ok(vec![product::pushforward(&at.x[0], NO, &at.x[1], NO, &dx[0], &dx[1])?])
    }

    fn pullback(&self, at: Point<'_, ()>, g: &[Mat<f64>]) -> Result<Vec<Mat<f64>>, Error> {
        let (a, b) = product::pullback(&at.x[0], NO, &at.x[1], NO, &g[0])?;
        Ok(vec![a, b])
    }

    fn record_pullback(&self, at: Recorded<'_>) -> Vec<Option<VarMatrix>> {
        let (a, b, g) = (&at.x[0], &at.x[1], &at.g[0]);
        vec![
            at.wanted[0].then(|| matmul(g, &b.transposed())),
            at.wanted[1].then(|| matmul(&a.transposed(), g)),
        ]
    }
}
