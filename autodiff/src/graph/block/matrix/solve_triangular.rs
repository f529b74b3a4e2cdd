//! Triangular linear equations.

use calculus_core::Error;
use calculus_core::matrix::{Transpose, Triangle, solve_triangular as rule};
use faer::Mat;

use super::rule::{Point, Recorded, Rule, Shape, record};
use super::{VarMatrix, matmul};
use crate::graph::block::BlockPattern;

/// The solution $X$ of the triangular equations $TX = B$, one node.
///
/// $$\bar B = T^{-\top} \bar X, \qquad \bar T = -\Pi(\bar B X^\top)$$
///
/// $T$ is $n \times n$, of which only the triangle named is read: $\Pi$ takes the entries that are.
/// $B$ is $n \times k$. Where an entry of the diagonal is 0, and where the solution overflows, the
/// results are NaN. Costs $n^2 k/2$ multiply-adds; equations with $T^\top$ are those of
/// `t.transposed()` with the other triangle.
///
/// Source: Giles (2008), section 2.3.1.
///
/// # Panics
/// If $T$ is not square, or $B$ has another number of rows.
///
/// # Examples
/// ```
/// use autodiff::gradient;
/// use autodiff::matrix::{VarMatrix, solve_triangular};
/// use calculus_core::matrix::Triangle;
/// let last = |v: &[_]| {
///     let t = VarMatrix::from_row_major(2, 2, &v[..4]);
///     solve_triangular(&t, Triangle::Lower, &VarMatrix::column(&v[4..]))[(1, 0)]
/// };
/// let g = gradient(last, &[2.0, 0.0, 1.0, 4.0, /**/ 2.0, 5.0]);
/// assert_eq!(g, [0.125, 0.0, -0.25, -0.25, /**/ -0.125, 0.25]);
/// ```
#[track_caller]
pub fn solve_triangular(t: &VarMatrix, triangle: Triangle, b: &VarMatrix) -> VarMatrix {
    let n = t.assert_square("a solution of triangular equations");
    let rows = b.rows();
    assert_eq!(rows, n, "{n} equations have right-hand sides of {n} rows, not of {rows}");
    record(SolveTriangular { n, columns: b.columns(), triangle }, &[t, b]).remove(0)
}

#[derive(Debug)]
pub(super) struct SolveTriangular {
    pub(super) n: usize,
    pub(super) columns: usize,
    pub(super) triangle: Triangle,
}

/// In the order in which they are numbered in [`Rule::sizes`].
pub(super) const TRIANGLES: [Triangle; 4] =
    [Triangle::Lower, Triangle::UnitLower, Triangle::Upper, Triangle::UnitUpper];

const NO: Transpose = Transpose::No;

impl Rule for SolveTriangular {
    type Factors = ();
    const NAME: &'static str = "solve_triangular";

    fn sizes(&self) -> Vec<usize> {
        let triangle = TRIANGLES.iter().position(|&triangle| triangle == self.triangle);
        vec![self.n, self.columns, triangle.expect("one of the four")]
    }

    fn operands(&self) -> Vec<Shape> {
        vec![(self.n, self.n), (self.n, self.columns)]
    }

    fn results(&self) -> Vec<Shape> {
        vec![(self.n, self.columns)]
    }

    fn pattern(&self) -> BlockPattern<'_> {
        let (n, columns, part) = (self.n, self.columns, self.triangle.part());
        let lower = matches!(self.triangle, Triangle::Lower | Triangle::UnitLower);
        // Whether row i of the solution needs row k.
        let needs = move |i: usize, k: usize| if lower { k <= i } else { k >= i };
        let square = move || (0..n).flat_map(move |k| (0..n).map(move |l| (k, l)));
        let read = move || square().filter(move |&(k, l)| part.contains(k, l));
        let (t, b) = (move |k, l| k * n + l, move |k, j| n * n + k * columns + j);
        // T^-1 dT T^-1 dT T^-1 B and T^-1 dT T^-1 dB.
        let interacting = move |f: &mut dyn FnMut(usize, usize)| {
            for (k, l) in read() {
                let second = read().filter(|&(p, _)| needs(l, p));
                second.for_each(|(p, q)| f(t(k, l), t(p, q)));
                for p in (0..n).filter(|&p| needs(l, p)) {
                    (0..columns).for_each(|j| f(t(k, l), b(p, j)));
                }
            }
        };
        BlockPattern::interacting(interacting).depending(move |result, f| {
            let (i, j) = (result / columns, result % columns);
            read().filter(|&(k, _)| needs(i, k)).for_each(|(k, l)| f(t(k, l)));
            (0..n).filter(|&k| needs(i, k)).for_each(|k| f(b(k, j)));
        })
    }

    fn factors(&self, _: &[Mat<f64>]) -> Result<(), Error> {
        Ok(())
    }

    fn value(&self, x: &[Mat<f64>], (): &()) -> Result<Vec<Mat<f64>>, Error> {
        Ok(vec![rule::value(&x[0], self.triangle, NO, &x[1])?])
    }

    fn pushforward(&self, at: Point<'_, ()>, dx: &[Mat<f64>]) -> Result<Vec<Mat<f64>>, Error> {
        let t = &at.x[0];
        Ok(vec![rule::pushforward(t, self.triangle, NO, &at.y[0], &dx[0], &dx[1])?])
    }

    fn pullback(&self, at: Point<'_, ()>, g: &[Mat<f64>]) -> Result<Vec<Mat<f64>>, Error> {
        let (t, b) = rule::pullback(&at.x[0], self.triangle, NO, &at.y[0], &g[0])?;
        Ok(vec![t, b])
    }

    fn record_pullback(&self, at: Recorded<'_>) -> Vec<Option<VarMatrix>> {
        let (t, x, g) = (&at.x[0], &at.y[0], &at.g[0]);
        let b = solve_triangular(&t.transposed(), transposed(self.triangle), g);
        let read = self.triangle.part();
        let t = at.wanted[0].then(|| matmul(&b.negated(), &x.transposed()).part(read));
        vec![t, Some(b)]
    }
}

/// The triangle that a triangle becomes in the transposed matrix.
fn transposed(triangle: Triangle) -> Triangle {
    match triangle {
        Triangle::Lower => Triangle::Upper,
        Triangle::UnitLower => Triangle::UnitUpper,
        Triangle::Upper => Triangle::Lower,
        Triangle::UnitUpper => Triangle::UnitLower,
    }
}
