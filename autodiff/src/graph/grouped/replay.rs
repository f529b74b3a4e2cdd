//! Forward replay and reverse sweep, compiled for the vector instructions that are there.

use calculus_core::Real;

use super::forward::Forward;
use super::group::{Grouped, Seeded};
use super::reverse::Reverse;
use crate::graph::program::Workspace;

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
        let Workspace { values, in_any_order, .. } = workspace;
        let forward = Forward { grouped: self, values, in_any_order: *in_any_order };
        pulp::Arch::new().dispatch(forward);
    }

    /// Sweeps back from the cotangents of the outputs to the adjoints of all nodes.
    pub(crate) fn reverse<T: Real>(
        &self,
        cotangents: impl IntoIterator<Item = T, IntoIter: Clone>,
        workspace: &mut Workspace<T>,
    ) {
        let cotangents = cotangents.into_iter();
        // Where an adjoint of zero has met an infinite slope it has to stay zero.
        self.clear(workspace);
        self.seed(cotangents.clone(), workspace);
        if !self.sweep(workspace) {
            self.clear_all(workspace);
            self.seed(cotangents, workspace);
            self.sweep_with_care(workspace);
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
        if careful {
            self.clear_all(workspace);
        } else {
            self.clear(workspace);
        }
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
            self.sweep_with_care(workspace);
        } else {
            self.sweep(workspace);
        }
    }

    /// Clears the adjoints that a sweep adds to before it stores them.
    fn clear<T: Real>(&self, workspace: &mut Workspace<T>) {
        workspace.adjoints.resize(workspace.values.len(), T::from(0.0));
        for range in &self.cleared {
            workspace.adjoints[range.start as usize..range.end as usize].fill(T::from(0.0));
        }
    }

    /// Clears all adjoints but those that sweeps accumulate.
    fn clear_all<T: Real>(&self, workspace: &mut Workspace<T>) {
        workspace.adjoints[self.accumulated..].fill(T::from(0.0));
    }

    /// Puts the cotangents in the places of the outputs.
    fn seed<T: Real>(&self, mut cotangents: impl Iterator<Item = T>, workspace: &mut Workspace<T>) {
        for Seeded { places, first } in &self.seeded {
            for adjoint in &mut workspace.adjoints[places.start as usize..places.end as usize] {
                let cotangent = cotangents.next().unwrap_or(T::from(0.0));
                *adjoint = if *first { cotangent } else { *adjoint + cotangent };
            }
        }
    }

    /// The reverse sweep; whether the adjoints of all inputs are finite.
    fn sweep<T: Real>(&self, workspace: &mut Workspace<T>) -> bool {
        let Workspace { values, adjoints, .. } = workspace;
        let reverse = Reverse { grouped: self, values, adjoints };
        pulp::Arch::new().dispatch(reverse)
    }
}
