#![doc = include_str!("../README.md")]

mod drivers;
mod forward;
mod graph;
mod scalar;

pub mod tensor;

pub use drivers::{
    Differentiable, derivative, directional_derivative, forward_gradient, forward_gradient_chunked,
    forward_value_and_gradient, gradient, hessian, hvp, jacobian, jvp, laplacian, matrix_jvp,
    nth_derivative, value_and_gradient, vjp,
};
pub use forward::{Dual, DualMatrix, DualNumber, Jet, MatrixOutput, RowDerivatives};
#[cfg(feature = "testing")]
pub use graph::check_primitive;
pub use graph::{
    Function, Graph, GraphError, Node, Op, Operand, Outputs, Primitive, Rows, SparseHessian,
    SparseJacobian, SparseJacobianByRows, Var, apply_primitive, implicit_minimum, implicit_root,
    map_over, matrix, scan, scan_checkpointed, sum_over, vector,
};

pub(crate) use scalar::{scalar_traits, sum_from_first_term};

/// What a program that differentiates usually imports.
pub mod prelude {
    pub use crate::{
        Differentiable, Dual, Function, Graph, Jet, Var, derivative, gradient, hessian, hvp,
        jacobian, jvp, value_and_gradient, vjp,
    };
    pub use calculus_core::prelude::*;
}
