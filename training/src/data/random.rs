//! Random numbers that are a pure function of a seed, a purpose and an index.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// What random numbers are for. Two purposes never share a stream, whatever the seed.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Purpose {
    /// Dividing the rows of a data set.
    Split = 1,
    /// The order of the rows in an epoch.
    Order = 2,
}

/// The generator for a seed, a purpose and an index such as the number of the epoch.
///
/// ChaCha with 8 rounds has 2^64 independent streams for each key. The key is the seed and the
/// purpose, the stream is the index: any epoch's numbers are there without drawing those of the
/// epochs before it.
pub(crate) fn generator(seed: u64, purpose: Purpose, index: u64) -> ChaCha8Rng {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    key[8..16].copy_from_slice(&(purpose as u64).to_le_bytes());
    let mut generator = ChaCha8Rng::from_seed(key);
    generator.set_stream(index);
    generator
}
