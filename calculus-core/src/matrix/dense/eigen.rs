//! Eigenvalues and eigenvectors of symmetric matrices.

use faer::diag::Diag;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::evd::{ComputeEigenvectors, self_adjoint_evd, self_adjoint_evd_scratch};
use faer::{Mat, MatMut, MatRef};

use super::{Element, build, factor_parallelism};
use crate::Error;
use crate::matrix::operations::Spectrum;

/// The iterations that faer makes before it gives up, for the message.
const ITERATIONS: usize = 30;

/// Eigenvalues in ascending order and eigenvectors.
pub(super) fn symmetric<T: Element>(
    op: &'static str,
    a: MatRef<'_, T>,
) -> Result<(Mat<T>, Mat<T>), Error> {
    let n = a.nrows();
    let mut vectors = Mat::zeros(n, n);
    let values = decompose(op, a, Some(vectors.as_mut()))?;
    Ok((values, vectors))
}

/// Eigenvalues in ascending order.
pub(super) fn symmetric_values<T: Element>(
    op: &'static str,
    a: MatRef<'_, T>,
) -> Result<Mat<T>, Error> {
    decompose(op, a, None)
}

/// The eigenvalues, and the eigenvectors where there is room for them.
fn decompose<T: Element>(
    op: &'static str,
    a: MatRef<'_, T>,
    vectors: Option<MatMut<'_, T>>,
) -> Result<Mat<T>, Error> {
    let n = a.nrows();
    if n == 0 {
        return Ok(Mat::zeros(0, 1));
    }
    let par = factor_parallelism(n);
    let compute =
        if vectors.is_some() { ComputeEigenvectors::Yes } else { ComputeEigenvectors::No };
    let scratch = self_adjoint_evd_scratch::<T>(n, compute, par, Default::default());
    let mut buffer = MemBuffer::new(scratch);
    let mut values = Diag::zeros(n);
    let stack = MemStack::new(&mut buffer);
    self_adjoint_evd(a, values.as_mut(), vectors, par, stack, Default::default())
        .map_err(|_| Error::NoConvergence { op, iterations: ITERATIONS })?;
    let values = values.column_vector();
    Ok(build(n, 1, |i, _| values[i]))
}

/// Eigenvalues and eigenvectors of a general matrix.
pub(super) fn general<T: Element>(
    op: &'static str,
    a: MatRef<'_, T>,
) -> Result<Spectrum<Mat<T>>, Error> {
    let n = a.nrows();
    let no_convergence = |_| Error::NoConvergence { op, iterations: ITERATIONS };
    let eigen = faer::linalg::solvers::Eigen::new_from_real(a).map_err(no_convergence)?;
    let (values, vectors) = (eigen.S().column_vector(), eigen.U());
    // One of each conjugate pair.
    let mut order: Vec<usize> = (0..n).filter(|&j| values[j].im >= T::ZERO).collect();
    order.sort_by(|&i, &j| {
        let key = |k: usize| (values[k].re.to_f64(), values[k].im.to_f64());
        key(i).partial_cmp(&key(j)).unwrap_or(core::cmp::Ordering::Equal)
    });
    let mut spectrum =
        Spectrum { values: Mat::zeros(n, 2), basis: Mat::zeros(n, n), pivots: Vec::new() };
    for k in order {
        let (re, im) = (values[k].re, values[k].im);
        let vector = vectors.col(k);
        let modulus = |i: usize| vector[i].re.to_f64().hypot(vector[i].im.to_f64());
        let length = (0..n).fold(0.0, |length: f64, i| length.hypot(modulus(i)));
        let largest = (0..n).map(modulus).fold(0.0, f64::max);
        let pivot = (0..n).find(|&i| modulus(i) >= 0.5 * largest).unwrap_or(0);
        // The factor that makes the length 1 and the entry at the pivot positive.
        let size = modulus(pivot) * length;
        let (c, s) = (vector[pivot].re.to_f64() / size, -vector[pivot].im.to_f64() / size);
        let j = spectrum.pivots.len();
        for i in 0..n {
            let (x, y) = (vector[i].re.to_f64(), vector[i].im.to_f64());
            spectrum.basis[(i, j)] = T::from_f64(x * c - y * s);
            if im > T::ZERO {
                let zero = i == pivot;
                spectrum.basis[(i, j + 1)] = T::from_f64(if zero { 0.0 } else { x * s + y * c });
            }
        }
        let members: &[T] = if im > T::ZERO { &[im, -im] } else { &[T::ZERO] };
        for &im in members {
            let place = spectrum.pivots.len();
            spectrum.values[(place, 0)] = re;
            spectrum.values[(place, 1)] = im;
            spectrum.pivots.push(pivot);
        }
    }
    Ok(spectrum)
}
