//! The reverse sweep where an adjoint of zero has met an infinite slope: one member after another.

use calculus_core::Real;

use super::group::{Grouped, Kind};
use crate::graph::op::Op;
use crate::graph::program::{OperandAdjoints, Workspace, pull_back};

impl Grouped {
    /// Sweeps back from adjoints that are all set, applying the rule of a member where its adjoint is
    /// not zero.
    pub(super) fn sweep_with_care<T: Real>(&self, workspace: &mut Workspace<T>) {
        let Workspace { values, adjoints, .. } = workspace;
        for group in self.groups.iter().rev() {
            for k in (0..group.count).rev() {
                let result = match group.kind {
                    Kind::Each(_) => group.at + k,
                    Kind::Sum { .. } => group.at,
                } as usize;
                let g = adjoints[result];
                if g.is_zero() {
                    continue;
                }
                let places = group.operands.map(|source| self.place(source, k));
                let [a, b, _] = places;
                let mut member = Member { grouped: self, places, values, adjoints };
                match group.kind {
                    Kind::Sum { .. } => member.add(a, g),
                    Kind::Each(op) => {
                        let b = if reads_parameter(op) { group.parameter } else { b };
                        pull_back((op, a, b), values[result], g, &mut member);
                    }
                }
            }
        }
    }
}

/// Whether the second argument of an operation is a number of the group.
fn reads_parameter(op: Op) -> bool {
    matches!(op, Op::Powi | Op::Polygamma)
}

/// The operands of a member of a group, which are places in the workspace.
struct Member<'s, T> {
    grouped: &'s Grouped,
    places: [u32; 3],
    values: &'s [T],
    adjoints: &'s mut [T],
}

impl<T: Real> OperandAdjoints<T> for Member<'_, T> {
    fn value(&self, place: u32) -> T {
        self.values[place as usize]
    }
    fn add(&mut self, place: u32, term: T) {
        self.adjoints[place as usize] += term;
    }
    fn listed(&self, _: u32, k: usize) -> u32 {
        self.places[k]
    }
    fn number(&self, place: u32) -> f64 {
        self.grouped.constants[place as usize - self.grouped.inputs]
    }
    fn is_constant(&self, place: u32) -> bool {
        let constants = self.grouped.inputs..self.grouped.inputs + self.grouped.constants.len();
        constants.contains(&(place as usize))
    }
}
