//! Exponentials scaled to the sum 1.

use calculus_core::Real;

use super::summation::{
    Lanes, exponentials, largest, largest_of_lanes, sum_of_exponentials, summed_products,
};
use super::{dot, recorded};
use crate::Var;
use crate::graph::block::{At, Evaluate, Form, Memory, Replay};

/// $y_i = e^{x_i}/\sum_j e^{x_j}$, one node with $n$ results.
///
/// $$\bar x_i = y_i (\bar y_i - \textstyle\sum_j \bar y_j y_j)$$
///
/// Entries $-\infty$ give 0. Where an entry is $+\infty$ or NaN, or all are $-\infty$, there is no
/// such vector, and results are NaN. Costs three passes and $n$ exponentials.
///
/// # Panics
/// If a variable of another recording is among the entries; see [`Var`].
///
/// # Examples
/// ```
/// use autodiff::{gradient, vector};
/// assert_eq!(vector::softmax(&[1000.0, 1000.0, f64::NEG_INFINITY]), [0.5, 0.5, 0.0]);
/// assert_eq!(gradient(|x| vector::softmax(x)[0], &[0.0, 0.0]), [0.25, -0.25]);
/// ```
#[track_caller]
pub fn softmax<T: Real>(x: &[T]) -> Vec<T> {
    recorded(Softmax, &[x]).unwrap_or_else(|| {
        let mut y = x.to_vec();
        scaled_exponentials(x, &mut y);
        y
    })
}

fn scaled_exponentials<T: Real>(x: &[T], y: &mut [T]) {
    let sum = sum_of_exponentials(x, largest(x), y);
    for y in y {
        *y /= sum;
    }
}

#[derive(Debug)]
pub(super) struct Softmax;

impl Evaluate for Softmax {
    fn name(&self) -> &str {
        "softmax"
    }

    fn form(&self) -> Form<'_> {
        Form::BuiltIn(vec![])
    }

    fn results(&self, operands: usize) -> usize {
        operands
    }

    fn evaluate<T: Replay>(&self, x: &[T], y: &mut [T], _: &mut Memory) {
        scaled_exponentials(x, y);
    }

    fn evaluate_lanes<T: Replay>(&self, x: &[T], y: &mut [T], lanes: usize, memory: &mut Memory) {
        let Lanes { shifts, sums, .. } = memory.get_or_insert_with(Lanes::<T>::default);
        largest_of_lanes(x, lanes, shifts);
        sums.begin(x.len() / lanes, lanes);
        for (i, (y, x)) in y.chunks_exact_mut(lanes).zip(x.chunks_exact(lanes)).enumerate() {
            for ((y, &x), &m) in y.iter_mut().zip(x).zip(&*shifts) {
                *y = x - m;
            }
            exponentials(y);
            for (sum, &y) in sums.of_term(i).iter_mut().zip(&*y) {
                *sum += y;
            }
        }
        let sums = sums.total();
        for y in y.chunks_exact_mut(lanes) {
            for (y, &sum) in y.iter_mut().zip(sums) {
                *y /= sum;
            }
        }
    }

    fn pull_back<T: Replay>(&self, At { y, g, .. }: At<'_, T>, gx: &mut [T], _: &mut Memory) {
        let mean = summed_products(g, y);
        for ((gx, &g), &y) in gx.iter_mut().zip(g).zip(y) {
            *gx = y * (g - mean);
        }
    }

    fn record_pullback(&self, At { y, g, .. }: At<'_, Var>, _: &[bool]) -> Vec<Var> {
        let mean = dot(g, y);
        g.iter().zip(y).map(|(&g, &y)| y * (g - mean)).collect()
    }
}
