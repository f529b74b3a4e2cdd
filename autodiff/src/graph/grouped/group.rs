//! A graph as groups of equal operations.

use core::ops::Range;

use calculus_core::Real;

use super::schedule;
use crate::graph::guard::Guard;
use crate::graph::node::{Graph, Operand};
use crate::graph::op::Op;
use crate::graph::program::Workspace;

/// Where the members of a group read one of their operands. Places are those of the workspace:
/// inputs, then constants, then nodes, group by group.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Source {
    /// All of them the same constant.
    Constant(u32),
    /// All of them the same input or node.
    Same(u32),
    /// Places side by side from this one on.
    Range(u32),
    /// Places named in the list from this entry on.
    List(u32),
}

/// What a group computes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    /// The operation for each member.
    Each(Op),
    /// One sum of as many terms as the count, added from the first to the last, to the constant at
    /// the place `start` if there is one.
    Sum { start: Option<u32> },
}

/// How the reverse sweep leaves the adjoints of an operand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Store {
    /// Added to what is there.
    Added,
    /// Met for the first time, and stored.
    First,
    /// The same for all members, and stored once; see [`Group::uniform`].
    Once,
}

/// A group of equal operations, with its values side by side.
#[derive(Clone, Copy, Debug)]
pub(super) struct Group {
    pub(super) kind: Kind,
    /// The integer of `powi` and `polygamma`.
    pub(super) parameter: u32,
    pub(super) count: u32,
    /// The place of the first value.
    pub(super) at: u32,
    pub(super) operands: [Source; 3],
    /// For each operand, how the reverse sweep leaves its adjoints.
    pub(super) stores: [Store; 3],
    /// Whether all members have the same adjoint, which is at the first place alone.
    pub(super) uniform: bool,
}

impl Group {
    /// The number of operands that have adjoints.
    pub(super) fn arity(&self) -> usize {
        match self.kind {
            Kind::Each(op) => op.arity(),
            Kind::Sum { .. } => 1,
        }
    }

    /// The places of the results.
    pub(super) fn results(&self) -> Range<usize> {
        let results = if matches!(self.kind, Kind::Each(_)) { self.count as usize } else { 1 };
        self.at as usize..self.at as usize + results
    }
}

/// Outputs side by side in the workspace, where their cotangents go.
#[derive(Clone, Debug)]
pub(super) struct Seeded {
    pub(super) places: Range<u32>,
    /// Whether the cotangents are stored, and not added to others of the same places.
    pub(super) first: bool,
}

/// A graph prepared for replay in groups.
#[derive(Clone, Debug)]
pub(crate) struct Grouped {
    pub(super) inputs: usize,
    /// As many of the first inputs have adjoints that a sweep adds to.
    pub(super) accumulated: usize,
    pub(super) constants: Vec<f64>,
    pub(super) groups: Vec<Group>,
    /// The places that [`Source::List`] names.
    pub(super) list: Vec<u32>,
    /// The number of places.
    pub(super) places: usize,
    pub(super) outputs: Vec<u32>,
    /// The same places in runs.
    pub(super) seeded: Vec<Seeded>,
    pub(super) guards: Vec<Guard>,
    /// The adjoints that a reverse sweep does not store before it adds to them.
    pub(super) cleared: Vec<Range<u32>>,
}

impl Grouped {
    /// The place of an operand of member `k`.
    pub(super) fn place(&self, source: Source, k: u32) -> u32 {
        match source {
            Source::Constant(place) | Source::Same(place) => place,
            Source::Range(start) => start + k,
            Source::List(start) => self.list[(start + k) as usize],
        }
    }

    /// The average size from which groups are faster than single nodes.
    const WORTHWHILE: usize = 6;

    /// A simplified graph in groups, if they are large enough to pay.
    pub(crate) fn of(simplified: &Graph) -> Option<Self> {
        Self::accumulating(simplified, 0)
    }

    /// As [`of`](Grouped::of), for sweeps that add to the adjoints of as many first inputs as
    /// `accumulated`.
    pub(crate) fn accumulating(simplified: &Graph, accumulated: usize) -> Option<Self> {
        if !simplified.calls.is_empty() {
            return None;
        }
        let grouped = schedule::schedule(simplified, accumulated);
        let nodes = grouped.places - grouped.inputs - grouped.constants.len();
        (nodes >= Self::WORTHWHILE * grouped.groups.len()).then_some(grouped)
    }

    /// Makes a workspace fit, with the constants in place.
    pub(crate) fn fit<T: Real>(&self, workspace: &mut Workspace<T>) {
        let values = &mut workspace.values;
        values.resize(self.places, T::from(0.0));
        values.fill(T::from(0.0));
        for (place, &constant) in values[self.inputs..].iter_mut().zip(&self.constants) {
            *place = T::from(constant);
        }
    }

    /// Whether the recorded decisions would come out the same with the values of the workspace.
    pub(crate) fn guards_hold<T: Real>(&self, workspace: &Workspace<T>) -> bool {
        let value = |place: Operand| workspace.values[place.index()].value();
        self.guards.iter().all(|guard| guard.holds(value))
    }

    /// The value of output `k`.
    pub(crate) fn output<T: Copy>(&self, workspace: &Workspace<T>, k: usize) -> T {
        workspace.values[self.outputs[k] as usize]
    }

    /// The values of all outputs.
    pub(crate) fn read_outputs<T: Copy>(&self, workspace: &Workspace<T>, outputs: &mut [T]) {
        let mut rest = outputs;
        for Seeded { places, .. } in &self.seeded {
            let run = &workspace.values[places.start as usize..places.end as usize];
            let (read, others) = rest.split_at_mut(run.len());
            read.copy_from_slice(run);
            rest = others;
        }
    }
}
