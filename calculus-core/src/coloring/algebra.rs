//! Patterns of transposes, sums and products.

use super::Pattern;
use super::pattern::bucket;
use crate::Error;

impl Pattern {
    /// The pattern of $A^T$. Costs time proportional to the number of entries.
    pub fn transpose(&self) -> Self {
        let (starts, columns) = bucket(self.rows(), self.entries());
        Self::from_sorted(self.columns(), starts, columns)
    }

    /// The pattern of $A + B$: the entries of either.
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`] if the shapes differ.
    pub fn union(&self, other: &Self) -> Result<Self, Error> {
        if self.shape() != other.shape() {
            return Err(mismatch("union of patterns", self, other));
        }
        let entries = self.entries().chain(other.entries());
        Ok(Self::from_entries(self.rows(), self.columns(), entries))
    }

    /// The pattern of the product $A B$, where no entry cancels.
    ///
    /// With the transpose it gives the pattern of $J^T J$, the Hessian of a sum of squares in
    /// Gauss-Newton's approximation. Costs the multiplications of the sparse product.
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`] if $A$ has not as many columns as $B$ has rows.
    ///
    /// # Examples
    /// ```
    /// use calculus_core::coloring::Pattern;
    /// let jacobian = Pattern::banded(5, 0, 1);
    /// let hessian = jacobian.transpose().product(&jacobian)?;
    /// assert_eq!(hessian, Pattern::banded(5, 1, 1));
    /// # Ok::<(), calculus_core::Error>(())
    /// ```
    pub fn product(&self, other: &Self) -> Result<Self, Error> {
        if self.columns() != other.rows() {
            return Err(mismatch("product of patterns", self, other));
        }
        let mut seen_in = vec![usize::MAX; self.rows()];
        Ok(Self::from_columns(self.rows(), other.columns(), |j, column| {
            let start = column.len();
            for &k in other.column(j) {
                for &i in self.column(k) {
                    if seen_in[i] != j {
                        seen_in[i] = j;
                        column.push(i);
                    }
                }
            }
            column[start..].sort_unstable();
        }))
    }

    /// Whether the matrix is square and with each entry $(i, j)$ has the entry $(j, i)$.
    ///
    /// Costs time proportional to the number of entries.
    pub fn is_symmetric(&self) -> bool {
        self.mirrored("symmetry").is_ok()
    }

    /// Rows and columns.
    pub(super) fn shape(&self) -> (usize, usize) {
        (self.rows(), self.columns())
    }

    /// For each entry the number of its mirror image.
    pub(super) fn mirrored(&self, op: &'static str) -> Result<Vec<usize>, Error> {
        let (rows, columns) = self.shape();
        if rows != columns {
            return Err(Error::NotSquare { op, rows, columns });
        }
        // The entries of row j are met in ascending order of their columns, as are those of
        // column j in ascending order of their rows: the two run side by side.
        let mut next: Vec<usize> = (0..columns).map(|j| self.column_range(j).start).collect();
        let row_indices = self.symbolic().row_idx();
        let mut mirror = vec![0; self.nonzeros()];
        for j in 0..columns {
            for entry in self.column_range(j) {
                let i = row_indices[entry];
                let image = next[i];
                if image == self.column_range(i).end || row_indices[image] != j {
                    // Either (j, i) is missing, or an entry of column i before it is unmatched.
                    let missing_image = self.contains(j, i);
                    let (row, column) =
                        if missing_image { (row_indices[image], i) } else { (i, j) };
                    return Err(Error::NotSymmetric { op, row, column });
                }
                mirror[entry] = image;
                next[i] += 1;
            }
        }
        Ok(mirror)
    }
}

fn mismatch(op: &'static str, lhs: &Pattern, rhs: &Pattern) -> Error {
    Error::ShapeMismatch { op, lhs: lhs.shape(), rhs: rhs.shape() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Pattern {
        Pattern::from_entries(2, 3, [(0, 0), (0, 2), (1, 2)])
    }

    #[test]
    fn transpose_union_and_product() {
        let a = example();
        assert_eq!(a.transpose(), Pattern::from_entries(3, 2, [(0, 0), (2, 0), (2, 1)]));
        assert_eq!(a.transpose().transpose(), a);
        let b = Pattern::from_entries(2, 3, [(1, 0), (0, 2)]);
        let union = Pattern::from_entries(2, 3, [(0, 0), (1, 0), (0, 2), (1, 2)]);
        assert_eq!(a.union(&b), Ok(union));
        let product = Pattern::from_entries(2, 2, [(0, 0), (1, 0), (0, 1)]);
        assert_eq!(a.product(&b.transpose()), Ok(product));
        assert_eq!(a.product(&Pattern::dense(3, 0)), Ok(Pattern::dense(2, 0)));
    }

    #[test]
    fn shapes_that_do_not_fit_are_errors() {
        let a = example();
        let shapes = ((2, 3), (3, 2));
        let expected =
            Error::ShapeMismatch { op: "union of patterns", lhs: shapes.0, rhs: shapes.1 };
        assert_eq!(a.union(&a.transpose()), Err(expected));
        assert!(matches!(a.product(&a), Err(Error::ShapeMismatch { .. })));
    }

    #[test]
    fn symmetry() {
        assert!(Pattern::dense(0, 0).is_symmetric());
        assert!(Pattern::nine_point_grid(4, 3).is_symmetric());
        assert!(!Pattern::dense(2, 3).is_symmetric());
        let n = 4;
        for missing in Pattern::dense(n, n).entries().filter(|(i, j)| i != j) {
            let pattern = Pattern::from_fn(n, n, |i, j| (i, j) != missing);
            assert!(!pattern.is_symmetric());
            let (column, row) = missing;
            assert_eq!(
                pattern.mirrored("test"),
                Err(Error::NotSymmetric { op: "test", row, column })
            );
        }
    }

    #[test]
    fn mirror_images() {
        let pattern = Pattern::from_entries(3, 3, [(0, 0), (1, 0), (2, 0), (0, 1), (0, 2)]);
        assert_eq!(pattern.mirrored("test"), Ok(vec![0, 3, 4, 1, 2]));
    }
}
