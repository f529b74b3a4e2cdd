//! Equal operations merged while they are recorded.
//!
//! A table from operations to the nodes that compute them (hash consing; Ershov 1958). Of the node
//! only its number is kept: the operation itself stands in the graph.

use std::collections::HashMap;

use calculus_core::elementary::Binary;

use super::node::{Graph, Operand};
use super::op::Op;

/// A free place of the table.
const FREE: u32 = u32::MAX;

/// The nodes and constants of a graph, to be found by what they are.
#[derive(Debug)]
pub(crate) struct Distinct {
    /// Numbers of nodes by hash, with linear probing; at most half of the places are taken.
    places: Vec<u32>,
    taken: usize,
    constants: HashMap<u64, u32>,
}

impl Distinct {
    pub(crate) fn new() -> Self {
        Self { places: vec![FREE; 1 << 10], taken: 0, constants: HashMap::new() }
    }

    /// The constant of a graph with this value, appended if there is none.
    pub(crate) fn constant(&mut self, graph: &mut Graph, value: f64) -> u32 {
        *self.constants.entry(value.to_bits()).or_insert_with(|| {
            graph.constants.push(value);
            graph.constants.len() as u32 - 1
        })
    }

    /// The node that computes an operation, appended if there is none.
    ///
    /// Sums and products are looked up with their operands in order. A copy begins an inner
    /// differentiation and is a variable of its own.
    pub(crate) fn push(&mut self, graph: &mut Graph, op: Op, mut a: u32, mut b: u32) -> u32 {
        if op == Op::Copy {
            return graph.push(op, a, b);
        }
        if matches!(op, Op::Binary(Binary::Add | Binary::Mul)) && a > b {
            core::mem::swap(&mut a, &mut b);
        }
        if 2 * self.taken >= self.places.len() {
            self.grow(graph);
        }
        let mut place = self.first_place(hash(graph, op, a, b));
        loop {
            match self.places[place] {
                FREE => break,
                known if is_same(graph, known, op, a, b) => {
                    if op == Op::MulAdd {
                        // The operands were listed for a node that is not needed.
                        graph.operands.truncate(a as usize);
                    }
                    return known;
                }
                _ => place = (place + 1) & (self.places.len() - 1),
            }
        }
        let node = graph.push(op, a, b);
        self.places[place] = node;
        self.taken += 1;
        node
    }

    /// Where the search for a hash begins: its high bits are the best mixed.
    fn first_place(&self, hash: u64) -> usize {
        (hash >> (64 - self.places.len().trailing_zeros())) as usize
    }

    #[cold]
    fn grow(&mut self, graph: &Graph) {
        let size = 2 * self.places.len();
        let old = core::mem::replace(&mut self.places, vec![FREE; size]);
        for known in old.into_iter().filter(|&known| known != FREE) {
            let node = graph.nodes[known as usize - graph.inputs];
            let mut place = self.first_place(hash(graph, node.op(), node.a(), node.b()));
            while self.places[place] != FREE {
                place = (place + 1) & (size - 1);
            }
            self.places[place] = known;
        }
    }
}

/// Multiplicative hashing (Knuth 1973, section 6.4) of the op code and what it reads.
#[inline]
fn hash(graph: &Graph, op: Op, a: u32, b: u32) -> u64 {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
    let mix = |hash: u64, word: u64| (hash ^ word).wrapping_mul(ODD).rotate_left(29);
    let hash = mix(u64::from(op.code()), u64::from(a) << 32 | u64::from(b));
    let hash = match op {
        Op::MulAdd => triple(graph, a)
            .iter()
            .fold(u64::from(op.code()), |hash, operand| mix(hash, u64::from(operand.raw()))),
        _ => hash,
    };
    hash.wrapping_mul(ODD)
}

#[inline]
fn is_same(graph: &Graph, known: u32, op: Op, a: u32, b: u32) -> bool {
    let node = graph.nodes[known as usize - graph.inputs];
    node.op() == op
        && match op {
            Op::MulAdd => triple(graph, node.a()) == triple(graph, a),
            _ => node.a() == a && node.b() == b,
        }
}

/// The three operands of a multiply-add.
fn triple(graph: &Graph, place: u32) -> &[Operand] {
    &graph.operands[place as usize..][..3]
}

#[cfg(test)]
mod tests {
    use calculus_core::Real;
    use proptest::prelude::*;

    use super::*;
    use crate::graph::passes::random;
    use crate::{Function, Var, gradient};

    #[test]
    fn equal_operations_become_one_node() {
        let f = |x: &[Var]| {
            let a = x[0] * x[1] + 3.5;
            let b = x[1] * x[0] + 3.5;
            let c = x[0].mul_add(x[1], 0.1 + 0.2) + x[0].mul_add(x[1], 0.1 + 0.2);
            a.sin() * b.sin() - c
        };
        let x = [0.3, 0.4];
        let (plain, distinct) = (Graph::record(f, &x), Graph::record_distinct(f, &x));
        assert_eq!((plain.len(), distinct.len()), (11, 7));
        assert_eq!((distinct.constants().len(), distinct.operands.len()), (2, 3));
        random::assert_same(&random::evaluate(&distinct, &x), &random::evaluate(&plain, &x));
    }

    #[test]
    fn a_table_that_has_grown_still_knows_its_nodes() {
        let f = |x: &[Var]| {
            let sum = |_| (0..5000).map(|k| x[0].powi(k).sin()).sum::<Var>();
            (0..3).map(sum).sum::<Var>()
        };
        let graph = Graph::record_distinct(f, &[0.5]);
        assert_eq!(graph.len(), 2 * 5000 + 4999 + 2);
    }

    #[test]
    fn inner_derivatives_keep_their_variables_apart() {
        let inner = |x: &[Var]| gradient(|y: &[Var]| y[0] * y[1] + y[0].exp(), &[x[0], x[0]])[0];
        let outer = |x: &[Var]| inner(x) * inner(x);
        let mut plain = Function::new(outer, &[0.7]);
        let mut distinct = Function::distinct(outer, &[0.7]);
        assert!((distinct.value(&[0.2]) - plain.value(&[0.2])).abs() < 1e-15);
        let (mut a, mut b) = ([0.0], [0.0]);
        plain.gradient(&[0.2], &mut a);
        distinct.gradient(&[0.2], &mut b);
        assert!((a[0] - b[0]).abs() < 1e-14);
    }

    proptest! {
        #[test]
        fn random_functions_keep_their_values_and_derivatives((steps, x) in random::case()) {
            let graph = Graph::record(|x| random::function(&steps, x), &x);
            let distinct = Graph::record_distinct(|x| random::function(&steps, x), &x);
            prop_assert!(distinct.len() <= graph.len());
            random::assert_same(&random::evaluate(&distinct, &x), &random::evaluate(&graph, &x));
        }
    }
}
