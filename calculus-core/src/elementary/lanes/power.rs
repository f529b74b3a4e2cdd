//! Powers.
//!
//! $x^p = e^{p \ln x}$, where $p \ln x$, up to 745 in size, has to be right to an absolute error of
//! $2^{-54}$: the logarithm is computed as a double and a rest, with a relative error of $2^{-65}$.

use core::f64::consts::LN_2;

use super::arithmetic::{fast_two_sum, polynomial, two_product, two_quotient, two_sum};
use super::exponential::{LN_2_HIGH, exp_of_sum};
use super::logarithm::exponent_and_fraction;

/// $\ln 2$ beyond its first 32 bits, in two parts.
const LN_2_LOW: (f64, f64) = (LN_2 - LN_2_HIGH, LN_2_REST);
/// $\ln 2$ beyond its double.
const LN_2_REST: f64 = 2.319_046_813_846_299_6e-17;

/// $\operatorname{artanh} s = s + \frac13 s^3 + s^5 \sum_k s^{2k}/(2k + 5)$.
const ARTANH: [f64; 10] = [
    1.0 / 5.0,
    1.0 / 7.0,
    1.0 / 9.0,
    1.0 / 11.0,
    1.0 / 13.0,
    1.0 / 15.0,
    1.0 / 17.0,
    1.0 / 19.0,
    1.0 / 21.0,
    1.0 / 23.0,
];
/// $\frac13$ beyond its double.
const THIRD_REST: f64 = 1.850_371_707_708_594e-17;

/// The product of two sums of a double and a rest.
#[inline(always)]
fn product<const FUSED: bool>(a: (f64, f64), b: (f64, f64)) -> (f64, f64) {
    let (high, error) = two_product::<FUSED>(a.0, b.0);
    fast_two_sum(high, error + (a.0 * b.1 + a.1 * b.0))
}

/// $\ln x$ of a positive number, as a double and the rest.
#[inline(always)]
fn ln_parts<const FUSED: bool>(x: f64) -> (f64, f64) {
    let (k, m) = exponent_and_fraction(x);
    let s = two_quotient::<FUSED>((m - 1.0, 0.0), two_sum(m, 1.0));
    let s = fast_two_sum(s.0, s.1);
    let z = product::<FUSED>(s, s);
    let tail = z.0 * polynomial::<FUSED, 10>(z.0, ARTANH);
    let (third, error) = fast_two_sum(1.0 / 3.0, tail);
    let relative = product::<FUSED>(z, (third, error + THIRD_REST));
    let beyond = product::<FUSED>(s, relative);
    let (high, error) = fast_two_sum(s.0, beyond.0);
    let ln_m = (2.0 * high, 2.0 * (error + (s.1 + beyond.1)));
    // k times the first part is exact.
    let (low, low_error) = two_product::<FUSED>(k, LN_2_LOW.0);
    let (sum, first_error) = fast_two_sum(k * LN_2_HIGH, ln_m.0);
    let (sum, second_error) = two_sum(sum, low);
    let rest = first_error + second_error + (low_error + k * LN_2_LOW.1 + ln_m.1);
    fast_two_sum(sum, rest)
}

/// $x^p$, with the special values of IEEE 754.
#[inline(always)]
pub(super) fn powf<const FUSED: bool>(x: f64, p: f64) -> f64 {
    let a = x.abs();
    let ln = ln_parts::<FUSED>(a);
    // A larger exponent gives 0, 1 or infinity too, and its product with the logarithm is finite.
    let bounded = if p.abs() > 1e22 { 1e22_f64.copysign(p) } else { p };
    let (high, low) = two_product::<FUSED>(bounded, ln.0);
    // Beyond the range of the exponential the rest of the product may be large.
    let rest = if high.abs() < 1000.0 { low + bounded * ln.1 } else { 0.0 };
    let y = exp_of_sum::<FUSED>(high, rest);
    // The edges of the domain.
    let growing = (a > 1.0) == (p > 0.0);
    let edge = if growing { f64::INFINITY } else { 0.0 };
    let y = if a == 0.0 || a == f64::INFINITY { edge } else { y };
    let y = if x < 0.0 && !is_integer(p) && a < f64::INFINITY { f64::NAN } else { y };
    let odd = is_integer(p) && !is_integer(0.5 * p);
    let y = if odd { y.copysign(x) } else { y };
    let y = if a == 1.0 && p.abs() == f64::INFINITY { 1.0 } else { y };
    let y = if x.is_nan() || p.is_nan() { f64::NAN } else { y };
    if x == 1.0 || p == 0.0 { 1.0 } else { y }
}

/// Whether $x$ is an integer (an infinity counts as one).
#[inline(always)]
fn is_integer(x: f64) -> bool {
    const TWO_52: f64 = 4_503_599_627_370_496.0;
    let a = x.abs();
    a >= TWO_52 || (a + TWO_52) - TWO_52 == a
}

/// $x^n$ by repeated squaring, the same operations as `f64::powi`.
#[inline(always)]
pub(super) fn powi<const LANES: usize>(x: [f64; LANES], n: i32) -> [f64; LANES] {
    let mut square = x;
    let mut y = [1.0; LANES];
    let mut left = n.unsigned_abs();
    while left > 0 {
        if left & 1 == 1 {
            y.iter_mut().zip(&square).for_each(|(y, s)| *y *= s);
        }
        square.iter_mut().for_each(|s| *s *= *s);
        left >>= 1;
    }
    if n < 0 {
        y.iter_mut().for_each(|y| *y = 1.0 / *y);
    }
    y
}
