//! The Euclidean norm and its square.

use core::ops::Range;

use calculus_core::Real;
use calculus_core::elementary::Binary;

use super::summation::{LaneSums, mapped, summed};
use super::{in_body, recorded};
use crate::Var;
use crate::graph::block::{At, BlockPattern, Evaluate, Form, Memory, Replay};

/// The squared Euclidean norm $y = \sum_i x_i^2$, one node (in the body of rows, sums
/// and products); 0 of nothing.
///
/// $$\bar x = 2 \bar y\,x$$
///
/// Costs $n$ multiplications and additions, in eight interleaved partial sums from 32 entries on.
///
/// # Panics
/// If a variable of another recording is among the entries; see [`Var`].
///
/// # Examples
/// ```
/// use autodiff::{gradient, vector};
/// assert_eq!(vector::squared_norm(&[3.0, 4.0]), 25.0);
/// assert_eq!(gradient(vector::squared_norm, &[3.0, 4.0]), [6.0, 8.0]);
/// ```
#[track_caller]
pub fn squared_norm<T: Real>(x: &[T]) -> T {
    if in_body::<T>() {
        return x.iter().map(|&x| x * x).sum();
    }
    recorded(SquaredNorm, &[x]).map_or_else(|| summed(x, |x| x * x), |y| y[0])
}

/// The Euclidean norm $y = \sqrt{\sum_i x_i^2}$, one node; 0 of nothing.
///
/// $$\bar x = \bar y\,x/y$$
///
/// Squares do not overflow or underflow: where they would, entries are divided by the largest first.
/// At $x = 0$ the gradient is the subgradient of least norm, 0; there is no second derivative there,
/// and a sweep gives 0 too. Costs $n$ multiplications and additions.
///
/// # Panics
/// If a variable of another recording is among the entries; see [`Var`].
///
/// # Examples
/// ```
/// use autodiff::{gradient, vector};
/// assert!((vector::norm(&[3e200, 4e200]) / 5e200 - 1.0).abs() < 1e-15);
/// assert_eq!(gradient(vector::norm, &[3.0, 4.0]), [0.6, 0.8]);
/// assert_eq!(gradient(vector::norm, &[0.0, 0.0]), [0.0, 0.0]);
/// ```
#[track_caller]
pub fn norm<T: Real>(x: &[T]) -> T {
    recorded(Norm, &[x]).map_or_else(|| length(x, summed(x, |x| x * x)), |y| y[0])
}

/// Sums of squares in this range have lost nothing to underflow and are far from overflow.
const SAFE: Range<f64> = 1e-250..1e300;

/// The norm of `x`, whose squares add up to `squares` if that does not overflow or underflow.
fn length<T: Real>(x: &[T], squares: T) -> T {
    if SAFE.contains(&squares.value()) {
        return squares.sqrt();
    }
    let largest = x.iter().map(|x| x.value().abs()).fold(0.0, f64::max);
    if largest == 0.0 || squares.value().is_nan() {
        return squares;
    }
    if largest.is_infinite() {
        return summed(x, |x| x.abs());
    }
    summed(x, |x| (x / largest) * (x / largest)).sqrt() * largest
}

#[derive(Debug)]
pub(super) struct SquaredNorm;

impl Evaluate for SquaredNorm {
    fn name(&self) -> &str {
        "squared_norm"
    }

    fn form(&self) -> Form<'_> {
        Form::BuiltIn(vec![])
    }

    fn results(&self, _: usize) -> usize {
        1
    }

    fn pattern(&self, operands: usize) -> BlockPattern<'_> {
        BlockPattern::interacting(move |f| (0..operands).for_each(|i| f(i, i)))
    }

    fn evaluate<T: Replay>(&self, x: &[T], y: &mut [T], _: &mut Memory) {
        y[0] = summed(x, |x| x * x);
    }

    fn evaluate_lanes<T: Replay>(&self, x: &[T], y: &mut [T], lanes: usize, memory: &mut Memory) {
        let sums = memory.get_or_insert_with(LaneSums::<T>::default);
        y.copy_from_slice(lane_squares(sums, x, lanes));
    }

    fn pull_back<T: Replay>(&self, at: At<'_, T>, gx: &mut [T], _: &mut Memory) {
        let doubled = at.g[0] * 2.0;
        mapped(at.x, gx, |x| doubled * x);
    }

    fn record_pullback(&self, at: At<'_, Var>, wanted: &[bool]) -> Vec<Var> {
        let doubled = at.g[0] * 2.0;
        let entries = at.x.iter().zip(wanted);
        entries.map(|(&x, &wanted)| if wanted { doubled * x } else { x }).collect()
    }
}

/// The sums of squares of several rows.
fn lane_squares<'s, T: Real>(sums: &'s mut LaneSums<T>, x: &[T], lanes: usize) -> &'s [T] {
    sums.begin(x.len() / lanes, lanes);
    for (i, x) in x.chunks_exact(lanes).enumerate() {
        for (sum, &x) in sums.of_term(i).iter_mut().zip(x) {
            *sum += x * x;
        }
    }
    sums.total()
}

#[derive(Debug)]
pub(super) struct Norm;

impl Evaluate for Norm {
    fn name(&self) -> &str {
        "norm"
    }

    fn form(&self) -> Form<'_> {
        Form::BuiltIn(vec![])
    }

    fn results(&self, _: usize) -> usize {
        1
    }

    fn evaluate<T: Replay>(&self, x: &[T], y: &mut [T], _: &mut Memory) {
        y[0] = length(x, summed(x, |x| x * x));
    }

    fn evaluate_lanes<T: Replay>(&self, x: &[T], y: &mut [T], lanes: usize, memory: &mut Memory) {
        let sums = memory.get_or_insert_with(LaneSums::<T>::default);
        for (lane, (y, &squares)) in y.iter_mut().zip(lane_squares(sums, x, lanes)).enumerate() {
            *y = if SAFE.contains(&squares.primal()) {
                squares.sqrt()
            } else {
                let row: Vec<T> = x[lane..].iter().step_by(lanes).copied().collect();
                length(&row, squares)
            };
        }
    }

    fn pull_back<T: Replay>(&self, at: At<'_, T>, gx: &mut [T], _: &mut Memory) {
        let (y, g) = (at.y[0], at.g[0]);
        if y.primal() == 0.0 {
            gx.fill(T::from(0.0));
            return;
        }
        mapped(at.x, gx, |x| g * (x / y));
    }

    fn record_pullback(&self, at: At<'_, Var>, wanted: &[bool]) -> Vec<Var> {
        let (y, g) = (at.y[0], at.g[0]);
        // 0 where x is, without a decision.
        let slope = |x: Var| x.combine(Binary::RatioOrZero, y);
        let entries = at.x.iter().zip(wanted);
        entries.map(|(&x, &wanted)| if wanted { g * slope(x) } else { x }).collect()
    }
}
