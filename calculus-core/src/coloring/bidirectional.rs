//! Bidirectional colouring of Jacobians: dense rows by reverse mode, the others by forward mode.
//!
//! One dense row makes all of its columns differ in colour, one dense column all of its rows; an
//! arrow of $n$ columns needs $n$ products of either kind and 3 of both (Coleman and Verma 1998,
//! Hossain and Steihaug 1998). A bicolouring that determines each entry directly is a star
//! bicolouring: no path of four vertices in the bipartite graph of rows and columns has only two
//! colours, and a neutral vertex has neighbours of different colours.
//!
//! We cut the matrix in two. The rows with more than $t$ entries are coloured as rows, and neutral
//! are all others; these are determined by a colouring of the columns in which the dense rows do
//! not count. Then no product mixes the parts. At least
//!
//! $$\max_j |\{i : r_i > t, (i, j) \in J\}| + \max_{r_i \le t} r_i$$
//!
//! colours are necessary for the cut at $t$, with the row counts $r_i$, and $t$ is chosen to make
//! this least. Cutting off dense columns is the same for the transpose; the better one is taken.
//!
//! Source: Gebremedhin, Manne and Pothen (2005), *What color is your Jacobian? Graph coloring for
//! computing derivatives*, SIAM Review 47(4), 629-705.

use super::{Bicoloring, Pattern, color_columns, color_rows};

/// Colours columns and rows of a Jacobian so that each entry is read from a product $J s$ or
/// $s^T J$.
///
/// Never needs more products than [`color_columns`] or [`color_rows`] alone. Costs at most four of
/// these colourings and sorting the rows and the columns by their number of entries.
///
/// # Examples
/// ```
/// use calculus_core::coloring::{Pattern, color_bidirectional, color_columns};
/// // A band with a dense first row and column.
/// let pattern = Pattern::banded(200, 1, 1).union(&Pattern::arrow(200))?;
/// assert_eq!(color_columns(&pattern).count(), 200);
/// let bicoloring = color_bidirectional(&pattern);
/// assert_eq!((bicoloring.column_count(), bicoloring.row_count()), (4, 1));
/// # Ok::<(), calculus_core::Error>(())
/// ```
pub fn color_bidirectional(pattern: &Pattern) -> Bicoloring {
    let transpose = pattern.transpose();
    let mut best = Cut::best(pattern, &transpose).color(pattern, &transpose);
    // The bound tells which others can be better.
    let mut try_other = |cut: Cut, transposed: bool| {
        if cut.lower_bound < best.count() {
            let other = match transposed {
                false => cut.color(pattern, &transpose),
                true => cut.color(&transpose, pattern).transposed(),
            };
            if other.count() < best.count() {
                best = other;
            }
        }
    };
    try_other(Cut::best(&transpose, pattern), true);
    try_other(Cut::nothing(&transpose), false);
    try_other(Cut::nothing(pattern), true);
    best
}

/// A matrix cut in two: its dense rows and the rest.
struct Cut {
    /// Rows with more entries are dense.
    threshold: usize,
    /// No colouring of the two parts has fewer colours.
    lower_bound: usize,
}

impl Cut {
    /// No row is dense. A row of the matrix is a column of its transpose.
    fn nothing(transpose: &Pattern) -> Self {
        let rows = 0..transpose.columns();
        let most = rows.map(|row| transpose.column(row).len()).max().unwrap_or(0);
        Self { threshold: most, lower_bound: most }
    }

    /// The cut with the least bound; of several the one with the fewest dense rows.
    fn best(pattern: &Pattern, transpose: &Pattern) -> Self {
        let count = |row: usize| transpose.column(row).len();
        let mut rows: Vec<usize> = (0..pattern.rows()).collect();
        rows.sort_by_key(|&row| core::cmp::Reverse(count(row)));
        let mut best = Self::nothing(transpose);
        let mut in_dense_rows = vec![0; pattern.columns()];
        let mut most = 0;
        for (place, &row) in rows.iter().enumerate() {
            for &column in transpose.column(row) {
                in_dense_rows[column] += 1;
                most = most.max(in_dense_rows[column]);
            }
            let threshold = rows.get(place + 1).map_or(0, |&next| count(next));
            if threshold < count(row) && most + threshold < best.lower_bound {
                best = Self { threshold, lower_bound: most + threshold };
            }
        }
        best
    }

    /// Colours the dense rows as rows and the rest by its columns.
    fn color(&self, pattern: &Pattern, transpose: &Pattern) -> Bicoloring {
        let is_dense = |row: usize| transpose.column(row).len() > self.threshold;
        let part = |dense: bool| {
            Pattern::from_columns(pattern.rows(), pattern.columns(), |j, column| {
                column.extend(pattern.column(j).iter().filter(|&&row| is_dense(row) == dense));
            })
        };
        let (dense, rest) = (part(true), part(false));
        let (rows, columns) = (color_rows(&dense), color_columns(&rest));
        Bicoloring::new(
            (0..pattern.columns())
                .map(|j| (!rest.column(j).is_empty()).then(|| columns.of(j)))
                .collect(),
            (0..pattern.rows()).map(|i| is_dense(i).then(|| rows.of(i))).collect(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn dense_rows_and_dense_columns_are_cut_off() {
        let n = 30;
        let row = Pattern::from_fn(n, n, |i, j| i == j || i == 3);
        let bicoloring = color_bidirectional(&row);
        assert_eq!((bicoloring.column_count(), bicoloring.row_count()), (1, 1));
        let bicoloring = color_bidirectional(&row.transpose());
        assert_eq!(bicoloring.count(), 2);
        assert!(bicoloring.determines(&row.transpose()));
    }

    #[test]
    fn nothing_is_cut_off_where_it_would_not_pay() {
        let band = Pattern::banded(30, 1, 1);
        let bicoloring = color_bidirectional(&band);
        assert_eq!((bicoloring.column_count(), bicoloring.row_count()), (3, 0));
        for (rows, columns) in [(3, 10), (10, 3)] {
            let dense = Pattern::dense(rows, columns);
            assert_eq!(color_bidirectional(&dense).count(), 3);
        }
    }

    #[test]
    fn a_wide_and_a_tall_block_are_served_from_both_sides() {
        let (k, n) = (2, 20);
        let pattern = Pattern::from_fn(k + n, k + n, |i, j| (i < k) != (j < k));
        assert_eq!((color_columns(&pattern).count(), color_rows(&pattern).count()), (n, n));
        assert_eq!(color_bidirectional(&pattern).count(), 2 * k);
    }

    #[test]
    fn no_entries_need_no_products() {
        for (rows, columns) in [(0, 0), (0, 4), (4, 0), (3, 3)] {
            let empty = Pattern::from_entries(rows, columns, []);
            let bicoloring = color_bidirectional(&empty);
            assert_eq!((bicoloring.count(), bicoloring.shape()), (0, (rows, columns)));
            assert!(bicoloring.determines(&empty));
        }
    }
}
