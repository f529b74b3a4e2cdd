//! Colouring the columns, or the rows, of a Jacobian: distance-2 colouring.
//!
//! Columns may have the same colour if no row has entries in both (Curtis, Powell and Reid 1974):
//! each entry of $B = J S$ is then one entry of $J$. In the bipartite graph of rows and columns it
//! is a partial distance-2 colouring. The largest number of entries in a row is a lower bound on
//! the number of colours; where each row's entries lie next to each other in a band, the greedy
//! colouring in the natural order attains it.
//!
//! The greedy colouring keeps for each row the colours in use: all below some bound, and a list of
//! those above it. The next column looks at these instead of the row's other columns, which makes
//! a dense row cheap.
//!
//! Source: Gebremedhin, Manne and Pothen (2005), *What color is your Jacobian? Graph coloring for
//! computing derivatives*, SIAM Review 47(4), 629-705.

use super::first_fit::FirstFit;
use super::order::ColumnIntersections;
use super::{Coloring, Order, Pattern};

/// How many operations on an entry a spared product is worth.
const PRODUCT_COST: usize = 64;

/// Colours the columns of a Jacobian so that columns of one colour have no row in common.
///
/// Takes the natural order if that attains the lower bound, the largest number of entries in a row;
/// else also tries incidence degree and smallest last, unless dense rows make these dearer than the
/// products that they might spare.
///
/// Costs time proportional to the number of entries where the natural order is optimal, and to
/// $\sum_i r_i^2$ for rows of $r_i$ entries where others are tried.
///
/// # Examples
/// ```
/// use calculus_core::coloring::{Pattern, color_columns};
/// let coloring = color_columns(&Pattern::banded(1000, 2, 1));
/// assert_eq!(coloring.count(), 4); // four entries in a row
/// ```
pub fn color_columns(pattern: &Pattern) -> Coloring {
    let row_counts = pattern.row_counts();
    let lower_bound = row_counts.iter().max().copied().unwrap_or(0);
    let mut best = greedy(pattern, 0..pattern.columns());
    let saving = best.count().saturating_sub(lower_bound);
    let worth = saving.saturating_mul(PRODUCT_COST).saturating_mul(pattern.nonzeros());
    let cost = row_counts.iter().fold(0_usize, |sum, &r| sum.saturating_add(r.saturating_mul(r)));
    if saving == 0 || cost > worth {
        return best;
    }
    let transpose = pattern.transpose();
    let graph = ColumnIntersections { pattern, transpose: &transpose };
    for order in [Order::IncidenceDegree, Order::SmallestLast] {
        let next = greedy(pattern, order.vertices(&graph).into_iter());
        if next.count() < best.count() {
            best = next;
        }
        if best.count() <= lower_bound {
            break;
        }
    }
    best
}

/// The greedy colouring of the columns in a given order.
///
/// The natural order and largest first cost time proportional to the number of entries, the others
/// to $\sum_i r_i^2$ for rows of $r_i$ entries.
///
/// # Examples
/// ```
/// use calculus_core::coloring::{Order, Pattern, color_columns_in};
/// let grid = Pattern::five_point_grid(20, 20);
/// for order in Order::ALL {
///     let coloring = color_columns_in(&grid, order);
///     assert!(coloring.separates_columns(&grid) && coloring.count() >= 5);
/// }
/// ```
pub fn color_columns_in(pattern: &Pattern, order: Order) -> Coloring {
    let vertices = match order {
        Order::Natural => return greedy(pattern, 0..pattern.columns()),
        _ => {
            let transpose = pattern.transpose();
            order.vertices(&ColumnIntersections { pattern, transpose: &transpose })
        }
    };
    greedy(pattern, vertices.into_iter())
}

/// Colours the rows of a Jacobian so that rows of one colour have no column in common.
///
/// The same as [`color_columns`] for the transpose: the products $S^T J$ of reverse mode.
///
/// # Examples
/// ```
/// use calculus_core::coloring::{Pattern, color_columns, color_rows};
/// // The gradient of one function of many variables is one row.
/// let gradient = Pattern::dense(1, 50);
/// assert_eq!(color_rows(&gradient).count(), 1);
/// assert_eq!(color_columns(&gradient).count(), 50);
/// ```
pub fn color_rows(pattern: &Pattern) -> Coloring {
    color_columns(&pattern.transpose())
}

/// The greedy colouring of the rows in a given order.
///
/// The same as [`color_columns_in`] for the transpose.
pub fn color_rows_in(pattern: &Pattern, order: Order) -> Coloring {
    color_columns_in(&pattern.transpose(), order)
}

/// Gives each column in turn the least colour that none of its rows has yet.
fn greedy(pattern: &Pattern, order: impl Iterator<Item = usize>) -> Coloring {
    let mut used = UsedColors::new(pattern);
    let mut fit = FirstFit::new();
    let mut colors = vec![0; pattern.columns()];
    for column in order {
        fit.turn_to(column);
        let rows = pattern.column(column);
        let mut first = 0;
        for &row in rows {
            first = first.max(used.below[row]);
            used.above(row).iter().for_each(|&color| fit.forbid(color));
        }
        let color = fit.least(first);
        rows.iter().for_each(|&row| used.insert(row, color));
        colors[column] = color;
    }
    Coloring::new(colors)
}

/// The colours of the columns that have an entry in a row, for all rows.
struct UsedColors {
    /// All smaller colours are in use.
    below: Vec<usize>,
    /// Other colours in use: for row `i` the `lengths[i]` places from `starts[i]` on.
    above: Vec<usize>,
    starts: Vec<usize>,
    lengths: Vec<usize>,
}

impl UsedColors {
    fn new(pattern: &Pattern) -> Self {
        let rows = pattern.rows();
        let mut starts = Vec::with_capacity(rows);
        let mut start = 0;
        for count in pattern.row_counts() {
            starts.push(start);
            start += count;
        }
        Self { below: vec![0; rows], above: vec![0; start], starts, lengths: vec![0; rows] }
    }

    fn above(&self, row: usize) -> &[usize] {
        let start = self.starts[row];
        &self.above[start..start + self.lengths[row]]
    }

    fn insert(&mut self, row: usize, color: usize) {
        let (start, length) = (self.starts[row], &mut self.lengths[row]);
        if color > self.below[row] {
            self.above[start + *length] = color;
            *length += 1;
            return;
        }
        self.below[row] += 1;
        let list = &mut self.above[start..];
        while let Some(place) = list[..*length].iter().position(|&used| used == self.below[row]) {
            *length -= 1;
            list.swap(place, *length);
            self.below[row] += 1;
        }
    }
}

impl Coloring {
    /// Whether the colouring of the columns determines each entry of $J$ from $J S$: columns of one
    /// colour have no row in common.
    ///
    /// # Panics
    /// If the pattern has another number of columns than the colouring has vertices.
    #[track_caller]
    pub fn separates_columns(&self, pattern: &Pattern) -> bool {
        let (columns, vertices) = (pattern.columns(), self.vertices());
        assert!(columns == vertices, "{columns} columns, a colouring of {vertices} vertices");
        column_conflict(pattern, self).is_none()
    }

    /// Whether the colouring of the rows determines each entry of $J$ from $S^T J$: rows of one
    /// colour have no column in common.
    ///
    /// # Panics
    /// If the pattern has another number of rows than the colouring has vertices.
    #[track_caller]
    pub fn separates_rows(&self, pattern: &Pattern) -> bool {
        self.separates_columns(&pattern.transpose())
    }
}

/// An entry whose row has another entry in a column of the same colour.
pub(super) fn column_conflict(pattern: &Pattern, coloring: &Coloring) -> Option<(usize, usize)> {
    let transpose = pattern.transpose();
    let mut seen_in = vec![usize::MAX; coloring.count()];
    transpose
        .entries()
        .find(|&(column, row)| core::mem::replace(&mut seen_in[coloring.of(column)], row) == row)
        .map(|(column, row)| (row, column))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colors_of_a_row_are_all_below_a_bound_or_listed() {
        let pattern = Pattern::dense(1, 6);
        let mut used = UsedColors::new(&pattern);
        let mut insert = |color| {
            used.insert(0, color);
            let mut above = used.above(0).to_vec();
            above.sort_unstable();
            (used.below[0], above)
        };
        assert_eq!(insert(2), (0, vec![2]));
        assert_eq!(insert(4), (0, vec![2, 4]));
        assert_eq!(insert(0), (1, vec![2, 4]));
        assert_eq!(insert(1), (3, vec![4]));
        assert_eq!(insert(5), (3, vec![4, 5]));
        assert_eq!(insert(3), (6, vec![]));
    }

    #[test]
    fn columns_with_a_common_row_conflict() {
        let pattern = Pattern::from_entries(2, 3, [(0, 0), (0, 1), (1, 1), (1, 2)]);
        assert!(Coloring::new(vec![0, 1, 0]).separates_columns(&pattern));
        assert!(!Coloring::new(vec![0, 1, 1]).separates_columns(&pattern));
        assert!(Coloring::new(vec![0, 1]).separates_rows(&pattern));
        assert!(!Coloring::new(vec![0, 0]).separates_rows(&pattern));
    }

    #[test]
    fn a_dense_row_is_not_visited_by_pairs() {
        // There are 2e10 pairs of columns.
        let n = 200_000;
        let row = Pattern::dense(1, n);
        assert_eq!(color_columns(&row).count(), n);
        let half = Pattern::from_fn(2, n, |i, j| i == j % 2 || (i == 0 && j > n / 2));
        assert!(color_columns(&half).count() <= n);
    }

    #[test]
    #[should_panic(expected = "3 columns, a colouring of 2 vertices")]
    fn a_coloring_of_another_size_panics() {
        Coloring::new(vec![0, 1]).separates_columns(&Pattern::dense(2, 3));
    }
}
