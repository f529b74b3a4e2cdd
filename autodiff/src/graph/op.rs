//! The operations a graph is made of, and their op codes.

use core::fmt;

use calculus_core::elementary::{Binary, Unary};

/// One operation of a graph.
///
/// The rows of the table of elementary functions, and the operations that carry a parameter. In
/// memory an operation is one byte, its op code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    /// The operand itself: where an inner differentiation begins.
    Copy,
    /// A function of one argument.
    Unary(Unary),
    /// A function of two arguments.
    Binary(Binary),
    /// $a^n$; the second operand holds the integer $n$.
    Powi,
    /// $a^p$; the second operand is the constant $p$.
    Powf,
    /// $\psi^{(n)}(a)$; the second operand holds the integer $n$.
    Polygamma,
    /// $ab + c$, rounded once; the first operand is the place of the three in the operand list.
    MulAdd,
    /// One of the results of a call to a block of operations; all of them follow one another.
    Result,
}

const COPY: u8 = 0;
const POWI: u8 = 1;
const POWF: u8 = 2;
const POLYGAMMA: u8 = 3;
const MUL_ADD: u8 = 4;
const RESULT: u8 = 5;
const FIRST_BINARY: u8 = 16;
const FIRST_UNARY: u8 = 64;

/// The operation of every op code.
const DECODED: [Option<Op>; 256] = {
    let mut table = [None; 256];
    table[COPY as usize] = Some(Op::Copy);
    table[POWI as usize] = Some(Op::Powi);
    table[POWF as usize] = Some(Op::Powf);
    table[POLYGAMMA as usize] = Some(Op::Polygamma);
    table[MUL_ADD as usize] = Some(Op::MulAdd);
    table[RESULT as usize] = Some(Op::Result);
    let mut i = 0;
    while i < Binary::ALL.len() {
        table[FIRST_BINARY as usize + i] = Some(Op::Binary(Binary::ALL[i]));
        i += 1;
    }
    i = 0;
    while i < Unary::ALL.len() {
        table[FIRST_UNARY as usize + i] = Some(Op::Unary(Unary::ALL[i]));
        i += 1;
    }
    table
};

impl Op {
    /// The op code.
    #[inline(always)]
    pub(crate) const fn code(self) -> u8 {
        match self {
            Op::Copy => COPY,
            Op::Powi => POWI,
            Op::Powf => POWF,
            Op::Polygamma => POLYGAMMA,
            Op::MulAdd => MUL_ADD,
            Op::Result => RESULT,
            Op::Binary(row) => FIRST_BINARY + row as u8,
            Op::Unary(row) => FIRST_UNARY + row as u8,
        }
    }

    /// The operation of an op code that [`code`](Op::code) has made.
    #[inline(always)]
    pub(crate) fn decode(code: u8) -> Op {
        DECODED[code as usize].expect("an op code written by `Op::code`")
    }

    /// The operation of a byte, if it is an op code.
    pub(crate) const fn try_decode(code: u8) -> Option<Op> {
        DECODED[code as usize]
    }

    /// The number of operands, the constant exponent of a power counted; those of a call are listed
    /// apart.
    pub(crate) const fn arity(self) -> usize {
        match self {
            Op::Copy | Op::Unary(_) | Op::Powi | Op::Polygamma => 1,
            Op::Binary(_) | Op::Powf => 2,
            Op::MulAdd => 3,
            Op::Result => 0,
        }
    }

    /// The name of the operation.
    pub fn name(self) -> &'static str {
        match self {
            Op::Copy => "copy",
            Op::Powi => "powi",
            Op::Powf => "powf",
            Op::Polygamma => "polygamma",
            Op::MulAdd => "mul_add",
            Op::Result => "result",
            Op::Binary(row) => row.name(),
            Op::Unary(row) => row.name(),
        }
    }
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn op_codes_round_trip() {
        let fixed = [Op::Copy, Op::Powi, Op::Powf, Op::Polygamma, Op::MulAdd, Op::Result];
        let binary = Binary::ALL.iter().map(|&row| Op::Binary(row));
        let unary = Unary::ALL.iter().map(|&row| Op::Unary(row));
        for op in fixed.into_iter().chain(binary).chain(unary) {
            assert_eq!(Op::decode(op.code()), op);
        }
    }
}
