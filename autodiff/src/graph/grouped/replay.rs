//! Forward replay and reverse sweep, group by group.

use calculus_core::Real;
use calculus_core::elementary::{Binary, Unary};
use pulp::NullaryFnOnce;

use super::group::{Group, Grouped, Kind, Seeded, Source};
use crate::graph::op::Op;
use crate::graph::program::{Workspace, unary_derivative};

impl Grouped {
    /// Evaluates all nodes at `x`.
    pub(crate) fn forward<T: Real>(
        &self,
        x: impl IntoIterator<Item = T>,
        workspace: &mut Workspace<T>,
    ) {
        for (place, x) in workspace.values[..self.inputs].iter_mut().zip(x) {
            *place = x;
        }
        self.replay(workspace);
    }

    /// Evaluates all nodes at the inputs in the workspace.
    pub(crate) fn replay<T: Real>(&self, workspace: &mut Workspace<T>) {
        let values = &mut workspace.values[..];
        pulp::Arch::new().dispatch(Forward { grouped: self, values });
    }

    /// Sweeps back from the cotangents of the outputs to the adjoints of all nodes.
    pub(crate) fn reverse<T: Real>(
        &self,
        cotangents: impl IntoIterator<Item = T, IntoIter: Clone>,
        workspace: &mut Workspace<T>,
    ) {
        let cotangents = cotangents.into_iter();
        self.seed(cotangents.clone(), workspace);
        self.sweep::<T, false>(workspace);
        // Where an adjoint of zero has met an infinite slope it has to stay zero.
        if !are_finite(self.input_adjoints(workspace)) {
            self.seed(cotangents, workspace);
            self.sweep::<T, true>(workspace);
        }
    }

    /// Sweeps back from the cotangents of all outputs, with or without looking whether an adjoint
    /// is zero before it is multiplied by a slope.
    pub(crate) fn reverse_once<T: Real>(
        &self,
        cotangents: &[T],
        workspace: &mut Workspace<T>,
        careful: bool,
    ) {
        self.clear(workspace);
        let mut rest = cotangents;
        for Seeded { places, first } in &self.seeded {
            let adjoints = &mut workspace.adjoints[places.start as usize..places.end as usize];
            let (run, others) = rest.split_at(adjoints.len());
            if *first {
                adjoints.copy_from_slice(run);
            } else {
                adjoints.iter_mut().zip(run).for_each(|(adjoint, &g)| *adjoint += g);
            }
            rest = others;
        }
        if careful {
            self.sweep::<T, true>(workspace);
        } else {
            self.sweep::<T, false>(workspace);
        }
    }

    /// Clears the adjoints that a sweep adds to before it stores them.
    fn clear<T: Real>(&self, workspace: &mut Workspace<T>) {
        workspace.adjoints.resize(workspace.values.len(), T::from(0.0));
        for range in &self.cleared {
            workspace.adjoints[range.start as usize..range.end as usize].fill(T::from(0.0));
        }
    }

    /// Puts the cotangents in the places of the outputs, and clears the others.
    fn seed<T: Real>(&self, mut cotangents: impl Iterator<Item = T>, workspace: &mut Workspace<T>) {
        self.clear(workspace);
        for Seeded { places, first } in &self.seeded {
            for adjoint in &mut workspace.adjoints[places.start as usize..places.end as usize] {
                let cotangent = cotangents.next().unwrap_or(T::from(0.0));
                *adjoint = if *first { cotangent } else { *adjoint + cotangent };
            }
        }
    }

    /// The reverse sweep; only the `CAREFUL` one looks whether an adjoint is zero before it is
    /// multiplied by a slope.
    fn sweep<T: Real, const CAREFUL: bool>(&self, workspace: &mut Workspace<T>) {
        let Workspace { values, adjoints, .. } = workspace;
        let reverse = Reverse::<T, CAREFUL> { grouped: self, values, adjoints };
        pulp::Arch::new().dispatch(reverse);
    }
}

/// Whether all parts of all numbers are finite: then and only then they leave nothing times zero.
pub(crate) fn are_finite<T: Real>(x: &[T]) -> bool {
    x.iter().fold(T::from(0.0), |sum, &x| sum + x * 0.0).is_zero()
}

/// The operand of a group, as its members read it.
#[derive(Clone, Copy)]
enum Reader<'a, T> {
    Same(T),
    Range(&'a [T]),
    List(&'a [T], &'a [u32]),
}

impl<'a, T: Real> Reader<'a, T> {
    #[inline(always)]
    fn new(source: Source, count: usize, values: &'a [T], list: &'a [u32]) -> Self {
        match source {
            Source::Constant(place) | Source::Same(place) => Self::Same(values[place as usize]),
            Source::Range(start) => Self::Range(&values[start as usize..][..count]),
            Source::List(start) => Self::List(values, &list[start as usize..][..count]),
        }
    }

    #[inline(always)]
    fn at(&self, k: usize) -> T {
        match self {
            Self::Same(value) => *value,
            Self::Range(values) => values[k],
            Self::List(values, list) => values[list[k] as usize],
        }
    }
}

/// A forward replay, as a struct so that it is compiled for the vector instructions that are there.
struct Forward<'a, T> {
    grouped: &'a Grouped,
    values: &'a mut [T],
}

impl<T: Real> NullaryFnOnce for Forward<'_, T> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        for group in &self.grouped.groups {
            let (before, from) = self.values.split_at_mut(group.at as usize);
            evaluate(self.grouped, group, before, from);
        }
    }
}

/// From this number of members on, a function of the table is evaluated in vectors.
const VECTOR: usize = 8;

#[inline(always)]
fn evaluate<T: Real>(grouped: &Grouped, group: &Group, before: &[T], from: &mut [T]) {
    let count = group.count as usize;
    let reader = |k: usize| Reader::new(group.operands[k], count, before, &grouped.list);
    let op = match group.kind {
        Kind::Each(op) => op,
        Kind::Sum { start } => {
            from[0] = sum(start.map(|place| before[place as usize]), reader(0), count);
            return;
        }
    };
    let out = &mut from[..count];
    match op {
        Op::Binary(Binary::Add) => each2(out, reader(0), reader(1), |a, b| a + b),
        Op::Binary(Binary::Sub) => each2(out, reader(0), reader(1), |a, b| a - b),
        Op::Binary(Binary::Mul) => each2(out, reader(0), reader(1), |a, b| a * b),
        Op::Binary(Binary::Div) => each2(out, reader(0), reader(1), |a, b| a / b),
        Op::Binary(row) => each2(out, reader(0), reader(1), |a, b| a.combine(row, b)),
        Op::MulAdd => {
            let (a, b, c) = (reader(0), reader(1), reader(2));
            for (k, out) in out.iter_mut().enumerate() {
                *out = a.at(k).mul_add(b.at(k), c.at(k));
            }
        }
        Op::Copy => each1(out, reader(0), |a| a),
        Op::Unary(Unary::Neg) => each1(out, reader(0), |a| -a),
        Op::Unary(Unary::Sqrt) => each1(out, reader(0), |a| a.sqrt()),
        Op::Unary(row) => match reader(0) {
            Reader::Range(x) if count >= VECTOR => T::apply_each(row, x, out),
            x => each1(out, x, |a| a.apply(row)),
        },
        Op::Powi => each1(out, reader(0), |a| a.powi(group.parameter as i32)),
        Op::Powf => {
            let exponent = exponent(grouped, group);
            each1(out, reader(0), |a| a.powf(exponent));
        }
        Op::Polygamma => each1(out, reader(0), |a| a.polygamma(group.parameter)),
        Op::Result => unreachable!("a graph with calls is not grouped"),
    }
}

/// The constant exponent of a power.
#[inline(always)]
fn exponent(grouped: &Grouped, group: &Group) -> f64 {
    match group.operands[1] {
        Source::Constant(place) => grouped.constants[place as usize - grouped.inputs],
        _ => unreachable!("the exponent of `powf` is a constant"),
    }
}

/// From the first term to the last, as the function adds them.
#[inline(always)]
fn sum<T: Real>(start: Option<T>, terms: Reader<'_, T>, count: usize) -> T {
    let (mut sum, first) = start.map_or((terms.at(0), 1), |start| (start, 0));
    match terms {
        Reader::Range(terms) => terms[first..].iter().for_each(|&term| sum += term),
        terms => (first..count).for_each(|k| sum += terms.at(k)),
    }
    sum
}

#[inline(always)]
fn each1<T: Real>(out: &mut [T], a: Reader<'_, T>, f: impl Fn(T) -> T) {
    match a {
        Reader::Range(a) => out.iter_mut().zip(a).for_each(|(out, &a)| *out = f(a)),
        a => out.iter_mut().enumerate().for_each(|(k, out)| *out = f(a.at(k))),
    }
}

#[inline(always)]
fn each2<T: Real>(out: &mut [T], a: Reader<'_, T>, b: Reader<'_, T>, f: impl Fn(T, T) -> T) {
    match (a, b) {
        (Reader::Range(a), Reader::Range(b)) => {
            out.iter_mut().zip(a).zip(b).for_each(|((out, &a), &b)| *out = f(a, b));
        }
        (Reader::Range(a), Reader::Same(b)) => {
            out.iter_mut().zip(a).for_each(|(out, &a)| *out = f(a, b));
        }
        (Reader::Same(a), Reader::Range(b)) => {
            out.iter_mut().zip(b).for_each(|(out, &b)| *out = f(a, b));
        }
        (a, b) => out.iter_mut().enumerate().for_each(|(k, out)| *out = f(a.at(k), b.at(k))),
    }
}

/// A reverse sweep.
struct Reverse<'a, T, const CAREFUL: bool> {
    grouped: &'a Grouped,
    values: &'a [T],
    adjoints: &'a mut [T],
}

impl<T: Real, const CAREFUL: bool> NullaryFnOnce for Reverse<'_, T, CAREFUL> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        for group in self.grouped.groups.iter().rev() {
            let (before, from) = self.adjoints.split_at_mut(group.at as usize);
            match group.kind {
                Kind::Each(op) => {
                    let g = &from[..group.count as usize];
                    pull_back::<T, CAREFUL>(self.grouped, group, op, self.values, before, g);
                }
                Kind::Sum { .. } => {
                    let g = from[0];
                    let terms = Target::new(self.grouped, group, 0);
                    terms.add(before, group.count as usize, |_| g);
                }
            }
        }
    }
}

/// The contribution $g s$ to an adjoint; if careful, nothing where $g$ is zero, whatever the slope.
#[inline(always)]
fn product<T: Real, const CAREFUL: bool>(g: T, slope: T) -> T {
    if CAREFUL && g.is_zero() { T::from(0.0) } else { g * slope }
}

#[inline(always)]
fn pull_back<T: Real, const CAREFUL: bool>(
    grouped: &Grouped,
    group: &Group,
    op: Op,
    values: &[T],
    adjoints: &mut [T],
    g: &[T],
) {
    let count = g.len();
    let reader = |k: usize| Reader::new(group.operands[k], count, values, &grouped.list);
    let target = |k: usize| Target::new(grouped, group, k);
    let y = &values[group.at as usize..][..count];
    let product = product::<T, CAREFUL>;
    match op {
        Op::Binary(Binary::Add) => {
            target(0).add_each(adjoints, g, |g| g);
            target(1).add_each(adjoints, g, |g| g);
        }
        Op::Binary(Binary::Sub) => {
            target(0).add_each(adjoints, g, |g| g);
            target(1).add_each(adjoints, g, |g| -g);
        }
        // A square: twice the same, in one pass.
        Op::Binary(Binary::Mul) if group.operands[0] == group.operands[1] => {
            target(0).add_zipped(adjoints, g, reader(1), |g, a| {
                let half = product(g, a);
                half + half
            });
        }
        Op::Binary(Binary::Mul) => {
            target(0).add_zipped(adjoints, g, reader(1), product);
            target(1).add_zipped(adjoints, g, reader(0), product);
        }
        Op::Binary(Binary::Div) => {
            let b = reader(1);
            let scaled = |g: T, b: T| if CAREFUL && g.is_zero() { g } else { g / b };
            target(0).add_zipped(adjoints, g, b, scaled);
            // Not g (y / b): the slope alone may overflow.
            target(1).add(adjoints, count, |k| -product(scaled(g[k], b.at(k)), y[k]));
        }
        Op::Binary(row) => {
            let (a, b) = (reader(0), reader(1));
            let contribution = |k: usize, slope: fn(Binary, T, T, T) -> T| {
                if g[k].is_zero() { g[k] } else { g[k] * slope(row, a.at(k), b.at(k), y[k]) }
            };
            target(0).add(adjoints, count, |k| contribution(k, Binary::partial_a));
            target(1).add(adjoints, count, |k| contribution(k, Binary::partial_b));
        }
        Op::MulAdd => {
            target(0).add_zipped(adjoints, g, reader(1), product);
            target(1).add_zipped(adjoints, g, reader(0), product);
            target(2).add_each(adjoints, g, |g| g);
        }
        Op::Copy => target(0).add_each(adjoints, g, |g| g),
        Op::Unary(Unary::Neg) => target(0).add_each(adjoints, g, |g| -g),
        op => {
            let a = reader(0);
            let exponent = if op == Op::Powf { exponent(grouped, group) } else { 0.0 };
            target(0).add(adjoints, count, |k| {
                if g[k].is_zero() {
                    return g[k];
                }
                g[k] * unary_derivative(op, group.parameter, a.at(k), y[k], |_| exponent)
            });
        }
    }
}

/// Where the members of a group add to the adjoints of an operand.
#[derive(Clone, Copy)]
struct Target<'a> {
    source: Source,
    list: &'a [u32],
    /// Whether to store instead.
    first: bool,
}

impl<'a> Target<'a> {
    #[inline(always)]
    fn new(grouped: &'a Grouped, group: &Group, operand: usize) -> Self {
        let (source, first) = (group.operands[operand], group.first[operand]);
        Self { source, list: &grouped.list, first }
    }

    #[inline(always)]
    fn add<T: Real>(self, adjoints: &mut [T], count: usize, contribution: impl Fn(usize) -> T) {
        match self.source {
            Source::Constant(_) => {}
            Source::Same(place) => {
                (0..count).for_each(|k| adjoints[place as usize] += contribution(k));
            }
            Source::Range(start) => {
                let adjoints = adjoints[start as usize..][..count].iter_mut().enumerate();
                if self.first {
                    adjoints.for_each(|(k, adjoint)| *adjoint = contribution(k));
                } else {
                    adjoints.for_each(|(k, adjoint)| *adjoint += contribution(k));
                }
            }
            Source::List(start) => {
                let places = self.list[start as usize..][..count].iter();
                places.enumerate().for_each(|(k, &i)| adjoints[i as usize] += contribution(k));
            }
        }
    }

    #[inline(always)]
    fn add_each<T: Real>(self, adjoints: &mut [T], g: &[T], f: impl Fn(T) -> T) {
        match self.source {
            Source::Range(start) => {
                let adjoints = adjoints[start as usize..][..g.len()].iter_mut().zip(g);
                if self.first {
                    adjoints.for_each(|(adjoint, &g)| *adjoint = f(g));
                } else {
                    adjoints.for_each(|(adjoint, &g)| *adjoint += f(g));
                }
            }
            _ => self.add(adjoints, g.len(), |k| f(g[k])),
        }
    }

    #[inline(always)]
    fn add_zipped<T: Real>(
        self,
        adjoints: &mut [T],
        g: &[T],
        other: Reader<'_, T>,
        f: impl Fn(T, T) -> T,
    ) {
        match (self.source, other) {
            (Source::Range(start), Reader::Range(other)) => {
                let adjoints = adjoints[start as usize..][..g.len()].iter_mut();
                let zipped = adjoints.zip(g).zip(other);
                if self.first {
                    zipped.for_each(|((adjoint, &g), &other)| *adjoint = f(g, other));
                } else {
                    zipped.for_each(|((adjoint, &g), &other)| *adjoint += f(g, other));
                }
            }
            (Source::Range(_), Reader::Same(other)) => {
                self.add_each(adjoints, g, |g| f(g, other));
            }
            (_, other) => self.add(adjoints, g.len(), |k| f(g[k], other.at(k))),
        }
    }
}
