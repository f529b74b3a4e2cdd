//! The solution of triangular systems.

use calculus_core::matrix::{Matrix, Operations, Transpose, Triangle};
use faer::Mat;

use super::Number;
use super::operations::{columns_of, from_columns};
use crate::tensor::array::Tensor;
use crate::tensor::sweep::Adjoints;
use crate::tensor::tape::{CONSTANT, Detail, Link, Rule, Saved, record};

/// $\mathrm{op}(T) X = B$: $\bar B = \mathrm{op}(T)^{-\top} \bar X$, and $\bar T$ is the named triangle
/// of $-\bar B X^\top$, transposed where $T$ is.
#[derive(Debug)]
struct SolveTriangular;

impl<T: Number> Rule<T> for SolveTriangular {
    fn name(&self) -> &'static str {
        "solve_triangular"
    }
    fn pullback(&self, saved: &Saved<T>, cotangent: &Tensor<T>, which: usize) -> Tensor<T> {
        let right = right_cotangent(saved, cotangent);
        if which == 1 { right } else { triangle_cotangent(saved, &right) }
    }
    fn accumulate(
        &self,
        saved: &mut Saved<T>,
        links: &[Link; 3],
        cotangent: Tensor<T>,
        adjoints: &mut Adjoints<'_, T>,
    ) {
        let right = right_cotangent(saved, &cotangent);
        if links[0] != CONSTANT {
            adjoints.add(links[0], triangle_cotangent(saved, &right));
        }
        if links[1] != CONSTANT {
            adjoints.add(links[1], right);
        }
    }
}

fn detail<T: Number>(saved: &Saved<T>) -> (Triangle, Transpose) {
    let Detail::Triangle(triangle, transpose) = saved.detail else {
        unreachable!("the triangle was saved")
    };
    (triangle, transpose)
}

/// $\bar B$.
fn right_cotangent<T: Number>(saved: &Saved<T>, cotangent: &Tensor<T>) -> Tensor<T> {
    let (triangle, transpose) = detail(saved);
    solve(saved.operand(0), triangle, transpose.flipped(), cotangent)
}

/// $\bar T$ from $\bar B$.
fn triangle_cotangent<T: Number>(saved: &Saved<T>, right: &Tensor<T>) -> Tensor<T> {
    let (triangle, transpose) = detail(saved);
    let x = saved.output();
    let product = match transpose {
        Transpose::No => right.matmul_nt(x),
        Transpose::Yes => x.matmul_nt(right),
    };
    -Matrix::part(&product, triangle.part())
}

/// $X$ with $\mathrm{op}(T) X = B$.
pub(super) fn solve<T: Number>(
    t: &Tensor<T>,
    triangle: Triangle,
    transpose: Transpose,
    b: &Tensor<T>,
) -> Tensor<T> {
    let x: Mat<T> = Operations::solve_triangular(columns_of(t), triangle, transpose, columns_of(b));
    record(&SolveTriangular, &[t, b], from_columns(&x), |saved, output| {
        saved.operands[0] = Some(t.clone());
        saved.output = Some(output.clone());
        saved.detail = Detail::Triangle(triangle, transpose);
    })
}
