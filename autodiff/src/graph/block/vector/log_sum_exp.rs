//! The logarithm of a sum of exponentials.

use calculus_core::Real;

use super::summation::{
    BLOCK, Lanes, exponentials, largest, largest_of_lanes, mapped, sum_of_exponentials,
};
use super::{recorded, softmax};
use crate::Var;
use crate::graph::block::{At, Evaluate, Form, Memory, Replay};

/// $y = \ln\sum_i e^{x_i}$, one node; $-\infty$ of nothing.
///
/// $$y = m + \ln\sum_i e^{x_i - m}, \quad m = \max_i x_i, \qquad
/// \bar x_i = \bar y\,e^{x_i - m}/\textstyle\sum_j e^{x_j - m}$$
///
/// The adjoint is not computed as $\bar y\,e^{x_i - y}$, which loses as many digits as $y$ has before
/// the point.
/// Entries $-\infty$ count for nothing, and an entry $+\infty$ makes the value $+\infty$; NaN gives
/// NaN. Where the value is infinite, the derivative by an infinite entry is NaN. Costs two passes and
/// $n$ exponentials.
///
/// Source: Blanchard, Higham and Higham (2021), IMA J. Numer. Anal. 41, algorithm 3.1.
///
/// # Panics
/// If a variable of another recording is among the entries; see [`Var`].
///
/// # Examples
/// ```
/// use autodiff::{gradient, vector};
/// assert_eq!(vector::log_sum_exp(&[1000.0, 1000.0]), 1000.0 + 2.0_f64.ln());
/// assert_eq!(gradient(vector::log_sum_exp, &[-800.0, f64::NEG_INFINITY, -800.0]), [0.5, 0.0, 0.5]);
/// ```
#[track_caller]
pub fn log_sum_exp<T: Real>(x: &[T]) -> T {
    recorded(LogSumExp, &[x]).map_or_else(|| value(x), |y| y[0])
}

fn value<T: Real>(x: &[T]) -> T {
    let shift = shift(largest(x));
    sum_of_exponentials(x, shift, &mut [T::from(0.0); BLOCK]).ln() + shift
}

/// An infinite maximum is not subtracted: the sum of exponentials is 0 or infinite then, as it should.
fn shift(largest: f64) -> f64 {
    if largest.is_finite() { largest } else { 0.0 }
}

/// Where the value is infinite there is no tangent: NaN, as the adjoints.
fn without_tangent_if_infinite<T: Replay>(y: T) -> T {
    if y.primal().is_infinite() { T::with_directions(y.primal(), |_| f64::NAN) } else { y }
}

/// The exponentials of an evaluation and their sum, which a sweep scales.
struct Kept<T> {
    terms: Vec<T>,
    sum: T,
}

impl<T: Replay> Kept<T> {
    fn in_memory(memory: &mut Memory) -> &mut Self {
        memory.get_or_insert_with(|| Self { terms: Vec::new(), sum: T::from(0.0) })
    }

    /// Computes the exponentials at `x`, and returns the value.
    fn evaluate(&mut self, x: &[T]) -> T {
        let shift = shift(largest(x));
        self.terms.resize(x.len(), T::from(0.0));
        self.sum = sum_of_exponentials(x, shift, &mut self.terms);
        self.sum.ln() + shift
    }
}

#[derive(Debug)]
pub(super) struct LogSumExp;

impl Evaluate for LogSumExp {
    fn name(&self) -> &str {
        "log_sum_exp"
    }

    fn form(&self) -> Form<'_> {
        Form::BuiltIn(vec![])
    }

    fn results(&self, _: usize) -> usize {
        1
    }

    fn evaluate<T: Replay>(&self, x: &[T], y: &mut [T], memory: &mut Memory) {
        let follows = memory.sweep_follows();
        let value = if follows { Kept::in_memory(memory).evaluate(x) } else { value(x) };
        y[0] = without_tangent_if_infinite(value);
    }

    fn evaluate_lanes<T: Replay>(&self, x: &[T], y: &mut [T], lanes: usize, memory: &mut Memory) {
        let Lanes { shifts, sums, terms } = memory.get_or_insert_with(Lanes::<T>::default);
        largest_of_lanes(x, lanes, shifts);
        shifts.iter_mut().for_each(|m| *m = shift(*m));
        sums.begin(x.len() / lanes, lanes);
        for (i, x) in x.chunks_exact(lanes).enumerate() {
            terms.clear();
            terms.extend(x.iter().zip(&*shifts).map(|(&x, &m)| x - m));
            exponentials(terms);
            for (sum, &term) in sums.of_term(i).iter_mut().zip(&*terms) {
                *sum += term;
            }
        }
        for ((y, &sum), &m) in y.iter_mut().zip(sums.total()).zip(&*shifts) {
            *y = without_tangent_if_infinite(sum.ln() + m);
        }
    }

    fn pull_back<T: Replay>(&self, at: At<'_, T>, gx: &mut [T], memory: &mut Memory) {
        let known = memory.sweep_follows();
        let kept = Kept::in_memory(memory);
        if !known {
            kept.evaluate(at.x);
        }
        let scale = at.g[0] / kept.sum;
        mapped(&kept.terms, gx, |term| term * scale);
    }

    fn record_pullback(&self, at: At<'_, Var>, wanted: &[bool]) -> Vec<Var> {
        let entries = softmax(at.x).into_iter().zip(wanted);
        entries.map(|(p, &wanted)| if wanted { at.g[0] * p } else { p }).collect()
    }
}
