//! A gradient taken while another recording is under way.

use calculus_core::Real;
use calculus_core::elementary::{Binary, Unary};

use super::node::Operand;
use super::op::Op;
use super::program::unary_derivative;
use super::record::with_tape;
use super::var::Var;

/// The value and gradient of `f` at the variables `x`, recorded into the recording that made them.
///
/// The inner function works on copies of `x`, recorded at the end of the graph, so it may capture
/// variables of the outer recording: they lie before the copies and are constants to the inner
/// sweep, and variables to the outer one. The reverse sweep over the nodes since then is recorded
/// like any other computation, hence can be differentiated in turn.
#[track_caller]
pub(crate) fn nested_gradient(f: impl FnOnce(&[Var]) -> Var, x: &[Var]) -> (Var, Vec<Var>) {
    let zero = Var::from(0.0);
    let mut copies = Vec::with_capacity(x.len());
    let start = with_tape(|tape| {
        for &x in x {
            let a = tape.operand(x)?;
            let copy = Operand::node(tape.push(Op::Copy, a.raw(), 0));
            copies.push(tape.named(copy, x.primal()));
        }
        Ok(tape.len() - x.len())
    });
    let y = f(&copies);
    // Also a result that does not depend on the copies must belong to this recording.
    with_tape(|tape| tape.operand(y));
    if y.is_constant() || (y.index() as usize) < start {
        return (y, vec![zero; x.len()]);
    }
    let end = y.index() as usize + 1;
    with_tape(|tape| {
        tape.values();
        Ok(())
    });

    // Which nodes depend on the copies: no adjoint work for the others.
    let mut active = vec![false; end - start];
    active[..x.len()].fill(true);
    let mut adjoints = vec![zero; end - start];
    adjoints[end - 1 - start] = Var::from(1.0);
    let inner = |operand: Operand| {
        (!operand.is_constant() && operand.index() >= start).then(|| operand.index() - start)
    };
    for i in x.len()..end - start {
        let node = with_tape(|tape| Ok(tape.graph.node(start + i)));
        let mut operands = node.operands.into_iter().flatten();
        active[i] = operands.any(|operand| inner(operand).is_some_and(|k| active[k]));
    }

    for i in (x.len()..end - start).rev() {
        let g = adjoints[i];
        if !active[i] || g.is_zero() {
            continue;
        }
        let node = with_tape(|tape| Ok(tape.graph.node(start + i)));
        let read = |operand: Operand| with_tape(|tape| Ok(tape.variable(operand)));
        let value = read(Operand::node((start + i) as u32));
        let mut accumulate = |operand: Operand, term: &dyn Fn() -> Var| {
            if let Some(k) = inner(operand).filter(|&k| active[k]) {
                let term = term();
                adjoints[k] = if adjoints[k].is_zero() { term } else { adjoints[k] + term };
            }
        };
        match (node.op, node.operands) {
            (Op::Binary(Binary::Add), [Some(a), Some(b), _]) => {
                accumulate(a, &|| g);
                accumulate(b, &|| g);
            }
            (Op::Binary(Binary::Sub), [Some(a), Some(b), _]) => {
                accumulate(a, &|| g);
                accumulate(b, &|| -g);
            }
            (Op::Binary(Binary::Mul), [Some(a), Some(b), _]) => {
                let (x, z) = (read(a), read(b));
                accumulate(a, &|| g * z);
                accumulate(b, &|| g * x);
            }
            (Op::Binary(row), [Some(a), Some(b), _]) => {
                let (x, z) = (read(a), read(b));
                accumulate(a, &|| times_slope(g, row.partial_a(x, z, value)));
                accumulate(b, &|| times_slope(g, row.partial_b(x, z, value)));
            }
            (Op::MulAdd, [Some(a), Some(b), Some(c)]) => {
                let (x, z) = (read(a), read(b));
                accumulate(a, &|| g * z);
                accumulate(b, &|| g * x);
                accumulate(c, &|| g);
            }
            (Op::Copy, [Some(a), ..]) => accumulate(a, &|| g),
            (Op::Unary(Unary::Neg), [Some(a), ..]) => accumulate(a, &|| -g),
            (op, [Some(a), ..]) => {
                // The integer of `powi` and `polygamma` as it is stored; the number of `powf`.
                let parameter = node.parameter.map_or(0, |n| n as u32);
                let exponent = |_| node.operands[1].map_or(0.0, |p| read(p).primal());
                let x = read(a);
                accumulate(a, &|| {
                    times_slope(g, unary_derivative(op, parameter, x, value, exponent))
                });
            }
            (_, [None, ..]) => unreachable!("every operation reads an operand"),
        }
    }
    adjoints.truncate(x.len());
    (y, adjoints)
}

/// An adjoint times a slope: 0 where the adjoint is, also if the slope is infinite, as in the sweep
/// of a replay, which passes over a node whose adjoint is 0.
#[track_caller]
fn times_slope(g: Var, slope: Var) -> Var {
    if g.is_constant() || slope.is_constant() {
        g * slope
    } else {
        g.combine(Binary::ProductOrZero, slope)
    }
}

#[cfg(test)]
mod tests {
    use calculus_core::Real;

    use crate::{Var, gradient};

    #[test]
    fn a_captured_variable_is_a_constant_of_the_inner_scope() {
        // d/dx [ x * d/dy (x y + y^2) at y = x ] = d/dx [ x (x + 2 x) ] = 6 x
        let outer = gradient(
            |x| x[0] * gradient(|y: &[Var]| x[0] * y[0] + y[0].powi(2), &[x[0]])[0],
            &[1.5],
        );
        assert!((outer[0] - 9.0).abs() < 1e-14);
        // At a point that does not depend on x: d/dx [ x * (x + 2) ] = 2 x + 2
        let outer = gradient(
            |x| x[0] * gradient(|y: &[Var]| x[0] * y[0] + y[0].powi(2), &[Var::from(1.0)])[0],
            &[1.5],
        );
        assert_eq!(outer, [5.0]);
    }

    #[test]
    fn derivatives_of_derivatives_of_derivatives() {
        let third = gradient(
            |x| gradient(|y| gradient(|z: &[Var]| z[0].sin() * z[0].exp(), y)[0], x)[0],
            &[0.4],
        );
        let x = 0.4_f64;
        assert!((third[0] - 2.0 * x.exp() * (x.cos() - x.sin())).abs() < 1e-14);
    }

    #[test]
    fn an_infinite_slope_times_zero_is_zero_as_in_a_plain_gradient() {
        let f = |x: &[Var]| x[0] * x[0].sqrt();
        assert_eq!(gradient(f, &[0.0]), [0.0]);
        let (value, _) = crate::value_and_gradient(|x| gradient(f, x)[0], &[0.0]);
        assert_eq!(value, 0.0);
        let f = |x: &[Var]| x[0] * x[0].pow(x[1]);
        assert_eq!(gradient(f, &[0.0, 0.5]), [0.0, 0.0]);
        let (value, _) = crate::value_and_gradient(|x| gradient(f, x)[0], &[0.0, 0.5]);
        assert_eq!(value, 0.0);
    }

    #[test]
    fn a_result_without_dependence_has_gradient_zero() {
        let outer = gradient(|x| x[0] + gradient(|_: &[Var]| x[0] * 2.0, x)[0], &[3.0]);
        assert_eq!(outer, [1.0]);
    }

    #[test]
    fn variables_are_plain_numbers_where_nothing_is_recorded() {
        let inner = gradient(|y: &[Var]| y[0] * y[1], &[Var::from(3.0), Var::from(2.0)]);
        assert!(inner.iter().all(|g| g.is_constant()));
        assert_eq!(inner, [Var::from(2.0), Var::from(3.0)]);
        let second = gradient(|y: &[Var]| gradient(|z: &[Var]| z[0].powi(3), y)[0], &[inner[1]]);
        assert_eq!(second, [Var::from(18.0)]);
    }

    #[test]
    #[should_panic(expected = "outside the recording that made it")]
    fn capturing_into_a_separate_recording_is_detected() {
        gradient(
            |x| {
                let c = x[0];
                let inner = gradient(move |y: &[Var]| c * y[0], &[1.0]);
                x[0] * inner[0]
            },
            &[2.0],
        );
    }
}
