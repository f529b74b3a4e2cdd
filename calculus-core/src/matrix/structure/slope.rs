//! What the functions of single entries share.

use crate::matrix::{Matrix, Operations};

/// The first entry, column by column, at which the condition holds.
pub(super) fn first_entry<A: Matrix>(
    a: &A,
    condition: impl Fn(usize, usize) -> bool,
) -> Option<(usize, usize)> {
    let (rows, columns) = a.shape();
    let entries = (0..columns).flat_map(|j| (0..rows).map(move |i| (i, j)));
    entries.into_iter().find(|&(i, j)| condition(i, j))
}

/// The slope times a tangent or a cotangent, and 0 where the latter is 0 although the slope is
/// infinite: what does not change has no derivative, not an undefined one.
pub(super) fn along<A: Matrix>(slope: &A::Owned, direction: &A) -> A::Owned {
    let product = slope.hadamard(direction);
    if <A::Owned as Operations>::all_finite(product.view()) {
        return product;
    }
    let (rows, columns) = product.shape();
    // Only there: elsewhere the zero of the direction may itself be differentiated.
    let kept = |i, j| direction.primal(i, j) != 0.0 || slope.primal(i, j).is_finite();
    let index = |i, j| kept(i, j).then_some((i, j));
    <A::Owned as Operations>::gather(product.view(), rows, columns, index)
}
