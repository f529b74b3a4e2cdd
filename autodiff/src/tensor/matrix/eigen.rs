//! Eigenvalues and eigenvectors of general matrices.

use calculus_core::Error;
use calculus_core::matrix::{self, Matrix, Operations, Spectrum, eigen::Eigen};
use faer::Mat;

use super::operations::columns_of;
use super::packed::{packed, unpacked};
use super::{Number, differentiable};
use crate::tensor::array::Tensor;
use crate::tensor::storage::Storage;
use crate::tensor::tape::{Rule, Saved, record};

/// $AV = V \mathrm{diag}(\lambda)$ by the real basis: the vector of a real eigenvalue, the real and the
/// imaginary part of the first vector of a pair.
#[derive(Debug)]
struct General;

fn shapes(n: usize) -> [(usize, usize); 2] {
    [(n, 2), (n, n)]
}

impl<T: Number> Rule<T> for General {
    fn name(&self) -> &'static str {
        "eigen"
    }
    fn pullback(&self, saved: &Saved<T>, cotangent: &Tensor<T>, _: usize) -> Tensor<T> {
        let a = saved.operand(0);
        let n = a.shape()[0];
        let [values, basis] = unpacked(saved.output(), shapes(n));
        let [values_bar, basis_bar] = unpacked(cotangent, shapes(n));
        let imaginary: Vec<f64> = (0..n).map(|j| values.primal(j, 1)).collect();
        // The first column of a pair is the real part of both vectors, the second the imaginary part
        // of the first one.
        let real = |j: usize| if imaginary[j] < 0.0 { j - 1 } else { j };
        let vectors_re = Tensor::gather(&basis, n, n, |i, j| Some((i, real(j))));
        let part = |i, j: usize| (imaginary[j] != 0.0).then(|| (i, real(j) + 1));
        let sign = <Tensor<T> as Operations>::from_fn(n, 1, |j, _| imaginary[j].signum());
        let vectors_im = Tensor::gather(&basis, n, n, part).scaled_columns(&sign);
        let first = |i, j: usize| (imaginary[j] >= 0.0).then_some((i, j));
        let second = |i, j: usize| (imaginary[j] > 0.0).then(|| (i, j + 1));
        let re_bar = Tensor::gather(&basis_bar, n, n, first);
        let im_bar = Tensor::gather(&basis_bar, n, n, second);
        let pivots = saved.indices.as_ref().expect("the rule saved the pivots").as_slice();
        let entries = (0..n).flat_map(|i| (0..n).map(move |j| a.primal(i, j)));
        let eigen = Eigen {
            values,
            vectors_re,
            vectors_im,
            pivots: pivots[..n].to_vec(),
            basis: Tensor::lu(&basis),
            norm: entries.fold(0.0, f64::hypot),
        };
        differentiable(matrix::eigen::pullback(&eigen, &values_bar, &re_bar, &im_bar))
    }
}

pub(super) fn spectrum<T: Number>(
    op: &'static str,
    a: &Tensor<T>,
) -> Result<Spectrum<Tensor<T>>, Error> {
    let Spectrum { values, basis, pivots } = <Mat<T> as Operations>::eigen(op, columns_of(a))?;
    let both = record(&General, &[a], packed(&[&values, &basis]), |saved, output| {
        saved.operands[0] = Some(a.clone());
        saved.output = Some(output.clone());
        saved.indices = Some(Storage::from_vec(pivots.clone()));
    });
    let [values, basis] = unpacked(&both, shapes(a.shape()[0]));
    Ok(Spectrum { values, basis, pivots })
}
