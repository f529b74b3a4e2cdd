//! The principal square root of a Schur form.
//!
//! $$r_{jj} = \sqrt{t_{jj}}, \qquad (R_{11} + r_{jj} I)\, r_{1j} = t_{1j}$$
//!
//! column by column, for the columns $r_{1j}$ above the diagonal.
//!
//! Source: Å. Björck, S. Hammarling, "A Schur method for the square root of a matrix", 1983.

use faer::{Mat, c64};

use super::schur::{Schur, product};
use super::{Element, build};
use crate::Error;

/// $Z T Z^H$, which is real.
pub(super) fn matrix<T: Element>(schur: &Schur) -> Mat<T> {
    let n = schur.t.nrows();
    let left = product(schur.z.as_ref(), schur.t.as_ref());
    let a = product(left.as_ref(), schur.z.adjoint());
    build(n, n, |i, j| T::from_f64(a[(i, j)].re))
}

/// The diagonal of $T$.
pub(super) fn eigenvalues(schur: &Schur) -> Vec<(f64, f64)> {
    (0..schur.t.nrows()).map(|i| (schur.t[(i, i)].re, schur.t[(i, i)].im)).collect()
}

/// The Schur form of the root. The eigenvalues are not on the negative axis; one whose real part is
/// negative and whose imaginary part is 0 is 0 to rounding.
pub(super) fn root(op: &'static str, schur: &Schur) -> Result<Schur, Error> {
    let t = &schur.t;
    let n = t.nrows();
    let mut r: Mat<c64> = Mat::zeros(n, n);
    for j in 0..n {
        let mut column = t.col_as_slice(j)[..j].to_vec();
        let diagonal = t[(j, j)];
        let zero = diagonal.norm() <= f64::EPSILON * schur.norm && diagonal.re <= 0.0;
        let corner = if zero { c64::new(0.0, 0.0) } else { diagonal.sqrt() };
        for k in (0..j).rev() {
            let sum = r[(k, k)] + corner;
            let solved = match (sum.norm() == 0.0, column[k].norm() == 0.0) {
                (false, _) => column[k] / sum,
                (true, true) => c64::new(0.0, 0.0),
                (true, false) => return Err(Error::Singular { op, index: j, pivot: diagonal.re }),
            };
            column[k] = solved;
            let above = &r.col_as_slice(k)[..k];
            column[..k].iter_mut().zip(above).for_each(|(x, r)| *x -= solved * r);
        }
        let solved = r.col_as_slice_mut(j);
        solved[..j].copy_from_slice(&column);
        solved[j] = corner;
    }
    let norm = r.norm_l2();
    Ok(Schur { t: r, z: schur.z.clone(), norm })
}
