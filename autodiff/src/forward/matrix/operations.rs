//! The alphabet of the matrix rules, for dual matrices.

use calculus_core::Error;
use calculus_core::elementary::Unary;
use calculus_core::matrix::spectral_function::{SpectralFunction, SymmetricSpectrum};
use calculus_core::matrix::{
    Lu, Matrix, Operations, Part, Scalar, Spectrum, Transpose, Triangle, elementwise_pow, zeros,
};

use super::equations::DualSchur;
use super::rows::along;
use super::tangent::Tangent;
use super::{DualMatrix, DualNumber, RowDerivatives, equations, factorizations, spectral};

impl<M: RowDerivatives> Matrix for DualMatrix<M> {
    type Owned = Self;

    fn view(&self) -> &Self {
        self
    }
}

/// The numbers of a matrix: their values, and the tangent of all of them.
fn unzipped<M: Operations>(numbers: &[DualNumber<M>]) -> (Vec<M::Scalar>, Tangent<Vec<M::Scalar>>) {
    let values = numbers.iter().map(|x| x.value.clone()).collect();
    let (mut tangents, mut found) = (Vec::with_capacity(numbers.len()), None);
    for number in numbers {
        match &number.tangent {
            Tangent::Zero => tangents.push(M::Scalar::constant(0.0)),
            Tangent::Along(tangent, scope) => {
                tangents.push(tangent.clone());
                found =
                    Some(found.map_or(*scope, |found: crate::forward::Scope| found.join(*scope)));
            }
            Tangent::Undefined(error) => return (values, Tangent::Undefined(*error)),
        }
    }
    (values, found.map_or(Tangent::Zero, |scope| Tangent::Along(tangents, scope)))
}

impl<M: RowDerivatives> Operations for DualMatrix<M> {
    type Scalar = DualNumber<M>;
    type View<'a> = &'a Self;
    type Schur = DualSchur<M>;

    const EPSILON: f64 = M::EPSILON;

    fn shape(a: &Self) -> (usize, usize) {
        a.value.shape()
    }
    fn to_owned(a: &Self) -> Self {
        a.clone()
    }
    fn from_fn(rows: usize, columns: usize, entry: impl FnMut(usize, usize) -> f64) -> Self {
        Self::constant(M::from_fn(rows, columns, entry))
    }
    fn entry(a: &Self, row: usize, column: usize) -> DualNumber<M> {
        a.linear_number(|a| a.entry(row, column))
    }
    fn primal(a: &Self, row: usize, column: usize) -> f64 {
        a.value.primal(row, column)
    }
    fn all_finite(a: &Self) -> bool {
        M::all_finite(a.value.view())
    }
    fn largest_modulus(a: &Self) -> f64 {
        M::largest_modulus(a.value.view())
    }
    fn from_scalars(rows: usize, columns: usize, entries: &[DualNumber<M>]) -> Self {
        let (values, tangents) = unzipped(entries);
        let value = M::from_scalars(rows, columns, &values);
        Self { value, tangent: tangents.map(|t| M::from_scalars(rows, columns, t)) }
    }

    fn add(a: &Self, b: &Self) -> Self {
        let tangent = a.tangent.clone().plus(b.tangent.clone());
        Self { value: a.value.plus(&b.value), tangent }
    }
    fn sub(a: &Self, b: &Self) -> Self {
        let tangent = a.tangent.clone().plus(b.tangent.map(|t| t.negated()));
        Self { value: a.value.minus(&b.value), tangent }
    }
    fn hadamard(a: &Self, b: &Self) -> Self {
        a.bilinear(b, |a, b| a.hadamard(b))
    }
    fn divide(a: &Self, b: &Self) -> Self {
        let value = a.value.divided(&b.value);
        let of_a = a.tangent.map(|t| t.divided(&b.value));
        let of_b = b.tangent.map(|t| value.hadamard(t).divided(&b.value).negated());
        Self { value, tangent: of_a.plus(of_b) }
    }
    fn divide_by_pairs(
        a: &Self,
        w: &Self,
        s: f64,
        excluded: impl Fn(usize, usize) -> bool,
    ) -> Self {
        let over = |a: &M| M::divide_by_pairs(a.view(), w.value.view(), s, &excluded);
        let value = over(&a.value);
        let of_w = w.tangent.map(|t| {
            let n = t.rows();
            let sums = t.transposed().broadcast(n, n).plus(&t.broadcast(n, n).scaled(s));
            over(&value.hadamard(&sums)).negated()
        });
        Self { tangent: a.tangent.map(over).plus(of_w), value }
    }
    fn scale(a: &Self, s: &DualNumber<M>) -> Self {
        let of_a = a.tangent.map(|t| t.times_scalar(&s.value));
        let of_s = s.tangent.map(|t| a.value.times_scalar(t));
        Self { value: a.value.times_scalar(&s.value), tangent: of_a.plus(of_s) }
    }
    fn map(a: &Self, row: Unary) -> Self {
        Self::row_derivative(a, row, 0)
    }
    fn map_derivative(a: &Self, row: Unary) -> Self {
        Self::row_derivative(a, row, 1)
    }
    fn powf(a: &Self, p: f64) -> Self {
        if p == 0.0 {
            return Self::constant(a.value.powered(p));
        }
        let slope = || a.value.powered(p - 1.0).scaled(p);
        Self { value: a.value.powered(p), tangent: a.tangent.map(|t| along(&slope(), t)) }
    }
    fn pow(a: &Self, b: &Self) -> Self {
        let value = M::pow(a.value.view(), b.value.view());
        let (rows, columns) = value.shape();
        let (x, y, zero) = (&a.value, &b.value, zeros(rows, columns));
        let of_a = a.tangent.try_map(|t| elementwise_pow::pushforward(x, y, &value, t, &zero));
        let of_b = b.tangent.try_map(|t| elementwise_pow::pushforward(x, y, &value, &zero, t));
        Self { tangent: of_a.plus(of_b), value }
    }

    fn matmul(a: &Self, ta: Transpose, b: &Self, tb: Transpose) -> Self {
        a.bilinear(b, |a, b| <M as Operations>::matmul(a.view(), ta, b.view(), tb))
    }
    fn matmul_part(a: &Self, ta: Transpose, b: &Self, tb: Transpose, part: Part) -> Self {
        a.bilinear(b, |a, b| M::matmul_part(a.view(), ta, b.view(), tb, part))
    }
    fn transpose(a: &Self) -> Self {
        a.linear(|a| a.transposed())
    }
    fn symmetric(a: &Self) -> Self {
        a.linear(|a| a.symmetric())
    }
    fn skew(a: &Self) -> Self {
        a.linear(|a| a.skew())
    }
    fn kron(a: &Self, b: &Self) -> Self {
        a.bilinear(b, |a, b| M::kron(a.view(), b.view()))
    }
    fn part(a: &Self, part: Part) -> Self {
        a.linear(|a| a.part(part))
    }
    fn gather(
        a: &Self,
        rows: usize,
        columns: usize,
        index: impl Fn(usize, usize) -> Option<(usize, usize)>,
    ) -> Self {
        a.linear(|a| M::gather(a.view(), rows, columns, &index))
    }
    fn block(a: &Self, row: usize, column: usize, rows: usize, columns: usize) -> Self {
        a.linear(|a| <M as Operations>::block(a.view(), row, column, rows, columns))
    }
    fn scatter(
        a: &Self,
        rows: usize,
        columns: usize,
        index: impl Fn(usize, usize) -> Option<(usize, usize)>,
    ) -> Self {
        a.linear(|a| M::scatter(a.view(), rows, columns, &index))
    }
    fn broadcast(a: &Self, rows: usize, columns: usize) -> Self {
        a.linear(|a| a.broadcast(rows, columns))
    }

    fn sum(a: &Self) -> DualNumber<M> {
        a.linear_number(|a| a.total())
    }
    fn inner(a: &Self, b: &Self) -> DualNumber<M> {
        let of_a = a.tangent.map(|t| t.inner(&b.value));
        let of_b = b.tangent.map(|t| a.value.inner(t));
        DualNumber { value: a.value.inner(&b.value), tangent: of_a.plus_number(of_b) }
    }
    fn row_sums(a: &Self) -> Self {
        a.linear(|a| a.row_sums())
    }
    fn column_sums(a: &Self) -> Self {
        a.linear(|a| a.column_sums())
    }
    fn cumulative_sum(a: &Self, upwards: bool) -> Self {
        a.linear(|a| a.cumulative(upwards))
    }

    fn solve_triangular(t: &Self, triangle: Triangle, transpose: Transpose, b: &Self) -> Self {
        equations::solve_triangular(t, triangle, transpose, b)
    }
    fn cholesky(op: &'static str, a: &Self) -> Result<Self, Error> {
        factorizations::cholesky(op, a)
    }
    fn cholesky_inverse(l: &Self) -> Self {
        factorizations::cholesky_inverse(l)
    }
    fn lu(a: &Self) -> Lu<Self> {
        factorizations::lu(a)
    }
    fn lu_inverse(lu: &Lu<Self>) -> Self {
        factorizations::lu_inverse(lu)
    }
    fn qr(a: &Self) -> (Self, Self) {
        factorizations::qr(a)
    }
    fn symmetric_eigen(op: &'static str, a: &Self) -> Result<(Self, Self), Error> {
        factorizations::symmetric_eigen(op, a)
    }
    fn svd(op: &'static str, a: &Self) -> Result<(Self, Self, Self), Error> {
        factorizations::svd(op, a)
    }
    fn eigen(op: &'static str, a: &Self) -> Result<Spectrum<Self>, Error> {
        spectral::eigen(op, a)
    }
    fn schur(op: &'static str, a: &Self) -> Result<DualSchur<M>, Error> {
        equations::schur(op, a)
    }
    fn sylvester(
        op: &'static str,
        a: (&DualSchur<M>, Transpose),
        b: (&DualSchur<M>, Transpose),
        c: &Self,
    ) -> Result<Self, Error> {
        equations::sylvester(op, a, b, c)
    }
    fn schur_matrix(schur: &DualSchur<M>) -> Self {
        schur.matrix.clone()
    }
    fn schur_eigenvalues(schur: &DualSchur<M>) -> Vec<(f64, f64)> {
        M::schur_eigenvalues(&schur.form)
    }
    fn schur_sqrt(op: &'static str, schur: &DualSchur<M>) -> Result<DualSchur<M>, Error> {
        equations::schur_sqrt(op, schur)
    }
    fn spectral_function<F: SpectralFunction>(
        op: &'static str,
        f: &F,
        spectrum: &SymmetricSpectrum<Self>,
        directions: &[&Self],
    ) -> Result<Self, Error> {
        spectral::function(op, f, spectrum, directions)
    }
    fn spectral_trace<F: SpectralFunction>(
        op: &'static str,
        f: &F,
        a: &Self,
        values: &Self,
    ) -> Result<DualNumber<M>, Error> {
        spectral::trace(op, f, a, values)
    }
}
