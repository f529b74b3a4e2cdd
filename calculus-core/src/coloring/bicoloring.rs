//! A bicolouring: groups of columns and of rows that together determine a Jacobian.

use faer::Mat;

use super::Pattern;
use super::bidirectional_recovery::sources;
use super::classes::count_of;

/// Colours of some columns and of some rows of a Jacobian.
///
/// The products are $J S_c$ for the coloured columns and $S_r^T J$ for the coloured rows. A column
/// or row without a colour, said to be neutral, takes no part in them.
///
/// # Examples
/// ```
/// use calculus_core::coloring::{Pattern, color_bidirectional};
/// let bicoloring = color_bidirectional(&Pattern::arrow(100));
/// // Forward mode for the first column and for the diagonal, reverse mode for the first row.
/// assert_eq!((bicoloring.column_count(), bicoloring.row_count()), (2, 1));
/// assert_eq!((bicoloring.of_row(0), bicoloring.of_row(1)), (Some(0), None));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bicoloring {
    columns: Vec<Option<usize>>,
    rows: Vec<Option<usize>>,
    column_count: usize,
    row_count: usize,
}

impl Bicoloring {
    /// The bicolouring with the given colours, `None` for what is neutral.
    ///
    /// Colours of columns and of rows are numbered from 0 independently.
    ///
    /// # Panics
    /// If a colour is `usize::MAX`.
    #[track_caller]
    pub fn new(columns: Vec<Option<usize>>, rows: Vec<Option<usize>>) -> Self {
        let column_count = count_of(columns.iter().flatten());
        let row_count = count_of(rows.iter().flatten());
        Self { columns, rows, column_count, row_count }
    }

    /// The same for the transpose.
    pub(super) fn transposed(self) -> Self {
        Self::new(self.rows, self.columns)
    }

    /// The number of all colours: of products that determine the matrix.
    pub fn count(&self) -> usize {
        self.column_count + self.row_count
    }

    /// The number of colours of columns: of products $J s$, forward mode.
    pub fn column_count(&self) -> usize {
        self.column_count
    }

    /// The number of colours of rows: of products $s^T J$, reverse mode.
    pub fn row_count(&self) -> usize {
        self.row_count
    }

    /// The number of rows and columns of the matrix.
    pub fn shape(&self) -> (usize, usize) {
        (self.rows.len(), self.columns.len())
    }

    /// The colour of a column, `None` if it is neutral.
    ///
    /// # Panics
    /// If there is no such column.
    #[track_caller]
    pub fn of_column(&self, column: usize) -> Option<usize> {
        self.columns[column]
    }

    /// The colour of a row, `None` if it is neutral.
    ///
    /// # Panics
    /// If there is no such row.
    #[track_caller]
    pub fn of_row(&self, row: usize) -> Option<usize> {
        self.rows[row]
    }

    /// The columns of each colour, ascending.
    pub fn column_groups(&self) -> Vec<Vec<usize>> {
        groups(&self.columns, self.column_count)
    }

    /// The rows of each colour, ascending.
    pub fn row_groups(&self) -> Vec<Vec<usize>> {
        groups(&self.rows, self.row_count)
    }

    /// The seed matrix $S_c$ of the columns, columns by colours.
    pub fn column_seed_matrix(&self) -> Mat<f64> {
        seed_matrix(&self.columns, self.column_count)
    }

    /// The seed matrix $S_r$ of the rows, rows by colours.
    pub fn row_seed_matrix(&self) -> Mat<f64> {
        seed_matrix(&self.rows, self.row_count)
    }

    /// Whether each entry of the matrix is an entry of $J S_c$ or of $S_r^T J$.
    ///
    /// # Panics
    /// If the pattern has another shape.
    #[track_caller]
    pub fn determines(&self, pattern: &Pattern) -> bool {
        let (shape, expected) = (pattern.shape(), self.shape());
        assert!(shape == expected, "a pattern of shape {shape:?}, a bicolouring of {expected:?}");
        sources("bicolouring", pattern, self).is_ok()
    }
}

fn groups(colors: &[Option<usize>], count: usize) -> Vec<Vec<usize>> {
    let mut groups = vec![Vec::new(); count];
    for (vertex, &color) in colors.iter().enumerate() {
        if let Some(color) = color {
            groups[color].push(vertex);
        }
    }
    groups
}

fn seed_matrix(colors: &[Option<usize>], count: usize) -> Mat<f64> {
    let mut seeds = Mat::zeros(colors.len(), count);
    for (vertex, &color) in colors.iter().enumerate() {
        if let Some(color) = color {
            seeds[(vertex, color)] = 1.0;
        }
    }
    seeds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_and_seeds_leave_out_what_is_neutral() {
        let bicoloring =
            Bicoloring::new(vec![Some(1), None, Some(0), Some(1)], vec![None, Some(0)]);
        assert_eq!((bicoloring.count(), bicoloring.shape()), (3, (2, 4)));
        assert_eq!(bicoloring.column_groups(), [vec![2], vec![0, 3]]);
        assert_eq!(bicoloring.row_groups(), [vec![1]]);
        let seeds = bicoloring.column_seed_matrix();
        assert_eq!(seeds, faer::mat![[0.0, 1.0], [0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]);
        assert_eq!(bicoloring.row_seed_matrix(), faer::mat![[0.0], [1.0]]);
    }

    #[test]
    fn an_entry_needs_a_column_or_a_row_of_its_own_color() {
        let pattern = Pattern::arrow(3);
        let columns = vec![Some(0), Some(1), Some(1)];
        assert!(Bicoloring::new(columns.clone(), vec![Some(0), None, None]).determines(&pattern));
        assert!(!Bicoloring::new(columns.clone(), vec![None, Some(0), None]).determines(&pattern));
        let neutral = Bicoloring::new(vec![None; 3], vec![None; 3]);
        assert_eq!(neutral.count(), 0);
        assert!(!neutral.determines(&pattern));
        assert!(neutral.determines(&Pattern::from_entries(3, 3, [])));
    }
}
