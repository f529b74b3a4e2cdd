//! Matrices side by side, $C = [A_1, \dots, A_k]$.
//!
//! $$\dot C = [\dot A_1, \dots, \dot A_k], \qquad \bar A_i = \text{ the columns of } \bar C \text{ at the place of } A_i$$
//!
//! Linear, so there are no degenerate points; entries that are infinite or NaN go through as IEEE
//! arithmetic has it.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::concatenate_columns;
//! use faer::mat;
//!
//! let (a, b) = (mat![[1.0], [2.0]], mat![[3.0, 4.0], [5.0, 6.0]]);
//! assert_eq!(concatenate_columns::value(&[&a, &b])?, mat![[1.0, 3.0, 4.0], [2.0, 5.0, 6.0]]);
//! let cotangent = mat![[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]];
//! let gradients = concatenate_columns::pullback(&[&a, &b], &cotangent)?;
//! assert_eq!(gradients, [mat![[1.0], [0.0]], mat![[2.0, 3.0], [0.0, 0.0]]]);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use crate::Error;
use crate::matrix::check::{has_shape, same_shape};
use crate::matrix::{Matrix, Operations};

const OP: &str = "concatenate_columns";

/// The shape of the result, and the first column of each part.
fn places<A: Matrix>(parts: &[&A]) -> Result<((usize, usize), Vec<usize>), Error> {
    let Some(first) = parts.first() else { return Ok(((0, 0), Vec::new())) };
    let mut total = 0;
    let mut places = Vec::with_capacity(parts.len());
    for a in parts {
        has_shape(OP, *a, (first.rows(), a.columns()))?;
        places.push(total);
        total += a.columns();
    }
    Ok(((first.rows(), total), places))
}

/// The parts together; all have as many rows as the first. No parts make an empty matrix.
///
/// Cost: a copy.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn value<A: Matrix>(parts: &[&A]) -> Result<A::Owned, Error> {
    let ((rows, columns), places) = places(parts)?;
    let blocks: Vec<_> = parts.iter().zip(places).map(|(a, at)| (a.view(), 0, at)).collect();
    Ok(<A::Owned as Operations>::assemble(rows, columns, &blocks))
}

/// The tangents together, one for each part.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(parts: &[&A], tangents: &[&A]) -> Result<A::Owned, Error> {
    if tangents.len() != parts.len() {
        let (lhs, rhs) = ((tangents.len(), 1), (parts.len(), 1));
        return Err(Error::ShapeMismatch { op: OP, lhs, rhs });
    }
    for (tangent, a) in tangents.iter().zip(parts) {
        same_shape(OP, *tangent, *a)?;
    }
    value(tangents)
}

/// The columns of the cotangent that belong to each part.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(parts: &[&A], cotangent: &A) -> Result<Vec<A::Owned>, Error> {
    let ((rows, columns), places) = places(parts)?;
    has_shape(OP, cotangent, (rows, columns))?;
    let gradient = |(a, at): (&&A, usize)| cotangent.block(0..rows, at..at + a.columns());
    Ok(parts.iter().zip(places).map(gradient).collect())
}
