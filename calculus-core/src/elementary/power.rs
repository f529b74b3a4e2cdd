//! Derivatives of the functions of one argument that carry a constant parameter.

use crate::Real;

/// $\frac{d}{dx}x^n = n\,x^{n-1}$, and 0 for $n = 0$ also at $x = 0$.
#[inline(always)]
pub fn powi_derivative<T: Real>(x: T, n: i32) -> T {
    match n {
        0 => T::from(0.0),
        1 => T::from(1.0),
        2 => 2.0 * x,
        // n - 1 does not exist as an i32.
        i32::MIN => f64::from(n) * x.powf(f64::from(n) - 1.0),
        _ => f64::from(n) * x.powi(n - 1),
    }
}

/// $\frac{d}{dx}x^p = p\,x^{p-1}$, and 0 for $p = 0$ also at $x = 0$.
#[inline(always)]
pub fn powf_derivative<T: Real>(x: T, p: f64) -> T {
    if p == 0.0 { T::from(0.0) } else { p * x.powf(p - 1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_at_zero() {
        assert_eq!(powf_derivative(0.0, 2.5), 0.0);
        assert_eq!(powf_derivative(0.0, 1.0), 1.0);
        assert_eq!(powf_derivative(0.0, 0.5), f64::INFINITY);
        assert_eq!(powf_derivative(0.0, 0.0), 0.0);
        assert_eq!(powi_derivative(0.0, 0), 0.0);
        assert_eq!(powi_derivative(0.0, 1), 1.0);
        assert_eq!(powi_derivative(3.0, -1), -1.0 / 9.0);
        assert_eq!(powi_derivative(1.0, i32::MIN), f64::from(i32::MIN));
    }
}
