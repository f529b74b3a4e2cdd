//! Forward replay, group by group.

use calculus_core::Real;
use calculus_core::elementary::{Binary, Unary};
use pulp::NullaryFnOnce;

use super::group::{Group, Grouped, Kind, Source};
use super::operand::{GATHERED, Reader, sum_of};
use crate::graph::op::Op;

/// A forward replay, as a struct so that it is compiled for the vector instructions that are there.
pub(super) struct Forward<'a, T> {
    pub(super) grouped: &'a Grouped,
    pub(super) values: &'a mut [T],
    /// Whether the terms of a sum may be added in any order, which does not wait for every addition.
    pub(super) in_any_order: bool,
}

impl<T: Real> NullaryFnOnce for Forward<'_, T> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        for group in &self.grouped.groups {
            let (before, from) = self.values.split_at_mut(group.at as usize);
            evaluate(self.grouped, group, before, from, self.in_any_order);
        }
    }
}

/// From this number of members on, a function of the table is evaluated in vectors.
pub(super) const VECTOR: u32 = 8;

#[inline(always)]
fn evaluate<T: Real>(
    grouped: &Grouped,
    group: &Group,
    before: &[T],
    from: &mut [T],
    in_any_order: bool,
) {
    let count = group.count as usize;
    let a = Reader::new(grouped, group, 0, before);
    let op = match group.kind {
        Kind::Each(op) => op,
        Kind::Sum { start } => {
            let start = start.map(|place| before[place as usize]);
            from[0] = match a {
                Reader::Range(terms) if in_any_order => {
                    start.unwrap_or(T::from(0.0)) + sum_of(terms, |term| term)
                }
                terms => add_up(start, terms, count),
            };
            return;
        }
    };
    let out = &mut from[..count];
    let b = || Reader::new(grouped, group, 1, before);
    match op {
        Op::Binary(Binary::Add) => each2(out, a, b(), |a, b| a + b),
        Op::Binary(Binary::Sub) => each2(out, a, b(), |a, b| a - b),
        Op::Binary(Binary::Mul) => each2(out, a, b(), |a, b| a * b),
        Op::Binary(Binary::Div) => each2(out, a, b(), |a, b| a / b),
        Op::Binary(row) => each2(out, a, b(), |a, b| a.combine(row, b)),
        Op::MulAdd => {
            let (b, c) = (b(), Reader::new(grouped, group, 2, before));
            for (k, out) in out.iter_mut().enumerate() {
                *out = a.at(k).mul_add(b.at(k), c.at(k));
            }
        }
        Op::Copy => each1(out, a, |a| a),
        Op::Unary(Unary::Neg) => each1(out, a, |a| -a),
        Op::Unary(Unary::Sqrt) => each1(out, a, |a| a.sqrt()),
        Op::Unary(Unary::Recip) => each1(out, a, |a| a.recip()),
        Op::Unary(row) if group.count >= VECTOR => {
            if let Reader::Range(x) = a {
                T::apply_each(row, x, out);
            } else {
                for (k, out) in out.chunks_mut(GATHERED).enumerate() {
                    let mut memory = [T::from(0.0); GATHERED];
                    let x = a.gathered(k * GATHERED, out.len(), &mut memory);
                    T::apply_each(row, x, out);
                }
            }
        }
        Op::Unary(row) => each1(out, a, |a| a.apply(row)),
        Op::Powi => each1(out, a, |a| a.powi(group.parameter as i32)),
        Op::Powf => {
            let exponent = exponent(grouped, group);
            each1(out, a, |a| a.powf(exponent));
        }
        Op::Polygamma => each1(out, a, |a| a.polygamma(group.parameter)),
        Op::Result => unreachable!("a graph with calls is not grouped"),
    }
}

/// The constant exponent of a power.
#[inline(always)]
pub(super) fn exponent(grouped: &Grouped, group: &Group) -> f64 {
    match group.operands[1] {
        Source::Constant(place) => grouped.constants[place as usize - grouped.inputs],
        _ => unreachable!("the exponent of `powf` is a constant"),
    }
}

/// From the first term to the last, as the function adds them.
#[inline(always)]
fn add_up<T: Real>(start: Option<T>, terms: Reader<'_, T>, count: usize) -> T {
    let (mut sum, first) = start.map_or((terms.at(0), 1), |start| (start, 0));
    match terms {
        Reader::Range(terms) => {
            for &term in &terms[first..] {
                sum += term;
            }
        }
        terms => {
            for k in first..count {
                sum += terms.at(k);
            }
        }
    }
    sum
}

// By index: over pairs of iterators the compiler makes no vectors of dual numbers.
#[allow(clippy::needless_range_loop)]
#[inline(always)]
fn each1<T: Real>(out: &mut [T], a: Reader<'_, T>, f: impl Fn(T) -> T) {
    if let Reader::Range(a) = a {
        let a = &a[..out.len()];
        for k in 0..out.len() {
            out[k] = f(a[k]);
        }
    } else {
        for (k, out) in out.iter_mut().enumerate() {
            *out = f(a.at(k));
        }
    }
}

#[allow(clippy::needless_range_loop)]
#[inline(always)]
fn each2<T: Real>(out: &mut [T], a: Reader<'_, T>, b: Reader<'_, T>, f: impl Fn(T, T) -> T) {
    match (a, b) {
        (Reader::Range(a), Reader::Range(b)) => {
            let (a, b) = (&a[..out.len()], &b[..out.len()]);
            for k in 0..out.len() {
                out[k] = f(a[k], b[k]);
            }
        }
        (a, Reader::Same(b)) => each1(out, a, |a| f(a, b)),
        (Reader::Same(a), b) => each1(out, b, |b| f(a, b)),
        (a, b) => {
            for (k, out) in out.iter_mut().enumerate() {
                *out = f(a.at(k), b.at(k));
            }
        }
    }
}
