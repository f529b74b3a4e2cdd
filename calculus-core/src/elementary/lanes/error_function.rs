//! The error function, by the rational approximations of fdlibm's `s_erf.c` (Sun Microsystems
//! 1993), all cases computed and one selected.

use super::arithmetic::polynomial;
use super::exponential::exp;

/// fdlibm `pp` and `qq`: $(\operatorname{erf} x - x)/x$ in $x^2$ for $|x| < 0.84375$.
const P: [f64; 5] = [
    1.28379167095512558561e-01,
    -3.25042107247001499370e-01,
    -2.84817495755985104766e-02,
    -5.77027029648944159157e-03,
    -2.37630166566501626084e-05,
];
const Q: [f64; 6] = [
    1.0,
    3.97917223959155352819e-01,
    6.50222499887672944485e-02,
    5.08130628187576562776e-03,
    1.32494738004321644526e-04,
    -3.96022827877536812320e-06,
];

/// fdlibm `erx`, `pa` and `qa`: $\operatorname{erf} x - e_1$ in $|x| - 1$ below 1.25.
const ERF_ONE: f64 = 8.45062911510467529297e-01;
const P_ONE: [f64; 7] = [
    -2.36211856075265944077e-03,
    4.14856118683748331666e-01,
    -3.72207876035701323847e-01,
    3.18346619901161753674e-01,
    -1.10894694282396677476e-01,
    3.54783043256182359371e-02,
    -2.16637559486879084300e-03,
];
const Q_ONE: [f64; 7] = [
    1.0,
    1.06420880400844228286e-01,
    5.40397917702171048937e-01,
    7.18286544141962662868e-02,
    1.26171219808761642112e-01,
    1.36370839120290507362e-02,
    1.19844998467991074170e-02,
];

/// fdlibm `ra` and `sa`: $\ln(x\,e^{x^2 + 0.5625} \operatorname{erfc} x)$ in $x^{-2}$ below $1/0.35$.
const P_NEAR: [f64; 8] = [
    -9.86494403484714822705e-03,
    -6.93858572707181764372e-01,
    -1.05586262253232909814e+01,
    -6.23753324503260060396e+01,
    -1.62396669462573470355e+02,
    -1.84605092906711035994e+02,
    -8.12874355063065934246e+01,
    -9.81432934416914548592e+00,
];
const Q_NEAR: [f64; 9] = [
    1.0,
    1.96512716674392571292e+01,
    1.37657754143519042600e+02,
    4.34565877475229228821e+02,
    6.45387271733267880336e+02,
    4.29008140027567833386e+02,
    1.08635005541779435134e+02,
    6.57024977031928170135e+00,
    -6.04244152148580987438e-02,
];

/// fdlibm `rb` and `sb`: the same from $1/0.35$ to 28.
const P_FAR: [f64; 7] = [
    -9.86494292470009928597e-03,
    -7.99283237680523006574e-01,
    -1.77579549177547519889e+01,
    -1.60636384855821916062e+02,
    -6.37566443368389627722e+02,
    -1.02509513161107724954e+03,
    -4.83519191608651397019e+02,
];
const Q_FAR: [f64; 8] = [
    1.0,
    3.03380607434824582924e+01,
    3.25792512996573918826e+02,
    1.53672958608443695994e+03,
    3.19985821950859553908e+03,
    2.55305040643316442583e+03,
    4.74528541206955367215e+02,
    -2.24409524465858183362e+01,
];

/// Below, the expansion about 0; from there to `ONE_END` the one about 1.
const ZERO_END: f64 = 0.84375;
const ONE_END: f64 = 1.25;
/// From here on the second of the expansions about infinity.
const FAR: f64 = 1.0 / 0.35;

/// The quotient that belongs to $a = |x|$.
#[inline(always)]
fn quotient<const FUSED: bool>(a: f64) -> f64 {
    let (square, offset) = (a * a, a - 1.0);
    let inverse = 1.0 / square;
    let far = a >= FAR;
    let (p_near, p_far) =
        (polynomial::<FUSED, 8>(inverse, P_NEAR), polynomial::<FUSED, 7>(inverse, P_FAR));
    let (q_near, q_far) =
        (polynomial::<FUSED, 9>(inverse, Q_NEAR), polynomial::<FUSED, 8>(inverse, Q_FAR));
    let (p, q) = (if far { p_far } else { p_near }, if far { q_far } else { q_near });
    let one = a < ONE_END;
    let p = if one { polynomial::<FUSED, 7>(offset, P_ONE) } else { p };
    let q = if one { polynomial::<FUSED, 7>(offset, Q_ONE) } else { q };
    let zero = a < ZERO_END;
    let p = if zero { polynomial::<FUSED, 5>(square, P) } else { p };
    let q = if zero { polynomial::<FUSED, 6>(square, Q) } else { q };
    p / q
}

/// $\operatorname{erfc} a$ for $a \ge 1.25$, where $a^2$ is split into an exact square and the rest.
#[inline(always)]
fn tail<const FUSED: bool>(a: f64, quotient: f64) -> f64 {
    let high = f64::from_bits(a.to_bits() & 0xffff_ffff_0000_0000);
    let rest = (high - a) * (high + a) + quotient;
    exp::<FUSED>(-high * high - 0.5625) * exp::<FUSED>(rest) / a
}

/// $\operatorname{erf} x$.
#[inline(always)]
pub(super) fn erf<const FUSED: bool>(x: f64) -> f64 {
    // From 6 on the result is 1.
    let bounded = if x.abs() > 6.0 { 6.0 } else { x.abs() };
    let quotient = quotient::<FUSED>(bounded);
    let outer = 1.0 - tail::<FUSED>(bounded, quotient);
    let y = if bounded < ONE_END { ERF_ONE + quotient } else { outer };
    let near = bounded + bounded * quotient;
    // Here fdlibm keeps the digits of subnormal numbers.
    let tiny = 0.125 * (8.0 * bounded + EIGHT_SLOPE * bounded);
    let near = if bounded < 1e-300 { tiny } else { near };
    (if bounded < ZERO_END { near } else { y }).copysign(x)
}

/// fdlibm `efx8`: $8 (\frac{2}{\sqrt\pi} - 1)$.
const EIGHT_SLOPE: f64 = 1.02703333676410069053e+00;

/// $\operatorname{erfc} x$.
#[inline(always)]
pub(super) fn erfc<const FUSED: bool>(x: f64) -> f64 {
    // From 28 on the result is 0.
    let a = if x.abs() > 28.0 { 28.0 } else { x.abs() };
    // Rounded as in the scalar function, whose own error comes near 2 ulp in the tail: a more
    // exact value would be farther from it.
    let quotient = quotient::<false>(a);
    let negative = x < 0.0;
    let middle = if negative { 1.0 + ERF_ONE + quotient } else { 1.0 - ERF_ONE - quotient };
    let tail = tail::<FUSED>(a, quotient);
    let outer = if negative { 2.0 - tail } else { tail };
    let y = if a < ONE_END { middle } else { outer };
    let half = 0.5 - (x - 0.5 + x * quotient);
    let near = if x < 0.25 { 1.0 - (x + x * quotient) } else { half };
    if a < ZERO_END { near } else { y }
}
