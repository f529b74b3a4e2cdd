//! The singular value decomposition.

use faer::{Mat, MatRef};

use super::{Element, build};
use crate::Error;

/// The iterations that faer makes before it gives up, for the message.
const ITERATIONS: usize = 30;

/// $U$, the singular values in descending order, $V$.
pub(super) fn thin<T: Element>(
    op: &'static str,
    a: MatRef<'_, T>,
) -> Result<(Mat<T>, Mat<T>, Mat<T>), Error> {
    let svd = a.thin_svd().map_err(|_| Error::NoConvergence { op, iterations: ITERATIONS })?;
    let values = svd.S().column_vector();
    let s = build(values.nrows(), 1, |i, _| values[i]);
    Ok((svd.U().to_owned(), s, svd.V().to_owned()))
}
