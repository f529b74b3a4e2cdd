//! Inverse trigonometric functions, by the reductions and approximations of fdlibm's `e_asin.c`,
//! `e_acos.c` and `s_atan.c` (Sun Microsystems 1993), all cases computed and one selected.

use core::f64::consts::{FRAC_PI_2, FRAC_PI_4, PI};

use super::arithmetic::{mul_add, polynomial, two_product};

/// $\frac\pi2$ beyond its double.
const FRAC_PI_2_LOW: f64 = 6.12323399573676603587e-17;

/// fdlibm `pS0` to `pS5` and 1, `qS1` to `qS4`: $\arcsin x = x + x^3 P(x^2)/Q(x^2)$.
const P: [f64; 6] = [
    1.66666666666666657415e-01,
    -3.25565818622400915405e-01,
    2.01212532134862925881e-01,
    -4.00555345006794114027e-02,
    7.91534994289814532176e-04,
    3.47933107596021167570e-05,
];
const Q: [f64; 5] = [
    1.0,
    -2.40339491173441421878e+00,
    2.02094576023350569471e+00,
    -6.88283971605453293030e-01,
    7.70381505559019352791e-02,
];

/// $(\arcsin\sqrt z - \sqrt z)/\sqrt z$ for $0 \le z \le \frac14$.
#[inline(always)]
fn beyond_linear<const FUSED: bool>(z: f64) -> f64 {
    z * polynomial::<FUSED, 6>(z, P) / polynomial::<FUSED, 5>(z, Q)
}

/// $s = \sqrt{(1 - |x|)/2}$ as a double and the rest: $\arcsin |x| = \frac\pi2 - 2 \arcsin s$.
#[inline(always)]
fn half_angle<const FUSED: bool>(z: f64) -> (f64, f64) {
    let s = z.sqrt();
    let (square, error) = two_product::<FUSED>(s, s);
    let rest = ((z - square) - error) / (2.0 * s);
    (s, if z == 0.0 { 0.0 } else { rest })
}

/// $\arcsin x$.
#[inline(always)]
pub(super) fn asin<const FUSED: bool>(x: f64) -> f64 {
    let a = x.abs();
    let small = a < 0.5;
    let z = if small { a * a } else { 0.5 * (1.0 - a) };
    let beyond = beyond_linear::<FUSED>(z);
    let (s, rest) = half_angle::<FUSED>(z);
    let outer = FRAC_PI_4 - 2.0 * s;
    let error = (FRAC_PI_4 - outer) - 2.0 * s;
    let low = error + (FRAC_PI_2_LOW - 2.0 * (rest + s * beyond));
    let y = if small { mul_add::<FUSED>(a, beyond, a) } else { FRAC_PI_4 + (outer + low) };
    y.copysign(x)
}

/// $\arccos x$.
#[inline(always)]
pub(super) fn acos<const FUSED: bool>(x: f64) -> f64 {
    let a = x.abs();
    let small = a < 0.5;
    let z = if small { a * a } else { 0.5 * (1.0 - a) };
    let beyond = beyond_linear::<FUSED>(z);
    let (s, rest) = half_angle::<FUSED>(z);
    let low = rest + s * beyond;
    let middle = FRAC_PI_2 - (x - (FRAC_PI_2_LOW - x * beyond));
    let right = 2.0 * (s + low);
    let left = 2.0 * (FRAC_PI_2 - (s + (low - FRAC_PI_2_LOW)));
    let outer = if x < 0.0 { left } else { right };
    if small { middle } else { outer }
}

/// fdlibm `aT`: $\arctan t = t - t^3 \sum_k c_k t^{2k}$.
const ATAN: [f64; 11] = [
    3.33333333333329318027e-01,
    -1.99999999998764832476e-01,
    1.42857142725034663711e-01,
    -1.11111104054623557880e-01,
    9.09088713343650656196e-02,
    -7.69187620504482999495e-02,
    6.66107313738753120669e-02,
    -5.83357013379057348645e-02,
    4.97687799461593236017e-02,
    -3.65315727442169155270e-02,
    1.62858201153657823623e-02,
];

/// $\arctan(c)$ for $c = 0, \frac12, 1, \frac32, \infty$ as a double and the rest.
const ANGLES: [(f64, f64); 5] = [
    (0.0, 0.0),
    (4.63647609000806093515e-01, 2.26987774529616870924e-17),
    (FRAC_PI_4, 3.06161699786838301793e-17),
    (9.82793723247329054082e-01, 1.39033110312309984516e-17),
    (FRAC_PI_2, FRAC_PI_2_LOW),
];

/// $\arctan(a + \delta)$ for $a \ge 0$ and a $\delta$ below its rounding, as a double and the rest,
/// by $\arctan a = \arctan c + \arctan\frac{a - c}{1 + ac}$.
#[inline(always)]
fn positive_atan<const FUSED: bool>(a: f64, delta: f64) -> (f64, f64) {
    let (c, angle) = if a < 0.4375 {
        (0.0, ANGLES[0])
    } else if a < 0.6875 {
        (0.5, ANGLES[1])
    } else if a < 1.1875 {
        (1.0, ANGLES[2])
    } else {
        (1.5, ANGLES[3])
    };
    let far = a >= 2.4375;
    let numerator = if far { -1.0 } else { a - c };
    let denominator = if far { a } else { mul_add::<FUSED>(a, c, 1.0) };
    let angle = if far { ANGLES[4] } else { angle };
    let t = numerator / denominator;
    let z = t * t;
    let beyond = t * z * polynomial::<FUSED, 11>(z, ATAN);
    let slope = if delta == 0.0 { 0.0 } else { delta / mul_add::<FUSED>(a, a, 1.0) };
    let high = angle.0 + t;
    let error = (angle.0 - high) + t;
    (high, error + (angle.1 - beyond + slope))
}

/// $\arctan x$.
#[inline(always)]
pub(super) fn atan<const FUSED: bool>(x: f64) -> f64 {
    let (high, low) = positive_atan::<FUSED>(x.abs(), 0.0);
    (high + low).copysign(x)
}

/// The angle of the point with ordinate `y` and abscissa `x`.
#[inline(always)]
pub(super) fn atan2<const FUSED: bool>(y: f64, x: f64) -> f64 {
    let (ordinate, abscissa) = (y.abs(), x.abs());
    // The diagonals at infinity and the origin, where the quotient is NaN.
    let equal = ordinate == abscissa;
    let quotient = ordinate / abscissa;
    let quotient = if equal { 1.0 } else { quotient };
    let quotient = if equal && ordinate == 0.0 { 0.0 } else { quotient };
    let (product, error) = two_product::<FUSED>(quotient, abscissa);
    let rest = ((ordinate - product) - error) / abscissa;
    // Where a product leaves the range, and where the quotient is exact.
    let within = |x: f64| x > 1e-290 && x < 1e290;
    let ordinary = within(quotient) && within(abscissa) && within(ordinate);
    let delta = if ordinary { rest } else { 0.0 };
    let (high, low) = positive_atan::<FUSED>(quotient, delta);
    let left = (PI - high) + (2.0 * FRAC_PI_2_LOW - low);
    let left = if high == 0.0 { PI } else { left };
    let angle = if x.is_sign_negative() { left } else { high + low };
    angle.copysign(y)
}
