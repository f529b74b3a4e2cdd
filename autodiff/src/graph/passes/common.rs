//! Common subexpressions: what has been computed already is not computed again.

use std::collections::HashMap;

use calculus_core::elementary::Binary;

use super::rewrite::{Item, rewrite};
use crate::graph::node::{Graph, Operand};
use crate::graph::op::Op;

/// The graph in which no two nodes are the same operation on the same operands.
///
/// Sums and products are looked up with their operands in order, since $a + b$ and $b + a$ are the
/// same number.
pub(super) fn apply(graph: &Graph) -> Graph {
    let mut constants: HashMap<u64, Operand> = HashMap::new();
    let mut known: HashMap<Item, Operand> = HashMap::with_capacity(graph.len());
    rewrite(graph, |new, mut item, _| {
        for operand in &mut item.operands {
            if let Some(value) = new.known(*operand) {
                *operand = *constants.entry(value.to_bits()).or_insert(*operand);
            }
        }
        if matches!(item.op, Op::Binary(Binary::Add | Binary::Mul)) {
            let [a, b, _] = item.operands;
            if a.raw() > b.raw() {
                item = Item::binary(item.op, b, a);
            }
        }
        Some(*known.entry(item).or_insert_with(|| new.emit(item)))
    })
}

#[cfg(test)]
mod tests {
    use calculus_core::Real;

    use super::*;
    use crate::graph::passes::random;

    #[test]
    fn the_determinant_by_cofactors_shrinks_to_its_distinct_minors() {
        fn determinant<T: Real>(a: &[T], rows: &[usize], columns: &[usize], n: usize) -> T {
            let Some((&row, rows)) = rows.split_first() else { return T::from(1.0) };
            let mut sum = T::from(0.0);
            for (k, &column) in columns.iter().enumerate() {
                let rest: Vec<usize> = columns.iter().copied().filter(|&c| c != column).collect();
                let term = a[row * n + column] * determinant(a, rows, &rest, n);
                sum = if k % 2 == 0 { sum + term } else { sum - term };
            }
            sum
        }
        let n = 6;
        let all: Vec<usize> = (0..n).collect();
        let a: Vec<f64> = (0..n * n).map(|i| ((i * i) as f64).sin()).collect();
        let graph = Graph::record(|a| determinant(a, &all, &all, n), &a);
        let smaller = graph.simplified();
        // n! products against at most n 2^(n-1) products and as many sums.
        assert!(graph.len() > 1900 && smaller.len() <= (2 * n) << (n - 1), "{}", smaller.len());
    }

    #[test]
    fn random_graphs_keep_their_values_and_derivatives() {
        random::unchanged_by(apply);
    }
}
