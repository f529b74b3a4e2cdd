//! The exponential function and its relatives.
//!
//! $x = k\ln 2 + r$ with an integer $k$ and $|r| \le \frac12\ln 2$, where $\ln 2$ is taken in two
//! parts so that $k$ times the first is exact (Cody and Waite 1980); then $e^x = 2^k e^r$, and
//! $e^r$ by its Taylor polynomial of degree 13, whose remainder is below $2^{-57}$.

use core::f64::consts::{LN_2, LOG2_E};

use super::arithmetic::{
    at_least, at_most, fast_two_sum, inverse_power_of_two, mul_add, nearest_integer, polynomial,
    scale, two_sum,
};

/// The first 32 bits of $\ln 2$ and the rest.
pub(super) const LN_2_HIGH: f64 = f64::from_bits(0x3fe6_2e42_fee0_0000);
pub(super) const LN_2_LOW: f64 = f64::from_bits(0x3dea_39ef_3579_3c76);

/// $e^r = 1 + r + r^2 \sum_k c_k r^k$ with $c_k = 1/(k + 2)!$.
const TAYLOR: [f64; 12] = [
    1.0 / 2.0,
    1.0 / 6.0,
    1.0 / 24.0,
    1.0 / 120.0,
    1.0 / 720.0,
    1.0 / 5_040.0,
    1.0 / 40_320.0,
    1.0 / 362_880.0,
    1.0 / 3_628_800.0,
    1.0 / 39_916_800.0,
    1.0 / 479_001_600.0,
    1.0 / 6_227_020_800.0,
];

/// $k$, $r$ and the rounding error of $r$.
#[inline(always)]
fn reduce<const FUSED: bool>(x: f64) -> (f64, f64, f64) {
    let k = nearest_integer(x * LOG2_E);
    let near = mul_add::<FUSED>(-k, LN_2_HIGH, x);
    let r = mul_add::<FUSED>(-k, LN_2_LOW, near);
    let rest = mul_add::<FUSED>(-k, LN_2_LOW, near - r);
    (k, r, rest)
}

/// $e^r - 1 - r$ for $|r| \le \frac12\ln 2$.
#[inline(always)]
fn beyond_linear<const FUSED: bool>(r: f64) -> f64 {
    r * r * polynomial::<FUSED, 12>(r, TAYLOR)
}

/// $2^n e^{r + \epsilon}$ for $|r| \le \frac12\ln 2$ and an $\epsilon$ below the rounding of $r$.
#[inline(always)]
fn reduced_exp<const FUSED: bool>(n: f64, r: f64, epsilon: f64) -> f64 {
    scale(1.0 + (r + (beyond_linear::<FUSED>(r) + epsilon)), n)
}

/// `x` within the interval outside of which the exponential is 0 or infinite.
#[inline(always)]
fn bounded(x: f64) -> f64 {
    at_most(at_least(x, -746.0), 711.0)
}

/// $2^n e^x$ for a small integer $n$.
#[inline(always)]
pub(super) fn scaled_exp<const FUSED: bool>(x: f64, n: f64) -> f64 {
    let (k, r, rest) = reduce::<FUSED>(bounded(x));
    reduced_exp::<FUSED>(k + n, r, rest)
}

/// $e^{x + \epsilon}$ for an $\epsilon$ below the rounding of $x$.
#[inline(always)]
pub(super) fn exp_of_sum<const FUSED: bool>(x: f64, epsilon: f64) -> f64 {
    let (k, r, rest) = reduce::<FUSED>(bounded(x));
    let (r, rest) = fast_two_sum(r, rest + epsilon);
    reduced_exp::<FUSED>(k, r, rest)
}

/// $e^x$.
#[inline(always)]
pub(super) fn exp<const FUSED: bool>(x: f64) -> f64 {
    scaled_exp::<FUSED>(x, 0.0)
}

/// $2^x$.
#[inline(always)]
pub(super) fn exp2<const FUSED: bool>(x: f64) -> f64 {
    let x = at_most(at_least(x, -1080.0), 1025.0);
    let k = nearest_integer(x);
    let r = (x - k) * LN_2;
    reduced_exp::<FUSED>(k, r, 0.0)
}

/// $k$ and $2^{-k}(e^x - 1) = (1 - 2^{-k}) + (e^r - 1)$ as a double and the rest, for
/// $|x| \le 712$.
#[inline(always)]
pub(super) fn exp_m1_parts<const FUSED: bool>(x: f64) -> (f64, (f64, f64)) {
    let (k, r, rest) = reduce::<FUSED>(x);
    let (sum, error) = two_sum(1.0 - inverse_power_of_two(k), r);
    (k, (sum, beyond_linear::<FUSED>(r) + (error + rest)))
}

/// $2^n (e^x - 1)$ for a small integer $n$.
#[inline(always)]
pub(super) fn scaled_exp_m1<const FUSED: bool>(x: f64, n: f64) -> f64 {
    // Below this interval the result is -1.
    let (k, (high, low)) = exp_m1_parts::<FUSED>(at_most(at_least(x, -40.0), 712.0));
    // 1 - 2^0 + (-0) is +0.
    scale(high + low, k + n).copysign(x)
}

/// $e^x - 1$.
#[inline(always)]
pub(super) fn exp_m1<const FUSED: bool>(x: f64) -> f64 {
    scaled_exp_m1::<FUSED>(x, 0.0)
}

/// $1/(1 + e^{-x})$.
#[inline(always)]
pub(super) fn sigmoid<const FUSED: bool>(x: f64) -> f64 {
    let e = exp::<FUSED>(-x.abs());
    let numerator = if x < 0.0 { e } else { 1.0 };
    numerator / (1.0 + e)
}
