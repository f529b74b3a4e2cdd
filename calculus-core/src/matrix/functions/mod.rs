//! Functions of matrices.

pub mod cosm;
pub mod entropy;
pub mod expm;
pub mod logm;
pub mod powm;
pub mod sinm;
pub mod spectral_function;
pub mod sqrtm;
pub mod symmetric_cos;
pub mod symmetric_exp;
pub mod symmetric_inverse;
pub mod symmetric_inverse_sqrt;
pub mod symmetric_log;
pub mod symmetric_power;
pub mod symmetric_sin;
pub mod symmetric_sqrt;
pub mod trace_function;

mod norm;
mod pade;
mod principal;
mod rotation;
mod spectral;
