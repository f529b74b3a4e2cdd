//! Powers that stay finite.

/// `initial * gamma^exponent`, where a power or product that would overflow is the largest finite
/// number.
pub(crate) fn scaled_power(initial: f64, gamma: f64, exponent: u64) -> f64 {
    // Bounding the power first keeps 0 * infinity from becoming a NaN.
    let power = gamma.powf(exponent as f64).min(f64::MAX);
    (initial * power).min(f64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stays_finite() {
        assert_eq!(scaled_power(0.1, 0.5, 0), 0.1);
        assert_eq!(scaled_power(8.0, 0.5, 3), 1.0);
        assert_eq!(scaled_power(0.1, 0.5, u64::MAX), 0.0);
        assert_eq!(scaled_power(0.1, 1.0, u64::MAX), 0.1);
        assert_eq!(scaled_power(2.0, 1.5, u64::MAX), f64::MAX);
        assert_eq!(scaled_power(0.0, 1.5, u64::MAX), 0.0);
    }
}
