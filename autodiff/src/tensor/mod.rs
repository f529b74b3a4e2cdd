//! Dense arrays, recorded at the granularity of arrays, and their derivatives to any order.
//!
//! A [`Tensor`] is a row-major array of `f32` or `f64` with up to six axes. Its operations are
//! methods and operators. [`gradient()`], [`value_and_gradient`], [`value_and_gradient_into`] and
//! [`hessian_vector_product`] run a function of tensors once, record its operations on a tape, and
//! sweep back over it:
//!
//! ```
//! use autodiff::tensor::{Tensor, value_and_gradient};
//!
//! let x = Tensor::from_slice(&[0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 1.0, 1.0], &[4, 2])?;
//! let labels = [0, 1, 1, 0];
//! let (w, b) = (Tensor::zeros(&[2, 2]), Tensor::zeros(&[2]));
//! let (loss, g) = value_and_gradient(
//!     |p| x.linear(&p[0], Some(&p[1])).softmax_cross_entropy(&labels),
//!     &[w, b],
//! );
//! assert!((loss.item() - 2.0_f64.ln()).abs() < 1e-15);
//! assert_eq!(g[0].shape(), [2, 2]);
//! # Ok::<(), autodiff::tensor::Error>(())
//! ```
//!
//! # Higher derivatives
//! These functions may be nested. A differentiation inside another one records its reverse sweep on
//! the same tape, so that its gradients are tensors like others, and Hessian-vector products or
//! penalties on gradients are exact. A tensor captured from the outer function is a constant of the
//! inner one and stays a variable of the outer one; there is no way to confuse the two.
//!
//! # What may leave a differentiated function
//! Results are not recorded. A tensor that is smuggled out of the function keeps its values, but
//! computing with it after the differentiation has ended, or on another thread, panics: it would
//! silently be a constant. [`Tensor::detach`] makes it one on purpose. A panic inside the function
//! closes the recording, and the thread can go on.
//!
//! # Matrices
//! A tensor with two axes is a matrix of `calculus_core::matrix`, and a number of that module is a
//! tensor without axes. So its functions (factorizations, solutions of equations, determinants, norms,
//! functions of matrices) can be called in a differentiated function, and have derivatives to any
//! order by the rules of that module:
//!
//! ```
//! use autodiff::tensor::{Tensor, hessian_vector_product};
//! use calculus_core::matrix::log_det;
//!
//! // The gradient of ln det A is A^{-1}, its derivative in the direction E is -A^{-1} E A^{-1}.
//! let a = Tensor::<f64>::from_slice(&[2.0, 0.0, 0.0, 4.0], &[2, 2])?;
//! let e = Tensor::from_slice(&[0.0, 1.0, 1.0, 0.0], &[2, 2])?;
//! let product = hessian_vector_product(
//!     |x| log_det::value(&x[0]).expect("positive definite").0,
//!     &[a],
//!     &[e],
//! );
//! for (found, expected) in product[0].as_slice().iter().zip([0.0, -0.125, -0.125, 0.0]) {
//!     assert!((found - expected).abs() < 1e-15);
//! }
//! # Ok::<(), autodiff::tensor::Error>(())
//! ```
//!
//! What cannot be evaluated is an error, as with matrices of numbers. What can be evaluated and has no
//! derivative (the vectors of repeated eigenvalues or singular values, the factors of a singular
//! matrix, the eigenvalues of a defective one) panics when the derivative is asked for, with the
//! message of the error that the plain rule returns. Functions of the eigenvalues of a symmetric
//! matrix (`spectral_function`, `trace_function` and their relatives) have two derivatives, at
//! repeated eigenvalues as well; a third one panics. What is composed of the eigenvalues or singular
//! values themselves panics at the second derivative where they are repeated, unless it does not tell
//! them apart (as a norm of the largest one).
//!
//! # Memory
//! Buffers are shared and counted; the last owner returns them to a pool of its thread, at most
//! 512 MiB for each element type; a vector handed to [`Tensor::from_vec`] is freed like any other. A
//! training step with [`value_and_gradient_into`] reaches a steady
//! state in which it never calls the allocator, with one exception: matrix products of more than 32
//! million multiply-adds are shared between threads, which allocates a little.
//!
//! # Not a number
//! Operations on NaN give NaN, also `relu`, `maximum` and `max`; none of them replaces it by a
//! number. What an operation does at a kink or on a degenerate row is said where it is documented.

mod array;
mod element;
mod error;
mod gradient;
mod kernels;
mod matrix;
mod ops;
mod shape;
mod storage;
mod sweep;
mod tape;

pub use array::Tensor;
pub use element::Element;
pub use error::Error;
pub use gradient::{gradient, hessian_vector_product, value_and_gradient, value_and_gradient_into};
pub use shape::MAX_RANK;
