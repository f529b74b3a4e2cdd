//! The few vector operations that minimisers need.

/// $a^\top b$, in eight partial sums.
pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    const LANES: usize = 8;
    let (a_blocks, a_rest) = a.as_chunks::<LANES>();
    let (b_blocks, b_rest) = b.as_chunks::<LANES>();
    let mut sums = [0.0; LANES];
    for (a, b) in a_blocks.iter().zip(b_blocks) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let rest = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum::<f64>();
    sums.iter().sum::<f64>() + rest
}

/// $\lVert v \rVert_2$, without overflow or underflow of the squares.
pub(crate) fn norm(v: &[f64]) -> f64 {
    let square = dot(v, v);
    if square.is_normal() && square < f64::MAX {
        return square.sqrt();
    }
    let scale = v.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
    if scale == 0.0 || !scale.is_finite() {
        return scale + square;
    }
    scale * v.iter().map(|v| (v / scale) * (v / scale)).sum::<f64>().sqrt()
}

/// Writes $x + \alpha d$.
pub(crate) fn step(x: &[f64], alpha: f64, direction: &[f64], result: &mut [f64]) {
    for ((r, x), d) in result.iter_mut().zip(x).zip(direction) {
        *r = x + alpha * d;
    }
}

/// $y \leftarrow y + \alpha x$.
pub(crate) fn add_scaled(y: &mut [f64], alpha: f64, x: &[f64]) {
    for (y, x) in y.iter_mut().zip(x) {
        *y += alpha * x;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_and_norms() {
        let a: Vec<f64> = (0..19).map(f64::from).collect();
        assert_eq!(dot(&a, &a), 2109.0);
        assert_eq!(norm(&[3.0, 4.0]), 5.0);
        assert!((norm(&[3e200, 4e200]) / 5e200 - 1.0).abs() < 1e-15);
        assert!((norm(&[3e-200, -4e-200]) / 5e-200 - 1.0).abs() < 1e-15);
        assert_eq!((norm(&[]), norm(&[0.0, -0.0])), (0.0, 0.0));
        assert!(norm(&[f64::NAN, 1.0]).is_nan());
        assert_eq!(norm(&[f64::INFINITY, 1.0]), f64::INFINITY);
    }
}
