//! Operations on vectors of any scalar that are one node of a graph each.
//!
//! Called with `f64`, duals or jets they compute; with [`Var`] they record a single node, however
//! many entries there are, which is evaluated and swept by a plain loop over the entries. Derivatives
//! of every order exist.
//!
//! A replay copies no entries that are recorded one after another, as the inputs of a function are,
//! any part of them, and the results of [`map_over`](crate::map_over): they are passed as a slice,
//! and where nothing else has contributed to their adjoints before, these are written in place.
//! Entries from several such stretches are copied first, stretch by stretch, and entries in any other
//! order one by one. So `sum(&x[1..])` copies nothing, and `sum(&[x[1], x[0]])` two numbers:
//! ```
//! use autodiff::{Function, Var, vector};
//! let slice = |x: &[Var]| vector::sum(&x[1..]);
//! assert!(Function::new(slice, &[1.0, 2.0, 3.0]).graph().to_string().contains("sum(%1, %2)"));
//! ```
//!
//! # Examples
//! ```
//! use autodiff::{gradient, vector};
//! use calculus_core::Real;
//!
//! fn model<T: Real>(w: &[T]) -> T {
//!     vector::log_sum_exp(w) + vector::dot(w, &[T::from(1.0), T::from(2.0)])
//! }
//! assert_eq!(gradient(model, &[0.0, 0.0]), [1.5, 2.5]);
//! assert_eq!(model(&[0.0, 0.0]), 2.0_f64.ln());
//! ```

mod dot;
mod extremum;
mod log_sum_exp;
mod norm;
mod softmax;
mod sum;
mod summation;

use core::any::TypeId;
use std::sync::Arc;

use calculus_core::Real;

pub use dot::dot;
pub use extremum::{maximum, minimum};
pub use log_sum_exp::log_sum_exp;
pub use norm::{norm, squared_norm};
pub use softmax::softmax;
pub use sum::sum;

use self::dot::Dot;
use self::extremum::{Extremum, Scatter, Select, Which};
use self::log_sum_exp::LogSumExp;
use self::norm::{Norm, SquaredNorm};
use self::softmax::Softmax;
use self::sum::Sum;
use super::{Block, Evaluate, call};
use crate::Var;
use crate::graph::record::is_recording_body;
use crate::scalar::convert;

/// The results of the block recorded as one call, if the operands are variables.
#[track_caller]
fn recorded<T: Real>(block: impl Evaluate, operands: &[&[T]]) -> Option<Vec<T>> {
    if TypeId::of::<T>() != TypeId::of::<Var>() {
        return None;
    }
    let operands: Vec<Var> = operands.iter().copied().flatten().map(|&x| convert(x)).collect();
    Some(call(Arc::new(block), &operands).into_iter().map(convert).collect())
}

/// The block of a name and sizes, if there is one for as many operands.
pub(super) fn built_in(name: &str, sizes: &[usize], operands: usize) -> Option<Arc<dyn Block>> {
    let which = |k| [Which::Smallest, Which::Largest].into_iter().find(|&of| of as usize == k);
    Some(match (name, sizes) {
        ("sum", []) => Arc::new(Sum),
        ("dot", []) if operands.is_multiple_of(2) => Arc::new(Dot),
        ("squared_norm", []) => Arc::new(SquaredNorm),
        ("norm", []) => Arc::new(Norm),
        ("log_sum_exp", []) => Arc::new(LogSumExp),
        ("softmax", []) => Arc::new(Softmax),
        ("minimum", []) => Arc::new(Extremum { of: Which::Smallest }),
        ("maximum", []) => Arc::new(Extremum { of: Which::Largest }),
        ("scatter_to_extremum", &[of]) => Arc::new(Scatter { of: which(of)? }),
        ("select_at_extremum", &[of]) if operands.is_multiple_of(2) => {
            Arc::new(Select { of: which(of)? })
        }
        _ => return None,
    })
}

/// Whether the scalars are variables in the body of rows: there the program of lanes makes one
/// instruction of sums and products, and a call would hide them.
fn in_body<T: Real>() -> bool {
    TypeId::of::<T>() == TypeId::of::<Var>() && is_recording_body()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Dual;
    use crate::graph::block::{Memory, Replay};

    fn blocks() -> [Box<dyn Block>; 8] {
        [
            Box::new(Sum),
            Box::new(Dot),
            Box::new(SquaredNorm),
            Box::new(Norm),
            Box::new(LogSumExp),
            Box::new(Softmax),
            Box::new(Extremum { of: Which::Smallest }),
            Box::new(Extremum { of: Which::Largest }),
        ]
    }

    /// Several rows at once give every bit of what one row alone gives.
    fn assert_lanes_agree<T: Replay + core::fmt::Debug>(n: usize, entry: impl Fn(usize) -> T) {
        for lanes in [1, 3, 8] {
            let x: Vec<T> = (0..n * lanes).map(&entry).collect();
            for block in blocks() {
                let results = block.results(n);
                let (mut memory, mut one) = (Memory::default(), Memory::default());
                let mut y = vec![T::from(0.0); results * lanes];
                T::evaluate_lanes(&*block, &x, &mut y, lanes, &mut memory);
                for lane in 0..lanes {
                    let row: Vec<T> = x[lane..].iter().step_by(lanes).copied().collect();
                    let mut expected = vec![T::from(0.0); results];
                    T::evaluate(&*block, &row, &mut expected, &mut one);
                    let found: Vec<T> = y[lane..].iter().step_by(lanes).copied().collect();
                    assert_eq!(format!("{found:?}"), format!("{expected:?}"), "{block:?}");
                }
            }
        }
    }

    #[test]
    fn several_rows_at_once_equal_one_row_alone() {
        for n in [2, 10, 32, 70] {
            assert_lanes_agree(n, |k| ((7 * k) as f64).sin() * 3.0);
            assert_lanes_agree(n, |k| Dual::new((k as f64).cos(), [k as f64 + 0.5]));
            assert_lanes_agree(n, |k| {
                let tangent = core::array::from_fn(|t| (t + k) as f64 - 5.0);
                Dual::<f64, 8>::new((k as f64).cos(), tangent)
            });
        }
    }

    #[test]
    fn special_values_in_several_rows() {
        let special = [0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 1e-310, 1e300, 1.0];
        for first in 0..8 {
            for step in [1, 3, 8] {
                assert_lanes_agree(2, |k| special[(first + k * step) % 8]);
            }
        }
    }
}
