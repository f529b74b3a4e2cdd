//! Functions of two complex arguments.

use super::Complex;
use super::unary::{is_nearly_real, polar};
use crate::Real;
use crate::elementary::Binary;

/// A row of the table at complex arguments.
pub(super) fn combine(function: Binary, z: Complex, w: Complex) -> Complex {
    let value = function.value(z.re, w.re);
    match function {
        Binary::Add => z + w,
        Binary::Sub => z - w,
        Binary::Mul => z * w,
        Binary::Div => z / w,
        Binary::RatioOrZero if w.re != 0.0 => z / w,
        Binary::ProductOrZero if value != 0.0 => z * w,
        Binary::Min | Binary::Max => chosen(function, z, w, value),
        _ if is_nearly_real(z) && is_nearly_real(w) => to_first_order(function, z, w, value),
        Binary::Pow if z.re > 0.0 => {
            // z^w = exp(w (ln r + i phi))
            let (ln_modulus, angle) = (z.re.hypot(z.im).ln(), z.im.atan2(z.re));
            let modulus = z.re.hypot(z.im).powf(w.re) * (-w.im * angle).exp();
            polar(modulus, w.re * angle + w.im * ln_modulus)
        }
        Binary::Pow if w.im == 0.0 => z.powf(w.re),
        Binary::Hypot if value > 0.0 && value.is_finite() => {
            let (z, w) = (z / value, w / value);
            (z * z + w * w).sqrt() * value
        }
        Binary::Atan2 if value.is_finite() => atan2(z, w, value),
        _ => to_first_order(function, z, w, value),
    }
}

/// The value with the imaginary part by the partial derivatives at the real parts.
fn to_first_order(function: Binary, z: Complex, w: Complex, value: f64) -> Complex {
    let (slope_z, slope_w) = function.partials(z.re, w.re, value);
    let im = z.to_first_order(0.0, slope_z).im + w.to_first_order(0.0, slope_w).im;
    Complex::new(value, im)
}

/// The argument that has the smaller or larger real part, or the mean of the two at a tie.
fn chosen(function: Binary, z: Complex, w: Complex, value: f64) -> Complex {
    let (share, _) = function.partials(z.re, w.re, value);
    match share {
        1.0 => z,
        0.0 => w,
        _ => Complex::new(value, 0.5 * (z.im + w.im)),
    }
}

/// The angle of $(w, z)$: $\arctan(z/w)$ beside the real axis, $-\arctan(w/z)$ beside the imaginary
/// one, up to a constant.
fn atan2(z: Complex, w: Complex, value: f64) -> Complex {
    let (angle, real) = if z.re.abs() <= w.re.abs() {
        ((z / w).atan(), (z.re / w.re).atan())
    } else {
        (-(w / z).atan(), -(w.re / z.re).atan())
    };
    Complex::new(value + (angle.re - real), angle.im)
}
