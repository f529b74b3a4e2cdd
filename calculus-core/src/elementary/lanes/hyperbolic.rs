//! Hyperbolic functions and their inverses, from $e^x - 1$ and $\ln(1 + x)$ as in fdlibm
//! (Sun Microsystems 1993).

use core::f64::consts::LN_2;

use super::arithmetic::{at_most, fast_two_sum, inverse_power_of_two, two_quotient, two_sum};
use super::exponential::{exp_m1_parts, scaled_exp, scaled_exp_m1};
use super::logarithm::{finite_ln_1p, left_by_one_plus, ln_of_sum};

/// $\sinh x$, from $h = \frac12(e^{|x|} - 1)$, which does not overflow before the result does.
#[inline(always)]
pub(super) fn sinh<const FUSED: bool>(x: f64) -> f64 {
    let a = x.abs();
    let h = scaled_exp_m1::<FUSED>(a, -1.0);
    let t = 2.0 * h;
    // t may be infinite, t/(t + 1) = 1 - 1/(t + 1) may not.
    let small = t - h * (t / (t + 1.0));
    let large = h + 0.5 - 0.5 / (t + 1.0);
    let y = if a < 1.0 { small } else { large };
    y.copysign(x)
}

/// $\cosh x = h + 1/(4h)$ with $h = \frac12 e^{|x|}$.
#[inline(always)]
pub(super) fn cosh<const FUSED: bool>(x: f64) -> f64 {
    let h = scaled_exp::<FUSED>(x.abs(), -1.0);
    h + 0.25 / h
}

/// $\tanh x = t/(t + 2)$ with $t = e^{2|x|} - 1$.
#[inline(always)]
pub(super) fn tanh<const FUSED: bool>(x: f64) -> f64 {
    // Beyond 22 the result is 1.
    let (k, (high, low)) = exp_m1_parts::<FUSED>(2.0 * at_most(x.abs(), 22.0));
    let t = fast_two_sum(high, low);
    let (sum, error) = two_sum(t.0, 2.0 * inverse_power_of_two(k));
    let (y, rest) = two_quotient::<FUSED>(t, (sum, error + t.1));
    (y + rest).copysign(x)
}

/// Where $x^2 \pm 1$ is $x^2$.
const LARGE: f64 = 67_108_864.0; // 2^26

/// $\operatorname{arsinh} x$: $\ln(1 + x + x^2/(1 + \sqrt{x^2 + 1}))$,
/// $\ln(2x + 1/(x + \sqrt{x^2 + 1}))$ from 2 and $\ln x + \ln 2$ from $2^{26}$ on.
#[inline(always)]
pub(super) fn asinh<const FUSED: bool>(x: f64) -> f64 {
    let a = x.abs();
    let bounded = at_most(a, LARGE);
    let root = (bounded * bounded + 1.0).sqrt();
    let near = bounded + bounded * bounded / (root + 1.0);
    let middle = 2.0 * bounded + 1.0 / (root + bounded);
    let y = ln_of_near_middle_or_far::<FUSED>(a, near, middle);
    // The square may underflow.
    let y = if a < 1.0 / LARGE { a } else { y };
    y.copysign(x)
}

/// $\operatorname{arcosh} x$: $\ln(1 + t + \sqrt{2t + t^2})$ with $t = x - 1$,
/// $\ln(2x - 1/(x + \sqrt{x^2 - 1}))$ from 2 and $\ln x + \ln 2$ from $2^{26}$ on.
#[inline(always)]
pub(super) fn acosh<const FUSED: bool>(x: f64) -> f64 {
    let bounded = at_most(x, LARGE);
    let above = bounded - 1.0;
    let near = above + (above * above + 2.0 * above).sqrt();
    let root = (bounded * bounded - 1.0).sqrt();
    let middle = 2.0 * bounded - 1.0 / (bounded + root);
    let y = ln_of_near_middle_or_far::<FUSED>(x, near, middle);
    if x < 1.0 { f64::NAN } else { y }
}

/// $\ln(1 + \text{near})$ for $x < 2$, $\ln(\text{middle})$ up to $2^{26}$, $\ln 2x$ beyond.
#[inline(always)]
fn ln_of_near_middle_or_far<const FUSED: bool>(x: f64, near: f64, middle: f64) -> f64 {
    let far = x >= LARGE;
    let beyond = if far { x } else { middle };
    let u = if x < 2.0 { 1.0 + near } else { beyond };
    let delta = if x < 2.0 { left_by_one_plus(near) } else { 0.0 };
    let y = ln_of_sum::<FUSED>(u, delta, near) + if far { LN_2 } else { 0.0 };
    // Infinite or NaN.
    if x < f64::INFINITY { y } else { x }
}

/// $\operatorname{artanh} x = \frac12\ln\left(1 + \frac{2x}{1 - x}\right)$.
#[inline(always)]
pub(super) fn atanh<const FUSED: bool>(x: f64) -> f64 {
    let a = x.abs();
    let argument = if a < 0.5 { 2.0 * a + 2.0 * a * a / (1.0 - a) } else { 2.0 * (a / (1.0 - a)) };
    let y = 0.5 * finite_ln_1p::<FUSED>(argument);
    let y = if a < 1e-9 { a } else { y };
    let y = if a == 1.0 { f64::INFINITY } else { y };
    let y = if a > 1.0 { f64::NAN } else { y };
    y.copysign(x)
}
