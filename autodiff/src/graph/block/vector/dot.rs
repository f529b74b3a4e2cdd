//! The scalar product.

use calculus_core::Real;

use super::summation::{LaneSums, mapped, summed_products};
use super::{in_body, recorded};
use crate::Var;
use crate::graph::block::{At, BlockPattern, Evaluate, Form, Memory, Replay};

/// The scalar product $y = \sum_i a_i b_i$, one node (in the body of rows,
/// sums and products); 0 of nothing.
///
/// $$\bar a = \bar y\,b, \qquad \bar b = \bar y\,a$$
///
/// `a` and `b` have the same length. Costs $n$ multiplications and additions, in eight interleaved
/// partial sums from 32 entries on.
///
/// # Panics
/// If the lengths differ, or a variable of another recording is among the entries; see [`Var`].
///
/// # Examples
/// ```
/// use autodiff::{gradient, vector};
/// assert_eq!(vector::dot(&[1.0, 2.0], &[3.0, 4.0]), 11.0);
/// assert_eq!(gradient(|x| vector::dot(&x[..2], &x[2..]), &[1.0, 2.0, 3.0, 4.0]), [3.0, 4.0, 1.0, 2.0]);
/// ```
#[track_caller]
pub fn dot<T: Real>(a: &[T], b: &[T]) -> T {
    assert_eq!(a.len(), b.len(), "a scalar product is of vectors of the same length");
    if in_body::<T>() {
        return a.iter().zip(b).map(|(&a, &b)| a * b).sum();
    }
    recorded(Dot, &[a, b]).map_or_else(|| summed_products(a, b), |y| y[0])
}

/// The operands are the entries of $a$, then those of $b$.
#[derive(Debug)]
pub(super) struct Dot;

impl Evaluate for Dot {
    fn name(&self) -> &str {
        "dot"
    }

    fn form(&self) -> Form<'_> {
        Form::BuiltIn(vec![])
    }

    fn results(&self, _: usize) -> usize {
        1
    }

    fn pattern(&self, operands: usize) -> BlockPattern<'_> {
        let n = operands / 2;
        BlockPattern::interacting(move |f| (0..n).for_each(|i| f(i, n + i)))
    }

    fn evaluate<T: Replay>(&self, x: &[T], y: &mut [T], _: &mut Memory) {
        let (a, b) = x.split_at(x.len() / 2);
        y[0] = summed_products(a, b);
    }

    fn evaluate_lanes<T: Replay>(&self, x: &[T], y: &mut [T], lanes: usize, memory: &mut Memory) {
        let (a, b) = x.split_at(x.len() / 2);
        let sums = memory.get_or_insert_with(LaneSums::<T>::default);
        sums.begin(a.len() / lanes, lanes);
        for (i, (a, b)) in a.chunks_exact(lanes).zip(b.chunks_exact(lanes)).enumerate() {
            for ((sum, &a), &b) in sums.of_term(i).iter_mut().zip(a).zip(b) {
                *sum += a * b;
            }
        }
        y.copy_from_slice(sums.total());
    }

    fn pull_back<T: Replay>(&self, at: At<'_, T>, gx: &mut [T], _: &mut Memory) {
        let (a, b) = at.x.split_at(at.x.len() / 2);
        let (ga, gb) = gx.split_at_mut(a.len());
        mapped(b, ga, |b| at.g[0] * b);
        mapped(a, gb, |a| at.g[0] * a);
    }

    fn record_pullback(&self, at: At<'_, Var>, wanted: &[bool]) -> Vec<Var> {
        let (a, b) = at.x.split_at(at.x.len() / 2);
        let products = b.iter().chain(a).zip(wanted);
        products.map(|(&x, &wanted)| if wanted { at.g[0] * x } else { x }).collect()
    }
}
