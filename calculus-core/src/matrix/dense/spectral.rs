//! Functions of symmetric matrices and their derivatives from the decomposition.

use faer::{Mat, MatRef};

use super::{Element, build, entrywise, product};
use crate::Error;
use crate::matrix::operations::Part;
use crate::matrix::spectral_function::{SpectralFunction, SymmetricSpectrum};

/// $f(A)$, $Df(A)[E]$ or $D^2f(A)[E, F]$, by the number of symmetric directions.
///
/// Divided differences are computed in double precision for both kinds of entries.
pub(super) fn derivative<F: SpectralFunction, T: Element>(
    op: &'static str,
    f: &F,
    spectrum: &SymmetricSpectrum<Mat<T>>,
    directions: &[&Mat<T>],
) -> Result<Mat<T>, Error> {
    let v = spectrum.vectors.as_ref();
    let w: Vec<f64> = spectrum.values.col(0).iter().map(|w| w.to_f64()).collect();
    let rotated = |e: &Mat<T>| {
        let left = product::matmul(v.transpose(), e.as_ref());
        mirrored(product::matmul_part(left.as_ref(), v, Part::Lower))
    };
    match directions {
        [] => {
            let values: Vec<T> = w.iter().map(|&w| T::from_f64(f.value(w))).collect();
            if let Some(i) = values.iter().position(|value| !value.is_finite()) {
                let (argument, domain) = ("eigenvalue", "where the function is finite");
                return Err(Error::OutsideDomain { op, argument, domain, value: w[i] });
            }
            let scaled = build(v.nrows(), v.ncols(), |i, j| v[(i, j)] * values[j]);
            Ok(mirrored(product::matmul_part(scaled.as_ref(), v.transpose(), Part::Lower)))
        }
        [e] => {
            let mut inner = rotated(e);
            fill(op, &w, &mut inner, |i, j, p| {
                let divided = f.divided_difference(w[i], w[j]);
                (divided.is_finite(), p[(i, j)] * T::from_f64(divided))
            })?;
            Ok(congruence(v, &inner))
        }
        [e, g] => {
            let (p, r) = (rotated(e), rotated(g));
            let mut inner = Mat::zeros(w.len(), w.len());
            fill(op, &w, &mut inner, |i, j, _| second(f, &w, &p, &r, i, j))?;
            Ok(congruence(v, &inner))
        }
        _ => unreachable!("derivatives of a spectral function are computed up to the second"),
    }
}

/// An entry of $\sum_k f[w_i, w_k, w_j] (P_{ik} R_{kj} + R_{ik} P_{kj})$, and whether it exists.
fn second<F: SpectralFunction, T: Element>(
    f: &F,
    w: &[f64],
    p: &Mat<T>,
    r: &Mat<T>,
    i: usize,
    j: usize,
) -> (bool, T) {
    let (mut exists, mut sum) = (true, 0.0);
    for k in 0..w.len() {
        let divided = f.second_divided_difference(w[i], w[k], w[j]);
        exists &= divided.is_finite();
        // Symmetric matrices: by columns.
        let (pi, ri) = (p[(k, i)].to_f64(), r[(k, i)].to_f64());
        let (pj, rj) = (p[(k, j)].to_f64(), r[(k, j)].to_f64());
        sum += divided * (pi * rj + ri * pj);
    }
    (exists, T::from_f64(sum))
}

/// Replaces the entries of a symmetric matrix, of which each comes with whether it exists.
fn fill<T: Element>(
    op: &'static str,
    w: &[f64],
    matrix: &mut Mat<T>,
    entry: impl Fn(usize, usize, &Mat<T>) -> (bool, T),
) -> Result<(), Error> {
    for j in 0..w.len() {
        for i in j..w.len() {
            let (exists, x) = entry(i, j, matrix);
            if !exists {
                return Err(Error::Degenerate { op, first: j, second: i, gap: w[i] - w[j] });
            }
            matrix[(i, j)] = x;
            matrix[(j, i)] = x;
        }
    }
    Ok(())
}

/// $V M V^\top$ for a symmetric $M$.
fn congruence<T: Element>(v: MatRef<'_, T>, inner: &Mat<T>) -> Mat<T> {
    let left = product::matmul(v, inner.as_ref());
    mirrored(product::matmul_part(left.as_ref(), v.transpose(), Part::Lower))
}

/// A symmetric matrix from its lower triangle.
fn mirrored<T: Element>(mut a: Mat<T>) -> Mat<T> {
    entrywise::mirror_lower(&mut a);
    a
}

/// $\sum_i f(w_i)$.
pub(super) fn trace<F: SpectralFunction, T: Element>(
    op: &'static str,
    f: &F,
    values: &Mat<T>,
) -> Result<T, Error> {
    let sum = values.col(0).iter().map(|w| f.value(w.to_f64())).sum();
    let trace = T::from_f64(sum);
    let (argument, domain) = ("trace", "finite");
    if trace.is_finite() {
        Ok(trace)
    } else {
        Err(Error::OutsideDomain { op, argument, domain, value: sum })
    }
}
