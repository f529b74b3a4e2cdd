//! Rows one after another: what every faster way has to agree with.

use super::map::RowMap;
use crate::graph::block::{Memory, Replay};
use crate::graph::program::{Program, Workspace};

/// The bodies prepared for replay.
pub(super) type Prepared<T> = Vec<(Program, Workspace<T>)>;

pub(super) fn prepare<T: Replay>(rows: &RowMap) -> Prepared<T> {
    let prepare = |body: &super::map::Body| {
        let program = Program::new(body.graph.clone());
        let workspace = program.workspace();
        (program, workspace)
    };
    rows.bodies.iter().map(prepare).collect()
}

/// The results of all rows.
pub(super) fn evaluate<T: Replay>(rows: &RowMap, x: &[T], y: &mut [T], memory: &mut Memory) {
    y.fill(T::from(0.0));
    let prepared: &mut Prepared<T> = memory.get_or_insert_with(|| prepare(rows));
    let decided = (0..rows.count).all(|r| row(rows, prepared, r, x, y));
    memory.decided(decided);
    if !decided {
        y.fill(T::from(f64::NAN));
    }
}

/// Adds the results of row `r`; whether the guards of one of the bodies hold.
pub(super) fn row<T: Replay>(
    rows: &RowMap,
    prepared: &mut Prepared<T>,
    r: usize,
    x: &[T],
    y: &mut [T],
) -> bool {
    prepared.iter_mut().any(|(program, workspace)| {
        let shared = rows.shared.iter().map(|&operand| x[operand]);
        let columns = rows.columns.iter().map(|column| column.read(r, x));
        program.forward(shared.chain(columns), workspace);
        let holds = program.guards_hold(workspace);
        if holds {
            for (k, place) in rows.places.iter().enumerate() {
                y[place.result(r)] += program.output(workspace, k);
            }
        }
        holds
    })
}
