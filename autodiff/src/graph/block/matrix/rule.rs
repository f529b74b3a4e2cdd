//! A matrix function with its rules, as a block.

use core::fmt;
use std::sync::Arc;

use calculus_core::Error;
use faer::Mat;

use super::VarMatrix;
use crate::Var;
use crate::graph::block::{
    At, Block, BlockPattern, Evaluate, Form, Memory, Replay, call, recorded_pull_back,
};

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
    type Factors: Send + Sync + 'static;

    /// The name that graphs are printed with.
    const NAME: &'static str;

    /// The numbers that make the rule again in [`built_in`](super::built_in).
    fn sizes(&self) -> Vec<usize>;

    /// The shapes of the operands.
    fn operands(&self) -> Vec<Shape>;

    /// The shapes of the results.
    fn results(&self) -> Vec<Shape>;

    /// Where derivatives may be other than zero, in places among the entries of all operands and of
    /// all results; by default everywhere.
    fn pattern(&self) -> BlockPattern<'_> {
        BlockPattern::dense()
    }

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

/// The block of a rule that was read, if its shapes are those of as many operands and none is empty.
pub(super) fn block(rule: impl Rule, operands: usize) -> Option<Arc<dyn Block>> {
    let some = |shapes: &[Shape]| shapes.iter().all(|&(rows, columns)| rows > 0 && columns > 0);
    let (x, y) = (rule.operands(), rule.results());
    let entries = x.iter().try_fold(0_usize, |sum, &(m, n)| sum.checked_add(m.checked_mul(n)?));
    let fits = some(&x) && some(&y) && entries == Some(operands);
    fits.then(|| Arc::new(MatrixFunction(rule)) as Arc<dyn Block>)
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
    fn evaluated<T: Replay>(&self, x: &[T]) -> Result<Evaluated<R::Factors>, Error> {
        let x = numbers(x, &self.0.operands(), T::primal);
        let factors = self.0.factors(&x)?;
        let y = self.0.value(&x, &factors)?;
        Ok(Evaluated { x, y, factors })
    }

    /// The tangents of the results in each direction, NaN where there is none.
    fn tangents<T: Replay>(&self, at: &Evaluated<R::Factors>, x: &[T]) -> Vec<Vec<f64>> {
        let shapes = self.0.operands();
        let results = self.0.results().iter().map(|(rows, columns)| rows * columns).sum();
        let tangent = |k| {
            if x.iter().all(|x| x.direction(k) == 0.0) {
                return vec![0.0; results];
            }
            let tangents = numbers(x, &shapes, |x| x.direction(k));
            let moved = self.0.pushforward(at.point(), &tangents);
            moved.map_or_else(|_| vec![f64::NAN; results], |moved| entries(&moved))
        };
        (0..T::TANGENTS).map(tangent).collect()
    }
}

/// Operands, results and factors of an evaluation.
struct Evaluated<F> {
    x: Vec<Mat<f64>>,
    y: Vec<Mat<f64>>,
    factors: F,
}

impl<F> Evaluated<F> {
    fn point(&self) -> Point<'_, F> {
        Point { x: &self.x, y: &self.y, factors: &self.factors }
    }
}

/// The last evaluation, which a sweep takes its factors from, if one was to follow.
struct Kept<F>(Option<Evaluated<F>>);

impl<R: Rule> Evaluate for MatrixFunction<R> {
    fn name(&self) -> &str {
        R::NAME
    }

    fn form(&self) -> Form<'_> {
        Form::BuiltIn(self.0.sizes())
    }

    fn results(&self, _: usize) -> usize {
        self.0.results().iter().map(|(rows, columns)| rows * columns).sum()
    }

    fn pattern(&self, _: usize) -> BlockPattern<'_> {
        self.0.pattern()
    }

    fn evaluate<T: Replay>(&self, x: &[T], y: &mut [T], memory: &mut Memory) {
        let evaluated = self.evaluated(x);
        match &evaluated {
            Ok(at) => {
                let (values, tangents) = (entries(&at.y), self.tangents(at, x));
                for (i, y) in y.iter_mut().enumerate() {
                    *y = T::with_directions(values[i], |k| tangents[k][i]);
                }
            }
            Err(_) => y.fill(T::with_directions(f64::NAN, |_| f64::NAN)),
        }
        if T::TANGENTS == 0 {
            let kept = Kept(evaluated.ok().filter(|_| memory.sweep_follows()));
            *memory.get_or_insert_with(|| Kept(None)) = kept;
        }
    }

    fn pull_back<T: Replay>(&self, at: At<'_, T>, gx: &mut [T], memory: &mut Memory) {
        if T::TANGENTS > 0 {
            return recorded_pull_back(self, at, gx, memory);
        }
        let Kept(kept) = memory.get_or_insert_with(|| Kept(None));
        if kept.is_none() {
            *kept = self.evaluated(at.x).ok();
        }
        let g = numbers(at.g, &self.0.results(), T::primal);
        match kept.as_ref().map(|kept| self.0.pullback(kept.point(), &g)) {
            Some(Ok(adjoints)) => {
                let adjoints = entries(&adjoints).into_iter().map(T::from);
                gx.iter_mut().zip(adjoints).for_each(|(gx, adjoint)| *gx = adjoint);
            }
            _ => gx.fill(T::from(f64::NAN)),
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
