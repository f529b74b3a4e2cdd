//! The colours that the neighbours of each vertex have, each once.

use super::Pattern;

/// For each vertex of a symmetric pattern the different colours of its neighbours.
///
/// Each pair (vertex, colour of a neighbour) has a slot, numbered from 0 below the number of
/// entries: the colouring algorithms keep what they know of the pair under it.
pub(super) struct NeighborColors {
    starts: Vec<usize>,
    lengths: Vec<usize>,
    colors: Vec<usize>,
}

/// The slot of a pair.
pub(super) enum Slot {
    /// The vertex had a neighbour of the colour.
    Known(usize),
    /// This is the first one.
    New(usize),
}

impl NeighborColors {
    pub(super) fn new(pattern: &Pattern) -> Self {
        let starts = pattern.symbolic().col_ptr().to_vec();
        let (vertices, slots) = (pattern.columns(), pattern.nonzeros());
        Self { starts, lengths: vec![0; vertices], colors: vec![0; slots] }
    }

    /// The slots in use by a vertex.
    pub(super) fn slots(&self, vertex: usize) -> core::ops::Range<usize> {
        let start = self.starts[vertex];
        start..start + self.lengths[vertex]
    }

    /// The colour of a slot.
    pub(super) fn color(&self, slot: usize) -> usize {
        self.colors[slot]
    }

    /// The different colours of the neighbours of a vertex.
    pub(super) fn of(&self, vertex: usize) -> &[usize] {
        &self.colors[self.slots(vertex)]
    }

    /// Records that a vertex has a neighbour of the colour.
    ///
    /// To be called at most once per neighbour.
    pub(super) fn insert(&mut self, vertex: usize, color: usize) -> Slot {
        let slots = self.slots(vertex);
        match self.of(vertex).iter().position(|&known| known == color) {
            Some(place) => Slot::Known(slots.start + place),
            None => {
                self.colors[slots.end] = color;
                self.lengths[vertex] += 1;
                Slot::New(slots.end)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_color_has_one_slot() {
        let mut colors = NeighborColors::new(&Pattern::arrow(4));
        assert!(matches!(colors.insert(0, 5), Slot::New(0)));
        assert!(matches!(colors.insert(0, 2), Slot::New(1)));
        assert!(matches!(colors.insert(0, 5), Slot::Known(0)));
        assert!(matches!(colors.insert(2, 5), Slot::New(6)));
        assert_eq!(colors.of(0), [5, 2]);
        assert_eq!(colors.of(1), [0; 0]);
        assert_eq!(colors.slots(2), 6..7);
        assert_eq!(colors.color(1), 2);
    }
}
