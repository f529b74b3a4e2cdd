//! What the results of rows depend on.

use calculus_core::coloring::Pattern;

use super::map::{Body, Column, Place, RowMap};
use crate::graph::block::BlockPattern;

/// Where the derivatives of some body may be other than zero: outputs by inputs, and inputs that
/// interact, each pair once.
pub(crate) fn of_bodies(bodies: &[Body]) -> (Pattern, Vec<(usize, usize)>) {
    let same = "all bodies have the same inputs and outputs";
    let union = |a: Pattern, b: Pattern| a.union(&b).expect(same);
    let patterns = bodies.iter().map(|body| body.graph.patterns());
    let (jacobian, hessian) = patterns
        .reduce(|(j, h), (jacobian, hessian)| (union(j, jacobian), union(h, hessian)))
        .expect("rows have a body");
    let interactions = hessian.entries().filter(|(i, j)| i <= j).collect();
    (jacobian, interactions)
}

impl RowMap {
    /// Whether an input of the body is the same operand in all rows.
    fn is_same_for_all(&self, input: usize) -> bool {
        match input.checked_sub(self.shared.len()) {
            None => true,
            Some(column) => matches!(self.columns[column], Column::Stride { stride: 0, .. }),
        }
    }

    /// As the body of the rows tells.
    pub(super) fn block_pattern(&self, operands: usize) -> BlockPattern<'_> {
        let (jacobian, interactions) = of_bodies(&self.bodies);
        let mut entries = Vec::new();
        for (output, input) in jacobian.entries() {
            let place = &self.places[output];
            let same_for_all = matches!(place, Place::Sum(_)) && self.is_same_for_all(input);
            let count = if same_for_all { self.count.min(1) } else { self.count };
            entries.extend(
                (0..count).filter_map(|r| Some((self.operand(input, r)?, place.result(r)))),
            );
        }
        let pairs = move |f: &mut dyn FnMut(usize, usize)| {
            for &(i, j) in &interactions {
                let same_for_all = self.is_same_for_all(i) && self.is_same_for_all(j);
                let count = if same_for_all { self.count.min(1) } else { self.count };
                for r in 0..count {
                    if let (Some(a), Some(b)) = (self.operand(i, r), self.operand(j, r)) {
                        f(a, b);
                    }
                }
            }
        };
        let jacobian = Pattern::from_entries(operands, self.results, entries);
        BlockPattern::interacting(pairs)
            .depending(move |result, f| jacobian.column(result).iter().copied().for_each(f))
    }
}
