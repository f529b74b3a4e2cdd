//! Scaling by powers of two, so that squares of entries neither overflow nor underflow.

use super::ties::largest;
use crate::matrix::{Matrix, Operations};

/// Squares of numbers up to $2^{30}$ and down to $2^{-30}$, and sums of many of them, are safe in
/// single precision too.
const SAFE: i32 = 30;

/// A copy whose largest entry is about 1 if it was far from it, and the power of two that was
/// divided out.
pub(crate) fn largest_within_range<A: Matrix>(a: &A) -> (A::Owned, i32) {
    let largest = largest(a);
    let exponent = if largest == 0.0 { 0 } else { largest.log2().floor() as i32 };
    if exponent.abs() <= SAFE {
        (a.copied(), 0)
    } else {
        (unscaled(a.copied(), -exponent), exponent)
    }
}

/// $2^e A$.
pub(crate) fn unscaled<M: Operations>(a: M, exponent: i32) -> M {
    // In steps that single precision can represent.
    let mut scaled = a;
    let mut left = exponent;
    while left != 0 {
        let step = left.clamp(-100, 100);
        scaled = scaled.scaled(2.0_f64.powi(step));
        left -= step;
    }
    scaled
}
