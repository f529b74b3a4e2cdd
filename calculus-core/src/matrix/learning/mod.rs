//! Functions of statistics and machine learning.

mod columns;

pub mod attention;
pub mod convolution_1d;
pub mod convolution_2d;
pub mod cross_entropy;
pub mod gaussian_negative_log_likelihood;
pub mod layer_norm;
pub mod log_softmax;
pub mod log_sum_exp;
pub mod logistic_loss;
pub mod mahalanobis;
pub mod mahalanobis_squared;
pub mod matrix_factorization;
pub mod pairwise_distances;
pub mod pairwise_squared_distances;
pub mod rayleigh_quotient;
pub mod sigmoid;
pub mod softmax;
pub mod softplus;

pub use convolution_2d::Extent;
