//! What kernels need of an element type: faer's matrix product, and elementary functions that the
//! compiler can vectorise.
//!
//! The functions of the standard library are calls, one element at a time. Those here have neither
//! branch nor call, so that a loop over them becomes vector code. They start from
//!
//! $$ e^x = 2^n e^r, \qquad n = \mathrm{round}(x / \ln 2), \quad |r| \le \tfrac12 \ln 2, $$
//!
//! with $\ln 2$ in two parts, of which multiples of the first are exact (W. J. Cody and W. Waite,
//! "Software Manual for the Elementary Functions", 1980, chapter 6), and the Taylor series of
//! $e^r - 1$ up to the term that is below the rounding error.

use calculus_core::Float;
use faer::traits::ComplexField;

/// The kernels of one element type.
pub(crate) trait Kernels: Float + ComplexField {
    /// $e^x$.
    fn vector_exp(self) -> Self;
    /// $\tanh x$.
    fn vector_tanh(self) -> Self;
    /// The error function.
    fn vector_erf(self) -> Self;
}

macro_rules! kernels {
    (
        $type:ident, bits $bits:ident $signed:ident,
        exp between $exp_min:literal and $exp_max:literal, tanh is one from $tanh_one:literal,
        ln_2 = $ln_2_high:literal + $ln_2_low:literal,
        1 / factorials of $($n:literal)*,
        erf by $erf:path
    ) => {
        impl Kernels for $type {
            #[inline(always)]
            fn vector_exp(self) -> Self {
                // Compared so that NaN passes.
                let x = if self > $exp_max { $exp_max } else { self };
                let x = if x < $exp_min { $exp_min } else { x };
                let (series, n) = $type::reduced_exp_m1(x);
                // In two factors: 2^n alone may be out of range where the result is not.
                let half = n >> 1;
                (series + 1.0) * $type::power_of_two(half) * $type::power_of_two(n.wrapping_sub(half))
            }

            #[inline(always)]
            fn vector_tanh(self) -> Self {
                // tanh x = (e^{2x} - 1) / (e^{2x} + 1), without cancellation at small x
                let x = self.abs();
                let x = if x > $tanh_one { $tanh_one } else { x };
                let (series, n) = $type::reduced_exp_m1(x + x);
                let scale = $type::power_of_two(n);
                let exp_m1 = scale * series + (scale - 1.0);
                (exp_m1 / (exp_m1 + 2.0)).copysign(self)
            }

            #[inline(always)]
            fn vector_erf(self) -> Self {
                $erf(self)
            }
        }

        impl Reduction for $type {
            type Exponent = $signed;

            #[inline(always)]
            fn reduced_exp_m1(x: $type) -> ($type, $signed) {
                // Adding it rounds to an integer, which then stands in the low bits.
                const ROUND: $type = 1.5 / $type::EPSILON;
                let shifted = x * core::$type::consts::LOG2_E + ROUND;
                let n = shifted - ROUND;
                let r = x - n * $ln_2_high - n * $ln_2_low;
                let mut tail: $type = 0.0;
                $(tail = tail * r + const { 1.0 / factorial($n) as $type };)*
                let n = (shifted.to_bits() as $signed).wrapping_sub(ROUND.to_bits() as $signed);
                (r + r * r * tail, n)
            }

            #[inline(always)]
            fn power_of_two(n: $signed) -> $type {
                const BIAS: $signed = $type::MAX_EXP as $signed - 1;
                $type::from_bits((n.wrapping_add(BIAS) as $bits) << ($type::MANTISSA_DIGITS - 1))
            }
        }
    };
}

/// The steps that both functions share.
trait Reduction: Sized {
    type Exponent;
    /// $e^r - 1$ and $n$, for $x = n \ln 2 + r$.
    fn reduced_exp_m1(x: Self) -> (Self, Self::Exponent);
    /// $2^n$, for $n$ in the range of normal numbers.
    fn power_of_two(n: Self::Exponent) -> Self;
}

const fn factorial(n: u64) -> u64 {
    if n == 0 { 1 } else { n * factorial(n - 1) }
}

/// The error function in single precision, without branches:
/// $\mathrm{erf}(x) = x + x P(x^2)$ below 1 and $1 - e^{-R(x)}$ above, where $P$ and $R$ are the
/// minimax polynomials (by the exchange algorithm of E. Remez, 1934) of degree 6 on $[0, 1]$ and
/// $[0.98, 4]$. They are within $1.2 \cdot 10^{-9}$ of the function.
#[inline(always)]
fn erf_f32(x: f32) -> f32 {
    const P: [f32; 7] = [
        7.889_123e-5,
        -8.020_842e-4,
        5.189_535_7e-3,
        -2.685_444_5e-2,
        1.128_36e-1,
        -3.761_262_6e-1,
        1.283_791_7e-1,
    ];
    const R: [f32; 7] = [
        -1.888_225_5e-4,
        2.972_432e-3,
        -2.194_039_2e-2,
        1.033_272_7e-1,
        6.378_832e-1,
        1.127_251_4,
        3.004_403e-4,
    ];
    let t = x.abs();
    let below = t + t * horner(&P, t * t);
    let clamped = if t > 4.0 { 4.0 } else { t };
    let above = 1.0 - (-horner(&R, clamped)).vector_exp();
    (if t < 1.0 { below } else { above }).copysign(x)
}

#[inline(always)]
fn horner(coefficients: &[f32; 7], x: f32) -> f32 {
    coefficients.iter().fold(0.0, |sum, c| sum * x + c)
}

kernels! {
    f32, bits u32 i32,
    exp between -105.0 and 89.0, tanh is one from 10.0,
    ln_2 = 0.693_359_4 + -2.121_944_4e-4,
    1 / factorials of 7 6 5 4 3 2,
    erf by erf_f32
}
kernels! {
    f64, bits u64 i64,
    exp between -746.0 and 710.0, tanh is one from 20.0,
    ln_2 = 6.931_471_803_691_238e-1 + 1.908_214_929_270_587_7e-10,
    1 / factorials of 13 12 11 10 9 8 7 6 5 4 3 2,
    erf by Float::erf
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The error in units of the last place of the true value.
    fn ulps_f32(found: f32, exact: f64) -> f64 {
        let scale = f64::from((exact as f32).next_up()) - f64::from((exact as f32).next_down());
        (f64::from(found) - exact).abs() / (0.5 * scale)
    }

    #[test]
    fn single_precision_functions_are_within_two_ulps() {
        let (mut exp, mut tanh) = (0.0_f64, 0.0_f64);
        for i in 0..400_000 {
            let x = -104.0 + 192.5 * (i as f32) / 400_000.0;
            exp = exp.max(ulps_f32(x.vector_exp(), f64::from(x).exp()));
            let x = (x * 0.17).exp() * if i % 2 == 0 { 1.0 } else { -1.0 };
            tanh = tanh.max(ulps_f32(x.vector_tanh(), f64::from(x).tanh()));
        }
        let erf = (0..200_000).map(|i| {
            let x =
                (i as f32 / 200_000.0 * 24.0 - 22.0).exp() * if i % 2 == 0 { 1.0 } else { -1.0 };
            ulps_f32(x.vector_erf(), Float::erf(f64::from(x)))
        });
        let erf = erf.fold(0.0, f64::max);
        assert!(exp <= 1.5 && tanh <= 2.5 && erf <= 2.0, "exp {exp} tanh {tanh} erf {erf}");
    }

    #[test]
    fn double_precision_functions_agree_with_the_library() {
        let (mut exp, mut tanh) = (0.0_f64, 0.0_f64);
        for i in 0..400_000 {
            let x = -700.0 + 1400.0 * f64::from(i) / 400_000.0;
            exp = exp.max((x.vector_exp() / x.exp() - 1.0).abs());
            let x = (x * 0.03).exp() * if i % 2 == 0 { 1.0 } else { -1.0 };
            tanh = tanh.max((x.vector_tanh() / x.tanh() - 1.0).abs());
        }
        assert!(exp <= 2.0 * f64::EPSILON && tanh <= 3.0 * f64::EPSILON, "exp {exp} tanh {tanh}");
    }

    #[test]
    fn boundary_values() {
        macro_rules! check {
            ($type:ident) => {
                let (inf, nan) = ($type::INFINITY, $type::NAN);
                assert_eq!((0.0 as $type).vector_exp(), 1.0);
                assert_eq!((-0.0 as $type).vector_exp(), 1.0);
                assert_eq!(inf.vector_exp(), inf);
                assert_eq!((-inf).vector_exp(), 0.0);
                assert_eq!($type::MAX.vector_exp(), inf);
                assert_eq!($type::MIN.vector_exp(), 0.0);
                assert!(nan.vector_exp().is_nan() && nan.vector_tanh().is_nan());
                assert_eq!(inf.vector_tanh(), 1.0);
                assert_eq!((-inf).vector_tanh(), -1.0);
                assert!(nan.vector_erf().is_nan());
                assert_eq!((inf.vector_erf(), (-inf).vector_erf()), (1.0, -1.0));
                assert_eq!((-0.0 as $type).vector_erf().to_bits(), (-0.0 as $type).to_bits());
                assert_eq!((0.0 as $type).vector_tanh().to_bits(), (0.0 as $type).to_bits());
                assert_eq!((-0.0 as $type).vector_tanh().to_bits(), (-0.0 as $type).to_bits());
                let tiny = $type::MIN_POSITIVE / 8.0;
                assert_eq!(tiny.vector_tanh(), tiny);
                // Gradual underflow.
                let x = $type::MIN_POSITIVE.ln() - 2.0;
                assert!((x.vector_exp() / x.exp() - 1.0).abs() < 1e-5);
            };
        }
        check!(f32);
        check!(f64);
    }
}
