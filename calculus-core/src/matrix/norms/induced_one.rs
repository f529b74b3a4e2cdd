//! The norm that the sum norm of vectors induces, $y = \|A\|_1 = \max_j \sum_i |a_{ij}|$, the largest
//! sum of moduli in a column.
//!
//! $$\nabla y = \mathrm{sgn}(a_{ij})\, t_j, \qquad
//! \dot y = \langle\nabla y, \dot A\rangle, \qquad \bar A = \bar y\,\nabla y$$
//!
//! where $t_j = 1/r$ for the $r$ columns whose sum is the largest to the rounding of the sums
//! ($4m\varepsilon y$), and 0 for the others; $\mathrm{sgn}\,0 = 0$. That is a subgradient where
//! there is no gradient, 0 at $A = 0$.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::induced_one;
//! use faer::mat;
//!
//! let a = mat![[1.0, 3.0], [-3.0, 0.0]];
//! let y = induced_one::value(&a)?;
//! assert_eq!(y, 4.0);
//! assert_eq!(induced_one::pullback(&a, y, 1.0)?, mat![[1.0, 0.0], [-1.0, 0.0]]);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use super::of_values::ScalarOf;
use crate::Error;
use crate::elementary::Unary;
use crate::matrix::check::{finite, same_shape};
use crate::matrix::factorizations::ties::tolerance;
use crate::matrix::{Matrix, Operations, Scalar};

const OP: &str = "induced_one";

/// $y$, which is 0 for a matrix without entries.
///
/// Cost: $mn$ additions.
///
/// # Errors
/// [`Error::NonFiniteEntry`].
pub fn value<A: Matrix>(a: &A) -> Result<ScalarOf<A::Owned>, Error> {
    finite(OP, a)?;
    let sums = a.map(Unary::Abs).column_sums();
    let largest = (0..a.columns()).max_by(|&i, &j| sums.primal(0, i).total_cmp(&sums.primal(0, j)));
    Ok(largest.map_or(Scalar::constant(0.0), |j| sums.entry(0, j)))
}

/// $\nabla y$.
fn gradient<A: Matrix>(a: &A, y: &ScalarOf<A::Owned>) -> A::Owned {
    let sums = a.map(Unary::Abs).column_sums();
    let lowest = y.primal() - tolerance::<A::Owned>(a.rows(), y.primal());
    let ties = A::Owned::from_fn(a.columns(), 1, |j, _| f64::from(sums.primal(0, j) >= lowest));
    let count = ties.total().primal().max(1.0);
    a.map(Unary::Sign).scaled_columns(&ties.scaled(1.0 / count))
}

/// $\dot y$ for the `y` of [`value`].
///
/// Cost: $2mn$ additions.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(
    a: &A,
    y: ScalarOf<A::Owned>,
    tangent: &A,
) -> Result<ScalarOf<A::Owned>, Error> {
    same_shape(OP, tangent, a)?;
    Ok(gradient(a, &y).inner(tangent))
}

/// $\bar A$ for the `y` of [`value`].
///
/// Cost: $2mn$ additions.
///
/// # Errors
/// None.
pub fn pullback<A: Matrix>(
    a: &A,
    y: ScalarOf<A::Owned>,
    cotangent: ScalarOf<A::Owned>,
) -> Result<A::Owned, Error> {
    Ok(gradient(a, &y).times_scalar(&cotangent))
}
