//! The sum.

use calculus_core::Real;

use super::summation::{LaneSums, summed};
use super::{in_body, recorded};
use crate::Var;
use crate::graph::block::{At, BlockPattern, Evaluate, Form, Memory, Replay};

/// The sum $\sum_i x_i$, one node (in the body of rows, additions); 0 of nothing.
///
/// Costs $n$ additions, in eight interleaved partial sums from 32 entries on.
///
/// # Panics
/// If a variable of another recording is among the entries; see [`Var`].
///
/// # Examples
/// ```
/// use autodiff::{gradient, vector};
/// assert_eq!(vector::sum(&[1.0, 2.0, 3.5]), 6.5);
/// assert_eq!(gradient(|x| vector::sum(x) * x[0], &[1.0, 2.0]), [4.0, 1.0]);
/// ```
#[track_caller]
pub fn sum<T: Real>(x: &[T]) -> T {
    if in_body::<T>() {
        return x.iter().copied().sum();
    }
    recorded(Sum, &[x]).map_or_else(|| summed(x, |x| x), |y| y[0])
}

#[derive(Debug)]
pub(super) struct Sum;

impl Evaluate for Sum {
    fn name(&self) -> &str {
        "sum"
    }

    fn form(&self) -> Form<'_> {
        Form::BuiltIn(vec![])
    }

    fn results(&self, _: usize) -> usize {
        1
    }

    fn pattern(&self, _: usize) -> BlockPattern<'_> {
        BlockPattern::linear()
    }

    fn evaluate<T: Replay>(&self, x: &[T], y: &mut [T], _: &mut Memory) {
        y[0] = summed(x, |x| x);
    }

    fn evaluate_lanes<T: Replay>(&self, x: &[T], y: &mut [T], lanes: usize, memory: &mut Memory) {
        let sums = memory.get_or_insert_with(LaneSums::<T>::default);
        sums.begin(x.len() / lanes, lanes);
        for (i, x) in x.chunks_exact(lanes).enumerate() {
            for (sum, &x) in sums.of_term(i).iter_mut().zip(x) {
                *sum += x;
            }
        }
        y.copy_from_slice(sums.total());
    }

    fn pull_back<T: Replay>(&self, at: At<'_, T>, gx: &mut [T], _: &mut Memory) {
        gx.fill(at.g[0]);
    }

    fn record_pullback(&self, at: At<'_, Var>, _: &[bool]) -> Vec<Var> {
        vec![at.g[0]; at.x.len()]
    }
}
