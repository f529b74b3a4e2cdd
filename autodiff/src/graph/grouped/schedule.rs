//! Finding the groups: by depth, operation and where the operands come from.

use std::collections::HashMap;

use calculus_core::elementary::Binary;

use super::adjoints;
use super::group::{Group, Grouped, Kind, Source, Store};
use crate::graph::guard::Guard;
use crate::graph::node::{Graph, Operand};
use crate::graph::op::Op;

/// A chain of additions with fewer terms stays one.
const SHORTEST_SUM: usize = 4;
/// Groups of as many members begin where a vector of eight numbers does: one that lies across two
/// lines of the cache costs twice as much.
const ALIGNED: usize = 32;
const ALIGNMENT: usize = 8;
/// As many chains of equal length are better added side by side.
const PARALLEL_CHAINS: usize = 8;
/// Groups are parted into runs of operands side by side if these are as long on average.
const SHORTEST_RUN: usize = 8;

/// The operands of one operation of the schedule, or the terms of a sum.
enum Task {
    /// A node of the graph.
    Node(usize),
    /// The sum that ends in this node, and its terms.
    Sum(usize, Vec<Operand>),
}

/// What the members of a group have in common.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    op: Op,
    parameter: u32,
    /// For each operand, the group that it comes from or the constant that it is.
    origins: [u64; 3],
}

/// The groups of a graph; sweeps add to the adjoints of as many first inputs as `accumulated`.
pub(super) fn schedule(graph: &Graph, accumulated: usize) -> Grouped {
    let total = graph.inputs + graph.len();
    let (sums, absorbed) = sums(graph);
    let mut tasks = Vec::with_capacity(graph.len());
    for index in (graph.inputs..total).filter(|&index| !absorbed[index]) {
        tasks.push(match sums.get(&index) {
            Some(terms) => Task::Sum(index, terms.clone()),
            None => Task::Node(index),
        });
    }
    let levels = levels(graph, tasks);

    let nodes_at = (graph.inputs + graph.constants.len()) as u32;
    let mut builder = Builder {
        graph,
        places: (0..total as u32).collect(),
        origins: vec![0; total],
        grouped: Grouped {
            inputs: graph.inputs,
            accumulated,
            constants: graph.constants.clone(),
            groups: Vec::new(),
            list: Vec::new(),
            places: nodes_at as usize,
            outputs: Vec::new(),
            seeded: Vec::new(),
            guards: Vec::new(),
            cleared: Vec::new(),
        },
    };
    for level in levels {
        builder.level(level);
    }
    builder.finish()
}

/// The chains of additions whose partial sums nothing else reads: the terms of each by the node it
/// ends in, and which nodes are partial sums.
///
/// Terms are added in the order of the chain, so the sum has the same bits.
fn sums(graph: &Graph) -> (HashMap<usize, Vec<Operand>>, Vec<bool>) {
    let total = graph.inputs + graph.len();
    let mut uses = vec![0_u32; total];
    let mut read = |operand: Operand| {
        if !operand.is_constant() {
            uses[operand.index()] += 1;
        }
    };
    for node in graph.nodes() {
        node.operands.into_iter().flatten().for_each(&mut read);
    }
    graph.outputs.iter().copied().for_each(&mut read);
    for guard in &graph.guards {
        guard.operands().into_iter().flatten().for_each(&mut read);
    }
    let is_addition = |operand: Operand| {
        !operand.is_constant()
            && operand.index() >= graph.inputs
            && graph.node(operand.index()).op == Op::Binary(Binary::Add)
    };
    let partial = |operand: Operand| is_addition(operand) && uses[operand.index()] == 1;

    let mut inside = vec![false; total];
    let mut chains: Vec<(usize, Vec<Operand>, Vec<usize>)> = Vec::new();
    for index in (graph.inputs..total).rev() {
        if inside[index] || !is_addition(Operand::node(index as u32)) {
            continue;
        }
        let (mut terms, mut members) = (Vec::new(), Vec::new());
        let mut at = index;
        loop {
            let [a, b, _] = graph.node(at).operands;
            let (a, b) = (a.expect("two operands"), b.expect("two operands"));
            let (chain, term) = if partial(a) {
                (a, b)
            } else if partial(b) {
                (b, a)
            } else if terms.last().is_some_and(|&term| is_addition(term)) {
                // The other terms are sums themselves, so this is one of them: the body of a loop
                // stays the same for its first turn.
                members.pop();
                terms.push(Operand::node(at as u32));
                break;
            } else {
                // In this order after the reversal: a constant first.
                terms.extend(if b.is_constant() { [a, b] } else { [b, a] });
                break;
            };
            terms.push(term);
            at = chain.index();
            members.push(at);
        }
        terms.reverse();
        if terms.len() >= SHORTEST_SUM {
            members.iter().for_each(|&member| inside[member] = true);
            chains.push((index, terms, members));
        }
    }
    let mut lengths: HashMap<usize, usize> = HashMap::new();
    for (_, terms, _) in &chains {
        *lengths.entry(terms.len()).or_default() += 1;
    }
    let mut absorbed = vec![false; total];
    let mut sums = HashMap::new();
    for (index, terms, members) in chains {
        if lengths[&terms.len()] >= PARALLEL_CHAINS {
            continue;
        }
        members.iter().for_each(|&member| absorbed[member] = true);
        sums.insert(index, terms);
    }
    (sums, absorbed)
}

/// The tasks by depth: each after everything that it reads.
fn levels(graph: &Graph, tasks: Vec<Task>) -> Vec<Vec<Task>> {
    let mut depth = vec![0_usize; graph.inputs + graph.len()];
    let mut levels: Vec<Vec<Task>> = Vec::new();
    for task in tasks {
        let deepest = |operands: &mut dyn Iterator<Item = Operand>| {
            operands.filter(|o| !o.is_constant()).map(|o| depth[o.index()]).max().unwrap_or(0)
        };
        let (index, level) = match &task {
            Task::Node(index) => {
                let operands = graph.node(*index).operands;
                (*index, deepest(&mut operands.into_iter().flatten()))
            }
            Task::Sum(index, terms) => (*index, deepest(&mut terms.iter().copied())),
        };
        depth[index] = level + 1;
        if levels.len() <= level {
            levels.resize_with(level + 1, Vec::new);
        }
        levels[level].push(task);
    }
    levels
}

struct Builder<'g> {
    graph: &'g Graph,
    /// Where each input and node of the graph lies in the workspace.
    places: Vec<u32>,
    /// The group that each comes from, from 1 on; 0 for inputs.
    origins: Vec<u32>,
    grouped: Grouped,
}

impl Builder<'_> {
    fn place(&self, operand: Operand) -> u32 {
        if operand.is_constant() {
            (self.grouped.inputs + operand.index()) as u32
        } else {
            self.places[operand.index()]
        }
    }

    fn origin(&self, operand: Operand) -> u64 {
        const CONSTANT: u64 = 1 << 32;
        if operand.is_constant() {
            CONSTANT | operand.index() as u64
        } else {
            u64::from(self.origins[operand.index()])
        }
    }

    /// Groups the tasks of one depth, in the order in which their first members come.
    fn level(&mut self, tasks: Vec<Task>) {
        let mut known: HashMap<Key, usize> = HashMap::new();
        let mut groups: Vec<(Key, Vec<usize>)> = Vec::new();
        for task in tasks {
            match task {
                Task::Sum(index, terms) => self.sum(index, &terms),
                Task::Node(index) => {
                    let node = self.graph.node(index);
                    let origins = node.operands.map(|o| o.map_or(0, |o| self.origin(o)));
                    let parameter = node.parameter.unwrap_or(0) as u32;
                    let key = Key { op: node.op, parameter, origins };
                    let group = *known.entry(key).or_insert(groups.len());
                    if group == groups.len() {
                        groups.push((key, Vec::new()));
                    }
                    groups[group].1.push(index);
                }
            }
        }
        for (key, members) in groups {
            self.group(key, members);
        }
    }

    fn sum(&mut self, index: usize, terms: &[Operand]) {
        // `iter().sum()` begins with a constant: apart from the terms, which then lie side by side.
        let (start, terms) = match terms {
            [start, rest @ ..] if start.is_constant() => (Some(self.place(*start)), rest),
            _ => (None, terms),
        };
        let places: Vec<u32> = terms.iter().map(|&term| self.place(term)).collect();
        // Constants among the other terms are summed like variables, so there is no constant source.
        let source = match self.source(&places, false) {
            Source::Same(_) => self.list(&places),
            source => source,
        };
        let count = terms.len() as u32;
        self.push(&[index], Kind::Sum { start }, 0, count, [source; 3]);
        self.origins[index] = self.grouped.groups.len() as u32;
    }

    /// A group, in parts if that lets the operands of each part lie side by side.
    fn group(&mut self, key: Key, members: Vec<usize>) {
        let origin = self.grouped.groups.len() as u32 + 1;
        let (ordered, ends) = self.in_runs(members);
        let mut start = 0;
        for end in ends {
            self.part(key, &ordered[start..end], origin);
            start = end;
        }
    }

    /// The members in an order in which their operands lie side by side for long, and where each of
    /// those runs ends; if there is none, the members as they are, in one run.
    fn in_runs(&self, members: Vec<usize>) -> (Vec<usize>, Vec<usize>) {
        let place = |index: usize, slot: usize| {
            self.graph.node(index).operands[slot].map_or(0, |operand| self.place(operand))
        };
        let ends = |members: &[usize]| {
            let step = |k: usize| {
                let (before, after) = (members[k], members[k + 1]);
                [0, 1, 2].map(|slot| place(after, slot).wrapping_sub(place(before, slot)))
            };
            let mut ends = Vec::new();
            let mut steps = None;
            for k in 0..members.len() - 1 {
                let next = step(k);
                let goes_on = next.iter().all(|&step| step <= 1);
                if goes_on && steps.is_none_or(|steps| steps == next) {
                    steps = Some(next);
                } else {
                    ends.push(k + 1);
                    steps = None;
                }
            }
            ends.push(members.len());
            ends
        };
        let as_they_are = ends(&members);
        if as_they_are.len() == 1 {
            return (members, as_they_are);
        }
        let sorted = (0..3).map(|slot| {
            let mut sorted = members.clone();
            sorted.sort_by_key(|&index| place(index, slot));
            let ends = ends(&sorted);
            (sorted, ends)
        });
        let count = members.len();
        let (ordered, runs) = core::iter::once((members.clone(), as_they_are))
            .chain(sorted)
            .min_by_key(|(_, ends)| ends.len())
            .expect("there is the order as it is");
        if count >= SHORTEST_RUN * runs.len() { (ordered, runs) } else { (members, vec![count]) }
    }

    fn part(&mut self, key: Key, members: &[usize], origin: u32) {
        let mut operands = [Source::Constant(0); 3];
        for (slot, source) in operands.iter_mut().enumerate() {
            let operand = |&index: &usize| self.graph.node(index).operands[slot];
            let Some(first) = operand(&members[0]) else { continue };
            let places: Vec<u32> =
                members.iter().filter_map(operand).map(|o| self.place(o)).collect();
            *source = self.source(&places, first.is_constant());
        }
        self.push(members, Kind::Each(key.op), key.parameter, members.len() as u32, operands);
        members.iter().for_each(|&member| self.origins[member] = origin);
    }

    fn push(
        &mut self,
        members: &[usize],
        kind: Kind,
        parameter: u32,
        count: u32,
        operands: [Source; 3],
    ) {
        if members.len() >= ALIGNED {
            self.grouped.places = self.grouped.places.next_multiple_of(ALIGNMENT);
        }
        let at = self.grouped.places as u32;
        let (stores, uniform) = ([Store::Added; 3], false);
        let group = Group { kind, parameter, count, at, operands, stores, uniform };
        self.grouped.groups.push(group);
        for (k, &member) in members.iter().enumerate() {
            self.places[member] = at + k as u32;
        }
        self.grouped.places += members.len();
    }

    /// How places are found most cheaply.
    fn source(&mut self, places: &[u32], constant: bool) -> Source {
        let first = places[0];
        if constant {
            Source::Constant(first)
        } else if places.iter().zip(first..).all(|(&place, expected)| place == expected) {
            Source::Range(first)
        } else if places.iter().all(|&place| place == first) {
            Source::Same(first)
        } else {
            self.list(places)
        }
    }

    fn list(&mut self, places: &[u32]) -> Source {
        let start = self.grouped.list.len() as u32;
        self.grouped.list.extend_from_slice(places);
        Source::List(start)
    }

    fn finish(mut self) -> Grouped {
        let outputs = self.graph.outputs.iter().map(|&output| self.place(output)).collect();
        let place = |operand| Operand::node(self.place(operand));
        let guards = self.graph.guards.iter().map(|guard: &Guard| guard.renamed(place)).collect();
        self.grouped.outputs = outputs;
        self.grouped.guards = guards;
        adjoints::prepare(&mut self.grouped);
        self.grouped
    }
}
