//! Eigenvalues and eigenvectors of symmetric matrices.

use calculus_core::Error;
use calculus_core::Real;
use calculus_core::elementary::Binary;
use calculus_core::matrix::{Matrix, symmetric_eigen as rule};
use faer::Mat;

use super::rule::{Point, Recorded, Rule, Shape, record};
use super::{VarMatrix, matmul};
use crate::Var;

/// The eigenvalues $w$ of $\mathrm{sym}(A)$ in ascending order, one node.
///
/// $$\bar A = V\,\mathrm{diag}(\bar w)\,V^\top$$
///
/// with the eigenvectors in the columns of $V$. Second derivatives exist where the eigenvalues that
/// count are simple, and are NaN or infinite elsewhere. Costs about $9n^3$ multiply-adds, for the value
/// and for the tangents.
///
/// Source: Giles (2008), section 3.1.
///
/// # Panics
/// If $A$ is not square.
///
/// # Examples
/// ```
/// use autodiff::gradient;
/// use autodiff::matrix::{VarMatrix, symmetric_eigenvalues};
/// let largest = |a: &[_]| symmetric_eigenvalues(&VarMatrix::from_row_major(2, 2, a))[1];
/// assert_eq!(gradient(largest, &[1.0, 0.0, 0.0, 3.0]), [0.0, 0.0, 0.0, 1.0]);
/// ```
#[track_caller]
pub fn symmetric_eigenvalues(a: &VarMatrix) -> Vec<Var> {
    symmetric_eigen(a).0
}

/// The eigenvalues $w$ of $\mathrm{sym}(A)$ in ascending order, and the eigenvectors in the columns of
/// $V$; one node.
///
/// $$\bar A = V(\mathrm{diag}(\bar w) + \mathrm{skew}(V^\top \bar V) \oslash D)V^\top, \qquad
/// d_{ij} = w_j - w_i$$
///
/// The sign of an eigenvector is that of the kernel. Eigenvectors of equal eigenvalues have no
/// derivative: it is NaN or infinite. Costs about $9n^3$ multiply-adds.
///
/// Source: Giles (2008), section 3.1.
///
/// # Panics
/// If $A$ is not square.
///
/// # Examples
/// ```
/// use autodiff::gradient;
/// use autodiff::matrix::{VarMatrix, symmetric_eigen};
/// // d v_01^2 / dA, of which the diagonal does not move the vectors of a diagonal matrix
/// let square = |a: &[_]| {
///     let (_, v) = symmetric_eigen(&VarMatrix::from_row_major(2, 2, a));
///     v[(0, 1)] * v[(0, 1)]
/// };
/// assert_eq!(gradient(square, &[1.0, 0.0, 0.0, 3.0]), [0.0; 4]);
/// ```
#[track_caller]
pub fn symmetric_eigen(a: &VarMatrix) -> (Vec<Var>, VarMatrix) {
    let n = a.assert_square("an eigenvalue");
    let mut results = record(SymmetricEigen { n }, &[a]);
    let v = results.remove(1);
    (results.remove(0).into_vec(), v)
}

#[derive(Debug)]
pub(super) struct SymmetricEigen {
    pub(super) n: usize,
}

impl Rule for SymmetricEigen {
    type Factors = ();
    const NAME: &'static str = "symmetric_eigen";

    fn sizes(&self) -> Vec<usize> {
        vec![self.n]
    }

    fn operands(&self) -> Vec<Shape> {
        vec![(self.n, self.n)]
    }

    fn results(&self) -> Vec<Shape> {
        vec![(self.n, 1), (self.n, self.n)]
    }

    fn factors(&self, _: &[Mat<f64>]) -> Result<(), Error> {
        Ok(())
    }

    fn value(&self, x: &[Mat<f64>], (): &()) -> Result<Vec<Mat<f64>>, Error> {
        let (w, v) = rule::value(&x[0].symmetric())?;
        Ok(vec![w, v])
    }

    fn pushforward(&self, at: Point<'_, ()>, dx: &[Mat<f64>]) -> Result<Vec<Mat<f64>>, Error> {
        let (w, v) = rule::pushforward(&at.y[0], &at.y[1], &dx[0])?;
        Ok(vec![w, v])
    }

    fn pullback(&self, at: Point<'_, ()>, g: &[Mat<f64>]) -> Result<Vec<Mat<f64>>, Error> {
        Ok(vec![rule::pullback(&at.y[0], &at.y[1], &g[0], &g[1])?])
    }

    fn record_pullback(&self, at: Recorded<'_>) -> Vec<Option<VarMatrix>> {
        let (w, v) = (&at.y[0], &at.y[1]);
        let (w_bar, v_bar) = (&at.g[0], &at.g[1]);
        let k = (!v_bar.is_zero()).then(|| matmul(&v.transposed(), v_bar));
        let inner = VarMatrix::from_fn(self.n, self.n, |i, j| match &k {
            _ if i == j => w_bar[(i, 0)],
            None => Var::from(0.0),
            // Where nothing depends on the vectors, equal eigenvalues do no harm.
            Some(k) => (0.5 * (k[(i, j)] - k[(j, i)]))
                .combine(Binary::ProductOrZero, (w[(j, 0)] - w[(i, 0)]).recip()),
        });
        vec![Some(matmul(&matmul(v, &inner), &v.transposed()).symmetric())]
    }
}
