//! The Jacobian of a map over rows: a block for each row, computed by a map over the rows.

use super::map::{Body, Column, Place, RowMap};
use crate::Var;
use crate::graph::Graph;
use crate::graph::nested::nested_pullback;

/// The derivatives of the results of each row with respect to what the row reads.
#[derive(Clone, Debug)]
pub(crate) struct RowJacobian {
    /// As many results for each row as there are entries.
    pub(crate) rows: RowMap,
    /// The entries of a row in order: which output of the body, with respect to which of its inputs.
    pub(crate) entries: Vec<(usize, usize)>,
}

impl RowMap {
    /// The number of the operand that an input of the body is in row `r`, unless it is data.
    pub(crate) fn operand(&self, input: usize, r: usize) -> Option<usize> {
        match input.checked_sub(self.shared.len()) {
            None => Some(self.shared[input]),
            Some(c) => self.columns[c].operand(r),
        }
    }

    /// The Jacobian by rows; `None` if results do not follow one another row by row.
    ///
    /// Entries of one output come in the order of the operands that they belong to in row 0.
    pub(crate) fn jacobian(&self) -> Option<RowJacobian> {
        let outputs = self.places.len();
        let in_order = |(k, place): (usize, &Place)| matches!(place, Place::Stride { start, stride } if *start == k && *stride == outputs);
        if self.count == 0 || !self.places.iter().enumerate().all(in_order) {
            return None;
        }
        // Data have no derivative; what no body depends on neither.
        let inputs: Vec<usize> = (0..self.shared.len() + self.columns.len())
            .filter(|&input| self.operand(input, 0).is_some())
            .collect();
        let mut entries: Vec<(usize, usize)> =
            (0..outputs).flat_map(|k| inputs.iter().map(move |&input| (k, input))).collect();
        let depends: Vec<Vec<bool>> =
            self.bodies.iter().map(|body| dependencies(body, outputs, &entries)).collect();
        let mut number = 0;
        entries.retain(|_| {
            number += 1;
            depends.iter().any(|depends| depends[number - 1])
        });
        entries.sort_by_key(|&(k, input)| (k, self.operand(input, 0)));

        let stride = entries.len();
        let bodies = self.bodies.iter().map(|body| {
            let graph = Graph::record(|x| derivatives(body, x, outputs, &entries), &body.point);
            Body { graph: graph.simplified(), point: body.point.clone() }
        });
        let rows = RowMap {
            bodies: bodies.collect(),
            count: self.count,
            shared: self.shared.clone(),
            columns: self.columns.iter().map(Column::clone).collect(),
            places: (0..stride).map(|start| Place::Stride { start, stride }).collect(),
            results: self.count * stride,
            cotangents: Vec::new(),
        };
        Some(RowJacobian { rows, entries })
    }
}

/// Records some derivatives of the outputs of a body, by one reverse sweep for each output.
fn derivatives(body: &Body, x: &[Var], outputs: usize, entries: &[(usize, usize)]) -> Vec<Var> {
    let rows: Vec<Vec<Var>> = (0..outputs)
        .map(|k| {
            let unit: Vec<Var> =
                (0..outputs).map(|i| Var::from(if i == k { 1.0 } else { 0.0 })).collect();
            nested_pullback(|x| body.graph.inlined(x), x, &unit).1
        })
        .collect();
    entries.iter().map(|&(k, input)| rows[k][input]).collect()
}

/// Which entries are not zero wherever the guards of the body hold.
fn dependencies(body: &Body, outputs: usize, entries: &[(usize, usize)]) -> Vec<bool> {
    let mut depends = Vec::new();
    Graph::record(
        |x| {
            let derivatives = derivatives(body, x, outputs, entries);
            depends = derivatives.iter().map(|d| !(d.is_constant() && d.primal() == 0.0)).collect();
            Vec::new()
        },
        &body.point,
    );
    depends
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::block::{Evaluate, Memory};

    #[test]
    fn the_block_of_a_row_holds_what_is_not_zero() {
        // Outputs a s + d, s^2 b with shared s, gathered a, consecutive b and data d.
        let graph =
            Graph::record(|x| vec![x[1] * x[0] + x[3], x[0] * x[0] * x[2]], &[1.0, 1.0, 1.0, 1.0]);
        let rows = RowMap {
            bodies: vec![Body { graph, point: vec![1.0; 4] }],
            count: 2,
            shared: vec![0],
            columns: vec![
                Column::Index { start: 1, index: [1, 0].into(), stride: 1 },
                Column::Stride { start: 3, stride: 1 },
                Column::Data { values: [7.0, 8.0].into(), start: 0, stride: 1 },
            ],
            places: (0..2).map(|start| Place::Stride { start, stride: 2 }).collect(),
            results: 4,
            cotangents: Vec::new(),
        };
        let jacobian = rows.jacobian().expect("in order");
        assert_eq!(jacobian.entries, [(0, 0), (0, 1), (1, 0), (1, 2)]);
        let mut values = [0.0; 8];
        // s = 2, a = [3, 4], b = [5, 6]
        jacobian.rows.evaluate(&[2.0, 3.0, 4.0, 5.0, 6.0], &mut values, &mut Memory::default());
        assert_eq!(values, [4.0, 2.0, 20.0, 4.0, 3.0, 2.0, 24.0, 4.0]);
    }
}
