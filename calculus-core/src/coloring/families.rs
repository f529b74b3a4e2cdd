//! Patterns that occur often: dense, banded, arrow, grids, diagonal blocks.

use super::Pattern;

impl Pattern {
    /// The pattern without zeros.
    pub fn dense(rows: usize, columns: usize) -> Self {
        Self::from_columns(rows, columns, |_, column| column.extend(0..rows))
    }

    /// The diagonal of an $n \times n$ matrix.
    pub fn diagonal(n: usize) -> Self {
        Self::banded(n, 0, 0)
    }

    /// An $n \times n$ band of `lower` diagonals below and `upper` diagonals above the main one.
    ///
    /// # Examples
    /// ```
    /// use calculus_core::coloring::Pattern;
    /// let tridiagonal = Pattern::banded(4, 1, 1);
    /// assert_eq!(tridiagonal.column(2), [1, 2, 3]);
    /// assert_eq!(tridiagonal.column(3), [2, 3]);
    /// ```
    pub fn banded(n: usize, lower: usize, upper: usize) -> Self {
        Self::from_columns(n, n, |j, column| {
            column.extend(
                j.saturating_sub(upper)..(j.saturating_add(lower).saturating_add(1)).min(n),
            );
        })
    }

    /// The diagonal, the first row and the first column of an $n \times n$ matrix.
    pub fn arrow(n: usize) -> Self {
        Self::from_columns(n, n, |j, column| match j {
            0 => column.extend(0..n),
            _ => column.extend([0, j]),
        })
    }

    /// The five-point stencil on a grid of `width` by `height` points: each point with itself and
    /// its neighbours to the left, right, below and above.
    ///
    /// The point $(x, y)$ has the index $x + \text{width} \cdot y$.
    pub fn five_point_grid(width: usize, height: usize) -> Self {
        Self::grid(width, height, |dx, dy| dx == 0 || dy == 0)
    }

    /// The nine-point stencil on a grid of `width` by `height` points: each point with itself and
    /// its eight neighbours.
    ///
    /// The point $(x, y)$ has the index $x + \text{width} \cdot y$.
    pub fn nine_point_grid(width: usize, height: usize) -> Self {
        Self::grid(width, height, |_, _| true)
    }

    /// The stencil of the offsets in $\{-1, 0, 1\}^2$ that `belongs` names by their sizes.
    fn grid(width: usize, height: usize, belongs: impl Fn(usize, usize) -> bool) -> Self {
        let n = width * height;
        Self::from_columns(n, n, |j, column| {
            let (x, y) = (j % width, j / width);
            for v in y.saturating_sub(1)..(y + 2).min(height) {
                for u in x.saturating_sub(1)..(x + 2).min(width) {
                    if belongs(u.abs_diff(x), v.abs_diff(y)) {
                        column.push(u + width * v);
                    }
                }
            }
        })
    }

    /// `blocks` dense square blocks of the given size along the diagonal.
    pub fn block_diagonal(blocks: usize, size: usize) -> Self {
        let n = blocks * size;
        Self::from_columns(n, n, |j, column| {
            let first = j - j % size;
            column.extend(first..first + size);
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_are_what_their_formulas_say() {
        let n = 7;
        let cases = [
            (Pattern::dense(n, n), Pattern::from_fn(n, n, |_, _| true)),
            (Pattern::diagonal(n), Pattern::from_fn(n, n, |i, j| i == j)),
            (Pattern::banded(n, 2, 1), Pattern::from_fn(n, n, |i, j| i <= j + 2 && j <= i + 1)),
            (Pattern::banded(n, usize::MAX, 0), Pattern::from_fn(n, n, |i, j| i >= j)),
            (Pattern::arrow(n), Pattern::from_fn(n, n, |i, j| i == j || i * j == 0)),
            (Pattern::block_diagonal(3, 2), Pattern::from_fn(6, 6, |i, j| i / 2 == j / 2)),
        ];
        for (made, expected) in cases {
            assert_eq!(made, expected);
        }
        let distance = |i: usize, j: usize| ((i % 3).abs_diff(j % 3), (i / 3).abs_diff(j / 3));
        let five = Pattern::from_fn(12, 12, |i, j| distance(i, j).0 + distance(i, j).1 <= 1);
        assert_eq!(Pattern::five_point_grid(3, 4), five);
        let nine = Pattern::from_fn(12, 12, |i, j| distance(i, j).0.max(distance(i, j).1) <= 1);
        assert_eq!(Pattern::nine_point_grid(3, 4), nine);
    }

    #[test]
    fn families_of_size_zero_and_one() {
        let one = Pattern::dense(1, 1);
        assert_eq!(Pattern::arrow(1), one);
        assert_eq!(Pattern::five_point_grid(1, 1), one);
        assert_eq!(Pattern::block_diagonal(1, 1), one);
        let none = Pattern::dense(0, 0);
        assert_eq!(Pattern::arrow(0), none);
        assert_eq!(Pattern::nine_point_grid(0, 5), none);
        assert_eq!(Pattern::block_diagonal(4, 0), none);
        assert_eq!(Pattern::banded(0, 1, 1), none);
    }
}
