//! An elementary function of every entry, $c_{ij} = f(a_{ij})$: any row of the table
//! [`Unary`], such as $\tanh$, softplus, $\exp$ or the absolute value.
//!
//! $$\dot C = f'(A) \circ \dot A, \qquad \bar A = f'(A) \circ \bar C$$
//!
//! At boundary points value and slope are what the row promises: the derivative of $|x|$ at 0 is 0,
//! the slope of $\sqrt x$ there is infinite; a tangent or cotangent that is 0 stays 0 through an
//! infinite slope. A finite entry outside of the domain is an error; entries that are infinite or
//! NaN go through as IEEE arithmetic has it.
//!
//! # Examples
//! ```
//! use calculus_core::{elementary::Unary, matrix::map};
//! use faer::mat;
//!
//! let a = mat![[4.0, 0.0]];
//! assert_eq!(map::value(&a, Unary::Sqrt)?, mat![[2.0, 0.0]]);
//! assert_eq!(map::pullback(&a, Unary::Sqrt, &mat![[1.0, 0.0]])?, mat![[0.25, 0.0]]);
//!
//! let error = map::value(&mat![[-1.0]], Unary::Ln).unwrap_err();
//! assert_eq!(error.to_string(), "ln: an entry must be in the domain of the function, got -1");
//! # Ok::<(), calculus_core::Error>(())
//! ```

use super::slope::{along, first_entry};
use crate::Error;
use crate::elementary::Unary;
use crate::matrix::check::same_shape;
use crate::matrix::{Matrix, Operations};

const OP: &str = "map";

/// $f(a_{ij})$ for $A$ of $m \times n$.
///
/// Cost: $mn$ evaluations.
///
/// # Errors
/// [`Error::OutsideDomain`], which is named after the row.
pub fn value<A: Matrix>(a: &A, row: Unary) -> Result<A::Owned, Error> {
    let c = a.map(row);
    if !<A::Owned as Operations>::all_finite(c.view()) {
        let undefined = |i, j| c.primal(i, j).is_nan() && a.primal(i, j).is_finite();
        if let Some((i, j)) = first_entry(a, undefined) {
            let (argument, domain) = ("an entry", "in the domain of the function");
            let value = a.primal(i, j);
            return Err(Error::OutsideDomain { op: row.name(), argument, domain, value });
        }
    }
    Ok(c)
}

/// $\dot C = f'(A) \circ \dot A$.
///
/// Cost: $mn$ evaluations of the function and its derivative.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(a: &A, row: Unary, tangent: &A) -> Result<A::Owned, Error> {
    same_shape(OP, tangent, a)?;
    Ok(along(&a.map_derivative(row), tangent))
}

/// $\bar A = f'(A) \circ \bar C$.
///
/// Cost: as [`pushforward`].
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(a: &A, row: Unary, cotangent: &A) -> Result<A::Owned, Error> {
    pushforward(a, row, cotangent)
}
