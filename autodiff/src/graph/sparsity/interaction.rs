//! In which operands an operation is linear.

use calculus_core::elementary::{Binary, Unary};

use super::entries::Entries;
use crate::graph::node::{Graph, Operand};
use crate::graph::op::Op;

/// The second derivatives of an operation that may be other than zero.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Interaction {
    /// Not even the first derivatives are.
    Constant,
    /// None, but for jumps of the slope.
    Linear,
    /// $\partial_a \partial_b$.
    Product(Operand, Operand),
    /// $\partial_a \partial_b$ and $\partial_b^2$.
    Quotient(Operand, Operand),
    /// $\partial_a^2$.
    Unary(Operand),
    /// All.
    Binary(Operand, Operand),
}

/// The interaction of the operands of a node that is not the result of a call.
pub(super) fn of(graph: &Graph, index: usize) -> Interaction {
    let node = graph.node(index);
    let constant = |operand: Operand| graph.constants[operand.index()];
    match (node.op, node.operands) {
        (Op::Copy, _) => Interaction::Linear,
        (Op::Unary(row), [Some(a), ..]) => match row {
            Unary::Signum
            | Unary::Sign
            | Unary::Floor
            | Unary::Ceil
            | Unary::Round
            | Unary::Trunc => Interaction::Constant,
            Unary::Neg | Unary::Abs => Interaction::Linear,
            _ => Interaction::Unary(a),
        },
        (Op::Binary(row), [Some(a), Some(b), _]) => match row {
            Binary::Above => Interaction::Constant,
            Binary::Add | Binary::Sub | Binary::Min | Binary::Max => Interaction::Linear,
            Binary::Mul | Binary::ProductOrZero => Interaction::Product(a, b),
            Binary::Div | Binary::RatioOrZero => Interaction::Quotient(a, b),
            _ => Interaction::Binary(a, b),
        },
        (Op::Powi, [Some(a), ..]) => power(a, f64::from(node.parameter.unwrap_or(0) as i32)),
        (Op::Powf, [Some(a), Some(p), _]) => power(a, constant(p)),
        (Op::Polygamma, [Some(a), ..]) => Interaction::Unary(a),
        (Op::MulAdd, [Some(a), Some(b), _]) => Interaction::Product(a, b),
        _ => unreachable!("every operation reads its operands"),
    }
}

fn power(a: Operand, exponent: f64) -> Interaction {
    if exponent == 0.0 {
        Interaction::Constant
    } else if exponent == 1.0 {
        Interaction::Linear
    } else {
        Interaction::Unary(a)
    }
}

impl Interaction {
    fn operands(self) -> [Option<Operand>; 2] {
        match self {
            Self::Constant | Self::Linear => [None, None],
            Self::Unary(a) => [Some(a), None],
            Self::Product(a, b) | Self::Quotient(a, b) | Self::Binary(a, b) => [Some(a), Some(b)],
        }
    }

    /// Calls `f` with the operands that take part and are not constants.
    pub(super) fn each_operand(self, f: &mut impl FnMut(usize)) {
        let operands = self.operands().into_iter().flatten();
        operands.filter(|operand| !operand.is_constant()).for_each(|operand| f(operand.index()));
    }

    /// Adds the entries that the operation makes.
    pub(super) fn add_to(self, entries: &mut Entries) {
        let mut add = |a: Operand, b: Operand| {
            if !a.is_constant() && !b.is_constant() {
                entries.add_product(a.index(), b.index());
            }
        };
        match self {
            Self::Constant | Self::Linear => {}
            Self::Unary(a) => add(a, a),
            Self::Product(a, b) => add(a, b),
            Self::Quotient(a, b) => {
                add(a, b);
                add(b, b);
            }
            Self::Binary(a, b) => {
                add(a, a);
                add(a, b);
                add(b, b);
            }
        }
    }
}
