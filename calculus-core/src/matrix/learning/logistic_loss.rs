//! The logistic loss $f = \sum_i \ln(1 + e^{-y_i (Xw)_i})$ of the weights $w$ ($d$) on samples in the
//! rows of $X$ ($n \times d$) with labels $y$ ($n$), usually $\pm 1$.
//!
//! $$s = \sigma(-y \circ Xw): \qquad \bar w = -\bar f X^\top (s \circ y), \quad
//! \bar X = -\bar f (s \circ y) w^\top, \quad \bar y = -\bar f\, s \circ Xw$$
//!
//! and $\dot f$ is the product of these with the tangents. The softplus neither overflows nor
//! cancels. Entries that are infinite or NaN go through.
//!
//! Source: T. Hastie, R. Tibshirani, J. Friedman, "The Elements of Statistical Learning", 2nd edition,
//! 2009, equation 10.18.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::logistic_loss;
//! use faer::mat;
//!
//! let (w, x, y) = (mat![[0.0]], mat![[2.0], [1.0]], mat![[1.0], [-1.0]]);
//! let (f, product) = logistic_loss::value(&w, &x, &y)?;
//! assert_eq!(f, 2.0 * 2.0_f64.ln());
//! let (w_bar, _, _) = logistic_loss::pullback(&w, &x, &y, &product, 1.0)?;
//! assert_eq!(w_bar, mat![[-0.5]]);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use crate::Error;
use crate::elementary::Unary;
use crate::matrix::check::{has_shape, same_shape};
use crate::matrix::{Matrix, Operations};

const OP: &str = "logistic_loss";

fn check_shapes<A: Matrix>(w: &A, x: &A, y: &A) -> Result<(), Error> {
    has_shape(OP, w, (x.columns(), 1))?;
    has_shape(OP, y, (x.rows(), 1))
}

/// $f$ and $Xw$, which the derivatives take.
///
/// Cost: $nd$ multiply-adds.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn value<A: Matrix>(
    w: &A,
    x: &A,
    y: &A,
) -> Result<(<A::Owned as Operations>::Scalar, A::Owned), Error> {
    check_shapes(w, x, y)?;
    let product = x.matmul(w);
    let loss = product.hadamard(y).negated().map(Unary::Softplus).total();
    Ok((loss, product))
}

/// $s = \sigma(-y \circ Xw)$.
fn slope<A: Matrix>(y: &A, product: &A::Owned) -> A::Owned {
    y.hadamard(product).negated().map(Unary::Sigmoid)
}

/// $\dot f$ for the `product` $Xw$ of [`value`]; the tangents are those of $w$, $X$, $y$.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(
    w: &A,
    x: &A,
    y: &A,
    product: &A::Owned,
    tangents: (&A, &A, &A),
) -> Result<<A::Owned as Operations>::Scalar, Error> {
    let (w_tangent, x_tangent, y_tangent) = tangents;
    check_shapes(w, x, y)?;
    has_shape(OP, product, y.shape())?;
    same_shape(OP, w_tangent, w)?;
    same_shape(OP, x_tangent, x)?;
    same_shape(OP, y_tangent, y)?;
    let of_product = x_tangent.matmul(w).plus(&x.matmul(w_tangent));
    let of_margin = y_tangent.hadamard(product).plus(&y.hadamard(&of_product));
    Ok(-slope(y, product).inner(&of_margin))
}

/// $\bar w$, $\bar X$ and $\bar y$ for the `product` $Xw$ of [`value`].
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(
    w: &A,
    x: &A,
    y: &A,
    product: &A::Owned,
    cotangent: <A::Owned as Operations>::Scalar,
) -> Result<(A::Owned, A::Owned, A::Owned), Error> {
    check_shapes(w, x, y)?;
    has_shape(OP, product, y.shape())?;
    let s = slope(y, product).times_scalar(&-cotangent);
    let sy = s.hadamard(y);
    Ok((x.transpose_matmul(&sy), sy.matmul_transpose(w), s.hadamard(product)))
}
