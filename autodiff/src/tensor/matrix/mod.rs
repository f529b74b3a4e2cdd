//! Tensors as matrices of `calculus_core::matrix`.
//!
//! A [`Tensor`](super::Tensor) with two axes has all operations in which the matrix rules of
//! `calculus-core` are written. So every matrix function of that crate can be called on tensors, its
//! derivatives come from the same rules, and a differentiation inside another one differentiates the
//! text of the rule itself. Values are computed by the kernels for numbers.
//!
//! # Panics
//! A function that cannot be evaluated returns an error when it is called. Where it can be evaluated
//! and has no derivative, the sweep panics with the message of that error: the vectors of repeated
//! eigenvalues or singular values, a factor of a singular matrix, a defective matrix. So does the
//! second derivative of a function that is composed of the eigenvalues or singular values themselves,
//! where they are repeated and it tells them apart. A spectral function of a symmetric matrix has its
//! first two derivatives, at repeated eigenvalues too; a third one panics. A tensor that has not two
//! axes is no matrix, which panics.

mod cumulative;
mod eigen;
mod entries;
mod factorizations;
mod operations;
mod packed;
mod repeated;
mod rows;
mod scalar;
mod schur;
mod spectral;
mod triangular;

use calculus_core::{Error, matrix};

use super::element::Element;

/// An element type of tensors that is one of matrices too: both are `f32` and `f64`.
pub(crate) trait Number: Element + matrix::Element {}

impl<T: Element + matrix::Element> Number for T {}

/// The result of a rule in a sweep, which has no way to return an error.
#[track_caller]
fn differentiable<R>(result: Result<R, Error>) -> R {
    result.unwrap_or_else(|error| panic!("{error}"))
}
