//! The alphabet of the matrix rules, for tensors with two axes.

use calculus_core::Error;
use calculus_core::elementary::Unary;
use calculus_core::matrix::spectral_function::{SpectralFunction, SymmetricSpectrum};
use calculus_core::matrix::{self, Lu, Matrix, Operations, Part, Spectrum, Transpose, Triangle};
use faer::{Mat, MatRef};

use super::entries::{flat_indices, gather, scatter};
use super::schur::{self, Schur};
use super::{Number, cumulative, eigen, factorizations, rows, spectral, triangular};
use crate::tensor::array::Tensor;
use crate::tensor::element::Element;
use crate::tensor::shape::Shape;

/// A tensor with two axes as a matrix of numbers, without a copy.
#[track_caller]
pub(super) fn columns_of<T: Element>(x: &Tensor<T>) -> MatRef<'_, T> {
    let (rows, columns) = extents(x);
    MatRef::from_row_major_slice(x.as_slice(), rows, columns)
}

/// A matrix of numbers as a tensor.
pub(super) fn from_columns<T: Element>(x: &Mat<T>) -> Tensor<T> {
    let columns = x.ncols();
    Tensor::from_fn(&[x.nrows(), columns], |at| x[(at / columns, at % columns)])
}

#[track_caller]
fn extents<T: Element>(x: &Tensor<T>) -> (usize, usize) {
    match x.shape() {
        &[rows, columns] => (rows, columns),
        shape => panic!("a matrix is a tensor with two axes, not of shape {shape:?}"),
    }
}

/// Numbers in a list, by halves: each is copied a logarithmic number of times.
fn concatenated<T: Element>(numbers: &[Tensor<T>]) -> Tensor<T> {
    match numbers {
        [] => Tensor::zeros(&[0]),
        [number] => number.reshape(&[1]),
        _ => {
            let (head, tail) = numbers.split_at(numbers.len() / 2);
            concatenated(head).concatenate(&concatenated(tail), 0)
        }
    }
}

impl<T: Number> Matrix for Tensor<T> {
    type Owned = Self;

    fn view(&self) -> &Self {
        self
    }
}

impl<T: Number> Operations for Tensor<T> {
    type Scalar = Self;
    type View<'a> = &'a Self;
    type Schur = Schur<T>;

    const EPSILON: f64 = T::UNIT;

    fn shape(a: &Self) -> (usize, usize) {
        extents(a)
    }
    fn to_owned(a: &Self) -> Self {
        a.clone()
    }
    fn from_fn(rows: usize, columns: usize, mut entry: impl FnMut(usize, usize) -> f64) -> Self {
        Self::from_fn(&[rows, columns], |at| T::from_f64(entry(at / columns, at % columns)))
    }
    fn entry(a: &Self, row: usize, column: usize) -> Self {
        let at = row * extents(a).1 + column;
        a.view(at..at + 1, &[])
    }
    fn primal(a: &Self, row: usize, column: usize) -> f64 {
        a.as_slice()[row * extents(a).1 + column].to_f64()
    }
    fn all_finite(a: &Self) -> bool {
        a.as_slice().iter().all(|x| x.is_finite())
    }
    fn from_scalars(rows: usize, columns: usize, entries: &[Self]) -> Self {
        concatenated(entries).reshape(&[columns, rows]).transpose()
    }

    fn add(a: &Self, b: &Self) -> Self {
        a + b
    }
    fn sub(a: &Self, b: &Self) -> Self {
        a - b
    }
    fn hadamard(a: &Self, b: &Self) -> Self {
        a * b
    }
    fn divide(a: &Self, b: &Self) -> Self {
        a / b
    }
    fn scale(a: &Self, s: &Self) -> Self {
        a * s
    }
    fn map(a: &Self, row: Unary) -> Self {
        rows::apply(a, row, 0)
    }
    fn map_derivative(a: &Self, row: Unary) -> Self {
        rows::apply(a, row, 1)
    }
    fn powf(a: &Self, p: f64) -> Self {
        rows::power(a, p)
    }

    fn matmul(a: &Self, ta: Transpose, b: &Self, tb: Transpose) -> Self {
        match (ta, tb) {
            (Transpose::No, Transpose::No) => a.matmul(b),
            (Transpose::No, Transpose::Yes) => a.matmul_nt(b),
            (Transpose::Yes, Transpose::No) => a.matmul_tn(b),
            (Transpose::Yes, Transpose::Yes) => a.matmul_tt(b),
        }
    }
    fn transpose(a: &Self) -> Self {
        a.transpose()
    }
    fn part(a: &Self, part: Part) -> Self {
        let (rows, columns) = extents(a);
        // No product with zeros: what is left out may be infinite.
        <Self as Operations>::gather(a, rows, columns, |i, j| part.contains(i, j).then_some((i, j)))
    }
    fn gather(
        a: &Self,
        rows: usize,
        columns: usize,
        index: impl Fn(usize, usize) -> Option<(usize, usize)>,
    ) -> Self {
        let from = flat_indices((rows, columns), extents(a).1, index);
        gather(a, from, Shape::of(&[rows, columns]))
    }
    fn scatter(
        a: &Self,
        rows: usize,
        columns: usize,
        index: impl Fn(usize, usize) -> Option<(usize, usize)>,
    ) -> Self {
        let to = flat_indices(extents(a), columns, index);
        scatter(a, to, Shape::of(&[rows, columns]))
    }

    fn broadcast(a: &Self, rows: usize, columns: usize) -> Self {
        a.broadcast_to(&[rows, columns])
    }

    fn sum(a: &Self) -> Self {
        a.sum()
    }
    fn inner(a: &Self, b: &Self) -> Self {
        (a * b).sum()
    }
    fn row_sums(a: &Self) -> Self {
        a.sum_axes(&[1], true)
    }
    fn column_sums(a: &Self) -> Self {
        a.sum_axes(&[0], true)
    }
    fn cumulative_sum(a: &Self, upwards: bool) -> Self {
        cumulative::sum(a, upwards)
    }

    fn solve_triangular(t: &Self, triangle: Triangle, transpose: Transpose, b: &Self) -> Self {
        triangular::solve(t, triangle, transpose, b)
    }
    fn cholesky(op: &'static str, a: &Self) -> Result<Self, Error> {
        factorizations::cholesky(op, a)
    }
    fn lu(a: &Self) -> Lu<Self> {
        factorizations::lu(a)
    }
    fn lu_inverse(lu: &Lu<Self>) -> Self {
        let n = lu.rows.len();
        let identity = matrix::identity::<Self>(n).permuted_rows(&lu.rows);
        let lower = triangular::solve(&lu.packed, Triangle::UnitLower, Transpose::No, &identity);
        triangular::solve(&lu.packed, Triangle::Upper, Transpose::No, &lower)
    }
    fn qr(a: &Self) -> (Self, Self) {
        factorizations::qr(a)
    }
    fn symmetric_eigen(op: &'static str, a: &Self) -> Result<(Self, Self), Error> {
        factorizations::symmetric_eigen(op, a)
    }
    fn symmetric_eigenvalues(op: &'static str, a: &Self) -> Result<Self, Error> {
        if a.is_recorded() {
            // The values and the vectors of one node, so that at repeated eigenvalues the rule sees
            // the cotangents of both.
            return Ok(factorizations::symmetric_eigen(op, a)?.0);
        }
        <Mat<T> as Operations>::symmetric_eigenvalues(op, columns_of(a)).map(|w| from_columns(&w))
    }
    fn schur(op: &'static str, a: &Self) -> Result<Schur<T>, Error> {
        schur::form(op, a)
    }
    fn sylvester(
        op: &'static str,
        a: (&Schur<T>, Transpose),
        b: (&Schur<T>, Transpose),
        c: &Self,
    ) -> Result<Self, Error> {
        schur::sylvester(op, a, b, c)
    }
    fn eigen(op: &'static str, a: &Self) -> Result<Spectrum<Self>, Error> {
        eigen::spectrum(op, a)
    }
    fn spectral_function<F: SpectralFunction>(
        op: &'static str,
        f: &F,
        spectrum: &SymmetricSpectrum<Self>,
        directions: &[&Self],
    ) -> Result<Self, Error> {
        spectral::derivative(op, f, spectrum, directions)
    }
    fn spectral_trace<F: SpectralFunction>(
        op: &'static str,
        f: &F,
        a: &Self,
        values: &Self,
    ) -> Result<Self, Error> {
        spectral::trace(op, f, a, values)
    }
    fn schur_matrix(schur: &Schur<T>) -> Self {
        schur::matrix(schur)
    }
    fn schur_eigenvalues(schur: &Schur<T>) -> Vec<(f64, f64)> {
        schur::eigenvalues(schur)
    }
    fn schur_sqrt(op: &'static str, schur: &Schur<T>) -> Result<Schur<T>, Error> {
        schur::sqrt(op, schur)
    }
    fn svd(op: &'static str, a: &Self) -> Result<(Self, Self, Self), Error> {
        factorizations::svd(op, a)
    }
}
