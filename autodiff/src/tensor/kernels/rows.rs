//! Kernels over the rows of a matrix.

use super::run;

/// What is done with each row; `#[inline(always)]` in each implementation.
pub(crate) trait Rows<T> {
    fn row(&mut self, index: usize, row: &mut [T]);
}

struct Each<'a, T, R> {
    out: &'a mut [T],
    width: usize,
    rows: &'a mut R,
}

impl<T, R: Rows<T>> pulp::NullaryFnOnce for Each<'_, T, R> {
    type Output = ();
    #[inline(always)]
    fn call(self) {
        for (index, row) in self.out.chunks_exact_mut(self.width).enumerate() {
            self.rows.row(index, row);
        }
    }
}

/// Visits the rows of a row-major matrix of the given width.
pub(crate) fn for_each_row<T, R: Rows<T>>(out: &mut [T], width: usize, rows: &mut R) {
    if width > 0 {
        run(Each { out, width, rows });
    }
}
