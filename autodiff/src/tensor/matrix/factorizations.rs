//! Factorisations of tensors: computed by the kernels for numbers, differentiated by the rules of
//! `calculus_core::matrix`, which run on tensors and can be recorded in turn.

use calculus_core::Error;
use calculus_core::matrix::{self, Lu, Matrix, Operations, Part, svd::Svd};
use faer::Mat;

use super::operations::{columns_of, from_columns};
use super::packed::{packed, unpacked};
use super::repeated::Values;
use super::{Number, differentiable};
use crate::tensor::array::Tensor;
use crate::tensor::storage::Storage;
use crate::tensor::tape::{Rule, Saved, record};

/// $A = LL^\top$.
#[derive(Debug)]
struct Cholesky;

impl<T: Number> Rule<T> for Cholesky {
    fn name(&self) -> &'static str {
        "cholesky"
    }
    fn pullback(&self, saved: &Saved<T>, cotangent: &Tensor<T>, _: usize) -> Tensor<T> {
        differentiable(matrix::cholesky::pullback(saved.output(), cotangent))
    }
}

pub(super) fn cholesky<T: Number>(op: &'static str, a: &Tensor<T>) -> Result<Tensor<T>, Error> {
    let l = <Mat<T> as Operations>::cholesky(op, columns_of(a))?;
    Ok(record(&Cholesky, &[a], from_columns(&l), |saved, output| {
        saved.output = Some(output.clone());
    }))
}

/// $PA = LU$, both factors in one matrix.
#[derive(Debug)]
struct PackedLu;

impl<T: Number> Rule<T> for PackedLu {
    fn name(&self) -> &'static str {
        "lu"
    }
    fn pullback(&self, saved: &Saved<T>, cotangent: &Tensor<T>, _: usize) -> Tensor<T> {
        let rows = saved.indices.as_ref().expect("the rule saved the permutation");
        let n = saved.output().shape()[0];
        let rows = rows.as_slice()[..n].to_vec();
        let lu = Lu { packed: saved.output().clone(), rows, odd: false };
        let lower = Matrix::part(cotangent, Part::StrictlyLower);
        let upper = Matrix::part(cotangent, Part::Upper);
        differentiable(matrix::lu::pullback(&lu, &lower, &upper))
    }
}

pub(super) fn lu<T: Number>(a: &Tensor<T>) -> Lu<Tensor<T>> {
    let lu = <Mat<T> as Operations>::lu(columns_of(a));
    let packed = record(&PackedLu, &[a], from_columns(&lu.packed), |saved, output| {
        saved.output = Some(output.clone());
        saved.indices = Some(Storage::from_vec(lu.rows.clone()));
    });
    Lu { packed, rows: lu.rows, odd: lu.odd }
}

/// $A = QR$.
#[derive(Debug)]
struct Qr;

fn qr_shapes([m, n]: [usize; 2]) -> [(usize, usize); 2] {
    let k = m.min(n);
    [(m, k), (k, n)]
}

impl<T: Number> Rule<T> for Qr {
    fn name(&self) -> &'static str {
        "qr"
    }
    fn pullback(&self, saved: &Saved<T>, cotangent: &Tensor<T>, _: usize) -> Tensor<T> {
        let shapes = qr_shapes([saved.shapes[0][0], saved.shapes[0][1]]);
        let [q, r] = unpacked(saved.output(), shapes);
        let [q_bar, r_bar] = unpacked(cotangent, shapes);
        differentiable(matrix::qr::pullback(&q, &r, &q_bar, &r_bar))
    }
}

pub(super) fn qr<T: Number>(a: &Tensor<T>) -> (Tensor<T>, Tensor<T>) {
    let (q, r) = <Mat<T> as Operations>::qr(columns_of(a));
    let both = record(&Qr, &[a], packed(&[&q, &r]), |saved, output| {
        saved.output = Some(output.clone());
    });
    let [q, r] = unpacked(&both, qr_shapes([a.shape()[0], a.shape()[1]]));
    (q, r)
}

/// $A = V \mathrm{diag}(w) V^\top$.
#[derive(Debug)]
struct SymmetricEigen;

impl<T: Number> Rule<T> for SymmetricEigen {
    fn name(&self) -> &'static str {
        "symmetric_eigen"
    }
    fn pullback(&self, saved: &Saved<T>, cotangent: &Tensor<T>, _: usize) -> Tensor<T> {
        let n = saved.shapes[0][0];
        let shapes = [(n, 1), (n, n)];
        let [w, v] = unpacked(saved.output(), shapes);
        let [w_bar, v_bar] = unpacked(cotangent, shapes);
        let gradient = matrix::symmetric_eigen::pullback(&w, &v, &w_bar, &v_bar);
        let values = Values { op: "symmetric_eigen", place: 0..n, signed: false, size: n };
        values.guard(saved.output(), cotangent, differentiable(gradient))
    }
}

pub(super) fn symmetric_eigen<T: Number>(
    op: &'static str,
    a: &Tensor<T>,
) -> Result<(Tensor<T>, Tensor<T>), Error> {
    let (w, v) = <Mat<T> as Operations>::symmetric_eigen(op, columns_of(a))?;
    let both = record(&SymmetricEigen, &[a], packed(&[&w, &v]), |saved, output| {
        saved.output = Some(output.clone());
    });
    let n = a.shape()[0];
    let [w, v] = unpacked(&both, [(n, 1), (n, n)]);
    Ok((w, v))
}

/// $A = U S V^\top$.
#[derive(Debug)]
struct ThinSvd;

fn svd_shapes([m, n]: [usize; 2]) -> [(usize, usize); 3] {
    let k = m.min(n);
    [(m, k), (k, 1), (n, k)]
}

impl<T: Number> Rule<T> for ThinSvd {
    fn name(&self) -> &'static str {
        "svd"
    }
    fn pullback(&self, saved: &Saved<T>, cotangent: &Tensor<T>, _: usize) -> Tensor<T> {
        let shapes = svd_shapes([saved.shapes[0][0], saved.shapes[0][1]]);
        let [u, s, v] = unpacked(saved.output(), shapes);
        let [u_bar, s_bar, v_bar] = unpacked(cotangent, shapes);
        let (size, k) = (u.shape()[0].max(v.shape()[0]), s.len());
        let gradient = matrix::svd::pullback(&Svd { u, s, v }, &u_bar, &s_bar, &v_bar);
        let start = saved.shapes[0][0] * k;
        let values = Values { op: "svd", place: start..start + k, signed: true, size };
        values.guard(saved.output(), cotangent, differentiable(gradient))
    }
}

pub(super) fn svd<T: Number>(
    op: &'static str,
    a: &Tensor<T>,
) -> Result<(Tensor<T>, Tensor<T>, Tensor<T>), Error> {
    let (u, s, v) = <Mat<T> as Operations>::svd(op, columns_of(a))?;
    let all = record(&ThinSvd, &[a], packed(&[&u, &s, &v]), |saved, output| {
        saved.output = Some(output.clone());
    });
    let [u, s, v] = unpacked(&all, svd_shapes([a.shape()[0], a.shape()[1]]));
    Ok((u, s, v))
}
