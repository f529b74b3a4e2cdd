//! What a prepared function replays: its graph in groups where that pays, node by node otherwise.

use calculus_core::Real;

use super::grouped::Grouped;
use super::node::Graph;
use super::program::{Program, Workspace};

/// A graph that has been recorded again is grouped after as many replays without another recording:
/// grouping costs as much as some tens of replays.
const REPLAYS_BEFORE_GROUPING: u32 = 16;

/// A graph prepared for replay.
#[derive(Clone, Debug)]
pub(crate) struct Engine {
    program: Program,
    grouped: Option<Grouped>,
    /// Replays since the last recording, until the graph has been grouped.
    replays: u32,
}

impl Engine {
    pub(crate) fn new(graph: Graph) -> Self {
        let grouped = Grouped::of(&graph);
        Self { program: Program::new(graph), grouped, replays: REPLAYS_BEFORE_GROUPING }
    }

    /// Takes over a new recording and returns the graph that it replaces.
    pub(crate) fn load(&mut self, graph: Graph) -> Graph {
        self.grouped = None;
        self.replays = 0;
        self.program.load(graph)
    }

    /// Counts a replay that confirmed all decisions; whether workspaces have to be fitted again,
    /// because the graph has been grouped now.
    pub(crate) fn confirm(&mut self) -> bool {
        if self.replays == REPLAYS_BEFORE_GROUPING {
            return false;
        }
        self.replays += 1;
        if self.replays == REPLAYS_BEFORE_GROUPING {
            self.grouped = Grouped::of(self.program.graph());
        }
        self.grouped.is_some()
    }

    /// The graph as it was recorded.
    pub(crate) fn graph(&self) -> &Graph {
        self.program.graph()
    }

    pub(crate) fn outputs(&self) -> usize {
        self.program.outputs()
    }

    /// A workspace with the constants in place.
    pub(crate) fn workspace<T: Real>(&self) -> Workspace<T> {
        let mut workspace = Workspace::empty();
        self.fit(&mut workspace);
        workspace
    }

    /// Makes a workspace, possibly of another graph, fit this one.
    pub(crate) fn fit<T: Real>(&self, workspace: &mut Workspace<T>) {
        match &self.grouped {
            Some(grouped) => grouped.fit(workspace),
            None => self.program.fit(workspace),
        }
    }

    /// Evaluates all nodes at `x`.
    pub(crate) fn forward<T: Real>(
        &self,
        x: impl IntoIterator<Item = T>,
        workspace: &mut Workspace<T>,
    ) {
        match &self.grouped {
            Some(grouped) => grouped.forward(x, workspace),
            None => self.program.forward(x, workspace),
        }
    }

    /// Whether the recorded decisions would come out the same with the values of the workspace.
    pub(crate) fn guards_hold<T: Real>(&self, workspace: &Workspace<T>) -> bool {
        match &self.grouped {
            Some(grouped) => grouped.guards_hold(workspace),
            None => self.program.guards_hold(workspace),
        }
    }

    /// Sweeps back from the cotangents of the outputs to the adjoints of all nodes.
    pub(crate) fn reverse<T: Real>(
        &self,
        cotangents: impl IntoIterator<Item = T, IntoIter: Clone>,
        workspace: &mut Workspace<T>,
    ) {
        match &self.grouped {
            Some(grouped) => grouped.reverse(cotangents, workspace),
            None => self.program.reverse(cotangents, workspace),
        }
    }

    /// The value of output `k` after [`forward`](Engine::forward).
    pub(crate) fn output<T: Copy>(&self, workspace: &Workspace<T>, k: usize) -> T {
        match &self.grouped {
            Some(grouped) => grouped.output(workspace, k),
            None => self.program.output(workspace, k),
        }
    }

    /// The adjoints of the inputs after [`reverse`](Engine::reverse).
    pub(crate) fn input_adjoints<'w, T>(&self, workspace: &'w Workspace<T>) -> &'w [T] {
        self.program.input_adjoints(workspace)
    }
}
