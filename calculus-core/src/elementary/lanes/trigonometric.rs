//! Sine, cosine and tangent.
//!
//! $x = n\frac\pi2 + r$ with $|r| \le \frac\pi4$, where $\frac\pi2$ is taken in four parts of which
//! the first three have 33 bits, so that their products with $n$ are exact (Cody and Waite 1980; the
//! parts, and the polynomials on $[-\frac\pi4, \frac\pi4]$, are those of fdlibm, Sun Microsystems
//! 1993).

use core::f64::consts::FRAC_2_PI;

use super::arithmetic::{
    fast_two_sum, integer_bits, nearest_integer, polynomial, two_quotient, two_sum,
};

/// Up to here $n$ has at most 20 bits.
pub(super) const REDUCTION_LIMIT: f64 = 1.6e6;

/// fdlibm `pio2_1`, `pio2_2`, `pio2_3` and `pio2_3t`.
const HALF_PI: [f64; 4] = [
    1.57079632673412561417e+00,
    6.07710050630396597660e-11,
    2.02226624871116645580e-21,
    8.47842766036889956997e-32,
];

/// fdlibm `S1` to `S6`: $\sin r = r + r^3 \sum_k c_k r^{2k}$.
const SIN: [f64; 6] = [
    -1.66666666666666324348e-01,
    8.33333333332248946124e-03,
    -1.98412698298579493134e-04,
    2.75573137070700676789e-06,
    -2.50507602534068634195e-08,
    1.58969099521155010221e-10,
];

/// fdlibm `C1` to `C6`: $\cos r = 1 - \frac12 r^2 + r^4 \sum_k c_k r^{2k}$.
const COS: [f64; 6] = [
    4.16666666666666019037e-02,
    -1.38888888888741095749e-03,
    2.48015872894767294178e-05,
    -2.75573143513906633035e-07,
    2.08757232129817482790e-09,
    -1.13596475577881948265e-11,
];

/// The bits of $n$, and $r$ as a double and the rest.
#[inline(always)]
fn reduce(x: f64) -> (u64, (f64, f64)) {
    let n = nearest_integer(x * FRAC_2_PI);
    let first = x - n * HALF_PI[0];
    let (second, error) = two_sum(first, -(n * HALF_PI[1]));
    let (third, rest) = two_sum(second, -(n * HALF_PI[2]));
    let low = (error + rest) - n * HALF_PI[3];
    (integer_bits(n), fast_two_sum(third, low))
}

/// $\sin r$ as a double and the rest.
#[inline(always)]
fn sin_parts<const FUSED: bool>((r, rest): (f64, f64)) -> (f64, f64) {
    let z = r * r;
    // The derivative at r of the terms beyond the linear one is about -r^2/2.
    fast_two_sum(r, r * z * polynomial::<FUSED, 6>(z, SIN) + (rest - 0.5 * z * rest))
}

/// $\cos r$ as a double and the rest.
#[inline(always)]
fn cos_parts<const FUSED: bool>((r, rest): (f64, f64)) -> (f64, f64) {
    let z = r * r;
    let half = 0.5 * z;
    let near = 1.0 - half;
    let error = (1.0 - near) - half;
    fast_two_sum(near, error + (z * z * polynomial::<FUSED, 6>(z, COS) - r * rest))
}

/// `y` with its sign changed where bit 1 of `n` is set.
#[inline(always)]
fn negate_in_lower_half_plane(y: f64, n: u64) -> f64 {
    f64::from_bits(y.to_bits() ^ ((n & 2) << 62))
}

/// $\sin x$ for $|x|$ up to [`REDUCTION_LIMIT`].
#[inline(always)]
pub(super) fn sin<const FUSED: bool>(x: f64) -> f64 {
    let (n, r) = reduce(x);
    let (sin, cos) = (sin_parts::<FUSED>(r).0, cos_parts::<FUSED>(r).0);
    let y = negate_in_lower_half_plane(if n & 1 == 0 { sin } else { cos }, n);
    // The parts of -0 add up to +0.
    if x == 0.0 { x } else { y }
}

/// $\cos x$ for $|x|$ up to [`REDUCTION_LIMIT`].
#[inline(always)]
pub(super) fn cos<const FUSED: bool>(x: f64) -> f64 {
    let (n, r) = reduce(x);
    let (sin, cos) = (sin_parts::<FUSED>(r).0, cos_parts::<FUSED>(r).0);
    negate_in_lower_half_plane(if n & 1 == 0 { cos } else { sin }, n.wrapping_add(n & 1))
}

/// $\tan x$ for $|x|$ up to [`REDUCTION_LIMIT`], as a quotient of doubles with their rests.
#[inline(always)]
pub(super) fn tan<const FUSED: bool>(x: f64) -> f64 {
    let (n, r) = reduce(x);
    let (sin, cos) = (sin_parts::<FUSED>(r), cos_parts::<FUSED>(r));
    let even = n & 1 == 0;
    let numerator = if even { sin } else { (-cos.0, -cos.1) };
    let denominator = if even { cos } else { sin };
    let (y, rest) = two_quotient::<FUSED>(numerator, denominator);
    // Below, the products with the rests underflow; the next term, x^3/3, is lost in the rounding.
    if x.abs() < 1e-9 { x } else { y + rest }
}
