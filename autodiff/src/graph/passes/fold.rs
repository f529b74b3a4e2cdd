//! Folding: an operation whose operands are all constants is a constant.

use super::rewrite::{Item, rewrite};
use crate::graph::node::{Graph, Operand};
use crate::graph::program::evaluate;

/// The graph without operations on constants.
pub(super) fn apply(graph: &Graph) -> Graph {
    rewrite(graph, |new, item, _| {
        if item.used().iter().any(|operand| !operand.is_constant()) {
            return Some(new.emit(item));
        }
        let value = value(&item, |operand| new.graph.constants[operand.index()]);
        Some(new.constant(value))
    })
}

fn value(item: &Item, constant: impl Fn(Operand) -> f64) -> f64 {
    let [a, b, _] = item.operands;
    let second = if item.op.arity() > 1 { b.raw() } else { item.parameter };
    let read = |raw: u32| constant(Operand::from_raw(raw));
    evaluate(item.op, a.raw(), second, read, |_, k| constant(item.operands[k]), read)
}

#[cfg(test)]
mod tests {
    use calculus_core::Real;

    use super::*;
    use crate::graph::passes::random;

    #[test]
    fn an_operation_on_constants_becomes_one() {
        // Constants that meet while recording are folded there; an identity makes new ones.
        let graph = Graph::record(|x| (x[0].powi(0) + 1.0).exp() * x[0], &[2.0]);
        let folded = apply(&super::super::identities::apply(&graph));
        assert_eq!(folded.len(), 1);
        assert!(folded.constants().contains(&2.0_f64.exp()));
    }

    #[test]
    fn random_graphs_keep_their_values_and_derivatives() {
        random::unchanged_by(apply);
    }
}
