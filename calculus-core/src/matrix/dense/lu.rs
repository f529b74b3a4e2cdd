//! LU with partial pivoting, and the inverse from the factors.

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::lu::partial_pivoting;
use faer::perm::PermRef;
use faer::{Mat, MatRef};

use super::{Element, factor_parallelism};
use crate::matrix::operations::Lu;

/// $PA = LU$.
pub(super) fn factor<T: Element>(a: MatRef<'_, T>) -> Lu<Mat<T>> {
    let n = a.nrows();
    let par = factor_parallelism(n);
    let mut packed = a.to_owned();
    let (mut rows, mut inverse) = (vec![0; n], vec![0; n]);
    let parameters = Default::default();
    let scratch = partial_pivoting::factor::lu_in_place_scratch::<usize, T>(n, n, par, parameters);
    let mut buffer = MemBuffer::new(scratch);
    let (information, _) = partial_pivoting::factor::lu_in_place(
        packed.as_mut(),
        &mut rows,
        &mut inverse,
        par,
        MemStack::new(&mut buffer),
        parameters,
    );
    // faer divides by a pivot of 0, and what follows is NaN.
    let zero_pivot = (1..n).any(|k| packed[(k - 1, k - 1)] == T::ZERO);
    if zero_pivot {
        return factor_singular(a);
    }
    Lu { packed, rows, odd: information.transposition_count % 2 == 1 }
}

/// The same for a matrix in which a column has nothing to divide: its pivot is 0, and so are the
/// multipliers below it.
fn factor_singular<T: Element>(a: MatRef<'_, T>) -> Lu<Mat<T>> {
    let n = a.nrows();
    let mut packed = a.to_owned();
    let mut rows: Vec<usize> = (0..n).collect();
    let mut odd = false;
    for k in 0..n {
        let larger = |best: usize, i: usize| {
            if packed[(i, k)].abs() > packed[(best, k)].abs() { i } else { best }
        };
        let chosen = (k..n).fold(k, larger);
        let pivot = packed[(chosen, k)];
        if pivot == T::ZERO {
            continue;
        }
        if chosen != k {
            rows.swap(k, chosen);
            odd = !odd;
            for j in 0..n {
                let moved = packed[(k, j)];
                packed[(k, j)] = packed[(chosen, j)];
                packed[(chosen, j)] = moved;
            }
        }
        for i in k + 1..n {
            packed[(i, k)] /= pivot;
        }
        for j in k + 1..n {
            let factor = packed[(k, j)];
            for i in k + 1..n {
                let multiplier = packed[(i, k)];
                packed[(i, j)] -= multiplier * factor;
            }
        }
    }
    Lu { packed, rows, odd }
}

/// $A^{-1} = U^{-1} L^{-1} P$.
pub(super) fn inverse<T: Element>(lu: &Lu<Mat<T>>) -> Mat<T> {
    let n = lu.packed.nrows();
    let par = factor_parallelism(n);
    let mut unpermuted = vec![0; n];
    for (i, &row) in lu.rows.iter().enumerate() {
        unpermuted[row] = i;
    }
    let mut inverse = Mat::zeros(n, n);
    let mut buffer = MemBuffer::new(partial_pivoting::inverse::inverse_scratch::<usize, T>(n, par));
    partial_pivoting::inverse::inverse(
        inverse.as_mut(),
        lu.packed.as_ref(),
        lu.packed.as_ref(),
        PermRef::new_checked(&lu.rows, &unpermuted, n),
        par,
        MemStack::new(&mut buffer),
    );
    inverse
}
