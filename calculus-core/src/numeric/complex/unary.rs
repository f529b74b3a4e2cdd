//! Functions of one complex argument.
//!
//! The formulas are the continuations as textbooks have them, arranged so that an imaginary part
//! which is as good as nothing beside the real part keeps all its digits.
//!
//! Source: M. Abramowitz, I. A. Stegun (1964), *Handbook of Mathematical Functions*, sections 4.1 to
//! 4.6; W. Kahan (1987), *Branch cuts for complex elementary functions*, for the inverse functions.

use core::f64::consts::{LN_2, LN_10};

use super::number::{Complex, INFINITESIMAL};
use crate::Real;
use crate::elementary::{Unary, powf_derivative, powi_derivative};

/// A row of the table at a complex argument.
pub(super) fn apply(function: Unary, z: Complex) -> Complex {
    let value = function.value(z.re);
    let infinitesimal = z.im.abs() <= INFINITESIMAL;
    // A real part that is as short may be the distance to a singular point.
    let beside = infinitesimal && z.im.abs() >= 1e-18 * z.re.abs();
    if z.im == 0.0 || beside || !value.is_finite() || !z.re.is_finite() {
        return first_order(function, z, value);
    }
    let result = continuation(function, z);
    if infinitesimal { Complex::new(value, result.im) } else { result }
}

fn first_order(function: Unary, z: Complex, value: f64) -> Complex {
    z.to_first_order(value, function.derivative(z.re, value))
}

fn continuation(function: Unary, z: Complex) -> Complex {
    let Complex { re: a, im: b } = z;
    let one = Complex::from(1.0);
    match function {
        Unary::Neg => -z,
        Unary::Recip => one / z,
        Unary::Sqrt if a > 0.0 => {
            let root = (0.5 * a + 0.5 * a.hypot(b)).sqrt();
            Complex::new(root, 0.5 * b / root)
        }
        Unary::Cbrt if a < 0.0 => -continuation(function, -z),
        Unary::Cbrt if a > 0.0 => polar(a.hypot(b).cbrt(), b.atan2(a) / 3.0),
        Unary::Exp => polar(a.exp(), b),
        Unary::Exp2 => polar(a.exp2(), b * LN_2),
        // e^a cos b - 1 = (e^a - 1) cos b - 2 sin^2(b/2)
        Unary::ExpM1 => {
            Complex::new(a.exp_m1() * b.cos() - 2.0 * (0.5 * b).sin().powi(2), a.exp() * b.sin())
        }
        Unary::Ln => Complex::new(a.hypot(b).ln(), b.atan2(a)),
        Unary::Log2 => Complex::new(a.hypot(b).log2(), b.atan2(a) / LN_2),
        Unary::Log10 => Complex::new(a.hypot(b).log10(), b.atan2(a) / LN_10),
        Unary::Ln1p => {
            let ratio = b / (1.0 + a);
            Complex::new(a.ln_1p() + 0.5 * (ratio * ratio).ln_1p(), b.atan2(1.0 + a))
        }
        Unary::Sin => Complex::new(a.sin() * b.cosh(), a.cos() * b.sinh()),
        Unary::Cos => Complex::new(a.cos() * b.cosh(), -(a.sin() * b.sinh())),
        Unary::Tan => -times_i(tanh(times_i(z))),
        Unary::Sinh => Complex::new(a.sinh() * b.cos(), a.cosh() * b.sin()),
        Unary::Cosh => Complex::new(a.cosh() * b.cos(), a.sinh() * b.sin()),
        Unary::Tanh => tanh(z),
        Unary::Asin if a.abs() < 1.0 => asin(z),
        Unary::Acos if a.abs() < 1.0 => {
            let sine = asin(z);
            Complex::new(core::f64::consts::FRAC_PI_2 - sine.re, -sine.im)
        }
        Unary::Atan => -times_i(atanh(times_i(z))),
        Unary::Asinh => -times_i(asin(times_i(z))),
        Unary::Acosh if a > 1.0 => {
            // Re = arsinh Re(conj(sqrt(z - 1)) sqrt(z + 1)), Im = 2 atan(Im sqrt(z - 1) / Re sqrt(z + 1))
            let (below, above) = ((z - 1.0).sqrt(), (z + 1.0).sqrt());
            let re = libm::asinh(below.re * above.re + below.im * above.im);
            Complex::new(re, 2.0 * (below.im / above.re).atan())
        }
        Unary::Atanh if a.abs() < 1.0 => atanh(z),
        Unary::Sigmoid if a < 0.0 => z.exp() / (1.0 + z.exp()),
        Unary::Sigmoid => one / (1.0 + (-z).exp()),
        Unary::Softplus if a > 0.0 => z + (-z).exp().ln_1p(),
        Unary::Softplus => z.exp().ln_1p(),
        // A point where the derivative is not continuous, a piecewise function, or a function
        // without a continuation in closed form.
        _ => first_order(function, z, function.value(a)),
    }
}

/// $z^n$, to first order at $a = 0$.
pub(super) fn powi(z: Complex, n: i32) -> Complex {
    let value = Real::powi(z.re, n);
    if is_nearly_real(z) || z.re == 0.0 {
        return z.to_first_order(value, powi_derivative(z.re, n));
    }
    let sign = if z.re < 0.0 && n % 2 != 0 { -1.0 } else { 1.0 };
    let angle = f64::from(n) * (z.im / z.re).atan();
    polar(sign * Real::powi(z.re.hypot(z.im), n), angle)
}

/// $z^p$ for a constant exponent, to first order at $a = 0$; NaN for $a < 0$ unless $p$ is an integer.
pub(super) fn powf(z: Complex, p: f64) -> Complex {
    let value = z.re.powf(p);
    if is_nearly_real(z) || z.re == 0.0 || value.is_nan() {
        return z.to_first_order(value, powf_derivative(z.re, p));
    }
    polar(value.signum() * z.re.hypot(z.im).powf(p), p * (z.im / z.re).atan())
}

/// Whether functions that are smooth on the scale of $a$ are exact to first order; the angle of $z$
/// may underflow where they are not.
pub(super) fn is_nearly_real(z: Complex) -> bool {
    z.im.abs() <= INFINITESIMAL * z.re.abs() || !z.re.is_finite()
}

/// $r e^{i\varphi}$.
pub(super) fn polar(modulus: f64, angle: f64) -> Complex {
    Complex::new(modulus * angle.cos(), modulus * angle.sin())
}

/// $iz$.
fn times_i(z: Complex) -> Complex {
    Complex::new(-z.im, z.re)
}

/// $\tanh z = \dfrac{\tanh a\,(1 + \tan^2 b) + i \tan b \operatorname{sech}^2 a}
/// {1 + \tanh^2 a \tan^2 b}$, in the form $\frac{\sinh a \cosh a + i \sin b \cos b}
/// {\cosh^2 a - \sin^2 b}$ divided by $\cosh^2 a$, which does not overflow.
fn tanh(z: Complex) -> Complex {
    let Complex { re: a, im: b } = z;
    let (sin, cos) = b.sin_cos();
    let sech = a.cosh().recip();
    // 1 - sech^2 a sin^2 b, without cancellation where it is near 0.
    let denominator = cos * cos + (a.tanh() * sin).powi(2);
    Complex::new(a.tanh() / denominator, sin * cos * sech * sech / denominator)
}

/// $\operatorname{artanh} z$: $\frac14 \ln\frac{(1 + a)^2 + b^2}{(1 - a)^2 + b^2}
/// + \frac{i}{2}\arg((1 - a)(1 + a) - b^2 + 2ib)$.
fn atanh(z: Complex) -> Complex {
    if z.re < 0.0 {
        return -atanh(-z);
    }
    let Complex { re: a, im: b } = z;
    let re = 0.25 * (4.0 * a / ((1.0 - a) * (1.0 - a) + b * b)).ln_1p();
    // The sum of the angles of 1 + z and 1/(1 - z): neither product overflows.
    Complex::new(re, 0.5 * (b.atan2(1.0 + a) + b.atan2(1.0 - a)))
}

/// $\arcsin z$ by Kahan: $\operatorname{Re} = \arctan\frac{a}{\operatorname{Re}(\sqrt{1-z}\sqrt{1+z})}$,
/// $\operatorname{Im} = \operatorname{arsinh}\operatorname{Im}(\overline{\sqrt{1-z}}\,\sqrt{1+z})$.
fn asin(z: Complex) -> Complex {
    let root = |z: Complex| {
        let modulus = z.re.hypot(z.im);
        // On the left half plane the imaginary part is the large one.
        if z.re >= 0.0 {
            let re = (0.5 * z.re + 0.5 * modulus).sqrt();
            Complex::new(re, if re == 0.0 { 0.0 } else { 0.5 * z.im / re })
        } else {
            let im = (0.5 * modulus - 0.5 * z.re).sqrt().copysign(z.im);
            Complex::new(0.5 * z.im / im, im)
        }
    };
    let (below, above) = (root(Complex::from(1.0) - z), root(z + 1.0));
    let re = z.re.atan2(below.re * above.re - below.im * above.im);
    Complex::new(re, libm::asinh(below.re * above.im - below.im * above.re))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rows that are continued, with real parts inside the domain.
    const CONTINUED: [(Unary, [f64; 3]); 26] = [
        (Unary::Neg, [-1.0, 0.5, 2.0]),
        (Unary::Recip, [-1.0, 0.5, 2.0]),
        (Unary::Sqrt, [0.1, 1.0, 30.0]),
        (Unary::Cbrt, [-2.0, 0.1, 30.0]),
        (Unary::Exp, [-3.0, 0.5, 2.0]),
        (Unary::Exp2, [-3.0, 0.5, 2.0]),
        (Unary::ExpM1, [-3.0, 0.01, 2.0]),
        (Unary::Ln, [0.1, 1.0, 30.0]),
        (Unary::Log2, [0.1, 1.0, 30.0]),
        (Unary::Log10, [0.1, 1.0, 30.0]),
        (Unary::Ln1p, [-0.9, 0.01, 30.0]),
        (Unary::Sin, [-2.0, 0.1, 5.0]),
        (Unary::Cos, [-2.0, 0.1, 5.0]),
        (Unary::Tan, [-2.0, 0.1, 5.0]),
        (Unary::Asin, [-0.9, 0.1, 0.9]),
        (Unary::Acos, [-0.9, 0.1, 0.9]),
        (Unary::Atan, [-3.0, 0.1, 30.0]),
        (Unary::Sinh, [-2.0, 0.1, 5.0]),
        (Unary::Cosh, [-2.0, 0.1, 5.0]),
        (Unary::Tanh, [-2.0, 0.1, 5.0]),
        (Unary::Asinh, [-3.0, 0.1, 30.0]),
        (Unary::Acosh, [1.01, 2.0, 30.0]),
        (Unary::Atanh, [-0.9, 0.1, 0.9]),
        (Unary::Sigmoid, [-3.0, 0.1, 5.0]),
        (Unary::Softplus, [-3.0, 0.1, 5.0]),
        (Unary::Sqrt, [1e-3, 1e3, 1e6]),
    ];

    /// Differences along the two axes agree (Cauchy and Riemann), and the values on the real axis
    /// are the real ones; no other function has both properties.
    #[test]
    fn rows_are_continued_analytically() {
        for (row, reals) in CONTINUED {
            for a in reals {
                for b in [1e-3, -0.4, 0.7] {
                    let f = |re: f64, im: f64| apply(row, Complex::new(re, im));
                    let h = 1e-6 * a.hypot(b).min(1.0);
                    let along_re = (f(a + h, b) - f(a - h, b)) / (2.0 * h);
                    let along_im = (f(a, b + h) - f(a, b - h)) / (2.0 * h);
                    let (u, v) = (along_im.im - along_re.re, along_im.re + along_re.im);
                    // Rounding over h, and the third derivative times h^2.
                    let size = along_re.re.hypot(along_re.im) + f(a, b).re.abs() + f(a, b).im.abs();
                    assert!(u.hypot(v) <= 1e-8 * size, "{} at {a} + {b} i: {u} {v}", row.name());
                }
                let near = apply(row, Complex::new(a, 1e-80));
                let value = row.value(a);
                assert!(
                    (near.re - value).abs() <= 8.0 * f64::EPSILON * value.abs().max(a.abs()),
                    "{}({a})",
                    row.name()
                );
            }
        }
    }

    #[test]
    fn functions_and_their_inverses_cancel() {
        for (re, im) in [(0.3, 0.2), (0.9, -0.4), (0.05, 1e-3), (0.5, 1e-40)] {
            let z = Complex::new(re, im);
            for (name, back) in [
                ("sqrt", z.sqrt() * z.sqrt()),
                ("cbrt", z.cbrt().powi(3)),
                ("ln", z.ln().exp()),
                ("ln_1p", z.exp_m1().ln_1p()),
                ("log2", z.exp2().log2()),
                ("log10", (z.log10() * LN_10).exp()),
                ("asin", z.sin().asin()),
                ("acos", z.acos().cos()),
                ("atan", z.tan().atan()),
                ("asinh", z.sinh().asinh()),
                ("acosh", (z + 1.0).acosh().cosh() - 1.0),
                ("atanh", z.tanh().atanh()),
                ("sigmoid", -(z.sigmoid().recip() - 1.0).ln()),
                ("softplus", z.softplus().exp_m1().ln()),
                ("powf", z.powf(2.5).powf(0.4)),
                ("pow", z.pow(z).ln() / z.ln()),
                ("hypot", (z.hypot(2.0).powi(2) - 4.0).sqrt()),
                ("atan2", z.atan2(Complex::from(1.0)).tan()),
                ("atan2", 1.0 / Complex::from(1.0).atan2(z).tan()),
            ] {
                let (u, v) = (back.re - re, back.im - im);
                // The hyperbolic cosine loses digits beside 1, and the others a few by cancelling;
                // a short imaginary part keeps its digits.
                let size = if im.abs() < 1e-9 { im.abs() } else { 1.0 };
                assert!(u.abs() < 1e-13 && v.abs() < 1e-13 * size, "{name}: {back:?}, {z:?}");
            }
        }
    }
}
