//! Entrywise and structural functions.

mod extremum;

pub mod add;
pub mod block;
pub mod broadcast;
pub mod column_sums;
pub mod concatenate_columns;
pub mod concatenate_rows;
pub mod cumulative_sum;
pub mod diagonal;
pub mod diagonal_matrix;
pub mod divide;
pub mod elementwise_pow;
pub mod elementwise_powf;
pub mod hadamard;
pub mod map;
pub mod maximum;
pub mod mean;
pub mod minimum;
pub mod permute_rows;
pub mod reshape;
pub mod row_sums;
pub mod scale;
pub mod select_rows;
pub mod skew_symmetrise;
mod slope;
pub mod sub;
pub mod sum;
pub mod symmetrise;
pub mod trace;
pub mod transpose;
pub mod triangular_part;
pub mod vectorise;

pub use cumulative_sum::Direction;
