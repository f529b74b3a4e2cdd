//! Values between two others.

/// `from * (1 - fraction) + to * fraction`: exact at both ends, without overflow between finite
/// values of any size, and not outside of the two by a rounding.
pub(crate) fn interpolate(from: f64, to: f64, fraction: f64) -> f64 {
    (from * (1.0 - fraction) + to * fraction).clamp(from.min(to), from.max(to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_are_exact() {
        assert_eq!(interpolate(0.1, 0.7, 0.0), 0.1);
        assert_eq!(interpolate(0.1, 0.7, 1.0), 0.7);
        assert_eq!(interpolate(f64::MAX, f64::MAX, 0.5), f64::MAX);
    }

    #[test]
    fn no_value_lies_outside_of_the_two() {
        for value in [5e-324, 0.1, f64::MAX] {
            for i in 0..=1000 {
                assert_eq!(interpolate(value, value, f64::from(i) / 1000.0), value);
            }
        }
    }
}
