//! A gradient that is recorded and swept back once.

use core::cell::Cell;

use super::node::{Graph, Operand};
use super::program::{OperandAdjoints, Program, Workspace, pull_back};
use super::record::{record_with_values, recycle};
use super::var::Var;

/// Memory of the last gradient on this thread, kept for the next.
#[derive(Default)]
struct Memory {
    values: Vec<f64>,
    adjoints: Vec<f64>,
    program: Program,
    workspace: Workspace<f64>,
}

thread_local! {
    static MEMORY: Cell<Memory> = Cell::default();
}

/// The value and gradient of `f` at `x`, by one recording and one sweep over it.
///
/// Nothing is prepared and nothing replayed: the values are those that the recording met.
#[track_caller]
pub(crate) fn eager_gradient(f: impl FnOnce(&[Var]) -> Var, x: &[f64]) -> (f64, Vec<f64>) {
    // What is recorded may take gradients as well, which then use memory of their own.
    let Memory { values, mut adjoints, mut program, mut workspace } = MEMORY.take();
    let (graph, values) = record_with_values(f, x, values);
    let result = if graph.calls.is_empty() {
        let y = swept(&graph, &values, &mut adjoints);
        recycle(graph);
        (y, adjoints[..x.len()].to_vec())
    } else {
        recycle(program.load(graph));
        program.fit(&mut workspace);
        program.forward(x.iter().copied(), &mut workspace);
        program.reverse([1.0], &mut workspace);
        let result = (program.output(&workspace, 0), program.input_adjoints(&workspace).to_vec());
        // What blocks hold is the user's.
        recycle(program.load(Graph::default()));
        workspace.calls.clear();
        result
    };
    MEMORY.set(Memory { values, adjoints, program, workspace });
    result
}

/// Sweeps from the output of a graph to the adjoints of all that it depends on, and returns its value.
fn swept(graph: &Graph, values: &[f64], adjoints: &mut Vec<f64>) -> f64 {
    let output = graph.outputs[0].raw();
    adjoints.clear();
    adjoints.resize(values.len(), 0.0);
    let mut recorded = Recorded { graph, values, adjoints };
    recorded.add(output, 1.0);
    let (inputs, end) = (graph.inputs, values.len());
    for (index, node) in (inputs..end).zip(&graph.nodes).rev() {
        let g = recorded.adjoints[index];
        // What the output does not depend on may have an infinite derivative.
        if g != 0.0 {
            pull_back((node.op(), node.a(), node.b()), values[index], g, &mut recorded);
        }
    }
    recorded.value(output)
}

/// The operands of a graph, as it names them.
struct Recorded<'s> {
    graph: &'s Graph,
    values: &'s [f64],
    adjoints: &'s mut [f64],
}

// The number of a constant is beyond all nodes, so what looks for a node tells constants apart.
impl OperandAdjoints<f64> for Recorded<'_> {
    #[inline(always)]
    fn value(&self, operand: u32) -> f64 {
        match self.values.get(operand as usize) {
            Some(&value) => value,
            None => self.number(operand),
        }
    }
    #[inline(always)]
    fn add(&mut self, operand: u32, term: f64) {
        if let Some(adjoint) = self.adjoints.get_mut(operand as usize) {
            *adjoint += term;
        }
    }
    #[inline(always)]
    fn listed(&self, place: u32, k: usize) -> u32 {
        self.graph.operands[place as usize + k].raw()
    }
    #[inline(always)]
    fn number(&self, operand: u32) -> f64 {
        self.graph.constants[Operand::from_raw(operand).index()]
    }
    #[inline(always)]
    fn is_constant(&self, operand: u32) -> bool {
        Operand::from_raw(operand).is_constant()
    }
}

#[cfg(test)]
mod tests {
    use calculus_core::Real;
    use proptest::prelude::*;

    use super::*;
    use crate::gradient;
    use crate::graph::passes::random;
    use crate::graph::record::record;

    /// The value and gradient of a replay.
    fn replayed(f: impl Fn(&[Var]) -> Var, x: &[f64]) -> (f64, Vec<f64>) {
        let program = Program::new(record(f, x));
        let mut workspace = program.workspace();
        program.forward(x.iter().copied(), &mut workspace);
        program.reverse([1.0], &mut workspace);
        (program.output(&workspace, 0), program.input_adjoints(&workspace).to_vec())
    }

    fn assert_replayed(f: impl Fn(&[Var]) -> Var, x: &[f64]) {
        let bits = |(y, g): (f64, Vec<f64>)| {
            // The sign and payload of NaN may differ.
            let bits = |x: &f64| if x.is_nan() { f64::NAN.to_bits() } else { x.to_bits() };
            (bits(&y), g.iter().map(bits).collect::<Vec<_>>())
        };
        assert_eq!(bits(eager_gradient(&f, x)), bits(replayed(&f, x)));
    }

    proptest! {
        #[test]
        fn one_sweep_gives_what_a_replay_gives((steps, x) in random::case()) {
            let f = |x: &[Var]| {
                let y = random::function(&steps, x);
                y[0] - 0.5 * y[1] + y[2] * 2.0
            };
            assert_replayed(f, &x);
        }
    }

    #[test]
    fn long_recordings_keep_all_values_in_order() {
        let f = |x: &[Var]| {
            let mut y = x[0];
            for k in 0..1000 {
                y = y.sin() * x[k % 2] + f64::from(k as u32 % 37);
            }
            y.mul_add(x[1], y.powf(0.5)) / (y - x[1])
        };
        // So many inputs that nodes begin in the midst of a buffer.
        for inputs in [2, 255, 256, 257, 700] {
            assert_replayed(f, &vec![0.3; inputs]);
        }
    }

    #[test]
    fn an_output_may_be_a_constant_or_an_input() {
        assert_eq!(eager_gradient(|_| Var::from(3.0), &[1.0]), (3.0, vec![0.0]));
        assert_eq!(eager_gradient(|x| x[1], &[1.0, 2.0]), (2.0, vec![0.0, 1.0]));
        assert_eq!(eager_gradient(|_| Var::from(3.0), &[]), (3.0, vec![]));
    }

    #[test]
    fn an_infinite_derivative_off_the_path_does_no_harm() {
        let f = |x: &[Var]| x[0].sqrt() * 0.0 + x[0] + (x[1].ln() - x[1].ln()).powi(2);
        assert_eq!(eager_gradient(f, &[4.0, 1.0]), (4.0, vec![1.0, 0.0]));
        let (_, g) = eager_gradient(|x| x[0].sqrt().max(x[1]), &[0.0, 1.0]);
        assert_eq!(g, [0.0, 1.0]);
    }

    #[test]
    fn recordings_within_recordings_do_not_mix() {
        // The outer recording fills its buffer before, between and after inner ones, and both use
        // the same constants under other numbers.
        let inner = |c: f64| {
            let term = |y: Var, k: i32| (y * 2.5 + f64::from(k) * 0.5).sin();
            let g = gradient(|y: &[Var]| (0..300).map(|k| term(y[0], k)).sum(), &[c]);
            g[0]
        };
        let f = |x: &[Var]| {
            let mut sum = x[0] * 7.5;
            for k in 0..200 {
                sum = sum + x[1] * 2.5 - 7.5;
                if k % 50 == 20 {
                    sum += inner(0.1) * x[0];
                    let nested = gradient(|y: &[Var]| x[0] * y[0].exp() + y[0] * y[0], &x[1..]);
                    sum += nested[0] * 2.5;
                }
            }
            sum
        };
        let (_, g) = eager_gradient(f, &[0.5, 0.25]);
        let e = 0.25_f64.exp();
        let expected = [7.5 + 4.0 * (inner(0.1) + 2.5 * e), 500.0 + 10.0 * (0.5 * e + 2.0)];
        for (found, expected) in g.iter().zip(expected) {
            // Some 600 roundings of numbers of this size.
            assert!((found - expected).abs() < 1e-13 * expected.abs(), "{found} and {expected}");
        }
        assert_replayed(f, &[0.5, 0.25]);
    }

    #[test]
    fn an_outer_recording_goes_on_after_a_panic_in_an_inner_one() {
        let f = |x: &[Var]| {
            let mut y = x[0] * x[0] + 2.5;
            for _ in 0..300 {
                y *= x[0];
            }
            let caught = std::panic::catch_unwind(|| {
                gradient(
                    |z: &[Var]| {
                        let z = z[0] * 2.5 + z[0].exp();
                        assert!(z > 1e9, "too small");
                        z
                    },
                    &[1.0],
                )
            });
            assert!(caught.is_err());
            (y + 2.5) * x[0]
        };
        assert_replayed(f, &[1.001]);
    }
}
