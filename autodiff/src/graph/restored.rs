//! A function of which only the graph is there.

use super::function::Function;
use super::node::Graph;
use super::program::Program;
use super::var::Var;

impl Graph {
    /// This graph as a function to evaluate and differentiate.
    ///
    /// Where a decision comes out differently than it was recorded, there is nothing to record
    /// again: such a point panics. [`Function::holds_at`] tells beforehand. The graph does not hold the
    /// point that it was recorded at either, so [`Function::gradient_function`] asks for an evaluation
    /// before or a point ([`Function::gradient_function_at`]) if anything was decided.
    ///
    /// # Panics
    /// Not here, but in an evaluation at such a point.
    ///
    /// # Examples
    /// ```
    /// use autodiff::{Function, Graph, GraphError};
    /// use calculus_core::Real;
    /// let recorded = Function::new(|x| if x[0] > 0.0 { x[0].ln() } else { -x[0] }, &[1.0]);
    /// let bytes = recorded.graph().to_bytes()?;
    ///
    /// let mut function = Graph::from_bytes(&bytes)?.into_function();
    /// let mut g = [0.0];
    /// assert_eq!(function.value_and_gradient(&[2.0], &mut g), 2.0_f64.ln());
    /// assert_eq!(g, [0.5]);
    /// assert!(!function.holds_at(&[-1.0]));
    /// # Ok::<(), GraphError>(())
    /// ```
    pub fn into_function(self) -> Function<impl Fn(&[Var]) -> Vec<Var> + Send + Sync> {
        let graph = self.clone();
        let replay = move |x: &[Var]| {
            // Only asked for where a decision has come out differently, or inside of another
            // recording.
            let program = Program::new(graph.clone());
            let mut workspace = program.workspace();
            program.forward(x.iter().map(|x| x.primal()), &mut workspace);
            assert!(
                program.guards_hold(&workspace),
                "a decision comes out differently than in the graph, and a function made from a \
                 graph cannot be recorded again: ask `Function::holds_at` first, or record the \
                 function itself with `Function::new`"
            );
            graph.inlined(x)
        };
        Function::of_graph(replay, self, false)
    }
}

#[cfg(test)]
mod tests {
    use crate::{Function, Graph, Var};
    use calculus_core::Real;

    fn branching<T: Real>(x: &[T]) -> T {
        if x[0] > 0.0 { x[0].powi(3) * x[1] } else { x[1] }
    }

    #[test]
    fn a_restored_function_has_all_derivatives() {
        let graph = Graph::record(branching::<Var>, &[1.0, 1.0]);
        let mut restored = graph.into_function();
        let mut function = Function::new(branching::<Var>, &[1.0, 1.0]);
        let x = [2.0, 5.0];
        let (mut a, mut b) = ([0.0; 4], [0.0; 4]);
        assert!(restored.holds_at(&x));
        restored.hessian(&x, &mut a);
        function.hessian(&x, &mut b);
        assert_eq!(a, b);
        let mut g = [0.0; 2];
        restored.gradient_function().values(&x, &mut g);
        assert_eq!(g, [60.0, 8.0]);
        assert_eq!(restored.recordings(), 1);
    }

    #[test]
    fn a_gradient_is_recorded_at_the_point_that_is_known() {
        let graph = || Graph::record(branching::<Var>, &[1.0, 1.0]);
        let mut g = [0.0; 2];
        graph().into_function().gradient_function_at(&[1.0, 1.0]).values(&[2.0, 5.0], &mut g);
        assert_eq!(g, [60.0, 8.0]);
        let mut evaluated = graph().into_function();
        evaluated.value(&[1.0, 2.0]);
        assert!(!evaluated.holds_at(&[-1.0, 2.0]));
        evaluated.clone().gradient_function().values(&[2.0, 5.0], &mut g);
        assert_eq!(g, [60.0, 8.0]);
        // Nothing is decided: any point will do.
        let plain = Graph::record(|x| x[0].powi(3) * x[1], &[1.0, 1.0]).into_function();
        plain.gradient_function().values(&[2.0, 5.0], &mut g);
        assert_eq!(g, [60.0, 8.0]);
    }

    #[test]
    #[should_panic(expected = "ask for `Function::gradient_function_at` a point")]
    fn a_gradient_at_no_known_point_panics_with_the_remedy() {
        let _ = Graph::record(branching::<Var>, &[1.0, 1.0]).into_function().gradient_function();
    }

    #[test]
    #[should_panic(expected = "ask `Function::holds_at` first")]
    fn another_branch_panics_with_the_remedy() {
        let mut restored = Graph::record(branching::<Var>, &[1.0, 1.0]).into_function();
        assert!(!restored.holds_at(&[-1.0, 2.0]));
        restored.value(&[-1.0, 2.0]);
    }
}
