//! Where a matrix may be nonzero.
//!
//! The pattern of an $m \times n$ matrix is kept by columns: the rows of the entries of each
//! column, ascending and without repetition. It is a faer structure, so a matrix of values with
//! this pattern is made without copying or searching.

use core::fmt;

use faer::sparse::{SparseColMat, SymbolicSparseColMat, SymbolicSparseColMatRef};

/// The sparsity pattern of an $m \times n$ matrix, by columns.
///
/// The entries are numbered column by column, in each column by ascending row; values of a matrix
/// with this pattern are stored in this order ([`with_values`](Self::with_values)). An entry of the
/// pattern may be zero; what is not in it has to be.
///
/// # Examples
/// ```
/// use calculus_core::coloring::Pattern;
/// // x x .
/// // . x .
/// // x . x
/// let pattern = Pattern::from_entries(3, 3, [(0, 0), (2, 0), (0, 1), (1, 1), (2, 2), (0, 1)]);
/// assert_eq!(pattern.nonzeros(), 5); // (0, 1) counts once
/// assert_eq!(pattern.column(1), [0, 1]);
/// assert!(!pattern.contains(1, 0));
/// ```
#[derive(Clone)]
pub struct Pattern {
    symbolic: SymbolicSparseColMat<usize>,
}

impl Pattern {
    /// The pattern with the given entries (row, column), in any order; repetitions count once.
    ///
    /// Costs time and memory proportional to the number of entries, `rows` and `columns`.
    ///
    /// # Panics
    /// If an entry lies outside the matrix.
    #[track_caller]
    pub fn from_entries(
        rows: usize,
        columns: usize,
        entries: impl IntoIterator<Item = (usize, usize)>,
    ) -> Self {
        let entries: Vec<(usize, usize)> = entries.into_iter().collect();
        for &(row, column) in &entries {
            assert!(
                row < rows && column < columns,
                "entry ({row}, {column}) lies outside a matrix of {rows} rows and {columns} columns"
            );
        }
        // Sorting by row first and then, stably, by column leaves the rows of a column ascending.
        let by_row = bucket(rows, entries.iter().copied());
        let rows_ascending = (0..rows).flat_map(|row| {
            by_row.1[by_row.0[row]..by_row.0[row + 1]].iter().map(move |&j| (j, row))
        });
        let (starts, mut row_indices) = bucket(columns, rows_ascending);
        let starts = without_repetitions(&starts, &mut row_indices);
        Self::from_sorted(rows, starts, row_indices)
    }

    /// The pattern of the entries at which `nonzero(row, column)` holds.
    ///
    /// Calls `nonzero` once for each of the $mn$ positions.
    pub fn from_fn(
        rows: usize,
        columns: usize,
        mut nonzero: impl FnMut(usize, usize) -> bool,
    ) -> Self {
        Self::from_columns(rows, columns, |j, column| {
            column.extend((0..rows).filter(|&i| nonzero(i, j)));
        })
    }

    /// The pattern of a faer structure, whose columns need be neither sorted nor contiguous.
    ///
    /// Costs time proportional to the number of entries and the dimensions.
    pub fn from_symbolic(symbolic: SymbolicSparseColMatRef<'_, usize>) -> Self {
        let entries = (0..symbolic.ncols())
            .flat_map(|j| symbolic.row_idx_of_col_raw(j).iter().map(move |&i| (i, j)));
        Self::from_entries(symbolic.nrows(), symbolic.ncols(), entries)
    }

    /// The pattern whose column `j` has the rows that `fill(j, ..)` appends, strictly ascending.
    pub(super) fn from_columns(
        rows: usize,
        columns: usize,
        mut fill: impl FnMut(usize, &mut Vec<usize>),
    ) -> Self {
        let mut starts = Vec::with_capacity(columns + 1);
        starts.push(0);
        let mut row_indices = Vec::new();
        for j in 0..columns {
            fill(j, &mut row_indices);
            starts.push(row_indices.len());
        }
        Self::from_sorted(rows, starts, row_indices)
    }

    /// The pattern of which column `j` has the rows `row_indices[starts[j]..starts[j + 1]]`.
    pub(super) fn from_sorted(rows: usize, starts: Vec<usize>, row_indices: Vec<usize>) -> Self {
        let columns = starts.len() - 1;
        let symbolic = SymbolicSparseColMat::new_checked(rows, columns, starts, None, row_indices);
        Self { symbolic }
    }

    /// The number of rows $m$.
    pub fn rows(&self) -> usize {
        self.symbolic.nrows()
    }

    /// The number of columns $n$.
    pub fn columns(&self) -> usize {
        self.symbolic.ncols()
    }

    /// The number of entries.
    pub fn nonzeros(&self) -> usize {
        self.symbolic.row_idx().len()
    }

    /// The rows of the entries of column `j`, ascending.
    ///
    /// # Panics
    /// If `j` is not a column.
    #[track_caller]
    pub fn column(&self, j: usize) -> &[usize] {
        &self.symbolic.row_idx()[self.column_range(j)]
    }

    /// The numbers of the entries of column `j`: where its values are stored.
    ///
    /// # Panics
    /// If `j` is not a column.
    #[track_caller]
    pub fn column_range(&self, j: usize) -> core::ops::Range<usize> {
        let starts = self.symbolic.col_ptr();
        assert!(j < self.columns(), "column {j} of a pattern of {} columns", self.columns());
        starts[j]..starts[j + 1]
    }

    /// Whether (`row`, `column`) is an entry. A binary search in the column.
    ///
    /// # Panics
    /// If `column` is not a column.
    #[track_caller]
    pub fn contains(&self, row: usize, column: usize) -> bool {
        self.column(column).binary_search(&row).is_ok()
    }

    /// The entries (row, column) in the order in which they are numbered.
    pub fn entries(&self) -> impl Iterator<Item = (usize, usize)> + Clone + '_ {
        (0..self.columns()).flat_map(|j| self.column(j).iter().map(move |&i| (i, j)))
    }

    /// The number of entries of each row.
    pub fn row_counts(&self) -> Vec<usize> {
        let mut counts = vec![0; self.rows()];
        for &row in self.symbolic.row_idx() {
            counts[row] += 1;
        }
        counts
    }

    /// The faer structure.
    pub fn symbolic(&self) -> SymbolicSparseColMatRef<'_, usize> {
        self.symbolic.as_ref()
    }

    /// The matrix with this pattern and the given values, one per entry.
    ///
    /// # Panics
    /// If the number of values is not the number of entries.
    #[track_caller]
    pub fn with_values(&self, values: Vec<f64>) -> SparseColMat<usize, f64> {
        let (given, entries) = (values.len(), self.nonzeros());
        assert!(given == entries, "{given} values for a pattern of {entries} entries");
        SparseColMat::new(self.symbolic.clone(), values)
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.rows() == other.rows()
            && self.symbolic.col_ptr() == other.symbolic.col_ptr()
            && self.symbolic.row_idx() == other.symbolic.row_idx()
    }
}

impl Eq for Pattern {}

impl fmt::Debug for Pattern {
    /// The shape and the entries.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pattern {}x{} ", self.rows(), self.columns())?;
        f.debug_list().entries(self.entries()).finish()
    }
}

/// Distributes (key, value) pairs over `keys` buckets, keeping the order in each. Bucket `k` is
/// the range `starts[k]..starts[k + 1]` of the values.
pub(super) fn bucket(
    keys: usize,
    pairs: impl Iterator<Item = (usize, usize)> + Clone,
) -> (Vec<usize>, Vec<usize>) {
    let mut starts = vec![0; keys + 1];
    for (key, _) in pairs.clone() {
        starts[key + 1] += 1;
    }
    for key in 0..keys {
        starts[key + 1] += starts[key];
    }
    let mut next = starts.clone();
    let mut values = vec![0; starts[keys]];
    for (key, value) in pairs {
        values[next[key]] = value;
        next[key] += 1;
    }
    (starts, values)
}

/// Removes repetitions from buckets of ascending values; the new starts of the buckets.
fn without_repetitions(starts: &[usize], values: &mut Vec<usize>) -> Vec<usize> {
    let mut kept = 0;
    let mut kept_starts = vec![0; starts.len()];
    for (bucket, range) in starts.windows(2).enumerate() {
        for position in range[0]..range[1] {
            if kept == kept_starts[bucket] || values[kept - 1] != values[position] {
                values[kept] = values[position];
                kept += 1;
            }
        }
        kept_starts[bucket + 1] = kept;
    }
    values.truncate(kept);
    kept_starts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_sorted_and_repetitions_dropped() {
        let pattern = Pattern::from_entries(4, 3, [(3, 2), (0, 2), (3, 2), (1, 0), (0, 0), (1, 0)]);
        let entries: Vec<_> = pattern.entries().collect();
        assert_eq!(entries, [(0, 0), (1, 0), (0, 2), (3, 2)]);
        assert_eq!(pattern.column_range(1), 2..2);
        assert_eq!(pattern.row_counts(), [2, 1, 0, 1]);
        assert_eq!(format!("{pattern:?}"), "Pattern 4x3 [(0, 0), (1, 0), (0, 2), (3, 2)]");
    }

    #[test]
    fn patterns_without_rows_columns_or_entries() {
        for (rows, columns) in [(0, 0), (0, 3), (3, 0), (2, 2)] {
            let pattern = Pattern::from_entries(rows, columns, []);
            assert_eq!((pattern.rows(), pattern.columns()), (rows, columns));
            assert_eq!(pattern.nonzeros(), 0);
            assert_eq!(pattern, Pattern::from_fn(rows, columns, |_, _| false));
        }
        assert_ne!(Pattern::from_entries(0, 3, []), Pattern::from_entries(1, 3, []));
    }

    #[test]
    fn an_unsorted_uncompressed_faer_structure_is_brought_into_order() {
        // Column 0 has rows 2, 0, 2 of the four stored places, column 1 has row 1.
        let symbolic = SymbolicSparseColMat::new_unsorted_checked(
            3,
            2,
            vec![0, 4, 5],
            Some(vec![3, 1]),
            vec![2, 0, 2, 1, 1],
        );
        let pattern = Pattern::from_symbolic(symbolic.as_ref());
        assert_eq!(pattern, Pattern::from_entries(3, 2, [(0, 0), (2, 0), (1, 1)]));
        assert_eq!(Pattern::from_symbolic(pattern.symbolic()), pattern);
    }

    #[test]
    #[should_panic(expected = "entry (1, 2) lies outside a matrix of 2 rows and 2 columns")]
    fn an_entry_outside_panics() {
        Pattern::from_entries(2, 2, [(0, 0), (1, 2)]);
    }

    #[test]
    #[should_panic(expected = "1 values for a pattern of 2 entries")]
    fn too_few_values_panic() {
        let _ = Pattern::from_entries(2, 2, [(0, 0), (1, 1)]).with_values(vec![1.0]);
    }
}
