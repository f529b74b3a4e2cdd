//! Recorded functions: combinators that are one node against the same functions written as loops,
//! prepared functions, sparse derivatives, decisions and misuse.

mod blocks;
mod emit;
mod functions;
mod grouped;
mod guards;
mod harness;
mod implicit;
mod many;
mod misuse;
mod rows;
mod scan;
mod sparse;
