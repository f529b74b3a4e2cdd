//! Rows in chunks: what does not depend on the number of threads.

use calculus_core::elementary::lanes::dispatch;

use super::execute::{Blocks, Workspace};
use super::program::Program;
use super::uniform::Numbers;
use crate::graph::block::Replay;

/// Bytes of the slots of a block that leave room for other things in the first-level cache.
const FIRST_LEVEL: usize = 40 * 1024;

/// The number of rows in a chunk, which threads share among them; it depends on the number of rows
/// only, so that sums do not depend on the number of threads.
pub(super) fn chunk_rows(count: usize) -> usize {
    (count / 64).next_multiple_of(32).max(256)
}

/// The number of rows that run at the same time.
pub(super) fn lanes<T: Replay>(program: &Program, count: usize) -> usize {
    let candidates: &[usize] = match T::TANGENTS {
        0 => &[32, 16],
        1 => &[16],
        _ => return 4,
    };
    let fits =
        |lanes: &usize| *lanes <= count && lanes * program.slots * size_of::<T>() <= FIRST_LEVEL;
    candidates.iter().copied().find(fits).unwrap_or(8)
}

/// The bodies of the rows with their uniform numbers, ready for a chunk.
pub(super) struct Prepared<'a, T> {
    pub(super) program: &'a Program,
    pub(super) numbers: &'a [Numbers<T>],
    pub(super) lanes: usize,
}

impl<T: Replay> Prepared<'_, T> {
    /// Runs some rows of a chunk; those that are not as recorded are listed in the workspace.
    pub(super) fn run(
        &self,
        x: &[T],
        rows: &[u32],
        chunk: (usize, usize),
        workspace: &mut Workspace<T>,
    ) {
        let whole = rows.len() / self.lanes * self.lanes;
        let (whole, rest) = rows.split_at(whole);
        let smallest = if T::TANGENTS > 1 { 4 } else { 8 };
        self.blocks(self.lanes, x, whole, chunk, workspace);
        self.blocks(smallest, x, rest, chunk, workspace);
    }

    fn blocks(
        &self,
        lanes: usize,
        x: &[T],
        rows: &[u32],
        chunk: (usize, usize),
        workspace: &mut Workspace<T>,
    ) {
        if rows.is_empty() {
            return;
        }
        let Self { program, numbers, .. } = *self;
        if T::TANGENTS > 1 {
            dispatch(Blocks::<T, 4> { program, numbers, x, workspace, rows, chunk });
            return;
        }
        match lanes {
            32 if T::TANGENTS == 0 => {
                dispatch(Blocks::<T, 32> { program, numbers, x, workspace, rows, chunk });
            }
            16 => dispatch(Blocks::<T, 16> { program, numbers, x, workspace, rows, chunk }),
            _ => dispatch(Blocks::<T, 8> { program, numbers, x, workspace, rows, chunk }),
        }
    }
}
