//! Graphs as bytes.
//!
//! Integers are in base 128, least significant group first. An operand is twice the distance back to
//! the node it names, or one more than twice the number of a constant. After seven letters and the
//! version follow inputs, constants, nodes, guards and outputs; the results of a call are bytes of
//! their own, so a graph is never much larger than its bytes.

mod decode;
mod encode;
mod rows;

#[cfg(feature = "serde")]
mod serde;

use super::error::GraphError;
use super::node::Graph;

/// What the bytes of a graph begin with.
const MAGIC: &[u8; 7] = b"CTGRAPH";
const VERSION: u8 = 1;

/// Bodies inside bodies: not more than a reader has stack for.
const DEEPEST: usize = 32;

/// Rows that take no byte each: not more than this.
const FREE_ROWS: usize = 1 << 16;

impl Graph {
    /// The graph as bytes, to be read by [`from_bytes`](Graph::from_bytes); about four bytes an
    /// operation.
    ///
    /// # Errors
    /// [`GraphError::Unsupported`] for a call to anything but [`sum_over`](crate::sum_over) and
    /// [`map_over`](crate::map_over).
    ///
    /// # Examples
    /// ```
    /// use autodiff::{Graph, GraphError};
    /// use calculus_core::Real;
    /// let graph = Graph::record(|x| x[0].sin() * x[1] + 0.5, &[1.0, 2.0]);
    /// let bytes = graph.to_bytes()?;
    /// assert_eq!(Graph::from_bytes(&bytes)?, graph);
    /// assert!(matches!(Graph::from_bytes(&bytes[..20]), Err(GraphError::Truncated { .. })));
    /// # Ok::<(), GraphError>(())
    /// ```
    pub fn to_bytes(&self) -> Result<Vec<u8>, GraphError> {
        let mut writer = encode::Writer::new();
        writer.bytes.extend_from_slice(MAGIC);
        writer.bytes.push(VERSION);
        writer.graph(self)?;
        Ok(writer.bytes)
    }

    /// The graph that [`to_bytes`](Graph::to_bytes) has written.
    ///
    /// Bytes from anywhere may be given: what comes back is a graph whose evaluation reads nothing that
    /// is not there, or an error. Memory is proportional to the number of bytes; that of an evaluation
    /// also to the number of [`inputs`](Graph::inputs), which is for the caller to compare with what
    /// is expected.
    ///
    /// # Errors
    /// [`GraphError::NotAGraph`], [`GraphError::Truncated`] and [`GraphError::Invalid`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Graph, GraphError> {
        let Some(rest) = bytes.strip_prefix(MAGIC) else {
            return Err(GraphError::NotAGraph { version: VERSION });
        };
        if rest.first() != Some(&VERSION) {
            return Err(GraphError::NotAGraph { version: VERSION });
        }
        let mut reader = decode::Reader::new(bytes, MAGIC.len() + 1);
        let graph = reader.graph(0)?;
        reader.end()?;
        Ok(graph)
    }
}

#[cfg(test)]
mod tests {
    use calculus_core::Real;
    use proptest::prelude::*;

    use super::*;
    use crate::graph::passes::random;
    use crate::{Rows, Var, map_over, scan, sum_over};

    /// A graph with everything that there is.
    fn rich() -> Graph {
        let f = |x: &[Var]| {
            let index: Vec<u32> = vec![1, 0, 1];
            let rows = Rows::new(3)
                .data(vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
                .variables(&x[..3])
                .gather(&x[1..3], 1, index);
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

    #[test]
    fn what_cannot_be_written_is_an_error() {
        let f = |x: &[Var]| scan(&Rows::new(3), &[x[0]], |s, _| vec![s[0] * 2.0])[0];
        let error = Graph::record(f, &[1.0]).to_bytes().unwrap_err();
        assert_eq!(error.to_string(), "`scan` cannot be written as bytes");
    }

    #[test]
    fn every_beginning_of_a_graph_is_an_error() {
        let bytes = rich().to_bytes().unwrap();
        for end in 0..bytes.len() {
            assert!(Graph::from_bytes(&bytes[..end]).is_err(), "{end} of {} bytes", bytes.len());
        }
        let longer = [&bytes[..], &[0]].concat();
        let problem = "bytes after its end";
        assert_eq!(
            Graph::from_bytes(&longer),
            Err(GraphError::Invalid { offset: bytes.len(), problem })
        );
        let version = GraphError::NotAGraph { version: 1 };
        assert_eq!(Graph::from_bytes(b"CTGRAPH\x02"), Err(version));
    }

    /// Reads bytes and, if they are a graph that is not too large, evaluates it.
    fn read_and_evaluate(bytes: &[u8]) {
        let Ok(graph) = Graph::from_bytes(bytes) else { return };
        assert_eq!(Graph::from_bytes(&graph.to_bytes().unwrap()).unwrap().len(), graph.len());
        if graph.inputs() > 1000 || !graph.calls.is_empty() {
            return;
        }
        let _ = (graph.to_string(), graph.to_dot(), graph.simplified());
        let _ = (graph.jacobian_pattern(), graph.hessian_pattern());
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
            has_rows in any::<bool>(),
            changes in prop::collection::vec((any::<usize>(), any::<u8>()), 1..6),
        ) {
            let plain = || Graph::record(|x| random::function(&steps, x), &x);
            let mut bytes = if has_rows { rich() } else { plain() }.to_bytes().unwrap();
            for (place, value) in changes {
                let place = place % bytes.len();
                bytes[place] = value;
            }
            read_and_evaluate(&bytes);
        }
    }
}
