//! The few operations on slices that the iterations need.

/// $x'y$.
pub(super) fn dot(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(x, y)| x * y).sum()
}

/// The largest $|x_i|$; 0 for an empty slice.
pub(super) fn max_norm(x: &[f64]) -> f64 {
    x.iter().fold(0.0, |max, x| max.max(x.abs()))
}

/// $\|x\|_2$, without overflow or underflow of the squares.
pub(super) fn norm(x: &[f64]) -> f64 {
    let scale = max_norm(x);
    if scale == 0.0 || !scale.is_finite() {
        return scale;
    }
    scale * x.iter().map(|x| (x / scale).powi(2)).sum::<f64>().sqrt()
}

/// $y \leftarrow y + a x$.
pub(super) fn add_scaled(y: &mut [f64], a: f64, x: &[f64]) {
    for (y, x) in y.iter_mut().zip(x) {
        *y += a * x;
    }
}

/// Divides `x` by its norm, which is returned; a zero vector stays zero.
pub(super) fn normalize(x: &mut [f64]) -> f64 {
    let length = norm(x);
    if length > 0.0 {
        // Not multiplied by 1 / length, which overflows for subnormal lengths.
        x.iter_mut().for_each(|x| *x /= length);
    }
    length
}

/// $x \leftarrow x - Q Q' x$ for the orthonormal columns `basis`, and the coefficients $Q'x$.
///
/// Two passes leave the result orthogonal to working precision (Giraud, Langou, Rozloznik and van
/// den Eshof, 2005).
pub(super) fn orthogonalize(x: &mut [f64], basis: &[Vec<f64>]) -> Vec<f64> {
    let mut coefficients = vec![0.0; basis.len()];
    for _pass in 0..2 {
        for (coefficient, q) in coefficients.iter_mut().zip(basis) {
            let c = dot(q, x);
            add_scaled(x, -c, q);
            *coefficient += c;
        }
    }
    coefficients
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn norms_neither_overflow_nor_underflow() {
        assert_eq!(norm(&[]), 0.0);
        assert!((norm(&[3e300, 4e300]) / 5e300 - 1.0).abs() < 1e-15);
        assert!((norm(&[3e-300, 4e-300]) / 5e-300 - 1.0).abs() < 1e-15);
        assert!(norm(&[5e-324]) > 0.0);
        let mut x = [5e-324, 0.0];
        normalize(&mut x);
        assert_eq!(x, [1.0, 0.0]);
    }

    #[test]
    fn what_is_left_is_orthogonal() {
        let basis = vec![vec![1.0, 0.0, 0.0], vec![0.0, 0.6, 0.8]];
        let mut x = [1.0, 2.0, 3.0];
        let coefficients = orthogonalize(&mut x, &basis);
        assert!((coefficients[0] - 1.0).abs() < 1e-15);
        assert!((coefficients[1] - 3.6).abs() < 1e-15);
        assert!(dot(&x, &basis[0]).abs() + dot(&x, &basis[1]).abs() < 1e-15);
    }
}
