//! Combinators that are one node of a graph, against the same functions written as loops.

mod harness;
mod many;
mod rows;
mod scan;
