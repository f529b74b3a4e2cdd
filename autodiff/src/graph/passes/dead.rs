//! Dead code: what no output and no decision depends on is not computed.

use super::rewrite::rewrite_where;
use crate::graph::node::{Graph, Operand};

/// The graph of the nodes that matter.
pub(super) fn apply(graph: &Graph) -> Graph {
    let mut live = vec![false; graph.inputs + graph.len()];
    let mut mark = |operand: Operand| {
        if !operand.is_constant() {
            live[operand.index()] = true;
        }
    };
    graph.outputs.iter().copied().for_each(&mut mark);
    for guard in &graph.guards {
        guard.operands().into_iter().flatten().for_each(&mut mark);
    }
    for index in (graph.inputs..live.len()).rev() {
        if !live[index] {
            continue;
        }
        if let Some(call) = graph.call_of(index) {
            // All results of a call are alive if one is, and its operands once the first is met.
            if call.first < index {
                live[index - 1] = true;
                continue;
            }
            live[index..index + call.results].fill(true);
            for operand in &graph.operands[call.operands.clone()] {
                if !operand.is_constant() {
                    live[operand.index()] = true;
                }
            }
        } else {
            for operand in graph.node(index).operands.into_iter().flatten() {
                if !operand.is_constant() {
                    live[operand.index()] = true;
                }
            }
        }
    }
    let keep = |first: usize| live[first];
    rewrite_where(graph, keep, |new, item, index| live[index].then(|| new.emit(item)))
}

#[cfg(test)]
mod tests {
    use calculus_core::Real;

    use super::*;
    use crate::graph::passes::random;

    #[test]
    fn what_nothing_reads_is_dropped_and_what_decides_is_kept() {
        let f = |x: &[crate::Var]| {
            let _unused = x[0].exp().sin();
            if x[0].tanh() > 0.5 { x[1] * 2.0 } else { x[1] }
        };
        let graph = Graph::record(f, &[1.0, 2.0]);
        let live = apply(&graph);
        assert_eq!((graph.len(), live.len()), (4, 2));
        assert_eq!(live.guards(), graph.guards());
    }

    #[test]
    fn random_graphs_keep_their_values_and_derivatives() {
        random::unchanged_by(apply);
    }
}
