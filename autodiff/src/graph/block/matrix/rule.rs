//! A matrix function with its rules, as a block.

use core::fmt;
use std::sync::Arc;

use calculus_core::Error;
use faer::Mat;

use super::VarMatrix;
use crate::Var;
use crate::graph::block::{At, Evaluate, Memory, Replay, call, recorded_pull_back};

/// Rows and columns.
pub(super) type Shape = (usize, usize);

/// Operands, results and factors, at which derivatives are taken.
pub(super) struct Point<'a, F> {
    pub(super) x: &'a [Mat<f64>],
    pub(super) y: &'a [Mat<f64>],
    pub(super) factors: &'a F,
}

/// Where a pullback is recorded: operands, results, cotangents, and which adjoints are wanted.
pub(super) struct Recorded<'a> {
    pub(super) x: &'a [VarMatrix],
    pub(super) y: &'a [VarMatrix],
    pub(super) g: &'a [VarMatrix],
    pub(super) wanted: &'a [bool],
}

/// A function of matrices, with the rules of `calculus_core::matrix`.
pub(super) trait Rule: fmt::Debug + Send + Sync + 'static {
    /// What value and derivatives have in common.
    type Factors;

    /// The name that graphs are printed with.
    const NAME: &'static str;

    /// The shapes of the operands.
    fn operands(&self) -> Vec<Shape>;

    /// The shapes of the results.
    fn results(&self) -> Vec<Shape>;

    fn factors(&self, x: &[Mat<f64>]) -> Result<Self::Factors, Error>;

    fn value(&self, x: &[Mat<f64>], factors: &Self::Factors) -> Result<Vec<Mat<f64>>, Error>;

    fn pushforward(
        &self,
        at: Point<'_, Self::Factors>,
        tangents: &[Mat<f64>],
    ) -> Result<Vec<Mat<f64>>, Error>;

    fn pullback(
        &self,
        at: Point<'_, Self::Factors>,
        cotangents: &[Mat<f64>],
    ) -> Result<Vec<Mat<f64>>, Error>;

    /// The adjoints of the operands, `None` where they are not wanted.
    fn record_pullback(&self, at: Recorded<'_>) -> Vec<Option<VarMatrix>>;
}

/// The results of a rule, recorded as one call.
#[track_caller]
pub(super) fn record<R: Rule>(rule: R, operands: &[&VarMatrix]) -> Vec<VarMatrix> {
    let shapes = rule.results();
    let entries: Vec<Var> = operands.iter().flat_map(|x| x.as_slice()).copied().collect();
    split(&call(Arc::new(MatrixFunction(rule)), &entries), &shapes)
}

/// Entries that stand one matrix after another, row by row.
fn split(entries: &[Var], shapes: &[Shape]) -> Vec<VarMatrix> {
    pieces(entries, shapes).map(|(x, (m, n))| VarMatrix::from_row_major(m, n, x)).collect()
}

fn numbers<T: Copy>(
    entries: &[T],
    shapes: &[Shape],
    number: impl Fn(T) -> f64 + Copy,
) -> Vec<Mat<f64>> {
    let matrix = |(x, (m, n)): (&[T], Shape)| Mat::from_fn(m, n, |i, j| number(x[i * n + j]));
    pieces(entries, shapes).map(matrix).collect()
}

fn pieces<'a, T>(
    mut entries: &'a [T],
    shapes: &'a [Shape],
) -> impl Iterator<Item = (&'a [T], Shape)> {
    shapes.iter().map(move |&(rows, columns)| {
        let (piece, rest) = entries.split_at(rows * columns);
        entries = rest;
        (piece, (rows, columns))
    })
}

/// The entries of matrices, one after another, row by row.
fn entries(matrices: &[Mat<f64>]) -> Vec<f64> {
    let rows = |m: &Mat<f64>| -> Vec<f64> {
        (0..m.nrows()).flat_map(|i| (0..m.ncols()).map(move |j| m[(i, j)])).collect()
    };
    matrices.iter().flat_map(rows).collect()
}

#[derive(Debug)]
struct MatrixFunction<R>(R);

impl<R: Rule> MatrixFunction<R> {
    /// Values, and the tangents in each direction; NaN where there is none.
    fn values_and_tangents<T: Replay>(&self, x: &[T]) -> Result<(Vec<f64>, Vec<Vec<f64>>), Error> {
        let Self(rule) = self;
        let shapes = rule.operands();
        let primals = numbers(x, &shapes, T::primal);
        let factors = rule.factors(&primals)?;
        let y = rule.value(&primals, &factors)?;
        let values = entries(&y);
        let tangents = (0..T::TANGENTS).map(|k| {
            if x.iter().all(|x| x.direction(k) == 0.0) {
                return vec![0.0; values.len()];
            }
            let at = Point { x: &primals, y: &y, factors: &factors };
            let tangents = numbers(x, &shapes, |x| x.direction(k));
            rule.pushforward(at, &tangents)
                .map_or_else(|_| vec![f64::NAN; values.len()], |tangents| entries(&tangents))
        });
        let tangents = tangents.collect();
        Ok((values, tangents))
    }

    fn adjoints<T: Replay>(&self, at: At<'_, T>) -> Result<Vec<f64>, Error> {
        let Self(rule) = self;
        let x = numbers(at.x, &rule.operands(), T::primal);
        let results = rule.results();
        let (y, g) = (numbers(at.y, &results, T::primal), numbers(at.g, &results, T::primal));
        let factors = rule.factors(&x)?;
        Ok(entries(&rule.pullback(Point { x: &x, y: &y, factors: &factors }, &g)?))
    }
}

impl<R: Rule> Evaluate for MatrixFunction<R> {
    fn name(&self) -> &str {
        R::NAME
    }

    fn results(&self, _: usize) -> usize {
        self.0.results().iter().map(|(rows, columns)| rows * columns).sum()
    }

    fn evaluate<T: Replay>(&self, x: &[T], y: &mut [T], _: &mut Memory) {
        match self.values_and_tangents(x) {
            Ok((values, tangents)) => {
                for (i, y) in y.iter_mut().enumerate() {
                    *y = T::with_directions(values[i], |k| tangents[k][i]);
                }
            }
            Err(_) => y.fill(T::with_directions(f64::NAN, |_| f64::NAN)),
        }
    }

    fn pull_back<T: Replay>(&self, at: At<'_, T>, gx: &mut [T], memory: &mut Memory) {
        if T::TANGENTS > 0 {
            return recorded_pull_back(self, at, gx, memory);
        }
        match self.adjoints(at) {
            Ok(adjoints) => {
                gx.iter_mut().zip(adjoints).for_each(|(gx, adjoint)| *gx = T::from(adjoint));
            }
            Err(_) => gx.fill(T::from(f64::NAN)),
        }
    }

    fn record_pullback(&self, at: At<'_, Var>, wanted: &[bool]) -> Vec<Var> {
        let Self(rule) = self;
        let (operands, results) = (rule.operands(), rule.results());
        let wanted: Vec<bool> =
            pieces(wanted, &operands).map(|(wanted, _)| wanted.contains(&true)).collect();
        let (x, y) = (split(at.x, &operands), split(at.y, &results));
        let g = split(at.g, &results);
        let adjoints = rule.record_pullback(Recorded { x: &x, y: &y, g: &g, wanted: &wanted });
        let filled = adjoints.into_iter().zip(operands).flat_map(|(adjoint, (rows, columns))| {
            adjoint.map_or_else(|| vec![Var::from(0.0); rows * columns], VarMatrix::into_vec)
        });
        filled.collect()
    }
}
