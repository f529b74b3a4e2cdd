//! Logarithms.
//!
//! $x = 2^k m$ with $\sqrt{1/2} \le m < \sqrt 2$, read from the bits; with $f = m - 1$ and
//! $s = f/(2 + f)$ it is $\ln m = 2\operatorname{artanh} s$, whose even part is the polynomial of
//! fdlibm's `e_log.c` (Sun Microsystems 1993), with an error below $2^{-58}$.

use super::arithmetic::{mul_add, polynomial};
use super::exponential::{LN_2_HIGH, LN_2_LOW, exp};

/// fdlibm `Lg1` to `Lg7`: $\ln m = 2s + s \sum_k c_k s^{2k+2}$.
const ARTANH: [f64; 7] = [
    6.666666666666735130e-01,
    3.999999999940941908e-01,
    2.857142874366239149e-01,
    2.222219843214978396e-01,
    1.818357216161805012e-01,
    1.531383769920937332e-01,
    1.479819860511658591e-01,
];

const SQRT_HALF_BITS: u64 = 0x3fe6_a09e_667f_3bcd;
const ONE_BITS: u64 = 0x3ff0_0000_0000_0000;
const FRACTION: u64 = 0x000f_ffff_ffff_ffff;
/// The bits of $2^{52}$: an integer below them is the fraction of $2^{52}$ plus itself.
const TWO_52_BITS: u64 = 0x4330_0000_0000_0000;
const TWO_52: f64 = 4_503_599_627_370_496.0;
const TWO_54: f64 = 18_014_398_509_481_984.0;

/// $k$ and $m$ of a positive number.
#[inline(always)]
pub(super) fn exponent_and_fraction(x: f64) -> (f64, f64) {
    let subnormal = x < f64::MIN_POSITIVE;
    let x = if subnormal { x * TWO_54 } else { x };
    let bits = x.to_bits().wrapping_add(ONE_BITS - SQRT_HALF_BITS);
    let biased = f64::from_bits((bits >> 52) | TWO_52_BITS) - TWO_52;
    let k = biased - if subnormal { 1023.0 + 54.0 } else { 1023.0 };
    (k, f64::from_bits((bits & FRACTION) + SQRT_HALF_BITS))
}

/// $\ln(1 + f) - f + \frac12 f^2$ and $\frac12 f^2$.
#[inline(always)]
fn beyond_quadratic<const FUSED: bool>(f: f64) -> (f64, f64) {
    let half_square = 0.5 * f * f;
    let s = f / (2.0 + f);
    let z = s * s;
    let rest = z * polynomial::<FUSED, 7>(z, ARTANH);
    (s * (half_square + rest), half_square)
}

/// $k \ln 2 + \ln(1 + f) + \epsilon$ for a small $\epsilon$.
#[inline(always)]
fn assemble<const FUSED: bool>(k: f64, f: f64, epsilon: f64) -> f64 {
    let (rest, half_square) = beyond_quadratic::<FUSED>(f);
    let low = rest + mul_add::<FUSED>(k, LN_2_LOW, epsilon);
    mul_add::<FUSED>(k, LN_2_HIGH, f - (half_square - low))
}

/// `y` for a finite positive `x`, and the value of a logarithm elsewhere.
#[inline(always)]
fn with_boundary(x: f64, y: f64) -> f64 {
    let y = if x == 0.0 { f64::NEG_INFINITY } else { y };
    let y = if x < 0.0 { f64::NAN } else { y };
    // Also NaN: it is not below infinity.
    if x < f64::INFINITY { y } else { x }
}

/// $\ln x$.
#[inline(always)]
pub(super) fn ln<const FUSED: bool>(x: f64) -> f64 {
    let (k, m) = exponent_and_fraction(x);
    with_boundary(x, assemble::<FUSED>(k, m - 1.0, 0.0))
}

/// $\ln(u + \delta)$ for a positive normal `u` and a $\delta$ below its rounding; `x` is
/// $u + \delta - 1$ where that is small.
#[inline(always)]
pub(super) fn ln_of_sum<const FUSED: bool>(u: f64, delta: f64, x: f64) -> f64 {
    let (k, m) = exponent_and_fraction(u);
    let near_one = k == 0.0;
    let f = if near_one { x } else { m - 1.0 };
    assemble::<FUSED>(k, f, if near_one { 0.0 } else { delta / u })
}

/// What the rounding of $1 + x$ has left.
#[inline(always)]
pub(super) fn left_by_one_plus(x: f64) -> f64 {
    let u = 1.0 + x;
    if x > 1.0 { 1.0 - (u - x) } else { x - (u - 1.0) }
}

/// $\ln(1 + x)$ where that is finite.
#[inline(always)]
pub(super) fn finite_ln_1p<const FUSED: bool>(x: f64) -> f64 {
    ln_of_sum::<FUSED>(1.0 + x, left_by_one_plus(x), x)
}

/// $\ln(1 + x)$.
#[inline(always)]
pub(super) fn ln_1p<const FUSED: bool>(x: f64) -> f64 {
    let y = with_boundary(1.0 + x, finite_ln_1p::<FUSED>(x));
    if x == 0.0 { x } else { y }
}

/// $\ln(1 + e^x)$.
#[inline(always)]
pub(super) fn softplus<const FUSED: bool>(x: f64) -> f64 {
    let positive = if x < 0.0 { 0.0 } else { x };
    positive + finite_ln_1p::<FUSED>(exp::<FUSED>(-x.abs()))
}

/// $\log_b x = k \log_b 2 + \ln m \cdot \log_b e$, both constants in two parts and $\ln m$ as the
/// upper half of the bits of $f - \frac12 f^2$ and the rest, so that the larger products are exact.
#[inline(always)]
fn logarithm<const FUSED: bool>(x: f64, two: (f64, f64), e: (f64, f64)) -> f64 {
    let (k, m) = exponent_and_fraction(x);
    let f = m - 1.0;
    let (rest, half_square) = beyond_quadratic::<FUSED>(f);
    let high = f64::from_bits((f - half_square).to_bits() & 0xffff_ffff_0000_0000);
    let low = (f - high) - half_square + rest;
    let (large, main) = (k * two.0, high * e.0);
    let sum = large + main;
    let error = (large - sum) + main;
    let small = k * two.1 + (low + high) * e.1 + low * e.0;
    with_boundary(x, sum + (small + error))
}

/// $\log_2 x$.
#[inline(always)]
pub(super) fn log2<const FUSED: bool>(x: f64) -> f64 {
    let e = (1.44269504072144627571e+00, 1.67517131648865118353e-10);
    logarithm::<FUSED>(x, (1.0, 0.0), e)
}

/// $\log_{10} x$.
#[inline(always)]
pub(super) fn log10<const FUSED: bool>(x: f64) -> f64 {
    let two = (3.01029995663611771306e-01, 3.69423907715893078616e-13);
    let e = (4.34294481878168880939e-01, 2.50829467116452752298e-11);
    logarithm::<FUSED>(x, two, e)
}
