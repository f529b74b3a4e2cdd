//! What the kernels are made of: operations without branches, so that a loop over them is compiled
//! to vectors.

/// $ab + c$: rounded once where that is an instruction, rounded twice elsewhere.
#[inline(always)]
pub(super) fn mul_add<const FUSED: bool>(a: f64, b: f64, c: f64) -> f64 {
    if FUSED { a.mul_add(b, c) } else { a * b + c }
}

/// $c_0 + c_1 x + \dots$ by Horner's rule.
#[inline(always)]
pub(super) fn polynomial<const FUSED: bool, const N: usize>(x: f64, c: [f64; N]) -> f64 {
    let mut sum = c[N - 1];
    for k in (0..N - 1).rev() {
        sum = mul_add::<FUSED>(sum, x, c[k]);
    }
    sum
}

/// The sum and its rounding error (Knuth 1969, section 4.2.2).
#[inline(always)]
pub(super) fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let from_b = sum - a;
    (sum, (a - (sum - from_b)) + (b - from_b))
}

/// The sum and its rounding error where $|a| \ge |b|$ or $a = 0$ (Dekker 1971).
#[inline(always)]
pub(super) fn fast_two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    (sum, b - (sum - a))
}

/// The product and its rounding error (Dekker 1971 where there is no fused multiply-add).
#[inline(always)]
pub(super) fn two_product<const FUSED: bool>(a: f64, b: f64) -> (f64, f64) {
    let product = a * b;
    if FUSED {
        (product, a.mul_add(b, -product))
    } else {
        let ((a, a_low), (b, b_low)) = (split(a), split(b));
        (product, ((a * b - product) + a * b_low + a_low * b) + a_low * b_low)
    }
}

/// The upper 26 bits and the lower ones (Veltkamp 1968).
#[inline(always)]
fn split(a: f64) -> (f64, f64) {
    let shifted = a * 134_217_729.0; // 2^27 + 1
    let high = shifted - (shifted - a);
    (high, a - high)
}

/// $a/b$ as a double and the rest.
#[inline(always)]
pub(super) fn two_quotient<const FUSED: bool>(a: (f64, f64), b: (f64, f64)) -> (f64, f64) {
    let inverse = 1.0 / b.0;
    let quotient = a.0 * inverse;
    let (product, error) = two_product::<FUSED>(quotient, b.0);
    let remainder = ((a.0 - product) - error) + (a.1 - quotient * b.1);
    (quotient, remainder * inverse)
}

/// Adding this number leaves the nearest integer in the lowest bits: $1.5 \cdot 2^{52}$.
const SHIFT: f64 = 6_755_399_441_055_744.0;

/// The integer nearest to $x$, $|x| < 2^{51}$. Unlike `f64::round` an addition and a subtraction,
/// and a tie goes to the even one.
#[inline(always)]
pub(super) fn nearest_integer(x: f64) -> f64 {
    (x + SHIFT) - SHIFT
}

/// The bits of an integer $|n| < 2^{51}$, in two's complement, of which the lowest 51 are right. The
/// conversion of 64-bit integers is an instruction of vectors in AVX-512 alone.
#[inline(always)]
pub(super) fn integer_bits(n: f64) -> u64 {
    (n + SHIFT).to_bits()
}

/// $2^n$ for an integer $-1022 \le n \le 1023$.
#[inline(always)]
fn power_of_two(n: f64) -> f64 {
    f64::from_bits(integer_bits(n + 1023.0) << 52)
}

/// $2^n y$ for an integer $|n| < 2044$, where $y$ is about 1: in two steps, because the factor and the
/// result may be out of the range of normal numbers.
#[inline(always)]
pub(super) fn scale(y: f64, n: f64) -> f64 {
    let half = nearest_integer(0.5 * n);
    y * power_of_two(half) * power_of_two(n - half)
}

/// $2^{-n}$, and $2^{-64}$ for $n > 64$.
#[inline(always)]
pub(super) fn inverse_power_of_two(n: f64) -> f64 {
    power_of_two(-at_most(n, 64.0))
}

/// The smaller of the two; NaN for NaN.
#[inline(always)]
pub(super) fn at_most(x: f64, bound: f64) -> f64 {
    if x > bound { bound } else { x }
}

/// The larger of the two; NaN for NaN.
#[inline(always)]
pub(super) fn at_least(x: f64, bound: f64) -> f64 {
    if x < bound { bound } else { x }
}
