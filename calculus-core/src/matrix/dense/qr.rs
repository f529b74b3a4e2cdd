//! Thin QR by Householder reflections, with a diagonal of $R$ that is not negative.

use faer::{Mat, MatRef};

use super::Element;

/// $A = QR$.
pub(super) fn factor<T: Element>(a: MatRef<'_, T>) -> (Mat<T>, Mat<T>) {
    let qr = a.qr();
    let mut q = qr.compute_thin_Q();
    let mut r = qr.thin_R().to_owned();
    for k in 0..r.nrows() {
        if r[(k, k)] < T::ZERO {
            r.row_mut(k).iter_mut().for_each(|x| *x = -*x);
            q.col_mut(k).iter_mut().for_each(|x| *x = -*x);
        }
    }
    (q, r)
}
