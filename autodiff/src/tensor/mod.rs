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
