//! A matrix of recorded variables.

use core::ops::Index;

use calculus_core::Real;
use calculus_core::matrix::Part;
use faer::MatRef;

use crate::Var;

/// A matrix of recorded variables, row by row.
///
/// Transposing it, taking parts of it and putting it together record nothing.
///
/// # Examples
/// ```
/// use autodiff::Var;
/// use autodiff::matrix::VarMatrix;
/// let a = VarMatrix::from_row_major(2, 3, &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0].map(Var::from));
/// assert_eq!((a.rows(), a.columns()), (2, 3));
/// assert_eq!(a[(1, 0)], a.transposed()[(0, 1)]);
/// ```
#[derive(Clone, Debug)]
pub struct VarMatrix {
    rows: usize,
    columns: usize,
    entries: Vec<Var>,
}

impl VarMatrix {
    /// The matrix of these entries, row by row.
    ///
    /// # Panics
    /// If there are not `rows * columns` entries.
    #[track_caller]
    pub fn from_row_major(rows: usize, columns: usize, entries: &[Var]) -> Self {
        let given = entries.len();
        assert_eq!(given, rows * columns, "a {rows} by {columns} matrix of {given} entries");
        Self { rows, columns, entries: entries.to_vec() }
    }

    /// The matrix with the entry `entry(i, j)` in row `i` and column `j`.
    pub fn from_fn(rows: usize, columns: usize, entry: impl Fn(usize, usize) -> Var) -> Self {
        let entry = &entry;
        let entries = (0..rows).flat_map(|i| (0..columns).map(move |j| entry(i, j))).collect();
        Self { rows, columns, entries }
    }

    /// A matrix of constants.
    pub fn constant(a: MatRef<'_, f64>) -> Self {
        Self::from_fn(a.nrows(), a.ncols(), |i, j| Var::from(a[(i, j)]))
    }

    /// A matrix with one column.
    pub fn column(entries: &[Var]) -> Self {
        Self { rows: entries.len(), columns: 1, entries: entries.to_vec() }
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The number of columns.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// The entries, row by row.
    pub fn as_slice(&self) -> &[Var] {
        &self.entries
    }

    /// The entries, row by row.
    pub fn into_vec(self) -> Vec<Var> {
        self.entries
    }

    /// The diagonal.
    pub fn diagonal(&self) -> Vec<Var> {
        (0..self.rows.min(self.columns)).map(|i| self[(i, i)]).collect()
    }

    /// $A^\top$; records nothing.
    pub fn transposed(&self) -> Self {
        Self::from_fn(self.columns, self.rows, |i, j| self[(j, i)])
    }

    /// The entries of a part, and 0 elsewhere; records nothing.
    pub fn part(&self, part: Part) -> Self {
        let zero = Var::from(0.0);
        let entry = |i, j| if part.contains(i, j) { self[(i, j)] } else { zero };
        Self::from_fn(self.rows, self.columns, entry)
    }

    /// $A + B$.
    ///
    /// # Panics
    /// If the shapes differ.
    #[track_caller]
    pub fn plus(&self, b: &Self) -> Self {
        self.assert_shape_of(b);
        Self::from_fn(self.rows, self.columns, |i, j| self[(i, j)] + b[(i, j)])
    }

    /// $A - B$.
    ///
    /// # Panics
    /// If the shapes differ.
    #[track_caller]
    pub fn minus(&self, b: &Self) -> Self {
        self.assert_shape_of(b);
        Self::from_fn(self.rows, self.columns, |i, j| self[(i, j)] - b[(i, j)])
    }

    /// $sA$.
    pub fn scaled(&self, s: impl Into<Var>) -> Self {
        let s = s.into();
        Self::from_fn(self.rows, self.columns, |i, j| s * self[(i, j)])
    }

    /// $-A$.
    pub fn negated(&self) -> Self {
        Self::from_fn(self.rows, self.columns, |i, j| -self[(i, j)])
    }

    /// $\mathrm{sym}(A) = (A + A^\top)/2$ of a square matrix.
    ///
    /// # Panics
    /// If the matrix is not square.
    #[track_caller]
    pub fn symmetric(&self) -> Self {
        self.plus(&self.transposed()).scaled(0.5)
    }

    /// Whether every entry is the constant 0.
    pub(super) fn is_zero(&self) -> bool {
        self.entries.iter().all(|x| x.is_zero())
    }

    #[track_caller]
    fn assert_shape_of(&self, b: &Self) {
        let (lhs, rhs) = ((self.rows, self.columns), (b.rows, b.columns));
        assert_eq!(lhs, rhs, "matrices of the same shape are added, not {lhs:?} and {rhs:?}");
    }

    #[track_caller]
    pub(super) fn assert_square(&self, function: &str) -> usize {
        let (rows, columns) = (self.rows, self.columns);
        assert_eq!(rows, columns, "{function} is of a square matrix, not of {rows} by {columns}");
        rows
    }
}

impl Index<(usize, usize)> for VarMatrix {
    type Output = Var;
    #[track_caller]
    fn index(&self, (row, column): (usize, usize)) -> &Var {
        let (rows, columns) = (self.rows, self.columns);
        assert!(column < columns, "column {column} of a {rows} by {columns} matrix");
        &self.entries[row * columns + column]
    }
}
