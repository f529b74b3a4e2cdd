//! What is done for each row: sums and maps.

use core::any::Any;

use calculus_core::Real;

use super::builder::Rows;
use super::map::Place;
use super::recorder::assert_same_length;
use crate::scalar::convert;
use crate::{Outputs, Var};

/// The rows as rows of variables, if that is what they are.
pub(crate) fn recorded<T: Real>(rows: &Rows<T>) -> Option<&Rows<Var>> {
    (rows as &dyn Any).downcast_ref()
}

/// Scalars that are known to be of the other type.
pub(crate) fn convert_all<A: Real, B: Real>(x: impl IntoIterator<Item = A>) -> Vec<B> {
    x.into_iter().map(convert).collect()
}

/// A body for rows of `T` as one for rows of variables, where that is what `T` is.
fn of_variables<T: Real, O: Outputs<T>>(body: impl Fn(&[T]) -> O) -> impl Fn(&[Var]) -> Vec<Var> {
    move |row| convert_all(body(&convert_all::<Var, T>(row.iter().copied())).into_vec())
}

/// $\sum_r f(\text{row}_r)$: what `body` returns, a scalar or a vector, added up over the rows.
///
/// With variables of a recording the body is recorded once and evaluated for many rows at a time.
/// Variables from outside that it captures are parameters that all rows share. Decisions that come
/// out differently for some rows are recorded once for each way that occurs. Nested calls are fine.
/// With any other scalar it is a loop over the rows.
///
/// Without rows the sum is empty: 0 for a scalar; a vector has no entries.
///
/// As in a loop, a row whose cotangent is 0 has no adjoint, also where the slope of a function is
/// infinite; where a factor of a product is, the adjoint of the other factor is NaN, as it is in
/// graphs of gradients. In a Hessian-vector product the first holds for a cotangent that is 0 and does
/// not move with the direction; one that moves makes the product infinite there, and where the slope
/// moves too it is NaN.
///
/// # Panics
/// As [`Graph::record`](crate::Graph::record), or if `body` does not return as many numbers for every
/// row.
///
/// # Examples
/// ```
/// use autodiff::{Rows, gradient, sum_over};
/// let g = gradient(|x| sum_over(&Rows::new(3).variables(x), |row| row[0] * row[0]), &[1.0, 2.0, 3.0]);
/// assert_eq!(g, [2.0, 4.0, 6.0]);
/// ```
#[track_caller]
pub fn sum_over<T: Real, O: Outputs<T>>(rows: &Rows<T>, body: impl Fn(&[T]) -> O) -> O {
    let zero = T::from(0.0);
    if let Some(rows) = recorded(rows) {
        let places = |outputs| ((0..outputs).map(Place::Sum).collect(), outputs);
        return O::from_vec(convert_all(rows.record(of_variables(body), places)), zero);
    }
    let (mut sums, mut terms): (Option<Vec<T>>, Vec<T>) = (None, Vec::new());
    rows.for_each(|row| {
        let Some(sums) = &mut sums else {
            sums = Some(body(row).into_vec());
            return;
        };
        terms.clear();
        body(row).append_to(&mut terms);
        assert_same_length(terms.len(), sums.len());
        sums.iter_mut().zip(&terms).for_each(|(sum, &term)| *sum += term);
    });
    O::from_vec(sums.unwrap_or_default(), zero)
}

/// $f(\text{row}_r)$ for all rows: what `body` returns, row after row.
///
/// The body is recorded, or evaluated in a loop, as by [`sum_over`].
///
/// # Panics
/// As [`sum_over`].
///
/// # Examples
/// ```
/// use autodiff::{Rows, jacobian, map_over};
/// use calculus_core::Real;
/// let j = jacobian(|x| map_over(&Rows::new(2).variables(x), |row| row[0].powi(2)), &[1.0, 2.0]);
/// assert_eq!((j[(0, 0)], j[(0, 1)], j[(1, 1)]), (2.0, 0.0, 4.0));
/// ```
#[track_caller]
pub fn map_over<T: Real, O: Outputs<T>>(rows: &Rows<T>, body: impl Fn(&[T]) -> O) -> Vec<T> {
    let Some(recorded) = recorded(rows) else {
        let (mut results, mut stride) = (Vec::new(), None);
        rows.for_each(|row| {
            let before = results.len();
            body(row).append_to(&mut results);
            let numbers = results.len() - before;
            assert_same_length(numbers, *stride.get_or_insert(numbers));
        });
        return results;
    };
    let count = recorded.len();
    convert_all(recorded.record(of_variables(body), |stride| {
        let places = (0..stride).map(|start| Place::Stride { start, stride });
        (places.collect(), count * stride)
    }))
}
