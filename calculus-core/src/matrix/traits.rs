//! What a rule takes for a matrix.

use core::ops::Range;

use super::Scalar;
use super::operations::{Operations, Part, Transpose, Triangle};
use crate::elementary::Unary;

/// A matrix, owned or a view, plain or recorded: what every function of this module takes.
///
/// `faer::Mat<T>` and `faer::MatRef<'_, T>` are matrices for `f64` and `f32`; so a transposed or
/// strided view is passed without a copy. All arguments of one function have the same type, so where
/// one is a view, the others are passed with `.as_ref()`. A vector is a matrix with one column.
///
/// The methods are the operations in which rules are written. They return owned matrices and panic
/// where shapes do not fit: checking is the business of the rule.
pub trait Matrix {
    /// The owned matrix of this kind.
    type Owned: Operations;

    /// Borrows the matrix.
    fn view(&self) -> <Self::Owned as Operations>::View<'_>;

    /// The number of rows.
    fn rows(&self) -> usize {
        self.shape().0
    }
    /// The number of columns.
    fn columns(&self) -> usize {
        self.shape().1
    }
    /// Rows and columns.
    fn shape(&self) -> (usize, usize) {
        <Self::Owned as Operations>::shape(self.view())
    }
    /// An owned copy.
    fn copied(&self) -> Self::Owned {
        <Self::Owned as Operations>::to_owned(self.view())
    }
    /// One entry, differentiable.
    fn entry(&self, row: usize, column: usize) -> <Self::Owned as Operations>::Scalar {
        <Self::Owned as Operations>::entry(self.view(), row, column)
    }
    /// The value of one entry, for decisions.
    fn primal(&self, row: usize, column: usize) -> f64 {
        <Self::Owned as Operations>::primal(self.view(), row, column)
    }

    /// $A + B$.
    fn plus(&self, b: &impl Matrix<Owned = Self::Owned>) -> Self::Owned {
        <Self::Owned as Operations>::add(self.view(), b.view())
    }
    /// $A - B$.
    fn minus(&self, b: &impl Matrix<Owned = Self::Owned>) -> Self::Owned {
        <Self::Owned as Operations>::sub(self.view(), b.view())
    }
    /// $-A$.
    fn negated(&self) -> Self::Owned {
        self.scaled(-1.0)
    }
    /// $A \circ B$, entry by entry.
    fn hadamard(&self, b: &impl Matrix<Owned = Self::Owned>) -> Self::Owned {
        <Self::Owned as Operations>::hadamard(self.view(), b.view())
    }
    /// $A \oslash B$, entry by entry.
    fn divided(&self, b: &impl Matrix<Owned = Self::Owned>) -> Self::Owned {
        <Self::Owned as Operations>::divide(self.view(), b.view())
    }
    /// $sA$ with a constant.
    fn scaled(&self, s: f64) -> Self::Owned {
        self.times_scalar(&<Self::Owned as Operations>::Scalar::constant(s))
    }
    /// $sA$ with a number that is differentiated too.
    fn times_scalar(&self, s: &<Self::Owned as Operations>::Scalar) -> Self::Owned {
        <Self::Owned as Operations>::scale(self.view(), s)
    }
    /// A row of the table of elementary functions of every entry.
    fn map(&self, row: Unary) -> Self::Owned {
        <Self::Owned as Operations>::map(self.view(), row)
    }
    /// The derivative of that row at every entry.
    fn map_derivative(&self, row: Unary) -> Self::Owned {
        <Self::Owned as Operations>::map_derivative(self.view(), row)
    }
    /// $a_{ij}^p$ with a constant exponent.
    fn powered(&self, p: f64) -> Self::Owned {
        <Self::Owned as Operations>::powf(self.view(), p)
    }

    /// $AB$.
    fn matmul(&self, b: &impl Matrix<Owned = Self::Owned>) -> Self::Owned {
        <Self::Owned as Operations>::matmul(self.view(), Transpose::No, b.view(), Transpose::No)
    }
    /// $A^\top B$.
    fn transpose_matmul(&self, b: &impl Matrix<Owned = Self::Owned>) -> Self::Owned {
        <Self::Owned as Operations>::matmul(self.view(), Transpose::Yes, b.view(), Transpose::No)
    }
    /// $AB^\top$.
    fn matmul_transpose(&self, b: &impl Matrix<Owned = Self::Owned>) -> Self::Owned {
        <Self::Owned as Operations>::matmul(self.view(), Transpose::No, b.view(), Transpose::Yes)
    }
    /// $A^\top$.
    fn transposed(&self) -> Self::Owned {
        <Self::Owned as Operations>::transpose(self.view())
    }
    /// $\mathrm{sym}(A) = (A + A^\top)/2$.
    fn symmetric(&self) -> Self::Owned {
        <Self::Owned as Operations>::symmetric(self.view())
    }
    /// $\mathrm{skew}(A) = (A - A^\top)/2$.
    fn skew(&self) -> Self::Owned {
        <Self::Owned as Operations>::skew(self.view())
    }
    /// A part of $A$, zero elsewhere.
    fn part(&self, part: Part) -> Self::Owned {
        <Self::Owned as Operations>::part(self.view(), part)
    }
    /// $\Phi(A)$: the lower triangle with half of the diagonal.
    fn halved_lower(&self) -> Self::Owned {
        self.part(Part::Lower).minus(&self.part(Part::Diagonal).scaled(0.5))
    }
    /// The diagonal as a column.
    fn diagonal(&self) -> Self::Owned {
        let n = self.rows().min(self.columns());
        <Self::Owned as Operations>::gather(self.view(), n, 1, |i, _| Some((i, i)))
    }
    /// The square matrix with this column on its diagonal.
    fn to_diagonal(&self) -> Self::Owned {
        let n = self.rows();
        <Self::Owned as Operations>::gather(self.view(), n, n, |i, j| (i == j).then_some((i, 0)))
    }
    /// $\mathrm{diag}(v) A$ for a column $v$.
    fn scaled_rows(&self, v: &impl Matrix<Owned = Self::Owned>) -> Self::Owned {
        self.hadamard(&v.broadcast(self.rows(), self.columns()))
    }
    /// $A\,\mathrm{diag}(v)$ for a column $v$.
    fn scaled_columns(&self, v: &impl Matrix<Owned = Self::Owned>) -> Self::Owned {
        self.hadamard(&v.transposed().broadcast(self.rows(), self.columns()))
    }
    /// Copies a number, a row or a column to `rows` by `columns`.
    fn broadcast(&self, rows: usize, columns: usize) -> Self::Owned {
        <Self::Owned as Operations>::broadcast(self.view(), rows, columns)
    }
    /// A block of consecutive rows and columns.
    fn block(&self, rows: Range<usize>, columns: Range<usize>) -> Self::Owned {
        let (row, column) = (rows.start, columns.start);
        <Self::Owned as Operations>::block(self.view(), row, column, rows.len(), columns.len())
    }
    /// This matrix in a larger one that is zero elsewhere, its first entry at (`row`, `column`).
    fn embedded(&self, rows: usize, columns: usize, row: usize, column: usize) -> Self::Owned {
        <Self::Owned as Operations>::scatter(self.view(), rows, columns, |i, j| {
            Some((row + i, column + j))
        })
    }
    /// The rows that are named, in that order: row $i$ of the result is row `order[i]`.
    fn permuted_rows(&self, order: &[usize]) -> Self::Owned {
        <Self::Owned as Operations>::gather(self.view(), order.len(), self.columns(), |i, j| {
            Some((order[i], j))
        })
    }
    /// The inverse of [`permuted_rows`](Self::permuted_rows): row `order[i]` of the result is row
    /// $i$.
    fn unpermuted_rows(&self, order: &[usize]) -> Self::Owned {
        let (rows, columns) = self.shape();
        <Self::Owned as Operations>::scatter(self.view(), rows, columns, |i, j| Some((order[i], j)))
    }

    /// $\sum_{ij} a_{ij}$.
    fn total(&self) -> <Self::Owned as Operations>::Scalar {
        <Self::Owned as Operations>::sum(self.view())
    }
    /// $\langle A, B\rangle = \mathrm{tr}(A^\top B)$.
    fn inner(&self, b: &impl Matrix<Owned = Self::Owned>) -> <Self::Owned as Operations>::Scalar {
        <Self::Owned as Operations>::inner(self.view(), b.view())
    }
    /// $\mathrm{tr}\,A$.
    fn sum_of_diagonal(&self) -> <Self::Owned as Operations>::Scalar {
        self.diagonal().total()
    }
    /// The sum of each row, a column.
    fn row_sums(&self) -> Self::Owned {
        <Self::Owned as Operations>::row_sums(self.view())
    }
    /// The sum of each column, a row.
    fn column_sums(&self) -> Self::Owned {
        <Self::Owned as Operations>::column_sums(self.view())
    }

    /// Running sums down each column, or up it.
    fn cumulative(&self, upwards: bool) -> Self::Owned {
        <Self::Owned as Operations>::cumulative_sum(self.view(), upwards)
    }

    /// Solves $\mathrm{op}(T) X = B$ for this triangular $T$.
    fn solve_triangular(
        &self,
        triangle: Triangle,
        transpose: Transpose,
        b: &impl Matrix<Owned = Self::Owned>,
    ) -> Self::Owned {
        <Self::Owned as Operations>::solve_triangular(self.view(), triangle, transpose, b.view())
    }
    /// Solves $X \mathrm{op}(T) = B$ for this $B$ and a triangular $T$.
    fn solve_triangular_right(
        &self,
        t: &impl Matrix<Owned = Self::Owned>,
        triangle: Triangle,
        transpose: Transpose,
    ) -> Self::Owned {
        <Self::Owned as Operations>::solve_triangular_right(
            self.view(),
            t.view(),
            triangle,
            transpose,
        )
    }
}

/// The $n \times n$ identity.
pub fn identity<M: Operations>(n: usize) -> M {
    M::from_fn(n, n, |i, j| f64::from(i == j))
}

/// The matrix of zeros.
pub fn zeros<M: Operations>(rows: usize, columns: usize) -> M {
    M::from_fn(rows, columns, |_, _| 0.0)
}
