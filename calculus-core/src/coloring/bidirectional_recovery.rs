//! Direct recovery of a Jacobian from products with columns and products with rows.
//!
//! With the colours $c(j)$ of columns and $r(i)$ of rows, $B_c = J S_c$ and $B_r = S_r^T J$:
//!
//! $$J_{ij} = (B_c)_{i c(j)} \quad\text{or}\quad J_{ij} = (B_r)_{r(i) j}$$
//!
//! the first where no other column of the colour $c(j)$ has an entry in row $i$, the second where no
//! other row of the colour $r(i)$ has one in column $j$.

use faer::MatRef;
use faer::sparse::SparseColMat;

use super::direct::require_shapes;
use super::{Bicoloring, Pattern};
use crate::Error;

/// Where the products hold the entries of a Jacobian that was compressed by a bicolouring.
///
/// # Examples
/// ```
/// use calculus_core::coloring::{BidirectionalRecovery, Pattern, color_bidirectional};
/// use faer::mat;
///
/// let jacobian = mat![
///     [9.0, 1.0, 2.0, 3.0],
///     [5.0, 4.0, 0.0, 0.0],
///     [6.0, 0.0, 5.0, 0.0],
///     [7.0, 0.0, 0.0, 6.0],
/// ];
/// let pattern = Pattern::arrow(4);
/// let bicoloring = color_bidirectional(&pattern);
/// let forward = &jacobian * bicoloring.column_seed_matrix();
/// let reverse = bicoloring.row_seed_matrix().transpose() * &jacobian;
/// assert_eq!((forward.ncols(), reverse.nrows()), (2, 1));
///
/// let recovery = BidirectionalRecovery::new(&pattern, &bicoloring)?;
/// let recovered = recovery.recover(forward.as_ref(), reverse.as_ref());
/// assert_eq!(recovered.to_dense(), jacobian);
/// # Ok::<(), calculus_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct BidirectionalRecovery {
    pattern: Pattern,
    sources: Vec<Source>,
    /// The numbers of colours of columns and of rows.
    counts: (usize, usize),
}

/// Where an entry is: row and column of one of the products.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Source {
    /// In $B_c$.
    Columns(usize, usize),
    /// In $B_r$.
    Rows(usize, usize),
}

impl BidirectionalRecovery {
    /// Prepares the recovery from $B_c = J S_c$, rows by colours, and $B_r = S_r^T J$, colours by
    /// columns, with a [bidirectional colouring](super::color_bidirectional).
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`] if the bicolouring is for another number of rows or columns;
    /// [`Error::NotDetermined`] if it does not determine an entry.
    pub fn new(pattern: &Pattern, bicoloring: &Bicoloring) -> Result<Self, Error> {
        let op = "recovery by rows and columns";
        let (lhs, rhs) = (pattern.shape(), bicoloring.shape());
        if lhs != rhs {
            return Err(Error::ShapeMismatch { op, lhs, rhs });
        }
        let sources = sources(op, pattern, bicoloring)?;
        let counts = (bicoloring.column_count(), bicoloring.row_count());
        Ok(Self { pattern: pattern.clone(), sources, counts })
    }

    /// The pattern of the recovered matrix.
    pub fn pattern(&self) -> &Pattern {
        &self.pattern
    }

    /// The matrix whose compressions are `by_columns` $= J S_c$ and `by_rows` $= S_r^T J$.
    ///
    /// # Panics
    /// If the shapes of the products are not those of the bicolouring.
    #[track_caller]
    pub fn recover(
        &self,
        by_columns: MatRef<'_, f64>,
        by_rows: MatRef<'_, f64>,
    ) -> SparseColMat<usize, f64> {
        let mut values = vec![0.0; self.pattern.nonzeros()];
        self.recover_into(by_columns, by_rows, &mut values);
        self.pattern.with_values(values)
    }

    /// Writes the values of the matrix whose compressions are given, in the order of the entries of
    /// the pattern. Allocates nothing.
    ///
    /// # Panics
    /// If the shapes of the products are not those of the bicolouring, or the length of `values` is
    /// not the number of entries.
    #[track_caller]
    pub fn recover_into(
        &self,
        by_columns: MatRef<'_, f64>,
        by_rows: MatRef<'_, f64>,
        values: &mut [f64],
    ) {
        let ((rows, columns), entries) = (self.pattern.shape(), self.pattern.nonzeros());
        require_shapes(by_columns, (rows, self.counts.0), values.len(), entries);
        require_shapes(by_rows, (self.counts.1, columns), values.len(), entries);
        for (value, &source) in values.iter_mut().zip(&self.sources) {
            *value = match source {
                Source::Columns(row, color) => by_columns[(row, color)],
                Source::Rows(color, column) => by_rows[(color, column)],
            };
        }
    }
}

/// Where the products hold each entry.
pub(super) fn sources(
    op: &'static str,
    pattern: &Pattern,
    bicoloring: &Bicoloring,
) -> Result<Vec<Source>, Error> {
    let transpose = pattern.transpose();
    let row_colors = own_colors(pattern, bicoloring.row_count(), |i| bicoloring.of_row(i));
    let column_colors =
        own_colors(&transpose, bicoloring.column_count(), |j| bicoloring.of_column(j));
    // The entries of row i come in the order in which they are numbered in the transpose.
    let mut next: Vec<usize> =
        (0..pattern.rows()).map(|i| transpose.column_range(i).start).collect();
    let source = |((row, column), row_color): ((usize, usize), &Option<usize>)| {
        let column_color = column_colors[next[row]];
        next[row] += 1;
        match (column_color, *row_color) {
            (Some(color), _) => Ok(Source::Columns(row, color)),
            (None, Some(color)) => Ok(Source::Rows(color, column)),
            (None, None) => Err(Error::NotDetermined { op, row, column }),
        }
    };
    pattern.entries().zip(&row_colors).map(source).collect()
}

/// For each entry the colour of its row, if no other row of that colour is in its column.
fn own_colors(
    pattern: &Pattern,
    colors: usize,
    color_of_row: impl Fn(usize) -> Option<usize>,
) -> Vec<Option<usize>> {
    let mut counts = vec![0_usize; colors];
    let mut own = vec![None; pattern.nonzeros()];
    for j in 0..pattern.columns() {
        let rows = pattern.column(j);
        rows.iter().filter_map(|&i| color_of_row(i)).for_each(|color| counts[color] += 1);
        for (entry, &i) in pattern.column_range(j).zip(rows) {
            own[entry] = color_of_row(i).filter(|&color| counts[color] == 1);
        }
        rows.iter().filter_map(|&i| color_of_row(i)).for_each(|color| counts[color] = 0);
    }
    own
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bicolorings_that_do_not_fit_are_errors() {
        let pattern = Pattern::arrow(3);
        let op = "recovery by rows and columns";
        let other = Bicoloring::new(vec![Some(0); 2], vec![None; 3]);
        let expected = Error::ShapeMismatch { op, lhs: (3, 3), rhs: (3, 2) };
        assert_eq!(BidirectionalRecovery::new(&pattern, &other).unwrap_err(), expected);
        let one_color = Bicoloring::new(vec![Some(0); 3], vec![Some(0), None, None]);
        let expected = Error::NotDetermined { op, row: 1, column: 0 };
        assert_eq!(BidirectionalRecovery::new(&pattern, &one_color).unwrap_err(), expected);
    }

    #[test]
    #[should_panic(expected = "products of shape (0, 2), the colouring gives (1, 2)")]
    fn products_of_another_shape_panic() {
        let bicoloring = Bicoloring::new(vec![None; 2], vec![Some(0); 2]);
        let recovery = BidirectionalRecovery::new(&Pattern::diagonal(2), &bicoloring).unwrap();
        recovery.recover(faer::Mat::zeros(2, 0).as_ref(), faer::Mat::zeros(0, 2).as_ref());
    }
}
