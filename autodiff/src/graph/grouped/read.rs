//! Which values the reverse sweep of groups reads.

use core::ops::Range;

use super::group::{Grouped, Kind, Source};
use crate::graph::reads::{self, Reads};

impl Grouped {
    /// The places that a reverse sweep reads and a forward replay writes, without those of the first
    /// inputs that sweeps accumulate for.
    pub(crate) fn read_by_sweep(&self) -> Vec<Range<usize>> {
        let mut marked = vec![false; self.places];
        for group in &self.groups {
            let Kind::Each(op) = group.kind else { continue };
            let constant = group.operands.map(|source| matches!(source, Source::Constant(_)));
            let Reads { operands, value } = Reads::of(op, constant);
            let count = group.count as usize;
            for (&source, _) in group.operands.iter().zip(operands).filter(|(_, read)| *read) {
                match source {
                    Source::Constant(place) | Source::Same(place) => marked[place as usize] = true,
                    Source::Range(start) => marked[start as usize..][..count].fill(true),
                    Source::List(start) => {
                        let list = &self.list[start as usize..][..count];
                        list.iter().for_each(|&place| marked[place as usize] = true);
                    }
                }
            }
            if value {
                marked[group.at as usize..][..count].fill(true);
            }
        }
        marked[self.inputs..][..self.constants.len()].fill(false);
        reads::ranges(&marked, self.accumulated)
    }
}
