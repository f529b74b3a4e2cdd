//! What the results of a call depend on.

use calculus_core::coloring::Pattern;

use crate::graph::block::Call;
use crate::graph::node::Operand;
use crate::graph::rows::{Place, RowMap};

/// The structure of a call, in places among its operands.
pub(super) enum CallPattern<'g> {
    /// Every result depends on every operand, and all of them interact.
    Dense,
    /// As the body of the rows tells.
    Rows {
        rows: &'g RowMap,
        /// Operands by results.
        jacobian: Pattern,
        /// The inputs of the body that interact, each pair once.
        interactions: Vec<(usize, usize)>,
    },
}

impl<'g> CallPattern<'g> {
    pub(super) fn new(call: &'g Call) -> Self {
        let Some(rows) = call.block.as_any().downcast_ref::<RowMap>() else {
            return Self::Dense;
        };
        let inputs = rows.shared.len() + rows.columns.len();
        let mut jacobian = Pattern::from_entries(rows.places.len(), inputs, []);
        let mut hessian = Pattern::from_entries(inputs, inputs, []);
        for body in &rows.bodies {
            let same = "all bodies have the same inputs and outputs";
            jacobian = jacobian.union(&body.graph.jacobian_pattern()).expect(same);
            hessian = hessian.union(&body.graph.hessian_pattern()).expect(same);
        }
        let mut entries = Vec::new();
        for (output, input) in jacobian.entries() {
            let place = &rows.places[output];
            let same_for_all = matches!(place, Place::Sum(_)) && input < rows.shared.len();
            let count = if same_for_all { rows.count.min(1) } else { rows.count };
            entries.extend(
                (0..count).filter_map(|r| Some((rows.operand(input, r)?, place.result(r)))),
            );
        }
        let jacobian = Pattern::from_entries(call.operands.len(), call.results, entries);
        let interactions = hessian.entries().filter(|(i, j)| i <= j).collect();
        Self::Rows { rows, jacobian, interactions }
    }

    pub(super) fn is_dense(&self) -> bool {
        matches!(self, Self::Dense)
    }

    /// Whether the call is not linear in all of its operands.
    pub(super) fn interacts(&self) -> bool {
        match self {
            Self::Dense => true,
            Self::Rows { interactions, .. } => !interactions.is_empty(),
        }
    }

    /// Calls `f` with the operands that a result depends on.
    pub(super) fn each_operand(
        &self,
        result: usize,
        operands: &[Operand],
        f: &mut impl FnMut(Operand),
    ) {
        match self {
            Self::Dense => operands.iter().copied().for_each(f),
            Self::Rows { jacobian, .. } => {
                jacobian.column(result).iter().for_each(|&k| f(operands[k]));
            }
        }
    }

    /// Calls `f` with the operands that interact because of a row.
    pub(super) fn each_interaction(&self, operands: &[Operand], f: &mut impl FnMut(usize, usize)) {
        let Self::Rows { rows, interactions, .. } = self else { return };
        for &(i, j) in interactions {
            let both_shared = i.max(j) < rows.shared.len();
            let count = if both_shared { rows.count.min(1) } else { rows.count };
            for r in 0..count {
                let (Some(a), Some(b)) = (rows.operand(i, r), rows.operand(j, r)) else {
                    continue;
                };
                let (a, b) = (operands[a], operands[b]);
                if !a.is_constant() && !b.is_constant() {
                    f(a.index(), b.index());
                }
            }
        }
    }
}
