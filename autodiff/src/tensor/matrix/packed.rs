//! Several results in one tensor.

use core::ops::Range;

use faer::Mat;

use super::Number;
use crate::tensor::array::Tensor;
use crate::tensor::shape::Shape;

/// Several matrices one after the other in one tensor with one axis: an operation has one result.
pub(super) fn packed<T: Number>(parts: &[&Mat<T>]) -> Tensor<T> {
    let rows = parts.iter().flat_map(|part| part.row_iter());
    let entries = rows.flat_map(|row| row.iter().copied().collect::<Vec<_>>()).collect::<Vec<_>>();
    let shape = Shape::of(&[entries.len()]);
    Tensor::from_vec(entries, &shape).expect("the shape is that of the entries")
}

/// The matrices of these shapes, one after the other.
pub(super) fn unpacked<T: Number, const K: usize>(
    packed: &Tensor<T>,
    shapes: [(usize, usize); K],
) -> [Tensor<T>; K] {
    let mut start = 0;
    shapes.map(|(rows, columns)| {
        let range: Range<usize> = start..start + rows * columns;
        start = range.end;
        packed.view(range, &[rows, columns])
    })
}
