//! One operation, or one decision, as an expression.

use calculus_core::elementary::{Binary, Unary};

use crate::graph::error::GraphError;
use crate::graph::guard::Guard;
use crate::graph::node::{Graph, Node, Operand};
use crate::graph::op::Op;

/// What operands are called.
pub(super) struct Names<'g>(pub(super) &'g Graph);

impl Names<'_> {
    pub(super) fn of(&self, operand: Operand) -> String {
        let index = operand.index();
        if operand.is_constant() {
            literal(self.0.constants[index])
        } else if index < self.0.inputs {
            format!("x[{index}]")
        } else if let Some(call) = self.0.call_of(index) {
            format!("y{}[{}]", call.first, index - call.first)
        } else {
            format!("v{index}")
        }
    }
}

/// A number as a literal that is read back as the same number, and can be followed by a method.
pub(super) fn literal(value: f64) -> String {
    if value.is_nan() {
        "f64::NAN".to_owned()
    } else if value == f64::INFINITY {
        "f64::INFINITY".to_owned()
    } else if value == f64::NEG_INFINITY {
        "f64::NEG_INFINITY".to_owned()
    } else if value.is_sign_negative() {
        format!("({value:?}_f64)")
    } else {
        format!("{value:?}_f64")
    }
}

/// The operation of a node.
pub(super) fn expression(graph: &Graph, node: &Node) -> Result<String, GraphError> {
    let [a, b, c] = node.operands.map(|o| o.map(|o| Names(graph).of(o)).unwrap_or_default());
    let name = node.op.name();
    let parameter = node.parameter.unwrap_or(0);
    Ok(match node.op {
        Op::Copy => a,
        Op::Powi => format!("{a}.powi({parameter})"),
        Op::Powf | Op::Binary(Binary::Pow) => format!("{a}.powf({b})"),
        Op::MulAdd => format!("{a}.mul_add({b}, {c})"),
        Op::Unary(Unary::Neg) => format!("-{a}"),
        Op::Unary(Unary::Sigmoid | Unary::Softplus | Unary::Sign) => format!("{name}({a})"),
        Op::Unary(Unary::Erf | Unary::Erfc | Unary::LnGamma | Unary::Digamma)
        | Op::Polygamma
        | Op::Result => {
            let into = "emitted as Rust source";
            return Err(GraphError::Unsupported { operation: name.to_owned(), into });
        }
        Op::Unary(_) => format!("{a}.{name}()"),
        Op::Binary(Binary::Add) => format!("{a} + {b}"),
        Op::Binary(Binary::Sub) => format!("{a} - {b}"),
        Op::Binary(Binary::Mul) => format!("{a} * {b}"),
        Op::Binary(Binary::Div) => format!("{a} / {b}"),
        Op::Binary(Binary::Above | Binary::RatioOrZero | Binary::ProductOrZero) => {
            format!("{name}({a}, {b})")
        }
        Op::Binary(_) => format!("{a}.{name}({b})"),
    })
}

/// The definition of a function that the standard library does not have.
pub(super) fn helper(op: Op) -> Option<&'static str> {
    match op {
        Op::Unary(Unary::Sigmoid) => Some(
            "    fn sigmoid(x: f64) -> f64 {
        let e = (-x.abs()).exp();
        if x >= 0.0 { 1.0 / (1.0 + e) } else { e / (1.0 + e) }
    }
",
        ),
        Op::Unary(Unary::Softplus) => Some(
            "    fn softplus(x: f64) -> f64 {
        if x.is_nan() { x } else { x.max(0.0) + (-x.abs()).exp().ln_1p() }
    }
",
        ),
        Op::Unary(Unary::Sign) => Some(
            "    fn sign(x: f64) -> f64 {
        if x == 0.0 { 0.0 } else { x.signum() }
    }
",
        ),
        Op::Binary(Binary::Above) => Some(
            "    fn above(a: f64, b: f64) -> f64 {
        if a > b || b.is_nan() {
            1.0
        } else if a < b || a.is_nan() {
            0.0
        } else {
            0.5
        }
    }
",
        ),
        Op::Binary(Binary::RatioOrZero) => Some(
            "    fn ratio_or_zero(a: f64, b: f64) -> f64 {
        if b == 0.0 { 0.0 } else { a / b }
    }
",
        ),
        Op::Binary(Binary::ProductOrZero) => Some(
            "    fn product_or_zero(a: f64, b: f64) -> f64 {
        if a == 0.0 || b == 0.0 { 0.0 } else { a * b }
    }
",
        ),
        _ => None,
    }
}

/// The condition that a decision comes out differently.
pub(super) fn guard(graph: &Graph, guard: &Guard) -> String {
    let [a, b] = guard.operands().map(|o| o.map(|o| Names(graph).of(o)).unwrap_or_default());
    let compared = |operator: &str, holds: bool| {
        if holds { format!("!({a} {operator} {b})") } else { format!("{a} {operator} {b}") }
    };
    match *guard {
        Guard::Less { holds, .. } => compared("<", holds),
        Guard::LessOrEqual { holds, .. } => compared("<=", holds),
        Guard::Equal { holds, .. } => compared("==", holds),
        Guard::Ordering { ordering, .. } => {
            let ordering = match ordering {
                None => "None".to_owned(),
                Some(ordering) => format!("Some(core::cmp::Ordering::{ordering:?})"),
            };
            format!("{a}.partial_cmp(&{b}) != {ordering}")
        }
        Guard::Value { bits, .. } => format!("{a}.to_bits() != {bits:#x}"),
    }
}
