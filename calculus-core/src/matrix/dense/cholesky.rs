//! The Cholesky factor, its pullback in blocks, the inverse from the factor.

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::cholesky::llt;
use faer::linalg::matmul::triangular::{self, BlockStructure};
use faer::prelude::{Reborrow, ReborrowMut};
use faer::{Accum, Mat, MatMut, MatRef, linalg};

use super::entrywise::mirror_lower;
use super::product::solve_triangular_in_place;
use super::{Element, factor_parallelism, parallelism};
use crate::Error;
use crate::matrix::operations::{Transpose, Triangle};

/// $L$ with $A = LL^\top$.
pub(super) fn factor<T: Element>(op: &'static str, a: MatRef<'_, T>) -> Result<Mat<T>, Error> {
    let n = a.nrows();
    let par = factor_parallelism(n);
    let mut l = Mat::zeros(n, n);
    l.copy_from_triangular_lower(a);
    let scratch = llt::factor::cholesky_in_place_scratch::<T>(n, par, Default::default());
    let mut buffer = MemBuffer::new(scratch);
    let stack = MemStack::new(&mut buffer);
    let regularization = Default::default();
    let factored =
        llt::factor::cholesky_in_place(l.as_mut(), regularization, par, stack, Default::default());
    match factored {
        Ok(_) => {
            // faer may use the upper triangle as workspace.
            for j in 1..n {
                l.col_mut(j).subrows_mut(0, j).fill(T::ZERO);
            }
            Ok(l)
        }
        Err(llt::factor::LltError::NonPositivePivot { index }) => {
            let pivot = pivot(a, l.as_ref(), index);
            Err(Error::NotPositiveDefinite { op, index, pivot })
        }
    }
}

/// The pivot at which the factorisation stopped, $a_{kk} - \|L_{k,:k}\|^2$.
fn pivot<T: Element>(a: MatRef<'_, T>, l: MatRef<'_, T>, k: usize) -> f64 {
    // Row k of L may not have been made yet, the rows above it have.
    let mut row = a.row(k).subcols(0, k).transpose().to_owned();
    let leading = l.submatrix(0, 0, k, k);
    solve_triangular_in_place(leading, Triangle::Lower, Transpose::No, row.as_mut().as_mat_mut());
    row.iter().fold(a[(k, k)], |pivot, &x| pivot - x * x).to_f64()
}

/// The inverse $(LL^\top)^{-1} = W^\top W$ with $W = L^{-1}$.
pub(super) fn inverse<T: Element>(l: MatRef<'_, T>) -> Mat<T> {
    let n = l.nrows();
    let mut w = Mat::zeros(n, n);
    w.copy_from_triangular_lower(l);
    invert(l, w.as_mut());
    let mut inverse = Mat::zeros(n, n);
    gram(w.as_ref(), inverse.as_mut());
    mirror_lower(&mut inverse);
    inverse
}

/// The largest block that is inverted column by column.
const INVERSE_BLOCK: usize = 16;

/// Replaces a copy of $L$ by its inverse, over halves: $W_{21} = -L_{22}^{-1} L_{21} L_{11}^{-1}$.
fn invert<T: Element>(l: MatRef<'_, T>, mut w: MatMut<'_, T>) {
    let n = l.nrows();
    if n <= INVERSE_BLOCK {
        for j in 0..n {
            w[(j, j)] = T::ONE / l[(j, j)];
            for i in j + 1..n {
                let sum: T = (j..i).map(|k| l[(i, k)] * w[(k, j)]).sum();
                w[(i, j)] = -sum / l[(i, i)];
            }
        }
        return;
    }
    let half = n / 2;
    let (l11, _, _, l22) = l.split_at(half, half);
    let (w11, _, mut w21, w22) = w.split_at_mut(half, half);
    let transposed = w21.rb_mut().transpose_mut();
    solve_triangular_in_place(l11, Triangle::Lower, Transpose::Yes, transposed);
    solve_triangular_in_place(l22, Triangle::Lower, Transpose::No, w21.rb_mut());
    for j in 0..half {
        w21.rb_mut().col_mut(j).iter_mut().for_each(|x| *x = -*x);
    }
    invert(l11, w11);
    invert(l22, w22);
}

/// The lower triangle of $W^\top W$ for a lower triangular $W$, over halves.
fn gram<T: Element>(w: MatRef<'_, T>, out: MatMut<'_, T>) {
    let n = w.nrows();
    let (lower, dense) = (BlockStructure::TriangularLower, BlockStructure::Rectangular);
    let (replace, add, one) = (Accum::Replace, Accum::Add, T::ONE);
    if n <= BLOCK {
        let upper = BlockStructure::TriangularUpper;
        let par = parallelism(n * n * n);
        triangular::matmul(out, lower, replace, w.transpose(), upper, w, lower, one, par);
        return;
    }
    let half = n / 2;
    let par = parallelism(half * half * half);
    let (w11, _, w21, w22) = w.split_at(half, half);
    let (mut out11, _, out21, out22) = out.split_at_mut(half, half);
    gram(w11, out11.rb_mut());
    triangular::matmul(out11, lower, add, w21.transpose(), dense, w21, dense, one, par);
    linalg::matmul::matmul(out21, replace, w22.transpose(), w21, one, par);
    gram(w22, out22);
}

/// The largest block that is differentiated column by column.
const BLOCK: usize = 32;

/// The symmetric pullback of the Cholesky factor.
///
/// I. Murray, "Differentiation of the Cholesky decomposition", 2016, section 4.2, as a recursion
/// over halves: it costs twice the factorisation, where the closed form costs seven times as much.
pub(super) fn pullback<T: Element>(l: MatRef<'_, T>, cotangent: MatRef<'_, T>) -> Mat<T> {
    let n = l.nrows();
    let mut adjoint = Mat::zeros(n, n);
    adjoint.copy_from_triangular_lower(cotangent);
    sweep(l, adjoint.as_mut());
    // The sweep leaves the lower triangle of the gradient with respect to the entries that were
    // read; a symmetric matrix shares each of them between its two triangles.
    for j in 0..n {
        let column = &mut adjoint.col_as_slice_mut(j)[j + 1..];
        column.iter_mut().for_each(|x| *x *= T::from_f64(0.5));
    }
    mirror_lower(&mut adjoint);
    adjoint
}

/// Turns the adjoint of the lower triangle of $L$ into that of the lower triangle of $A$, in place.
fn sweep<T: Element>(l: MatRef<'_, T>, adjoint: MatMut<'_, T>) {
    let n = l.nrows();
    if n <= BLOCK {
        return sweep_unblocked(l, adjoint);
    }
    let half = n / 2;
    let (l11, _, l21, l22) = l.split_at(half, half);
    let (mut a11, _, mut a21, mut a22) = adjoint.split_at_mut(half, half);
    let rest = n - half;

    // L22 = chol(A22 - L21 L21'): with S the symmetric gradient, the adjoint of L21 gets -2 S L21.
    sweep(l22, a22.rb_mut());
    let par = parallelism(rest * rest * half);
    let mut symmetric = Mat::zeros(rest, rest);
    symmetric.copy_from_triangular_lower(a22.rb());
    mirror_lower(&mut symmetric);
    symmetric.diagonal_mut().column_vector_mut().iter_mut().for_each(|x| *x += *x);
    linalg::matmul::matmul(a21.rb_mut(), Accum::Add, &symmetric, l21, -T::ONE, par);

    // L21 = A21 L11^-T: the adjoint of A21 is that of L21 times L11^-1.
    let transposed = a21.rb_mut().transpose_mut();
    solve_triangular_in_place(l11, Triangle::Lower, Transpose::Yes, transposed);
    let (lower, dense) = (BlockStructure::TriangularLower, BlockStructure::Rectangular);
    let par = parallelism(half * half * rest / 2);
    triangular::matmul(
        a11.rb_mut(),
        lower,
        Accum::Add,
        a21.rb().transpose(),
        dense,
        l21,
        dense,
        -T::ONE,
        par,
    );
    sweep(l11, a11);
}

/// The same, one column after the other from the last (Murray 2016, section 4.1).
fn sweep_unblocked<T: Element>(l: MatRef<'_, T>, mut adjoint: MatMut<'_, T>) {
    let n = l.nrows();
    for k in (0..n).rev() {
        // l_ik = (a_ik - sum_{j<k} l_ij l_kj) / l_kk below the diagonal.
        let pivot = l[(k, k)];
        let mut diagonal = adjoint[(k, k)];
        for i in k + 1..n {
            diagonal -= adjoint[(i, k)] * l[(i, k)] / pivot;
            adjoint[(i, k)] /= pivot;
        }
        // l_kk = sqrt(a_kk - sum_{j<k} l_kj^2).
        diagonal /= pivot + pivot;
        adjoint[(k, k)] = diagonal;
        for j in 0..k {
            let mut of_row = (diagonal + diagonal) * l[(k, j)];
            for i in k + 1..n {
                of_row += adjoint[(i, k)] * l[(i, j)];
                let below = adjoint[(i, k)] * l[(k, j)];
                adjoint[(i, j)] -= below;
            }
            adjoint[(k, j)] -= of_row;
        }
    }
}
