//! The same for every row of a table: one body recorded once, evaluated for all rows.

mod builder;
mod interpret;
mod jacobian;
mod lanes;
mod map;
mod over;
mod pattern;
mod recorder;

pub use builder::Rows;
pub(crate) use map::{Body, Column, Cotangents, Place, RowMap};
pub(crate) use over::{convert_all, recorded};
pub use over::{map_over, sum_over};
pub(crate) use pattern::of_bodies;
pub(crate) use recorder::Recorder;
