//! Recorded functions: record once, replay at new points, differentiate in reverse.
//!
//! Running a function on [`Var`]s records a [`Graph`]: its elementary operations in order, without
//! values. A [`Function`] is a graph with a workspace, replayed at new points without recording
//! again.

mod aligned;
mod binary;
mod block;
mod buffer;
mod display;
mod distinct;
mod eager;
mod emit;
mod engine;
mod error;
mod function;
mod grouped;
mod guard;
mod inline;
mod many;
mod nested;
mod node;
mod op;
mod passes;
mod program;
mod reads;
mod record;
mod restored;
mod rows;
mod scan;
mod sparse;
mod sparse_rows;
mod sparsity;
mod var;

#[cfg(feature = "testing")]
pub use block::check_primitive;
pub use block::{Primitive, apply_primitive, implicit_minimum, implicit_root, matrix, vector};
pub use error::GraphError;
pub use function::Function;
pub use node::{Graph, Node, Operand};
pub use op::Op;
pub use record::Outputs;
pub use rows::{Rows, map_over, sum_over};
pub use scan::{scan, scan_checkpointed};
pub use sparse::{SparseHessian, SparseJacobian};
pub use sparse_rows::SparseJacobianByRows;
pub use var::Var;

pub(crate) use eager::eager_gradient;
pub(crate) use nested::nested_gradient;
pub(crate) use program::Program;
pub(crate) use record::{is_recording, record};
