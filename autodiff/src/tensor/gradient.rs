//! Differentiating functions of tensors.
//!
//! Each of these opens a recording, runs the function once on recorded copies of its inputs, sweeps
//! back and closes the recording. Called inside another of them, the sweep is recorded as well, and
//! its result can be differentiated again.

use super::array::Tensor;
use super::element::Element;
use super::error::Error;
use super::sweep;
use super::tape::Scope;

/// The gradient of a function of several tensors that returns one number.
///
/// $$ \bar x_i = \frac{\partial f(x_1, \dots, x_n)}{\partial x_i} $$
///
/// - `f`: gets the inputs as recorded tensors; whatever else it captures is constant.
/// - `inputs`: of any shapes; the gradient of each has the shape of the input.
///
/// Costs one run of `f` and a small multiple of it. Inside another differentiation the result is
/// recorded, so that derivatives of derivatives are exact, to any order; a captured tensor of the
/// outer function is a constant of the inner one and a variable of the outer one.
///
/// # Panics
/// If `f` does not return exactly one element, or uses a tensor recorded by a differentiation that
/// has ended.
///
/// # Examples
/// The gradient of $\sum_i x_i^2$, and by differentiating $\lVert\nabla f\rVert^2$ the product of
/// its Hessian with $2 \nabla f$:
/// ```
/// use autodiff::tensor::{Tensor, gradient};
///
/// let x = Tensor::from_slice(&[1.0, 2.0], &[2])?;
/// let g = gradient(|x| x[0].square().sum(), &[x.clone()]);
/// assert_eq!(g[0].as_slice(), [2.0, 4.0]);
///
/// let penalty = |x: &[Tensor<f64>]| gradient(|x| x[0].square().sum(), x)[0].square().sum();
/// assert_eq!(gradient(penalty, &[x])[0].as_slice(), [8.0, 16.0]);
/// # Ok::<(), autodiff::tensor::Error>(())
/// ```
#[track_caller]
pub fn gradient<T: Element>(
    f: impl FnOnce(&[Tensor<T>]) -> Tensor<T>,
    inputs: &[Tensor<T>],
) -> Vec<Tensor<T>> {
    value_and_gradient(f, inputs).1
}

/// The value of a function of several tensors, and its gradient as [`gradient`] gives it.
///
/// # Panics
/// As for [`gradient`].
///
/// # Examples
/// ```
/// use autodiff::tensor::{Tensor, value_and_gradient};
///
/// let x = Tensor::from_slice(&[1.0, 2.0], &[2])?;
/// let y = Tensor::scalar(3.0);
/// let (value, g) = value_and_gradient(|v| (&v[0] * &v[1]).sum(), &[x, y]);
/// assert_eq!(value.item(), 9.0);
/// assert_eq!(g[0].as_slice(), [3.0, 3.0]);
/// assert_eq!(g[1].item(), 3.0);
/// # Ok::<(), autodiff::tensor::Error>(())
/// ```
#[track_caller]
pub fn value_and_gradient<T: Element>(
    f: impl FnOnce(&[Tensor<T>]) -> Tensor<T>,
    inputs: &[Tensor<T>],
) -> (Tensor<T>, Vec<Tensor<T>>) {
    let scope = Scope::<T>::open();
    let start = T::tape().with_borrow(|tape| tape.nodes.len());
    let leaves: Vec<Tensor<T>> = inputs.iter().map(sweep::input).collect();
    let output = f(&leaves);
    check_scalar(&output);
    let live = is_live(&output);
    let mut gradients = vec![None; inputs.len()];
    let value = if !scope.outermost {
        gradients = sweep::recorded(&output, start, inputs.len());
        output
    } else {
        drop(leaves);
        if live {
            sweep::to_tensors(&output, &mut gradients);
        }
        output.detach()
    };
    let zero = |input: &Tensor<T>| Tensor::filled(input.extents(), T::ZERO);
    let gradients = gradients.into_iter().zip(inputs);
    (value, gradients.map(|(g, input)| g.unwrap_or_else(|| zero(input))).collect())
}

/// The value of a function of one flat vector of parameters; its gradient overwrites `gradient`.
///
/// - `f`: gets the parameters as a recorded tensor, of which it takes [`view`](Tensor::view)s. The
///   adjoints of views are computed straight in their part of `gradient`.
/// - `parameters`: shape `[n]` (any shape will do).
/// - `gradient`: length n; its previous content does not matter.
///
/// This is the form for training: once the buffers of a step exist, it does not call the allocator.
/// Inside another differentiation the numbers that it returns are constants of the outer one; use
/// [`value_and_gradient`] to differentiate through a gradient.
///
/// # Panics
/// As for [`gradient`]; also if the lengths of `parameters` and `gradient` differ.
///
/// # Examples
/// A linear model $y = Xw + b$ with its two parameters in one vector:
/// ```
/// use autodiff::tensor::{Tensor, value_and_gradient_into};
///
/// let x = Tensor::from_slice(&[1.0, 2.0, 3.0], &[3, 1])?;
/// let target = Tensor::from_slice(&[3.0, 5.0, 7.0], &[3, 1])?;
/// let parameters = Tensor::from_slice(&[0.0, 0.0], &[2])?;
/// let mut gradient = [0.0; 2];
/// let loss = value_and_gradient_into(
///     |p| {
///         let (w, b) = (p.view(0..1, &[1, 1]), p.view(1..2, &[1]));
///         (&(&x.matmul(&w) + &b) - &target).square().mean()
///     },
///     &parameters,
///     &mut gradient,
/// );
/// assert!((loss - 83.0 / 3.0_f64).abs() < 1e-12);
/// assert!((gradient[0] + 68.0 / 3.0).abs() < 1e-12 && (gradient[1] + 10.0).abs() < 1e-12);
/// # Ok::<(), autodiff::tensor::Error>(())
/// ```
#[track_caller]
pub fn value_and_gradient_into<T: Element>(
    f: impl FnOnce(&Tensor<T>) -> Tensor<T>,
    parameters: &Tensor<T>,
    gradient: &mut [T],
) -> T {
    assert_eq!(
        parameters.len(),
        gradient.len(),
        "value_and_gradient_into: as many gradient elements as parameters are needed"
    );
    let scope = Scope::<T>::open();
    let start = T::tape().with_borrow(|tape| tape.nodes.len());
    let leaf = sweep::input(parameters);
    let output = f(&leaf);
    check_scalar(&output);
    drop(leaf);
    let live = is_live(&output);
    let value = output.item();
    if !scope.outermost {
        match sweep::recorded(&output, start, 1).swap_remove(0) {
            Some(adjoint) => gradient.copy_from_slice(adjoint.as_slice()),
            None => gradient.fill(T::ZERO),
        }
    } else if live {
        sweep::to_slice(&output, gradient);
    } else {
        gradient.fill(T::ZERO);
    }
    value
}

/// The product of the Hessian of `f` with a direction.
///
/// $$ \left(\nabla^2 f(x)\, v\right)_i = \frac{\partial}{\partial x_i} \sum_j
///    \left\langle \frac{\partial f}{\partial x_j}, v_j \right\rangle $$
///
/// - `inputs`, `direction`: as many tensors each, of the same shapes.
///
/// Costs a small multiple of one gradient. Reverse mode over reverse mode, as in B. A. Pearlmutter,
/// "Fast exact multiplication by the Hessian", Neural Computation 6 (1994), but with the sweep
/// itself recorded instead of a forward pass over it.
///
/// # Panics
/// As for [`gradient`]; also if `direction` does not fit `inputs`.
///
/// # Examples
/// ```
/// use autodiff::tensor::{Tensor, hessian_vector_product};
///
/// let x = Tensor::from_slice(&[1.0, 2.0], &[2])?;
/// let v = Tensor::from_slice(&[1.0, -1.0], &[2])?;
/// let hv = hessian_vector_product(|x| x[0].powi(3).sum(), &[x], &[v]);
/// assert_eq!(hv[0].as_slice(), [6.0, -12.0]);
/// # Ok::<(), autodiff::tensor::Error>(())
/// ```
#[track_caller]
pub fn hessian_vector_product<T: Element>(
    f: impl FnOnce(&[Tensor<T>]) -> Tensor<T>,
    inputs: &[Tensor<T>],
    direction: &[Tensor<T>],
) -> Vec<Tensor<T>> {
    assert_eq!(inputs.len(), direction.len(), "hessian_vector_product: one direction per input");
    for (input, v) in inputs.iter().zip(direction) {
        if input.extents() != v.extents() {
            let (lhs, rhs) = (input.shape().to_vec(), v.shape().to_vec());
            Error::ShapeMismatch { op: "hessian_vector_product", lhs, rhs }.raise();
        }
    }
    gradient(
        |x| {
            let products = gradient(f, x).into_iter().zip(direction).map(|(g, v)| (&g * v).sum());
            products.reduce(|a, b| &a + &b).unwrap_or_else(|| Tensor::scalar(T::ZERO))
        },
        inputs,
    )
}

#[track_caller]
fn check_scalar<T: Element>(output: &Tensor<T>) {
    if output.len() != 1 {
        Error::OutputNotScalar { shape: output.shape().to_vec() }.raise();
    }
}

/// Whether the output depends on the inputs; a stale output is an error.
#[track_caller]
fn is_live<T: Element>(output: &Tensor<T>) -> bool {
    super::tape::link("gradient", output) != super::tape::CONSTANT
}
