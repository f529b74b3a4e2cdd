//! What graphs with blocks are written, read and emitted by.

use std::sync::Arc;

use super::{Block, matrix, vector};
use crate::graph::node::Graph;
use crate::graph::rows::{Body, RowMap};
use crate::graph::scan::Recurrence;

/// What a block is.
pub(crate) enum Form<'b> {
    Rows(&'b RowMap),
    Recurrence(&'b Recurrence),
    /// One of this crate's, which its name and these sizes make again: see [`built_in`].
    BuiltIn(Vec<usize>),
    /// It runs code that is not in the graph.
    UserCode,
}

impl Form<'_> {
    fn bodies(&self) -> &[Body] {
        match self {
            Self::Rows(rows) => &rows.bodies,
            Self::Recurrence(recurrence) => &recurrence.bodies,
            Self::BuiltIn(_) | Self::UserCode => &[],
        }
    }
}

/// The block of a name and sizes, if there is one for as many operands.
pub(crate) fn built_in(name: &str, sizes: &[usize], operands: usize) -> Option<Arc<dyn Block>> {
    if operands == 0 {
        // A call without operands is a constant.
        return None;
    }
    vector::built_in(name, sizes, operands).or_else(|| matrix::built_in(name, sizes, operands))
}

impl Graph {
    /// Whether an evaluation runs code that is not in the graph.
    pub(crate) fn runs_user_code(&self) -> bool {
        self.calls.iter().any(|call| {
            let form = call.block.form();
            matches!(form, Form::UserCode)
                || form.bodies().iter().any(|body| body.graph.runs_user_code())
        })
    }
}
