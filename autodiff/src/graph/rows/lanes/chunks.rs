//! Rows in chunks: what does not depend on the number of threads.

use calculus_core::elementary::lanes::dispatch;

use super::execute::{Blocks, Workspace};
use super::program::Program;
use super::uniform::Numbers;
use crate::graph::block::Replay;

/// Bytes of the slots of a block: half of a second-level cache.
const SLOTS: usize = 512 * 1024;

/// The number of rows in a chunk, which threads share among them; it depends on the number of rows
/// only, so that sums do not depend on the number of threads.
pub(super) fn chunk_rows(count: usize) -> usize {
    (count / 64).next_multiple_of(32).max(256)
}

/// How many rows may run at the same time: what the sums of products keep in registers.
const fn choices<T: Replay>() -> &'static [usize] {
    match T::TANGENTS {
        0 => &[32, 8],
        1 => &[16, 8],
        _ => &[4],
    }
}

/// The number of rows that run at the same time.
pub(super) fn lanes<T: Replay>(program: &Program, count: usize) -> usize {
    let fits = |lanes: usize| lanes <= count && lanes * program.slots * size_of::<T>() <= SLOTS;
    let (smallest, larger) = choices::<T>().split_last().expect("a choice");
    larger.iter().copied().find(|&lanes| fits(lanes)).unwrap_or(*smallest)
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
        let (smallest, larger) = choices::<T>().split_last().expect("a choice");
        let mut rest = rows;
        for &lanes in larger.iter().filter(|&&lanes| lanes <= self.lanes) {
            let (whole, others) = rest.split_at(rest.len() / lanes * lanes);
            self.blocks(lanes, x, whole, chunk, workspace);
            rest = others;
        }
        self.blocks(*smallest, x, rest, chunk, workspace);
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
        macro_rules! run {
            ($lanes:literal) => {
                dispatch(Blocks::<T, $lanes> { program, numbers, x, workspace, rows, chunk })
            };
        }
        match (T::TANGENTS, lanes) {
            (0, 32) => run!(32),
            (1, 16) => run!(16),
            (0 | 1, _) => run!(8),
            _ => run!(4),
        }
    }
}
