//! What the results of a recurrence depend on: sets of operands, carried from step to step.

use std::collections::{HashMap, HashSet};

use super::recurrence::Recurrence;
use crate::graph::block::BlockPattern;
use crate::graph::rows::of_bodies;

/// So much work is done before a recurrence counts as dense: about a second.
const LIMIT: usize = 1 << 27;

/// So many unions are remembered.
const KNOWN: usize = 1 << 16;

/// No set to build on.
const NONE: u32 = u32::MAX;

/// The set without members.
const EMPTY: u32 = 0;

/// A set: the members of another one, its base, and more.
struct Set {
    base: u32,
    len: usize,
    /// Where the further members stand.
    more: core::ops::Range<usize>,
}

/// Sets of operands that grow out of one another.
struct Sets {
    sets: Vec<Set>,
    members: Vec<u32>,
    singles: Vec<u32>,
    /// The number of the union in which an operand was met last.
    met: Vec<u32>,
    unions: u32,
    known: HashMap<Vec<u32>, u32>,
    work: usize,
}

impl Sets {
    fn new(operands: usize) -> Self {
        let empty = Set { base: NONE, len: 0, more: 0..0 };
        Self {
            sets: vec![empty],
            members: Vec::new(),
            singles: vec![NONE; operands],
            met: vec![0; operands],
            unions: 0,
            known: HashMap::new(),
            work: 0,
        }
    }

    fn push(&mut self, base: u32, members: &[u32]) -> u32 {
        let start = self.members.len();
        self.members.extend_from_slice(members);
        let before = if base == NONE { 0 } else { self.sets[base as usize].len };
        let len = before + members.len();
        self.sets.push(Set { base, len, more: start..self.members.len() });
        (self.sets.len() - 1) as u32
    }

    /// The set of one operand.
    fn single(&mut self, operand: usize) -> u32 {
        if self.singles[operand] == NONE {
            self.singles[operand] = self.push(NONE, &[operand as u32]);
        }
        self.singles[operand]
    }

    /// A set and those that it is built on.
    fn chain(&self, set: u32) -> impl Iterator<Item = u32> + '_ {
        core::iter::successors(Some(set), |&set| {
            Some(self.sets[set as usize].base).filter(|&base| base != NONE)
        })
    }

    /// The members that a set has beside those of its base.
    fn more(&self, set: u32) -> &[u32] {
        &self.members[self.sets[set as usize].more.clone()]
    }

    fn of(&self, set: u32) -> impl Iterator<Item = u32> + '_ {
        self.chain(set).flat_map(|set| self.more(set).iter().copied())
    }

    /// The union, built on the largest of the sets.
    fn union(&mut self, mut sets: Vec<u32>) -> u32 {
        self.work += sets.len();
        sets.sort_unstable();
        sets.dedup();
        sets.retain(|&set| set != EMPTY);
        let Some(&largest) = sets.iter().max_by_key(|&&set| self.sets[set as usize].len) else {
            return EMPTY;
        };
        if sets.len() == 1 {
            return largest;
        }
        if let Some(&known) = self.known.get(&sets) {
            return known;
        }
        self.unions += 1;
        let mut met = core::mem::take(&mut self.met);
        let mut new = |operand: u32| {
            core::mem::replace(&mut met[operand as usize], self.unions) != self.unions
        };
        self.of(largest).for_each(|operand| {
            new(operand);
        });
        let others = sets.iter().filter(|&&set| set != largest);
        let more: Vec<u32> =
            others.flat_map(|&set| self.of(set)).filter(|&operand| new(operand)).collect();
        self.met = met;
        self.work += sets.iter().map(|&set| self.sets[set as usize].len).sum::<usize>();
        let union = if more.is_empty() { largest } else { self.push(largest, &more) };
        self.known.insert(sets, union);
        union
    }

    /// The members of several sets, each once.
    fn members_of(&self, sets: &[u32]) -> Vec<u32> {
        let mut seen = HashSet::new();
        let mut members = Vec::new();
        for &set in sets {
            let new = self.chain(set).take_while(|&set| seen.insert(set));
            new.for_each(|set| members.extend_from_slice(self.more(set)));
        }
        members.sort_unstable();
        members.dedup();
        members
    }
}

/// Products of sets whose members interact.
#[derive(Default)]
struct Products {
    done: HashSet<(u32, u32)>,
    /// What the first set has beside its base, times all of the second.
    parts: Vec<(u32, u32)>,
    pairs: usize,
}

impl Products {
    fn add(&mut self, sets: &Sets, mut a: u32, mut b: u32) {
        // The product with the base is mostly known from the step before.
        while a != EMPTY && b != EMPTY && self.done.insert((a.min(b), a.max(b))) {
            (a, b) = (a.max(b), a.min(b));
            self.parts.push((a, b));
            self.pairs += sets.more(a).len() * sets.sets[b as usize].len;
            match sets.sets[a as usize].base {
                NONE => break,
                base => a = base,
            }
        }
    }
}

impl Recurrence {
    /// As the body of the steps tells, iterated over the steps; dense where that takes too long.
    pub(super) fn block_pattern(&self, operands: usize) -> BlockPattern<'static> {
        self.pattern_within(operands, LIMIT).unwrap_or_else(BlockPattern::dense)
    }

    fn pattern_within(&self, operands: usize, limit: usize) -> Option<BlockPattern<'static>> {
        let (jacobian, interactions) = of_bodies(&self.bodies);
        let (shared, width) = (self.shared.len(), self.initial.len());
        let mut reads = vec![Vec::new(); width + self.places.len()];
        jacobian.entries().for_each(|(output, input)| reads[output].push(input));
        let constant = self.columns.iter().all(|column| column.operand(0).is_none());

        let mut sets = Sets::new(operands);
        let mut products = Products::default();
        let mut results = vec![Vec::new(); self.results];
        // The sets of the inputs of the body: shared operands, the state, columns.
        let mut inputs: Vec<u32> =
            self.shared.iter().chain(&self.initial).map(|&operand| sets.single(operand)).collect();
        inputs.resize(shared + width + self.columns.len(), EMPTY);
        for k in 0..self.steps {
            let r = self.row(k);
            if sets.known.len() > KNOWN {
                sets.known.clear();
            }
            for (c, column) in self.columns.iter().enumerate() {
                inputs[shared + width + c] = match column.operand(r) {
                    Some(operand) => sets.single(operand),
                    None => EMPTY,
                };
            }
            for &(i, j) in &interactions {
                products.add(&sets, inputs[i], inputs[j]);
            }
            let outputs: Vec<u32> = reads
                .iter()
                .map(|reads| sets.union(reads.iter().map(|&input| inputs[input]).collect()))
                .collect();
            for (place, &set) in self.places.iter().zip(&outputs[width..]) {
                let of_result: &mut Vec<u32> = &mut results[place.result(r)];
                if of_result.last() != Some(&set) {
                    of_result.push(set);
                }
            }
            let state = &mut inputs[shared..shared + width];
            let settled = constant && self.places.is_empty() && *state == outputs[..width];
            state.copy_from_slice(&outputs[..width]);
            // Pairs are cheap to name, and there need not be more than a dense block has.
            let dense = operands.saturating_mul(operands);
            sets.work += interactions.len() + self.columns.len();
            if sets.work > limit || products.pairs > dense.saturating_mul(4).max(1 << 16) {
                return None;
            }
            if settled {
                break;
            }
        }
        (0..width).for_each(|i| results[i] = vec![inputs[shared + i]]);
        let mut dependence = Vec::with_capacity(self.results);
        for of_result in &results {
            let members = sets.members_of(of_result);
            sets.work += members.len();
            if sets.work > limit {
                return None;
            }
            dependence.push(members);
        }
        let operands_of = move |result: usize, f: &mut dyn FnMut(usize)| {
            dependence[result].iter().for_each(|&operand| f(operand as usize));
        };
        let pairs = move |f: &mut dyn FnMut(usize, usize)| {
            for &(a, b) in &products.parts {
                for &i in sets.more(a) {
                    sets.of(b).for_each(|j| f(i as usize, j as usize));
                }
            }
        };
        Some(BlockPattern::interacting(pairs).depending(operands_of))
    }
}

#[cfg(test)]
mod tests {
    use crate::graph::block::Form;
    use crate::{Graph, Rows, scan};

    #[test]
    fn where_it_would_take_too_long_a_recurrence_counts_as_dense() {
        let f = |x: &[crate::Var]| {
            scan(&Rows::new(50).variables(&x[..50]), &x[50..], |s, row| vec![s[0] + row[0]])[0]
        };
        let graph = Graph::record(f, &[1.0; 51]);
        let Form::Recurrence(recurrence) = graph.calls[0].block.form() else { unreachable!() };
        let operands = graph.calls[0].operands.len();
        assert!(recurrence.pattern_within(operands, 100).is_none());
        let pattern =
            recurrence.pattern_within(operands, 10_000).expect("1 + 2 + ... + 50 members");
        let mut interacting = 0;
        assert!(!pattern.each_interaction(&mut |_, _| interacting += 1));
        assert_eq!(interacting, 0);
    }
}
