//! Which values a reverse sweep reads.

use core::ops::Range;

use calculus_core::elementary::{Binary, Unary};

use super::op::Op;

/// Ranges with fewer places between them are one: copying those too costs less than another copy.
const GAP: usize = 16;

/// The values that the reverse rule of an operation reads.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Reads {
    pub(super) operands: [bool; 3],
    /// The value of the operation itself.
    pub(super) value: bool,
}

impl Reads {
    /// Those of an operation of which the operands given are constants, and get no adjoint.
    pub(super) fn of(op: Op, constant: [bool; 3]) -> Self {
        let [a, b, _] = constant;
        let (operands, value) = match op {
            Op::Copy | Op::Result | Op::Binary(Binary::Add | Binary::Sub) => ([false; 3], false),
            Op::Binary(Binary::Mul) | Op::MulAdd => ([!b, !a, false], false),
            Op::Binary(Binary::Div) => ([false, true, false], !b),
            Op::Binary(_) => ([true, true, false], true),
            Op::Powi | Op::Powf | Op::Polygamma => ([true, false, false], false),
            Op::Unary(row) => match row {
                Unary::Neg
                | Unary::Signum
                | Unary::Sign
                | Unary::Floor
                | Unary::Ceil
                | Unary::Round
                | Unary::Trunc => ([false; 3], false),
                Unary::Recip
                | Unary::Sqrt
                | Unary::Cbrt
                | Unary::Exp
                | Unary::Exp2
                | Unary::Tan => ([false; 3], true),
                Unary::Sigmoid => ([true, false, false], true),
                _ => ([true, false, false], false),
            },
        };
        Self { operands, value }
    }
}

/// The marked places from `first` on as ranges, with a few of those between them.
pub(super) fn ranges(marked: &[bool], first: usize) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for place in (first..marked.len()).filter(|&place| marked[place]) {
        match ranges.last_mut() {
            Some(range) if place < range.end + GAP => range.end = place + 1,
            _ => ranges.push(place..place + 1),
        }
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slope_depends_on_what_it_reads_alone() {
        for &row in Unary::ALL {
            let Reads { operands: [argument, ..], value } = Reads::of(Op::Unary(row), [false; 3]);
            for x in [0.3, 0.9, 1.5] {
                let y = row.value(x);
                let stale = row.derivative(
                    if argument { x } else { f64::NAN },
                    if value { y } else { f64::NAN },
                );
                assert_eq!(stale.to_bits(), row.derivative(x, y).to_bits(), "{} {x}", row.name());
            }
        }
    }

    #[test]
    fn places_close_to_one_another_are_one_range() {
        let mut marked = vec![false; 100];
        for place in [0, 5, 6, 8, 60] {
            marked[place] = true;
        }
        assert_eq!(ranges(&marked, 1), [5..9, 60..61]);
    }
}
