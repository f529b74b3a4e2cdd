//! Matrix functions: value, pushforward and pullback.
//!
//! Each module is one function $f$. `value` returns $f(A)$ with the factors that the derivatives take;
//! `pushforward` maps a tangent $\dot A$ to $Df(A)\,\dot A$, and `pullback` a cotangent $\bar C$ of
//! the value to the gradient $\bar A$, with
//!
//! $$\langle \bar C, Df(A)\,\dot A\rangle = \langle \bar A, \dot A\rangle, \qquad
//! \langle X, Y\rangle = \mathrm{tr}(X^\top Y)$$
//!
//! Arguments come in the order of primals or factors, tangents or cotangents, and gradients in the
//! order of the inputs. They are `faer::Mat` or `faer::MatRef`, or whatever else implements
//! [`Matrix`]; a vector has one column. Errors name the operation and the offending numbers.
//!
//! The rules are written in the methods of [`Matrix`] and serve every kind of matrix that has
//! [`Operations`].

pub(crate) mod check;
mod dense;
mod entrywise_power;
mod operations;
mod scalar;
mod traits;

mod determinants;
mod factorizations;
mod functions;
mod learning;
mod norms;
mod products;
mod solves;
mod structure;

pub use dense::{Element, Schur};
pub use determinants::{adjugate, det, log_abs_det, log_det};
pub use factorizations::{
    cholesky, eigen, lu, polar, qr, singular_values, svd, svd_full, symmetric_eigen,
    symmetric_eigenvalues,
};
pub use functions::{
    cosm, entropy, expm, logm, powm, sinm, spectral_function, sqrtm, symmetric_cos, symmetric_exp,
    symmetric_inverse, symmetric_inverse_sqrt, symmetric_log, symmetric_power, symmetric_sin,
    symmetric_sqrt, trace_function,
};
pub use learning::{
    Extent, attention, convolution_1d, convolution_2d, cross_entropy,
    gaussian_negative_log_likelihood, layer_norm, log_softmax, log_sum_exp, logistic_loss,
    mahalanobis, mahalanobis_squared, matrix_factorization, pairwise_distances,
    pairwise_squared_distances, rayleigh_quotient, sigmoid, softmax, softplus,
};
pub use norms::{
    condition_number, cosine_similarity, frobenius, frobenius_squared, induced_infinity,
    induced_one, ky_fan, lambda_max, lambda_min, normalise, nuclear, p_norm, schatten, spectral,
};
pub use operations::{Lu, Operations, Part, Spectrum, Transpose, Triangle};
pub use products::{
    bilinear_form, congruence, cross, dot, gram, kron, matmul, matvec, outer, power,
    quadratic_form, trace_chain, trace_product,
};
pub use scalar::Scalar;
pub use solves::{
    cayley, cholesky_solve, inverse, least_norm, least_squares, lyapunov, pseudoinverse,
    schur_complement, solve, solve_definite, solve_right, solve_triangular, sylvester,
};
pub use structure::{
    Direction, add, block, broadcast, column_sums, concatenate_columns, concatenate_rows,
    cumulative_sum, diagonal, diagonal_matrix, divide, elementwise_pow, elementwise_powf, hadamard,
    map, maximum, mean, minimum, permute_rows, reshape, row_sums, scale, select_rows,
    skew_symmetrise, sub, sum, symmetrise, trace, transpose, triangular_part, vectorise,
};
pub use traits::{Matrix, identity, zeros};
