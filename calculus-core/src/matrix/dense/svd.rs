//! The singular value decomposition.

use faer::diag::Diag;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::svd::{ComputeSvdVectors, svd, svd_scratch};
use faer::{Mat, MatRef};

use super::{Element, build, factor_parallelism};
use crate::Error;

/// The iterations that faer makes before it gives up, for the message.
const ITERATIONS: usize = 30;

/// $U$, the singular values in descending order, $V$.
pub(super) fn thin<T: Element>(
    op: &'static str,
    a: MatRef<'_, T>,
) -> Result<(Mat<T>, Mat<T>, Mat<T>), Error> {
    let (m, n) = (a.nrows(), a.ncols());
    let k = m.min(n);
    let (mut u, mut v, mut s) = (Mat::zeros(m, k), Mat::zeros(n, k), Diag::zeros(k));
    let (par, thin) = (factor_parallelism(k), ComputeSvdVectors::Thin);
    let scratch = svd_scratch::<T>(m, n, thin, thin, par, Default::default());
    let mut buffer = MemBuffer::new(scratch);
    let stack = MemStack::new(&mut buffer);
    let (left, right) = (Some(u.as_mut()), Some(v.as_mut()));
    svd(a, s.as_mut(), left, right, par, stack, Default::default())
        .map_err(|_| Error::NoConvergence { op, iterations: ITERATIONS })?;
    let values = s.column_vector();
    Ok((u, build(k, 1, |i, _| values[i]), v))
}
