//! Thin QR by Householder reflections, with a diagonal of $R$ that is not negative.

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::householder::{
    apply_block_householder_on_the_left_in_place_scratch,
    apply_block_householder_on_the_left_in_place_with_conj,
};
use faer::linalg::qr::no_pivoting::factor;
use faer::{Conj, Mat, MatRef, Par};

use super::{Element, entrywise, factor_parallelism};
use crate::matrix::operations::Part;

/// $A = QR$.
pub(super) fn factor<T: Element>(a: MatRef<'_, T>) -> (Mat<T>, Mat<T>) {
    let (m, n) = a.shape();
    let k = m.min(n);
    if k == 0 {
        return (Mat::zeros(m, k), Mat::zeros(k, n));
    }
    let par = factor_parallelism(k);
    let mut packed = entrywise::copy(a);
    let block = factor::recommended_block_size::<T>(m, n);
    let mut coefficients = Mat::zeros(block, k);
    let scratch = factor::qr_in_place_scratch::<T>(m, n, block, par, Default::default());
    let mut buffer = MemBuffer::new(scratch);
    let stack = MemStack::new(&mut buffer);
    factor::qr_in_place(packed.as_mut(), coefficients.as_mut(), par, stack, Default::default());
    let mut q = orthogonal(packed.as_ref(), coefficients.as_ref(), par);
    let mut r = entrywise::part(packed.get(..k, ..), Part::Upper);
    let negative: Vec<bool> = (0..k).map(|i| r[(i, i)] < T::ZERO).collect();
    for j in 0..n {
        for (x, _) in
            r.col_as_slice_mut(j)[..k.min(j + 1)].iter_mut().zip(&negative).filter(|x| *x.1)
        {
            *x = -*x;
        }
    }
    for (j, _) in negative.iter().enumerate().filter(|x| *x.1) {
        q.col_as_slice_mut(j).iter_mut().for_each(|x| *x = -*x);
    }
    (q, r)
}

/// The first columns of the product of the reflections, from the last block to the first: before a
/// block is applied, the product is the identity in the rows and columns before it.
fn orthogonal<T: Element>(packed: MatRef<'_, T>, coefficients: MatRef<'_, T>, par: Par) -> Mat<T> {
    let (m, block, k) = (packed.nrows(), coefficients.nrows(), coefficients.ncols());
    let mut q = Mat::identity(m, k);
    let scratch = apply_block_householder_on_the_left_in_place_scratch::<T>(m, block, k);
    let mut buffer = MemBuffer::new(scratch);
    for start in (0..k).step_by(block).rev() {
        let end = k.min(start + block);
        apply_block_householder_on_the_left_in_place_with_conj(
            packed.get(start.., start..end),
            coefficients.get(..end - start, start..end),
            Conj::No,
            q.get_mut(start.., start..),
            par,
            MemStack::new(&mut buffer),
        );
    }
    q
}
