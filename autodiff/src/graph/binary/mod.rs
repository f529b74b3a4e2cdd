//! Graphs as bytes.
//!
//! Integers are in base 128, least significant group first. An operand is twice the distance back to
//! the node it names, or one more than twice the number of a constant. After seven letters and the
//! version follow inputs, constants, nodes, guards and outputs; the results of a call are bytes of
//! their own, so a graph is never much larger than its bytes. Rows and recurrences hold their bodies
//! as graphs; other blocks are a name and some sizes.

mod blocks;
mod decode;
mod encode;
mod rows;

#[cfg(feature = "serde")]
mod serde;

use super::error::GraphError;
use super::node::Graph;
use super::scan::KEPT;

/// What the bytes of a graph begin with.
const MAGIC: &[u8; 7] = b"CTGRAPH";
const VERSION: u8 = 2;

/// What a graph could not be, in errors.
const INTO: &str = "written as bytes";

/// Bodies inside bodies: not more than a reader has stack for.
const DEEPEST: usize = 32;

/// Rows and steps that take no byte each: not more than this.
const FREE_ROWS: usize = 1 << 20;

impl Graph {
    /// The graph as bytes, to be read by [`from_bytes`](Graph::from_bytes); about four bytes an
    /// operation.
    ///
    /// # Errors
    /// [`GraphError::UserCode`] for a [`Primitive`](crate::Primitive) or an implicit function, whose
    /// code no bytes hold; [`GraphError::Unsupported`] for more than $2^{20}$ rows or steps that read
    /// nothing of their own.
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
    /// is expected. A [`scan`](crate::scan) keeps 64 MiB at most for its own sweep, also if it was
    /// recorded with more checkpoints.
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
mod tests;
