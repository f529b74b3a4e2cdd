//! Reproducible directions for products with Jacobians.

/// `count` vectors of `length` entries in $[-1, 1]$, the same in every run.
///
/// Entries come from SplitMix64 (Steele, Lea and Flood, 2014, OOPSLA, figure 17).
pub(super) fn directions(length: usize, count: usize, seed: u64) -> Vec<Vec<f64>> {
    let mut state = seed;
    let mut entry = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        2.0 * (z >> 11) as f64 / (1_u64 << 53) as f64 - 1.0
    };
    (0..count).map(|_| (0..length).map(|_| entry()).collect()).collect()
}

/// $\langle a, b\rangle$.
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
