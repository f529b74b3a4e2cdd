//! The derivatives of functions of one argument, for all members of a part of a group.

use calculus_core::Real;
use calculus_core::elementary::Unary;

use super::forward::{VECTOR, exponent};
use super::group::{Group, Grouped};
use super::operand::GATHERED;
use crate::graph::op::Op;
use crate::graph::program::unary_derivative;

/// The derivatives at at most as many arguments as are gathered, where the values are `y`.
///
/// As [`Unary::derivative`] says, where that calls functions of the table in vectors.
#[inline(always)]
pub(super) fn write_slopes<T: Real>(
    grouped: &Grouped,
    group: &Group,
    op: Op,
    x: &[T],
    y: &[T],
    slopes: &mut [T],
) {
    let count = y.len();
    match op {
        Op::Unary(Unary::Recip) => write(slopes, y, |y| Unary::Recip.derivative(y, y)),
        Op::Unary(Unary::Sqrt) => write(slopes, y, |y| Unary::Sqrt.derivative(y, y)),
        Op::Unary(Unary::Exp) => slopes.copy_from_slice(y),
        Op::Unary(Unary::Ln) => write(slopes, x, |x| Unary::Ln.derivative(x, x)),
        Op::Unary(Unary::Ln1p) => write(slopes, x, |x| Unary::Ln1p.derivative(x, x)),
        Op::Unary(Unary::Tan) => write(slopes, y, |y| Unary::Tan.derivative(y, y)),
        Op::Unary(Unary::Atan) => write(slopes, x, |x| Unary::Atan.derivative(x, x)),
        Op::Unary(Unary::ExpM1) if group.count >= VECTOR => T::apply_each(Unary::Exp, x, slopes),
        Op::Unary(Unary::Sin) if group.count >= VECTOR => T::apply_each(Unary::Cos, x, slopes),
        Op::Unary(Unary::Cos) if group.count >= VECTOR => {
            T::apply_each(Unary::Sin, x, slopes);
            for slope in slopes.iter_mut() {
                *slope = -*slope;
            }
        }
        Op::Unary(Unary::Sinh) if group.count >= VECTOR => T::apply_each(Unary::Cosh, x, slopes),
        Op::Unary(Unary::Cosh) if group.count >= VECTOR => T::apply_each(Unary::Sinh, x, slopes),
        Op::Unary(Unary::Softplus) if group.count >= VECTOR => {
            T::apply_each(Unary::Sigmoid, x, slopes);
        }
        // y sigmoid(-x)
        Op::Unary(Unary::Sigmoid) if group.count >= VECTOR => {
            let mut arguments = [T::from(0.0); GATHERED];
            let arguments = &mut arguments[..count];
            write(arguments, x, |x| -x);
            T::apply_each(Unary::Sigmoid, arguments, slopes);
            for (slope, &y) in slopes.iter_mut().zip(y) {
                *slope = y * *slope;
            }
        }
        // 4 sigmoid(2 x) sigmoid(-2 x)
        Op::Unary(Unary::Tanh) if group.count >= VECTOR => {
            let (mut arguments, mut factors) = ([T::from(0.0); GATHERED], [T::from(0.0); GATHERED]);
            let (arguments, factors) = (&mut arguments[..count], &mut factors[..count]);
            write(arguments, x, |x| 2.0 * x);
            T::apply_each(Unary::Sigmoid, arguments, slopes);
            write(arguments, x, |x| -2.0 * x);
            T::apply_each(Unary::Sigmoid, arguments, factors);
            for (slope, &factor) in slopes.iter_mut().zip(&*factors) {
                *slope = 4.0 * (*slope * factor);
            }
        }
        op => {
            let exponent = if op == Op::Powf { exponent(grouped, group) } else { 0.0 };
            for ((slope, &x), &y) in slopes.iter_mut().zip(x).zip(y) {
                *slope = unary_derivative(op, group.parameter, x, y, |_| exponent);
            }
        }
    }
}

#[inline(always)]
fn write<T: Real>(out: &mut [T], arguments: &[T], f: impl Fn(T) -> T) {
    for (out, &x) in out.iter_mut().zip(arguments) {
        *out = f(x);
    }
}

#[cfg(test)]
mod tests {
    use calculus_core::Real;
    use calculus_core::elementary::Unary;

    use crate::{Function, Var};

    /// Each row over as many arguments, its boundary points among them.
    fn check(row: Unary, count: usize) {
        let spread = (0..count).map(|i| -2.0 + 4.0 * i as f64 / count as f64);
        let boundary = row.boundary().iter().map(|boundary| boundary.x);
        let x: Vec<f64> = spread.chain(boundary).chain([40.0, -40.0, 1e-300]).collect();
        let mut g = vec![0.0; x.len()];
        let each = |x: &[Var]| x.iter().map(|&x| x.apply(row)).sum::<Var>();
        Function::new(each, &x).gradient(&x, &mut g);
        for (&x, g) in x.iter().zip(g) {
            let slope = row.derivative(x, row.value(x));
            // Two functions, each within 2 ulp of the scalar one, and the rounding of the product.
            let close = (g - slope).abs() <= 8.0 * f64::EPSILON * slope.abs() + f64::MIN_POSITIVE;
            let same = g == slope || g.is_nan() && slope.is_nan();
            assert!(close || same, "{row:?}' at {x}: {g} and {slope}");
        }
    }

    #[test]
    fn slopes_of_many_members_are_those_of_the_table() {
        for &row in Unary::ALL {
            check(row, 100);
        }
    }

    #[test]
    fn slopes_of_a_few_members_are_those_of_the_table() {
        for &row in Unary::ALL {
            check(row, 4);
        }
    }
}
