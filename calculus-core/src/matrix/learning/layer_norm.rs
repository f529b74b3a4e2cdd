//! Layer normalisation of each column, $y = (x - \mu)/\sigma$ with the mean $\mu$ and
//! $\sigma = \sqrt{\mathrm{var}(x) + \epsilon}$, where the variance divides by the number of entries.
//!
//! $$\dot y = (\dot x - \mathrm{mean}(\dot x) - y\,\mathrm{mean}(y\dot x))/\sigma, \qquad
//! \bar x = (\bar y - \mathrm{mean}(\bar y) - y\,\mathrm{mean}(y\bar y))/\sigma$$
//!
//! A column of equal entries has the value 0 for $\epsilon > 0$ and is an error for $\epsilon = 0$.
//! Scale and shift of the usual layer are a product and a sum after it.
//!
//! Source: J. L. Ba, J. R. Kiros, G. E. Hinton, "Layer normalization", 2016, equation 4.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::layer_norm;
//! use faer::mat;
//!
//! let (y, sigma) = layer_norm::value(&mat![[1.0], [3.0]], 0.0)?;
//! assert_eq!((&y, sigma[(0, 0)]), (&mat![[-1.0], [1.0]], 1.0));
//! // Scaling and shifting x leaves y as it is: with two entries nothing else can change.
//! assert_eq!(layer_norm::pullback(&y, &sigma, &mat![[1.0], [5.0]])?, mat![[0.0], [0.0]]);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use super::columns::minus_row;
use crate::Error;
use crate::elementary::Unary;
use crate::matrix::check::{finite, has_shape};
use crate::matrix::{Matrix, Operations};

const OP: &str = "layer_norm";

/// The mean of each column, a row.
fn mean<A: Matrix>(x: &A) -> A::Owned {
    // A column without entries has nothing to be divided.
    x.column_sums().scaled(1.0 / x.rows().max(1) as f64)
}

/// For each column a power of two that takes its entries to about 1 where their squares might
/// overflow, and 1 elsewhere.
fn scale<M: Operations>(centred: &M) -> M {
    let largest = |j| (0..centred.rows()).map(|i| centred.primal(i, j).abs()).fold(0.0, f64::max);
    M::from_fn(1, centred.columns(), |_, j| match largest(j) {
        largest if largest > 1e9 && largest.is_finite() => (-largest.log2().floor()).exp2(),
        _ => 1.0,
    })
}

/// $y$ and the row of $\sigma$, which the derivatives take.
///
/// # Errors
/// [`Error::NonFiniteEntry`]; [`Error::OutsideDomain`] for a negative or infinite $\epsilon$;
/// [`Error::Degenerate`] with the column where $\sigma = 0$.
pub fn value<A: Matrix>(x: &A, epsilon: f64) -> Result<(A::Owned, A::Owned), Error> {
    finite(OP, x)?;
    if !(0.0..f64::INFINITY).contains(&epsilon) {
        let (argument, domain) = ("epsilon", "finite and at least 0");
        return Err(Error::OutsideDomain { op: OP, argument, domain, value: epsilon });
    }
    let centred = minus_row(x, &mean(x));
    let scale = scale(&centred);
    let scaled = centred.hadamard(&scale.broadcast(x.rows(), x.columns()));
    let variance = mean(&scaled.hadamard(&scaled));
    let epsilon =
        A::Owned::from_fn(1, x.columns(), |_, j| epsilon * scale.primal(0, j) * scale.primal(0, j));
    let sigma = variance.plus(&epsilon).map(Unary::Sqrt).divided(&scale);
    for column in 0..x.columns() {
        let gap = sigma.primal(0, column);
        if x.rows() > 0 && gap == 0.0 {
            return Err(Error::Degenerate { op: OP, first: column, second: column, gap });
        }
    }
    Ok((centred.divided(&sigma.broadcast(x.rows(), x.columns())), sigma))
}

/// $\dot y$ for the `y` and `sigma` of [`value`].
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(
    y: &A::Owned,
    sigma: &A::Owned,
    tangent: &A,
) -> Result<A::Owned, Error> {
    has_shape(OP, tangent, y.shape())?;
    has_shape(OP, sigma, (1, y.columns()))?;
    let (m, n) = y.shape();
    let along = y.hadamard(&mean(&y.hadamard(tangent)).broadcast(m, n));
    Ok(minus_row(tangent, &mean(tangent)).minus(&along).divided(&sigma.broadcast(m, n)))
}

/// $\bar x$ for the `y` and `sigma` of [`value`]: the Jacobian is symmetric.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(
    y: &A::Owned,
    sigma: &A::Owned,
    cotangent: &A,
) -> Result<A::Owned, Error> {
    pushforward(y, sigma, cotangent)
}
