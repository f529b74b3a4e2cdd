//! Reverse sweep, group by group.

use calculus_core::Real;
use calculus_core::elementary::{Binary, Unary};
use pulp::NullaryFnOnce;

use super::forward::{VECTOR, exponent};
use super::group::{Group, Grouped, Kind};
use super::operand::{GATHERED, Reader, Target, are_finite};
use super::slopes::write_slopes;
use crate::graph::op::Op;
use crate::graph::program::unary_derivative;

/// A reverse sweep that does not look whether an adjoint is zero before it is multiplied by a slope;
/// says whether the adjoints of all inputs are finite.
pub(super) struct Reverse<'a, T> {
    pub(super) grouped: &'a Grouped,
    pub(super) values: &'a [T],
    pub(super) adjoints: &'a mut [T],
}

impl<T: Real> NullaryFnOnce for Reverse<'_, T> {
    type Output = bool;

    #[inline(always)]
    fn call(self) -> bool {
        for group in self.grouped.groups.iter().rev() {
            let (before, from) = self.adjoints.split_at_mut(group.at as usize);
            pull_back(self.grouped, group, self.values, before, from);
        }
        are_finite(&self.adjoints[..self.grouped.inputs])
    }
}

/// $g s$, nothing where $g$ is zero.
#[inline(always)]
fn product_or_zero<T: Real>(g: T, slope: T) -> T {
    if g.is_zero() { g } else { g * slope }
}

#[inline(always)]
fn pull_back<T: Real>(
    grouped: &Grouped,
    group: &Group,
    values: &[T],
    adjoints: &mut [T],
    from: &[T],
) {
    let count = group.count as usize;
    let target = |k: usize| Target::new(grouped, group, k);
    let op = match group.kind {
        Kind::Each(op) => op,
        Kind::Sum { .. } => {
            target(0).add_each(adjoints, count, Reader::Same(from[0]), |g| g);
            return;
        }
    };
    let g = if group.uniform { Reader::Same(from[0]) } else { Reader::Range(&from[..count]) };
    let a = Reader::new(grouped, group, 0, values);
    let b = || Reader::new(grouped, group, 1, values);
    let y = &values[group.at as usize..][..count];
    let product = |g: T, slope: T| g * slope;
    match op {
        Op::Binary(Binary::Add) => {
            target(0).add_each(adjoints, count, g, |g| g);
            target(1).add_each(adjoints, count, g, |g| g);
        }
        Op::Binary(Binary::Sub) => {
            target(0).add_each(adjoints, count, g, |g| g);
            target(1).add_each(adjoints, count, g, |g| -g);
        }
        // A square: twice the same, in one pass.
        Op::Binary(Binary::Mul) if group.operands[0] == group.operands[1] => {
            target(0).add_zipped(adjoints, count, g, a, |g, a| {
                let half = product(g, a);
                half + half
            });
        }
        Op::Binary(Binary::Mul) => {
            target(0).add_zipped(adjoints, count, g, b(), product);
            target(1).add_zipped(adjoints, count, g, a, product);
        }
        Op::Binary(Binary::Div) => {
            let b = b();
            let scaled = |g: T, b: T| g / b;
            target(0).add_zipped(adjoints, count, g, b, scaled);
            // Not g (y / b): the slope alone may overflow.
            target(1).add(adjoints, count, |k| -product(scaled(g.at(k), b.at(k)), y[k]));
        }
        Op::Binary(row) => {
            let b = b();
            let contribution = |k: usize, slope: fn(Binary, T, T, T) -> T| {
                if g.at(k).is_zero() {
                    g.at(k)
                } else {
                    g.at(k) * slope(row, a.at(k), b.at(k), y[k])
                }
            };
            target(0).add(adjoints, count, |k| contribution(k, Binary::partial_a));
            target(1).add(adjoints, count, |k| contribution(k, Binary::partial_b));
        }
        Op::MulAdd => {
            target(0).add_zipped(adjoints, count, g, b(), product);
            target(1).add_zipped(adjoints, count, g, a, product);
            target(2).add_each(adjoints, count, g, |g| g);
        }
        Op::Copy => target(0).add_each(adjoints, count, g, |g| g),
        Op::Unary(Unary::Neg) => target(0).add_each(adjoints, count, g, |g| -g),
        op if group.count < VECTOR => {
            let exponent = if op == Op::Powf { exponent(grouped, group) } else { 0.0 };
            target(0).add(adjoints, count, |k| {
                let slope = || unary_derivative(op, group.parameter, a.at(k), y[k], |_| exponent);
                if g.at(k).is_zero() { g.at(k) } else { g.at(k) * slope() }
            });
        }
        op => {
            for (k, y) in y.chunks(GATHERED).enumerate() {
                let first = k * GATHERED;
                let mut memory = [T::from(0.0); GATHERED];
                let x = a.gathered(first, y.len(), &mut memory);
                let mut memory = [T::from(0.0); GATHERED];
                let slopes = &mut memory[..y.len()];
                write_slopes(grouped, group, op, x, y, slopes);
                let g = match g {
                    Reader::Range(g) => Reader::Range(&g[first..][..y.len()]),
                    same => same,
                };
                let (target, slopes) = (target(0).from(first), Reader::Range(&*slopes));
                target.add_zipped(adjoints, y.len(), g, slopes, product_or_zero);
            }
        }
    }
}
