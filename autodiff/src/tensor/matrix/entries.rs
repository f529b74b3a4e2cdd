//! Entries picked by index, and their adjoint, entries added by index.

use crate::tensor::array::Tensor;
use crate::tensor::element::Element;
use crate::tensor::shape::Shape;
use crate::tensor::storage::Storage;
use crate::tensor::tape::{Rule, Saved, record};

/// The index of no entry.
pub(super) const NONE: usize = usize::MAX;

/// $y_k = x_{c_k}$, or 0.
#[derive(Debug)]
struct Gather;

impl<T: Element> Rule<T> for Gather {
    fn name(&self) -> &'static str {
        "gather"
    }
    fn pullback(&self, saved: &Saved<T>, cotangent: &Tensor<T>, _: usize) -> Tensor<T> {
        scatter(cotangent, indices(saved).clone(), saved.shapes[0])
    }
}

/// $y_{c_k} \mathrel{+}= x_k$.
#[derive(Debug)]
struct Scatter;

impl<T: Element> Rule<T> for Scatter {
    fn name(&self) -> &'static str {
        "scatter"
    }
    fn pullback(&self, saved: &Saved<T>, cotangent: &Tensor<T>, _: usize) -> Tensor<T> {
        gather(cotangent, indices(saved).clone(), saved.shapes[0])
    }
}

fn indices<T: Element>(saved: &Saved<T>) -> &Storage<usize> {
    saved.indices.as_ref().expect("the rule saved the indices")
}

/// The flat indices of a matrix of places in a matrix with `width` columns, row by row.
pub(super) fn flat_indices(
    (rows, columns): (usize, usize),
    width: usize,
    index: impl Fn(usize, usize) -> Option<(usize, usize)>,
) -> Storage<usize> {
    let places = (0..rows).flat_map(|i| (0..columns).map(move |j| (i, j)));
    let flat = |place| match place {
        Some((row, column)) => row * width + column,
        None => NONE,
    };
    Storage::from_vec(places.map(|(i, j)| flat(index(i, j))).collect())
}

/// The elements with these flat indices, in a tensor of this shape.
pub(super) fn gather<T: Element>(x: &Tensor<T>, from: Storage<usize>, shape: Shape) -> Tensor<T> {
    let mut out = Tensor::stale(shape);
    for (out, &from) in out.slice_mut().iter_mut().zip(from.as_slice()) {
        *out = if from == NONE { T::ZERO } else { x.as_slice()[from] };
    }
    record(&Gather, &[x], out, |saved, _| saved.indices = Some(from))
}

/// The elements added up at these flat indices of a tensor of this shape.
pub(super) fn scatter<T: Element>(x: &Tensor<T>, to: Storage<usize>, shape: Shape) -> Tensor<T> {
    let mut out = Tensor::filled(shape, T::ZERO);
    let sums = out.slice_mut();
    for (&x, &to) in x.as_slice().iter().zip(to.as_slice()) {
        if to != NONE {
            sums[to] += x;
        }
    }
    record(&Scatter, &[x], out, |saved, _| saved.indices = Some(to))
}
