//! Algebraic identities that hold exactly in IEEE arithmetic.

use calculus_core::elementary::{Binary, Unary};

use super::rewrite::{Item, Rewriter, rewrite};
use crate::graph::node::{Graph, Operand};
use crate::graph::op::Op;

/// The graph with simpler operations for the same numbers.
pub(super) fn apply(graph: &Graph) -> Graph {
    // What each negation in the new graph negates, by the number of the node.
    let mut negated: Vec<Option<Operand>> = vec![None; graph.inputs + graph.len()];
    rewrite(graph, |new, item, _| {
        let name = simplify(new, &item, &negated);
        let name = name.unwrap_or_else(|item| {
            let name = new.emit(item);
            if item.op == Op::Unary(Unary::Neg) {
                negated[name.index()] = Some(item.operands[0]);
            }
            name
        });
        Some(name)
    })
}

/// What the node is equal to, or else the node to emit.
fn simplify(new: &mut Rewriter, item: &Item, negated: &[Option<Operand>]) -> Result<Operand, Item> {
    let [a, b, _] = item.operands;
    let is = |operand, value: f64| {
        new.known(operand).is_some_and(|known| known.to_bits() == value.to_bits())
    };
    match item.op {
        Op::Copy => Ok(a),
        // Not x + 0: it turns -0 into 0.
        Op::Binary(Binary::Add) if is(b, -0.0) => Ok(a),
        Op::Binary(Binary::Add) if is(a, -0.0) => Ok(b),
        Op::Binary(Binary::Sub) if is(b, 0.0) => Ok(a),
        Op::Binary(Binary::Sub) if is(a, -0.0) => Err(Item::unary(Op::Unary(Unary::Neg), b)),
        Op::Binary(Binary::Mul) if is(b, 1.0) => Ok(a),
        Op::Binary(Binary::Mul) if is(a, 1.0) => Ok(b),
        Op::Binary(Binary::Mul) if is(b, -1.0) => Err(Item::unary(Op::Unary(Unary::Neg), a)),
        Op::Binary(Binary::Mul) if is(a, -1.0) => Err(Item::unary(Op::Unary(Unary::Neg), b)),
        Op::Binary(Binary::Div) if is(b, 1.0) => Ok(a),
        Op::Binary(Binary::Div) => match new.known(b).and_then(exact_reciprocal) {
            Some(reciprocal) => {
                let reciprocal = new.constant(reciprocal);
                Err(Item::binary(Op::Binary(Binary::Mul), a, reciprocal))
            }
            None => Err(*item),
        },
        Op::Unary(Unary::Neg) if !a.is_constant() => match negated[a.index()] {
            Some(inner) => Ok(inner),
            None => Err(*item),
        },
        Op::Powi if item.parameter == 0 => Ok(new.constant(1.0)),
        Op::Powi if item.parameter == 1 => Ok(a),
        Op::Powi if item.parameter == 2 => Err(Item::binary(Op::Binary(Binary::Mul), a, a)),
        _ => Err(*item),
    }
}

/// $1/c$ where it is exact: for a power of two whose reciprocal is a normal number.
fn exact_reciprocal(c: f64) -> Option<f64> {
    const MANTISSA: u64 = (1 << 52) - 1;
    let reciprocal = 1.0 / c;
    let exact = c.is_normal() && reciprocal.is_normal() && c.to_bits() & MANTISSA == 0;
    exact.then_some(reciprocal)
}

#[cfg(test)]
mod tests {
    use calculus_core::Real;

    use super::*;
    use crate::Var;
    use crate::graph::passes::random;

    fn simplified(f: impl Fn(&[Var]) -> Var) -> String {
        apply(&Graph::record(|x| f(x), &[3.0, 2.0])).to_string()
    }

    #[test]
    fn what_does_nothing_is_gone() {
        for f in [
            |x: &[Var]| x[0] * 1.0,
            |x: &[Var]| 1.0 * x[0],
            |x: &[Var]| x[0] - 0.0,
            |x: &[Var]| x[0] + -0.0,
            |x: &[Var]| x[0] / 1.0,
            |x: &[Var]| -(-x[0]),
            |x: &[Var]| x[0].powi(1),
        ] {
            // Of two negations the first one is left over.
            let text = simplified(f);
            assert!(text.ends_with("return %0\n"), "{text}");
        }
    }

    #[test]
    fn what_costs_less_takes_its_place() {
        let lines = |f: fn(&[Var]) -> Var| simplified(f).lines().nth(2).map(str::to_owned);
        assert_eq!(lines(|x| x[0] * -1.0).as_deref(), Some("%2 = neg %0"));
        assert_eq!(lines(|x| x[0].powi(2)).as_deref(), Some("%2 = mul %0, %0"));
        assert_eq!(lines(|x| x[0] / 8.0).as_deref(), Some("%2 = mul %0, 0.125"));
    }

    #[test]
    fn what_is_not_exact_stays() {
        for f in [
            |x: &[Var]| x[0] + 0.0,
            |x: &[Var]| x[0] * 0.0,
            |x: &[Var]| x[0] - x[0],
            |x: &[Var]| x[0] / x[0],
            |x: &[Var]| x[0] / 3.0,
            |x: &[Var]| x[0] / 5e-324,
        ] {
            let graph = Graph::record(f, &[3.0, 2.0]);
            assert_eq!(apply(&graph).nodes().next().unwrap().op, graph.nodes().next().unwrap().op);
        }
    }

    #[test]
    fn random_graphs_keep_their_values_and_derivatives() {
        random::unchanged_by(apply);
    }
}
