//! The inputs that nodes depend on.

use super::Structure;

/// No set.
const NONE: u32 = u32::MAX;

/// Sets of inputs for the nodes that are needed.
///
/// The set of a node that is read once is not kept, so that a sum of many terms costs no more than
/// its terms; nodes that depend on the same inputs as one of their operands share its set.
pub(super) struct IndexSets {
    of_node: Vec<u32>,
    /// Where each set ends among the members; it begins where the one before ends.
    ends: Vec<usize>,
    members: Vec<u32>,
}

impl IndexSets {
    /// The sets of the nodes that are `active` and `needed`.
    pub(super) fn new(structure: &Structure<'_>, active: &[bool], needed: &[bool]) -> Self {
        let inputs = structure.graph.inputs;
        let mut uses = vec![0_u8; active.len()];
        for index in (inputs..active.len()).filter(|&index| active[index]) {
            structure.each_operand(index, &mut |i| uses[i] = uses[i].saturating_add(1));
        }
        let mut sets =
            Self { of_node: vec![NONE; active.len()], ends: Vec::new(), members: Vec::new() };
        let mut seen_in = vec![NONE; inputs];
        let mut stack = Vec::new();
        for index in 0..active.len() {
            let keep = active[index] && (needed[index] || (index >= inputs && uses[index] > 1));
            if keep {
                sets.gather(structure, index, &mut seen_in, &mut stack);
            }
        }
        sets
    }

    /// Collects the set of a node from those of the nodes that it depends on.
    fn gather(
        &mut self,
        structure: &Structure<'_>,
        node: usize,
        seen_in: &mut [u32],
        stack: &mut Vec<usize>,
    ) {
        let start = self.members.len();
        let number = self.ends.len() as u32;
        let mut largest = None;
        stack.push(node);
        while let Some(index) = stack.pop() {
            let known = self.of_node[index];
            if known != NONE {
                let range = self.range(known);
                if largest.is_none_or(|(len, _)| len < range.len()) {
                    largest = Some((range.len(), known));
                }
                for k in range {
                    self.insert(self.members[k], number, seen_in);
                }
            } else if index < seen_in.len() {
                self.insert(index as u32, number, seen_in);
            } else {
                structure.each_operand(index, &mut |operand| stack.push(operand));
            }
        }
        match largest {
            Some((len, known)) if len == self.members.len() - start => {
                self.members.truncate(start);
                // The mark of the set that is not made must not be taken for that of the next.
                for k in self.range(known) {
                    seen_in[self.members[k] as usize] = NONE;
                }
                self.of_node[node] = known;
            }
            _ => {
                self.ends.push(self.members.len());
                self.of_node[node] = number;
            }
        }
    }

    fn insert(&mut self, input: u32, number: u32, seen_in: &mut [u32]) {
        if core::mem::replace(&mut seen_in[input as usize], number) != number {
            self.members.push(input);
        }
    }

    fn range(&self, set: u32) -> core::ops::Range<usize> {
        let start = (set as usize).checked_sub(1).map_or(0, |before| self.ends[before]);
        start..self.ends[set as usize]
    }

    /// The number of the set of a node; nodes with the same number depend on the same inputs.
    pub(super) fn number(&self, node: usize) -> u32 {
        self.of_node[node]
    }

    /// The inputs that a node depends on, in no order.
    pub(super) fn of(&self, node: usize) -> &[u32] {
        match self.of_node[node] {
            NONE => &[],
            set => &self.members[self.range(set)],
        }
    }
}
