//! Direct recovery: each entry of the matrix is an entry of the products.
//!
//! | colouring | products | entry |
//! |---|---|---|
//! | columns | $B = J S$ | $J_{ij} = B_{i c(j)}$ |
//! | rows | $B = S^T J$ | $J_{ij} = B_{c(i) j}$ |
//! | star | $B = H S$ | $H_{ij} = B_{i c(j)}$ if only $j$ of the neighbours of $i$ has its colour, else $B_{j c(i)}$ |
//!
//! Where each entry is to be found is worked out once; each recovery then is one pass without
//! searching or allocation.
//!
//! Source: Gebremedhin, Manne and Pothen (2005), *What color is your Jacobian? Graph coloring for
//! computing derivatives*, SIAM Review 47(4), 629-705.

use faer::MatRef;
use faer::sparse::SparseColMat;

use super::columns::column_conflict;
use super::{Coloring, Pattern};
use crate::Error;

/// Where the products hold the entries of a matrix that was compressed by a colouring.
///
/// # Examples
/// A Hessian with the pattern of an arrow, from two products instead of four.
/// ```
/// use calculus_core::coloring::{DirectRecovery, Pattern, star_coloring};
/// use faer::mat;
///
/// let hessian = mat![
///     [9.0, 1.0, 2.0, 3.0],
///     [1.0, 4.0, 0.0, 0.0],
///     [2.0, 0.0, 5.0, 0.0],
///     [3.0, 0.0, 0.0, 6.0],
/// ];
/// let pattern = Pattern::arrow(4);
/// let coloring = star_coloring(&pattern)?;
/// let products = &hessian * coloring.seed_matrix();
/// assert_eq!(products.ncols(), 2);
///
/// let recovery = DirectRecovery::by_star(&pattern, &coloring)?;
/// assert_eq!(recovery.recover(products.as_ref()).to_dense(), hessian);
/// # Ok::<(), calculus_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct DirectRecovery {
    pattern: Pattern,
    /// Row and column of the products for each entry of the pattern.
    sources: Vec<(usize, usize)>,
    /// Rows and columns of the products.
    products: (usize, usize),
}

impl DirectRecovery {
    /// Recovery from $B = J S$, rows by colours, with the columns coloured by
    /// [`color_columns`](super::color_columns).
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`] if the colouring has another number of vertices than the pattern
    /// has columns; [`Error::NotDetermined`] if it does not determine an entry.
    pub fn by_columns(pattern: &Pattern, coloring: &Coloring) -> Result<Self, Error> {
        let op = "recovery by columns";
        require_vertices(op, pattern, pattern.columns(), coloring)?;
        if let Some((row, column)) = column_conflict(pattern, coloring) {
            return Err(Error::NotDetermined { op, row, column });
        }
        let sources = pattern.entries().map(|(i, j)| (i, coloring.of(j))).collect();
        let products = (pattern.rows(), coloring.count());
        Ok(Self { pattern: pattern.clone(), sources, products })
    }

    /// Recovery from $B = S^T J$, colours by columns, with the rows coloured by
    /// [`color_rows`](super::color_rows).
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`] if the colouring has another number of vertices than the pattern
    /// has rows; [`Error::NotDetermined`] if it does not determine an entry.
    pub fn by_rows(pattern: &Pattern, coloring: &Coloring) -> Result<Self, Error> {
        let op = "recovery by rows";
        require_vertices(op, pattern, pattern.rows(), coloring)?;
        if let Some((column, row)) = column_conflict(&pattern.transpose(), coloring) {
            return Err(Error::NotDetermined { op, row, column });
        }
        let sources = pattern.entries().map(|(i, j)| (coloring.of(i), j)).collect();
        let products = (coloring.count(), pattern.columns());
        Ok(Self { pattern: pattern.clone(), sources, products })
    }

    /// Recovery of a symmetric matrix from $B = H S$, rows by colours, with a
    /// [star colouring](super::star_coloring).
    ///
    /// # Errors
    /// [`Error::NotSquare`] and [`Error::NotSymmetric`]; [`Error::ShapeMismatch`] if the colouring
    /// has another number of vertices than the pattern has columns; [`Error::NotDetermined`] if it
    /// is not a star colouring.
    pub fn by_star(pattern: &Pattern, coloring: &Coloring) -> Result<Self, Error> {
        let op = "recovery by a star colouring";
        require_vertices(op, pattern, pattern.columns(), coloring)?;
        let sources = star_sources(op, pattern, coloring)?;
        let products = (pattern.rows(), coloring.count());
        Ok(Self { pattern: pattern.clone(), sources, products })
    }

    /// The pattern of the recovered matrix.
    pub fn pattern(&self) -> &Pattern {
        &self.pattern
    }

    /// The matrix whose compression is `products`.
    ///
    /// # Panics
    /// If the shape of `products` is not the one of the colouring.
    #[track_caller]
    pub fn recover(&self, products: MatRef<'_, f64>) -> SparseColMat<usize, f64> {
        let mut values = vec![0.0; self.pattern.nonzeros()];
        self.recover_into(products, &mut values);
        self.pattern.with_values(values)
    }

    /// Writes the values of the matrix whose compression is `products`, in the order of the
    /// entries of the pattern. Allocates nothing.
    ///
    /// # Panics
    /// If the shape of `products` is not the one of the colouring, or the length of `values` not
    /// the number of entries.
    #[track_caller]
    pub fn recover_into(&self, products: MatRef<'_, f64>, values: &mut [f64]) {
        require_shapes(products, self.products, values.len(), self.pattern.nonzeros());
        for (value, &source) in values.iter_mut().zip(&self.sources) {
            *value = products[source];
        }
    }
}

/// Row and colour of the product that holds each entry of a symmetric matrix.
///
/// An entry $(i, j)$ is determined if $i$ is the only vertex of its colour in column $j$, or $j$
/// in column $i$. If neither is, it is in the middle of a path of four vertices and two colours.
pub(super) fn star_sources(
    op: &'static str,
    pattern: &Pattern,
    coloring: &Coloring,
) -> Result<Vec<(usize, usize)>, Error> {
    let mirror = pattern.mirrored(op)?;
    let mut counts = vec![0_usize; coloring.count()];
    let mut alone = vec![false; pattern.nonzeros()];
    for j in 0..pattern.columns() {
        let colors = || pattern.column(j).iter().map(|&i| coloring.of(i));
        colors().for_each(|color| counts[color] += 1);
        for (entry, color) in pattern.column_range(j).zip(colors()) {
            alone[entry] = counts[color] == 1;
        }
        colors().for_each(|color| counts[color] = 0);
    }
    let source = |(entry, (row, column)): (usize, (usize, usize))| {
        // Both halves are read from the same place, so the result is symmetric to the last bit.
        let (lower, upper, i, j) = match row >= column {
            true => (entry, mirror[entry], row, column),
            false => (mirror[entry], entry, column, row),
        };
        match (alone[lower], alone[upper]) {
            (true, _) => Ok((j, coloring.of(i))),
            (false, true) => Ok((i, coloring.of(j))),
            (false, false) => Err(Error::NotDetermined { op, row, column }),
        }
    };
    pattern.entries().enumerate().map(source).collect()
}

/// The colouring has to have as many vertices as the matrix has columns (or rows).
pub(super) fn require_vertices(
    op: &'static str,
    pattern: &Pattern,
    expected: usize,
    coloring: &Coloring,
) -> Result<(), Error> {
    if coloring.vertices() == expected {
        return Ok(());
    }
    Err(Error::ShapeMismatch {
        op,
        lhs: pattern.shape(),
        rhs: (coloring.vertices(), coloring.count()),
    })
}

/// The contract of a recovery on the shape of the products and the number of values.
#[track_caller]
pub(super) fn require_shapes(
    products: MatRef<'_, f64>,
    expected: (usize, usize),
    values: usize,
    entries: usize,
) {
    let shape = products.shape();
    assert!(shape == expected, "products of shape {shape:?}, the colouring gives {expected:?}");
    assert!(values == entries, "{values} values for a pattern of {entries} entries");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn undetermined(result: Result<DirectRecovery, Error>) -> (usize, usize) {
        match result {
            Err(Error::NotDetermined { row, column, .. }) => (row, column),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn colorings_that_do_not_determine_the_matrix_are_errors() {
        let pattern = Pattern::from_entries(2, 3, [(0, 0), (0, 1), (1, 1), (1, 2)]);
        let columns = Coloring::new(vec![0, 1, 1]);
        assert_eq!(undetermined(DirectRecovery::by_columns(&pattern, &columns)), (1, 2));
        let rows = Coloring::new(vec![0, 0]);
        assert_eq!(undetermined(DirectRecovery::by_rows(&pattern, &rows)), (1, 1));
        let path = Pattern::banded(4, 1, 1);
        let two = Coloring::new(vec![0, 1, 0, 1]);
        assert_eq!(undetermined(DirectRecovery::by_star(&path, &two)), (2, 1));
    }

    #[test]
    fn matrices_that_do_not_fit_are_errors() {
        let pattern = Pattern::dense(2, 3);
        let coloring = Coloring::new(vec![0, 1]);
        let rhs = (2, 2);
        let op = "recovery by columns";
        let expected = Error::ShapeMismatch { op, lhs: (2, 3), rhs };
        assert_eq!(DirectRecovery::by_columns(&pattern, &coloring).unwrap_err(), expected);
        assert!(DirectRecovery::by_rows(&pattern, &coloring).is_ok());
        let op = "recovery by a star colouring";
        let square = Pattern::banded(2, 1, 0);
        let expected = Error::NotSymmetric { op, row: 1, column: 0 };
        assert_eq!(DirectRecovery::by_star(&square, &coloring).unwrap_err(), expected);
    }

    #[test]
    #[should_panic(expected = "3 values for a pattern of 2 entries")]
    fn too_many_values_panic() {
        let recovery =
            DirectRecovery::by_columns(&Pattern::diagonal(2), &Coloring::new(vec![0, 0])).unwrap();
        recovery.recover_into(faer::Mat::zeros(2, 1).as_ref(), &mut [0.0; 3]);
    }
}
