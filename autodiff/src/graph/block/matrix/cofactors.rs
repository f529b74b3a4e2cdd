//! The matrix of cofactors, the gradient of the determinant.

use std::sync::OnceLock;

use calculus_core::Error;
use calculus_core::matrix::{self, Matrix, adjugate};
use faer::Mat;

use super::rule::{Point, Recorded, Rule, Shape, record};
use super::{VarMatrix, inverse, matmul};
use crate::graph::block::{BlockPattern, vector};

/// $C = \mathrm{cof}(A)$ for a square matrix, also where $A$ is singular.
///
/// $$\bar A = \mathrm{cof}'(A)[\bar C] = \langle C, \bar C\rangle A^{-\top} - A^{-\top} \bar C^\top C$$
///
/// At numbers the derivative is right at every rank; recorded it goes by the inverse.
#[track_caller]
pub(super) fn cofactors(a: &VarMatrix) -> VarMatrix {
    let n = a.assert_square("the matrix of cofactors");
    record(CofactorMatrix { n }, &[a]).remove(0)
}

#[derive(Debug)]
pub(super) struct CofactorMatrix {
    pub(super) n: usize,
}

/// The cofactors, and what derivatives take once they are asked for.
pub(super) struct Factors {
    c: Mat<f64>,
    parts: OnceLock<Result<adjugate::Cofactors<Mat<f64>>, Error>>,
}

impl Factors {
    fn parts(&self, a: &Mat<f64>) -> Result<&adjugate::Cofactors<Mat<f64>>, Error> {
        let parts = self.parts.get_or_init(|| adjugate::value(a).map(|(_, parts)| parts));
        parts.as_ref().map_err(Clone::clone)
    }
}

impl Rule for CofactorMatrix {
    type Factors = Factors;
    const NAME: &'static str = "cofactors";

    fn sizes(&self) -> Vec<usize> {
        vec![self.n]
    }

    fn operands(&self) -> Vec<Shape> {
        vec![(self.n, self.n)]
    }

    fn results(&self) -> Vec<Shape> {
        vec![(self.n, self.n)]
    }

    /// A cofactor is a determinant of the other rows and columns.
    fn pattern(&self) -> BlockPattern<'_> {
        let n = self.n;
        let apart = move |a: usize, b: usize| a / n != b / n && a % n != b % n;
        let entries = move || 0..n * n;
        let interacting = move |f: &mut dyn FnMut(usize, usize)| {
            for a in entries().filter(|_| n > 2) {
                (a + 1..n * n).filter(|&b| apart(a, b)).for_each(|b| f(a, b));
            }
        };
        BlockPattern::interacting(interacting).depending(move |result, f| {
            entries().filter(|&operand| apart(operand, result)).for_each(f);
        })
    }

    fn factors(&self, x: &[Mat<f64>]) -> Result<Factors, Error> {
        let (_, lu) = matrix::det::value(&x[0])?;
        Ok(Factors { c: matrix::det::pullback(&x[0], &lu, &1.0)?, parts: OnceLock::new() })
    }

    fn value(&self, _: &[Mat<f64>], factors: &Factors) -> Result<Vec<Mat<f64>>, Error> {
        Ok(vec![factors.c.clone()])
    }

    fn pushforward(&self, at: Point<'_, Factors>, dx: &[Mat<f64>]) -> Result<Vec<Mat<f64>>, Error> {
        // Of the adjugate, which is the transposed matrix.
        let tangent = adjugate::pushforward(at.factors.parts(&at.x[0])?, &dx[0])?;
        Ok(vec![tangent.transposed()])
    }

    fn pullback(&self, at: Point<'_, Factors>, g: &[Mat<f64>]) -> Result<Vec<Mat<f64>>, Error> {
        let cotangent = g[0].transposed();
        Ok(vec![adjugate::pullback(at.factors.parts(&at.x[0])?, &cotangent)?])
    }

    fn record_pullback(&self, at: Recorded<'_>) -> Vec<Option<VarMatrix>> {
        let (c, g) = (&at.y[0], &at.g[0]);
        let inverse = inverse(&at.x[0]).transposed();
        let along = inverse.scaled(vector::dot(c.as_slice(), g.as_slice()));
        vec![Some(along.minus(&matmul(&matmul(&inverse, &g.transposed()), c)))]
    }
}
