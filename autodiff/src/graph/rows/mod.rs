//! The same for every row of a table: one body recorded once, evaluated for all rows.

mod builder;
mod interpret;
mod jacobian;
mod lanes;
mod map;

pub(crate) use builder::Recorder;
pub use builder::{Rows, map_over, sum_over};
pub(crate) use map::{Body, Column, Cotangents, Place, RowMap};
