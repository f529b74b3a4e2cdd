//! The rows of the table of elementary functions, and powers, for each element.

use calculus_core::Real;
use calculus_core::elementary::Unary;

use super::Number;
use crate::forward::Jet;
use crate::tensor::array::Tensor;
use crate::tensor::tape::{Detail, Rule, Saved, record};

/// The $n$-th derivative of a row of the table; its derivative is the next one.
#[derive(Debug)]
struct Row;

/// The highest derivative of a row is that of a [`Jet`] and one more.
const MAX_ORDER: usize = 8;

impl<T: Number> Rule<T> for Row {
    fn name(&self) -> &'static str {
        "map"
    }
    fn pullback(&self, saved: &Saved<T>, cotangent: &Tensor<T>, _: usize) -> Tensor<T> {
        let Detail::Row(row, order) = saved.detail else { unreachable!("a row was saved") };
        cotangent * apply(saved.operand(0), row, order + 1)
    }
}

/// The derivative of the given order of a row, for each element.
pub(super) fn apply<T: Number>(x: &Tensor<T>, row: Unary, order: usize) -> Tensor<T> {
    let mut out = Tensor::stale(x.extents());
    for (out, &x) in out.slice_mut().iter_mut().zip(x.as_slice()) {
        *out = match order {
            0 => x.elementary(row),
            1 => x.elementary_derivative(row),
            _ => T::from_f64(higher_derivative(row, order, x.to_f64())),
        };
    }
    record(&Row, &[x], out, |saved, _| {
        saved.operands[0] = Some(x.clone());
        saved.detail = Detail::Row(row, order);
    })
}

fn higher_derivative(row: Unary, order: usize, x: f64) -> f64 {
    assert!(order <= MAX_ORDER + 1, "{row:?}: derivatives to order {} are known", MAX_ORDER + 1);
    let x = Jet::<f64, MAX_ORDER>::variable(x);
    row.derivative(x, x.apply(row)).derivative(order - 1)
}

/// $x^p$ with a constant exponent.
#[derive(Debug)]
struct Power;

impl<T: Number> Rule<T> for Power {
    fn name(&self) -> &'static str {
        "powf"
    }
    fn pullback(&self, saved: &Saved<T>, cotangent: &Tensor<T>, _: usize) -> Tensor<T> {
        let Detail::Power(p) = saved.detail else { unreachable!("an exponent was saved") };
        if p == 0.0 {
            return Tensor::filled(cotangent.extents(), T::ZERO);
        }
        cotangent * power(saved.operand(0), p - 1.0) * T::from_f64(p)
    }
}

/// $x^p$ for each element.
pub(super) fn power<T: Number>(x: &Tensor<T>, p: f64) -> Tensor<T> {
    let mut out = Tensor::stale(x.extents());
    for (out, &x) in out.slice_mut().iter_mut().zip(x.as_slice()) {
        *out = calculus_core::matrix::Scalar::powf(&x, p);
    }
    record(&Power, &[x], out, |saved, _| {
        saved.operands[0] = Some(x.clone());
        saved.detail = Detail::Power(p);
    })
}
