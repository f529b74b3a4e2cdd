//! Values between two others.

/// `from * (1 - fraction) + to * fraction`: exact at both ends, and without overflow between
/// finite values of any size.
pub(crate) fn interpolate(from: f64, to: f64, fraction: f64) -> f64 {
    from * (1.0 - fraction) + to * fraction
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
}
