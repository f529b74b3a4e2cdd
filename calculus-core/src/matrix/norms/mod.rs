//! Norms and extreme values of the spectrum.

mod of_values;

pub mod condition_number;
pub mod cosine_similarity;
pub mod frobenius;
pub mod frobenius_squared;
pub mod induced_infinity;
pub mod induced_one;
pub mod ky_fan;
pub mod lambda_max;
pub mod lambda_min;
pub mod normalise;
pub mod nuclear;
pub mod p_norm;
pub mod schatten;
pub mod spectral;
