//! A gradient taken while another recording is under way.

use calculus_core::Real;
use calculus_core::elementary::{Binary, Unary};

use super::block::At;
use super::node::Operand;
use super::op::Op;
use super::program::unary_derivative;
use super::record::{with_lists, with_tape};
use super::var::Var;

/// The value and gradient of `f` at the variables `x`, recorded into the recording that made them.
#[track_caller]
pub(crate) fn nested_gradient(f: impl FnOnce(&[Var]) -> Var, x: &[Var]) -> (Var, Vec<Var>) {
    let (y, gradient) = nested_pullback(|x| vec![f(x)], x, &[Var::from(1.0)]);
    (y[0], gradient)
}

/// The values of `f` at the variables `x` and $J^\top g$ for the cotangents `g` of its outputs,
/// recorded into the recording that made them.
///
/// The inner function works on copies of `x`, recorded at the end of the graph, so it may capture
/// variables of the outer recording: they lie before the copies and are constants to the inner
/// sweep, and variables to the outer one. The reverse sweep over the nodes since then is recorded
/// like any other computation, hence can be differentiated in turn.
#[track_caller]
pub(crate) fn nested_pullback(
    f: impl FnOnce(&[Var]) -> Vec<Var>,
    x: &[Var],
    cotangents: &[Var],
) -> (Vec<Var>, Vec<Var>) {
    let zero = Var::from(0.0);
    let mut copies = Vec::with_capacity(x.len());
    let start = with_tape(|tape| {
        for &x in x {
            let a = tape.operand(x)?;
            copies.push(Var::recorded(x.primal(), tape.push(Op::Copy, a.raw(), 0)));
        }
        Ok(tape.len() - x.len())
    });
    let y = f(&copies);
    assert_eq!(y.len(), cotangents.len(), "a cotangent for each output");
    // Also results that do not depend on the copies must belong to this recording.
    let outputs: Vec<Operand> =
        with_tape(|tape| y.iter().map(|&y| tape.operand(y)).collect::<Result<_, _>>());
    let recorded = with_tape(|tape| Ok(tape.len()));
    let inner = |operand: Operand| {
        let inside = !operand.is_constant() && (start..recorded).contains(&operand.index());
        inside.then(|| operand.index() - start)
    };
    let Some(end) = outputs.iter().filter_map(|&y| inner(y)).max().map(|last| last + 1) else {
        return (y, vec![zero; x.len()]);
    };
    // The results of a call are swept together.
    let end = with_tape(|tape| {
        tape.values();
        // An output may be one of the copies.
        Ok((tape.graph.call_end(start + end - 1) - start).max(x.len()))
    });

    // Which nodes depend on the copies: no adjoint work for the others.
    let mut active = vec![false; end];
    active[..x.len()].fill(true);
    for i in x.len()..end {
        let depends = |operand: Operand| inner(operand).is_some_and(|k| active[k]);
        active[i] = with_tape(|tape| {
            let graph = &tape.graph;
            let node = graph.node(start + i);
            Ok(match graph.call_of(start + i) {
                Some(call) => graph.operands[call.operands.clone()].iter().copied().any(depends),
                None => node.operands.into_iter().flatten().any(depends),
            })
        });
    }

    let mut sweep = Sweep { start, active, adjoints: vec![zero; end] };
    for (&y, &g) in outputs.iter().zip(cotangents) {
        sweep.accumulate(y, || g);
    }
    for i in (x.len()..end).rev() {
        sweep.node(i);
    }
    sweep.adjoints.truncate(x.len());
    (y, sweep.adjoints)
}

/// The adjoints of the nodes from `start` on.
struct Sweep {
    start: usize,
    active: Vec<bool>,
    adjoints: Vec<Var>,
}

impl Sweep {
    /// The place of an operand among the adjoints, if it has one.
    fn place(&self, operand: Operand) -> Option<usize> {
        let index = operand.index().checked_sub(self.start)?;
        let known = !operand.is_constant() && *self.active.get(index)?;
        known.then_some(index)
    }

    #[track_caller]
    fn accumulate(&mut self, operand: Operand, term: impl FnOnce() -> Var) {
        if let Some(k) = self.place(operand) {
            let term = term();
            let sum = &mut self.adjoints[k];
            *sum = if sum.is_zero() { term } else { *sum + term };
        }
    }

    /// Records the rule of node `i`.
    #[track_caller]
    fn node(&mut self, i: usize) {
        let index = self.start + i;
        if !self.active[i] {
            return;
        }
        let node = with_tape(|tape| Ok(tape.graph.node(index)));
        if node.op == Op::Result {
            if node.parameter == Some(0) {
                self.call(i);
            }
            return;
        }
        let g = self.adjoints[i];
        if g.is_zero() {
            return;
        }
        let value = read(Operand::node(index as u32));
        match (node.op, node.operands) {
            (Op::Binary(Binary::Add), [Some(a), Some(b), _]) => {
                self.accumulate(a, || g);
                self.accumulate(b, || g);
            }
            (Op::Binary(Binary::Sub), [Some(a), Some(b), _]) => {
                self.accumulate(a, || g);
                self.accumulate(b, || -g);
            }
            (Op::Binary(Binary::Mul), [Some(a), Some(b), _]) => {
                let (x, z) = (read(a), read(b));
                self.accumulate(a, || g * z);
                self.accumulate(b, || g * x);
            }
            (Op::Binary(row), [Some(a), Some(b), _]) => {
                let (x, z) = (read(a), read(b));
                self.accumulate(a, || times_slope(g, row.partial_a(x, z, value)));
                self.accumulate(b, || times_slope(g, row.partial_b(x, z, value)));
            }
            (Op::MulAdd, [Some(a), Some(b), Some(c)]) => {
                let (x, z) = (read(a), read(b));
                self.accumulate(a, || g * z);
                self.accumulate(b, || g * x);
                self.accumulate(c, || g);
            }
            (Op::Copy, [Some(a), ..]) => self.accumulate(a, || g),
            (Op::Unary(Unary::Neg), [Some(a), ..]) => self.accumulate(a, || -g),
            (op, [Some(a), ..]) => {
                // The integer of `powi` and `polygamma` as it is stored; the number of `powf`.
                let parameter = node.parameter.map_or(0, |n| n as u32);
                let exponent = |_| node.operands[1].map_or(0.0, |p| read(p).primal());
                let x = read(a);
                self.accumulate(a, || {
                    times_slope(g, unary_derivative(op, parameter, x, value, exponent))
                });
            }
            (_, [None, ..]) => unreachable!("every operation reads an operand"),
        }
    }

    /// Records the pullback of the call whose first result is node `i`.
    #[track_caller]
    fn call(&mut self, i: usize) {
        let (block, operands, results) = with_tape(|tape| {
            let call = tape.graph.call_of(self.start + i).expect("the result of a call");
            let operands = tape.graph.operands[call.operands.clone()].to_vec();
            Ok((call.block.clone(), operands, call.results))
        });
        let g = self.adjoints[i..i + results].to_vec();
        if g.iter().all(|g| g.is_zero()) {
            return;
        }
        let wanted: Vec<bool> = operands.iter().map(|&o| self.place(o).is_some()).collect();
        let x: Vec<Var> = operands.iter().map(|&operand| read(operand)).collect();
        let first = (self.start + i) as u32;
        let y: Vec<Var> = (0..results as u32).map(|k| read(Operand::node(first + k))).collect();
        let adjoints = block.record_pullback(At { x: &x, y: &y, g: &g }, &wanted);
        for (operand, term) in operands.into_iter().zip(adjoints) {
            self.accumulate(operand, || term);
        }
    }
}

/// The variable that stands for an operand of the recording under way.
#[track_caller]
fn read(operand: Operand) -> Var {
    with_lists(|tape| Ok(tape.variable(operand)))
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
    fn a_variable_itself_has_a_gradient() {
        let slope = |x: &[Var]| gradient(|y: &[Var]| y[0], x).into_iter().sum::<Var>() * x[1];
        assert_eq!(gradient(slope, &[2.0, 3.0]), [0.0, 1.0]);
    }

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
    fn an_output_may_be_an_input() {
        let outer = gradient(|x| gradient(|y: &[Var]| y[0], x)[0] * x[1], &[3.0, 2.0]);
        assert_eq!(outer, [0.0, 1.0]);
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
