//! Where the members of a group read their operands and add to the adjoints of them.

use calculus_core::Real;

use super::group::{Group, Grouped, Source, Store};

/// Numbers taken at a time where they are summed up: as many as two vectors hold, so that the sum
/// does not wait for every addition.
const LANES: usize = 16;

/// The most operands that are gathered at a time.
pub(super) const GATHERED: usize = 32;

/// The operand of a group, as its members read it.
#[derive(Clone, Copy)]
pub(super) enum Reader<'a, T> {
    Same(T),
    Range(&'a [T]),
    List(&'a [T], &'a [u32]),
}

impl<'a, T: Real> Reader<'a, T> {
    #[inline(always)]
    pub(super) fn new(
        grouped: &'a Grouped,
        group: &Group,
        operand: usize,
        values: &'a [T],
    ) -> Self {
        let count = group.count as usize;
        match group.operands[operand] {
            Source::Constant(place) | Source::Same(place) => Self::Same(values[place as usize]),
            Source::Range(start) => Self::Range(&values[start as usize..][..count]),
            Source::List(start) => Self::List(values, &grouped.list[start as usize..][..count]),
        }
    }

    #[inline(always)]
    pub(super) fn at(&self, k: usize) -> T {
        match self {
            Self::Same(value) => *value,
            Self::Range(values) => values[k],
            Self::List(values, list) => values[list[k] as usize],
        }
    }

    /// As many numbers from number `first` on side by side, in `memory` if they are not yet.
    #[inline(always)]
    pub(super) fn gathered(
        self,
        first: usize,
        count: usize,
        memory: &'a mut [T; GATHERED],
    ) -> &'a [T] {
        if let Self::Range(values) = self {
            return &values[first..][..count];
        }
        let memory = &mut memory[..count];
        for (k, x) in memory.iter_mut().enumerate() {
            *x = self.at(first + k);
        }
        memory
    }
}

/// Where the members of a group add to the adjoints of an operand.
#[derive(Clone, Copy)]
pub(super) struct Target<'a> {
    source: Source,
    list: &'a [u32],
    store: Store,
}

impl<'a> Target<'a> {
    #[inline(always)]
    pub(super) fn new(grouped: &'a Grouped, group: &Group, operand: usize) -> Self {
        let (source, store) = (group.operands[operand], group.stores[operand]);
        Self { source, list: &grouped.list, store }
    }

    /// The same for the members from the one of this number on.
    #[inline(always)]
    pub(super) fn from(self, first: usize) -> Self {
        let shift = first as u32;
        let source = match self.source {
            Source::Range(start) => Source::Range(start + shift),
            Source::List(start) => Source::List(start + shift),
            same => same,
        };
        Self { source, ..self }
    }

    /// Adds the contribution of each member.
    #[inline(always)]
    pub(super) fn add<T: Real>(
        self,
        adjoints: &mut [T],
        count: usize,
        contribution: impl Fn(usize) -> T,
    ) {
        match self.source {
            Source::Constant(_) => {}
            Source::Same(place) => {
                let mut sum = T::from(0.0);
                for k in 0..count {
                    sum += contribution(k);
                }
                adjoints[place as usize] += sum;
            }
            Source::Range(start) => {
                let adjoints = &mut adjoints[start as usize..][..count];
                self.write(adjoints, contribution);
            }
            Source::List(start) => {
                let list = &self.list[start as usize..][..count];
                for (k, &place) in list.iter().enumerate() {
                    adjoints[place as usize] += contribution(k);
                }
            }
        }
    }

    /// Adds the contribution of each member to one of the adjoints, side by side.
    // By index, the contribution first: else the compiler makes no vectors of dual numbers.
    #[allow(clippy::needless_range_loop, clippy::assign_op_pattern)]
    #[inline(always)]
    fn write<T: Real>(self, adjoints: &mut [T], contribution: impl Fn(usize) -> T) {
        match self.store {
            Store::Once => adjoints[0] = contribution(0),
            Store::First => {
                for k in 0..adjoints.len() {
                    adjoints[k] = contribution(k);
                }
            }
            Store::Added => {
                for k in 0..adjoints.len() {
                    let added = contribution(k);
                    let adjoint = adjoints[k];
                    adjoints[k] = adjoint + added;
                }
            }
        }
    }

    /// Adds $f(g_k)$ for each member.
    #[inline(always)]
    pub(super) fn add_each<T: Real>(
        self,
        adjoints: &mut [T],
        count: usize,
        g: Reader<'_, T>,
        f: impl Fn(T) -> T,
    ) {
        match (self.source, g) {
            (Source::Range(start), Reader::Range(g)) => {
                let (adjoints, g) = (&mut adjoints[start as usize..][..count], &g[..count]);
                self.write(adjoints, move |k| f(g[k]));
            }
            (Source::Range(start), Reader::Same(g)) => {
                let contribution = f(g);
                self.write(&mut adjoints[start as usize..][..count], move |_| contribution);
            }
            (Source::Same(place), Reader::Range(g)) => adjoints[place as usize] += sum_of(g, f),
            (Source::Same(place), Reader::Same(g)) => {
                adjoints[place as usize] += f(g) * count as f64;
            }
            _ => self.add(adjoints, count, move |k| f(g.at(k))),
        }
    }

    /// Adds $f(g_k, z_k)$ for each member, where $z$ is another operand.
    #[inline(always)]
    pub(super) fn add_zipped<T: Real>(
        self,
        adjoints: &mut [T],
        count: usize,
        g: Reader<'_, T>,
        z: Reader<'_, T>,
        f: impl Fn(T, T) -> T,
    ) {
        match (self.source, g, z) {
            (_, Reader::Same(g), z) => self.add_each(adjoints, count, z, move |z| f(g, z)),
            (_, g, Reader::Same(z)) => self.add_each(adjoints, count, g, move |g| f(g, z)),
            (Source::Range(start), Reader::Range(g), Reader::Range(z)) => {
                let (g, z) = (&g[..count], &z[..count]);
                self.write(&mut adjoints[start as usize..][..count], move |k| f(g[k], z[k]));
            }
            (Source::Same(place), Reader::Range(g), Reader::Range(z)) => {
                adjoints[place as usize] += sum_of_zipped(g, z, f);
            }
            (_, g, z) => self.add(adjoints, count, move |k| f(g.at(k), z.at(k))),
        }
    }
}

/// $\sum_k f(g_k)$
#[inline(always)]
pub(super) fn sum_of<T: Real>(g: &[T], f: impl Fn(T) -> T) -> T {
    if g.len() < LANES {
        let mut sum = T::from(0.0);
        for &g in g {
            sum += f(g);
        }
        return sum;
    }
    let mut sums = [T::from(0.0); LANES];
    let (blocks, rest) = g.as_chunks::<LANES>();
    for block in blocks {
        for (sum, &g) in sums.iter_mut().zip(block) {
            *sum += f(g);
        }
    }
    for (sum, &g) in sums.iter_mut().zip(rest) {
        *sum += f(g);
    }
    total(sums)
}

/// $\sum_k f(g_k, z_k)$
#[inline(always)]
fn sum_of_zipped<T: Real>(g: &[T], z: &[T], f: impl Fn(T, T) -> T) -> T {
    if g.len() < LANES {
        let mut sum = T::from(0.0);
        for (&g, &z) in g.iter().zip(z) {
            sum += f(g, z);
        }
        return sum;
    }
    let mut sums = [T::from(0.0); LANES];
    let ((blocks, rest), (z_blocks, z_rest)) = (g.as_chunks::<LANES>(), z.as_chunks::<LANES>());
    for (block, z_block) in blocks.iter().zip(z_blocks) {
        for ((sum, &g), &z) in sums.iter_mut().zip(block).zip(z_block) {
            *sum += f(g, z);
        }
    }
    for ((sum, &g), &z) in sums.iter_mut().zip(rest).zip(z_rest) {
        *sum += f(g, z);
    }
    total(sums)
}

/// The sum of partial sums, pair by pair.
#[inline(always)]
fn total<T: Real>(mut sums: [T; LANES]) -> T {
    let mut width = LANES / 2;
    while width > 0 {
        for k in 0..width {
            let other = sums[k + width];
            sums[k] += other;
        }
        width /= 2;
    }
    sums[0]
}

/// Whether all parts of all numbers are finite: then and only then they leave nothing times zero.
#[inline(always)]
pub(crate) fn are_finite<T: Real>(x: &[T]) -> bool {
    sum_of(x, |x| x * 0.0).is_zero()
}
