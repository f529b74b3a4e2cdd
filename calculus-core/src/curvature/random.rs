//! Random directions and points from a seed.
//!
//! SplitMix64: a counter in steps of the golden ratio, mixed by two multiplications. Its 64 bits
//! are enough for probe vectors, and every estimate is reproduced by its seed.
//!
//! Source: G. L. Steele, D. Lea, C. H. Flood (2014), *Fast splittable pseudorandom number
//! generators*, OOPSLA, figure 17.

use super::vector::normalize;

/// A stream of pseudorandom numbers.
pub(super) struct Random {
    state: u64,
}

impl Random {
    /// The stream of the seed.
    pub(super) fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Uniform on $[0, 1)$.
    pub(super) fn uniform(&mut self) -> f64 {
        (self.bits() >> 11) as f64 * 2.0_f64.powi(-53)
    }

    /// -1 or 1.
    pub(super) fn sign(&mut self) -> f64 {
        if self.bits() >> 63 == 0 { 1.0 } else { -1.0 }
    }

    /// Standard normal, by Box and Muller (1958).
    pub(super) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.uniform()).cos()
    }

    /// A vector of signs (Rademacher).
    pub(super) fn signs(&mut self, n: usize) -> Vec<f64> {
        (0..n).map(|_| self.sign()).collect()
    }

    /// A direction uniform on the unit sphere.
    pub(super) fn direction(&mut self, n: usize) -> Vec<f64> {
        let mut x: Vec<f64> = (0..n).map(|_| self.normal()).collect();
        if normalize(&mut x) == 0.0 && n > 0 {
            x[0] = 1.0;
        }
        x
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_is_that_of_the_published_generator() {
        // The first outputs for the seed 1234567 of the reference implementation in C.
        let mut random = Random::new(1_234_567);
        assert_eq!(random.bits(), 6_457_827_717_110_365_317);
        assert_eq!(random.bits(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn moments() {
        let mut random = Random::new(1);
        let n = 20_000;
        let normals: Vec<f64> = (0..n).map(|_| random.normal()).collect();
        let mean = normals.iter().sum::<f64>() / n as f64;
        let variance = normals.iter().map(|x| x * x).sum::<f64>() / n as f64;
        // Four standard errors: 1 / sqrt(n) and sqrt(2 / n).
        assert!(mean.abs() < 4.0 / (n as f64).sqrt());
        assert!((variance - 1.0).abs() < 4.0 * (2.0 / n as f64).sqrt());
        let signs: f64 = random.signs(n).iter().sum::<f64>() / n as f64;
        assert!(signs.abs() < 4.0 / (n as f64).sqrt());
        assert!((0..n).map(|_| random.uniform()).all(|u| (0.0..1.0).contains(&u)));
    }

    #[test]
    fn directions_have_unit_length() {
        let mut random = Random::new(0);
        assert!(random.direction(0).is_empty());
        assert_eq!(random.direction(1)[0].abs(), 1.0);
        assert!((super::super::vector::norm(&random.direction(7)) - 1.0).abs() < 1e-15);
    }
}
