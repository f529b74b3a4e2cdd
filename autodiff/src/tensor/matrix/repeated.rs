//! Second derivatives through eigenvalues and singular values that coincide.
//!
//! The gradient of a function $F$ of eigenvalues is $V \mathrm{diag}(\nabla F(w)) V^\top$. Its
//! derivative between two eigenvalues is a difference quotient of $\nabla F$, which the rule cannot
//! form where they are equal: there it takes the numerator for one that is always 0. That is so where
//! $\nabla F$ does not tell the two apart to first order, as it is for a norm of the largest value;
//! elsewhere the second derivative would lack a part. So it is refused, when it is asked for.

use core::ops::Range;
use std::rc::Rc;

use calculus_core::Error;

use super::Number;
use crate::tensor::array::Tensor;
use crate::tensor::sweep;
use crate::tensor::tape::{Rule, Saved, record};

/// Rounding, in units of the largest number involved, that counts as zero.
const ROUNDING: f64 = 64.0;

/// A gradient that has no derivative.
#[derive(Debug)]
struct Refused;

impl<T: Number> Rule<T> for Refused {
    fn name(&self) -> &'static str {
        "repeated values"
    }
    fn pullback(&self, saved: &Saved<T>, cotangent: &Tensor<T>, _: usize) -> Tensor<T> {
        let error: &Error = saved.kept();
        assert!(cotangent.as_slice().iter().all(|x| *x == T::ZERO), "{error}");
        cotangent.clone()
    }
}

/// The values of a decomposition among its results.
pub(super) struct Values {
    pub(super) op: &'static str,
    pub(super) place: Range<usize>,
    /// Whether values that are 0 count as repeated: a singular value and its negative.
    pub(super) signed: bool,
    /// The extents of the matrix, which tolerances are multiples of.
    pub(super) size: usize,
}

impl Values {
    /// The gradient, which is refused a derivative if there are repeated values that the derivative of
    /// their cotangents tells apart.
    pub(super) fn guard<T: Number>(
        &self,
        output: &Tensor<T>,
        cotangent: &Tensor<T>,
        gradient: Tensor<T>,
    ) -> Tensor<T> {
        let (Some(stamp), true) = (output.stamp(), cotangent.is_recorded()) else {
            return gradient;
        };
        let numbers = |x: &Tensor<T>| -> Vec<f64> {
            x.as_slice()[self.place.clone()].iter().map(|x| x.to_f64()).collect()
        };
        let pairs = self.repeated::<T>(&numbers(output));
        if pairs.is_empty() {
            return gradient;
        }
        // For a Hessian d I + b 1 1' among equal values the products with different weights are as
        // different as the weights, unless d is 0.
        let weights = Tensor::from_fn(&[self.place.len()], |i| T::from_usize(i + 1));
        let weighted = cotangent.view(self.place.clone(), &[self.place.len()]) * weights;
        let slopes = sweep::recorded(&weighted.sum(), stamp.node as usize, 1).swap_remove(0);
        let Some(slopes) = slopes.as_ref().map(numbers) else { return gradient };
        let largest = slopes.iter().fold(0.0_f64, |largest, x| largest.max(x.abs()));
        let told_apart = |&&(i, j, _): &&(usize, usize, f64)| {
            let other = if i == j { 0.0 } else { slopes[j] };
            (slopes[i] - other).abs() > ROUNDING * T::UNIT * largest
        };
        let Some(&(first, second, gap)) = pairs.iter().find(told_apart) else { return gradient };
        record(&Refused, &[&gradient], gradient.detach(), |saved, _| {
            saved.kept = Some(Rc::new(Error::Degenerate { op: self.op, first, second, gap }));
        })
    }

    /// Neighbours that are equal as far as they are known, with their distance, by the tolerance of
    /// the rules; and singular values that are 0, as a pair with themselves.
    fn repeated<T: Number>(&self, values: &[f64]) -> Vec<(usize, usize, f64)> {
        let largest = values.iter().fold(0.0_f64, |largest, x| largest.max(x.abs()));
        let tolerance = 4.0 * self.size as f64 * T::UNIT * largest;
        let neighbours = values.windows(2).enumerate();
        let ties = neighbours.map(|(i, pair)| (i, i + 1, (pair[0] - pair[1]).abs()));
        let zeros = values.iter().enumerate().map(|(i, x)| (i, i, x.abs()));
        let zeros = zeros.filter(|_| self.signed);
        ties.chain(zeros).filter(|&(_, _, gap)| gap <= tolerance).collect()
    }
}
