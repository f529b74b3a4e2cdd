//! What parameters are before training.
//!
//! Sources: X. Glorot and Y. Bengio, *Understanding the difficulty of training deep feedforward
//! neural networks*, AISTATS 2010 (equations 12 and 16); K. He, X. Zhang, S. Ren and J. Sun,
//! *Delving deep into rectifiers*, ICCV 2015 (equations 10 and 14).

use std::f64::consts::{SQRT_2, TAU};

use calculus_core::Float;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::error::{Error, Result};

/// How many numbers enter into and leave one unit of a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fan {
    /// $n_{in}$: how many inputs an output is a sum over.
    pub inputs: usize,
    /// $n_{out}$: how many outputs an input contributes to.
    pub outputs: usize,
}

/// The distribution of the values of a parameter before training.
///
/// | initialiser | distribution |
/// |---|---|
/// | `Zeros` | 0 |
/// | `Constant(c)` | $c$ |
/// | `Uniform { low, high }` | $U[low, high)$ |
/// | `Normal { mean, standard_deviation }` | $N(\mu, \sigma^2)$ |
/// | `XavierUniform { gain }` | $U[-a, a)$ with $a = g\sqrt{6 / (n_{in} + n_{out})}$ |
/// | `XavierNormal { gain }` | $N(0, \sigma^2)$ with $\sigma = g\sqrt{2 / (n_{in} + n_{out})}$ |
/// | `HeUniform { gain }` | $U[-a, a)$ with $a = g\sqrt{3 / n_{in}}$ |
/// | `HeNormal { gain }` | $N(0, \sigma^2)$ with $\sigma = g / \sqrt{n_{in}}$ |
///
/// The gain $g$ makes up for what the activation takes from the variance: $\sqrt 2$ for ReLU and
/// 1 for a linear unit; [`HE_NORMAL`](Self::HE_NORMAL) and its siblings have the usual ones.
///
/// The values depend on the seed and on the name of the parameter alone, not on the other
/// parameters of the model.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Initializer {
    /// Zero.
    Zeros,
    /// One number everywhere.
    Constant(f64),
    /// Uniform in an interval.
    Uniform {
        /// The smallest value.
        low: f64,
        /// The value below which all are.
        high: f64,
    },
    /// Normal.
    Normal {
        /// $\mu$.
        mean: f64,
        /// $\sigma$, not negative.
        standard_deviation: f64,
    },
    /// Uniform, as Glorot and Bengio have it.
    XavierUniform {
        /// $g$, positive.
        gain: f64,
    },
    /// Normal with the variance of Glorot and Bengio.
    XavierNormal {
        /// $g$, positive.
        gain: f64,
    },
    /// Uniform with the variance of He and others.
    HeUniform {
        /// $g$, positive.
        gain: f64,
    },
    /// Normal, as He and others have it.
    HeNormal {
        /// $g$, positive.
        gain: f64,
    },
}

impl Initializer {
    /// [`XavierUniform`](Self::XavierUniform) with gain 1: for linear, tanh and sigmoid units.
    pub const XAVIER_UNIFORM: Self = Self::XavierUniform { gain: 1.0 };
    /// [`XavierNormal`](Self::XavierNormal) with gain 1: for linear, tanh and sigmoid units.
    pub const XAVIER_NORMAL: Self = Self::XavierNormal { gain: 1.0 };
    /// [`HeUniform`](Self::HeUniform) with gain $\sqrt 2$: for rectified units.
    pub const HE_UNIFORM: Self = Self::HeUniform { gain: SQRT_2 };
    /// [`HeNormal`](Self::HeNormal) with gain $\sqrt 2$: for rectified units.
    pub const HE_NORMAL: Self = Self::HeNormal { gain: SQRT_2 };

    /// Fills `values` for the parameter called `name`.
    ///
    /// ```
    /// use training::{Fan, Initializer};
    ///
    /// let fan = Fan { inputs: 50, outputs: 100 };
    /// let mut values = [0.0_f64; 5000];
    /// Initializer::XAVIER_UNIFORM.fill(&mut values, fan, "hidden.weight", 7);
    /// // a = sqrt(6 / 150) = 0.2
    /// assert!(values.iter().all(|v| v.abs() <= 0.2));
    /// assert!(values.iter().any(|v| v.abs() > 0.19));
    /// ```
    pub fn fill<T: Float>(&self, values: &mut [T], fan: Fan, name: &str, seed: u64) {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream(fnv1a(name.as_bytes()));
        match self.distribution(fan) {
            Distribution::Constant(value) => values.fill(T::from_f64(value)),
            Distribution::Uniform { low, high } => {
                for value in values {
                    *value = T::from_f64(low + (high - low) * unit_interval(&mut random));
                }
            }
            Distribution::Normal { mean, standard_deviation } => {
                for pair in values.chunks_mut(2) {
                    let z = normal_pair(&mut random);
                    for (value, z) in pair.iter_mut().zip(z) {
                        *value = T::from_f64(mean + standard_deviation * z);
                    }
                }
            }
        }
    }

    /// The variance of the values, $\sigma^2$.
    pub fn variance(&self, fan: Fan) -> f64 {
        match self.distribution(fan) {
            Distribution::Constant(_) => 0.0,
            Distribution::Uniform { low, high } => (high - low).powi(2) / 12.0,
            Distribution::Normal { standard_deviation, .. } => standard_deviation.powi(2),
        }
    }

    fn distribution(&self, fan: Fan) -> Distribution {
        // A layer without inputs has no weights, and its bias has one input: the constant 1.
        let n_in = fan.inputs.max(1) as f64;
        let n_out = fan.outputs.max(1) as f64;
        let symmetric = |a: f64| Distribution::Uniform { low: -a, high: a };
        let centred = |standard_deviation| Distribution::Normal { mean: 0.0, standard_deviation };
        match *self {
            Self::Zeros => Distribution::Constant(0.0),
            Self::Constant(value) => Distribution::Constant(value),
            Self::Uniform { low, high } => Distribution::Uniform { low, high },
            Self::Normal { mean, standard_deviation } => {
                Distribution::Normal { mean, standard_deviation }
            }
            Self::XavierUniform { gain } => symmetric(gain * (6.0 / (n_in + n_out)).sqrt()),
            Self::XavierNormal { gain } => centred(gain * (2.0 / (n_in + n_out)).sqrt()),
            Self::HeUniform { gain } => symmetric(gain * (3.0 / n_in).sqrt()),
            Self::HeNormal { gain } => centred(gain / n_in.sqrt()),
        }
    }

    /// Checks that the numbers are inside of their domain.
    ///
    /// # Errors
    /// [`Error::InvalidOption`] with the value.
    pub fn validate(&self) -> Result<()> {
        let finite = |name, value: f64| match value.is_finite() {
            true => Ok(()),
            false => Err(Error::invalid_option(name, value, "finite")),
        };
        match *self {
            Self::Zeros => Ok(()),
            Self::Constant(value) => finite("constant of an initialiser", value),
            Self::Uniform { low, high } => {
                finite("low", low)?;
                finite("high", high)?;
                if low > high {
                    return Err(Error::invalid_option("low", low, format!("at most high, {high}")));
                }
                finite("high - low", high - low)
            }
            Self::Normal { mean, standard_deviation } => {
                finite("mean", mean)?;
                finite("standard_deviation", standard_deviation)?;
                if standard_deviation < 0.0 {
                    let name = "standard_deviation";
                    return Err(Error::invalid_option(name, standard_deviation, "at least 0"));
                }
                Ok(())
            }
            Self::XavierUniform { gain }
            | Self::XavierNormal { gain }
            | Self::HeUniform { gain }
            | Self::HeNormal { gain } => {
                if gain.is_finite() && gain > 0.0 {
                    return Ok(());
                }
                Err(Error::invalid_option("gain", gain, "finite and positive"))
            }
        }
    }
}

enum Distribution {
    Constant(f64),
    Uniform { low: f64, high: f64 },
    Normal { mean: f64, standard_deviation: f64 },
}

/// A number of $[0, 1)$ with 53 random bits.
fn unit_interval(random: &mut ChaCha8Rng) -> f64 {
    (random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
}

/// Two independent standard normal numbers: G. E. P. Box and M. E. Muller, *A note on the
/// generation of random normal deviates*, Annals of Mathematical Statistics 29 (1958).
fn normal_pair(random: &mut ChaCha8Rng) -> [f64; 2] {
    // 1 - u lies in (0, 1], so that the logarithm is finite.
    let radius = (-2.0 * (1.0 - unit_interval(random)).ln()).sqrt();
    let angle = TAU * unit_interval(random);
    [radius * angle.cos(), radius * angle.sin()]
}

/// The 64-bit hash of G. Fowler, L. C. Noll and K.-P. Vo, variant 1a: the same on every machine.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, &b| (hash ^ u64::from(b)).wrapping_mul(0x100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Initializer; 8] = [
        Initializer::Zeros,
        Initializer::Constant(0.5),
        Initializer::Uniform { low: -1.0, high: 3.0 },
        Initializer::Normal { mean: 1.0, standard_deviation: 2.0 },
        Initializer::XAVIER_UNIFORM,
        Initializer::XAVIER_NORMAL,
        Initializer::HE_UNIFORM,
        Initializer::HE_NORMAL,
    ];

    #[test]
    fn sample_mean_and_variance_are_those_of_the_formula() {
        let fan = Fan { inputs: 30, outputs: 70 };
        for initializer in ALL {
            let n = 40_000;
            let mut values = vec![0.0_f64; n];
            initializer.fill(&mut values, fan, "w", 1);
            let mean = values.iter().sum::<f64>() / n as f64;
            let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n as f64;
            let expected_mean = match initializer {
                Initializer::Constant(c) => c,
                Initializer::Uniform { low, high } => (low + high) / 2.0,
                Initializer::Normal { mean, .. } => mean,
                _ => 0.0,
            };
            let expected = initializer.variance(fan);
            // Five standard errors of the mean and of the variance (kurtosis at most 3).
            let error = 5.0 * (expected / n as f64).sqrt() + 1e-12;
            assert!((mean - expected_mean).abs() < error, "{initializer:?}: mean {mean}");
            let error = 5.0 * expected * (2.0 / n as f64).sqrt() + 1e-12;
            assert!((variance - expected).abs() < error, "{initializer:?}: {variance}");
        }
        // The published values for this fan.
        assert!((Initializer::XAVIER_NORMAL.variance(fan) - 2.0 / 100.0).abs() < 1e-15);
        assert!((Initializer::XAVIER_UNIFORM.variance(fan) - 2.0 / 100.0).abs() < 1e-15);
        assert!((Initializer::HE_NORMAL.variance(fan) - 2.0 / 30.0).abs() < 1e-15);
        assert!((Initializer::HE_UNIFORM.variance(fan) - 2.0 / 30.0).abs() < 1e-15);
    }

    #[test]
    fn values_depend_on_seed_and_name_alone() {
        let fan = Fan { inputs: 3, outputs: 3 };
        let draw = |name, seed| {
            let mut values = [0.0_f32; 9];
            Initializer::HE_NORMAL.fill(&mut values, fan, name, seed);
            values
        };
        assert_eq!(draw("a", 1), draw("a", 1));
        assert_ne!(draw("a", 1), draw("a", 2));
        assert_ne!(draw("a", 1), draw("b", 1));
    }

    #[test]
    fn numbers_outside_of_their_domain_are_refused() {
        for initializer in ALL {
            assert!(initializer.validate().is_ok(), "{initializer:?}");
        }
        for initializer in [
            Initializer::Constant(f64::NAN),
            Initializer::Uniform { low: 1.0, high: 0.0 },
            Initializer::Uniform { low: f64::MIN, high: f64::MAX },
            Initializer::Normal { mean: f64::INFINITY, standard_deviation: 1.0 },
            Initializer::Normal { mean: 0.0, standard_deviation: -1.0 },
            Initializer::HeNormal { gain: 0.0 },
            Initializer::XavierUniform { gain: f64::NAN },
        ] {
            assert!(initializer.validate().is_err(), "{initializer:?}");
        }
    }

    #[test]
    fn no_values_and_no_fan_are_fine() {
        Initializer::HE_NORMAL.fill::<f64>(&mut [], Fan { inputs: 0, outputs: 0 }, "w", 0);
        let mut one = [0.0_f64];
        Initializer::HE_NORMAL.fill(&mut one, Fan { inputs: 0, outputs: 0 }, "w", 0);
        assert!(one[0].is_finite());
    }
}
