//! The entries of a Hessian, collected from interacting sets of inputs.

use std::collections::HashSet;

use calculus_core::coloring::Pattern;

use super::sets::IndexSets;

/// So many entries are collected before repetitions are looked for.
const MANY: usize = 1 << 20;

/// Entries (row, column) with few repetitions.
pub(super) struct Entries<'s> {
    sets: &'s IndexSets,
    /// The pairs of larger sets that have been multiplied.
    done: HashSet<(u32, u32)>,
    entries: Vec<(u32, u32)>,
    /// The number of entries at which repetitions are removed.
    limit: usize,
}

impl<'s> Entries<'s> {
    pub(super) fn new(sets: &'s IndexSets) -> Self {
        Self { sets, done: HashSet::new(), entries: Vec::new(), limit: MANY }
    }

    /// Adds that each input below node `a` interacts with each below node `b`.
    pub(super) fn add_product(&mut self, a: usize, b: usize) {
        let numbers = (self.sets.number(a), self.sets.number(b));
        let (a, b) = (self.sets.of(a), self.sets.of(b));
        let ordered = (numbers.0.min(numbers.1), numbers.0.max(numbers.1));
        if a.len() * b.len() > 1 && !self.done.insert(ordered) {
            return;
        }
        for &i in a {
            self.entries.extend(b.iter().map(|&j| (i, j)));
        }
        if numbers.0 != numbers.1 {
            for &j in b {
                self.entries.extend(a.iter().map(|&i| (j, i)));
            }
        }
        self.compact();
    }

    /// Adds that all inputs below the nodes interact.
    pub(super) fn add_square(&mut self, nodes: impl Iterator<Item = usize>) {
        let mut union: Vec<u32> = nodes.flat_map(|node| self.sets.of(node)).copied().collect();
        union.sort_unstable();
        union.dedup();
        for &i in &union {
            self.entries.extend(union.iter().map(|&j| (i, j)));
            self.compact();
        }
    }

    /// Removes repetitions once there are many entries.
    fn compact(&mut self) {
        if self.entries.len() >= self.limit {
            self.entries.sort_unstable();
            self.entries.dedup();
            self.limit = MANY.max(2 * self.entries.len());
        }
    }

    pub(super) fn into_pattern(mut self, inputs: usize) -> Pattern {
        self.entries.sort_unstable();
        self.entries.dedup();
        let entries = self.entries.into_iter();
        Pattern::from_entries(inputs, inputs, entries.map(|(i, j)| (i as usize, j as usize)))
    }
}
