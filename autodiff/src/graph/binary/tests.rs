//! Round trips, and bytes that are no graph.

use calculus_core::Real;
use proptest::prelude::*;

use super::*;
use crate::graph::block::{Call, Form};
use crate::graph::matrix::{self, VarMatrix};
use crate::graph::passes::random;
use crate::{
    Primitive, Rows, Var, apply_primitive, implicit_root, map_over, scan, sum_over, vector,
};
use calculus_core::matrix::Triangle;

/// A graph with everything that there is.
fn rich() -> Graph {
    let f = |x: &[Var]| {
        let index: Vec<u32> = vec![1, 0, 1];
        let rows = Rows::new(3).data(vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).variables(&x[..3]).gather(
            &x[1..3],
            1,
            index,
        );
        let mapped = map_over(&rows, |row| {
            let inner = sum_over(&Rows::new(2).variables(&row[2..4]), |r| r[0] * x[0]);
            if row[0] > 2.0 { inner.sin() } else { inner + row[1] }
        });
        let sum: Var = mapped.iter().sum();
        let chosen = if sum > 0.0 && x[0] != x[1] { sum.powi(-3) } else { -sum };
        let order = x[0].partial_cmp(&x[2]).is_some() && x[2] <= x[0] + 100.0;
        let value = if order { x[1].value() } else { 0.0 };
        [chosen.mul_add(x[0], 2.5), x[1].powf(1.5).polygamma(2).hypot(value), x[2]]
    };
    Graph::record(f, &[0.5, 1.5, 2.5])
}

#[test]
fn everything_round_trips() {
    let graph = rich();
    let bytes = graph.to_bytes().unwrap();
    let read = Graph::from_bytes(&bytes).unwrap();
    assert_eq!(read.to_bytes().unwrap(), bytes);
    assert_eq!(read.to_string(), graph.to_string());
    let x = [0.5, 1.5, 2.5];
    assert_eq!(random::evaluate(&read, &x), random::evaluate(&graph, &x));
    assert!(Graph::from_bytes(&Graph::default().to_bytes().unwrap()).unwrap().is_empty());
}

/// A graph with a recurrence that decides, one inside it, and operations on vectors and matrices, and
/// its gradient.
fn with_blocks() -> [Graph; 2] {
    let f = |x: &[Var]| {
        let rows = Rows::new(3).variables(&x[..3]).data(vec![0.5, -1.0, 2.0]);
        let state = scan(&rows, &x[3..5], |s, row| {
            let inner = scan(&Rows::new(2), &[s[0]], |t, _| vec![t[0] * x[5] + row[0]])[0];
            if row[1] > 0.0 { vec![s[1], inner.sin()] } else { vec![inner, s[1] * row[1]] }
        });
        let (a, b) = (VarMatrix::from_row_major(2, 2, &x[..4]), VarMatrix::column(&x[4..6]));
        let spd = matrix::matmul(&a, &a.transposed());
        let matrices = [
            matrix::solve(&a, &b),
            matrix::solve_triangular(&a, Triangle::UnitLower, &b),
            matrix::cholesky(&spd),
            matrix::inverse(&a),
        ];
        let mut terms: Vec<Var> =
            matrices.iter().map(|m| vector::squared_norm(m.as_slice())).collect();
        terms.extend([matrix::det(&a), matrix::log_abs_det(&a), matrix::log_det(&spd)]);
        terms.extend(matrix::symmetric_eigenvalues(&a));
        terms.extend([
            vector::log_sum_exp(x),
            vector::norm(x),
            vector::dot(x, &[x, &state].concat()[2..]),
        ]);
        terms.extend([vector::maximum(x), vector::minimum(&state)]);
        terms.extend(vector::softmax(&x[..3]));
        vector::sum(&terms) * state[1]
    };
    let x = [1.5, 0.25, 0.5, -2.0, 0.75, 1.25];
    [Graph::record(f, &x), Graph::record(|x| crate::gradient(f, x), &x)]
}

#[test]
fn recurrences_vectors_and_matrices_round_trip() {
    let mut names = std::collections::BTreeSet::new();
    for graph in with_blocks() {
        names.extend(graph.calls.iter().map(|call| call.block.name().to_owned()));
        let bytes = graph.to_bytes().unwrap();
        let read = Graph::from_bytes(&bytes).unwrap();
        assert_eq!(read.to_bytes().unwrap(), bytes);
        assert_eq!(read.to_string(), graph.to_string());
        assert_eq!(read.hessian_pattern(), graph.hessian_pattern());
        let outputs = graph.outputs().len();
        let (mut ours, mut theirs) = (read.into_function(), graph.into_function());
        for x in [[1.5, 0.25, 0.5, -2.0, 0.75, 1.25], [1.0, 0.5, 0.25, 2.0, -0.75, 0.5]] {
            let (mut a, mut b) = (vec![0.0; outputs], vec![f64::NAN; outputs]);
            ours.values(&x, &mut a);
            theirs.values(&x, &mut b);
            assert_eq!(a, b);
            assert!(a.iter().all(|a| a.is_finite()));
            assert_eq!(ours.jacobian(&x), theirs.jacobian(&x));
        }
    }
    // All that is made again by its name, but for sums, which bodies write out.
    let expected = [
        "cholesky",
        "cofactors",
        "det",
        "dot",
        "inverse",
        "log_abs_det",
        "log_det",
        "log_sum_exp",
        "matmul",
        "maximum",
        "minimum",
        "norm",
        "scan",
        "scatter_to_extremum",
        "softmax",
        "solve",
        "solve_triangular",
        "squared_norm",
        "sum",
        "symmetric_eigen",
    ];
    assert_eq!(names.iter().map(String::as_str).collect::<Vec<_>>(), expected);
}

#[test]
fn a_million_steps_are_read_and_more_are_not_written() {
    let recorded = |steps| {
        let f = |x: &[Var]| scan(&Rows::new(steps), x, |s, _| vec![s[0] * 0.5])[0];
        Graph::record(f, &[1.0]).to_bytes()
    };
    assert!(Graph::from_bytes(&recorded(1_000_000).unwrap()).is_ok());
    let error = recorded(2_000_000).unwrap_err().to_string();
    let expected =
        "`2000000 rows or steps that read nothing of their own` cannot be written as bytes";
    assert_eq!(error, expected);
}

struct Square;

impl Primitive for Square {
    fn name(&self) -> &str {
        // The name of an operation of this crate makes it no such operation.
        "squared_norm"
    }
    fn outputs(&self, _: usize) -> usize {
        1
    }
    fn value(&self, x: &[f64], y: &mut [f64]) {
        y[0] = x[0] * x[0];
    }
    fn pushforward(&self, x: &[f64], dx: &[f64], _: &[f64], dy: &mut [f64]) {
        dy[0] = 2.0 * x[0] * dx[0];
    }
    fn pullback(&self, x: &[f64], _: &[f64], g: &[f64], gx: &mut [f64]) {
        gx[0] = 2.0 * g[0] * x[0];
    }
}

#[test]
fn what_cannot_be_written_is_an_error() {
    let primitive = std::sync::Arc::new(Square);
    let square = Graph::record(|x| apply_primitive(primitive.clone(), x), &[1.0]);
    let error = square.to_bytes().unwrap_err();
    let expected = "`squared_norm` runs code of the user's, so it cannot be written as bytes";
    assert_eq!(error.to_string(), expected);
    assert!(matches!(error, GraphError::UserCode { .. }));
    let root = |a: &[Var]| implicit_root(|a| vec![a[0].sqrt()], |z, a| vec![z[0] * z[0] - a[0]], a);
    // Inside of a body too.
    let rows = |x: &[Var]| map_over(&Rows::new(2).variables(x), |row| root(row)[0]);
    let error = Graph::record(rows, &[4.0, 9.0]).to_bytes().unwrap_err();
    assert_eq!(error, GraphError::UserCode { operation: "implicit_root".to_owned(), into: INTO });
}

#[test]
fn blocks_that_do_not_fit_are_errors() {
    let graph = Graph::record(|x| vector::dot(&x[..2], &x[2..]), &[1.0; 4]);
    let bytes = graph.to_bytes().unwrap();
    let name = bytes.windows(3).position(|w| w == b"dot").unwrap();
    let with = |place: usize, value: u8| {
        let mut bytes = bytes.clone();
        bytes[place] = value;
        Graph::from_bytes(&bytes)
    };
    let problem = "an operation that does not exist for such operands";
    let offset = name + 4;
    assert_eq!(with(name, b'D'), Err(GraphError::Invalid { offset, problem }));
    let problem = "a name that is not text";
    assert_eq!(with(name, 0xff), Err(GraphError::Invalid { offset: name + 3, problem }));
    let problem = "a call of no kind";
    assert_eq!(with(name - 2, 9), Err(GraphError::Invalid { offset: name - 1, problem }));
    for (name, sizes, operands) in [
        ("dot", &[][..], 3),
        ("dot", &[2], 4),
        ("sum", &[], 0),
        ("matmul", &[2, 2, 2], 7),
        ("matmul", &[0, 5, 0], 1),
        ("matmul", &[usize::MAX, usize::MAX, 1], 1),
        ("solve_triangular", &[1, 1, 4], 2),
        ("scatter_to_extremum", &[2], 3),
        ("det", &[2, 2], 4),
        ("rows", &[], 2),
    ] {
        assert!(crate::graph::block::built_in(name, sizes, operands).is_none(), "{name} {sizes:?}");
    }
    assert!(crate::graph::block::built_in("matmul", &[2, 2, 2], 8).is_some());
}

#[test]
fn every_beginning_of_a_graph_is_an_error() {
    let [blocks, _] = with_blocks();
    for bytes in [blocks.to_bytes().unwrap(), rich().to_bytes().unwrap()] {
        for end in 0..bytes.len() {
            assert!(Graph::from_bytes(&bytes[..end]).is_err(), "{end} of {} bytes", bytes.len());
        }
    }
    let bytes = rich().to_bytes().unwrap();
    let longer = [&bytes[..], &[0]].concat();
    let problem = "bytes after its end";
    assert_eq!(
        Graph::from_bytes(&longer),
        Err(GraphError::Invalid { offset: bytes.len(), problem })
    );
    let version = GraphError::NotAGraph { version: 2 };
    assert_eq!(Graph::from_bytes(b"CTGRAPH\x01"), Err(version));
}

/// About how many operations an evaluation takes.
fn work(graph: &Graph) -> usize {
    let of_call = |call: &Call| {
        let (bodies, count) = match call.block.form() {
            Form::Rows(rows) => (&rows.bodies[..], rows.count),
            Form::Recurrence(recurrence) => (&recurrence.bodies[..], recurrence.steps),
            Form::BuiltIn(_) | Form::UserCode => (&[][..], 1),
        };
        let of_bodies = bodies.iter().map(|body| work(&body.graph)).fold(1, usize::saturating_add);
        count.saturating_mul(of_bodies)
    };
    graph.calls.iter().map(of_call).fold(graph.len(), usize::saturating_add)
}

/// Reads bytes and, if they are a graph that is not too large, evaluates it.
fn read_and_evaluate(bytes: &[u8]) {
    let Ok(graph) = Graph::from_bytes(bytes) else { return };
    assert_eq!(Graph::from_bytes(&graph.to_bytes().unwrap()).unwrap().len(), graph.len());
    if graph.inputs() > 1000 || work(&graph) > 20_000 {
        return;
    }
    let _ = (graph.to_string(), graph.to_dot(), graph.simplified());
    let _ = (graph.jacobian_pattern(), graph.hessian_pattern(), graph.to_rust("f"));
    let (inputs, outputs) = (graph.inputs(), graph.outputs().len());
    let mut function = graph.into_function();
    let x = vec![0.5; inputs];
    if function.holds_at(&x) {
        function.values(&x, &mut vec![0.0; outputs]);
        function.vjp(&x, &vec![1.0; outputs], &mut vec![0.0; inputs]);
        function.jvp(&x, &vec![1.0; inputs], &mut vec![0.0; outputs]);
    }
}

proptest! {
    #[test]
    fn random_graphs_round_trip((steps, x) in random::case()) {
        let graph = Graph::record(|x| random::function(&steps, x), &x);
        // Constants may be NaN, which the bytes keep and which is not equal to itself.
        let bytes = graph.to_bytes().unwrap();
        prop_assert_eq!(Graph::from_bytes(&bytes).unwrap().to_bytes().unwrap(), bytes);
    }

    #[test]
    fn random_bytes_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        read_and_evaluate(&bytes);
        read_and_evaluate(&[&MAGIC[..], &[VERSION], &bytes[..]].concat());
    }

    #[test]
    fn mutated_bytes_do_no_harm(
        (steps, x) in random::case(),
        kind in 0..3_usize,
        changes in prop::collection::vec((any::<usize>(), any::<u8>()), 1..6),
    ) {
        let plain = || Graph::record(|x| random::function(&steps, x), &x);
        let graph = match kind {
            0 => plain(),
            1 => rich(),
            _ => with_blocks().into_iter().nth(x.len() % 2).unwrap(),
        };
        let mut bytes = graph.to_bytes().unwrap();
        for (place, value) in changes {
            let place = place % bytes.len();
            bytes[place] = value;
        }
        read_and_evaluate(&bytes);
    }
}
