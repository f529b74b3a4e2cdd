//! Where the Jacobian and the Hessian of a graph may be other than zero.
//!
//! An output depends on an input if a path of operations leads from one to the other. Two inputs
//! interact if an operation on the way to an output is not linear in what depends on them: the
//! entries of the Hessian (Walther 2008, *Computing sparse Hessians with automatic
//! differentiation*, ACM Transactions on Mathematical Software 34(1)). Structure alone is looked at,
//! so a pattern holds at all points where the decisions come out as recorded.

mod entries;
mod interaction;
mod sets;

use calculus_core::coloring::Pattern;

use self::entries::Entries;
use self::interaction::Interaction;
use self::sets::IndexSets;
use super::block::{BlockPattern, Call};
use super::node::{Graph, Operand};

impl Graph {
    /// Where the Jacobian of the outputs may be other than zero: outputs by inputs.
    ///
    /// Calls of [`sum_over`](crate::sum_over), [`map_over`](crate::map_over) and
    /// [`scan`](crate::scan) tell the pattern of their rows and steps, operations on vectors and
    /// matrices that of their formula; every result of any other call (a user's primitive, an implicit
    /// function) counts as depending on all of its operands, and so do those of a recurrence of so many
    /// steps and variables that its pattern would take more than about a second.
    ///
    /// Cost: linear in the number of operations and the sizes of the sets of inputs that those which
    /// are read more than once depend on.
    ///
    /// # Examples
    /// ```
    /// use autodiff::Graph;
    /// use calculus_core::coloring::Pattern;
    /// let graph = Graph::record(|x| [x[0] * x[1], x[1] + 1.0, x[2] * 0.5], &[1.0; 3]);
    /// let expected = Pattern::from_entries(3, 3, [(0, 0), (0, 1), (1, 1), (2, 2)]);
    /// assert_eq!(graph.jacobian_pattern(), expected);
    /// ```
    pub fn jacobian_pattern(&self) -> Pattern {
        self.jacobian_within(&Structure::new(self))
    }

    fn jacobian_within(&self, structure: &Structure<'_>) -> Pattern {
        let mut needed = vec![false; self.inputs + self.len()];
        structure.outputs().for_each(|node| needed[node] = true);
        let sets = IndexSets::new(structure, &structure.active(), &needed);
        let entries = self.outputs.iter().enumerate().filter(|(_, output)| !output.is_constant());
        let entries = entries
            .flat_map(|(k, output)| sets.of(output.index()).iter().map(move |&i| (k, i as usize)));
        Pattern::from_entries(self.outputs.len(), self.inputs, entries)
    }

    /// Where the Hessian may be other than zero, that of any combination of the outputs: a symmetric
    /// pattern of inputs by inputs.
    ///
    /// An operation adds no entry for operands that it is linear in. Calls and costs as of
    /// [`jacobian_pattern`](Graph::jacobian_pattern), and the number of interacting pairs besides.
    ///
    /// # Examples
    /// ```
    /// use autodiff::Graph;
    /// use calculus_core::{Real, coloring::Pattern};
    /// let graph = Graph::record(|x| x[0] * x[1] + x[2].sin() + x[3], &[1.0; 4]);
    /// let expected = Pattern::from_entries(4, 4, [(0, 1), (1, 0), (2, 2)]);
    /// assert_eq!(graph.hessian_pattern(), expected);
    /// ```
    pub fn hessian_pattern(&self) -> Pattern {
        self.hessian_within(&Structure::new(self))
    }

    /// The patterns of the Jacobian and of the Hessian; what is called is asked once, so that the cost
    /// does not double with each level of nesting.
    pub(crate) fn patterns(&self) -> (Pattern, Pattern) {
        let structure = Structure::new(self);
        (self.jacobian_within(&structure), self.hessian_within(&structure))
    }

    fn hessian_within(&self, structure: &Structure<'_>) -> Pattern {
        let active = structure.active();
        let mut calls_seen = vec![false; self.calls.len()];
        let mut first_of_call = |index: usize| match structure.call(index) {
            Some(call) => !core::mem::replace(&mut calls_seen[call], true),
            None => true,
        };
        let nodes: Vec<usize> = (self.inputs..self.inputs + self.len())
            .filter(|&index| active[index] && first_of_call(index))
            .collect();
        let mut needed = vec![false; self.inputs + self.len()];
        nodes.iter().for_each(|&index| structure.nonlinear(index, &mut |i| needed[i] = true));
        let sets = IndexSets::new(structure, &active, &needed);
        let mut entries = Entries::new(&sets);
        for index in nodes {
            let Some(call) = structure.call(index) else {
                interaction::of(self, index).add_to(&mut entries);
                continue;
            };
            if structure.each_interaction(call, &mut |a, b| entries.add_product(a, b)) {
                entries.add_square(structure.operands(call));
            }
        }
        entries.into_pattern(self.inputs)
    }
}

/// What reads what in a graph.
struct Structure<'g> {
    graph: &'g Graph,
    calls: Vec<BlockPattern<'g>>,
}

impl<'g> Structure<'g> {
    fn new(graph: &'g Graph) -> Self {
        let pattern = |call: &'g Call| call.block.pattern(call.operands.len());
        Self { graph, calls: graph.calls.iter().map(pattern).collect() }
    }

    fn outputs(&self) -> impl Iterator<Item = usize> + '_ {
        self.graph.outputs.iter().filter(|o| !o.is_constant()).map(|o| o.index())
    }

    /// The call that a node is a result of.
    fn call(&self, index: usize) -> Option<usize> {
        let node = self.graph.nodes.get(index.checked_sub(self.graph.inputs)?)?;
        (node.op() == super::Op::Result).then(|| node.a() as usize)
    }

    /// Calls `f` with the inputs and nodes that a node depends on directly.
    fn each_operand(&self, index: usize, f: &mut impl FnMut(usize)) {
        let mut give = |operand: Operand| {
            if !operand.is_constant() {
                f(operand.index());
            }
        };
        if index < self.graph.inputs {
            return;
        }
        if let Some(call) = self.call(index) {
            let Call { operands, first, .. } = &self.graph.calls[call];
            let operands = &self.graph.operands[operands.clone()];
            let pattern = &self.calls[call];
            pattern.each_operand(index - first, operands.len(), &mut |k| give(operands[k]));
        } else if interaction::of(self.graph, index) != Interaction::Constant {
            self.graph.node(index).operands.into_iter().flatten().for_each(give);
        }
    }

    /// The operands of a call that are not constants.
    fn operands(&self, call: usize) -> impl Iterator<Item = usize> + '_ {
        let operands = &self.graph.operands[self.graph.calls[call].operands.clone()];
        operands.iter().filter(|operand| !operand.is_constant()).map(|operand| operand.index())
    }

    /// Calls `f` with the operands of a call that interact, unless all do, which it tells.
    fn each_interaction(&self, call: usize, f: &mut impl FnMut(usize, usize)) -> bool {
        let operands = &self.graph.operands[self.graph.calls[call].operands.clone()];
        self.calls[call].each_interaction(&mut |a, b| {
            let (a, b) = (operands[a], operands[b]);
            if !a.is_constant() && !b.is_constant() {
                f(a.index(), b.index());
            }
        })
    }

    /// Calls `f` with the operands that a node is not linear in; those of a call are of all its results
    /// together.
    fn nonlinear(&self, index: usize, f: &mut impl FnMut(usize)) {
        if let Some(call) = self.call(index) {
            let both = &mut |a, b| {
                f(a);
                f(b);
            };
            if self.each_interaction(call, both) {
                self.operands(call).for_each(f);
            }
        } else {
            interaction::of(self.graph, index).each_operand(f);
        }
    }

    /// Which inputs and nodes some output depends on.
    fn active(&self) -> Vec<bool> {
        let mut active = vec![false; self.graph.inputs + self.graph.len()];
        self.outputs().for_each(|node| active[node] = true);
        for index in (self.graph.inputs..active.len()).rev() {
            if active[index] {
                self.each_operand(index, &mut |operand| active[operand] = true);
            }
        }
        active
    }
}

#[cfg(test)]
mod tests;
