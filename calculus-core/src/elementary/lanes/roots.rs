//! Roots.

use super::arithmetic::{integer_bits, mul_add, nearest_integer, polynomial, two_product};

/// $\sqrt{a^2 + b^2}$, both scaled by a power of two so that the larger square is in the range.
#[inline(always)]
pub(super) fn hypot<const FUSED: bool>(a: f64, b: f64) -> f64 {
    let (a, b) = (a.abs(), b.abs());
    let infinite = a == f64::INFINITY || b == f64::INFINITY;
    let nan = a.is_nan() || b.is_nan();
    let (large, small) = if a > b { (a, b) } else { (b, a) };
    let (up, down) = (f64::from_bits(0x6bb0 << 48), f64::from_bits(0x1430 << 48)); // 2^700, 2^-700
    let factor = if large < 1e-150 { up } else { 1.0 };
    let inverse = if large < 1e-150 { down } else { 1.0 };
    let factor = if large > 1e150 { down } else { factor };
    let inverse = if large > 1e150 { up } else { inverse };
    let (large, small) = (large * factor, small * factor);
    let (square, error) = two_product::<FUSED>(large, large);
    let sum = mul_add::<FUSED>(small, small, square);
    let left = (square - sum) + mul_add::<FUSED>(small, small, error);
    let root = sum.sqrt();
    let corrected = root + if sum > 0.0 { 0.5 * left / root } else { 0.0 };
    let y = if nan { f64::NAN } else { corrected * inverse };
    if infinite { f64::INFINITY } else { y }
}

/// $z^{1/3}$ for $1 \le z \le 8$: a start with 5 bits, which each Halley step triples.
const START: [f64; 4] = [0.64, 0.43, -0.057, 0.0033];

/// $\sqrt[3] x$: $x = 8^k z$ with $1 \le z < 8$, and Halley's iteration.
#[inline(always)]
pub(super) fn cbrt<const FUSED: bool>(x: f64) -> f64 {
    let a = x.abs();
    let subnormal = a < f64::MIN_POSITIVE;
    // 2^54 = 8^18.
    let scaled = if subnormal { a * 18_014_398_509_481_984.0 } else { a };
    let bits = scaled.to_bits();
    let biased = f64::from_bits((bits >> 52) | 0x4330 << 48) - 4_503_599_627_370_496.0;
    // 1023 = 3 * 341.
    let k = nearest_integer((biased - 1.0) * (1.0 / 3.0));
    let z = f64::from_bits(bits.wrapping_sub(integer_bits(3.0 * k - 1023.0) << 52));
    let mut root = polynomial::<FUSED, 4>(z, START);
    for _ in 0..2 {
        let cube = root * root * root;
        root = root * (cube + 2.0 * z) / (2.0 * cube + z);
    }
    // Newton's step with the residual z - root^3 as if computed exactly.
    let (square, square_error) = two_product::<FUSED>(root, root);
    let (cube, cube_error) = two_product::<FUSED>(square, root);
    let residual = (z - cube) - (cube_error + square_error * root);
    let root = root + residual / (3.0 * square);
    let power = k - 341.0 - if subnormal { 18.0 } else { 0.0 };
    let y = root * f64::from_bits(integer_bits(power + 1023.0) << 52);
    let y = if a > 0.0 && a < f64::INFINITY { y } else { a };
    y.copysign(x)
}
