//! Random functions for the tests of passes.

use calculus_core::Real;
use calculus_core::elementary::{Binary, Unary};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::Var;
use crate::graph::node::Graph;
use crate::graph::program::Program;

/// One step of a random function: which operation, on which of the values so far.
pub(in crate::graph) type Step = (u8, usize, usize);

/// Runs the steps; constants and neutral elements occur often, as identities need them.
pub(in crate::graph) fn function(steps: &[Step], x: &[Var]) -> Vec<Var> {
    let constants = [0.0, -0.0, 1.0, -1.0, 2.0, 0.25, 3.0];
    let mut values: Vec<Var> = x.to_vec();
    for &(op, a, b) in steps {
        let a = values[a % values.len()];
        let constant = Var::from(constants[b % constants.len()]);
        let b = values[b % values.len()];
        values.push(match op % 20 {
            0 | 1 => a + b,
            2 => a + constant,
            3 => a - b,
            4 => a - constant,
            5 | 6 => a * b,
            7 => a * constant,
            8 => constant * b,
            9 => a / (b * b + 1.0),
            10 => a / constant,
            11 => -a,
            12 => a.powi((op / 20) as i32 % 4),
            13 => a.apply(Unary::Sin),
            14 => a.apply(Unary::Tanh),
            15 => a.combine(Binary::Max, b),
            16 => a.mul_add(b, constant),
            17 => (a * a + 1.0).powf(0.5),
            18 => {
                if a > b {
                    a * 2.0
                } else {
                    b + a
                }
            }
            _ => constant + constant,
        });
    }
    let last = values.len();
    vec![values[last - 1], values[last / 2], values[last - 1 - last / 3]]
}

/// A strategy for steps and a point.
pub(in crate::graph) fn case() -> impl Strategy<Value = (Vec<Step>, Vec<f64>)> {
    let step = (any::<u8>(), any::<usize>(), any::<usize>());
    (prop::collection::vec(step, 1..60), prop::collection::vec(-2.0..2.0, 3))
}

/// The outputs and the adjoints of the inputs.
pub(in crate::graph) fn evaluate(graph: &Graph, x: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let program = Program::new(graph.clone());
    let mut workspace = program.workspace();
    program.forward(x.iter().copied(), &mut workspace);
    assert!(program.guards_hold(&workspace));
    let outputs = (0..program.outputs()).map(|k| program.output(&workspace, k)).collect();
    program.reverse([1.0, -0.5, 2.0], &mut workspace);
    (outputs, program.input_adjoints(&workspace).to_vec())
}

/// Values equal to the bit, but for the sign and payload of NaN; adjoints to rounding.
pub(in crate::graph) fn assert_same(found: &(Vec<f64>, Vec<f64>), expected: &(Vec<f64>, Vec<f64>)) {
    for (found, expected) in found.0.iter().zip(&expected.0) {
        let nan = found.is_nan() && expected.is_nan();
        assert!(nan || found.to_bits() == expected.to_bits(), "{found} and {expected}");
    }
    let largest = expected.1.iter().filter(|x| x.is_finite()).fold(0.0, |m: f64, x| m.max(x.abs()));
    for (found, expected) in found.1.iter().zip(&expected.1) {
        // Sums of adjoints of up to 60 steps in another order, some of which may cancel.
        let close = (found - expected).abs() <= 1e-10 * (1.0 + largest);
        assert!(close || !expected.is_finite(), "{found} and {expected}");
    }
}

/// A pass leaves values, derivatives and decisions as they are.
pub(super) fn unchanged_by(pass: impl Fn(&Graph) -> Graph) {
    let mut runner =
        TestRunner::new(Config { cases: 300, failure_persistence: None, ..Config::default() });
    runner
        .run(&case(), |(steps, x)| {
            let graph = Graph::record(|x| function(&steps, x), &x);
            let changed = pass(&graph);
            assert!(changed.len() <= graph.len());
            assert_eq!(changed.guards(), graph.guards());
            assert_same(&evaluate(&changed, &x), &evaluate(&graph, &x));
            Ok(())
        })
        .unwrap();
}
