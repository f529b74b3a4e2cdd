//! The smallest and the largest entry.

use std::sync::Arc;

use calculus_core::Real;

use super::recorded;
use super::summation::{folded, place};
use crate::Var;
use crate::graph::block::{At, BlockPattern, Evaluate, Form, Memory, Replay, call};

/// The largest entry $y = \max_i x_i$, one node; $-\infty$ of nothing.
///
/// The cotangent goes to the first entry that is largest, so that at a tie the gradient is a
/// subgradient, and second derivatives are 0. NaN among the entries gives NaN. Replays find the
/// largest entry anew, without a guard. Costs $n$ comparisons.
///
/// # Panics
/// If a variable of another recording is among the entries; see [`Var`].
///
/// # Examples
/// ```
/// use autodiff::{gradient, vector};
/// assert_eq!(vector::maximum(&[1.0, 3.0, 2.0]), 3.0);
/// assert_eq!(gradient(vector::maximum, &[1.0, 3.0, 3.0]), [0.0, 1.0, 0.0]);
/// ```
#[track_caller]
pub fn maximum<T: Real>(x: &[T]) -> T {
    recorded(Extremum { of: Which::Largest }, &[x])
        .map_or_else(|| value(Which::Largest, x), |y| y[0])
}

/// The smallest entry $y = \min_i x_i$, one node; $+\infty$ of nothing.
///
/// As [`maximum`] with the order reversed.
///
/// # Panics
/// If a variable of another recording is among the entries; see [`Var`].
///
/// # Examples
/// ```
/// use autodiff::{gradient, vector};
/// assert_eq!(vector::minimum(&[1.0, 3.0, 2.0]), 1.0);
/// assert_eq!(gradient(vector::minimum, &[1.0, 3.0, 1.0]), [1.0, 0.0, 0.0]);
/// ```
#[track_caller]
pub fn minimum<T: Real>(x: &[T]) -> T {
    recorded(Extremum { of: Which::Smallest }, &[x])
        .map_or_else(|| value(Which::Smallest, x), |y| y[0])
}

/// Which entry is meant.
#[derive(Clone, Copy, Debug)]
pub(super) enum Which {
    Smallest,
    Largest,
}

impl Which {
    /// Whether an entry takes the place of the first one so far; NaN does, and keeps it.
    #[inline(always)]
    fn prefers(self, x: f64, so_far: f64) -> bool {
        let beyond = match self {
            Self::Smallest => x < so_far,
            Self::Largest => x > so_far,
        };
        beyond | (x.is_nan() & !so_far.is_nan())
    }

    /// The value that every other is preferred to.
    fn none(self) -> f64 {
        match self {
            Self::Smallest => f64::INFINITY,
            Self::Largest => f64::NEG_INFINITY,
        }
    }

    /// The place of the first such entry, if there is an entry.
    fn place<T: Real>(self, x: &[T]) -> Option<usize> {
        // Comparing values first and looking for the place afterwards is a loop that vectorises.
        let preferred = |so_far, x| if self.prefers(x, so_far) { x } else { so_far };
        let extreme = folded(x, self.none(), preferred);
        place(x, |x| (x == extreme) | (extreme.is_nan() & x.is_nan()))
    }
}

fn value<T: Real>(of: Which, x: &[T]) -> T {
    of.place(x).map_or_else(|| T::from(of.none()), |k| x[k])
}

/// Where the last evaluation found the extreme entry.
struct Found(Option<usize>);

#[derive(Clone, Copy, Debug)]
pub(super) struct Extremum {
    pub(super) of: Which,
}

impl Evaluate for Extremum {
    fn name(&self) -> &str {
        match self.of {
            Which::Smallest => "minimum",
            Which::Largest => "maximum",
        }
    }

    fn form(&self) -> Form<'_> {
        Form::BuiltIn(vec![])
    }

    fn results(&self, _: usize) -> usize {
        1
    }

    /// Which entry it is may change without a decision; linear between such changes.
    fn pattern(&self, _: usize) -> BlockPattern<'_> {
        BlockPattern::linear()
    }

    fn evaluate<T: Replay>(&self, x: &[T], y: &mut [T], memory: &mut Memory) {
        let Found(place) = memory.get_or_insert_with(|| Found(None));
        *place = self.of.place(x);
        y[0] = place.map_or_else(|| T::from(self.of.none()), |k| x[k]);
    }

    fn evaluate_lanes<T: Replay>(&self, x: &[T], y: &mut [T], lanes: usize, _: &mut Memory) {
        let mut rows = x.chunks_exact(lanes);
        match rows.next() {
            Some(first) => y.copy_from_slice(first),
            None => y.fill(T::from(self.of.none())),
        }
        for x in rows {
            for (y, &x) in y.iter_mut().zip(x) {
                *y = if self.of.prefers(x.primal(), y.primal()) { x } else { *y };
            }
        }
    }

    fn pull_back<T: Replay>(&self, at: At<'_, T>, gx: &mut [T], memory: &mut Memory) {
        let &mut Found(place) = memory.get_or_insert_with(|| Found(self.of.place(at.x)));
        gx.fill(T::from(0.0));
        if let Some(k) = place {
            gx[k] = at.g[0];
        }
    }

    fn record_pullback(&self, at: At<'_, Var>, _: &[bool]) -> Vec<Var> {
        call(Arc::new(Scatter { of: self.of }), &[at.x, at.g].concat())
    }
}

/// The vector with $g$ where $x$ has its extremum and 0 elsewhere; the operands are $x$, then $g$.
#[derive(Debug)]
pub(super) struct Scatter {
    pub(super) of: Which,
}

/// The entry of $g$ where $x$ has its extremum; the operands are $x$, then $g$.
#[derive(Debug)]
pub(super) struct Select {
    pub(super) of: Which,
}

impl Evaluate for Scatter {
    fn name(&self) -> &str {
        "scatter_to_extremum"
    }

    fn form(&self) -> Form<'_> {
        Form::BuiltIn(vec![self.of as usize])
    }

    fn results(&self, operands: usize) -> usize {
        operands - 1
    }

    fn pattern(&self, operands: usize) -> BlockPattern<'_> {
        let last = operands - 1;
        BlockPattern::linear().depending(move |_, f| f(last))
    }

    fn evaluate<T: Replay>(&self, x: &[T], y: &mut [T], _: &mut Memory) {
        let (x, g) = x.split_at(x.len() - 1);
        y.fill(T::from(0.0));
        if let Some(k) = self.of.place(x) {
            y[k] = g[0];
        }
    }

    fn pull_back<T: Replay>(&self, at: At<'_, T>, gx: &mut [T], _: &mut Memory) {
        let last = at.x.len() - 1;
        gx.fill(T::from(0.0));
        if let Some(k) = self.of.place(&at.x[..last]) {
            gx[last] = at.g[k];
        }
    }

    fn record_pullback(&self, at: At<'_, Var>, _: &[bool]) -> Vec<Var> {
        let x = &at.x[..at.x.len() - 1];
        let mut adjoints = vec![Var::from(0.0); x.len()];
        adjoints.extend(call(Arc::new(Select { of: self.of }), &[x, at.g].concat()));
        adjoints
    }
}

impl Evaluate for Select {
    fn name(&self) -> &str {
        "select_at_extremum"
    }

    fn form(&self) -> Form<'_> {
        Form::BuiltIn(vec![self.of as usize])
    }

    fn results(&self, _: usize) -> usize {
        1
    }

    fn pattern(&self, operands: usize) -> BlockPattern<'_> {
        BlockPattern::linear().depending(move |_, f| (operands / 2..operands).for_each(f))
    }

    fn evaluate<T: Replay>(&self, x: &[T], y: &mut [T], _: &mut Memory) {
        let (x, g) = x.split_at(x.len() / 2);
        y[0] = self.of.place(x).map_or_else(|| T::from(0.0), |k| g[k]);
    }

    fn pull_back<T: Replay>(&self, at: At<'_, T>, gx: &mut [T], _: &mut Memory) {
        let x = &at.x[..at.x.len() / 2];
        gx.fill(T::from(0.0));
        if let Some(k) = self.of.place(x) {
            gx[x.len() + k] = at.g[0];
        }
    }

    fn record_pullback(&self, at: At<'_, Var>, _: &[bool]) -> Vec<Var> {
        let x = &at.x[..at.x.len() / 2];
        let mut adjoints = vec![Var::from(0.0); x.len()];
        adjoints.extend(call(Arc::new(Scatter { of: self.of }), &[x, at.g].concat()));
        adjoints
    }
}
