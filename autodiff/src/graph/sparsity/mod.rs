//! Where the Jacobian and the Hessian of a graph may be other than zero.
//!
//! An output depends on an input if a path of operations leads from one to the other. Two inputs
//! interact if an operation on the way to an output is not linear in what depends on them: the
//! entries of the Hessian (Walther 2008, *Computing sparse Hessians with automatic
//! differentiation*, ACM Transactions on Mathematical Software 34(1)). Structure alone is looked at,
//! so a pattern holds at all points where the decisions come out as recorded.

mod calls;
mod entries;
mod interaction;
mod sets;

use calculus_core::coloring::Pattern;

use self::calls::CallPattern;
use self::entries::Entries;
use self::interaction::Interaction;
use self::sets::IndexSets;
use super::node::{Graph, Operand};

impl Graph {
    /// Where the Jacobian of the outputs may be other than zero: outputs by inputs.
    ///
    /// Calls of [`sum_over`](crate::sum_over) and [`map_over`](crate::map_over) tell the pattern of
    /// their rows; every result of any other call counts as depending on all of its operands.
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
        let structure = Structure::new(self);
        let mut needed = vec![false; self.inputs + self.len()];
        structure.outputs().for_each(|node| needed[node] = true);
        let sets = IndexSets::new(&structure, &structure.active(), &needed);
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
        let structure = Structure::new(self);
        let active = structure.active();
        let nodes = (self.inputs..self.inputs + self.len()).filter(|&index| active[index]);
        let mut needed = vec![false; self.inputs + self.len()];
        nodes.clone().for_each(|index| structure.nonlinear(index, &mut |i| needed[i] = true));
        let sets = IndexSets::new(&structure, &active, &needed);
        let mut entries = Entries::new(&sets);
        let mut call_seen = vec![false; self.calls.len()];
        for index in nodes {
            let Some(call) = structure.call(index) else {
                interaction::of(self, index).add_to(&mut entries);
                continue;
            };
            if core::mem::replace(&mut call_seen[call], true) {
                continue;
            }
            let operands = &self.operands[self.calls[call].operands.clone()];
            structure.calls[call].each_interaction(operands, &mut |a, b| entries.add_product(a, b));
            if structure.calls[call].is_dense() {
                entries.add_square(operands.iter().filter(|o| !o.is_constant()).map(|o| o.index()));
            }
        }
        entries.into_pattern(self.inputs)
    }
}

/// What reads what in a graph.
struct Structure<'g> {
    graph: &'g Graph,
    calls: Vec<CallPattern<'g>>,
}

impl<'g> Structure<'g> {
    fn new(graph: &'g Graph) -> Self {
        Self { graph, calls: graph.calls.iter().map(CallPattern::new).collect() }
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
            let Self { graph, calls } = self;
            let operands = &graph.operands[graph.calls[call].operands.clone()];
            let result = index - graph.calls[call].first;
            calls[call].each_operand(result, operands, &mut give);
        } else if interaction::of(self.graph, index) != Interaction::Constant {
            self.graph.node(index).operands.into_iter().flatten().for_each(give);
        }
    }

    /// Calls `f` with the operands that a node is not linear in.
    fn nonlinear(&self, index: usize, f: &mut impl FnMut(usize)) {
        if let Some(call) = self.call(index) {
            if self.calls[call].interacts() {
                let operands = &self.graph.operands[self.graph.calls[call].operands.clone()];
                operands.iter().filter(|o| !o.is_constant()).for_each(|o| f(o.index()));
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
mod tests {
    use calculus_core::Real;
    use proptest::prelude::*;

    use super::*;
    use crate::graph::passes::random;
    use crate::{Rows, Var, map_over, scan, sum_over};

    /// Asserts that the patterns cover all entries that are not zero.
    fn assert_covered(f: impl Fn(&[Var]) -> Vec<Var>, x: &[f64]) {
        let graph = Graph::record(&f, x);
        let (jacobian, hessian) = (graph.jacobian_pattern(), graph.hessian_pattern());
        assert!(hessian.is_symmetric());
        // Zero times an infinite slope says nothing about the structure.
        let vanishes = |entry: f64| entry == 0.0 || !entry.is_finite();
        let dense = crate::jacobian(&f, x);
        for i in 0..dense.nrows() {
            for j in 0..x.len() {
                assert!(vanishes(dense[(i, j)]) || jacobian.contains(i, j), "Jacobian ({i}, {j})");
            }
        }
        let summed = |x: &[Var]| f(x).into_iter().sum::<Var>();
        let dense = crate::hessian(summed, x);
        for i in 0..x.len() {
            for j in 0..x.len() {
                assert!(vanishes(dense[(i, j)]) || hessian.contains(i, j), "Hessian ({i}, {j})");
            }
        }
    }

    proptest! {
        #[test]
        fn patterns_of_random_functions_cover_their_derivatives((steps, x) in random::case()) {
            assert_covered(|x| random::function(&steps, x), &x);
        }
    }

    #[test]
    fn linear_operations_do_not_interact() {
        let f = |x: &[Var]| {
            let linear = (x[0] - x[1] * 3.0).abs().max(x[2] / 4.0).min(-x[3]) + x[3].powi(1);
            linear + x[1].floor() * x[2].floor() + x[0].mul_add(x[1], x[2])
        };
        let graph = Graph::record(f, &[1.0; 4]);
        assert_eq!(graph.hessian_pattern(), Pattern::from_entries(4, 4, [(0, 1), (1, 0)]));
    }

    #[test]
    fn operations_of_two_arguments() {
        let pattern = |f: fn(&[Var]) -> Var| Graph::record(f, &[1.0, 2.0]).hessian_pattern();
        let product = Pattern::from_entries(2, 2, [(0, 1), (1, 0)]);
        let quotient = Pattern::from_entries(2, 2, [(0, 1), (1, 0), (1, 1)]);
        assert_eq!(pattern(|x| x[0] * x[1]), product);
        assert_eq!(pattern(|x| x[0] / x[1]), quotient);
        assert_eq!(pattern(|x| x[0].hypot(x[1])), Pattern::dense(2, 2));
        assert_eq!(pattern(|x| x[0] * x[0] + x[1]), Pattern::from_entries(2, 2, [(0, 0)]));
        assert_eq!(pattern(|x| x[0].powf(1.5) - x[1]), Pattern::from_entries(2, 2, [(0, 0)]));
        // Whether it reaches the output counts.
        assert_eq!(pattern(|x| (x[0] * x[1], x[0]).1), Pattern::from_entries(2, 2, []));
    }

    #[test]
    fn long_sums_and_long_chains() {
        let n = 2000;
        let f = |x: &[Var]| -> Var {
            x.windows(2).map(|w| 100.0 * (w[1] - w[0] * w[0]).powi(2) + (1.0 - w[0]).powi(2)).sum()
        };
        let pattern = Graph::record(f, &vec![0.5; n]).hessian_pattern();
        assert_eq!(pattern, Pattern::banded(n, 1, 1));
        let squared = |x: &[Var]| x.iter().sum::<Var>().powi(2);
        let pattern = Graph::record(squared, &[0.5; 30]).hessian_pattern();
        assert_eq!(pattern, Pattern::dense(30, 30));
    }

    #[test]
    fn rows_tell_their_pattern() {
        let n = 9;
        let index: Vec<u32> = (0..4).map(|r| (r * 5) % 4).collect();
        let residuals = |x: &[Var]| {
            let rows =
                Rows::new(4).data(vec![2.0; 4]).variables(&x[1..5]).gather(&x[5..], 1, &index[..]);
            map_over(&rows, |row| [x[0] + row[0] * row[1].sin(), row[1] * row[2]])
        };
        let x = vec![0.5; n];
        assert_covered(residuals, &x);
        let graph = Graph::record(residuals, &x);
        let jacobian = graph.jacobian_pattern();
        let expected = (0..4).flat_map(|r| {
            let gathered = 5 + index[r] as usize;
            [(2 * r, 0), (2 * r, 1 + r), (2 * r + 1, 1 + r), (2 * r + 1, gathered)]
        });
        assert_eq!(jacobian, Pattern::from_entries(8, n, expected));
        let expected = (0..4).flat_map(|r| {
            let gathered = 5 + index[r] as usize;
            [(1 + r, 1 + r), (1 + r, gathered), (gathered, 1 + r)]
        });
        assert_eq!(graph.hessian_pattern(), Pattern::from_entries(n, n, expected));

        let sum =
            |x: &[Var]| vec![sum_over(&Rows::new(4).variables(&x[..4]), |r| x[8] * r[0].exp())];
        assert_covered(sum, &x);
        let expected = (0..4).flat_map(|i| [(i, i), (i, 8), (8, i)]);
        let pattern = Graph::record(sum, &x).hessian_pattern();
        assert_eq!(pattern, Pattern::from_entries(n, n, expected));
    }

    #[test]
    fn nested_rows_and_other_blocks() {
        let f = |x: &[Var]| {
            let y: Vec<Var> = x.iter().map(|&x| x * x).collect();
            let outer = map_over(&Rows::new(3).variables(&y[..6]), |row| {
                sum_over(&Rows::new(2).variables(row), |inner| inner[0] * y[6])
            });
            let state = scan(&Rows::new(2), &x[7..8], |s, _| vec![s[0] * x[6]]);
            vec![outer[0] + outer[1] * outer[2], state[0]]
        };
        let x = [0.5, 1.5, -0.5, 0.3, 0.2, 0.7, 1.1, 0.9, 2.0];
        assert_covered(f, &x);
        let jacobian = Graph::record(f, &x).jacobian_pattern();
        assert_eq!(jacobian.row_counts(), [7, 2]);
        assert!(!Graph::record(f, &x).hessian_pattern().contains(0, 2));
    }

    #[test]
    fn constants_and_inputs_as_outputs() {
        let graph = Graph::record(|x| [x[1], Var::from(2.0), x[0].signum()], &[1.0, 2.0]);
        assert_eq!(graph.jacobian_pattern(), Pattern::from_entries(3, 2, [(0, 1)]));
        assert_eq!(graph.hessian_pattern(), Pattern::from_entries(2, 2, []));
    }
}
