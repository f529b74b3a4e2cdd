//! The body of a combinator, recorded once for each way that its decisions come out.

use super::map::Body;
use crate::graph::program::{Program, Workspace};
use crate::graph::record::{Captures, record_body};
use crate::{Graph, Outputs, Var};

/// A body that is being recorded, once for each way that decisions come out.
#[derive(Default)]
pub(crate) struct Recorder {
    captures: Captures,
    recorded: Vec<(Graph, Vec<f64>, Decisions)>,
}

impl Recorder {
    /// Records the body at a point, unless one that decides the same has been recorded; which one is
    /// for this point.
    #[track_caller]
    pub(crate) fn record<O: Outputs<Var>>(
        &mut self,
        body: impl Fn(&[Var]) -> O,
        point: &[f64],
    ) -> usize {
        let captures = &self.captures;
        let known =
            |(_, _, decisions): &mut (Graph, Vec<f64>, Decisions)| decisions.hold(point, captures);
        if let Some(known) = self.recorded.iter_mut().position(known) {
            return known;
        }
        let graph = record_body(body, point, &mut self.captures);
        if let Some(outputs) = self.outputs() {
            assert_same_length(graph.outputs().len(), outputs);
        }
        let mut decisions = Decisions::of(&graph, &self.captures);
        decisions.hold(point, &self.captures);
        self.recorded.push((graph, point.to_vec(), decisions));
        self.recorded.len() - 1
    }

    /// Output `k` of body `known` where it was last looked at.
    pub(crate) fn output(&self, known: usize, k: usize) -> f64 {
        let (_, _, decisions) = &self.recorded[known];
        decisions.program.output(&decisions.workspace, k)
    }

    /// Whether anything has been decided.
    pub(crate) fn decides(&self) -> bool {
        self.recorded.iter().any(|(graph, ..)| graph.decides())
    }

    /// The number of outputs, once something has been recorded.
    pub(crate) fn outputs(&self) -> Option<usize> {
        self.recorded.first().map(|(graph, ..)| graph.outputs().len())
    }

    /// The bodies, whose first inputs are the captured variables, and these.
    pub(crate) fn finish(self) -> (Vec<Body>, Vec<Var>) {
        let captured = self.captures.variables;
        let bodies = self.recorded.into_iter().map(|(graph, row, _)| {
            let point = captured.iter().map(|variable| variable.primal()).chain(row).collect();
            Body { graph: graph.with_captures(captured.len()).simplified(), point }
        });
        (bodies.collect(), captured)
    }
}

/// Panics unless a body returns as many numbers for a row as for those before.
#[track_caller]
pub(super) fn assert_same_length(numbers: usize, before: usize) {
    assert_eq!(numbers, before, "a body returns as many numbers for every row");
}

/// The decisions of a recorded body, to be compared with those of other rows.
struct Decisions {
    program: Program,
    workspace: Workspace<f64>,
    /// The number of captured variables when it was recorded.
    captured: usize,
}

impl Decisions {
    fn of(graph: &Graph, captures: &Captures) -> Self {
        let captured = captures.variables.len();
        let program = Program::new(graph.clone().with_captures(captured));
        let workspace = program.workspace();
        Self { program, workspace, captured }
    }

    /// Whether the body would decide the same for a row.
    fn hold(&mut self, row: &[f64], captures: &Captures) -> bool {
        let captured = captures.variables[..self.captured].iter().map(|v| v.primal());
        self.program.forward(captured.chain(row.iter().copied()), &mut self.workspace);
        self.program.guards_hold(&self.workspace)
    }
}
