//! What a prepared function replays: its graph in groups where that pays, node by node otherwise.

use std::sync::Arc;

use calculus_core::Real;

use super::grouped::Grouped;
use super::node::Graph;
use super::program::{Program, Workspace};

/// A graph that has been recorded again is prepared after as many replays without another recording:
/// simplifying and grouping it costs as much as some tens of replays.
const REPLAYS_BEFORE_PREPARATION: u32 = 16;

/// A graph prepared for replay; clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Engine {
    prepared: Arc<Prepared>,
    /// Replays since the last recording, until the graph has been prepared.
    replays: u32,
}

#[derive(Clone, Debug, Default)]
struct Prepared {
    program: Program,
    grouped: Option<Grouped>,
    /// The graph as it was recorded, where the program replays a smaller one.
    recorded: Option<Graph>,
}

impl Prepared {
    /// In groups, or simplified if that makes it smaller.
    fn new(graph: Graph) -> Self {
        let simplified = graph.simplified();
        let grouped = Grouped::of(&simplified);
        if grouped.is_some() || simplified.len() >= graph.len() {
            Self { program: Program::new(graph), grouped, recorded: None }
        } else {
            Self { program: Program::new(simplified), grouped, recorded: Some(graph) }
        }
    }
}

impl Engine {
    pub(crate) fn new(graph: Graph) -> Self {
        let prepared = Arc::new(Prepared::new(graph));
        Self { prepared, replays: REPLAYS_BEFORE_PREPARATION }
    }

    /// Takes over a new recording and returns the graph that it replaces, unless a clone has it too.
    pub(crate) fn load(&mut self, graph: Graph) -> Graph {
        self.replays = 0;
        match Arc::get_mut(&mut self.prepared) {
            Some(prepared) => {
                prepared.grouped = None;
                prepared.recorded = None;
                prepared.program.load(graph)
            }
            None => {
                let program = Program::new(graph);
                self.prepared = Arc::new(Prepared { program, ..Prepared::default() });
                Graph::default()
            }
        }
    }

    /// Counts a replay that confirmed all decisions; whether workspaces have to be fitted again,
    /// because the graph has been prepared now.
    pub(crate) fn confirm(&mut self) -> bool {
        if self.replays == REPLAYS_BEFORE_PREPARATION {
            return false;
        }
        self.replays += 1;
        if self.replays < REPLAYS_BEFORE_PREPARATION {
            return false;
        }
        let prepared = Prepared::new(self.graph().clone());
        let changed = prepared.grouped.is_some() || prepared.recorded.is_some();
        if changed {
            self.prepared = Arc::new(prepared);
        }
        changed
    }

    /// The graph as it was recorded.
    pub(crate) fn graph(&self) -> &Graph {
        self.prepared.recorded.as_ref().unwrap_or(self.prepared.program.graph())
    }

    pub(crate) fn outputs(&self) -> usize {
        self.prepared.program.outputs()
    }

    /// Whether equal operations are replayed in groups, which leaves little for lanes to gain.
    pub(crate) fn is_grouped(&self) -> bool {
        self.prepared.grouped.is_some()
    }

    /// A workspace with the constants in place.
    pub(crate) fn workspace<T: Real>(&self) -> Workspace<T> {
        let mut workspace = Workspace::empty();
        self.fit(&mut workspace);
        workspace
    }

    /// Makes a workspace, possibly of another graph, fit this one.
    pub(crate) fn fit<T: Real>(&self, workspace: &mut Workspace<T>) {
        match &self.prepared.grouped {
            Some(grouped) => grouped.fit(workspace),
            None => self.prepared.program.fit(workspace),
        }
    }

    /// Evaluates all nodes at `x`.
    pub(crate) fn forward<T: Real>(
        &self,
        x: impl IntoIterator<Item = T>,
        workspace: &mut Workspace<T>,
    ) {
        match &self.prepared.grouped {
            Some(grouped) => grouped.forward(x, workspace),
            None => self.prepared.program.forward(x, workspace),
        }
    }

    /// Whether the recorded decisions would come out the same with the values of the workspace.
    pub(crate) fn guards_hold<T: Real>(&self, workspace: &Workspace<T>) -> bool {
        match &self.prepared.grouped {
            Some(grouped) => grouped.guards_hold(workspace),
            None => self.prepared.program.guards_hold(workspace),
        }
    }

    /// Sweeps back from the cotangents of the outputs to the adjoints of all nodes.
    pub(crate) fn reverse<T: Real>(
        &self,
        cotangents: impl IntoIterator<Item = T, IntoIter: Clone>,
        workspace: &mut Workspace<T>,
    ) {
        match &self.prepared.grouped {
            Some(grouped) => grouped.reverse(cotangents, workspace),
            None => self.prepared.program.reverse(cotangents, workspace),
        }
    }

    /// The value of output `k` after [`forward`](Engine::forward).
    pub(crate) fn output<T: Copy>(&self, workspace: &Workspace<T>, k: usize) -> T {
        match &self.prepared.grouped {
            Some(grouped) => grouped.output(workspace, k),
            None => self.prepared.program.output(workspace, k),
        }
    }

    /// The adjoints of the inputs after [`reverse`](Engine::reverse).
    pub(crate) fn input_adjoints<'w, T>(&self, workspace: &'w Workspace<T>) -> &'w [T] {
        self.prepared.program.input_adjoints(workspace)
    }
}
