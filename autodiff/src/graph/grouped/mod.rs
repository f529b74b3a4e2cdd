//! Equal operations side by side: one decoding drives a loop over a whole group of nodes.
//!
//! A program that replays a graph node by node spends its time on decoding. The nodes that a loop in
//! the recorded function has left behind are independent of one another and do the same; here they
//! are found, renumbered so that they and their operands lie side by side, and replayed as loops
//! over slices, which the compiler turns into vector instructions.

mod adjoints;
mod careful;
mod forward;
mod group;
mod operand;
mod read;
mod replay;
mod reverse;
mod schedule;
mod slopes;

pub(crate) use group::Grouped;
pub(crate) use operand::are_finite;

#[cfg(test)]
mod tests {
    use calculus_core::Real;
    use proptest::prelude::*;

    use super::{Grouped, schedule};
    use crate::graph::node::Graph;
    use crate::graph::passes::random;
    use crate::graph::program::Workspace;

    pub(super) fn evaluate(grouped: &Grouped, x: &[f64], outputs: usize) -> (Vec<f64>, Vec<f64>) {
        let mut workspace = Workspace::default();
        grouped.fit(&mut workspace);
        grouped.forward(x.iter().copied(), &mut workspace);
        assert!(grouped.guards_hold(&workspace));
        let values = (0..outputs).map(|k| grouped.output(&workspace, k)).collect();
        grouped.reverse([1.0, -0.5, 2.0], &mut workspace);
        (values, workspace.adjoints[..x.len()].to_vec())
    }

    proptest! {
        #[test]
        fn random_graphs_keep_their_values_and_derivatives((steps, x) in random::case()) {
            let graph = Graph::record(|x| random::function(&steps, x), &x);
            let grouped = schedule::schedule(&graph.simplified(), 0);
            random::assert_same(&evaluate(&grouped, &x, 3), &random::evaluate(&graph, &x));
        }
    }

    #[test]
    fn a_loop_becomes_one_group_for_each_of_its_operations() {
        let f = |x: &[crate::Var]| -> crate::Var {
            x.windows(2).map(|w| 100.0 * (w[1] - w[0] * w[0]).powi(2) + (1.0 - w[0]).powi(2)).sum()
        };
        let x: Vec<f64> = (0..100).map(|i| 0.9 + 1e-3 * f64::from(i)).collect();
        let graph = Graph::record(f, &x);
        let grouped = Grouped::of(&graph.simplified()).expect("a loop pays");
        assert_eq!(grouped.groups.len(), 8); // seven operations of the body, and the sum
        assert!(grouped.list.is_empty(), "all operands lie side by side: {:?}", grouped.groups);
        let (value, gradient) = evaluate(&grouped, &x, 1);
        let reference = random::evaluate(&graph, &x);
        random::assert_same(&(value, gradient), &reference);
    }

    #[test]
    fn operations_that_alternate_lie_side_by_side_in_parts() {
        let f = |x: &[crate::Var]| -> crate::Var {
            let term = |i: usize| {
                (x[i] * x[16 + i] + x[64 + i]).sin() * (x[32 + i] * x[48 + i] + x[80 + i]).cos()
            };
            (0..16).map(term).sum()
        };
        let x: Vec<f64> = (0..96).map(|i| (0.7 * f64::from(i)).sin()).collect();
        let graph = Graph::record(f, &x);
        let grouped = Grouped::of(&graph.simplified()).expect("a loop pays");
        // Products in two parts, additions, two functions, their product, and the sum.
        assert_eq!(grouped.groups.len(), 7);
        assert!(grouped.list.is_empty(), "all operands lie side by side: {:?}", grouped.groups);
        random::assert_same(&evaluate(&grouped, &x, 1), &random::evaluate(&graph, &x));
    }

    #[test]
    fn a_recurrence_is_left_alone() {
        let f = |x: &[crate::Var]| (0..50).fold(x[0], |y, _| (y * 0.5).sin());
        assert!(Grouped::of(&Graph::record(f, &[1.0]).simplified()).is_none());
    }

    #[test]
    fn an_infinite_slope_off_the_path_does_no_harm() {
        let f = |x: &[crate::Var]| -> crate::Var {
            x.iter().map(|&x| if x > 0.0 { x } else { x.sqrt() * 0.0 }).sum()
        };
        let x = [1.0, 0.0, 2.0, 0.0, 3.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0];
        let graph = Graph::record(f, &x);
        let grouped = schedule::schedule(&graph.simplified(), 0);
        let (_, gradient) = evaluate(&grouped, &x, 1);
        assert_eq!(&gradient[..4], [1.0, 0.0, 1.0, 0.0]);
    }
}
