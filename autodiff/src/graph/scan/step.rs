//! The body of a recurrence, prepared to be replayed step by step.

use core::ops::Range;

use calculus_core::Real;

use crate::graph::grouped::Grouped;
use crate::graph::node::Graph;
use crate::graph::program::{Program, Workspace};

/// A body with the numbers of the step that it was replayed for last.
pub(super) struct Step<T> {
    interpreter: Interpreter,
    workspace: Workspace<T>,
    /// The number of inputs that are the same in all steps; their adjoints are added up.
    shared: usize,
    inputs: usize,
    /// The places of the workspace that a sweep reads and that differ from step to step; `None` if
    /// there is more to a sweep than the workspace.
    read: Option<Vec<Range<usize>>>,
}

enum Interpreter {
    Groups(Grouped),
    Nodes(Program),
}

impl<T: Real> Step<T> {
    /// A body that has been simplified, with as many `shared` inputs.
    pub(super) fn new(graph: &Graph, shared: usize) -> Self {
        // In single nodes, decisions that depend on the last bit come out as in the recording.
        let groups = if graph.decides() { None } else { Grouped::accumulating(graph, shared) };
        let mut workspace = Workspace::empty();
        let interpreter = match groups {
            Some(groups) => {
                groups.fit(&mut workspace);
                Interpreter::Groups(groups)
            }
            None => {
                let program = Program::accumulating(graph.clone(), shared);
                program.fit(&mut workspace);
                Interpreter::Nodes(program)
            }
        };
        // A call keeps what its sweep needs for itself.
        let read = graph.calls.is_empty().then(|| match &interpreter {
            Interpreter::Groups(groups) => groups.read_by_sweep(),
            Interpreter::Nodes(program) => program.read_by_sweep(),
        });
        Self { interpreter, workspace, shared, inputs: graph.inputs(), read }
    }

    /// Whether a sweep has to be told to look for adjoints that are zero.
    pub(super) fn may_need_care(&self) -> bool {
        matches!(self.interpreter, Interpreter::Groups(_))
    }

    /// Takes over the inputs that are the same in all steps.
    pub(super) fn share(&mut self, inputs: impl Iterator<Item = T>) {
        let places = &mut self.workspace.values[..self.shared];
        places.iter_mut().zip(inputs).for_each(|(place, input)| *place = input);
    }

    /// The inputs that differ from step to step.
    pub(super) fn inputs_mut(&mut self) -> &mut [T] {
        &mut self.workspace.values[self.shared..self.inputs]
    }

    /// Evaluates the body at its inputs, followed by a sweep or not; whether its decisions come out
    /// as they were recorded.
    pub(super) fn replay(&mut self, sweep_follows: bool) -> bool {
        self.workspace.expect_sweep(sweep_follows);
        match &self.interpreter {
            Interpreter::Groups(groups) => {
                groups.replay(&mut self.workspace);
                groups.guards_hold(&self.workspace)
            }
            Interpreter::Nodes(program) => {
                program.replay(&mut self.workspace);
                program.guards_hold(&self.workspace)
            }
        }
    }

    /// The outputs of the step.
    pub(super) fn read_outputs(&self, outputs: &mut [T]) {
        match &self.interpreter {
            Interpreter::Groups(groups) => groups.read_outputs(&self.workspace, outputs),
            Interpreter::Nodes(program) => {
                for (k, output) in outputs.iter_mut().enumerate() {
                    *output = program.output(&self.workspace, k);
                }
            }
        }
    }

    /// How many values a sweep reads, if those are all it needs.
    pub(super) fn values(&self) -> Option<usize> {
        Some(self.read.as_ref()?.iter().map(Range::len).sum())
    }

    /// Appends the values that a sweep reads.
    pub(super) fn keep(&self, values: &mut Vec<T>) {
        for range in self.read.iter().flatten() {
            values.extend_from_slice(&self.workspace.values[range.clone()]);
        }
    }

    /// Takes back the values that end the slice, and returns where they begin.
    pub(super) fn restore(&mut self, values: &[T]) -> usize {
        let mut end = values.len();
        for range in self.read.iter().flatten().rev() {
            let start = end - range.len();
            self.workspace.values[range.clone()].copy_from_slice(&values[start..end]);
            end = start;
        }
        end
    }

    /// Clears the adjoints of the shared inputs.
    pub(super) fn clear_shared(&mut self) {
        let Workspace { values, adjoints, .. } = &mut self.workspace;
        adjoints.resize(values.len(), T::from(0.0));
        adjoints[..self.shared].fill(T::from(0.0));
    }

    /// Sweeps back from the cotangents of the outputs, looking for adjoints that are zero if
    /// `careful`.
    pub(super) fn sweep(&mut self, cotangents: &[T], careful: bool) {
        match &self.interpreter {
            Interpreter::Groups(groups) => {
                groups.reverse_once(cotangents, &mut self.workspace, careful);
            }
            Interpreter::Nodes(program) => {
                program.reverse(cotangents.iter().copied(), &mut self.workspace);
            }
        }
    }

    /// The adjoints of the shared inputs, added up over the sweeps since they were cleared.
    pub(super) fn shared_adjoints(&self) -> &[T] {
        &self.workspace.adjoints[..self.shared]
    }

    /// The adjoints of the other inputs after a sweep.
    pub(super) fn input_adjoints(&self) -> &[T] {
        &self.workspace.adjoints[self.shared..self.inputs]
    }
}
