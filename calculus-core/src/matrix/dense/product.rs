//! Products and triangular solves.

use faer::linalg::matmul::triangular::{self, BlockStructure};
use faer::linalg::triangular_solve::{
    solve_lower_triangular_in_place, solve_unit_lower_triangular_in_place,
    solve_unit_upper_triangular_in_place, solve_upper_triangular_in_place,
};
use faer::{Accum, Mat, MatMut, MatRef, linalg};

use super::{Element, oriented, parallelism};
use crate::matrix::operations::{Part, Transpose, Triangle};

/// $AB$.
pub(super) fn matmul<T: Element>(a: MatRef<'_, T>, b: MatRef<'_, T>) -> Mat<T> {
    let mut out = Mat::zeros(a.nrows(), b.ncols());
    let par = parallelism(a.nrows() * a.ncols() * b.ncols());
    linalg::matmul::matmul(out.as_mut(), Accum::Replace, a, b, T::ONE, par);
    out
}

/// $C + s A B$ in the memory of $C$.
pub(super) fn add_matmul<T: Element>(c: MatMut<'_, T>, s: T, a: MatRef<'_, T>, b: MatRef<'_, T>) {
    let par = parallelism(a.nrows() * a.ncols() * b.ncols());
    linalg::matmul::matmul(c, Accum::Add, a, b, s, par);
}

/// One triangle of $AB$.
pub(super) fn matmul_part<T: Element>(a: MatRef<'_, T>, b: MatRef<'_, T>, part: Part) -> Mat<T> {
    let structure = match part {
        Part::Lower => BlockStructure::TriangularLower,
        Part::StrictlyLower => BlockStructure::StrictTriangularLower,
        Part::Upper => BlockStructure::TriangularUpper,
        Part::StrictlyUpper => BlockStructure::StrictTriangularUpper,
        Part::Diagonal => unreachable!("no product computes a diagonal alone"),
    };
    let mut out = Mat::zeros(a.nrows(), b.ncols());
    let par = parallelism(a.nrows() * a.ncols() * b.ncols() / 2);
    let dense = BlockStructure::Rectangular;
    triangular::matmul(out.as_mut(), structure, Accum::Replace, a, dense, b, dense, T::ONE, par);
    out
}

/// $A \otimes B$.
pub(super) fn kron<T: Element>(a: MatRef<'_, T>, b: MatRef<'_, T>) -> Mat<T> {
    let mut out = Mat::zeros(a.nrows() * b.nrows(), a.ncols() * b.ncols());
    linalg::kron::kron(out.as_mut(), a, b);
    out
}

/// Solves $\mathrm{op}(T) X = B$ in the memory of $B$.
pub(super) fn solve_triangular_in_place<T: Element>(
    t: MatRef<'_, T>,
    triangle: Triangle,
    transpose: Transpose,
    b: MatMut<'_, T>,
) {
    let par = parallelism(t.nrows() * t.nrows() * b.ncols() / 2);
    let t = oriented(t, transpose);
    match (triangle, transpose) {
        (Triangle::Lower, Transpose::No) | (Triangle::Upper, Transpose::Yes) => {
            solve_lower_triangular_in_place(t, b, par);
        }
        (Triangle::Upper, Transpose::No) | (Triangle::Lower, Transpose::Yes) => {
            solve_upper_triangular_in_place(t, b, par);
        }
        (Triangle::UnitLower, Transpose::No) | (Triangle::UnitUpper, Transpose::Yes) => {
            solve_unit_lower_triangular_in_place(t, b, par);
        }
        (Triangle::UnitUpper, Transpose::No) | (Triangle::UnitLower, Transpose::Yes) => {
            solve_unit_upper_triangular_in_place(t, b, par);
        }
    }
}
