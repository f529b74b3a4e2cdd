//! Rows written out one after another.

use crate::Var;
use crate::graph::block::Call;
use crate::graph::error::GraphError;
use crate::graph::node::Graph;
use crate::graph::record::record;
use crate::graph::rows::RowMap;

/// The most operations that are worth a text.
const LIMIT: usize = 1 << 16;

/// The graph without calls.
pub(super) fn unrolled(graph: &Graph) -> Result<Graph, GraphError> {
    operations(graph)?;
    // Nothing is decided while a graph is replayed on variables: any point will do.
    Ok(record(|x| replay(graph, x), &vec![0.5; graph.inputs]))
}

/// The number of operations after unrolling.
fn operations(graph: &Graph) -> Result<usize, GraphError> {
    let too_large = GraphError::TooLarge { limit: LIMIT };
    let mut total = graph.len();
    for call in &graph.calls {
        let rows = rows(call)?;
        let each = operations(&rows.bodies[0].graph)? + rows.places.len();
        let all = each.checked_mul(rows.count).and_then(|all| all.checked_add(total));
        total = all.ok_or_else(|| too_large.clone())?;
    }
    if total > LIMIT { Err(too_large) } else { Ok(total) }
}

fn rows(call: &Call) -> Result<&RowMap, GraphError> {
    let unsupported = |operation: &str| {
        Err(GraphError::Unsupported {
            operation: operation.to_owned(),
            into: "emitted as Rust source",
        })
    };
    match call.block.as_any().downcast_ref::<RowMap>() {
        Some(rows) if rows.bodies.len() == 1 => Ok(rows),
        Some(_) => unsupported("rows with decisions that differ"),
        None => unsupported(call.block.name()),
    }
}

fn replay(graph: &Graph, x: &[Var]) -> Vec<Var> {
    graph.inlined_with(x, &mut |call, operands| {
        let rows = rows(call).expect("all calls have been looked at");
        let mut results: Vec<Option<Var>> = vec![None; call.results];
        for r in 0..rows.count {
            let shared = rows.shared.iter().map(|&operand| operands[operand]);
            let columns = rows.columns.iter().map(|column| column.read(r, operands));
            let inputs: Vec<Var> = shared.chain(columns).collect();
            let outputs = replay(&rows.bodies[0].graph, &inputs);
            for (place, y) in rows.places.iter().zip(outputs) {
                let sum = &mut results[place.result(r)];
                *sum = Some(sum.map_or(y, |sum| sum + y));
            }
        }
        results.into_iter().map(|sum| sum.unwrap_or(Var::from(0.0))).collect()
    })
}
